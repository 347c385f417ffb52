use generion::{
    CreateOrderArgs, CreateRecordArgs, DeliverArgs, PurchaseArgs, ShareRecordArgs,
    args::Capsules,
    proof::{Capsule, capsule::CapsuleProof, delivery::DeliveryProof},
    state::{Order, Purchase, Record, Share},
};
use generion_interface::Instructions;
use serde_json::{Value, json};
use solana_address::Address;
use solana_instruction::Instruction;

use super::support::{base58, capsule_from, decimal, hex, program, seed, wallet_address};

/// Names of the accounts, the arguments, and the instruction.
type Case = (&'static str, Vec<&'static str>, Value, Instruction);

pub(super) fn all() -> Value {
    let cases = users_and_records()
        .into_iter()
        .chain(orders_and_purchases());
    let cases = cases.map(|(name, names, args, instruction)| {
        assert_eq!(names.len(), instruction.accounts.len(), "{name}");
        let accounts = names.iter().zip(&instruction.accounts).map(|(name, meta)| {
            json!({
                "name": name,
                "address": base58(&meta.pubkey),
                "signer": meta.is_signer,
                "writable": meta.is_writable,
            })
        });
        json!({
            "instruction": name,
            "args": args,
            "accounts": accounts.collect::<Vec<_>>(),
            "data": hex(&instruction.data),
        })
    });
    json!({
        "about": "Instructions (docs/PROTOCOL.md, section 5): arguments and accounts by their names in idl/generion.json, \
                  accounts behind the declared ones as `records`. Keys, capsules and proofs here are arbitrary bytes.",
        "program_id": base58(&program()),
        "cases": cases.collect::<Vec<_>>(),
    })
}

fn capsule(name: &str) -> Capsule {
    capsule_from(&[seed(name), seed(&format!("{name}, masked"))].concat())
}

fn capsule_json(capsule: &Capsule) -> Value {
    json!({"ephemeral": hex(capsule.ephemeral), "masked": hex(capsule.masked)})
}

fn half(name: &str) -> [u8; 16] {
    seed(name)[..16].try_into().expect("16 bytes")
}

fn users_and_records() -> Vec<Case> {
    let build = Instructions::new(program());
    let [patient, clinic, doctor, sponsor] =
        ["patient", "clinic", "doctor", "sponsor"].map(wallet_address);
    let record = build.addresses.record(&patient, 11);
    let encryption_key = seed("encryption key");
    let create_record = CreateRecordArgs {
        id: 11,
        data_public_key: seed("data public key"),
        capsule: capsule("record's capsule"),
        proof: CapsuleProof {
            challenge: half("challenge"),
            response: seed("response"),
        },
        ciphertext_hash: [0; 32],
        locator: (0..240).map(|i| i as u8).collect(),
    };
    let create_record_json = json!({
        "id": decimal(create_record.id),
        "data_public_key": hex(create_record.data_public_key),
        "capsule": capsule_json(&create_record.capsule),
        "proof": {
            "challenge": hex(create_record.proof.challenge),
            "response": hex(create_record.proof.response),
        },
        "ciphertext_hash": hex(create_record.ciphertext_hash),
        "locator": hex(&create_record.locator),
    });
    let share_record = ShareRecordArgs {
        capsule: capsule("share's capsule"),
        expires_at: -1,
    };
    let share_record_json = json!({
        "capsule": capsule_json(&share_record.capsule),
        "expires_at": decimal(share_record.expires_at),
    });
    let share = build.addresses.share(&record, &doctor);
    vec![
        (
            "set_encryption_key",
            vec!["wallet", "payer", "user", "system_program"],
            json!({"encryption_key": hex(encryption_key)}),
            build.set_encryption_key(patient, sponsor, encryption_key),
        ),
        (
            "create_record",
            vec!["creator", "payer", "user", "record", "system_program"],
            create_record_json,
            build.create_record(&patient, clinic, sponsor, create_record),
        ),
        (
            "verify_record",
            vec!["owner", "record"],
            json!({}),
            build.verify_record(patient, record),
        ),
        (
            "delete_record",
            vec!["authority", "user", "record", "rent_payer"],
            json!({}),
            build.delete_record(clinic, record, &record_state(patient, sponsor)),
        ),
        (
            "share_record",
            vec![
                "owner",
                "payer",
                "record",
                "recipient",
                "share",
                "system_program",
            ],
            share_record_json,
            build.share_record(patient, sponsor, record, &doctor, share_record),
        ),
        (
            "revoke_share",
            vec!["owner", "share", "rent_payer"],
            json!({}),
            build.revoke_share(share, &share_state(patient, sponsor)),
        ),
    ]
}

fn orders_and_purchases() -> Vec<Case> {
    let build = Instructions::new(program());
    let [patient, buyer, sponsor] = ["patient", "buyer", "sponsor"].map(wallet_address);
    let ids = [0, 1, 256];
    let order = build.addresses.order(&patient, 5);
    let purchase = build.addresses.purchase(&order, &buyer);
    let state = order_state(patient, sponsor);
    let create_order = CreateOrderArgs {
        id: 5,
        price: 250_000_000,
        delivery_window: 86_400,
        label: "Größe und Gewicht".to_owned(),
    };
    let create_order_json = json!({
        "id": decimal(create_order.id),
        "price": decimal(create_order.price),
        "delivery_window": create_order.delivery_window,
        "label": create_order.label,
    });
    let terms = PurchaseArgs {
        buyer_key: seed("buyer key"),
        price: 250_000_000,
        delivery_window: 86_400,
        record_count: 3,
    };
    let terms_json = json!({
        "buyer_key": hex(terms.buyer_key),
        "price": decimal(terms.price),
        "delivery_window": terms.delivery_window,
        "record_count": terms.record_count,
    });
    let purchased = purchase_state(order, patient, buyer);
    let delivery = DeliverArgs {
        first: 1,
        proof: DeliveryProof {
            challenge: half("challenge"),
            owner_response: seed("owner response"),
            ephemeral_response: seed("ephemeral response"),
        },
        capsules: Capsules(["first", "second"].map(capsule).to_vec()),
    };
    let delivery_json = json!({
        "first": delivery.first,
        "proof": {
            "challenge": hex(delivery.proof.challenge),
            "owner_response": hex(delivery.proof.owner_response),
            "ephemeral_response": hex(delivery.proof.ephemeral_response),
        },
        "capsules": delivery.capsules.0.iter().map(capsule_json).collect::<Vec<_>>(),
    });
    let with_records = |names: &[&'static str], count: usize| {
        let records = std::iter::repeat_n("records", count);
        names.iter().copied().chain(records).collect::<Vec<_>>()
    };
    vec![
        (
            "create_order",
            with_records(&["seller", "payer", "user", "order", "system_program"], 3),
            create_order_json,
            build.create_order(patient, sponsor, &ids, create_order),
        ),
        (
            "close_order",
            with_records(&["seller", "order", "rent_payer"], 3),
            json!({}),
            build.close_order(order, &state, &ids),
        ),
        (
            "purchase",
            vec!["buyer", "order", "purchase", "system_program"],
            terms_json,
            build.purchase(buyer, order, terms),
        ),
        (
            "deliver",
            with_records(&["seller", "order", "purchase"], 2),
            delivery_json,
            build.deliver(purchase, &purchased, &ids[1..], delivery),
        ),
        (
            "refund",
            vec!["authority", "buyer", "order", "purchase"],
            json!({}),
            build.refund(patient, purchase, &purchased),
        ),
        (
            "close_purchase",
            vec!["buyer", "purchase"],
            json!({}),
            build.close_purchase(buyer, purchase),
        ),
    ]
}

// Of an account that stands on the ledger the builders take some addresses, and nothing else.

fn record_state(owner: Address, rent_payer: Address) -> Record {
    Record {
        owner,
        rent_payer,
        ..bytemuck::Zeroable::zeroed()
    }
}

fn share_state(owner: Address, rent_payer: Address) -> Share {
    Share {
        owner,
        rent_payer,
        ..bytemuck::Zeroable::zeroed()
    }
}

fn order_state(seller: Address, rent_payer: Address) -> Order {
    Order {
        seller,
        rent_payer,
        ..bytemuck::Zeroable::zeroed()
    }
}

fn purchase_state(order: Address, seller: Address, buyer: Address) -> Purchase {
    Purchase {
        order,
        seller,
        buyer,
        ..bytemuck::Zeroable::zeroed()
    }
}
