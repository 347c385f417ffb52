mod refused;
pub(super) mod samples;

use self::samples::{
    address_of, addresses, application_bytes, capsule, decode, order_bytes, purchase,
    purchase_bytes, record_bytes, seat, share_bytes, study_bytes, user_bytes,
};

use generion::{
    proof::Capsule,
    state::{Purchase, PurchaseStatus, Share, User},
};
use generion_interface::accounts::{
    ApplicationAccount, LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount, StudyAccount,
};
use serde_json::{Value, json};
use solana_address::Address;

use super::{
    support::{base58, capsule_from, decimal, hex, program, wallet_address},
    terms::increasing,
};

fn capsule_fields(capsule: &Capsule) -> Value {
    json!({"ephemeral": hex(capsule.ephemeral), "masked": hex(capsule.masked)})
}

fn user_case() -> Value {
    let data = user_bytes();
    let user: User = decode(&data);
    json!({"account": "User", "address": base58(&address_of::<User>(&data)), "data": hex(data), "fields": {
        "version": user.version,
        "bump": user.bump,
        "reserved": hex(user.reserved),
        "key_index": user.key_index,
        "next_order_id": decimal(user.next_order_id),
        "next_study_id": decimal(user.next_study_id),
        "record_count": decimal(user.record_count),
        "wallet": base58(&user.wallet),
        "encryption_key": hex(user.encryption_key),
        "attestation": hex(user.attestation),
    }})
}

fn record_case(locator: &[u8]) -> Value {
    let data = record_bytes(locator);
    let RecordAccount { state, locator } = decode(&data);
    json!({"account": "Record", "address": base58(&address_of::<RecordAccount>(&data)), "data": hex(data), "fields": {
        "version": state.version,
        "bump": state.bump,
        "verified": state.verified,
        "reserved": state.reserved,
        "key_index": state.key_index,
        "created_at": decimal(state.created_at),
        "listings": decimal(state.listings),
        "owner": base58(&state.owner),
        "creator": base58(&state.creator),
        "rent_payer": base58(&state.rent_payer),
        "owner_key": hex(state.owner_key),
        "data_public_key": hex(state.data_public_key),
        "capsule": capsule_fields(&state.capsule),
        "facts_root": hex(state.facts_root),
        "locator": hex(locator),
    }})
}

fn order_case(label: &str, only_buyer: Option<Address>, records: &[Address]) -> Value {
    let data = order_bytes(label, only_buyer, records);
    let order: OrderAccount = decode(&data);
    let address = order.address(&addresses());
    let OrderAccount { state, records } = &order;
    assert_eq!(state.only_buyer(), only_buyer.as_ref());
    json!({
        "account": "Order",
        "address": base58(&address),
        "data": hex(data),
        "label": state.label(),
        "terms": hex(order.terms(&address)),
        "fields": {
            "version": state.version,
            "bump": state.bump,
            "open": state.open,
            "reserved": state.reserved,
            "pending_purchases": state.pending_purchases,
            "id": decimal(state.id),
            "created_at": decimal(state.created_at),
            "rent_payer": base58(&state.rent_payer),
            "seller": base58(&state.seller),
            "price": decimal(state.price),
            "delivery_window": state.delivery_window,
            "label": hex(state.label),
            "only_buyer": base58(&state.only_buyer),
            "settled_purchases": state.settled_purchases,
            "records": records.iter().map(base58).collect::<Vec<_>>(),
        },
    })
}

fn purchase_case(status: PurchaseStatus, delivered_count: u8, capsules: &[Capsule]) -> Value {
    case_of(&purchase(status, delivered_count), status, capsules)
}

fn case_of(state: &Purchase, status: PurchaseStatus, capsules: &[Capsule]) -> Value {
    let delivered_count = state.delivered_count;
    let data = purchase_bytes(state, capsules);
    let purchase: PurchaseAccount = decode(&data);
    let address = purchase.address(&addresses());
    let PurchaseAccount {
        state,
        capsules: delivered,
    } = purchase;
    let delivered: Vec<_> = delivered.iter().map(Option::is_some).collect();
    assert_eq!(
        delivered.iter().filter(|is| **is).count(),
        usize::from(delivered_count)
    );
    let status = match status {
        PurchaseStatus::Pending => "pending",
        PurchaseStatus::Locked => "locked",
        PurchaseStatus::Settled => "settled",
    };
    json!({
        "account": "Purchase",
        "address": base58(&address),
        "data": hex(data),
        "status": status,
        "delivered": delivered,
        "fields": {
            "version": state.version,
            "bump": state.bump,
            "status": state.status,
            "record_count": state.record_count,
            "delivered_count": state.delivered_count,
            "seat": state.seat,
            "reserved": hex(state.reserved),
            "price": decimal(state.price),
            "deadline": decimal(state.deadline),
            "settle_by": decimal(state.settle_by),
            "order": base58(&state.order),
            "seller": base58(&state.seller),
            "buyer": base58(&state.buyer),
            "buyer_key": hex(state.buyer_key),
            "settle_key": hex(state.settle_key),
            "terms": hex(state.terms),
            "capsules": capsules.iter().map(capsule_fields).collect::<Vec<_>>(),
        },
    })
}

fn share_case() -> Value {
    let data = share_bytes();
    let share: Share = decode(&data);
    json!({"account": "Share", "address": base58(&address_of::<Share>(&data)), "data": hex(data), "fields": {
        "version": share.version,
        "bump": share.bump,
        "reserved": hex(share.reserved),
        "key_index": share.key_index,
        "created_at": decimal(share.created_at),
        "expires_at": decimal(share.expires_at),
        "record": base58(&share.record),
        "owner": base58(&share.owner),
        "recipient": base58(&share.recipient),
        "rent_payer": base58(&share.rent_payer),
        "recipient_key": hex(share.recipient_key),
        "capsule": capsule_fields(&share.capsule),
    }})
}

fn study_case() -> Value {
    let data = study_bytes();
    let StudyAccount { state, tail } = decode(&data);
    json!({"account": "Study", "address": base58(&address_of::<StudyAccount>(&data)), "data": hex(data), "fields": {
        "version": state.version,
        "bump": state.bump,
        "vault_bump": state.vault_bump,
        "admission": state.admission,
        "record_count": state.record_count,
        "group_count": state.group_count,
        "requirement_count": state.requirement_count,
        "creator_count": state.creator_count,
        "id": decimal(state.id),
        "reward": decimal(state.reward),
        "created_at": decimal(state.created_at),
        "closes_at": decimal(state.closes_at),
        "delivery_window": state.delivery_window,
        "seats": state.seats,
        "sponsor": base58(&state.sponsor),
        "admitter": base58(&state.admitter),
        "rent_payer": base58(&state.rent_payer),
        "study_key": hex(state.study_key),
        "description_hash": hex(state.description_hash),
        "tail": hex(tail),
    }})
}

fn application_case() -> Value {
    let data = application_bytes(&[0x1e; 304]);
    let ApplicationAccount { state, letter } = decode(&data);
    let address = address_of::<ApplicationAccount>(&data);
    json!({"account": "Application", "address": base58(&address), "data": hex(data), "fields": {
        "version": state.version,
        "bump": state.bump,
        "reserved": hex(state.reserved),
        "created_at": decimal(state.created_at),
        "study": base58(&state.study),
        "order": base58(&state.order),
        "participant": base58(&state.participant),
        "rent_payer": base58(&state.rent_payer),
        "letter": hex(letter),
    }})
}

pub(super) fn all() -> Value {
    let (empty, full) = (capsule_from(&[0; 64]), capsule("delivered"));
    let others = [capsule("second"), capsule("third")];
    let complete = [full, others[0], others[1]];
    let records = increasing(&["one", "two", "three"]);
    let cases = [
        user_case(),
        record_case(&[0xab]),
        record_case(&(0..304).map(|i| i as u8).collect::<Vec<_>>()),
        order_case("One report", None, &records[..1]),
        order_case("Größe und Gewicht", None, &records),
        order_case(
            &"l".repeat(64),
            Some(wallet_address("buyer")),
            &records[1..],
        ),
        purchase_case(PurchaseStatus::Pending, 0, &[empty; 3]),
        purchase_case(PurchaseStatus::Pending, 1, &[empty, full, empty]),
        purchase_case(PurchaseStatus::Locked, 3, &complete),
        purchase_case(PurchaseStatus::Settled, 3, &complete),
        case_of(&seat(), PurchaseStatus::Pending, &[empty; 3]),
        share_case(),
        study_case(),
        application_case(),
    ];
    json!({
        "about": "Accounts (docs/PROTOCOL.md, section 4): the bytes, and the fields by their names in idl/generion.json. \
                  `address` follows from the contents. `label` is the label without its padding, `terms` the hash that a \
                  purchase names, `delivered` tells which slots hold a capsule. Keys and capsules here are arbitrary bytes. \
                  What is refused was returned by a node for the address `asked`, as an account of `owner`.",
        "program_id": base58(&program()),
        "cases": cases,
        "refused": refused::all(),
    })
}
