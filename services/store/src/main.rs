//! `generion-store`: runs a document store on a local folder or on object storage.

use std::{
    io::{IsTerminal, Write, stderr, stdout},
    net::SocketAddr,
    num::NonZero,
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context;
use clap::Parser;
use generion_store::{
    Config, ConfigFile, HostName, LogConfig, LogFormat, Redacting, Reloader, Server,
    StorageLocation, TEMPLATE, system_clock,
};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;
use url::Url;

/// Keeps encrypted documents, each under the SHA-256 of its ciphertext (protocol section 7).
///
/// Prints "listening on http://ADDRESS" once it takes requests. Ends on SIGINT or SIGTERM, after the requests that
/// run; on SIGHUP it reads the list of uploaders again. Speaks HTTP without TLS: a proxy in front of it must pass Host
/// and path on as they are. Flags go before the configuration file.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Configuration file
    #[arg(long, env = "GENERION_STORE_CONFIG")]
    config: Option<PathBuf>,

    /// Print the documented configuration file, which says what holds without one, and end
    #[arg(long)]
    print_config: bool,

    /// Address to listen on; port 0 takes any free one
    #[arg(long, env = "GENERION_STORE_LISTEN")]
    listen: Option<SocketAddr>,

    /// Address to answer the operator on: /health, /ready and /metrics
    #[arg(long, env = "GENERION_STORE_ADMIN_LISTEN")]
    admin_listen: Option<SocketAddr>,

    /// Folder that holds the documents, made if it is not there; one store at a time may use it
    #[arg(long, env = "GENERION_STORE_DIR", conflicts_with = "storage")]
    dir: Option<PathBuf>,

    /// Where the documents are: file:///FOLDER, s3://BUCKET/PATH, gs://BUCKET/PATH or az://CONTAINER/PATH
    #[arg(long, env = "GENERION_STORE_STORAGE")]
    storage: Option<Url>,

    /// Name that clients know this store by, with the port unless it is their URL's default; may be repeated
    /// [default: the address, and localhost if that leads here]
    #[arg(long, env = "GENERION_STORE_HOST", value_delimiter = ',', value_parser = host)]
    host: Vec<HostName>,

    /// File with the wallets that may upload, one address a line; without it anybody may
    #[arg(long, env = "GENERION_STORE_ALLOWLIST")]
    allowlist: Option<PathBuf>,

    /// Largest document, in bytes
    #[arg(long, env = "GENERION_STORE_MAX_SIZE")]
    max_size: Option<u64>,

    /// Uploads that may run at the same time
    #[arg(long, env = "GENERION_STORE_MAX_UPLOADS")]
    max_uploads: Option<NonZero<usize>>,

    /// Connections that may be open at the same time
    #[arg(long, env = "GENERION_STORE_MAX_CONNECTIONS")]
    max_connections: Option<NonZero<usize>>,

    /// Seconds that a client may leave the store waiting
    #[arg(long, env = "GENERION_STORE_IDLE_TIMEOUT")]
    idle_timeout: Option<NonZero<u16>>,

    /// Also ends when standard input does, so that it never outlives the program that started it
    #[arg(long)]
    exit_with_stdin: bool,
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
    /// The configuration file with the flags over it.
    fn settings(&self) -> anyhow::Result<ConfigFile> {
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

    fn storage(&self, file: &ConfigFile) -> anyhow::Result<StorageLocation> {
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

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    if args.print_config {
        print!("{TEMPLATE}");
        return ExitCode::SUCCESS;
    }
    match run(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> anyhow::Result<()> {
    let file = args.settings()?;
    let storage = args.storage(&file)?;
    start_log(&file.log)?;

    let mut interrupt = signal(SignalKind::interrupt()).context("can't listen for SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("can't listen for SIGTERM")?;
    let server = Server::bind(Config {
        listen: file.listen,
        admin_listen: file.admin_listen,
        storage,
        hosts: file.hosts.iter().map(|host| host.0.clone()).collect(),
        proxies: file.proxies(),
        origins: file.browsers.origins.clone(),
        uploaders: file.uploaders(),
        quota: file.quota(),
        limits: file.limits(),
        clock: system_clock(),
    })
    .await?;
    tokio::spawn(reload_on_hangup(server.reloader())?);

    tracing::info!(hosts = ?server.hosts(), "answering to these names");
    if let Some(address) = server.admin_address() {
        tracing::info!("answering the operator on http://{address}");
    }
    let mut stdout = stdout();
    writeln!(stdout, "listening on http://{}", server.address())
        .and_then(|()| stdout.flush())
        .context("can't print the address to stdout")?;
    server
        .run(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                () = end_of_stdin(), if args.exit_with_stdin => {}
            }
            tracing::info!("shutting down");
        })
        .await;
    Ok(())
}

fn start_log(config: &LogConfig) -> anyhow::Result<()> {
    let filter = match EnvFilter::try_from_default_env() {
        Ok(filter) => filter,
        Err(_) => EnvFilter::try_new(&config.filter)
            .with_context(|| format!("{:?} is no filter for the log", config.filter))?,
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Redacting(stderr()));
    match config.format {
        LogFormat::Text => log.with_ansi(stderr().is_terminal()).init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}

/// Reads the list of uploaders again on each SIGHUP.
fn reload_on_hangup(
    reloader: Reloader,
) -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let mut hangup = signal(SignalKind::hangup()).context("can't listen for SIGHUP")?;
    Ok(async move {
        while hangup.recv().await.is_some() {
            match reloader.reload() {
                Ok(Some(count)) => tracing::info!("{count} wallets may upload now"),
                Ok(None) => tracing::info!("anybody may upload: there is no list to read again"),
                Err(error) => {
                    tracing::error!("{:#}; the old list holds", anyhow::Error::new(error))
                }
            }
        }
    })
}

/// Returns when whoever holds the other end is gone. Reading blocks, hence a thread of its own.
async fn end_of_stdin() {
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // An input that can't be read is as gone as one that ended.
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = ended.send(());
    });
    let _ = end.await;
}
