//! What a localnet offers once it is up, as programs read it.

use std::path::PathBuf;

use serde::Serialize;

use crate::command::localnet::wallets::RoleWallet;

/// What is up.
#[derive(Serialize)]
pub struct Up {
    pub rpc_url: String,
    pub ws_url: String,
    pub program_id: String,
    /// The same for every localnet.
    pub genesis_hash: String,
    pub store_url: String,
    /// For `--data-dir`: what clients keep of this ledger.
    pub data_dir: PathBuf,
    pub wallets: Vec<RoleWallet>,
    /// A document to try the commands with.
    #[serde(skip)]
    pub report: PathBuf,
    /// What the next start finds.
    #[serde(skip)]
    pub kept: &'static str,
}
