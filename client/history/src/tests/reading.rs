//! One transaction: the parts of it that count, and the parts that are reported as missing.

use generion::{GenerionError, events, state};
use generion_interface::Addresses;
use serde_json::{Value, json};
use solana_instruction::Instruction;

use super::made::{Made, OTHER, PAYER, build, calling, data, logged, signature, wallet};
use crate::{
    ChangeKind, Entry, Failure, LostEvent, LostInstruction, Source, transaction::TransactionChanges,
};

fn read(made: &Made) -> Result<TransactionChanges, String> {
    TransactionChanges::read(&signature(1), &Addresses::default(), &made.answer())
        .map_err(|error| error.to_string())
}

#[track_caller]
fn entries(made: &Made) -> Vec<Entry> {
    let executed = read(made).unwrap();
    assert_eq!(executed.unread, [""; 0]);
    executed.entries
}

fn verify(record: u8) -> Instruction {
    build().verify_record(wallet(1), wallet(record))
}

fn verified(record: u8) -> events::RecordVerified {
    events::RecordVerified {
        record: wallet(record),
        owner: wallet(1),
        creator: wallet(2),
    }
}

fn own_log(events: &[events::RecordVerified]) -> Vec<Vec<String>> {
    let lines = events
        .iter()
        .map(|event| logged(generion::ID, 1, &[data(event)]));
    lines.collect()
}

fn sources(made: &Made) -> Vec<Source> {
    entries(made).iter().map(|entry| entry.source).collect()
}

#[test]
fn instruction_and_event_are_told_together() {
    let made = Made::of(&[verify(10)]).log(&own_log(&[verified(10)]));
    let [entry] = &entries(&made)[..] else {
        panic!("one change");
    };
    assert_eq!((entry.slot, entry.time, entry.fee), (7, Some(1_000), 5_000));
    assert_eq!(
        (entry.kind, entry.source),
        (ChangeKind::RecordVerified, Source::Complete)
    );
    assert_eq!(entry.signers, [PAYER, wallet(1)]);
    assert_eq!(entry.actor(), Some(wallet(1)));
    // Only the event names the creator.
    assert_eq!(entry.details.creator, Some(wallet(2)));
    assert_eq!((entry.through, entry.failure.clone()), (None, None));
}

#[test]
fn a_lost_event_leaves_its_instruction() {
    let both = [verify(10), verify(11)];
    let cut = [
        own_log(&[verified(10)]),
        vec![vec!["Log truncated".to_owned()]],
    ]
    .concat();
    let [complete, lost] = [
        Source::Complete,
        Source::InstructionAlone(LostEvent::LogTruncated),
    ];
    assert_eq!(sources(&Made::of(&both).log(&cut)), [complete, lost]);

    let unlogged = Made::of(&both).meta("logMessages", Value::Null);
    assert_eq!(
        sources(&unlogged),
        [Source::InstructionAlone(LostEvent::NoLog); 2]
    );
    let whole = Made::of(&both).log(&own_log(&[verified(11)]));
    let contradiction = Source::InstructionAlone(LostEvent::NotInLog);
    assert_eq!(sources(&whole), [contradiction, complete]);
    let entries = entries(&whole);
    assert_eq!(entries[0].details.record, Some(wallet(10)));
    assert_eq!(entries[0].details.creator, None);
    assert_eq!([entries[0].position, entries[1].position], [0, 1]);
}

/// An event that contradicts the only instruction is not taken for its own.
#[test]
fn an_event_of_something_else_is_not_joined() {
    let made = Made::of(&[verify(10)]).log(&own_log(&[verified(11)]));
    let [asked, told] = &entries(&made)[..] else {
        panic!("two changes");
    };
    assert_eq!(asked.source, Source::InstructionAlone(LostEvent::NotInLog));
    assert_eq!(told.source, Source::EventAlone(LostInstruction::NotThere));
    assert_eq!(asked.details.record, Some(wallet(10)));
    assert_eq!(told.details.record, Some(wallet(11)));
}

#[test]
fn what_another_program_asked_for_counts() {
    let called = verify(10);
    let inner_log = logged(generion::ID, 2, &[data(&verified(10))]);
    let log = [logged(OTHER, 1, &inner_log)];
    let made = Made::of(&[calling(&called)]).log(&log);
    let [entry] = &entries(&Made::of(&[calling(&called)]).log(&log).calls(0, &called))[..] else {
        panic!("one change");
    };
    assert_eq!(
        (entry.through, entry.source),
        (Some(OTHER), Source::Complete)
    );

    // The node does not keep such calls: the event is left.
    let made = made.meta("innerInstructions", Value::Null);
    let [entry] = &entries(&made)[..] else {
        panic!("one change");
    };
    let kept = Source::EventAlone(LostInstruction::NotKept);
    assert_eq!((entry.through, entry.source), (None, kept));
    assert_eq!(entry.details.record, Some(wallet(10)));

    // Nor the log: then nobody knows.
    let executed = read(&made.meta("logMessages", Value::Null)).unwrap();
    assert_eq!(executed.entries, []);
    let [reason] = &executed.unread[..] else {
        panic!("one gap");
    };
    assert!(reason.contains("may have called this one"), "{reason}");
}

#[test]
fn impostors_are_not_believed() {
    let impostor = Instruction {
        program_id: OTHER,
        ..verify(10)
    };
    let log = [logged(OTHER, 1, &[data(&verified(10))])];
    assert_eq!(entries(&Made::of(&[impostor]).log(&log)), []);
}

#[test]
fn what_failed_is_an_attempt() {
    let error =
        json!({ "InstructionError": [0, { "Custom": GenerionError::AlreadyVerified.code() }] });
    // The logged event never happened.
    let made = Made::of(&[verify(10)])
        .log(&own_log(&[verified(10)]))
        .fails(error.clone());
    let [entry] = &entries(&made)[..] else {
        panic!("one attempt");
    };
    let Some(Failure { rule, .. }) = entry.failure else {
        panic!("it failed");
    };
    assert_eq!(rule, Some(GenerionError::AlreadyVerified));
    assert_eq!(entry.details.creator, None);

    // Another program's errors have numbers of their own.
    let other = Instruction {
        program_id: OTHER,
        ..verify(10)
    };
    let made = Made::of(&[other, verify(10)]).fails(error);
    let [entry] = &entries(&made)[..] else {
        panic!("one attempt");
    };
    assert_eq!(entry.failure.as_ref().and_then(|failed| failed.rule), None);

    // A failed instruction may name any account.
    let mut nonsense = verify(10);
    nonsense.accounts.clear();
    let error = json!({ "InstructionError": [0, "NotEnoughAccountKeys"] });
    assert_eq!(entries(&Made::of(&[nonsense]).fails(error)), []);
}

/// The instruction is the same: the state of the order afterwards shows the difference.
#[test]
fn an_order_that_was_closed_is_told_from_one_that_was_stopped() {
    let state = state::Order {
        seller: wallet(1),
        rent_payer: wallet(3),
        ..bytemuck::Zeroable::zeroed()
    };
    let close = build().close_order(wallet(12), &state, &[wallet(10), wallet(11)]);
    let unlogged = || Made::of(std::slice::from_ref(&close)).meta("logMessages", Value::Null);
    let kind = |made: &Made| {
        let entry = entries(made).remove(0);
        let records = entry.details.records.map(|records| records.len());
        (entry.kind, records)
    };
    assert_eq!(kind(&unlogged()), (ChangeKind::SalesStopped, None));
    assert_eq!(
        kind(&unlogged().closes(&wallet(12))),
        (ChangeKind::OrderClosed, Some(2))
    );

    // The event is believed before the balance.
    let stopped = events::SalesStopped {
        order: wallet(12),
        seller: wallet(1),
        pending_purchases: 3.into(),
    };
    let log = [logged(generion::ID, 1, &[data(&stopped)])];
    let made = unlogged().closes(&wallet(12)).log(&log);
    assert_eq!(kind(&made), (ChangeKind::SalesStopped, None));
}

#[test]
fn accounts_from_lookup_tables_are_known() {
    let table = [wallet(10)];
    let looked_up = json!({ "writable": [wallet(10).to_string()], "readonly": [] });
    let made = || Made::with_table(&[verify(10)], &table).log(&own_log(&[verified(10)]));
    let entry = entries(&made().meta("loadedAddresses", looked_up)).remove(0);
    assert_eq!(entry.details.record, Some(wallet(10)));
    assert_eq!(entry.source, Source::Complete);

    for untold in [Value::Null, json!({ "writable": [], "readonly": [] })] {
        let refused = read(&made().meta("loadedAddresses", untold)).unwrap_err();
        assert!(refused.contains("looked up in tables"), "{refused}");
    }
}

#[test]
fn what_a_newer_program_was_asked_is_told() {
    let mut newer = verify(10);
    newer.data = vec![22];
    let executed = read(&Made::of(&[newer, verify(11)]).log(&own_log(&[verified(11)]))).unwrap();
    assert_eq!(executed.entries.len(), 1);
    let [reason] = &executed.unread[..] else {
        panic!("one gap");
    };
    assert!(reason.contains("the tag 22"), "{reason}");
}

#[test]
fn answers_that_are_none_are_refused() {
    let made = || Made::of(&[verify(10)]);
    let refused = |made: &Made| read(made).unwrap_err();
    let stranger = TransactionChanges::read(&signature(9), &Addresses::default(), &made().answer());
    assert!(
        stranger
            .unwrap_err()
            .to_string()
            .contains("another transaction")
    );

    let mut cut = made();
    cut.answer["transaction"][0] = json!("AAAA");
    assert!(refused(&cut).contains("no transaction"));
    let mut bare = made();
    bare.answer["meta"] = Value::Null;
    assert!(refused(&bare).contains("its outcome"));

    let inner = |called: Value| {
        let inner = json!([{ "index": 0, "instructions": [called] }]);
        made().meta("innerInstructions", inner)
    };
    let beyond =
        inner(json!({ "programIdIndex": 200, "accounts": [], "data": "", "stackHeight": 2 }));
    assert!(refused(&beyond).contains("an account that it does not have"));
    let parsed = json!({ "program": "x", "programId": "x", "parsed": "x", "stackHeight": 2 });
    assert!(refused(&inner(parsed)).contains("another form"));

    // Base58 of any length, and of none.
    let program = |data: String| {
        let answer = made().answer();
        let transaction = answer.transaction.transaction.decode().unwrap();
        let keys = transaction.message.static_account_keys();
        let at = keys.iter().position(|key| *key == generion::ID).unwrap();
        inner(json!({ "programIdIndex": at, "accounts": [250], "data": data, "stackHeight": 2 }))
    };
    for data in ["z".repeat(1_000_000), "0OIl".to_owned()] {
        let executed = read(&program(data).log(&own_log(&[verified(10)]))).unwrap();
        assert_eq!(executed.entries.len(), 1);
        assert!(executed.unread[0].contains("can't be read"), "{executed:?}");
    }
    let executed = read(&program("3".to_owned()).log(&own_log(&[verified(10)]))).unwrap();
    assert!(executed.unread[0].contains("does not have"), "{executed:?}");
}

/// Each byte of a transaction is changed, in turn: the transaction is read or refused, and never shows more than its
/// instruction and its event.
#[test]
fn bytes_of_any_kind_are_read_or_refused() {
    use base64::{Engine, prelude::BASE64_STANDARD};

    let called = verify(10);
    let inner_log = logged(generion::ID, 2, &[data(&verified(10))]);
    let mut made = Made::of(&[calling(&called)])
        .log(&[logged(OTHER, 1, &inner_log)])
        .calls(0, &called);
    let text = made.answer["transaction"][0].as_str().unwrap().to_owned();
    let bytes = BASE64_STANDARD.decode(text).unwrap();
    let (mut read_all, mut refused) = (0, 0);
    for at in 0..bytes.len() {
        for change in [0x01, 0x10, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] ^= change;
            made.answer["transaction"][0] = BASE64_STANDARD.encode(changed).into();
            match read(&made) {
                Ok(executed) => {
                    assert!(executed.entries.len() <= 2, "byte {at}: {executed:?}");
                    read_all += 1;
                }
                Err(reason) => {
                    assert!(!reason.is_empty());
                    refused += 1;
                }
            }
        }
    }
    assert!(read_all > 100 && refused > 100, "{read_all} and {refused}");
}

/// The time to compare instructions with events grows with the product of both numbers, and a node chooses both.
#[test]
fn more_instructions_or_events_than_a_transaction_can_have_are_refused() {
    let called = verify(10);
    let made = |calls: usize, events: usize| {
        let mut made = Made::of(&[calling(&called)]).calls(0, &called);
        let call = made.answer["meta"]["innerInstructions"][0]["instructions"][0].take();
        made.answer["meta"]["innerInstructions"][0]["instructions"] = json!(vec![call; calls]);
        made.log(&own_log(&vec![verified(10); events]))
    };
    assert_eq!(entries(&made(256, 256)).len(), 256);
    let refused = |made: Made| read(&made).unwrap_err();
    assert!(refused(made(257, 1)).contains("257 instructions"));
    assert!(refused(made(1, 257)).contains("257 events"));
}
