//! Back through an address's transactions, over a node that has lost some of them.

use std::collections::HashMap;

use anchor_lang::Discriminator;
use generion::{events, state};
use generion_fake_node::JsonRpcServer;
use generion_interface::{Deployment, GenesisHash};
use generion_rpc::{
    node::Node as Asked,
    transport,
    url::{NodeUrl, PlainHttp},
};
use serde_json::Value;
use solana_commitment_config::CommitmentConfig;

use super::{
    made::{Made, build, data, logged, signature, wallet},
    node::{Kept, numbered, start},
};
use crate::{
    ChangeKind, GapKind, History, HistoryError, HistoryNodes, HistoryRange, Moment, Source,
    SubjectKind,
};

const GENESIS: GenesisHash = GenesisHash([7; 32]);

pub(crate) const DEPLOYMENT: Deployment = Deployment {
    genesis: GENESIS,
    program_id: generion::ID,
};

pub(crate) fn one(node: &JsonRpcServer) -> Vec<Asked> {
    over(&[("https://one.example", node)])
}

/// Nodes under names of other machines.
fn over(nodes: &[(&str, &JsonRpcServer)]) -> Vec<Asked> {
    let asked = nodes.iter().map(|(name, node)| {
        let url = NodeUrl::parse(name, PlainHttp::default()).unwrap();
        let sender = transport::sender(node.url());
        Asked::with_sender(url, sender, CommitmentConfig::confirmed())
    });
    asked.collect()
}

async fn read(nodes: &[Asked], range: &HistoryRange) -> Result<History, HistoryError> {
    History::read(&HistoryNodes::new(nodes, &DEPLOYMENT), &wallet(10), range).await
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
pub(crate) fn kept(listed: Vec<(u16, u64, bool)>, there: &[u16]) -> Kept {
    let transaction = |name: &u16| (numbered(*name), verification(*name));
    Kept {
        listed: HashMap::from([(wallet(10), listed)]),
        transactions: there.iter().map(transaction).collect(),
        slot: 100,
        genesis: GENESIS.to_string(),
        ..Kept::default()
    }
}

async fn history(node: &JsonRpcServer, range: &HistoryRange) -> History {
    let history = read(&one(node), range).await;
    history.unwrap_or_else(|error| panic!("{error}"))
}

fn kinds(history: &History) -> Vec<GapKind> {
    history.gaps.iter().map(|gap| gap.kind).collect()
}

#[tokio::test]
async fn what_is_at_a_closed_account_is_known_from_its_changes() {
    let node = start(kept(vec![(2, 50, false)], &[2]));
    let history = history(&node, &HistoryRange::default()).await;
    assert_eq!(history.kind, Some(SubjectKind::Record));
    assert_eq!(history.entries.len(), 1);
    assert_eq!(history.entries[0].kind, ChangeKind::RecordVerified);
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
    let node = start(kept(vec![], &[]));
    let history = history(&node, &HistoryRange::default()).await;
    assert_eq!((history.kind, history.entries.len()), (None, 0));
    assert_eq!(history.gaps, []);
}

/// 2,500 transactions that failed are listed page by page, and not fetched.
#[tokio::test]
async fn pages_are_walked_to_the_beginning() {
    let mut listed: Vec<_> = (1..=2_500).rev().map(|name| (name, 7, true)).collect();
    listed.push((0, 6, false));
    let node = start(kept(listed, &[0]));
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
    let node = start(kept(listed, &[1, 3]));
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

/// A transaction beyond the range is neither fetched nor missed.
#[tokio::test]
async fn a_range_is_walked_alone() {
    let listed = vec![
        (4, 40, false),
        (3, 30, false),
        (2, 20, false),
        (1, 10, false),
    ];
    let node = start(kept(listed, &[1, 2, 3, 4]));
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
    let node = start(kept);
    let history = history(&node, &HistoryRange::default()).await;
    // One was there at the second time, the other at none.
    assert_eq!(history.entries.len(), 1);
    let gap = &history.gaps[1];
    assert_eq!(gap.kind, GapKind::TransactionMissing);
    assert_eq!(gap.signature, Some(numbered(2)));
    assert_eq!((gap.from_slot, gap.to_slot), (Some(50), Some(50)));
    assert_eq!(node.asked("getTransaction").len(), 2 + 4);
}

/// A node has had time enough for old transactions.
#[tokio::test]
async fn what_is_old_is_asked_for_once() {
    let mut kept = kept(vec![(2, 50, false)], &[]);
    kept.slot = 1_000;
    let node = start(kept);
    let history = history(&node, &HistoryRange::default()).await;
    assert_eq!(kinds(&history), [GapKind::TransactionMissing]);
    assert_eq!(node.asked("getTransaction").len(), 1);
}

#[tokio::test]
async fn a_transaction_of_another_version_is_told() {
    let mut kept = kept(vec![(2, 50, false)], &[2]);
    kept.versions = true;
    let history = history(&start(kept), &HistoryRange::default()).await;
    let [gap] = &history.gaps[..] else {
        panic!("one gap: {history:?}");
    };
    assert_eq!(gap.kind, GapKind::TransactionUnreadable);
    assert!(gap.missing.contains("of a version"), "{gap:?}");
}

/// The address of an account follows from its contents.
#[tokio::test]
async fn an_account_that_can_not_be_there_is_a_lie() {
    let user = state::User::new(wallet(9), 255, [1; 32], [2; 64]);
    let data = [state::User::DISCRIMINATOR, bytemuck::bytes_of(&user)].concat();
    let mut kept = kept(vec![], &[]);
    kept.accounts.insert(wallet(10), data);
    let node = start(kept);
    let refused = read(&one(&node), &HistoryRange::default()).await;
    let Err(HistoryError::WrongAddress { node, address, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!((&*node, address), ("https://one.example", wallet(10)));
}

#[tokio::test]
async fn an_account_of_a_kind_to_come_is_refused() {
    let mut kept = kept(vec![], &[]);
    kept.accounts.insert(wallet(10), vec![9; 40]);
    let node = start(kept);
    let refused = read(&one(&node), &HistoryRange::default()).await;
    assert!(matches!(refused, Err(HistoryError::Account { address, .. }) if address == wallet(10)));
}

/// The record's history, as two nodes show it.
async fn of_two(first: Kept, second: Kept) -> (History, [JsonRpcServer; 2]) {
    let nodes = [first, second].map(start);
    let asked = over(&[
        ("https://one.example/key", &nodes[0]),
        ("https://two.example", &nodes[1]),
    ]);
    let history = read(&asked, &HistoryRange::default()).await;
    (history.unwrap_or_else(|error| panic!("{error}")), nodes)
}

/// The gaps, without those of beginning and end, which no node has here.
fn differences(history: &History) -> Vec<(GapKind, Option<u64>, Option<u64>, &str)> {
    let both = [GapKind::BeginningMissing, GapKind::PresentDiffers];
    let gaps = history.gaps.iter().filter(|gap| !both.contains(&gap.kind));
    gaps.map(|gap| (gap.kind, gap.from_slot, gap.to_slot, gap.missing.as_str()))
        .collect()
}

#[tokio::test]
async fn what_two_nodes_tell_alike_is_told_by_both() {
    let kept = kept(vec![(2, 50, false), (1, 40, true)], &[2]);
    let (told, nodes) = of_two(kept.clone(), kept.clone()).await;
    assert_eq!(told.nodes, ["https://one.example", "https://two.example"]);
    assert!(!told.is_one_nodes_word());
    assert_eq!((told.entries.len(), told.failed_transactions), (1, 1));
    assert_eq!(differences(&told), []);
    assert_eq!(nodes[1].asked("getTransaction").len(), 1);

    // Two addresses of one operator are one.
    let node = start(kept);
    let asked = over(&[
        ("https://one.example", &node),
        ("https://one.example:8899", &node),
    ]);
    let alone = read(&asked, &HistoryRange::default()).await;
    let alone = alone.unwrap();
    assert!(alone.is_one_nodes_word());
    assert_eq!(alone.nodes, ["https://one.example"]);
    assert_eq!(differences(&alone), []);
}

#[tokio::test]
async fn what_only_one_node_lists_is_told_with_its_name() {
    let more = kept(
        vec![(3, 50, false), (2, 30, false), (1, 20, false)],
        &[1, 2, 3],
    );
    let less = kept(vec![(3, 50, false)], &[3]);
    let names = ["https://one.example", "https://two.example"];
    let words = |count: &str, who: usize, verb: &str| {
        let (who, other) = (names[who], names[1 - who]);
        format!("{count} that the node at {who} {verb}, the node at {other} does not list")
    };
    let told_alone = |count: &str, who: usize| {
        let (who, other) = (names[who], names[1 - who]);
        format!(
            "{count} that the node at {other} does not tell as a whole: the node at {who} alone tells of them"
        )
    };
    for (first, second, who) in [
        (more.clone(), less.clone(), 0),
        (less.clone(), more.clone(), 1),
    ] {
        let (told, _) = of_two(first, second).await;
        // Nothing is left out for that.
        assert_eq!(told.entries.len(), 3);
        assert!(!told.is_one_nodes_word());
        let listed = words("2 transactions", who, "lists");
        let alone = told_alone("2 transactions", who);
        let expected = [listed, alone];
        let expected = expected
            .iter()
            .map(|words| (GapKind::NodesDiffer, Some(20), Some(30), words.as_str()));
        assert_eq!(differences(&told), expected.collect::<Vec<_>>());
    }
    // Both list it, and one has lost it.
    let lost = kept(
        vec![(3, 50, false), (2, 30, false), (1, 20, false)],
        &[1, 3],
    );
    let (told, _) = of_two(lost, more).await;
    assert_eq!(told.entries.len(), 3);
    let alone = told_alone("one transaction", 1);
    let expected = (GapKind::NodesDiffer, Some(30), Some(30), alone.as_str());
    assert_eq!(differences(&told), [expected]);
}

/// A node that says of a change that it failed would have it left out.
#[tokio::test]
async fn who_says_that_a_transaction_failed_is_not_believed_alone() {
    let honest = kept(vec![(2, 50, false)], &[2]);
    let (told, _) = of_two(kept(vec![(2, 50, true)], &[2]), honest).await;
    assert_eq!((told.entries.len(), told.failed_transactions), (1, 0));
    let [(GapKind::NodesDiffer, Some(50), Some(50), words)] = differences(&told)[..] else {
        panic!("one difference: {told:#?}");
    };
    assert!(
        words.contains("https://one.example says that it failed in slot 50"),
        "{words}"
    );
    assert!(
        words.contains("https://two.example that it succeeded"),
        "{words}"
    );
}

#[tokio::test]
async fn contents_that_differ_are_told() {
    let honest = kept(vec![(2, 50, false)], &[2]);
    let mut forged = honest.clone();
    let fee = &mut forged.transactions.get_mut(&numbered(2)).unwrap()["meta"]["fee"];
    *fee = 1.into();
    let (told, _) = of_two(honest.clone(), forged).await;
    assert_eq!(told.entries[0].fee, 5_000);
    let words = "the two nodes tell different things of this transaction";
    let expected = (GapKind::NodesDiffer, Some(50), Some(50), words);
    assert_eq!(differences(&told), [expected]);

    // Each node has what the other has lost.
    let mut unlogged = honest.clone();
    let log = &mut unlogged.transactions.get_mut(&numbered(2)).unwrap()["meta"]["logMessages"];
    *log = Value::Null;
    for (first, second) in [(unlogged.clone(), honest.clone()), (honest, unlogged)] {
        let (told, _) = of_two(first, second).await;
        assert_eq!(told.entries[0].source, Source::Complete);
        assert_eq!(told.entries[0].details.creator, Some(wallet(2)));
        assert_eq!(differences(&told), []);
    }
}

/// One node learns of a transaction a moment after the other.
#[tokio::test]
async fn what_comes_a_moment_later_is_no_difference() {
    let kept = kept(vec![(2, 50, false)], &[2]);
    let mut late = kept.clone();
    late.listed_late.push(2);
    let (told, nodes) = of_two(kept, late).await;
    assert_eq!(differences(&told), []);
    assert_eq!(nodes[1].asked("getSignaturesForAddress").len(), 2);
}

#[tokio::test]
async fn what_only_one_node_has_reached_is_its_word() {
    let honest = kept(vec![(2, 50, false)], &[2]);
    let mut ahead = kept(vec![(3, 900, false), (2, 50, false)], &[2, 3]);
    ahead.slot = 1_000;
    let (told, _) = of_two(ahead, honest.clone()).await;
    // A node that has not reached a slot can't be said to leave its transactions out.
    let expected = "what came later is one node's word: the node at https://one.example has reached slot 1000, and the \
        node at https://two.example slot 100";
    // Gaps are listed by their end.
    let [alone, distance] = differences(&told)[..] else {
        panic!("{told:#?}");
    };
    assert_eq!(distance, (GapKind::NodesDiffer, Some(100), None, expected));
    assert_eq!((alone.0, alone.1), (GapKind::NodesDiffer, Some(900)));
    assert_eq!(told.entries.len(), 2);

    // A node that is only a little behind is waited for.
    let mut behind = honest.clone();
    behind.slots = vec![80, 90, 100];
    let (told, nodes) = of_two(honest, behind).await;
    assert_eq!(differences(&told), []);
    assert_eq!(nodes[1].asked("getSlot").len(), 3);
}

#[tokio::test]
async fn a_second_node_that_is_silent_is_told() {
    let honest = kept(vec![(2, 50, false)], &[2]);
    for method in ["getSlot", "getSignaturesForAddress", "getTransaction"] {
        let mut silent = honest.clone();
        silent.refused.push(method);
        let (told, _) = of_two(honest.clone(), silent).await;
        assert_eq!(told.entries.len(), 1, "{method}");
        assert!(told.is_one_nodes_word(), "{method}");
        assert_eq!(told.nodes, ["https://one.example"]);
        let [(GapKind::NodeSilent, None, None, words)] = differences(&told)[..] else {
            panic!("{method}: {told:#?}");
        };
        assert!(words.contains("the node at https://two.example"), "{words}");
        assert!(words.contains("not today"), "{words}");
    }
    // Nor is one of another cluster believed.
    let mut stranger = honest.clone();
    stranger.genesis = GenesisHash([8; 32]).to_string();
    let (told, _) = of_two(honest.clone(), stranger).await;
    assert!(told.is_one_nodes_word());
    assert_eq!(differences(&told)[0].0, GapKind::NodeSilent);
    // The first one must answer.
    let mut silent = honest.clone();
    silent.refused.push("getSignaturesForAddress");
    let nodes = [silent, honest].map(start);
    let asked = over(&[
        ("https://one.example", &nodes[0]),
        ("https://two.example", &nodes[1]),
    ]);
    let refused = read(&asked, &HistoryRange::default()).await;
    assert!(matches!(refused, Err(HistoryError::Node(_))));
}
