//! A database that is away, and gateways that share one.

use generion_gateway::storage::{Storage, StorageUrl};
use sqlx::{Connection, PgConnection};

use super::{RunningIndexer, assert_equal, changed_user, ledger};
use crate::support::{Database, node::StandInNode};

async fn administrator(database: &Database) -> PgConnection {
    let StorageUrl::Postgres(url) = &database.url else {
        panic!("it is a PostgreSQL database");
    };
    PgConnection::connect(url).await.unwrap()
}

/// Ends all other connections to the database.
const END_CONNECTIONS: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                               WHERE pid <> pg_backend_pid() AND datname = current_database()";

/// The database takes no rows for a while, as when its disk is full, and all connections to it are lost.
#[tokio::test]
async fn a_database_that_takes_no_rows_for_a_while_is_waited_for() {
    let database = Database::postgres();
    let storage = Storage::open(&database.url).await.unwrap();
    let node = StandInNode::start(10, ledger().accounts()).await;
    let mut indexer = RunningIndexer::start(&storage, node.ledger_nodes());
    indexer.follows(10).await;
    let mut administrator = administrator(&database).await;
    for read_only in ["on", "off"] {
        let set =
            format!("ALTER DATABASE postgres SET default_transaction_read_only = {read_only}");
        for sql in [
            "SET default_transaction_read_only = off",
            &set,
            END_CONNECTIONS,
        ] {
            let sql = sqlx::AssertSqlSafe(sql.to_owned());
            sqlx::raw_sql(sql)
                .execute(&mut administrator)
                .await
                .unwrap();
        }
        if read_only == "on" {
            node.shown().lands(vec![changed_user(2, 40)]);
            indexer.reports_a_problem().await;
        }
    }
    node.shown().lands(vec![changed_user(3, 41)]);
    indexer.follows(12).await;
    assert_equal(&storage, &node).await;
}

/// Two gateways share a database: one writes, and where it is gone, the other one takes over.
#[tokio::test]
async fn of_two_gateways_one_writes_and_the_other_takes_over() {
    let database = Database::postgres();
    let node = StandInNode::start(10, ledger().accounts()).await;
    let storages = [
        Storage::open(&database.url).await.unwrap(),
        Storage::open(&database.url).await.unwrap(),
    ];
    let mut first = RunningIndexer::start(&storages[0], node.ledger_nodes());
    first.follows(10).await;
    let mut second = RunningIndexer::start(&storages[1], node.ledger_nodes());
    // What the first one writes, the second one shows.
    second.follows(10).await;
    node.shown().lands(vec![changed_user(0, 60)]);
    second.follows(11).await;
    assert!(first.watch.state().is_writer);
    assert!(!second.watch.state().is_writer);

    drop(first);
    node.shown().lands(vec![changed_user(1, 61)]);
    second.follows(12).await;
    assert!(second.watch.state().is_writer);
    assert_equal(&storages[1], &node).await;
}
