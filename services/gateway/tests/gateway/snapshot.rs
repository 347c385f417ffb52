//! Snapshots: afterwards the index has what the node shows, whatever it had before.

use std::collections::BTreeMap;

use generion_gateway::{
    index::{
        ledger_node::LedgerNodeError,
        snapshot::{self, SnapshotError},
    },
    storage::AccountKind,
};
use generion_synthetic_ledger::{Size, SyntheticLedger};

use crate::support::{indexed_data, node::StandInNode, on_both_databases};

/// More records than are written at a time.
const SIZE: Size = Size {
    users: 30,
    records: 1_100,
    orders: 40,
    purchases: 20,
    shares: 25,
};

fn ledger() -> SyntheticLedger {
    SyntheticLedger::new(SIZE, 11)
}

fn shown(node: &StandInNode) -> BTreeMap<[u8; 32], Vec<u8>> {
    let shown = node.shown();
    let data = shown
        .accounts
        .iter()
        .map(|(address, account)| (*address, account.data.clone()));
    data.collect()
}

on_both_databases! {
    async fn an_empty_index_gets_all_that_the_node_shows(database: Database) {
        let (storage, mut writer) = database.open().await;
        let node = StandInNode::start(77, ledger().accounts()).await;
        let report = snapshot::take(&storage, &mut writer, &node.ledger_nodes()).await.unwrap();
        assert_eq!((report.slot, report.present), (77, SIZE.total()));
        assert_eq!((report.unreadable, report.closed), (0, 0));
        assert_eq!(indexed_data(&storage).await, shown(&node));
        let record = ledger().record(5).address;
        let stored = storage.account(AccountKind::Record, &record).await.unwrap().unwrap();
        assert_eq!(stored.slot, 77);
    }

    async fn what_has_gone_since_is_removed_and_what_has_changed_is_replaced(database: Database) {
        let (storage, mut writer) = database.open().await;
        let node = StandInNode::start(77, ledger().accounts()).await;
        snapshot::take(&storage, &mut writer, &node.ledger_nodes()).await.unwrap();
        let changed = ledger().user(3).address;
        {
            let mut shown = node.shown();
            shown.slot = 90;
            for index in 0..150 {
                shown.accounts.remove(&ledger().record(index).address.to_bytes());
            }
            // The user's next order id, which no address depends on.
            shown.accounts.get_mut(&changed.to_bytes()).unwrap().data[16] ^= 1;
        }
        let report = snapshot::take(&storage, &mut writer, &node.ledger_nodes()).await.unwrap();
        assert_eq!((report.present, report.closed), (SIZE.total() - 150, 150));
        assert_eq!(indexed_data(&storage).await, shown(&node));
    }

    async fn an_account_at_an_address_that_is_not_its_own_is_left_out(database: Database) {
        let (storage, mut writer) = database.open().await;
        let node = StandInNode::start(77, ledger().accounts()).await;
        let expected = shown(&node);
        {
            let mut invented = ledger().record(0);
            // Another creator.
            invented.data[70] ^= 1;
            invented.address = solana_address::Address::new_from_array([3; 32]);
            let mut shown = node.shown();
            shown.accounts.insert(invented.address.to_bytes(), invented);
        }
        let report = snapshot::take(&storage, &mut writer, &node.ledger_nodes()).await.unwrap();
        assert_eq!((report.present, report.unreadable), (SIZE.total(), 1));
        assert_eq!(indexed_data(&storage).await, expected);
    }

    async fn a_cut_answer_fails_and_the_next_snapshot_completes_the_index(database: Database) {
        let (storage, mut writer) = database.open().await;
        let node = StandInNode::start(77, ledger().accounts()).await;
        node.shown().cut_behind = Some(100_000);
        let cut = snapshot::take(&storage, &mut writer, &node.ledger_nodes()).await;
        assert!(matches!(
            cut,
            Err(SnapshotError::Node(LedgerNodeError::Answer { .. }))
        ));
        node.shown().cut_behind = None;
        snapshot::take(&storage, &mut writer, &node.ledger_nodes()).await.unwrap();
        assert_eq!(indexed_data(&storage).await, shown(&node));
    }
}
