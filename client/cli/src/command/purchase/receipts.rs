//! The folder of a buyer's receipts.

use std::path::PathBuf;

use clap::Args;

use crate::{context::Context, output::failure::Failure};

/// The option for the folder of receipts.
#[derive(Args)]
pub struct Receipts {
    /// Folder for receipts, which are needed to open purchases and hold nothing secret [default: receipts in the data
    /// folder]
    #[arg(
        long,
        value_name = "DIR",
        env = "GENERION_RECEIPTS",
        hide_env_values = true
    )]
    receipts: Option<PathBuf>,
}

impl Receipts {
    /// The folder's absolute path.
    pub fn path(self, context: &Context) -> Result<PathBuf, Failure> {
        context.receipts_path(self.receipts)
    }
}
