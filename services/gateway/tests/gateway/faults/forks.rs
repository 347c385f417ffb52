//! Forks: transactions that were confirmed, and vanished.

use generion_gateway::storage::{AccountKind, EventType, Storage, TransactionState};
use generion_interface::accounts::{LedgerAccount, RecordAccount};
use generion_interface::{Addresses, Instructions};

use super::{RunningIndexer, assert_equal, changed_user, ledger};
use crate::support::{node::StandInNode, on_both_databases};

on_both_databases! {
    async fn what_a_fork_takes_back_is_taken_back_and_told(database: Database) {
        let storage = Storage::open(&database.url).await.unwrap();
        let node = StandInNode::start(10, ledger().accounts()).await;
        let mut indexer = RunningIndexer::start(&storage, node.ledger_nodes());
        indexer.follows(10).await;

        // On a fork, a record is verified and a user's account changes.
        let record = ledger().record(2);
        let program = Addresses::default().program_id;
        let owner = RecordAccount::decode(&program, &program, &record.data).unwrap().state.owner;
        let before = node.shown().clone();
        let vanishes = {
            let mut shown = node.shown();
            let mut verified = record.clone();
            verified.data[10] ^= 1;
            shown.accounts.insert(verified.address.to_bytes(), verified);
            let verify = Instructions::default().verify_record(owner, record.address);
            let signature = shown.lands_as(verify);
            shown.lands(vec![changed_user(3, 50)]);
            signature
        };
        indexer.follows(12).await;
        assert_equal(&storage, &node).await;
        let history = storage.history(&record.address, None, 10).await.unwrap();
        assert_eq!(history[0].signature, vanishes);
        assert_eq!(history[0].state, TransactionState::Confirmed);

        // The ledger goes on without it, and is final behind it.
        {
            let mut shown = node.shown();
            *shown = before;
            shown.slot = 12;
            shown.lands(vec![changed_user(4, 51)]);
            shown.slot = 50;
            shown.finalized = 49;
        }
        indexer.follows(50).await;
        assert_equal(&storage, &node).await;
        let stored = storage.account(AccountKind::Record, &record.address).await.unwrap().unwrap();
        assert_eq!(stored.data, record.data);
        let history = storage.history(&record.address, None, 10).await.unwrap();
        assert_eq!(history[0].state, TransactionState::Vanished);
        let told = storage.feed_from(1, 10).await.unwrap();
        let told: Vec<_> = told.iter().map(|row| (row.event, row.vanished, row.signature)).collect();
        assert_eq!(told, [
            (EventType::RecordVerified, None, vanishes),
            (EventType::Vanished, Some(EventType::RecordVerified), vanishes),
        ]);
    }
}
