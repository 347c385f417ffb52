//! How the databases read lists: no list reads a whole table, or sorts one.

use generion_gateway::storage::{
    List, ListFilter, OrderFilter, Position, PurchaseFilter, RecordFilter, ShareFilter, Sort,
    Storage, StorageUrl,
};
use generion_synthetic_ledger::{Size, SyntheticLedger};
use solana_address::Address;
use sqlx::{Connection, PgConnection};

use crate::support::{on_both_databases, present};

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
            records_from: Some(2),
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

fn reads_all(step: &str) -> bool {
    step.contains("Seq Scan") || (step.starts_with("SCAN ") && !step.contains(" INDEX "))
}

fn sorts(step: &str) -> bool {
    step.contains("TEMP B-TREE FOR") || step.contains("Sort (") || step.contains("Sort  (")
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
            for sort in [Sort::Time, Sort::Price] {
                for (descending, after) in [(false, None), (true, None), (false, Some(&position)), (true, Some(&position))] {
                    let sort = if filter == ListFilter::Users { Sort::Address } else { sort };
                    let list = List { filter: filter.clone(), sort, descending };
                    if !list.is_sortable() {
                        continue;
                    }
                    let plan = storage.plan(&list, after, 50).await.unwrap();
                    assert!(!plan.iter().any(|step| reads_all(step)), "{list:?}: {plan:#?}");
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
}
