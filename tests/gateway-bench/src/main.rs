//! Measures the gateway: how fast an index is made from accounts, how fast it lists them at a million records and at ten
//! thousand, over HTTP beside a bare handler, and beside a node.
//!
//! `cargo xtask bench-gateway` builds everything with the profile of the packages and runs this program. What is compared is
//! measured in turns, so that other load on the machine affects both sides.

mod beside_node;
mod indexing;
mod input;
mod latency;
mod lists;
mod pages;
mod restart;
mod served;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use beside_node::FilledNode;
use clap::Parser;
use generion_bench::machine;
use generion_gateway::storage::StorageUrl;
use generion_synthetic_ledger::{Size, SyntheticLedger};
use generion_test_support::Postgres;
use tokio::task::spawn_blocking;

/// Measures the gateway.
#[derive(Parser)]
struct Arguments {
    /// Records of the large ledger; the other accounts go with them
    #[arg(long, default_value_t = 1_000_000)]
    records: u64,

    /// Records of the small ledger, which the large one is compared with
    #[arg(long, default_value_t = 10_000)]
    small_records: u64,

    /// Pages that are read of each list
    #[arg(long, default_value_t = 2_000)]
    samples: usize,

    /// Measure PostgreSQL too, on a server that this program starts
    #[arg(long)]
    postgres: bool,

    /// Working folder, on the disk to measure; at a million records it needs 5 GB
    #[arg(long)]
    folder: Option<PathBuf>,

    /// Used by the benchmark itself: index the answers in a folder and exit
    #[arg(long, num_args = 2, value_names = ["DATABASE", "ANSWERS"], hide = true)]
    index: Option<Vec<String>>,

    /// Used by the benchmark itself: start a gateway on an index, wait until it is ready, and exit
    #[arg(long, value_name = "DATABASE", hide = true)]
    open: Option<StorageUrl>,

    /// Used by the benchmark itself: serve an index, and a handler that answers from memory
    #[arg(long, value_name = "DATABASE", hide = true)]
    serve: Option<StorageUrl>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if let Some([database, answers]) = arguments.index.as_deref() {
        return indexing::index(&database.parse()?, Path::new(answers)).await;
    }
    if let Some(database) = &arguments.open {
        return restart::until_ready(database).await;
    }
    if let Some(database) = &arguments.serve {
        return served::serve(database).await;
    }
    machine::print();
    let folder = match &arguments.folder {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    let mut ledgers = Vec::new();
    for records in [arguments.small_records, arguments.records] {
        let ledger = SyntheticLedger::new(Size::of_records(records), input::SEED);
        let answers = folder.path().join(format!("answers-{records}"));
        input::write(ledger, &answers).context("can't write the ledger's accounts")?;
        ledgers.push((ledger, answers));
    }
    indexing::print_head();
    let on_sqlite = |records: u64| -> Result<StorageUrl> {
        let file = folder.path().join(format!("index-{records}.sqlite"));
        Ok(format!("sqlite:{}", file.display()).parse()?)
    };
    measure("SQLite", &ledgers, on_sqlite, arguments.samples).await?;
    if arguments.postgres {
        let servers = [Postgres::start(), Postgres::start()];
        let on_postgres = |records: u64| -> Result<StorageUrl> {
            let server = &servers[usize::from(records == arguments.records)];
            Ok(server.url().parse()?)
        };
        measure("PostgreSQL", &ledgers, on_postgres, arguments.samples).await?;
    }
    let mut databases = vec![(
        "SQLite",
        StorageUrl::Sqlite(folder.path().join("beside-node.sqlite")),
    )];
    let server = arguments.postgres.then(Postgres::start);
    if let Some(server) = &server {
        databases.push(("PostgreSQL", server.url().parse()?));
    }
    spawn_blocking(move || {
        let node = FilledNode::start()?;
        (databases.into_iter()).try_for_each(|(name, database)| node.measure(name, database))
    })
    .await??;
    machine::print_load();
    Ok(())
}

/// Makes the indexes of all ledgers on one kind of database, and reads their lists.
async fn measure(
    database: &str,
    ledgers: &[(SyntheticLedger, PathBuf)],
    url_of: impl Fn(u64) -> Result<StorageUrl>,
    samples: usize,
) -> Result<()> {
    let mut indexes = Vec::new();
    for (ledger, answers) in ledgers {
        let url = url_of(ledger.size().records)?;
        indexing::measure(database, ledger.size(), &url, answers)?;
        indexes.push((*ledger, url));
    }
    pages::measure(database, &indexes, samples).await?;
    let (ledger, url) = &indexes[indexes.len() - 1];
    served::measure(database, (ledger, url), samples)
}
