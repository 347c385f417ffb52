//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Parser, Subcommand};
use generion_gateway::config::{Hidden, file::ConfigFile};
use solana_address::Address;
use solana_signature::Signature;

/// Serve Generion's records, orders and purchases over HTTP, from an index of the ledger
///
/// The gateway holds no key. It reads the ledger from the nodes that you name, and keeps an index of it in a database.
#[derive(Parser)]
#[command(version, disable_help_subcommand = true, arg_required_else_help = true)]
pub struct Args {
    /// Print a configuration file with all settings, their defaults and their documentation, and exit
    #[arg(long, exclusive = true)]
    pub print_config: bool,

    /// The command
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// Run the gateway
    ///
    /// The gateway prints "listening on http://ADDRESS" when it is ready for requests. On SIGINT or SIGTERM it finishes running
    /// requests and exits; a second signal ends it at once. It serves HTTP without TLS. Options override environment variables,
    /// and both override the configuration file.
    Serve {
        #[command(flatten)]
        settings: Settings,

        /// Also exit at the end of standard input, so that the gateway never outlives the program that started it
        #[arg(long)]
        exit_with_stdin: bool,
    },
    /// Print the OpenAPI document of the API
    Openapi,
    /// Read some of the ledger again, and write it into the index
    ///
    /// Stop the gateway first: an index has one writer.
    Index {
        /// The part of the ledger to read
        #[command(subcommand)]
        what: IndexCommand,
    },
    /// Compare the index with the ledger, account by account
    ///
    /// It reads all accounts from all nodes, with a decoder of its own, and says where the nodes disagree. A node that fails is
    /// named, and the others go on. The exit code is 0 where all nodes agree and the index is equal to the ledger, 1 where it
    /// differs from what they agree on, and 2 where nobody can tell: nodes disagree, one fails, or they can't be compared. The
    /// gateway may run meanwhile.
    Check {
        #[command(flatten)]
        settings: Settings,

        /// Print the result as JSON
        #[arg(long)]
        json: bool,

        /// Seconds during which differing accounts are looked at again, because the ledger changes meanwhile and the index
        /// follows it
        #[arg(long, default_value_t = 10, value_name = "SECONDS")]
        patience: u64,
    },
    /// Show the webhooks, continue one that has ended, or forget one
    Webhooks {
        /// The command
        #[command(subcommand)]
        what: WebhooksCommand,
    },
}

/// The commands for webhooks. The gateway may run meanwhile.
#[derive(Subcommand)]
pub enum WebhooksCommand {
    /// Check the file with the webhooks, and print their names and servers
    Check {
        #[command(flatten)]
        settings: Settings,
    },
    /// Print how far each webhook is
    ///
    /// The exit code is 1 if a webhook has ended: `gone`, because its receiver has answered 410, or `exhausted`, because all
    /// attempts at an event have failed. `resume` continues it. `forget` removes one that is no longer in the file.
    List {
        #[command(flatten)]
        settings: Settings,

        /// Print the result as JSON, with the last attempts
        #[arg(long)]
        json: bool,
    },
    /// Deliver the next event of a webhook now
    ///
    /// Delivery continues at the present event, whether the webhook has ended or waits for its next attempt.
    Resume {
        /// The webhook's name
        name: String,

        #[command(flatten)]
        settings: Settings,
    },
    /// Remove the state of a webhook that is no longer in the file
    ///
    /// Remove it from the file and restart the gateway first.
    Forget {
        /// The webhook's name
        name: String,

        #[command(flatten)]
        settings: Settings,
    },
}

/// The part that is read again.
#[derive(Subcommand)]
pub enum IndexCommand {
    /// All accounts, then all transactions that the index does not have
    All {
        #[command(flatten)]
        settings: Settings,
    },
    /// A transaction, and the accounts that it names
    Transaction {
        /// The transaction's signature
        signature: Signature,

        #[command(flatten)]
        settings: Settings,
    },
    /// An account
    Account {
        /// The account's address
        address: Address,

        #[command(flatten)]
        settings: Settings,
    },
    /// All transactions in a range of slots, and the accounts that they name
    Range {
        /// The first and the last slot, as FROM..TO
        #[arg(value_name = "FROM..TO", value_parser = slots)]
        slots: (u64, u64),

        #[command(flatten)]
        settings: Settings,
    },
}

fn slots(text: &str) -> Result<(u64, u64), String> {
    let form = || "write two slots as FROM..TO, for example 1000..2000".to_owned();
    let (from, to) = text.split_once("..").ok_or_else(form)?;
    let slot = |text: &str| text.parse().map_err(|_| form());
    match (slot(from)?, slot(to)?) {
        (from, to) if from <= to => Ok((from, to)),
        _ => Err("the first slot is behind the last one".to_owned()),
    }
}

/// The settings that can be given without a configuration file.
#[derive(clap::Args)]
pub struct Settings {
    /// Configuration file
    #[arg(long, env = "GENERION_GATEWAY_CONFIG", hide_env_values = true)]
    pub config: Option<PathBuf>,

    /// Address to listen on; port 0 chooses a free port
    #[arg(long, env = "GENERION_GATEWAY_LISTEN", hide_env_values = true)]
    listen: Option<SocketAddr>,

    /// Address of the operator's interface: /health, /health/ready and /metrics
    #[arg(long, env = "GENERION_GATEWAY_ADMIN_LISTEN", hide_env_values = true)]
    admin_listen: Option<SocketAddr>,

    /// Database of the index: sqlite:FILE or postgres://USER@HOST/DATABASE; put a password into the environment or the file
    #[arg(long, env = "GENERION_GATEWAY_DATABASE", hide_env_values = true, value_parser = hidden)]
    database: Option<Hidden>,

    /// Cluster that the nodes have to belong to: mainnet-beta, devnet, testnet, localnet, or a genesis hash
    #[arg(long, env = "GENERION_GATEWAY_CLUSTER", hide_env_values = true)]
    cluster: Option<String>,

    /// JSON-RPC address of a node; can be repeated; put a node's key into the environment or the file
    #[arg(long = "node", env = "GENERION_GATEWAY_NODES", hide_env_values = true, value_delimiter = ',', value_parser = hidden)]
    nodes: Vec<Hidden>,
}

fn hidden(text: &str) -> Result<Hidden, std::convert::Infallible> {
    Ok(Hidden::from(text))
}

impl Settings {
    /// The configuration file, overridden by the command line.
    ///
    /// # Errors
    /// The file can't be used.
    pub fn read(self) -> anyhow::Result<ConfigFile> {
        let mut file = match &self.config {
            Some(path) => ConfigFile::read(path)?,
            None => ConfigFile::default(),
        };
        file.listen = self.listen.unwrap_or(file.listen);
        file.admin_listen = self.admin_listen.or(file.admin_listen);
        file.database = self.database.unwrap_or(file.database);
        file.cluster = self.cluster.unwrap_or(file.cluster);
        if !self.nodes.is_empty() {
            file.nodes = self.nodes;
        }
        Ok(file)
    }
}
