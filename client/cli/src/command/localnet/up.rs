//! The description of a running localnet, for programs.

use std::path::PathBuf;

use serde::Serialize;

use crate::command::localnet::wallets::RoleWallet;

/// A running localnet.
#[derive(Serialize)]
pub struct Up {
    pub rpc_url: String,
    pub ws_url: String,
    pub program_id: String,
    /// The genesis hash, which is the same for every localnet.
    pub genesis_hash: String,
    pub store_url: String,
    pub gateway_url: String,
    /// The address of the web app, if it was built.
    pub app_url: Option<String>,
    /// The folder for `--data-dir`, with the clients' files for this ledger.
    pub data_dir: PathBuf,
    pub wallets: Vec<RoleWallet>,
    /// A document to try the commands with.
    #[serde(skip)]
    pub report: PathBuf,
    /// A description of the files that are kept for the next start.
    #[serde(skip)]
    pub kept: &'static str,
}
