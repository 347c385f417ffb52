//! Encryption and decryption beside rage and age, and the store beside nginx, each as a ratio in one run.
//!
//! `cargo xtask bench-store` builds what is measured with the release profile and runs this. Rounds are interleaved, so
//! that what else the machine does falls on both sides, and the median of the rounds' ratios is printed. Where another
//! tool is not on the PATH, its figures are left out, and the table says so.

mod encryption;
mod http;
mod machine;
mod process;
mod servers;
mod store;
mod table;

use std::path::PathBuf;

use clap::Parser;

/// What to measure.
#[derive(Parser)]
struct Arguments {
    /// What to measure; both if it is not given
    what: Option<What>,

    /// The store's program, built with the release profile
    #[arg(long, default_value = "target/release/generion-store")]
    store: PathBuf,

    /// Rounds, each of which measures every side once
    #[arg(long, default_value = "5")]
    rounds: usize,

    /// Size of the file that is encrypted, in MiB
    #[arg(long, default_value = "1024")]
    encrypt_mib: u64,

    /// Folder to work in, on the disk that is to be measured
    #[arg(long)]
    folder: Option<PathBuf>,

    /// A library that makes fsync do nothing, to compare uploads with those of a server that does not sync
    #[arg(long, default_value = "libeatmydata.so")]
    no_sync: String,

    /// Used by the benchmark itself: encrypt one file, print nothing, end
    #[arg(long, num_args = 2, value_names = ["FILE", "TO"], hide = true)]
    encrypt: Option<Vec<PathBuf>>,

    /// Used by the benchmark itself: decrypt one file, print nothing, end
    #[arg(long, num_args = 2, value_names = ["FILE", "TO"], hide = true)]
    decrypt: Option<Vec<PathBuf>>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
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
    if arguments.what != Some(What::Store) {
        encryption::measure(folder.path(), arguments.encrypt_mib, arguments.rounds)?;
    }
    if arguments.what != Some(What::Encryption) {
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
