//! Back through an address's transactions, over a node that has lost some of them.

use std::collections::HashMap;

use generion::events;
use serde_json::Value;
use solana_commitment_config::CommitmentConfig;

use super::{
    made::{Made, build, data, logged, signature, wallet},
    node::{Kept, Node, numbered},
};
use crate::{
    ClientError, Ledger,
    history::{GapKind, History, HistoryRange, Kind, Moment, What},
};

fn ledger(node: &Node) -> Ledger {
    Ledger::new(
        node.url.clone(),
        generion::ID,
        CommitmentConfig::confirmed(),
    )
}

/// One transaction that verifies the record, under the signature with a number.
fn verification(name: u16) -> Value {
    let event = events::RecordVerified {
        record: wallet(10),
        owner: wallet(1),
        creator: wallet(2),
    };
    let made = Made::of(&[build().verify_record(wallet(1), wallet(10))]);
    let mut answer = made.log(&[logged(generion::ID, 1, &[data(&event)])]).answer;
    resign(&mut answer, name);
    answer
}

/// Puts another signature in the place of the first.
fn resign(answer: &mut Value, name: u16) {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let text = answer["transaction"][0].as_str().unwrap();
    let mut bytes = BASE64_STANDARD.decode(text).unwrap();
    assert_eq!(bytes[1..65], *signature(1).as_ref());
    bytes[1..65].copy_from_slice(numbered(name).as_ref());
    answer["transaction"][0] = BASE64_STANDARD.encode(bytes).into();
}

/// A closed record with these transactions, the latest first; those of them that there are.
fn kept(listed: Vec<(u16, u64, bool)>, there: &[u16]) -> Kept {
    let transaction = |name: &u16| (numbered(*name), verification(*name));
    Kept {
        listed: HashMap::from([(wallet(10), listed)]),
        transactions: there.iter().map(transaction).collect(),
        slot: 100,
        ..Kept::default()
    }
}

async fn history(node: &Node, range: &HistoryRange) -> History {
    let history = ledger(node).history(&wallet(10), range).await;
    history.unwrap_or_else(|error| panic!("{error}"))
}

fn kinds(history: &History) -> Vec<GapKind> {
    history.gaps.iter().map(|gap| gap.kind).collect()
}

#[tokio::test]
async fn what_is_at_a_closed_account_is_known_from_its_changes() {
    let node = Node::start(kept(vec![(2, 50, false)], &[2]));
    let history = history(&node, &HistoryRange::default()).await;
    assert_eq!(history.kind, Some(Kind::Record));
    assert_eq!(history.entries.len(), 1);
    assert_eq!(history.entries[0].what, What::RecordVerified);
    // A beginning that nobody has, and an account that is not there.
    assert_eq!(
        kinds(&history),
        [GapKind::BeginningMissing, GapKind::PresentDiffers]
    );
    // Nothing older than the accounts is believed.
    let asked = node.asked("getSignaturesForAddress");
    assert_eq!(asked[0][1]["minContextSlot"], 100);
}

#[tokio::test]
async fn nothing_is_known_of_a_stranger() {
    let node = Node::start(kept(vec![], &[]));
    let history = history(&node, &HistoryRange::default()).await;
    assert_eq!((history.kind, history.entries.len()), (None, 0));
    assert_eq!(history.gaps, []);
}

/// 2,500 transactions that failed are listed page by page, and not fetched.
#[tokio::test]
async fn pages_are_walked_to_the_beginning() {
    let mut listed: Vec<_> = (1..=2_500).rev().map(|name| (name, 7, true)).collect();
    listed.push((0, 6, false));
    let node = Node::start(kept(listed, &[0]));
    let history = history(&node, &HistoryRange::default()).await;
    assert_eq!(history.failed_transactions, 2_500);
    assert_eq!(history.entries.len(), 1);
    let asked = node.asked("getSignaturesForAddress");
    let before = |name| Value::from(numbered(name).to_string());
    let befores: Vec<_> = asked
        .iter()
        .map(|params| params[1]["before"].clone())
        .collect();
    assert_eq!(befores, [Value::Null, before(1_501), before(501)]);
    assert_eq!(node.asked("getTransaction").len(), 1);
}

#[tokio::test]
async fn no_more_is_looked_at_than_was_asked_for() {
    let listed = vec![(3, 30, false), (2, 20, true), (1, 10, false)];
    let node = Node::start(kept(listed, &[1, 3]));
    let with = |limit| HistoryRange {
        limit,
        ..HistoryRange::default()
    };
    let cut = history(&node, &with(2)).await;
    // Nothing is said about the beginning; the end is that the record is not there.
    assert_eq!(kinds(&cut), [GapKind::NotRead, GapKind::PresentDiffers]);
    assert_eq!(cut.gaps[0].to_slot, Some(10));
    assert_eq!((cut.entries.len(), cut.failed_transactions), (1, 1));
    let whole = history(&node, &with(3)).await;
    assert_eq!(whole.entries.len(), 2);
    assert!(!kinds(&whole).contains(&GapKind::NotRead));
}

/// What lies beyond the range is neither fetched nor missed.
#[tokio::test]
async fn a_range_is_walked_alone() {
    let listed = vec![
        (4, 40, false),
        (3, 30, false),
        (2, 20, false),
        (1, 10, false),
    ];
    let node = Node::start(kept(listed, &[1, 2, 3, 4]));
    let range = HistoryRange {
        since: Some(Moment::Time(200)),
        until: Some(Moment::Slot(30)),
        ..HistoryRange::default()
    };
    let history = history(&node, &range).await;
    // Both are on their way at a time, and may arrive in any order.
    let asked = node.asked("getTransaction");
    let mut asked: Vec<_> = asked.iter().map(|params| &params[0]).collect();
    asked.sort_by_key(|name| name.to_string());
    let mut expected = [2, 3].map(|name| Value::from(numbered(name).to_string()));
    expected.sort_by_key(ToString::to_string);
    assert_eq!(asked, expected.each_ref());
    assert_eq!(history.entries.len(), 2);
    assert_eq!(history.gaps, []);
}

#[tokio::test]
async fn transactions_that_are_lost_are_told() {
    let mut kept = kept(vec![(2, 50, false), (1, 40, false)], &[1]);
    kept.late.push(numbered(1));
    let node = Node::start(kept);
    let history = history(&node, &HistoryRange::default()).await;
    // One was there at the second time, the other at none.
    assert_eq!(history.entries.len(), 1);
    let gap = &history.gaps[1];
    assert_eq!(gap.kind, GapKind::TransactionMissing);
    assert_eq!(gap.signature, Some(numbered(2)));
    assert_eq!((gap.from_slot, gap.to_slot), (Some(50), Some(50)));
    assert_eq!(node.asked("getTransaction").len(), 2 + 4);
}

/// A node has had time enough for what is old.
#[tokio::test]
async fn what_is_old_is_asked_for_once() {
    let mut kept = kept(vec![(2, 50, false)], &[]);
    kept.slot = 1_000;
    let node = Node::start(kept);
    let history = history(&node, &HistoryRange::default()).await;
    assert_eq!(kinds(&history), [GapKind::TransactionMissing]);
    assert_eq!(node.asked("getTransaction").len(), 1);
}

#[tokio::test]
async fn a_transaction_of_another_version_is_told() {
    let mut kept = kept(vec![(2, 50, false)], &[2]);
    kept.versions = true;
    let history = history(&Node::start(kept), &HistoryRange::default()).await;
    let [gap] = &history.gaps[..] else {
        panic!("one gap: {history:?}");
    };
    assert_eq!(gap.kind, GapKind::TransactionUnreadable);
    assert!(gap.missing.contains("of a version"), "{gap:?}");
}

#[tokio::test]
async fn an_account_of_a_kind_to_come_is_refused() {
    let mut kept = kept(vec![], &[]);
    kept.accounts.insert(wallet(10), vec![9; 40]);
    let node = Node::start(kept);
    let refused = ledger(&node)
        .history(&wallet(10), &HistoryRange::default())
        .await;
    assert!(matches!(refused, Err(ClientError::Account { address, .. }) if address == wallet(10)));
}
