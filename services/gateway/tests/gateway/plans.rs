//! How the databases read lists: no list reads a whole table, or sorts one.

use generion_gateway::storage::{
    HistoryPosition, List, ListFilter, OrderFilter, Position, PurchaseFilter, RecordFilter,
    ShareFilter, Sort, Storage, StorageUrl,
};
use generion_synthetic_ledger::{Size, SyntheticLedger};
use solana_address::Address;
use sqlx::{Connection, PgConnection};

use crate::support::{
    found::{finding, new_order},
    on_both_databases, present,
};

/// Lists by one filter each, by time and by price. The flag says that a page may be sorted after it is found: such a filter
/// keeps the rows of one wallet, of one order, or with one record.
fn lists() -> Vec<(ListFilter, bool)> {
    let one = Some(Address::new_from_array([7; 32]));
    let records = |filter| (ListFilter::Records(filter), false);
    let orders = |filter| (ListFilter::Orders(filter), false);
    let purchases = |filter| (ListFilter::Purchases(filter), false);
    let sorted = |(filter, _)| (filter, true);
    vec![
        (ListFilter::Users, false),
        records(RecordFilter::default()),
        records(RecordFilter {
            owner: one,
            ..Default::default()
        }),
        records(RecordFilter {
            creator: one,
            ..Default::default()
        }),
        records(RecordFilter {
            verified: Some(true),
            ..Default::default()
        }),
        records(RecordFilter {
            self_issued: Some(false),
            ..Default::default()
        }),
        records(RecordFilter {
            created_from: Some(5),
            ..Default::default()
        }),
        records(RecordFilter {
            created_before: Some(5),
            ..Default::default()
        }),
        orders(OrderFilter::default()),
        orders(OrderFilter {
            seller: one,
            ..Default::default()
        }),
        orders(OrderFilter {
            label: Some("blood".to_owned()),
            ..Default::default()
        }),
        orders(OrderFilter {
            only_buyer: one,
            ..Default::default()
        }),
        orders(OrderFilter {
            open: Some(true),
            ..Default::default()
        }),
        orders(OrderFilter {
            has_only_buyer: Some(false),
            ..Default::default()
        }),
        orders(OrderFilter {
            open: Some(false),
            label: Some("blood".to_owned()),
            ..Default::default()
        }),
        orders(OrderFilter {
            has_only_buyer: Some(true),
            ..Default::default()
        }),
        orders(OrderFilter {
            records_from: Some(2),
            ..Default::default()
        }),
        orders(OrderFilter {
            label: Some("blood".to_owned()),
            records_from: Some(2),
            ..Default::default()
        }),
        orders(OrderFilter {
            open: Some(true),
            price_from: Some(5),
            price_up_to: Some(9),
            ..Default::default()
        }),
        orders(OrderFilter {
            created_from: Some(5),
            created_before: Some(9),
            ..Default::default()
        }),
        sorted(orders(OrderFilter {
            record: one,
            ..Default::default()
        })),
        purchases(PurchaseFilter::default()),
        purchases(PurchaseFilter {
            status: Some(1),
            ..Default::default()
        }),
        purchases(PurchaseFilter {
            status: Some(1),
            price_from: Some(5),
            ..Default::default()
        }),
        purchases(PurchaseFilter {
            deadline_before: Some(5),
            ..Default::default()
        }),
        sorted(purchases(PurchaseFilter {
            order: one,
            ..Default::default()
        })),
        sorted(purchases(PurchaseFilter {
            seller: one,
            ..Default::default()
        })),
        sorted(purchases(PurchaseFilter {
            buyer: one,
            ..Default::default()
        })),
        (ListFilter::Shares(ShareFilter::default()), false),
        (
            ListFilter::Shares(ShareFilter {
                record: one,
                ..Default::default()
            }),
            false,
        ),
        (
            ListFilter::Shares(ShareFilter {
                owner: one,
                ..Default::default()
            }),
            false,
        ),
        (
            ListFilter::Shares(ShareFilter {
                recipient: one,
                ..Default::default()
            }),
            false,
        ),
        (
            ListFilter::Shares(ShareFilter {
                recipient: one,
                unexpired_at: Some(5),
                ..Default::default()
            }),
            false,
        ),
    ]
}

/// PostgreSQL reads a small table as a whole, and sorts it, unless both cost too much.
async fn make_scans_dear(url: &StorageUrl) {
    if let StorageUrl::Postgres(url) = url {
        let mut connection = PgConnection::connect(url).await.unwrap();
        for setting in ["enable_seqscan", "enable_sort", "enable_bitmapscan"] {
            let sql = format!("ALTER DATABASE postgres SET {setting} = off");
            let sql = sqlx::AssertSqlSafe(sql);
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
    }
}

/// Orders of one wallet are few, and sorted by their records after they are found.
fn is_of_one_wallet(filter: &ListFilter) -> bool {
    matches!(filter, ListFilter::Orders(orders) if orders.seller.or(orders.only_buyer).is_some())
}

fn reads_all(step: &str) -> bool {
    step.contains("Seq Scan") || (step.starts_with("SCAN ") && !step.contains(" INDEX "))
}

fn sorts(step: &str) -> bool {
    step.contains("TEMP B-TREE FOR") || step.contains("Sort (") || step.contains("Sort  (")
}

/// Whether a step of SQLite's plan seeks in an index by these columns at the least.
fn seeks(step: &str, index: &str, columns: &str) -> bool {
    step.contains(index) && step.contains(&format!("({columns}"))
}

on_both_databases! {
    async fn no_list_reads_or_sorts_a_whole_table(database: Database) {
        let (_, mut writer) = database.open().await;
        make_scans_dear(&database.url).await;
        let storage = Storage::open(&database.url).await.unwrap();
        let accounts = SyntheticLedger::new(Size::of_records(100), 5).accounts();
        writer.write(accounts.map(|account| present(account, 5)).collect()).await.unwrap();
        let position = Position { value: 6, address: Address::new_from_array([8; 32]) };
        let mut checked = 0;
        for (filter, may_sort) in lists() {
            for sort in [Sort::Time, Sort::Price, Sort::Records] {
                for (descending, after) in [(false, None), (true, None), (false, Some(&position)), (true, Some(&position))] {
                    let sort = if filter == ListFilter::Users { Sort::Address } else { sort };
                    let list = List { filter: filter.clone(), sort, descending };
                    if !list.is_sortable() || list.bound_beside_sort().is_some() {
                        continue;
                    }
                    let plan = storage.plan(&list, after, 50).await.unwrap();
                    assert!(!plan.iter().any(|step| reads_all(step)), "{list:?}: {plan:#?}");
                    let may_sort = may_sort || sort == Sort::Records && is_of_one_wallet(&filter);
                    assert!(may_sort || !plan.iter().any(|step| sorts(step)), "{list:?}: {plan:#?}");
                    checked += 1;
                }
            }
        }
        assert!(checked > 100, "{checked}");
        // Both conditions can fail: nothing orders records by what lists never ask for.
        assert!(reads_all("SCAN records") && reads_all("Seq Scan on records"));
        assert!(sorts("USE TEMP B-TREE FOR ORDER BY") && sorts("  ->  Sort  (cost=1.0)"));
    }

    /// Changes of a kind, of all and of one address, are sought by the kind: others are never met, however long a history is.
    async fn changes_of_a_kind_are_sought_by_the_kind(database: Database) {
        let (_, mut writer) = database.open().await;
        make_scans_dear(&database.url).await;
        let storage = Storage::open(&database.url).await.unwrap();
        let orders = (1..60).map(new_order).collect();
        writer.update(finding(orders)).await.unwrap();
        let one = Address::new_from_array([200; 32]);
        let place = HistoryPosition { slot: 30, ordinal: 30, position: 0 };
        for (address, index, columns) in [
            (None, "changes_by_kind", "kind=? AND (ordinal,position)<(?,?)"),
            (Some(&one), "change_addresses_by_kind", "address=? AND kind=? AND (slot,ordinal,position)<(?,?,?)"),
        ] {
            for before in [None, Some(&place)] {
                let plan = storage.plan_of_changes("Settled", address, before, 50).await.unwrap();
                let is_sought = match &database.url {
                    StorageUrl::Sqlite(_) => plan.iter().any(|step| seeks(step, index, columns)),
                    StorageUrl::Postgres(_) => plan.iter().any(|step| step.contains(index)),
                };
                assert!(is_sought, "{plan:#?}");
                assert!(!plan.iter().any(|step| reads_all(step) || sorts(step)), "{plan:#?}");
                let found = storage.changes_of_kind("Settled", address, before, 50).await.unwrap();
                assert_eq!(found, []);
                let found = storage.changes_of_kind("OrderCreated", address, before, 10).await.unwrap();
                assert_eq!(found.len(), 10);
            }
        }
        assert!(!seeks("SEARCH a USING PRIMARY KEY (address=?)", "change_addresses_by_kind", "address=? AND kind=?"));
    }
}
