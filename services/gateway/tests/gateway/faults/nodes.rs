//! Nodes that are away, lag, leave something out, or have deleted the past.

use std::collections::HashSet;

use generion_gateway::{
    index::{
        again,
        check::{DifferenceKind, check},
        finality::Disputed,
        follow,
        ledger_nodes::LedgerNodes,
    },
    storage::{AccountKind, List, ListFilter, RecordFilter, Sort, Storage},
};
use std::time::{Duration, Instant};

use solana_address::Address;

use super::{RunningIndexer, SIZE, assert_equal, changed_user, ledger};
use crate::support::{node::StandInNode, on_both_databases};

on_both_databases! {
    /// A node is restarted: it is away while the ledger goes on.
    async fn a_node_that_is_away_for_a_while_is_waited_for(database: Database) {
        let storage = Storage::open(&database.url).await.unwrap();
        let node = StandInNode::start(10, ledger().accounts()).await;
        let mut indexer = RunningIndexer::start(&storage, node.ledger_nodes());
        indexer.follows(10).await;
        node.shown().is_away = true;
        indexer.reports_a_problem().await;
        {
            let mut shown = node.shown();
            shown.lands(vec![changed_user(0, 9)]);
            shown.closes(&ledger().record(7));
            shown.is_away = false;
        }
        indexer.follows(12).await;
        assert_equal(&storage, &node).await;
        assert_eq!(indexer.watch.state().behind_slots, Some(0));
    }

    /// A node that hangs holds up the index for seconds, whether it hangs from the start or later, and is heard again afterwards.
    async fn a_node_that_hangs_is_not_waited_for_long(database: Database) {
        let storage = Storage::open(&database.url).await.unwrap();
        let node = StandInNode::start(10, ledger().accounts()).await;
        let hanging = node.like().await;
        hanging.shown().is_hanging = true;
        let nodes = LedgerNodes::new(hanging.ledger_node(), [node.ledger_node()]);
        let started = Instant::now();
        let mut indexer = RunningIndexer::start(&storage, nodes);
        indexer.follows(10).await;
        node.shown().lands(vec![changed_user(1, 5)]);
        indexer.follows(11).await;
        // One request to a node may take 30 s.
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
        assert_equal(&storage, &node).await;

        *hanging.shown() = node.shown().clone();
        let denied = ledger().record(3).address;
        hanging.shown().denied.insert(denied.to_bytes());
        hanging.asked(20).await;
        for shows in [&node, &hanging] {
            shows.shown().lands(vec![ledger().record(3)]);
        }
        indexer.follows(12).await;
        let disputed = storage.disputed(AccountKind::Record, None, 10).await.unwrap();
        assert_eq!(disputed, [denied]);
    }

    /// Behind one address there may be several nodes, and one of them shows the past.
    async fn a_node_that_shows_the_past_takes_nothing_back(database: Database) {
        let storage = Storage::open(&database.url).await.unwrap();
        let node = StandInNode::start(10, ledger().accounts()).await;
        let past = node.shown().clone();
        let mut indexer = RunningIndexer::start(&storage, node.ledger_nodes());
        indexer.follows(10).await;
        node.shown().lands(vec![changed_user(1, 5)]);
        indexer.follows(11).await;
        let present = std::mem::replace(&mut *node.shown(), past);
        node.asked(20).await;
        let user = ledger().user(1).address;
        let stored = storage.account(AccountKind::User, &user).await.unwrap().unwrap();
        assert_eq!(stored.data, changed_user(1, 5).data);
        assert_eq!(indexer.watch.state().indexed_slot, Some(11));
        *node.shown() = present;
        node.shown().lands(vec![changed_user(1, 6)]);
        indexer.follows(12).await;
        assert_equal(&storage, &node).await;
    }

    /// A node's list of all accounts has a hole; a second node does not.
    async fn accounts_that_one_node_leaves_out_come_from_another(database: Database) {
        let (storage, mut writer) = database.open().await;
        let node = StandInNode::start(10, ledger().accounts()).await;
        let honest = node.like().await;
        for index in 0..5 {
            let record = ledger().record(index).address.to_bytes();
            node.shown().unlisted.insert(record);
        }
        let nodes = LedgerNodes::new(node.ledger_node(), [honest.ledger_node()]);
        follow::start(&storage, &mut writer, &nodes).await.unwrap();
        assert_equal(&storage, &honest).await;
    }

    /// Accounts that two nodes disagree on are in no list, and are served again once the nodes agree.
    async fn what_nodes_disagree_on_is_not_served_as_fact(database: Database) {
        let (storage, mut writer) = database.open().await;
        let node = StandInNode::start(10, ledger().accounts()).await;
        let liar = node.like().await;
        let denied = ledger().record(3).address;
        liar.shown().denied.insert(denied.to_bytes());
        let nodes = LedgerNodes::new(liar.ledger_node(), [node.ledger_node()]);
        follow::start(&storage, &mut writer, &nodes).await.unwrap();
        assert_eq!(storage.disputed(AccountKind::Record, None, 10).await.unwrap(), [denied]);
        let records = List {
            filter: ListFilter::Records(RecordFilter::default()),
            sort: Sort::Time,
            descending: false,
        };
        let listed = async || {
            let page = storage.page(&records, None, 1_000).await.unwrap();
            page.rows.iter().map(|row| row.address).collect::<HashSet<_>>()
        };
        assert_eq!(listed().await.len() as u64, SIZE.records - 1);
        assert!(!listed().await.contains(&denied));

        liar.shown().denied.clear();
        let reached = nodes.reach().await.unwrap();
        let mut disputed = Disputed::read(&storage).await.unwrap();
        disputed.look_at_some(&storage, &mut writer, &reached).await.unwrap();
        assert!(disputed.is_empty());
        assert!(listed().await.contains(&denied));
        assert_equal(&storage, &node).await;
    }

    /// A transaction is listed, and the node does not show it: all accounts are read again before the index goes on.
    async fn a_transaction_that_nobody_shows_leaves_no_gap(database: Database) {
        let (storage, mut writer) = database.open().await;
        let node = StandInNode::start(10, ledger().accounts()).await;
        let nodes = node.ledger_nodes();
        follow::start(&storage, &mut writer, &nodes).await.unwrap();
        {
            let mut shown = node.shown();
            let hidden = shown.lands(vec![changed_user(2, 3)]);
            shown.hidden.insert(hidden);
        }
        follow::step(&storage, &mut writer, &nodes).await.unwrap();
        let progress = storage.progress().await.unwrap().unwrap();
        assert_eq!((progress.followed_slot, progress.snapshot_is_due), (11, false));
        assert_equal(&storage, &node).await;
    }

    /// The index stood still for so long that its node has deleted what lies between.
    async fn a_past_that_was_deleted_is_filled_from_accounts_and_named(database: Database) {
        let (storage, mut writer) = database.open().await;
        let node = StandInNode::start(10, ledger().accounts()).await;
        let nodes = node.ledger_nodes();
        follow::start(&storage, &mut writer, &nodes).await.unwrap();
        {
            let mut shown = node.shown();
            shown.lands(vec![changed_user(2, 3)]);
            shown.closes(&ledger().record(1));
            shown.slot = 5_000;
            shown.first_available = 4_000;
        }
        follow::step(&storage, &mut writer, &nodes).await.unwrap();
        let progress = storage.progress().await.unwrap().unwrap();
        assert_eq!((progress.followed_slot, progress.complete_from_slot), (5_000, 4_000));
        assert_equal(&storage, &node).await;
    }

    /// A node names the slots itself, up to the largest number.
    async fn the_largest_slot_does_not_end_the_index(database: Database) {
        let (storage, mut writer) = database.open().await;
        let node = StandInNode::start(10, ledger().accounts()).await;
        node.shown().finalized = u64::MAX;
        follow::start(&storage, &mut writer, &node.ledger_nodes()).await.unwrap();
        assert_equal(&storage, &node).await;
    }

    /// The check finds each kind of difference: it can fail.
    async fn a_check_names_what_differs(database: Database) {
        let (storage, mut writer) = database.open().await;
        let node = StandInNode::start(10, ledger().accounts()).await;
        follow::start(&storage, &mut writer, &node.ledger_nodes()).await.unwrap();
        {
            let mut shown = node.shown();
            shown.accounts.insert(ledger().user(0).address.to_bytes(), changed_user(0, 77));
            shown.accounts.remove(&ledger().record(0).address.to_bytes());
        }
        let new = generion_synthetic_ledger::SyntheticLedger::new(SIZE, 30).user(1);
        node.shown().accounts.insert(new.address.to_bytes(), new.clone());
        let report = check(&storage, &node.ledger_nodes(), Duration::ZERO).await.unwrap();
        assert!(!report.is_equal);
        let mut found: Vec<_> = (report.differences.iter())
            .map(|one| (one.kind.clone(), one.address.clone()))
            .collect();
        found.sort_unstable();
        assert_eq!(found, [
            (DifferenceKind::Missing, new.address.to_string()),
            (DifferenceKind::Gone, ledger().record(0).address.to_string()),
            (DifferenceKind::Contents, ledger().user(0).address.to_string()),
        ]);
    }

    /// The check asks all nodes. Where one of them lies, it says which, and whether the index serves what they disagree on.
    async fn a_check_says_where_nodes_disagree(database: Database) {
        let (storage, mut writer) = database.open().await;
        let node = StandInNode::start(10, ledger().accounts()).await;
        let (second, liar) = (node.like().await, node.like().await);
        let away = node.like().await;
        away.shown().is_away = true;
        let three = || LedgerNodes::new(node.ledger_node(), [second.ledger_node(), liar.ledger_node()]);
        follow::start(&storage, &mut writer, &three()).await.unwrap();
        let changed = changed_user(4, 99);
        let (denied, changed_at) = (ledger().record(3).address, changed.address);
        liar.shown().denied.insert(denied.to_bytes());
        liar.shown().accounts.insert(changed_at.to_bytes(), changed);
        let report = check(&storage, &three(), Duration::ZERO).await.unwrap();
        let undisputed = |address: &Address| (address.to_string(), DifferenceKind::Undisputed);
        let mut expected = vec![undisputed(&denied), undisputed(&changed_at)];
        expected.sort_unstable();
        let found: Vec<_> = (report.differences.iter())
            .map(|one| (one.address.clone(), one.kind.clone()))
            .collect();
        assert_eq!(found, expected);
        assert!((report.disagreements.iter()).all(|one| (&*one.as_indexed, &*one.otherwise) == (&[1, 2], &[3])));

        // The index marks what nodes disagree on: that is as it should be, and is said all the same.
        let nodes = three();
        for address in [denied, changed_at] {
            again::account(&storage, &mut writer, &nodes, &address).await.unwrap();
        }
        let report = check(&storage, &three(), Duration::ZERO).await.unwrap();
        assert!(report.is_equal && report.disagreed == 2 && report.disputed == 2, "{report}");
        assert!(report.to_string().contains("otherwise on node 3"), "{report}");
        assert!(!report.is_certain && report.to_string().contains("disagree on 2 accounts: look"), "{report}");

        // They agree: what is marked still is kept from lists for nothing. A node that is away is named.
        liar.shown().denied.clear();
        liar.shown().accounts.insert(changed_at.to_bytes(), ledger().user(4));
        let report = check(&storage, &three(), Duration::ZERO).await.unwrap();
        assert_eq!((report.different, report.disagreed), (2, 0), "{report}");
        assert!(report.differences.iter().any(|one| one.kind == DifferenceKind::Disputed), "{report}");
        for address in [denied, changed_at] {
            again::account(&storage, &mut writer, &nodes, &address).await.unwrap();
        }
        let with_away = LedgerNodes::new(node.ledger_node(), [away.ledger_node()]);
        let report = check(&storage, &with_away, Duration::ZERO).await.unwrap();
        assert!(report.is_equal && report.nodes[1].problem.is_some(), "{report}");
        assert!(!report.is_certain && report.to_string().contains("A node was left out"), "{report}");
        let report = check(&storage, &node.ledger_nodes(), Duration::ZERO).await.unwrap();
        assert!(report.is_equal && report.is_certain, "{report}");
    }
    /// A node that fails in the middle of a check is named, and the check goes on with the others. Where none is left, it fails.
    async fn a_check_goes_on_where_a_node_fails(database: Database) {
        let (storage, mut writer) = database.open().await;
        let node = StandInNode::start(10, ledger().accounts()).await;
        let second = node.like().await;
        let both = || LedgerNodes::new(second.ledger_node(), [node.ledger_node()]);
        follow::start(&storage, &mut writer, &both()).await.unwrap();
        // It lists all accounts, and fails where it is asked again for the one that differs.
        for shows in [&node, &second] {
            let changed = changed_user(4, 98);
            shows.shown().accounts.insert(changed.address.to_bytes(), changed);
        }
        second.shown().refused.insert("getMultipleAccounts");
        let report = check(&storage, &both(), Duration::ZERO).await.unwrap();
        assert_eq!(report.differences.len(), 1, "{report}");
        assert_eq!(report.differences[0].kind, DifferenceKind::Contents);
        let problems: Vec<_> = report.nodes.iter().map(|node| node.problem.is_some()).collect();
        assert_eq!(problems, [true, false], "{report}");
        assert!(report.to_string().contains("was left out"), "{report}");
        node.shown().refused.insert("getMultipleAccounts");
        assert!(check(&storage, &both(), Duration::ZERO).await.is_err());
    }
}
