//! Answers of a node that are not the requested account.

use generion::state::{PurchaseStatus, Record, Share, User};
use generion_interface::accounts::{
    AccountError, LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount,
};
use serde_json::{Value, json};
use solana_address::Address;

use super::{
    super::{
        support::{address, base58, hex, program, wallet_address},
        terms::increasing,
    },
    samples::{
        address_of, addresses, capsule, order_bytes, purchase, purchase_bytes, record_bytes,
        share_bytes, user_bytes,
    },
};

/// A kind of account, the owner of the returned account, and its data.
struct Returned {
    name: &'static str,
    account: &'static str,
    owner: Address,
    data: Vec<u8>,
}

pub(super) fn all() -> Vec<Value> {
    let cases = malformed().into_iter().chain(misplaced());
    let refused = cases.map(|case| {
        let Returned {
            name,
            account,
            owner,
            data,
        } = case;
        let (asked, error) = match account {
            "User" => error::<User>(&owner, &data, &user_bytes()),
            "Record" => error::<RecordAccount>(&owner, &data, &good_record()),
            "Order" => error::<OrderAccount>(&owner, &data, &good_order()),
            "Purchase" => error::<PurchaseAccount>(&owner, &data, &good_purchase()),
            "Share" => error::<Share>(&owner, &data, &share_bytes()),
            other => unreachable!("{other}"),
        };
        json!({
            "name": name,
            "account": account,
            "asked": base58(&asked),
            "owner": base58(&owner),
            "data": hex(data),
            "error": error,
        })
    });
    refused.collect()
}

fn good_record() -> Vec<u8> {
    record_bytes(&[0xab; 240])
}

fn good_order() -> Vec<u8> {
    order_bytes("", None, &increasing(&["one", "two"]))
}

fn good_purchase() -> Vec<u8> {
    purchase_bytes(
        &purchase(PurchaseStatus::Pending, 1),
        &[capsule("delivered")],
    )
}

fn with(mut data: Vec<u8>, position: usize, bytes: &[u8]) -> Vec<u8> {
    data[position..position + bytes.len()].copy_from_slice(bytes);
    data
}

fn malformed() -> Vec<Returned> {
    let foreign = address("another program");
    let own = program();
    let system = Address::default();
    let without_last = |mut data: Vec<u8>| {
        data.pop();
        data
    };
    let with_another = |mut data: Vec<u8>| {
        data.push(0);
        data
    };
    let (record, order, purchase) = (good_record(), good_order(), good_purchase());
    let (user, share) = (user_bytes(), share_bytes());
    let tail = 8 + size_of::<Record>();
    let cases = [
        ("another program's account", "User", foreign, user.clone()),
        ("a wallet's account", "User", system, vec![]),
        ("another kind", "User", own, share.clone()),
        ("no data", "User", own, vec![]),
        (
            "the discriminator cut short",
            "User",
            own,
            user[..7].to_vec(),
        ),
        ("the discriminator alone", "User", own, user[..8].to_vec()),
        (
            "an unknown version",
            "User",
            own,
            with(user.clone(), 8, &[2]),
        ),
        ("a byte short", "User", own, without_last(user.clone())),
        ("a byte too many", "User", own, with_another(user)),
        ("a byte short", "Share", own, without_last(share.clone())),
        ("a byte too many", "Share", own, with_another(share)),
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
            with(record, tail, &u32::MAX.to_le_bytes()),
        ),
        ("another kind", "Record", own, order.clone()),
        (
            "an address cut short",
            "Order",
            own,
            without_last(order.clone()),
        ),
        (
            "a tail that is longer than it says",
            "Order",
            own,
            with(order.clone(), 208, &[1]),
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
            with(purchase, 232, &[2]),
        ),
    ];
    let cases = cases.map(|(name, account, owner, data)| Returned {
        name,
        account,
        owner,
        data,
    });
    cases.into_iter().collect()
}

/// Well-formed accounts that belong to another address. The positions are from the tables of the protocol.
fn misplaced() -> Vec<Returned> {
    let doctor = wallet_address("doctor").to_bytes();
    let (record, order, purchase) = (good_record(), good_order(), good_purchase());
    let flipped =
        |data: &[u8], position: usize| with(data.to_vec(), position, &[data[position] ^ 1]);
    let cases = [
        ("another wallet's", "User", with(user_bytes(), 40, &doctor)),
        (
            "another owner's",
            "Record",
            with(record.clone(), 32, &doctor),
        ),
        (
            "another creator's",
            "Record",
            with(record.clone(), 64, &doctor),
        ),
        ("for another owner key", "Record", flipped(&record, 128)),
        (
            "with another data public key",
            "Record",
            flipped(&record, 160),
        ),
        (
            "with another ephemeral half",
            "Record",
            flipped(&record, 192),
        ),
        ("with another masked half", "Record", flipped(&record, 224)),
        ("with other facts", "Record", flipped(&record, 256)),
        ("with another locator", "Record", flipped(&record, 292)),
        (
            "with a longer locator",
            "Record",
            record_bytes(&[0xab; 241]),
        ),
        (
            "another seller's",
            "Order",
            with(order.clone(), 64, &doctor),
        ),
        ("with another id", "Order", flipped(&order, 16)),
        ("of another order", "Purchase", flipped(&purchase, 40)),
        ("another buyer's", "Purchase", with(purchase, 104, &doctor)),
        ("of another record", "Share", flipped(&share_bytes(), 32)),
        ("another recipient's", "Share", flipped(&share_bytes(), 96)),
    ];
    let cases = cases.map(|(name, account, data)| Returned {
        name,
        account,
        owner: program(),
        data,
    });
    cases.into_iter().collect()
}

/// The address of `good`, and why `data` is refused at this address.
fn error<A: LedgerAccount>(owner: &Address, data: &[u8], good: &[u8]) -> (Address, &'static str) {
    let asked = address_of::<A>(good);
    let error = match A::read(&addresses(), &asked, owner, data) {
        Err(AccountError::WrongOwner { .. }) => "wrong_owner",
        Err(AccountError::WrongKind(_)) => "wrong_kind",
        Err(AccountError::UnknownVersion(_)) => "unknown_version",
        Err(AccountError::Malformed(_)) => "malformed",
        Err(AccountError::WrongAddress { .. }) => "wrong_address",
        Ok(_) => panic!("is taken"),
    };
    (asked, error)
}
