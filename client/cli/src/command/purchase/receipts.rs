//! The folder of a buyer's receipts.

use std::path::PathBuf;

use clap::Args;

/// Where receipts are.
#[derive(Args)]
pub struct Receipts {
    /// Folder that keeps what opening a purchase takes besides its keys; nothing in it is secret
    #[arg(
        long,
        value_name = "DIR",
        env = "GENERION_RECEIPTS",
        hide_env_values = true
    )]
    pub receipts: PathBuf,
}
