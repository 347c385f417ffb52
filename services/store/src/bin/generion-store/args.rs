//! The command line.

use std::{ffi::OsString, net::SocketAddr, num::NonZero, path::PathBuf};

use clap::{
    ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand,
    error::ErrorKind,
    parser::ValueSource::{self, CommandLine, EnvVariable},
};
use generion_store::{ConfigFile, HostName, StorageLocation};
use url::Url;

/// Keeps encrypted documents, each under the SHA-256 of its ciphertext (protocol section 7).
///
/// Prints "listening on http://ADDRESS" once it takes requests. Ends on SIGINT or SIGTERM, after the requests that
/// run, and at once on the second; on SIGHUP it reads the list of uploaders again. Speaks HTTP without TLS: a proxy in
/// front of it must pass Host and path on as they are. Flags go before the environment, and both before the
/// configuration file.
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

    /// Print the documented configuration file, which says what holds without one, and end
    #[arg(long)]
    pub print_config: bool,

    /// Address to listen on; port 0 takes any free one
    #[arg(long, env = "GENERION_STORE_LISTEN", hide_env_values = true)]
    listen: Option<SocketAddr>,

    /// Address to answer the operator on: /health, /ready and /metrics
    #[arg(long, env = "GENERION_STORE_ADMIN_LISTEN", hide_env_values = true)]
    admin_listen: Option<SocketAddr>,

    /// Folder that holds the documents, made if it is not there; one store at a time may use it
    #[arg(
        long,
        env = "GENERION_STORE_DIR",
        global = true,
        hide_env_values = true
    )]
    dir: Option<PathBuf>,

    /// Where the documents are: file:///FOLDER, s3://BUCKET/PATH, gs://BUCKET/PATH or az://CONTAINER/PATH
    #[arg(
        long,
        env = "GENERION_STORE_STORAGE",
        global = true,
        hide_env_values = true
    )]
    storage: Option<Url>,

    /// Name that clients know this store by, with the port unless it is their URL's default; may be repeated
    /// [default: the address, and localhost if that leads here]
    #[arg(long, env = "GENERION_STORE_HOST", value_delimiter = ',', value_parser = host, hide_env_values = true)]
    host: Vec<HostName>,

    /// File with the wallets that may upload, one address a line; without it anybody may
    #[arg(long, env = "GENERION_STORE_ALLOWLIST", hide_env_values = true)]
    allowlist: Option<PathBuf>,

    /// Largest document, in bytes
    #[arg(long, env = "GENERION_STORE_MAX_SIZE", hide_env_values = true)]
    max_size: Option<u64>,

    /// Uploads that may run at the same time
    #[arg(long, env = "GENERION_STORE_MAX_UPLOADS", hide_env_values = true)]
    max_uploads: Option<NonZero<usize>>,

    /// Connections that may be open at the same time
    #[arg(long, env = "GENERION_STORE_MAX_CONNECTIONS", hide_env_values = true)]
    max_connections: Option<NonZero<usize>>,

    /// Seconds that a client may leave the store waiting
    #[arg(long, env = "GENERION_STORE_IDLE_TIMEOUT", hide_env_values = true)]
    idle_timeout: Option<NonZero<u16>>,

    /// Also ends when standard input does, so that it never outlives the program that started it
    #[arg(long)]
    pub exit_with_stdin: bool,

    /// What to do instead of running a store
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What is done to a storage without a store.
#[derive(Subcommand)]
pub enum Command {
    /// Look whether every document is whole; change nothing
    Check {
        /// Also read every document, and compare its hash
        #[arg(long)]
        bytes: bool,
    },
    /// Remove what belongs to no document, and put the uploaders' accounts in order
    Collect,
    /// Carry deletions over into a copy that was made before them
    #[command(subcommand)]
    Tombstones(Tombstones),
}

/// What is done with the list of deleted documents.
#[derive(Subcommand)]
pub enum Tombstones {
    /// Print the documents that were deleted, one a line
    Export,
    /// Delete the documents of a list for good, whatever their state is here
    Merge {
        /// The list, as `export` prints it or written by hand
        list: PathBuf,
    },
}

fn host(text: &str) -> Result<HostName, &'static str> {
    HostName::try_from(text.to_owned())
}

/// Puts `flag` in the place of what the file says, if it was given.
fn put<T>(setting: &mut T, flag: Option<T>) {
    if let Some(flag) = flag {
        *setting = flag;
    }
}

impl Args {
    /// The command line and the environment.
    ///
    /// # Errors
    /// What clap says, for it to print.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let matches = Self::command().try_get_matches_from(words)?;
        let mut args = Self::from_arg_matches(&matches)?;
        args.choose_storage(&matches)?;
        Ok(args)
    }

    /// Of two places for documents a flag goes before a variable; two that are said with the same weight are none.
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
        let message = format!("{both} both say where the documents are: leave one out\n");
        Err(Self::command().error(ErrorKind::ArgumentConflict, message))
    }

    /// The configuration file with the flags over it.
    ///
    /// # Errors
    /// That the file can't be used.
    pub fn settings(&self) -> anyhow::Result<ConfigFile> {
        let mut file = match &self.config {
            Some(path) => ConfigFile::read(path)?,
            None => ConfigFile::default(),
        };
        put(&mut file.listen, self.listen);
        put(&mut file.admin_listen, self.admin_listen.map(Some));
        put(&mut file.storage, self.storage.clone().map(Some));
        put(
            &mut file.hosts,
            Some(self.host.clone()).filter(|hosts| !hosts.is_empty()),
        );
        let uploads = &mut file.uploads;
        put(&mut uploads.allowlist, self.allowlist.clone().map(Some));
        put(&mut uploads.max_document_bytes, self.max_size);
        put(&mut uploads.max_running, self.max_uploads);
        put(&mut file.connections.max_open, self.max_connections);
        put(&mut file.connections.idle_seconds, self.idle_timeout);
        Ok(file)
    }

    /// Where the documents are.
    ///
    /// # Errors
    /// That nothing says so, or that it is no place for documents.
    pub fn location(&self, file: &ConfigFile) -> anyhow::Result<StorageLocation> {
        match (&self.dir, &file.storage) {
            (Some(folder), _) => Ok(StorageLocation::Folder(folder.clone())),
            // A variable that is no text is none of a provider's.
            (None, Some(url)) => {
                let variables = std::env::vars_os().filter_map(|(name, value)| {
                    Some((name.into_string().ok()?, value.into_string().ok()?))
                });
                Ok(StorageLocation::from_url(url, variables)?)
            }
            (None, None) => anyhow::bail!(
                "where the documents are is not set: give --dir FOLDER or --storage URL, or set storage in the configuration file"
            ),
        }
    }
}
