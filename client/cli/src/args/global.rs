//! The options that every command takes.

use std::{path::PathBuf, str::FromStr};

use clap::{Args, ValueEnum, builder::BoolishValueParser};
use generion_client::{
    Addresses, PriorityPrice,
    rpc::{cluster::Cluster, url::PlainHttp},
    store::MovedStore,
};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;

use crate::{
    args::{
        keypair::KeypairSource,
        parse::{address, priority_price},
    },
    output::{format::Format, style::StyleOptions},
};

/// The market's price, at most 100,000 micro-lamports per compute unit: 0.000005 SOL for 50,000 of them.
const DEFAULT_PRICE: &str = "market:100000";

/// Options that every command takes.
#[derive(Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Solana node to use: a URL, or localhost, devnet, testnet or mainnet-beta, or the first letter of one of these
    /// [default: the node in the file of -C, or localhost]
    #[arg(
        short,
        long,
        global = true,
        env = "GENERION_URL",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub url: Option<String>,

    /// Another node, run by another operator, to confirm answers that a single node could falsify; can be repeated [default on
    /// a public cluster: well-known nodes]
    #[arg(
        long,
        global = true,
        env = "GENERION_WITNESSES",
        hide_env_values = true,
        value_name = "URL",
        value_delimiter = ',',
        hide_short_help = true
    )]
    pub witness: Vec<String>,

    /// Cluster that all nodes must belong to: mainnet-beta, devnet, testnet, localnet, or a genesis hash [default: the
    /// cluster named by -u; localnet for a node on this machine, mainnet-beta for any other]
    #[arg(long, global = true, env = "GENERION_CLUSTER", hide_env_values = true, value_name = "CLUSTER", value_parser = Cluster::from_str, hide_short_help = true)]
    pub cluster: Option<Cluster>,

    /// Allow plain http to nodes and stores on other machines, which everybody on the way can read and change
    #[arg(long, global = true, env = "GENERION_ALLOW_PLAIN_HTTP", hide_env_values = true, value_parser = BoolishValueParser::new(), hide_short_help = true)]
    pub allow_plain_http: bool,

    /// Folder for the data that this program keeps: offers, receipts, settlements in progress, known keys, trusted
    /// nodes [default: ~/.local/share/generion]
    #[arg(
        long,
        global = true,
        env = "GENERION_DATA",
        hide_env_values = true,
        value_name = "DIR",
        hide_short_help = true
    )]
    pub data_dir: Option<PathBuf>,

    /// Your wallet: a keypair file as solana-keygen writes it, - to read one from standard input, or prompt:// to type
    /// a seed phrase (prompt://?key=0/0 for its first account) [default: the wallet in the file of -C, or
    /// ~/.config/solana/id.json]
    #[arg(
        short,
        long,
        global = true,
        env = "GENERION_KEYPAIR",
        hide_env_values = true,
        value_name = "KEYPAIR",
        value_parser = KeypairSource::from_str,
        hide_short_help = true
    )]
    pub keypair: Option<KeypairSource>,

    /// Wallet that pays rent and fees instead of yours, in the same form as -k
    #[arg(
        long,
        visible_alias = "payer",
        global = true,
        env = "GENERION_FEE_PAYER",
        hide_env_values = true,
        value_name = "KEYPAIR",
        value_parser = KeypairSource::from_str,
        hide_short_help = true
    )]
    pub fee_payer: Option<KeypairSource>,

    /// Configuration file of the Solana tools, which sets the node, the wallet and the commitment where no option does
    /// [default: ~/.config/solana/cli/config.yml]
    #[arg(
        short = 'C',
        long,
        global = true,
        env = "GENERION_CONFIG",
        hide_env_values = true,
        value_name = "FILE",
        hide_short_help = true
    )]
    pub config: Option<PathBuf>,

    /// How final the ledger's answers must be: finalized is slower than confirmed [default: the level in the file of
    /// -C, or confirmed]
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "LEVEL",
        hide_short_help = true
    )]
    pub commitment: Option<Commitment>,

    /// Address of the Generion program
    #[arg(long, global = true, env = "GENERION_PROGRAM_ID", hide_env_values = true, value_name = "ADDRESS", value_parser = address,
          default_value_t = Addresses::default().program_id,
        hide_short_help = true
    )]
    pub program_id: Address,

    /// Key file to take encryption secrets from, as `generion key export` writes it, instead of deriving them from the
    /// wallet
    #[arg(
        long,
        global = true,
        env = "GENERION_KEY_FILE",
        hide_env_values = true,
        value_name = "FILE",
        hide_short_help = true
    )]
    pub key_file: Option<PathBuf>,

    /// File descriptor to read one line from, the key file's passphrase; 0 is standard input [default: ask on the
    /// terminal]
    #[arg(long, global = true, value_name = "FD", hide_short_help = true)]
    pub passphrase_fd: Option<u32>,

    /// The node's websocket [default: the one in the file of -C, or the port after that of --url]
    #[arg(
        long,
        global = true,
        env = "GENERION_WS",
        hide_env_values = true,
        value_name = "URL",
        hide_short_help = true
    )]
    pub ws: Option<String>,

    /// Priority fee, in micro-lamports per compute unit: a number, 0 for none, or market:MAX for the usual price up to MAX
    #[arg(long, global = true, value_name = "PRICE", value_parser = priority_price, default_value = DEFAULT_PRICE, hide_short_help = true)]
    pub priority_price: PriorityPrice,

    /// Show what the command would do and cost, without signing, sending, uploading or saving anything
    #[arg(long, global = true, hide_short_help = true)]
    pub dry_run: bool,

    /// Form of the output: tables for people, or one JSON object for programs
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t = Format::Display, hide_short_help = true)]
    pub output: Format,

    /// Also show details that most people don't need, such as keys and hashes
    #[arg(short, long, global = true, hide_short_help = true)]
    pub verbose: bool,

    /// Print tables whole, even if they don't fit the terminal
    #[arg(long, global = true, hide_short_help = true)]
    pub wide: bool,

    /// Also look for a store's documents at another address, as OLD=NEW with the addresses of both stores; can be
    /// repeated
    #[arg(long, global = true, value_name = "OLD=NEW", value_parser = MovedStore::from_str, hide_short_help = true)]
    pub store_map: Vec<MovedStore>,

    /// Allow documents to be fetched from this machine and from private networks
    #[arg(long, global = true, env = "GENERION_ALLOW_PRIVATE", hide_env_values = true, value_parser = BoolishValueParser::new(), hide_short_help = true)]
    pub allow_private_addresses: bool,

    /// Allow documents to be read from files on this machine
    #[arg(long, global = true, hide_short_help = true)]
    pub allow_file_locators: bool,

    /// Size in bytes of the largest encrypted document to fetch [default: 1 GiB]
    #[arg(long, global = true, value_name = "BYTES", hide_short_help = true)]
    pub max_document_bytes: Option<u64>,

    /// Don't ask for confirmation before moving money or deleting anything
    #[arg(short, long, global = true, hide_short_help = true)]
    pub yes: bool,
}

impl GlobalArgs {
    /// The layout of text for people.
    pub const fn style(&self) -> StyleOptions {
        StyleOptions {
            verbose: self.verbose,
            wide: self.wide,
        }
    }

    /// Whether plain http to other machines is allowed.
    pub const fn plain_http(&self) -> PlainHttp {
        match self.allow_plain_http {
            true => PlainHttp::Allowed,
            false => PlainHttp::ThisMachineOnly,
        }
    }
}

/// The commitment level of all reads of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Commitment {
    /// Two thirds of the stake have voted for it
    #[value(alias = "processed")]
    Confirmed,
    /// The transaction can't be undone any more
    Finalized,
}

impl From<Commitment> for CommitmentConfig {
    fn from(commitment: Commitment) -> Self {
        match commitment {
            Commitment::Confirmed => Self::confirmed(),
            Commitment::Finalized => Self::finalized(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_price_is_the_librarys() {
        assert_eq!(priority_price(DEFAULT_PRICE), Ok(PriorityPrice::default()));
    }
}
