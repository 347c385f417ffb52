//! An index from nothing: from a node's answers to the last row.

use std::{
    env,
    fs::File,
    path::Path,
    process::Command,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, ensure};
use generion_bench::{process::run, table};
use generion_gateway::{
    config::Config,
    index::{program_accounts, snapshot},
    storage::{AccountKind, Progress, Storage, StorageUrl, Update},
};
use generion_interface::Addresses;
use generion_synthetic_ledger::Size;
use tokio::{sync::mpsc, task::spawn_blocking};

use crate::input::{self, SLOT};

/// Accounts on their way from the answer to the database, as in the gateway.
const IN_FLIGHT: usize = 4_000;

/// Prints the head of the table.
pub fn print_head() {
    println!(
        "Indexing from nothing, from the bytes of a node's answers, and from the start of a new process on the index until it is \
         ready\n"
    );
    table::head([
        "database",
        "records",
        "accounts",
        "seconds",
        "accounts/s",
        "peak MiB",
        "restart s",
    ]);
}

/// Makes an index in a process of its own, starts a gateway on it in another one, and prints a row.
pub fn measure(database: &str, size: Size, url: &StorageUrl, answers: &Path) -> Result<()> {
    let ourselves = env::current_exe()?;
    let url = in_full(url);
    let mut index = Command::new(&ourselves);
    let indexed = run(index.arg("--index").arg(&url).arg(answers))?;
    let began = Instant::now();
    run(Command::new(&ourselves).arg("--open").arg(&url))?;
    let opened = began.elapsed();
    let seconds = indexed.wall.as_secs_f64();
    table::row([
        database,
        &size.records.to_string(),
        &size.total().to_string(),
        &format!("{seconds:.1}"),
        &format!("{:.0}", size.total() as f64 / seconds),
        &(indexed.memory >> 20).to_string(),
        &format!("{:.2}", opened.as_secs_f64()),
    ]);
    Ok(())
}

/// A URL as a command line takes it.
pub fn in_full(url: &StorageUrl) -> String {
    match url {
        StorageUrl::Sqlite(file) => format!("sqlite:{}", file.display()),
        StorageUrl::Postgres(url) => url.clone(),
    }
}

/// Indexes the answers in a folder.
pub async fn index(url: &StorageUrl, answers: &Path) -> Result<()> {
    let storage = Storage::open(url).await?;
    let addresses = Addresses::default();
    // That of the ledger which a gateway is on by default.
    let genesis = Config::default().cluster.genesis().to_bytes().into();
    let mut writer = storage.writer(&genesis, &addresses.program_id).await?;
    writer.begin_load().await?;
    for kind in AccountKind::ALL {
        let file = input::file(answers, kind);
        let answer = File::open(&file).with_context(|| format!("can't open {}", file.display()))?;
        let (to, from) = mpsc::channel(IN_FLIGHT);
        let reading = spawn_blocking(move || {
            program_accounts::read(answer, |account| {
                to.blocking_send(account).map_err(|error| error.to_string())
            })
        });
        let (_, unreadable) = snapshot::load(&mut writer, addresses, SLOT, from).await?;
        reading.await??;
        ensure!(unreadable == 0, "{unreadable} accounts can't be read");
    }
    writer.finish_load().await?;
    let update = Update {
        progress: Some(Progress {
            snapshot_slot: SLOT,
            followed_slot: SLOT,
            finalized_slot: SLOT,
            node_slot: SLOT,
            followed_at: i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?,
            ..Progress::default()
        }),
        ..Update::default()
    };
    writer.update(update).await?;
    Ok(())
}
