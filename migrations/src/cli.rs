//! The command line, whose names are those of the Solana tools.

use std::path::PathBuf;

use clap::Parser;

use generion_deploy::cluster::node_url;

/// Deploys or upgrades the on-chain program through the upgradeable loader, and verifies it on the ledger.
///
/// An interrupted run is taken up by running the same command again: what was written is found on the ledger.
#[derive(Parser)]
#[command(name = "cargo xtask deploy", bin_name = "cargo xtask deploy")]
pub struct Cli {
    /// The cluster: a node's URL, or localhost, devnet, testnet, mainnet-beta, or one of their first letters
    /// [default: the Solana CLI's configuration]
    #[arg(short, long, env = "GENERION_URL", hide_env_values = true, value_parser = node_url)]
    pub url: Option<String>,

    /// Keypair file of the wallet that pays and may upgrade; `-` reads it from standard input
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

    /// Keypair file of a wallet that pays in place of --keypair
    #[arg(
        long,
        env = "GENERION_FEE_PAYER",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub fee_payer: Option<PathBuf>,

    /// Keypair file of the wallet that may upgrade, in place of --keypair
    #[arg(long, value_name = "FILE")]
    pub upgrade_authority: Option<PathBuf>,

    /// Keypair file of the program id, for its first deployment. The binary is the one that is built for this id
    #[arg(long, value_name = "FILE")]
    pub program_id: Option<PathBuf>,

    /// Folder of the binary and its manifest, in place of what `cargo xtask build-program` builds
    #[arg(long, value_name = "DIR")]
    pub artifact: Option<PathBuf>,

    /// Room for the binary at a first deployment, in bytes, if more than it takes now. Upgrades extend it as needed
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    pub max_len: usize,

    /// Price of a compute unit in micro-lamports, on top of the fee: a busy cluster takes who pays more
    #[arg(long, value_name = "MICRO-LAMPORTS", default_value_t = 0)]
    pub with_compute_unit_price: u64,

    /// Shows what would be done and what it costs, and sends nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Doesn't ask before lamports are spent
    #[arg(short, long)]
    pub yes: bool,

    /// Gives the lamports of abandoned deployments back: closes every buffer of the authority, and deploys nothing
    #[arg(long, conflicts_with_all = ["program_id", "artifact", "dry_run"])]
    pub close_buffers: bool,

    /// The checkout, which `cargo xtask` knows
    #[arg(long, hide = true, default_value = ".", value_name = "DIR")]
    pub workspace: PathBuf,
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
