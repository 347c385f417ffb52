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
    output::format::Format,
};

/// What others pay, up to 0.000005 SOL for 50,000 compute units.
const DEFAULT_PRICE: &str = "market:100000";

/// Options that every command takes.
#[derive(Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// The Solana node: its URL, or localhost, devnet, testnet, mainnet-beta, or one of their first letters
    /// [default: that of -C, or localhost]
    #[arg(
        short,
        long,
        global = true,
        env = "GENERION_URL",
        hide_env_values = true
    )]
    pub url: Option<String>,

    /// A further node, of another operator, which has to agree with the first one where one node alone can't decide; may
    /// be repeated. On public clusters some are known
    #[arg(
        long,
        global = true,
        env = "GENERION_WITNESSES",
        hide_env_values = true,
        value_name = "URL",
        value_delimiter = ','
    )]
    pub witness: Vec<String>,

    /// The cluster that all nodes have to be of: mainnet-beta, devnet, testnet, localnet, or a genesis hash
    /// [default: that of -u's name; localnet for a node on this machine, mainnet-beta for others]
    #[arg(long, global = true, env = "GENERION_CLUSTER", hide_env_values = true, value_name = "CLUSTER", value_parser = Cluster::from_str)]
    pub cluster: Option<Cluster>,

    /// Reach nodes and stores on other machines by plain http, which anybody on the way can read and change
    #[arg(long, global = true, env = "GENERION_ALLOW_PLAIN_HTTP", hide_env_values = true, value_parser = BoolishValueParser::new())]
    pub allow_plain_http: bool,

    /// Folder for what has to outlive a run: offers, settlements under way, keys that were seen, trusted nodes
    /// [default: ~/.local/share/generion]
    #[arg(
        long,
        global = true,
        env = "GENERION_DATA",
        hide_env_values = true,
        value_name = "DIR"
    )]
    pub data_dir: Option<PathBuf>,

    /// The wallet that acts: a keypair file as solana-keygen writes it, - for one on standard input, or prompt:// for a
    /// seed phrase (prompt://?key=0/0 for its first account)
    /// [default: that of -C, or ~/.config/solana/id.json]
    #[arg(
        short,
        long,
        global = true,
        env = "GENERION_KEYPAIR",
        hide_env_values = true,
        value_name = "KEYPAIR",
        value_parser = KeypairSource::from_str
    )]
    pub keypair: Option<KeypairSource>,

    /// A wallet that pays rent and fees in place of the acting one, named like it
    #[arg(
        long,
        visible_alias = "payer",
        global = true,
        env = "GENERION_FEE_PAYER",
        hide_env_values = true,
        value_name = "KEYPAIR",
        value_parser = KeypairSource::from_str
    )]
    pub fee_payer: Option<KeypairSource>,

    /// Configuration of the Solana tools, for what is not said otherwise [default: ~/.config/solana/cli/config.yml]
    #[arg(
        short = 'C',
        long,
        global = true,
        env = "GENERION_CONFIG",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub config: Option<PathBuf>,

    /// How sure of the ledger to be: finalized takes longer than confirmed [default: that of -C, or confirmed]
    #[arg(long, global = true, value_enum, value_name = "LEVEL")]
    pub commitment: Option<Commitment>,

    /// The program's id in this deployment
    #[arg(long, global = true, env = "GENERION_PROGRAM_ID", hide_env_values = true, value_name = "ADDRESS", value_parser = address,
          default_value_t = Addresses::default().program_id)]
    pub program_id: Address,

    /// Key file with encryption secrets, as `generion key export` writes it, in place of those that follow from the
    /// wallet
    #[arg(
        long,
        global = true,
        env = "GENERION_KEY_FILE",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub key_file: Option<PathBuf>,

    /// File descriptor to read the key file's passphrase from, up to the end of the line; 0 is standard input
    /// [default: asks on the terminal]
    #[arg(long, global = true, value_name = "FD")]
    pub passphrase_fd: Option<u32>,

    /// The node's websocket [default: that of -C, or the port after that of --url]
    #[arg(
        long,
        global = true,
        env = "GENERION_WS",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub ws: Option<String>,

    /// Pay this much per compute unit for being taken early, in millionths of a lamport; market:MAX is what others pay,
    /// and MAX at most; 0 is nothing
    #[arg(long, global = true, value_name = "PRICE", value_parser = priority_price, default_value = DEFAULT_PRICE)]
    pub priority_price: PriorityPrice,

    /// Tell what the command would do and cost, and do nothing: sign, send, upload and write down nothing
    #[arg(long, global = true)]
    pub dry_run: bool,

    /// What is printed: tables for people, or one JSON object for programs
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t = Format::Display)]
    pub output: Format,

    /// Look for the documents of a store at another address as well: OLD=NEW, both addresses of stores; may be repeated
    #[arg(long, global = true, value_name = "OLD=NEW", value_parser = MovedStore::from_str)]
    pub store_map: Vec<MovedStore>,

    /// Follow locators into this machine and private networks
    #[arg(long, global = true, env = "GENERION_ALLOW_PRIVATE", hide_env_values = true, value_parser = BoolishValueParser::new())]
    pub allow_private_addresses: bool,

    /// Follow locators to files of this machine
    #[arg(long, global = true)]
    pub allow_file_locators: bool,

    /// Most bytes of an encrypted document that are fetched, 1 GiB if not said
    #[arg(long, global = true, value_name = "BYTES")]
    pub max_document_bytes: Option<u64>,

    /// Don't ask before money moves or something is gone for good
    #[arg(short, long, global = true)]
    pub yes: bool,
}

impl GlobalArgs {
    /// Whether plain http is spoken with other machines.
    pub const fn plain_http(&self) -> PlainHttp {
        match self.allow_plain_http {
            true => PlainHttp::Allowed,
            false => PlainHttp::ThisMachineOnly,
        }
    }
}

/// How sure of the ledger a user wants to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Commitment {
    /// Two thirds of the stake have voted for it.
    #[value(alias = "processed")]
    Confirmed,
    /// It can't be taken back any more.
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
