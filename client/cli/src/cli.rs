//! The command line as a whole; each noun's verbs are in its file under `command`.

use std::{path::PathBuf, str::FromStr};

use clap::{Args, Parser, Subcommand, ValueEnum, builder::BoolishValueParser};
use clap_complete::Shell;
use generion_client::{Addresses, PriorityPrice};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use url::Url;

use crate::{
    command::{
        deliver::DeliverArgs, history::HistoryArgs, key::KeyCommand, localnet::LocalnetArgs,
        order::OrderCommand, purchase::PurchaseCommand, record::RecordCommand, share::ShareCommand,
        store::StoreCommand, user::UserCommand,
    },
    keypair::KeypairSource,
};

/// Health records that their patients own: written by clinics, shared with doctors, sold to buyers, keys proven on the
/// ledger.
#[derive(Parser)]
// The last of an option counts, so that an alias of the shell can have its own.
#[command(name = "generion", version, args_override_self = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: GlobalArgs,
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command takes.
#[derive(Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// The Solana node: its URL, or localhost, devnet, testnet, mainnet-beta, or one of their first letters
    /// [default: that of -C, or localhost]
    #[arg(short, long, global = true, env = "GENERION_URL", value_parser = node_url)]
    pub url: Option<String>,

    /// The wallet that acts: a keypair file as solana-keygen writes it, - for one on standard input, or prompt:// for a
    /// seed phrase (prompt://?key=0/0 for its first account)
    /// [default: that of -C, or ~/.config/solana/id.json]
    #[arg(
        short,
        long,
        global = true,
        env = "GENERION_KEYPAIR",
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
        value_name = "FILE"
    )]
    pub config: Option<PathBuf>,

    /// How sure of the ledger to be: finalized takes longer than confirmed [default: that of -C, or confirmed]
    #[arg(long, global = true, value_enum, value_name = "LEVEL")]
    pub commitment: Option<Commitment>,

    /// The program's id in this deployment
    #[arg(long, global = true, env = "GENERION_PROGRAM_ID", value_name = "ADDRESS", value_parser = address,
          default_value_t = Addresses::default().program_id)]
    pub program_id: Address,

    /// Key file with encryption secrets, as `generion key export` writes it, in place of those that follow from the
    /// wallet
    #[arg(long, global = true, env = "GENERION_KEY_FILE", value_name = "FILE")]
    pub key_file: Option<PathBuf>,

    /// File descriptor to read the key file's passphrase from, up to the end of the line; 0 is standard input
    /// [default: asks on the terminal]
    #[arg(long, global = true, value_name = "FD")]
    pub passphrase_fd: Option<u32>,

    /// The node's websocket [default: that of -C, or the port after that of --url]
    #[arg(long, global = true, env = "GENERION_WS", value_name = "URL", value_parser = websocket)]
    pub ws: Option<Url>,

    /// Pays this much per compute unit for being taken early, in millionths of a lamport; market:MAX is what others pay,
    /// and MAX at most
    #[arg(long, global = true, value_name = "PRICE", value_parser = priority, default_value = "0")]
    pub priority_price: PriorityPrice,

    /// Tells what the command would do and cost, and does nothing: nothing is signed, sent, uploaded or written down
    #[arg(long, global = true)]
    pub dry_run: bool,

    /// What is printed: tables for people, or one JSON object for programs
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t = Format::Display)]
    pub output: Format,

    /// Follows locators into this machine and private networks
    #[arg(long, global = true, env = "GENERION_ALLOW_PRIVATE", value_parser = BoolishValueParser::new())]
    pub allow_private_addresses: bool,

    /// Follows locators to files of this machine
    #[arg(long, global = true)]
    pub allow_file_locators: bool,

    /// Most bytes of an encrypted document that are fetched, 1 GiB if not said
    #[arg(long, global = true, value_name = "BYTES")]
    pub max_document_bytes: Option<u64>,

    /// Doesn't ask before money moves or something is gone for good
    #[arg(short, long, global = true)]
    pub yes: bool,
}

/// The form of what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text.
    Display,
    /// JSON.
    Json,
    /// JSON on one line.
    JsonCompact,
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

/// The nouns.
#[derive(Subcommand)]
pub enum Command {
    /// Users and their encryption keys
    #[command(subcommand)]
    User(UserCommand),
    /// Records: write, check, verify, open, delete
    #[command(subcommand)]
    Record(RecordCommand),
    /// Open a record to somebody, free of charge
    #[command(subcommand)]
    Share(ShareCommand),
    /// Put records up for sale
    #[command(subcommand)]
    Order(OrderCommand),
    /// Buy orders and open what was delivered
    #[command(subcommand)]
    Purchase(PurchaseCommand),
    /// Deliver the keys of purchases and collect their price. With --key-file and --fee-payer it does without the seller's
    /// wallet
    Deliver(DeliverArgs),
    /// The audit trail of a record, share, order, purchase or user, rebuilt from the ledger's transactions
    History(HistoryArgs),
    /// Encryption keys: show, rotate, export to a key file
    #[command(subcommand)]
    Key(KeyCommand),
    /// Documents in document stores
    #[command(subcommand)]
    Store(StoreCommand),
    /// Run a local validator and a document store to try all this with
    Localnet(LocalnetArgs),
    /// Print what a shell needs to complete commands and options
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the manual pages, one for each command
    Man {
        /// Folder to write them to
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
}

/// A node's address from its URL or the Solana tools' name of a cluster.
pub fn node_url(text: &str) -> Result<String, String> {
    let url = match text {
        "l" | "localhost" => "http://127.0.0.1:8899",
        "d" | "devnet" => "https://api.devnet.solana.com",
        "t" | "testnet" => "https://api.testnet.solana.com",
        "m" | "mainnet-beta" => "https://api.mainnet-beta.solana.com",
        url => url,
    };
    match Url::parse(url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") => Ok(url.to_owned()),
        _ => Err(
            "expected an http or https URL, or localhost, devnet, testnet or mainnet-beta"
                .to_owned(),
        ),
    }
}

/// A node's websocket.
pub fn websocket(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "ws" | "wss") => Ok(url),
        _ => Err("expected the ws or wss URL of a node".to_owned()),
    }
}

/// A priority price in micro-lamports.
fn priority(text: &str) -> Result<PriorityPrice, String> {
    let number = |digits: &str| digits.parse::<u64>().ok();
    let price = match text.strip_prefix("market:") {
        Some(max) => number(max).map(|max| PriorityPrice::Market { max }),
        None => number(text).map(|price| match price {
            0 => PriorityPrice::None,
            price => PriorityPrice::Fixed(price),
        }),
    };
    price.ok_or_else(|| "expected millionths of a lamport, as in 5000 or market:5000".to_owned())
}

/// An address in base58.
pub fn address(text: &str) -> Result<Address, String> {
    text.parse()
        .map_err(|_| "not an address, which is 32 bytes in base58".to_owned())
}

/// The root of a document store.
pub fn store_url(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => Err("expected the http or https URL of a document store".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_price_is_fixed_or_the_markets() {
        assert_eq!(priority("0"), Ok(PriorityPrice::None));
        assert_eq!(priority("5000"), Ok(PriorityPrice::Fixed(5_000)));
        assert_eq!(priority("market:7"), Ok(PriorityPrice::Market { max: 7 }));
        for nonsense in ["", "-1", "1SOL", "market", "market:"] {
            assert!(priority(nonsense).is_err(), "{nonsense}");
        }
    }

    #[test]
    fn clusters_have_the_names_of_the_solana_tools() {
        assert_eq!(node_url("l"), node_url("localhost"));
        assert_eq!(node_url("d").unwrap(), "https://api.devnet.solana.com");
        assert_eq!(
            node_url("testnet").unwrap(),
            "https://api.testnet.solana.com"
        );
        assert_eq!(
            node_url("mainnet-beta").unwrap(),
            "https://api.mainnet-beta.solana.com"
        );
        assert_eq!(
            node_url("http://127.0.0.1:1").unwrap(),
            "http://127.0.0.1:1"
        );
        for nonsense in ["", "mainnet", "127.0.0.1:8899", "ws://127.0.0.1"] {
            assert!(
                node_url(nonsense)
                    .unwrap_err()
                    .contains("expected an http or https URL"),
                "{nonsense}"
            );
        }
    }
}
