//! Transactions of version 1.

use base64::{Engine, prelude::BASE64_STANDARD};
use generion::events;
use generion_interface::Addresses;
use serde_json::Value;

use super::made::{Made, PAYER, build, data, logged, signature, wallet};
use crate::{ChangeKind, Source, transaction::TransactionChanges};

/// The verification of record 10 by wallet 1. Written by `solana-message` 4.4.1, without
/// a configuration.
const BARE: &str = concat!(
    "8102010100000000090909090909090909090909090909090909090909090909090909090909090901044242424242424242",
    "4242424242424242424242424242424242424242424242420101010101010101010101010101010101010101010101010101",
    "0101010101010a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0402702206a6680a9bb4e175",
    "c24aa11bc6dc26997b9925a063d5020800000000030201000102020101010101010101010101010101010101010101010101",
    "0101010101010101010101010101010101010101010101010101010101010101010101010101010101c9c9c9c9c9c9c9c9c9",
    "c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9",
    "c9c9c9c9c9",
);
/// The same with a priority fee, a limit of compute units and a heap.
const CONFIGURED: &str = concat!(
    "8102010117000000090909090909090909090909090909090909090909090909090909090909090901044242424242424242",
    "4242424242424242424242424242424242424242424242420101010101010101010101010101010101010101010101010101",
    "0101010101010a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0402702206a6680a9bb4e175",
    "c24aa11bc6dc26997b9925a063d50208000000000807060504030201a0860100000001000302010001020201010101010101",
    "0101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101",
    "01010101010101c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9",
    "c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9",
);
/// The offset of the configuration's mask.
const MASK: usize = 4;

fn read(bytes: &[u8]) -> Result<TransactionChanges, String> {
    let event = events::RecordVerified {
        record: wallet(10),
        owner: wallet(1),
        creator: wallet(2),
    };
    let made = Made::of(&[build().verify_record(wallet(1), wallet(10))]);
    let mut made = made.log(&[logged(generion::ID, 1, &[data(&event)])]);
    made.answer["version"] = Value::from(1);
    made.answer["transaction"][0] = BASE64_STANDARD.encode(bytes).into();
    TransactionChanges::read(&signature(1), &Addresses::default(), &made.answer())
        .map_err(|error| error.to_string())
}

#[test]
fn a_transaction_of_version_1_is_read_like_any_other() {
    for text in [BARE, CONFIGURED] {
        let executed = read(&hex::decode(text).unwrap()).unwrap();
        assert_eq!(executed.unread, [""; 0]);
        let [entry] = &executed.entries[..] else {
            panic!("one change: {executed:?}");
        };
        assert_eq!(
            (entry.kind, entry.source),
            (ChangeKind::RecordVerified, Source::Complete)
        );
        assert_eq!(entry.details.record, Some(wallet(10)));
        assert_eq!(entry.signers, [PAYER, wallet(1)]);
    }
}

#[test]
fn what_is_not_quite_one_is_refused() {
    let refused = |bytes: &[u8]| {
        let refused = read(bytes).unwrap_err();
        assert!(refused.contains("no transaction of a form"), "{refused}");
    };
    let whole = hex::decode(CONFIGURED).unwrap();
    for length in 1..whole.len() {
        refused(&whole[..length]);
    }
    refused(&[&whole[..], &[0]].concat());
    let with = |at: usize, byte: u8| {
        let mut changed = whole.clone();
        changed[at] = byte;
        changed
    };
    // A bit that nobody knows, and half a priority fee.
    refused(&with(MASK, 0x37));
    refused(&with(MASK + 1, 0x01));
    refused(&with(MASK, 0x16));
    // A version to come.
    refused(&with(0, 0x82));
    // More signers than addresses.
    refused(&with(1, 5));
}

/// Each byte changed, in turn: it is read or refused.
#[test]
fn bytes_of_any_kind_are_read_or_refused() {
    let whole = hex::decode(CONFIGURED).unwrap();
    for at in 0..whole.len() {
        for change in [0x01, 0x10, 0x80, 0xff] {
            let mut changed = whole.clone();
            changed[at] ^= change;
            match read(&changed) {
                Ok(executed) => assert!(executed.entries.len() <= 2, "byte {at}: {executed:?}"),
                Err(reason) => assert!(!reason.is_empty(), "byte {at}"),
            }
        }
    }
}
