//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Parser, Subcommand};
use generion_gateway::config::file::{ConfigFile, Hidden};

/// Serve Generion's records, orders and purchases over HTTP, from an index of the ledger
///
/// The gateway holds no key. It reads the ledger from the nodes that you name, and keeps an index of it in a database.
#[derive(Parser)]
#[command(version, disable_help_subcommand = true, arg_required_else_help = true)]
pub struct Args {
    /// Print a configuration file with all settings, their defaults and their documentation, and exit
    #[arg(long, exclusive = true)]
    pub print_config: bool,

    /// What to do
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// Run the gateway
    ///
    /// It prints "listening on http://ADDRESS" when it is ready for requests. On SIGINT or SIGTERM it finishes running
    /// requests and exits; a second signal ends it at once. It serves HTTP without TLS. Options override environment
    /// variables, and both override the configuration file.
    Serve {
        #[command(flatten)]
        settings: Settings,

        /// Also exit at the end of standard input, so that the gateway never outlives the program that started it
        #[arg(long)]
        exit_with_stdin: bool,
    },
    /// Print the OpenAPI document of the API
    Openapi,
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
