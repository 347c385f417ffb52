//! The validator, the store and the gateway, which run as separate programs, and a folder for all files of the story.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use generion_client::{Deployment, GenesisHash, Ledger, events::Event, locator::StoreUrl};
use serde::Deserialize;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_rpc_client_api::request::RpcRequest;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdout, Command},
    time::{Instant, sleep, timeout},
};

/// A slot takes 100 ms, to keep the demo short. The validator ends with this program, however this program ends.
const VALIDATOR_FLAGS: [&str; 7] = [
    "start",
    "--json",
    "--exit-with-stdin",
    "--port",
    "0",
    "--slot-time",
    "100",
];
const GATEWAY_FLAGS: [&str; 6] = [
    "serve",
    "--exit-with-stdin",
    "--cluster",
    "localnet",
    "--listen",
    "127.0.0.1:0",
];
const WEB_FLAGS: [&str; 4] = ["--exit-with-stdin", "--listen", "127.0.0.1:0", "--dir"];
/// The folder beside the programs that `cargo xtask web` makes.
const APP: &str = "generion-app";
const START_LIMIT: Duration = Duration::from_secs(30);
const LANDING_LIMIT: Duration = Duration::from_secs(30);

/// The line that the validator prints when it is ready.
#[derive(Deserialize)]
struct Ready {
    rpc_url: String,
    program_id: Option<String>,
    ready_ms: u64,
}

/// A running validator, store and gateway.
pub struct Stage {
    folder: Folder,
    validator: Child,
    store: Child,
    gateway: Child,
    web: Option<Child>,
    /// The validator's JSON-RPC address.
    pub rpc_url: String,
    /// The store's address.
    pub store_url: StoreUrl,
    /// The gateway's address.
    pub gateway_url: String,
    /// The cluster, and the program there.
    pub deployment: Deployment,
    /// Milliseconds until the validator was ready.
    pub ready_ms: u64,
}

/// The folder stays where the user goes on by hand.
enum Folder {
    Temporary(TempDir),
    Kept(PathBuf),
}

impl Stage {
    /// Starts the three programs from the folder `programs`, on free ports. With `keep`, the folder of the story's files stays
    /// after the demo.
    pub async fn set(programs: &Path, keep: bool) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("generion-demo-")
            .tempdir()
            .context("no temporary folder")?;
        let folder = if keep {
            Folder::Kept(folder.keep())
        } else {
            Folder::Temporary(folder)
        };
        let (validator, line) =
            start(programs, "generion-localnet", &VALIDATOR_FLAGS, None).await?;
        let ready: Ready =
            serde_json::from_str(&line).with_context(|| format!("the validator says: {line}"))?;
        let documents = folder.path().join("store");
        let (store, line) = start(
            programs,
            "generion-store",
            &["--exit-with-stdin", "--listen", "127.0.0.1:0", "--dir"],
            Some(&documents),
        )
        .await?;
        let url = line
            .strip_prefix("listening on ")
            .with_context(|| format!("the store says: {line}"))?;
        let database = format!("sqlite:{}", folder.path().join("index.sqlite").display());
        let flags = [
            &GATEWAY_FLAGS[..],
            &["--node", &ready.rpc_url, "--database", &database],
        ];
        let (gateway, line) = start(programs, "generion-gateway", &flags.concat(), None).await?;
        let gateway_url = line
            .strip_prefix("listening on ")
            .with_context(|| format!("the gateway says: {line}"))?;
        Ok(Self {
            folder,
            validator,
            store,
            gateway,
            web: None,
            gateway_url: gateway_url.trim().to_owned(),
            rpc_url: ready.rpc_url,
            store_url: url
                .trim()
                .parse()
                .with_context(|| format!("the store says: {line}"))?,
            deployment: Deployment {
                genesis: GenesisHash::LOCALNET,
                program_id: ready
                    .program_id
                    .context("the validator runs without the program")?
                    .parse()?,
            },
            ready_ms: ready.ready_ms,
        })
    }

    /// Serves the web app from the folder beside the programs. Returns its address, or `None` if nobody built it.
    pub async fn serve_app(&mut self, programs: &Path) -> Result<Option<String>> {
        let built = programs.join(APP);
        if !built.is_dir() {
            return Ok(None);
        }
        let networks = self.path("networks.json");
        let network = serde_json::json!([{
            "name": "Demo",
            "cluster": "localnet",
            "program": self.deployment.program_id.to_string(),
            "nodes": [self.rpc_url],
            "stores": [self.store_url.to_string()],
            "gateway": self.gateway_url,
        }]);
        fs::write(&networks, network.to_string())
            .with_context(|| format!("{}", networks.display()))?;
        let (built, networks) = (built.display().to_string(), networks.display().to_string());
        let flags = [&WEB_FLAGS[..], &[&built, "--networks", &networks]].concat();
        let (web, line) = start(programs, "generion-web", &flags, None).await?;
        self.web = Some(web);
        let url = line.strip_prefix("listening on ");
        let url = url.with_context(|| format!("the web app's server says: {line}"))?;
        Ok(Some(url.trim().to_owned()))
    }

    /// The path of a file or folder of the story.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The path of a file in the command line's data folder (`GENERION_DATA`).
    pub fn data(&self, name: &str) -> Result<PathBuf> {
        let folder = self.path("data");
        fs::create_dir_all(&folder).with_context(|| format!("{}", folder.display()))?;
        Ok(folder.join(name))
    }

    /// Writes a wallet to `NAME.json`. Returns the path.
    pub fn save_keypair(&self, name: &str, wallet: &Keypair) -> Result<PathBuf> {
        let path = self.path(&format!("{name}.json"));
        solana_keypair::write_keypair_file(wallet, &path)
            .map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
        Ok(path)
    }

    /// Waits until a wallet holds at least so many lamports. Returns its balance.
    pub async fn wait_for_lamports(
        &self,
        ledger: &Ledger,
        wallet: &Address,
        at_least: u64,
    ) -> Result<u64> {
        let started = Instant::now();
        loop {
            let lamports = ledger.lamports(wallet).await?;
            if lamports >= at_least {
                return Ok(lamports);
            }
            ensure!(
                started.elapsed() < LANDING_LIMIT,
                "wallet {wallet} holds {lamports} lamports, not {at_least}"
            );
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Moves the validator's clock to a Unix time in seconds, and waits until the ledger shows it.
    pub async fn move_clock(&self, ledger: &Ledger, unix_time: i64) -> Result<()> {
        let milliseconds = unix_time
            .checked_mul(1000)
            .context("the clock can't go there")?;
        let method = RpcRequest::Custom {
            method: "surfnet_timeTravel",
        };
        let parameters = serde_json::json!([{ "absoluteTimestamp": milliseconds }]);
        let _: serde_json::Value = ledger
            .rpc()
            .send(method, parameters)
            .await
            .context("the clock does not move")?;
        let started = Instant::now();
        while ledger.unix_time().await? < unix_time {
            ensure!(
                started.elapsed() < LANDING_LIMIT,
                "the clock stands at {}",
                ledger.unix_time().await?
            );
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// The program's events in all successful transactions, oldest first.
    pub async fn history(&self, ledger: &Ledger) -> Result<Vec<Event>> {
        let mut transactions = ledger
            .rpc()
            .get_signatures_for_address(&self.deployment.program_id)
            .await?;
        transactions.reverse();
        let mut events = Vec::new();
        for transaction in transactions
            .iter()
            .filter(|transaction| transaction.err.is_none())
        {
            let signature = transaction.signature.parse()?;
            events.extend(ledger.confirmed_transaction(&signature).await?.events);
        }
        Ok(events)
    }

    /// Stops the programs.
    pub async fn strike(mut self) {
        let servers = [&mut self.gateway, &mut self.store, &mut self.validator];
        for child in self.web.iter_mut().chain(servers) {
            // A terminal's Ctrl-C reaches the programs too, and may have ended them already.
            let _ = child.kill().await;
        }
    }
}

impl Folder {
    fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }
}

/// Starts a program of this build. Returns it with its first line on standard output.
async fn start(
    programs: &Path,
    name: &str,
    arguments: &[&str],
    last: Option<&Path>,
) -> Result<(Child, String)> {
    let program = programs.join(name);
    ensure!(
        program.exists(),
        "{} is not there: run `cargo xtask demo`, which builds it",
        program.display()
    );
    let mut command = Command::new(&program);
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    if let Some(last) = last {
        fs::create_dir_all(last).with_context(|| format!("{}", last.display()))?;
        command.arg(last);
    }
    let mut child = command
        .spawn()
        .with_context(|| format!("{} does not start", program.display()))?;
    let output: ChildStdout = child
        .stdout
        .take()
        .with_context(|| format!("{name} has no output"))?;
    let mut lines = BufReader::new(output).lines();
    let first = timeout(START_LIMIT, lines.next_line())
        .await
        .with_context(|| format!("{name} is not ready"))??;
    let Some(line) = first else {
        bail!(
            "{name} ended before it was ready: run {} {} to see why",
            program.display(),
            arguments.join(" ")
        );
    };
    // Read to the end, so that a full pipe never blocks the program.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok((child, line))
}
