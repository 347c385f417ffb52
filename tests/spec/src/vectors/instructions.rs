mod case;
mod studies;

use generion::{
    CreateOrderArgs, CreateRecordArgs, DeliverArgs, PurchaseArgs, SetEncryptionKeyArgs, SettleArgs,
    ShareRecordArgs,
    args::Capsules,
    proof::{Capsule, capsule::CapsuleProof, delivery::DeliveryProof},
    state::{Order, Purchase, Record, Share},
};
use generion_interface::Instructions;
use serde_json::{Value, json};
use solana_address::Address;

use self::case::Case;
use super::{
    support::{
        address, base58, bytes_of_64, capsule_from, decimal, hex, program, seed, wallet_address,
    },
    terms::increasing,
};

pub(super) fn all() -> Value {
    let cases = users_and_records()
        .into_iter()
        .chain(orders_and_purchases())
        .chain(studies::all());
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
    let record = address("record");
    let set_encryption_key = SetEncryptionKeyArgs {
        key_index: 3,
        encryption_key: seed("encryption key"),
        attestation: bytes_of_64("attestation"),
    };
    let set_encryption_key_json = json!({
        "key_index": set_encryption_key.key_index,
        "encryption_key": hex(set_encryption_key.encryption_key),
        "attestation": hex(set_encryption_key.attestation),
    });
    let create_record = CreateRecordArgs {
        data_public_key: seed("data public key"),
        capsule: capsule("record's capsule"),
        proof: CapsuleProof {
            challenge: half("challenge"),
            response: seed("response"),
        },
        facts_root: seed("facts root"),
        locator: (0..304).map(|i| i as u8).collect(),
    };
    let create_record_json = json!({
        "data_public_key": hex(create_record.data_public_key),
        "capsule": capsule_json(&create_record.capsule),
        "proof": {
            "challenge": hex(create_record.proof.challenge),
            "response": hex(create_record.proof.response),
        },
        "facts_root": hex(create_record.facts_root),
        "locator": hex(&create_record.locator),
    });
    let share_record = ShareRecordArgs {
        key_index: 1,
        capsule: capsule("share's capsule"),
        expires_at: -1,
    };
    let share_record_json = json!({
        "key_index": share_record.key_index,
        "capsule": capsule_json(&share_record.capsule),
        "expires_at": decimal(share_record.expires_at),
    });
    let share = build.addresses.share(&record, &doctor);
    vec![
        (
            "set_encryption_key",
            vec!["wallet", "payer", "user", "system_program"],
            set_encryption_key_json,
            build.set_encryption_key(patient, sponsor, set_encryption_key),
        ),
        (
            "create_record",
            vec!["creator", "payer", "user", "record", "system_program"],
            create_record_json,
            build.create_record(
                &patient,
                &seed("encryption key"),
                clinic,
                sponsor,
                create_record,
            ),
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
    let records = increasing(&["one", "two", "three"]);
    let order = build.addresses.order(&patient, 5);
    let purchase = build.addresses.purchase(&order, &buyer);
    let state = order_state(patient, sponsor);
    let create_order = CreateOrderArgs {
        id: 5,
        price: 250_000_000,
        delivery_window: 86_400,
        only_buyer: None,
        label: "Größe und Gewicht".to_owned(),
    };
    let for_one_buyer = CreateOrderArgs {
        only_buyer: Some(buyer),
        label: String::new(),
        ..create_order.clone()
    };
    let create_order_json = |args: &CreateOrderArgs| {
        json!({
            "id": decimal(args.id),
            "price": decimal(args.price),
            "delivery_window": args.delivery_window,
            "only_buyer": args.only_buyer.as_ref().map(base58),
            "label": args.label,
        })
    };
    let terms = PurchaseArgs {
        buyer_key: seed("buyer key"),
        terms: seed("terms"),
    };
    let terms_json = json!({
        "buyer_key": hex(terms.buyer_key),
        "terms": hex(terms.terms),
    });
    let purchased = purchase_state(order, patient, buyer);
    let delivery = DeliverArgs {
        settle_key: seed("settle key"),
        first: 1,
        proof: DeliveryProof {
            challenge: half("challenge"),
            owner_response: seed("owner response"),
            ephemeral_response: seed("ephemeral response"),
        },
        capsules: Capsules(["first", "second"].map(capsule).to_vec()),
    };
    let delivery_json = json!({
        "settle_key": hex(delivery.settle_key),
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
            create_order_json(&create_order),
            build.create_order(patient, sponsor, &records, create_order),
        ),
        (
            "create_order",
            with_records(&["seller", "payer", "user", "order", "system_program"], 1),
            create_order_json(&for_one_buyer),
            build.create_order(patient, patient, &records[..1], for_one_buyer),
        ),
        (
            "close_order",
            with_records(&["seller", "order", "rent_payer"], 3),
            json!({}),
            build.close_order(order, &state, &records),
        ),
        (
            "purchase",
            vec!["buyer", "order", "purchase", "system_program"],
            terms_json,
            build.purchase(buyer, order, terms),
        ),
        (
            "deliver",
            with_records(&["order", "purchase"], 2),
            delivery_json,
            build.deliver(purchase, &purchased, &records[1..], delivery),
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
        (
            "settle",
            vec!["seller", "order", "purchase"],
            json!({"settle_secret": hex(seed("settle secret"))}),
            build.settle(
                purchase,
                &purchased,
                SettleArgs {
                    settle_secret: seed("settle secret"),
                },
            ),
        ),
    ]
}

// Of an account on the ledger, the builders use only some addresses.

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
