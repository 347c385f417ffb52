//! The command line as a whole; each noun's verbs are in its file under `command`.

use std::{path::PathBuf, str::FromStr};

use clap::{Args, Parser, Subcommand, ValueEnum, builder::BoolishValueParser};
use clap_complete::Shell;
use generion_client::{
    Addresses, PriorityPrice, locator::StoreUrl, rpc::url::PlainHttp, store::MovedStore,
};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use url::Url;

use crate::{
    command::{
        deliver::DeliverArgs, history::HistoryArgs, key::KeyCommand, localnet::LocalnetArgs,
        node::NodeCommand, order::OrderCommand, purchase::PurchaseCommand, record::RecordCommand,
        share::ShareCommand, store::StoreCommand, user::UserCommand,
    },
    keypair::KeypairSource,
    nodes::ClusterChoice,
};

/// What others pay, up to 0.000005 SOL for 50,000 compute units.
const DEFAULT_PRICE: &str = "market:100000";

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
    #[arg(long, global = true, env = "GENERION_CLUSTER", hide_env_values = true, value_name = "CLUSTER", value_parser = ClusterChoice::from_str)]
    pub cluster: Option<ClusterChoice>,

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
    #[arg(long, global = true, value_name = "PRICE", value_parser = priority, default_value = DEFAULT_PRICE)]
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
    /// Deliver the keys of purchases, lock them, and settle: the buyer can open them then, and the price is yours. With
    /// --key-file and --fee-payer it does without the seller's wallet
    Deliver(DeliverArgs),
    /// The audit trail of a record, share, order, purchase or user, rebuilt from the ledger's transactions
    History(HistoryArgs),
    /// Encryption keys: show, rotate, export to a key file
    #[command(subcommand)]
    Key(KeyCommand),
    /// Documents in document stores
    #[command(subcommand)]
    Store(StoreCommand),
    /// The nodes that are asked, and whether they agree
    #[command(subcommand)]
    Node(NodeCommand),
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

/// A document store.
pub fn store_url(text: &str) -> Result<StoreUrl, String> {
    let text = text.strip_suffix('/').unwrap_or(text);
    match text.parse::<StoreUrl>() {
        Ok(url) if url.scheme() != "file" => Ok(url),
        Ok(_) => Err("expected the http or https address of a document store".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// A document in a store.
pub fn document_url(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => Err("expected the http or https URL of a document".to_owned()),
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
    fn the_usual_price_is_the_librarys() {
        assert_eq!(priority(DEFAULT_PRICE), Ok(PriorityPrice::default()));
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
}
