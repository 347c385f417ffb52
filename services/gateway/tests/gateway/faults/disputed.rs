//! Transactions that nodes disagree on.

use generion_gateway::{
    index::{
        finality::Disputed,
        follow,
        ledger_nodes::{LedgerNodes, Reached},
    },
    storage::{EventType, Storage, TransactionState, Writer},
};
use generion_interface::{
    Addresses, Instructions,
    accounts::{LedgerAccount, RecordAccount},
};
use solana_signature::Signature;

use super::{assert_equal, ledger};
use crate::support::{node::StandInNode, on_both_databases};

/// More than are asked for at a time.
const MANY: usize = 300;
/// The last ones, which the nodes agree on first.
const AGREED: usize = 20;

async fn count(storage: &Storage, signatures: &[Signature], state: TransactionState) -> usize {
    let known = storage.known(signatures).await.unwrap();
    known.values().filter(|known| **known == state).count()
}

/// Looks at all that nodes disagree on.
async fn look_at_all(storage: &Storage, writer: &mut Writer, reached: &Reached<'_>) {
    let mut disputed = Disputed::read(storage).await.unwrap();
    while !disputed.is_empty() {
        disputed
            .look_at_some(storage, writer, reached)
            .await
            .unwrap();
    }
}

on_both_databases! {
    /// However many transactions nodes disagree on, and however long: each is looked at again, served and told once they agree
    /// on it, and nothing is told of the others.
    async fn each_of_many_disputed_transactions_is_looked_at_again(database: Database) {
        let (storage, mut writer) = database.open().await;
        let node = StandInNode::start(10, ledger().accounts()).await;
        let other = node.like().await;
        let nodes = LedgerNodes::new(node.ledger_node(), [other.ledger_node()]);
        follow::start(&storage, &mut writer, &nodes).await.unwrap();
        let record = ledger().record(2);
        let program = Addresses::default().program_id;
        let owner = RecordAccount::decode(&program, &program, &record.data).unwrap().state.owner;
        let verify = Instructions::default().verify_record(owner, record.address);
        let signatures: Vec<_> = (0..MANY).map(|_| node.shown().lands_as(verify.clone())).collect();
        {
            let mut shown = node.shown();
            shown.finalized = shown.slot;
            *other.shown() = shown.clone();
        }
        other.shown().hidden.extend(signatures.iter().copied());
        follow::step(&storage, &mut writer, &nodes).await.unwrap();
        assert_eq!(count(&storage, &signatures, TransactionState::Disputed).await, MANY);
        assert_eq!(storage.feed_from(1, 1_000).await.unwrap().len(), 0);

        // The nodes agree on the last ones, while they go on to disagree on more than are asked for at a time.
        for signature in &signatures[MANY - AGREED..] {
            other.shown().hidden.remove(signature);
        }
        let reached = nodes.reach().await.unwrap();
        let asked = other.times_asked("getSignatureStatuses");
        let mut disputed = Disputed::read(&storage).await.unwrap();
        disputed.look_at_some(&storage, &mut writer, &reached).await.unwrap();
        // The ledger is followed before the rest.
        assert!(!disputed.is_empty());
        assert_eq!(count(&storage, &signatures, TransactionState::Confirmed).await, 0);
        disputed.look_at_some(&storage, &mut writer, &reached).await.unwrap();
        assert!(disputed.is_empty());
        assert_eq!(other.times_asked("getSignatureStatuses") - asked, 2);
        assert_eq!(count(&storage, &signatures, TransactionState::Confirmed).await, AGREED);
        assert_eq!(count(&storage, &signatures, TransactionState::Disputed).await, MANY - AGREED);
        assert_eq!(storage.feed_from(1, 1_000).await.unwrap().len(), AGREED);

        // They agree on all.
        other.shown().hidden.clear();
        look_at_all(&storage, &mut writer, &reached).await;
        follow::step(&storage, &mut writer, &nodes).await.unwrap();
        assert_eq!(count(&storage, &signatures, TransactionState::Finalized).await, MANY);
        assert_eq!(storage.feed_from(1, 1_000).await.unwrap().len(), MANY);
        assert_equal(&storage, &node).await;
    }

    /// Nodes disagree on whether a confirmed transaction is there for good: it is neither final nor gone in the index, those who
    /// were told of it are told that it is no fact any more, and once more of it when the nodes agree.
    async fn what_one_node_takes_back_alone_is_neither_final_nor_gone(database: Database) {
        let (storage, mut writer) = database.open().await;
        let node = StandInNode::start(10, ledger().accounts()).await;
        let other = node.like().await;
        let nodes = LedgerNodes::new(node.ledger_node(), [other.ledger_node()]);
        follow::start(&storage, &mut writer, &nodes).await.unwrap();
        let record = ledger().record(2);
        let program = Addresses::default().program_id;
        let owner = RecordAccount::decode(&program, &program, &record.data).unwrap().state.owner;
        let verify = Instructions::default().verify_record(owner, record.address);
        let signature = node.shown().lands_as(verify);
        *other.shown() = node.shown().clone();
        follow::step(&storage, &mut writer, &nodes).await.unwrap();
        let state = async || storage.known(&[signature]).await.unwrap()[&signature];
        assert_eq!(state().await, TransactionState::Confirmed);
        {
            let (mut shown, mut other) = (node.shown(), other.shown());
            (shown.finalized, other.finalized) = (shown.slot, other.slot);
            other.transactions.clear();
        }
        follow::step(&storage, &mut writer, &nodes).await.unwrap();
        assert_eq!(state().await, TransactionState::Disputed);
        let told = async || {
            let told = storage.feed_from(1, 10).await.unwrap();
            told.iter().map(|row| row.event).collect::<Vec<_>>()
        };
        assert_eq!(told().await, [EventType::RecordVerified, EventType::Vanished]);
        *other.shown() = node.shown().clone();
        let reached = nodes.reach().await.unwrap();
        look_at_all(&storage, &mut writer, &reached).await;
        follow::step(&storage, &mut writer, &nodes).await.unwrap();
        assert_eq!(state().await, TransactionState::Finalized);
        let all = [EventType::RecordVerified, EventType::Vanished, EventType::RecordVerified];
        assert_eq!(told().await, all);
    }
}
