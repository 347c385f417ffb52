//! The command line. Its names are those of the Solana tools.

use std::path::PathBuf;

use clap::Parser;

use generion_rpc::{
    cluster,
    url::{NodeUrl, PlainHttp},
};

/// Deploy or upgrade the on-chain program through the upgradeable loader, and verify it on the ledger
///
/// To continue an interrupted run, run the same command again: it finds on the ledger what was written.
#[derive(Parser)]
#[command(name = "cargo xtask deploy", bin_name = "cargo xtask deploy")]
pub struct Cli {
    /// The cluster: a node's URL, or localhost, devnet, testnet, mainnet-beta, or one of their first letters
    /// [default: the Solana CLI's configuration]
    #[arg(short, long, env = "GENERION_URL", hide_env_values = true, value_parser = node_url)]
    pub url: Option<NodeUrl>,

    /// Keypair file of the wallet that pays and that may upgrade; `-` reads it from standard input
    /// [default: the Solana CLI's configuration]
    #[arg(
        short,
        long,
        env = "GENERION_KEYPAIR",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub keypair: Option<PathBuf>,

    /// The Solana CLI's configuration file [default: ~/.config/solana/cli/config.yml]
    #[arg(short = 'C', long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Keypair file of the wallet that pays [default: --keypair]
    #[arg(
        long,
        env = "GENERION_FEE_PAYER",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub fee_payer: Option<PathBuf>,

    /// Keypair file of the wallet that may upgrade [default: --keypair]
    #[arg(long, value_name = "FILE")]
    pub upgrade_authority: Option<PathBuf>,

    /// Keypair file of the program id, for its first deployment. The binary is built for this id
    #[arg(long, value_name = "FILE")]
    pub program_id: Option<PathBuf>,

    /// Folder of the binary and its manifest [default: what `cargo xtask build-program` builds]
    #[arg(long, value_name = "DIR")]
    pub artifact: Option<PathBuf>,

    /// Room for the binary at a first deployment, in bytes, if more than its present size. Upgrades extend it as needed
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    pub max_len: usize,

    /// Priority fee, in micro-lamports per compute unit
    #[arg(long, value_name = "MICRO-LAMPORTS", default_value_t = 0)]
    pub with_compute_unit_price: u64,

    /// Show what the command would do and cost, without sending anything
    #[arg(long)]
    pub dry_run: bool,

    /// Spend lamports without asking
    #[arg(short, long)]
    pub yes: bool,

    /// Close every buffer of the authority and return the lamports of abandoned deployments. Deploys nothing
    #[arg(long, conflicts_with_all = ["program_id", "artifact", "dry_run"])]
    pub close_buffers: bool,

    /// The folder of the workspace, which `cargo xtask` passes
    #[arg(long, hide = true, default_value = ".", value_name = "DIR")]
    pub workspace: PathBuf,
}

/// Reads the URL of a node, or the Solana tools' name of a cluster.
pub fn node_url(text: &str) -> Result<NodeUrl, String> {
    cluster::node_url(text, PlainHttp::Allowed).map_err(|_| {
        "expected an http or https URL, or localhost, devnet, testnet or mainnet-beta".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }
}
