use bytemuck::Pod;
use generion::{
    proof::Capsule,
    state::{Order, Purchase, Record, Share, User},
};
use generion_interface::accounts::{
    AccountError, LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount,
};
use serde_json::{Value, json};

use super::support::{address, base58, capsule_from, decimal, hex, program, seed, wallet_address};

/// The account's bytes: discriminator, fixed part and, if it has one, the tail.
fn bytes<A: LedgerAccount>(state: &impl Pod, tail: Option<(usize, &[u8])>) -> Vec<u8> {
    let mut bytes = A::DISCRIMINATOR.to_vec();
    bytes.extend_from_slice(bytemuck::bytes_of(state));
    if let Some((len, items)) = tail {
        bytes.extend_from_slice(&(len as u32).to_le_bytes());
        bytes.extend_from_slice(items);
    }
    bytes
}

fn capsule(name: &str) -> Capsule {
    capsule_from(&[seed(name), seed(&format!("{name}, masked"))].concat())
}

fn user() -> User {
    User {
        version: 1,
        bump: 254,
        reserved: [0; 2],
        key_index: 3,
        next_record_id: 12,
        next_order_id: u64::MAX,
        record_count: 9,
        wallet: wallet_address("patient"),
        encryption_key: seed("encryption key"),
    }
}

fn record() -> Record {
    Record {
        version: 1,
        bump: 255,
        verified: 1,
        reserved: 0,
        key_index: 3,
        id: 11,
        created_at: 1_790_000_000,
        listings: 2,
        owner: wallet_address("patient"),
        creator: wallet_address("clinic"),
        rent_payer: wallet_address("sponsor"),
        owner_key: seed("encryption key"),
        data_public_key: seed("data public key"),
        capsule: capsule("record's capsule"),
        ciphertext_hash: seed("ciphertext"),
    }
}

fn order(label: &str) -> Order {
    Order {
        version: 1,
        bump: 253,
        open: 1,
        reserved: 0,
        delivery_window: 86_400,
        id: 5,
        price: 250_000_000,
        created_at: 1_790_000_100,
        pending_purchases: 2,
        settled_purchases: 7,
        seller: wallet_address("patient"),
        rent_payer: wallet_address("patient"),
        label: Order::pad_label(label).expect("a short label"),
    }
}

fn purchase() -> Purchase {
    Purchase {
        version: 1,
        bump: 252,
        status: 0,
        record_count: 3,
        delivered_count: 1,
        reserved: [0; 3],
        price: 250_000_000,
        deadline: 1_790_086_500,
        order: address("order"),
        seller: wallet_address("patient"),
        buyer: wallet_address("buyer"),
        buyer_key: seed("buyer key"),
    }
}

fn share() -> Share {
    Share {
        version: 1,
        bump: 251,
        reserved: [0; 2],
        key_index: 1,
        created_at: 1_790_000_200,
        expires_at: -1,
        record: address("record"),
        owner: wallet_address("patient"),
        recipient: wallet_address("doctor"),
        rent_payer: wallet_address("sponsor"),
        recipient_key: seed("recipient key"),
        capsule: capsule("share's capsule"),
    }
}

fn user_bytes() -> Vec<u8> {
    bytes::<User>(&user(), None)
}

fn record_bytes(locator: &[u8]) -> Vec<u8> {
    bytes::<RecordAccount>(&record(), Some((locator.len(), locator)))
}

fn order_bytes(label: &str, ids: &[u64]) -> Vec<u8> {
    let items: Vec<u8> = ids.iter().flat_map(|id| id.to_le_bytes()).collect();
    bytes::<OrderAccount>(&order(label), Some((ids.len(), &items)))
}

fn purchase_bytes(capsules: &[Capsule]) -> Vec<u8> {
    bytes::<PurchaseAccount>(
        &purchase(),
        Some((capsules.len(), bytemuck::cast_slice(capsules))),
    )
}

fn share_bytes() -> Vec<u8> {
    bytes::<Share>(&share(), None)
}

fn capsule_fields(capsule: &Capsule) -> Value {
    json!({"ephemeral": hex(capsule.ephemeral), "masked": hex(capsule.masked)})
}

fn user_case() -> Value {
    let data = user_bytes();
    let user: User = decode(&data);
    json!({"account": "User", "data": hex(data), "fields": {
        "version": user.version,
        "bump": user.bump,
        "reserved": hex(user.reserved),
        "key_index": user.key_index,
        "next_record_id": decimal(user.next_record_id),
        "next_order_id": decimal(user.next_order_id),
        "record_count": decimal(user.record_count),
        "wallet": base58(&user.wallet),
        "encryption_key": hex(user.encryption_key),
    }})
}

fn record_case(locator: &[u8]) -> Value {
    let data = record_bytes(locator);
    let RecordAccount { state, locator } = decode(&data);
    json!({"account": "Record", "data": hex(data), "fields": {
        "version": state.version,
        "bump": state.bump,
        "verified": state.verified,
        "reserved": state.reserved,
        "key_index": state.key_index,
        "id": decimal(state.id),
        "created_at": decimal(state.created_at),
        "listings": decimal(state.listings),
        "owner": base58(&state.owner),
        "creator": base58(&state.creator),
        "rent_payer": base58(&state.rent_payer),
        "owner_key": hex(state.owner_key),
        "data_public_key": hex(state.data_public_key),
        "capsule": capsule_fields(&state.capsule),
        "ciphertext_hash": hex(state.ciphertext_hash),
        "locator": hex(locator),
    }})
}

fn order_case(label: &str, ids: &[u64]) -> Value {
    let data = order_bytes(label, ids);
    let OrderAccount { state, record_ids } = decode(&data);
    json!({"account": "Order", "data": hex(data), "label": state.label(), "fields": {
        "version": state.version,
        "bump": state.bump,
        "open": state.open,
        "reserved": state.reserved,
        "delivery_window": state.delivery_window,
        "id": decimal(state.id),
        "price": decimal(state.price),
        "created_at": decimal(state.created_at),
        "pending_purchases": state.pending_purchases,
        "settled_purchases": state.settled_purchases,
        "seller": base58(&state.seller),
        "rent_payer": base58(&state.rent_payer),
        "label": hex(state.label),
        "record_ids": record_ids.iter().map(decimal).collect::<Vec<_>>(),
    }})
}

fn purchase_case(capsules: &[Capsule]) -> Value {
    let data = purchase_bytes(capsules);
    let PurchaseAccount {
        state,
        capsules: delivered,
    } = decode(&data);
    let delivered: Vec<_> = delivered.iter().map(Option::is_some).collect();
    json!({"account": "Purchase", "data": hex(data), "delivered": delivered, "fields": {
        "version": state.version,
        "bump": state.bump,
        "status": state.status,
        "record_count": state.record_count,
        "delivered_count": state.delivered_count,
        "reserved": hex(state.reserved),
        "price": decimal(state.price),
        "deadline": decimal(state.deadline),
        "order": base58(&state.order),
        "seller": base58(&state.seller),
        "buyer": base58(&state.buyer),
        "buyer_key": hex(state.buyer_key),
        "capsules": capsules.iter().map(capsule_fields).collect::<Vec<_>>(),
    }})
}

fn share_case() -> Value {
    let data = share_bytes();
    let share: Share = decode(&data);
    json!({"account": "Share", "data": hex(data), "fields": {
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

fn decode<A: LedgerAccount>(data: &[u8]) -> A {
    A::decode(&program(), &program(), data).expect("an account of the program")
}

pub(super) fn all() -> Value {
    let empty = capsule_from(&[0; 64]);
    let cases = [
        user_case(),
        record_case(&[0xab]),
        record_case(&(0..240).map(|i| i as u8).collect::<Vec<_>>()),
        order_case("One report", &[4]),
        order_case("Größe und Gewicht", &[0, 1, u64::MAX]),
        order_case(&"l".repeat(64), &[7, 8]),
        purchase_case(&[empty, capsule("delivered"), empty]),
        share_case(),
    ];
    json!({
        "about": "Accounts (docs/PROTOCOL.md, section 4): the bytes, and the fields by their names in idl/generion.json. \
                  `label` is the label without its padding, `delivered` tells which slots hold a capsule. Keys and \
                  capsules here are arbitrary bytes.",
        "program_id": base58(&program()),
        "cases": cases,
        "refused": refused(),
    })
}

fn refused() -> Vec<Value> {
    let foreign = address("another program");
    let own = program();
    let system = solana_address::Address::default();
    let with = |mut data: Vec<u8>, position: usize, bytes: &[u8]| {
        data[position..position + bytes.len()].copy_from_slice(bytes);
        data
    };
    let without_last = |mut data: Vec<u8>| {
        data.pop();
        data
    };
    let with_another = |mut data: Vec<u8>| {
        data.push(0);
        data
    };
    let record = record_bytes(&[0xab; 240]);
    let tail = 8 + size_of::<Record>();
    let order = order_bytes("", &[1, 2]);
    let purchase = purchase_bytes(&[capsule("delivered")]);
    let cases = [
        ("another program's account", "User", foreign, user_bytes()),
        ("a wallet's account", "User", system, vec![]),
        ("another kind", "User", own, share_bytes()),
        ("no data", "User", own, vec![]),
        (
            "the discriminator cut short",
            "User",
            own,
            user_bytes()[..7].to_vec(),
        ),
        (
            "the discriminator alone",
            "User",
            own,
            user_bytes()[..8].to_vec(),
        ),
        (
            "an unknown version",
            "User",
            own,
            with(user_bytes(), 8, &[2]),
        ),
        ("a byte short", "User", own, without_last(user_bytes())),
        ("a byte too many", "User", own, with_another(user_bytes())),
        ("a byte short", "Share", own, without_last(share_bytes())),
        ("a byte too many", "Share", own, with_another(share_bytes())),
        ("no tail", "Record", own, record[..tail].to_vec()),
        (
            "a tail's length cut short",
            "Record",
            own,
            record[..tail + 3].to_vec(),
        ),
        (
            "a tail that is shorter than it says",
            "Record",
            own,
            without_last(record.clone()),
        ),
        (
            "a tail that is longer than it says",
            "Record",
            own,
            with_another(record.clone()),
        ),
        (
            "a tail of impossible length",
            "Record",
            own,
            with(record.clone(), tail, &u32::MAX.to_le_bytes()),
        ),
        ("another kind", "Record", own, order.clone()),
        ("an id cut short", "Order", own, without_last(order.clone())),
        (
            "a tail that is longer than it says",
            "Order",
            own,
            with(order.clone(), 176, &[1]),
        ),
        ("another program's account", "Order", foreign, order),
        (
            "a capsule cut short",
            "Purchase",
            own,
            without_last(purchase.clone()),
        ),
        (
            "a tail that is shorter than it says",
            "Purchase",
            own,
            with(purchase, 160, &[2]),
        ),
    ];
    let refused = cases.into_iter().map(|(name, account, owner, data)| {
        let error = match account {
            "User" => error::<User>(&owner, &data),
            "Record" => error::<RecordAccount>(&owner, &data),
            "Order" => error::<OrderAccount>(&owner, &data),
            "Purchase" => error::<PurchaseAccount>(&owner, &data),
            "Share" => error::<Share>(&owner, &data),
            other => unreachable!("{other}"),
        };
        let data = hex(data);
        json!({"name": name, "account": account, "owner": base58(&owner), "data": data, "error": error})
    });
    refused.collect()
}

fn error<A: LedgerAccount>(owner: &solana_address::Address, data: &[u8]) -> &'static str {
    match A::decode(&program(), owner, data) {
        Err(AccountError::WrongOwner { .. }) => "wrong_owner",
        Err(AccountError::WrongKind(_)) => "wrong_kind",
        Err(AccountError::UnknownVersion(_)) => "unknown_version",
        Err(AccountError::Malformed(_)) => "malformed",
        Ok(_) => panic!("decodes"),
    }
}
