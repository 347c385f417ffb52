//! Transactions as the index finds them, made up.

use generion_gateway::storage::{FoundChange, FoundTransaction, TransactionState, Update};
use serde_json::{Value, json};
use solana_address::Address;
use solana_signature::Signature;

/// An address with a number.
pub fn address(number: u8) -> Address {
    Address::new_from_array([number; 32])
}

/// A signature with a number.
pub fn signature(number: u64) -> Signature {
    let mut bytes = [7; 64];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Signature::from(bytes)
}

/// A change by its event's name, with accounts by their roles.
pub fn change(event: &'static str, accounts: &[(&str, Address)], details: Value) -> FoundChange {
    let roles: serde_json::Map<_, _> = (accounts.iter())
        .map(|(role, address)| ((*role).to_owned(), json!(address.to_string())))
        .collect();
    let body = json!({
        "event": event,
        "block_at": 1_700_000_000,
        "accounts": roles,
        "signers": [],
        "details": details,
    });
    FoundChange {
        kind: event,
        body: body.to_string(),
        addresses: accounts.iter().map(|(_, address)| *address).collect(),
    }
}

/// A confirmed transaction in the slot of its number.
pub fn transaction(number: u64, changes: Vec<FoundChange>) -> FoundTransaction {
    FoundTransaction {
        signature: signature(number),
        slot: number,
        block_time: Some(1_700_000_000),
        failed: false,
        state: TransactionState::Confirmed,
        unread: None,
        touched: Vec::new(),
        changes,
    }
}

/// A transaction that creates an order with the number as its address, of seller 200.
pub fn new_order(number: u64) -> FoundTransaction {
    let order = address(u8::try_from(number % 200).unwrap());
    let accounts = [("order", order), ("seller", address(200))];
    let details = json!({ "label": format!("label {number}") });
    transaction(number, vec![change("OrderCreated", &accounts, details)])
}

/// What writes transactions.
pub fn finding(transactions: Vec<FoundTransaction>) -> Update {
    Update {
        transactions,
        ..Update::default()
    }
}
