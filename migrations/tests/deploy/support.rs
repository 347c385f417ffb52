//! A node, a workspace to deploy from, wallets, and a node's door that can be shut.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{
        Arc, Condvar, Mutex, Once,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, body::Bytes, extract::State, http::StatusCode, response::IntoResponse};
use generion_deploy::{Deployment, Node, Signers};
use generion_sbf::{Manifest, ToolchainInfo};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_keypair::{Keypair, write_keypair_file};
use solana_loader_v3_interface::get_program_data_address;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::config::RpcSendTransactionConfig;
use solana_signer::Signer;
use solana_transaction::Transaction;
use solana_transaction_error::TransactionError;
use tempfile::TempDir;

/// One SOL.
pub const SOL: u64 = 1_000_000_000;

/// What a program data account has before the binary.
pub const DATA_HEAD: usize = 45;

/// A ledger, and a workspace to deploy on it from.
pub struct Stage {
    pub rpc: RpcClient,
    pub rpc_url: String,
    pub folder: TempDir,
    node: Child,
}

/// A wallet and its file.
pub struct Wallet {
    pub keypair: Keypair,
    pub file: PathBuf,
}

impl Wallet {
    pub fn address(&self) -> Address {
        self.keypair.pubkey()
    }

    pub fn path(&self) -> &str {
        self.file.to_str().unwrap()
    }
}

/// A run of the deploying program that has ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

impl Stage {
    pub fn new() -> Self {
        let folder = std::env::var_os("GENERION_PROGRAMS").map_or_else(
            || {
                let program = std::env::current_exe().unwrap();
                program.ancestors().nth(2).unwrap().to_owned()
            },
            PathBuf::from,
        );
        let validator = folder.join("generion-localnet");
        assert!(
            validator.exists(),
            "{} is not there: `cargo xtask test` builds it, or `cargo build --workspace --bins`",
            validator.display()
        );
        let mut node = Command::new(validator)
            .args([
                "start",
                "--port",
                "0",
                "--ws-port",
                "0",
                "--slot-time",
                "40",
            ])
            // It reports every transaction that comes a second time as an error.
            .args([
                "--no-generion",
                "--json",
                "--exit-with-stdin",
                "--log-level",
                "none",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(node.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready: Value = serde_json::from_str(&line).expect("the node's ready line");
        let rpc_url = ready["rpc_url"].as_str().unwrap().to_owned();
        let rpc = RpcClient::new_with_commitment(rpc_url.clone(), CommitmentConfig::confirmed());
        Self {
            rpc,
            rpc_url,
            folder: tempfile::tempdir().unwrap(),
            node,
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A new wallet with this many lamports.
    pub fn wallet(&self, name: &str, lamports: u64) -> Wallet {
        let (keypair, file) = (Keypair::new(), self.path(name));
        write_keypair_file(&keypair, &file).unwrap();
        let wallet = Wallet { keypair, file };
        self.give(&wallet.address(), lamports);
        wallet
    }

    pub fn give(&self, to: &Address, lamports: u64) {
        if lamports > 0 {
            self.rpc.request_airdrop(to, lamports).unwrap();
            eventually("the airdrop lands", || {
                (self.lamports(to) >= lamports).then_some(())
            });
        }
    }

    pub fn lamports(&self, address: &Address) -> u64 {
        let account = self
            .rpc
            .get_account_with_commitment(address, CommitmentConfig::confirmed());
        account.unwrap().value.map_or(0, |account| account.lamports)
    }

    /// A binary with its manifest, as the build puts them into a folder.
    pub fn artifact(&self, name: &str, program_id: &Address, binary: &[u8]) -> (PathBuf, Manifest) {
        let folder = self.path(name);
        fs::create_dir_all(&folder).unwrap();
        let manifest = Manifest {
            program_id: program_id.to_string(),
            sha256: sha256(binary),
            size: binary.len() as u64,
            source_digest: "5d".repeat(32),
            toolchain: ToolchainInfo {
                kind: "registry".to_owned(),
                rustc: "rustc".to_owned(),
                llvm: "llvm".to_owned(),
                linker: "linker".to_owned(),
                id: "0123456789abcdef".to_owned(),
            },
        };
        fs::write(folder.join("generion.so"), binary).unwrap();
        let text = serde_json::to_vec(&manifest).unwrap();
        fs::write(folder.join("manifest.json"), text).unwrap();
        (folder, manifest)
    }

    /// The same, recorded as the one that may be deployed.
    pub fn recorded(&self, name: &str, program_id: &Address, binary: &[u8]) -> PathBuf {
        let (folder, manifest) = self.artifact(name, program_id, binary);
        let mut register = generion_sbf::Register::open(self.folder.path()).unwrap();
        register.record(&manifest).unwrap();
        folder
    }

    /// The deploying program, not yet run.
    pub fn command(&self, url: &str, artifact: &Path, flags: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_generion-deploy"));
        command
            .args(["--url", url, "--workspace"])
            .arg(self.folder.path())
            .arg("--artifact")
            .arg(artifact)
            .args(flags)
            .env("HOME", self.folder.path())
            .stdin(Stdio::null());
        for variable in ["GENERION_URL", "GENERION_KEYPAIR", "GENERION_FEE_PAYER"] {
            command.env_remove(variable);
        }
        command
    }

    /// Runs it against the node itself.
    pub fn run(&self, artifact: &Path, flags: &[&str]) -> Ended {
        let output = self.command(&self.rpc_url, artifact, flags).output();
        output.unwrap().into()
    }

    /// Runs it with `--yes`, and it must do its work. What it printed.
    #[track_caller]
    pub fn deploys(&self, artifact: &Path, flags: &[&str]) -> Value {
        let ended = self.run(artifact, &[flags, &["--yes"]].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        serde_json::from_str(&ended.stdout).unwrap()
    }

    /// Runs it with `--yes`, and it must refuse. Its last line.
    #[track_caller]
    pub fn refuses(&self, artifact: &Path, flags: &[&str]) -> String {
        let ended = self.run(artifact, &[flags, &["--yes"]].concat());
        assert_eq!(
            (ended.code, &ended.stdout[..]),
            (Some(1), ""),
            "{}",
            ended.stderr
        );
        let error = ended
            .stderr
            .lines()
            .find(|line| line.starts_with("error: "));
        error.expect("it says why").to_owned()
    }

    /// The code of a program: the binary, then zeros. From the ledger, by another way than the deploying program's.
    pub fn code(&self, program_id: &Address) -> Option<Vec<u8>> {
        let program = self
            .rpc
            .get_account_with_commitment(program_id, CommitmentConfig::confirmed());
        let program = program.unwrap().value?;
        assert!(program.executable, "{program_id}");
        let data = get_program_data_address(program_id);
        assert_eq!(program.data[4..], data.to_bytes());
        Some(self.rpc.get_account_data(&data).unwrap()[DATA_HEAD..].to_vec())
    }

    /// The upgrade authority of a program.
    pub fn authority(&self, program_id: &Address) -> Option<Address> {
        let data = get_program_data_address(program_id);
        let data = self.rpc.get_account_data(&data).unwrap();
        (data[12] == 1).then(|| Address::try_from(&data[13..DATA_HEAD]).unwrap())
    }

    /// Sends a transaction without a rehearsal; the ledger's word on it.
    pub fn send(
        &self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<(), TransactionError> {
        let block_hash = self.rpc.get_latest_blockhash().unwrap();
        let payer = signers[0].pubkey();
        let transaction =
            Transaction::new_signed_with_payer(instructions, Some(&payer), signers, block_hash);
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            ..Default::default()
        };
        let signature = self
            .rpc
            .send_transaction_with_config(&transaction, config)
            .unwrap();
        eventually("the transaction is confirmed", || {
            let statuses = self.rpc.get_signature_statuses(&[signature]).unwrap();
            let status = statuses.value.into_iter().next().flatten()?;
            status
                .satisfies_commitment(CommitmentConfig::confirmed())
                .then_some(status.status)
        })
    }

    /// How many transactions of the ledger name an address, without those that failed.
    pub fn transactions(&self, address: &Address) -> usize {
        let history = self.rpc.get_signatures_for_address(address).unwrap();
        history.iter().filter(|entry| entry.err.is_none()).count()
    }

    /// The deployment as the library sees it, at a URL.
    pub fn deployment<'a>(
        &self,
        node: &'a Node,
        wallet: &'a Wallet,
        program: &'a Wallet,
        binary: &[u8],
    ) -> Deployment<'a> {
        let signers = Signers {
            payer: &wallet.keypair,
            authority: &wallet.keypair,
            program: Some(&program.keypair),
        };
        Deployment::new(node, signers, program.address(), binary.to_vec(), 0, 0)
    }

    pub fn node(&self) -> Node {
        Node::new(&self.rpc_url, CommitmentConfig::confirmed())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // It may have ended already; nothing depends on the outcome.
        let _ = self.node.kill();
        let _ = self.node.wait();
    }
}

/// The program's binary. The ledger takes it at any address, though it would refuse to run at another than its own.
pub fn binary() -> &'static [u8] {
    generion_artifact::PROGRAM
}

/// Another binary that the loader takes: the same program, with this many bytes behind it.
pub fn longer(bytes: usize) -> Vec<u8> {
    let noise = (0..bytes).map(|index| (index % 251) as u8 + 1);
    binary().iter().copied().chain(noise).collect()
}

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Asks again until there is an answer; the test fails after a minute.
pub fn eventually<T>(what: &str, mut answer: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(answer) = answer() {
            return answer;
        }
        assert!(Instant::now() < deadline, "still not so: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// What happens to the transactions that pass a door, by their number from 1 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing.
    None,
    /// Before this one passes, the sender is killed.
    KillBefore(usize),
    /// After this one has passed, the sender is killed, and does not hear that it passed.
    KillAfter(usize),
    /// Of every so many, one passes, and its answer is lost.
    LoseAnswer(usize),
    /// Of every so many, one is lost, and the sender is told that it passed.
    LoseTransaction(usize),
}

/// A door before a node: what passes is counted, and the trouble happens.
pub struct Door {
    pub url: String,
    inner: Arc<Inner>,
    _runtime: tokio::runtime::Runtime,
}

struct Inner {
    node: String,
    trouble: Trouble,
    sent: AtomicUsize,
    sender: (Mutex<Option<u32>>, Condvar),
    killed: Once,
    http: reqwest::Client,
}

impl Door {
    pub fn new(stage: &Stage, trouble: Trouble) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let inner = Arc::new(Inner {
            node: stage.rpc_url.clone(),
            trouble,
            sent: AtomicUsize::new(0),
            sender: Default::default(),
            killed: Once::new(),
            http: reqwest::Client::new(),
        });
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass).with_state(inner.clone());
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self {
            url,
            inner,
            _runtime: runtime,
        }
    }

    /// Transactions that came to it.
    pub fn sent(&self) -> usize {
        self.inner.sent.load(Ordering::SeqCst)
    }

    /// Runs a command that sends through it.
    pub fn run(&self, mut command: Command) -> Ended {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        *self.inner.sender.0.lock().unwrap() = Some(child.id());
        self.inner.sender.1.notify_all();
        child.wait_with_output().unwrap().into()
    }
}

impl Inner {
    /// Kills the sender, unless that was done before.
    fn kill_sender(&self) {
        self.killed.call_once(|| self.kill());
    }

    fn kill(&self) {
        let (pid, known) = &self.sender;
        let pid = known.wait_while(pid.lock().unwrap(), |pid| pid.is_none());
        let pid = pid.unwrap().unwrap().to_string();
        let killed = Command::new("kill").args(["-s", "KILL", &pid]).status();
        assert!(killed.unwrap().success());
    }

    async fn forward(&self, body: Bytes) -> axum::response::Response {
        let answer = self
            .http
            .post(&self.node)
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await;
        match answer {
            Ok(answer) => {
                let status = answer.status();
                (status, answer.bytes().await.unwrap_or_default()).into_response()
            }
            Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
        }
    }
}

async fn pass(State(inner): State<Arc<Inner>>, body: Bytes) -> axum::response::Response {
    // In a task of its own: what has passed is not called back when the sender dies.
    let passing = tokio::spawn(pass_or_not(inner, body));
    passing
        .await
        .unwrap_or_else(|error| error.to_string().into_response())
}

async fn pass_or_not(inner: Arc<Inner>, body: Bytes) -> axum::response::Response {
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    if request["method"] != "sendTransaction" {
        return inner.forward(body).await;
    }
    let number = inner.sent.fetch_add(1, Ordering::SeqCst) + 1;
    let lost = (StatusCode::GATEWAY_TIMEOUT, "lost").into_response();
    match inner.trouble {
        Trouble::KillBefore(at) if number >= at => {
            tokio::task::block_in_place(|| inner.kill_sender());
            lost
        }
        Trouble::KillAfter(at) if number >= at => {
            inner.forward(body).await;
            tokio::task::block_in_place(|| inner.kill_sender());
            lost
        }
        Trouble::LoseAnswer(of) if number.is_multiple_of(of) => {
            inner.forward(body).await;
            lost
        }
        Trouble::LoseTransaction(of) if number.is_multiple_of(of) => {
            let signature = solana_signature::Signature::default().to_string();
            let answer = json!({ "jsonrpc": "2.0", "id": request["id"], "result": signature });
            axum::Json(answer).into_response()
        }
        _ => inner.forward(body).await,
    }
}
