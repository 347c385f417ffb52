//! The load of a first snapshot: indexes and counts are those of an index that was written account by account.

use std::collections::BTreeSet;

use generion_gateway::storage::{
    AccountKind, StatisticsRow, StatisticsTopic, Storage, StorageUrl, Written,
};
use generion_synthetic_ledger::{Size, SyntheticLedger};
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::support::{indexed_data, on_both_databases, present};

const SIZE: Size = Size {
    users: 30,
    records: 150,
    orders: 40,
    purchases: 20,
    shares: 25,
};

fn accounts() -> Vec<Written> {
    let accounts = SyntheticLedger::new(SIZE, 23).accounts();
    accounts.map(|account| present(account, 5)).collect()
}

/// The definitions of all indexes and triggers.
async fn schema(url: &StorageUrl) -> BTreeSet<String> {
    let found: Vec<String> = match url {
        StorageUrl::Sqlite(file) => {
            let mut connection = SqliteConnection::connect(file.to_str().unwrap())
                .await
                .unwrap();
            sqlx::query_scalar("SELECT sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL")
                .fetch_all(&mut connection)
                .await
                .unwrap()
        }
        StorageUrl::Postgres(url) => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            sqlx::query_scalar(
                "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() \
                 UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
            )
            .fetch_all(&mut connection)
            .await
            .unwrap()
        }
    };
    found.into_iter().collect()
}

async fn statistics(storage: &Storage) -> Vec<Vec<StatisticsRow>> {
    let mut all = Vec::new();
    for topic in [
        StatisticsTopic::RecordsByMonth,
        StatisticsTopic::RecordsByCreator,
        StatisticsTopic::OrdersByMonth,
        StatisticsTopic::OrdersByLabel,
        StatisticsTopic::OrdersByPrice,
        StatisticsTopic::PurchasesByPrice,
    ] {
        let rows = storage.statistics(topic, 1_000).await.unwrap();
        assert!(!rows.is_empty());
        all.push(rows);
    }
    all
}

on_both_databases! {
    async fn a_loaded_index_is_the_same_as_one_written_account_by_account(database: Database) {
        let (storage, mut writer) = database.open().await;
        let before = schema(&database.url).await;
        writer.begin_load().await.unwrap();
        let meanwhile = schema(&database.url).await;
        assert!(meanwhile.is_subset(&before) && meanwhile.len() + 40 < before.len());
        for some in accounts().chunks(70) {
            writer.write(some.to_vec()).await.unwrap();
        }
        writer.finish_load().await.unwrap();
        assert_eq!(schema(&database.url).await, before);

        let another = Database::sqlite();
        let (expected, mut writer) = another.open().await;
        for account in accounts() {
            writer.write(vec![account]).await.unwrap();
        }
        assert_eq!(indexed_data(&storage).await, indexed_data(&expected).await);
        assert_eq!(statistics(&storage).await, statistics(&expected).await);
    }

    async fn counts_go_on_from_those_of_a_load(database: Database) {
        let (storage, mut writer) = database.open().await;
        let (first, further) = { let mut all = accounts(); let further = all.split_off(all.len() / 2); (all, further) };
        writer.begin_load().await.unwrap();
        writer.write(first.clone()).await.unwrap();
        writer.finish_load().await.unwrap();
        writer.write(further.clone()).await.unwrap();

        let another = Database::sqlite();
        let (expected, mut writer) = another.open().await;
        writer.write(accounts()).await.unwrap();
        assert_eq!(statistics(&storage).await, statistics(&expected).await);
    }

    async fn a_load_that_was_cut_off_starts_over(database: Database) {
        let before = {
            let (_, mut writer) = database.open().await;
            let before = schema(&database.url).await;
            writer.begin_load().await.unwrap();
            writer.write(accounts()).await.unwrap();
            before
        };
        let (storage, mut writer) = database.open().await;
        writer.begin_load().await.unwrap();
        assert!(indexed_data(&storage).await.is_empty());
        let some = accounts().split_off(100);
        writer.write(some.clone()).await.unwrap();
        writer.finish_load().await.unwrap();
        assert_eq!(indexed_data(&storage).await.len(), some.len());
        assert_eq!(schema(&database.url).await, before);
    }

    async fn an_index_that_has_accounts_keeps_them_and_its_schema(database: Database) {
        let (storage, mut writer) = database.open().await;
        let before = schema(&database.url).await;
        writer.write(accounts()).await.unwrap();
        writer.begin_load().await.unwrap();
        assert_eq!(schema(&database.url).await, before);
        writer.clear_loaded(AccountKind::Record).await.unwrap();
        writer.finish_load().await.unwrap();
        assert_eq!(indexed_data(&storage).await.len() as u64, SIZE.total());
    }

    async fn what_a_node_shows_twice_is_taken_once(database: Database) {
        let (storage, mut writer) = database.open().await;
        writer.begin_load().await.unwrap();
        writer.write(accounts()).await.unwrap();
        writer.write(accounts()).await.unwrap();
        writer.finish_load().await.unwrap();
        assert_eq!(indexed_data(&storage).await.len() as u64, SIZE.total());
    }

    async fn what_a_node_showed_before_it_failed_is_cleared(database: Database) {
        let (storage, mut writer) = database.open().await;
        writer.begin_load().await.unwrap();
        writer.write(accounts()).await.unwrap();
        for kind in AccountKind::ALL {
            writer.clear_loaded(kind).await.unwrap();
        }
        writer.finish_load().await.unwrap();
        assert!(indexed_data(&storage).await.is_empty());
        let records = storage.statistics(StatisticsTopic::RecordsByMonth, 10).await.unwrap();
        assert!(records.is_empty());
        // Also what orders are found by their records with.
        writer.write(accounts()).await.unwrap();
        assert_eq!(indexed_data(&storage).await.len() as u64, SIZE.total());
    }
}
