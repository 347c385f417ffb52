//! Compares encryption and decryption with rage and age, and the store with nginx, as ratios within one run.
//!
//! `cargo xtask bench-store` builds everything with the release profile and runs this program. Rounds are interleaved, so
//! that other load on the machine affects both sides, and the median of the rounds' ratios is printed. If another tool is
//! not on the PATH, its figures are skipped, and the table says so.

mod encryption;
mod servers;
mod store;

use std::path::PathBuf;

use clap::Parser;
use generion_bench::machine;

/// The parts of the benchmark.
#[derive(Parser)]
struct Arguments {
    /// Part to measure [default: both]
    what: Option<Benchmark>,

    /// Program of the store, built with the release profile
    #[arg(long, default_value = "target/release/generion-store")]
    store: PathBuf,

    /// Number of rounds, each of which measures every side once
    #[arg(long, default_value = "5")]
    rounds: usize,

    /// Size of the file to encrypt, in MiB
    #[arg(long, default_value = "1024")]
    encrypt_mib: u64,

    /// Working folder, on the disk to measure
    #[arg(long)]
    folder: Option<PathBuf>,

    /// Library that disables fsync, to compare uploads with a server that does not sync
    #[arg(long, default_value = "libeatmydata.so")]
    no_sync: String,

    /// Used by the benchmark itself: encrypt one file and exit
    #[arg(long, num_args = 2, value_names = ["FILE", "TO"], hide = true)]
    encrypt: Option<Vec<PathBuf>>,

    /// Used by the benchmark itself: decrypt one file and exit
    #[arg(long, num_args = 2, value_names = ["FILE", "TO"], hide = true)]
    decrypt: Option<Vec<PathBuf>>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Benchmark {
    Encryption,
    Store,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let Some([file, to]) = arguments.encrypt.as_deref() {
        return encryption::encrypt(file, to);
    }
    if let Some([file, to]) = arguments.decrypt.as_deref() {
        return encryption::decrypt(file, to);
    }
    let folder = match &arguments.folder {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    machine::print();
    if arguments.what != Some(Benchmark::Store) {
        encryption::measure(folder.path(), arguments.encrypt_mib, arguments.rounds)?;
    }
    if arguments.what != Some(Benchmark::Encryption) {
        store::measure(
            folder.path(),
            &arguments.store,
            &arguments.no_sync,
            arguments.rounds,
        )?;
    }
    machine::print_load();
    Ok(())
}
