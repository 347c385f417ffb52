use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use generion_client::{
    Addresses, Deployment, Filter, GenesisHash, KeyedAccount, Ledger, accounts::LedgerAccount,
};
use generion_test_support::program;
use serde_json::Value;
use solana_address::Address;
use solana_keypair::{Keypair, write_keypair_file};
use solana_signer::Signer;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::cli::Person;

/// A running `generion localnet`, and a runtime to look at its ledger with.
pub struct Town {
    /// The tests' view of the ledger.
    pub ledger: Ledger,
    /// The document store.
    pub store_url: String,
    /// The gateway's URL.
    pub gateway_url: String,
    /// The web app's URL, if it is served.
    pub app_url: Option<String>,
    /// The folder in which all commands run.
    pub folder: PathBuf,
    /// The URL of the validator.
    pub rpc_url: String,
    /// The URL of the validator's websocket.
    pub ws_url: String,
    wallets: Vec<Value>,
    runtime: Runtime,
    /// The option that names localnet's folder.
    place: &'static str,
    localnet: Child,
    _folder: TempDir,
}

impl Town {
    /// Starts a town on free ports.
    pub fn found() -> Self {
        Self::start("--dir")
    }

    /// Starts a town that keeps its ledger, for [`Self::start_again`].
    pub fn found_to_stay() -> Self {
        Self::start("--persist")
    }

    fn start(place: &'static str) -> Self {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        let folder = temporary.path().to_owned();
        let (localnet, up) = start_localnet(&folder, place, &[]);
        let town = Self {
            ledger: ledger(&up),
            store_url: text(&up, "store_url"),
            gateway_url: text(&up, "gateway_url"),
            app_url: up["app_url"].as_str().map(str::to_owned),
            rpc_url: text(&up, "rpc_url"),
            ws_url: text(&up, "ws_url"),
            wallets: up["wallets"]
                .as_array()
                .expect("localnet tells its wallets")
                .clone(),
            runtime: Runtime::new().expect("a runtime"),
            folder,
            place,
            localnet,
            _folder: temporary,
        };
        for wallet in &town.wallets {
            let address = wallet["address"]
                .as_str()
                .and_then(|text| text.parse().ok())
                .expect("an address");
            town.wait_until(
                |town| town.lamports(&address) > 0,
                "localnet's wallets are funded",
            );
        }
        town
    }

    /// Another view of this town's ledger.
    pub fn another_ledger(&self) -> Ledger {
        crate::market::ledger(*self.ledger.deployment(), &self.rpc_url)
    }

    /// Waits for a future on this town's runtime.
    pub fn wait<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// One of localnet's funded wallets: patient, clinic, doctor or buyer.
    pub fn person(&self, role: &str) -> Person {
        let wallet = self
            .wallets
            .iter()
            .find(|wallet| wallet["role"] == role)
            .expect("localnet has the role");
        Person {
            address: wallet["address"]
                .as_str()
                .and_then(|text| text.parse().ok())
                .expect("an address"),
            keypair: wallet["keypair"].as_str().expect("a file").into(),
            rpc_url: self.rpc_url.clone(),
            folder: self.folder.clone(),
        }
    }

    /// A person with a new wallet that holds lamports.
    pub fn newcomer(&self, name: &str, lamports: u64) -> Person {
        let wallet = Keypair::new();
        let keypair = self.folder.join(format!("{name}.json"));
        write_keypair_file(&wallet, &keypair).expect("the keypair is written");
        let address = wallet.pubkey();
        if lamports > 0 {
            let airdrop = self.ledger.rpc().request_airdrop(&address, lamports);
            self.runtime.block_on(airdrop).expect("an airdrop");
            self.wait_until(
                |town| town.lamports(&address) >= lamports,
                "the airdrop lands",
            );
        }
        Person {
            address,
            keypair,
            rpc_url: self.rpc_url.clone(),
            folder: self.folder.clone(),
        }
    }

    /// The program's addresses.
    pub const fn addresses(&self) -> &Addresses {
        self.ledger.addresses()
    }

    /// An account, from the ledger.
    #[track_caller]
    pub fn read<T: LedgerAccount>(&self, address: &Address) -> T {
        self.runtime
            .block_on(self.ledger.get(address))
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// All accounts of a kind, from the ledger.
    pub fn list<T: LedgerAccount>(&self, filters: &[Filter]) -> Vec<KeyedAccount<T>> {
        self.runtime
            .block_on(self.ledger.list(filters))
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Lamports, from the ledger.
    pub fn lamports(&self, address: &Address) -> u64 {
        self.runtime
            .block_on(self.ledger.lamports(address))
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Writes a file into the town's folder.
    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.join(name);
        std::fs::write(&path, bytes).expect("the file is written");
        path
    }

    /// The path of a document's ciphertext in the store, for tests that damage it.
    pub fn blobs(&self) -> Vec<PathBuf> {
        files_below(&self.folder.join("localnet/store/blobs"))
    }

    /// Moves the validator's clock.
    pub fn move_clock(&self, unix_time: i64) {
        let method = solana_rpc_client_api::request::RpcRequest::Custom {
            method: "surfnet_timeTravel",
        };
        let parameters = serde_json::json!([{ "absoluteTimestamp": unix_time * 1000 }]);
        let moved = self.ledger.rpc().send::<Value>(method, parameters);
        self.runtime.block_on(moved).expect("the clock moves");
        self.wait_until(
            |town| town.unix_time() >= unix_time,
            "the ledger shows the new time",
        );
    }

    /// Kills `generion localnet` without warning.
    pub fn kill_localnet(&mut self) {
        self.localnet.kill().expect("it runs");
        self.localnet.wait().expect("it has ended");
    }

    /// Starts `generion localnet` again in the same folder, with further flags.
    pub fn start_again(&mut self, flags: &[&str]) {
        let (localnet, up) = start_localnet(&self.folder, self.place, flags);
        self.localnet = localnet;
        self.ledger = ledger(&up);
        self.store_url = text(&up, "store_url");
        self.gateway_url = text(&up, "gateway_url");
        self.app_url = up["app_url"].as_str().map(str::to_owned);
        self.rpc_url = text(&up, "rpc_url");
        self.ws_url = text(&up, "ws_url");
    }

    /// Whether a server listens at the host and port of a URL.
    pub fn answers(&self, url: &str) -> bool {
        let authority = url.trim_start_matches("http://").trim_end_matches('/');
        std::net::TcpStream::connect(authority).is_ok()
    }

    /// The ledger's clock.
    pub fn unix_time(&self) -> i64 {
        self.runtime
            .block_on(self.ledger.unix_time())
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Waits for a condition; the test fails after two minutes. (A command waits for a transaction as long as it can land, which
    /// is more than one minute.)
    pub fn wait_until(&self, condition: impl Fn(&Self) -> bool, what: &str) {
        let started = Instant::now();
        while !condition(self) {
            assert!(
                started.elapsed() < Duration::from_secs(120),
                "still not so: {what}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        // Interrupted as by Ctrl-C, so that it can end its own children.
        let _ = Command::new("kill")
            .args(["-INT", &self.localnet.id().to_string()])
            .status();
        let _ = self.localnet.wait();
    }
}

/// Starts localnet on free ports. Returns it with its JSON output.
fn start_localnet(folder: &Path, place: &str, flags: &[&str]) -> (Child, Value) {
    let mut localnet = Command::new(program("generion"))
        .args(["--output", "json", "localnet"])
        .args(["--port", "0", "--store-port", "0", "--gateway-port", "0"])
        .args(flags)
        .arg(place)
        .arg(folder.join("localnet"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("the program starts");
    let up = read_json(&mut localnet);
    (localnet, up)
}

fn text(up: &Value, field: &str) -> String {
    up[field].as_str().expect("localnet tells it").to_owned()
}

fn ledger(up: &Value) -> Ledger {
    let deployment = Deployment {
        genesis: GenesisHash::LOCALNET,
        program_id: text(up, "program_id").parse().expect("an address"),
    };
    crate::market::ledger(deployment, &text(up, "rpc_url"))
}

/// The JSON object that localnet prints, on several lines.
fn read_json(localnet: &mut Child) -> Value {
    let mut lines = BufReader::new(localnet.stdout.take().expect("its output is piped")).lines();
    let mut text = String::new();
    loop {
        let line = lines
            .next()
            .expect("localnet ended before it was up")
            .expect("its output is text");
        text.push_str(&line);
        if let Ok(value) = serde_json::from_str(&text) {
            // Read to the end, so that a full pipe never blocks localnet.
            std::thread::spawn(move || lines.for_each(drop));
            return value;
        }
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(files_below(&path))
        } else {
            files.push(path)
        }
    }
    files
}
