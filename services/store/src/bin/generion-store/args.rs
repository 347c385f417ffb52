//! The command line.

use std::{ffi::OsString, net::SocketAddr, num::NonZero, path::PathBuf};

use clap::{
    ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand,
    error::ErrorKind,
    parser::ValueSource::{self, CommandLine, EnvVariable},
};
use generion_store::{ConfigFile, HostName, StorageLocation};
use url::Url;

/// Run a document store, which keeps encrypted documents, each under the SHA-256 of its ciphertext
///
/// The store prints "listening on http://ADDRESS" when it is ready for requests. On SIGINT or SIGTERM it finishes
/// running requests and exits; a second signal ends it at once. On SIGHUP it reloads the allowlist. It serves HTTP
/// without TLS: a proxy in front of it must forward Host and path unchanged. Command-line options override environment
/// variables, and both override the configuration file.
#[derive(Parser)]
#[command(version, disable_help_subcommand = true)]
pub struct Args {
    /// Configuration file
    #[arg(
        long,
        env = "GENERION_STORE_CONFIG",
        global = true,
        hide_env_values = true
    )]
    pub config: Option<PathBuf>,

    /// Print a configuration file with all settings, their defaults and their documentation, and exit
    #[arg(long)]
    pub print_config: bool,

    /// Address to listen on; port 0 chooses a free port
    #[arg(long, env = "GENERION_STORE_LISTEN", hide_env_values = true)]
    listen: Option<SocketAddr>,

    /// Address of the operator's interface: /health, /ready and /metrics
    #[arg(long, env = "GENERION_STORE_ADMIN_LISTEN", hide_env_values = true)]
    admin_listen: Option<SocketAddr>,

    /// Folder for the documents, created if it does not exist; one store at a time can use it
    #[arg(
        long,
        env = "GENERION_STORE_DIR",
        global = true,
        hide_env_values = true
    )]
    dir: Option<PathBuf>,

    /// Storage for the documents: file:///FOLDER, s3://BUCKET/PATH, gs://BUCKET/PATH or az://CONTAINER/PATH
    #[arg(
        long,
        env = "GENERION_STORE_STORAGE",
        global = true,
        hide_env_values = true
    )]
    storage: Option<Url>,

    /// Host name in the URL of this store, with the port unless it is the default of the scheme; can be repeated
    /// [default: the listening address, and localhost if the store listens there]
    #[arg(long, env = "GENERION_STORE_HOST", value_delimiter = ',', value_parser = host, hide_env_values = true)]
    host: Vec<HostName>,

    /// File with the wallets that may upload, one address per line; without it, everybody may upload
    #[arg(long, env = "GENERION_STORE_ALLOWLIST", hide_env_values = true)]
    allowlist: Option<PathBuf>,

    /// Maximum size of a document, in bytes
    #[arg(long, env = "GENERION_STORE_MAX_SIZE", hide_env_values = true)]
    max_size: Option<u64>,

    /// Maximum number of uploads at the same time
    #[arg(long, env = "GENERION_STORE_MAX_UPLOADS", hide_env_values = true)]
    max_uploads: Option<NonZero<usize>>,

    /// Maximum number of open connections
    #[arg(long, env = "GENERION_STORE_MAX_CONNECTIONS", hide_env_values = true)]
    max_connections: Option<NonZero<usize>>,

    /// Maximum time to wait for a client, in seconds
    #[arg(long, env = "GENERION_STORE_IDLE_TIMEOUT", hide_env_values = true)]
    idle_timeout: Option<NonZero<u16>>,

    /// Also exit at the end of standard input, so that the store never outlives the program that started it
    #[arg(long)]
    pub exit_with_stdin: bool,

    /// The maintenance command to run instead of a store
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Maintenance commands.
#[derive(Subcommand)]
pub enum Command {
    /// Check that all documents are complete, without changing anything
    Check {
        /// Also read every document and compare its hash
        #[arg(long)]
        bytes: bool,
    },
    /// Remove data that belongs to no document, and correct the usage of uploaders
    Collect,
    /// Carry deletions over to a copy that was made before them
    #[command(subcommand)]
    Tombstones(Tombstones),
}

/// Commands for the list of deleted documents.
#[derive(Subcommand)]
pub enum Tombstones {
    /// Print the deleted documents, one per line
    Export,
    /// Delete the documents of a list for good, whatever their state is
    Merge {
        /// File with the list, printed by `export` or written by hand
        list: PathBuf,
    },
}

fn host(text: &str) -> Result<HostName, &'static str> {
    HostName::try_from(text.to_owned())
}

/// Replaces a setting of the file by an option of the command line, if that is given.
fn override_with<T>(setting: &mut T, option: Option<T>) {
    if let Some(value) = option {
        *setting = value;
    }
}

impl Args {
    /// Parses the command line and the environment.
    ///
    /// # Errors
    /// The error of clap, which prints itself.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let matches = Self::command().try_get_matches_from(words)?;
        let mut args = Self::from_arg_matches(&matches)?;
        args.choose_storage(&matches)?;
        Ok(args)
    }

    /// If both `dir` and `storage` are set, the command line overrides the environment. Two of the same source conflict.
    fn choose_storage(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        let source = |name| -> Option<ValueSource> { matches.value_source(name) };
        let both = match (source("dir"), source("storage")) {
            (Some(CommandLine), Some(EnvVariable)) => {
                self.storage = None;
                return Ok(());
            }
            (Some(EnvVariable), Some(CommandLine)) => {
                self.dir = None;
                return Ok(());
            }
            (Some(CommandLine), Some(CommandLine)) => "--dir and --storage",
            (Some(EnvVariable), Some(EnvVariable)) => {
                "GENERION_STORE_DIR and GENERION_STORE_STORAGE"
            }
            _ => return Ok(()),
        };
        let message = format!("{both} both set the storage of the documents: remove one of them\n");
        Err(Self::command().error(ErrorKind::ArgumentConflict, message))
    }

    /// The configuration file, overridden by the command line.
    ///
    /// # Errors
    /// The file can't be used.
    pub fn settings(&self) -> anyhow::Result<ConfigFile> {
        let mut file = match &self.config {
            Some(path) => ConfigFile::read(path)?,
            None => ConfigFile::default(),
        };
        override_with(&mut file.listen, self.listen);
        override_with(&mut file.admin_listen, self.admin_listen.map(Some));
        override_with(&mut file.storage, self.storage.clone().map(Some));
        override_with(
            &mut file.hosts,
            Some(self.host.clone()).filter(|hosts| !hosts.is_empty()),
        );
        let uploads = &mut file.uploads;
        override_with(&mut uploads.allowlist, self.allowlist.clone().map(Some));
        override_with(&mut uploads.max_document_bytes, self.max_size);
        override_with(&mut uploads.max_running, self.max_uploads);
        override_with(&mut file.connections.max_open, self.max_connections);
        override_with(&mut file.connections.idle_seconds, self.idle_timeout);
        Ok(file)
    }

    /// The storage of the documents.
    ///
    /// # Errors
    /// No storage is set, or it is not supported.
    pub fn location(&self, file: &ConfigFile) -> anyhow::Result<StorageLocation> {
        match (&self.dir, &file.storage) {
            (Some(folder), _) => Ok(StorageLocation::Folder(folder.clone())),
            // The variables of providers are valid Unicode, so others are skipped.
            (None, Some(url)) => {
                let variables = std::env::vars_os().filter_map(|(name, value)| {
                    Some((name.into_string().ok()?, value.into_string().ok()?))
                });
                Ok(StorageLocation::from_url(url, variables)?)
            }
            (None, None) => anyhow::bail!(
                "no storage is set: use --dir FOLDER or --storage URL, or set `storage` in the configuration file"
            ),
        }
    }
}
