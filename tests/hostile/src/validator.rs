use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use generion::{GenerionError, ID};
use generion_interface::{Deployment, GenesisHash, Instructions, accounts::LedgerAccount};
use serde_json::{Value, json};
use solana_account::Account;
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_instruction::{Instruction, error::InstructionError};
use solana_keypair::Keypair;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::{config::RpcSendTransactionConfig, request::RpcRequest};
use solana_sdk_ids::sysvar;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::{Transaction, versioned::VersionedTransaction};
use solana_transaction_error::TransactionError;

/// One SOL, in lamports.
pub const SOL: u64 = 1_000_000_000;
/// Milliseconds from block to block: short, so that what is sent is soon final.
const SLOT_TIME: u64 = 40;
/// Where the Clock sysvar keeps its Unix time.
pub(crate) const CLOCK_UNIX_TIME: usize = 32;

/// A local validator of a test's own, asked directly: the truth. It ends with the value.
pub struct Validator {
    /// Its JSON-RPC server.
    pub url: String,
    /// Its websocket server.
    pub ws_url: String,
    /// Asks it, at `confirmed`.
    pub rpc: RpcClient,
    /// Builds instructions.
    pub instructions: Instructions,
    /// The program on this ledger.
    pub deployment: Deployment,
    process: Child,
}

impl Validator {
    /// Starts one on free ports with the program in it, and short slots.
    pub fn start() -> Self {
        Self::start_with_slots(SLOT_TIME)
    }

    /// The same, with so many milliseconds from block to block. A block hash is good for 150 blocks.
    pub fn start_with_slots(slot_time: u64) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let binary = folder.path().join("generion.so");
        fs::write(&binary, generion_artifact::PROGRAM).expect("the binary is written");
        let mut process = Command::new(program("generion-localnet"))
            .args(["start", "--json", "--exit-with-stdin"])
            .args(["--log-level", "none", "--slot-time", &slot_time.to_string()])
            .args(["--port", "0", "--ws-port", "0", "--no-generion"])
            .args(["--upgradeable-program", &ID.to_string()])
            .arg(&binary)
            .arg("none")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the validator starts");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("its output is piped");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("its output is text");
        let ready: Value = serde_json::from_str(&line).expect("its ready line");
        let text = |field: &str| ready[field].as_str().expect("a URL").to_owned();
        let rpc = RpcClient::new_with_commitment(text("rpc_url"), CommitmentConfig::confirmed());
        let genesis = rpc.get_genesis_hash().expect("it has a genesis hash");
        Self {
            url: text("rpc_url"),
            ws_url: text("ws_url"),
            rpc,
            instructions: Instructions::default(),
            deployment: Deployment {
                genesis: GenesisHash(genesis.to_bytes()),
                program_id: ID,
            },
            process,
        }
    }

    /// A new wallet with lamports.
    pub fn wallet(&self, lamports: u64) -> Keypair {
        let wallet = Keypair::new();
        self.give(&wallet.pubkey(), lamports);
        wallet
    }

    /// Fills a wallet.
    pub fn give(&self, to: &Address, lamports: u64) {
        let before = self.lamports(to);
        self.rpc.request_airdrop(to, lamports).expect("an airdrop");
        eventually("the wallet is filled", || {
            (self.lamports(to) >= before + lamports).then_some(())
        });
    }

    /// Signs a transaction with a present block hash. The first signer pays.
    pub fn signed(
        &self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> VersionedTransaction {
        let block_hash = self.rpc.get_latest_blockhash().expect("a block hash");
        let payer = signers[0].pubkey();
        Transaction::new_signed_with_payer(instructions, Some(&payer), signers, block_hash).into()
    }

    /// Sends a transaction, and waits until the ledger tells its fate.
    pub fn fate(&self, transaction: &VersionedTransaction) -> Result<(), TransactionError> {
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            ..RpcSendTransactionConfig::default()
        };
        let signature = self
            .rpc
            .send_transaction_with_config(transaction, config)
            .unwrap_or_else(|error| panic!("the validator takes the transaction: {error}"));
        self.fate_of(&signature)
    }

    /// Waits until the ledger tells the fate of a transaction that was sent.
    pub fn fate_of(&self, signature: &Signature) -> Result<(), TransactionError> {
        eventually("the transaction is confirmed", || {
            let statuses = self.rpc.get_signature_statuses(&[*signature]).ok()?;
            let status = statuses.value.into_iter().next().flatten()?;
            status
                .satisfies_commitment(CommitmentConfig::confirmed())
                .then_some(status.status)
        })
    }

    /// Sends instructions that must do their work.
    #[track_caller]
    pub fn lands(&self, instructions: &[Instruction], signers: &[&Keypair]) {
        assert_eq!(self.fate(&self.signed(instructions, signers)), Ok(()));
    }

    /// Sends an instruction that must be refused by a rule of the program.
    #[track_caller]
    pub fn breaks(&self, instruction: Instruction, signers: &[&Keypair], rule: GenerionError) {
        assert_eq!(
            self.fate(&self.signed(&[instruction], signers)),
            Err(TransactionError::InstructionError(
                0,
                InstructionError::Custom(code(rule))
            ))
        );
    }

    /// An account of the program that must be there, decoded.
    #[track_caller]
    pub fn read<T: LedgerAccount>(&self, address: &Address) -> T {
        self.find(address)
            .unwrap_or_else(|| panic!("there is no {} at {address}", T::NAME))
    }

    /// An account of the program, decoded.
    #[track_caller]
    pub fn find<T: LedgerAccount>(&self, address: &Address) -> Option<T> {
        let account = self.account(address)?;
        let decoded = T::decode(&ID, &account.owner, &account.data);
        Some(decoded.unwrap_or_else(|error| panic!("{address}: {error}")))
    }

    /// An account as it is.
    #[track_caller]
    pub fn account(&self, address: &Address) -> Option<Account> {
        self.rpc
            .get_account_with_commitment(address, CommitmentConfig::confirmed())
            .unwrap_or_else(|error| panic!("{address}: {error}"))
            .value
            .filter(|account| account.lamports > 0)
    }

    /// All accounts of the program.
    pub fn accounts(&self) -> Vec<(Address, Account)> {
        self.rpc
            .get_program_accounts(&ID)
            .unwrap_or_else(|error| panic!("the program's accounts: {error}"))
    }

    /// The lamports of an address.
    pub fn lamports(&self, address: &Address) -> u64 {
        self.account(address).map_or(0, |account| account.lamports)
    }

    /// The ledger's clock, in Unix seconds.
    pub fn unix_time(&self) -> i64 {
        let clock = self.account(&sysvar::clock::ID).expect("there is a clock");
        let bytes = clock.data[CLOCK_UNIX_TIME..].first_chunk();
        i64::from_le_bytes(*bytes.expect("the clock is longer"))
    }

    /// Moves the ledger's clock forward to a Unix time.
    pub fn move_clock(&self, unix_time: i64) {
        let method = RpcRequest::Custom {
            method: "surfnet_timeTravel",
        };
        let parameters = json!([{ "absoluteTimestamp": unix_time * 1000 }]);
        self.rpc
            .send::<Value>(method, parameters)
            .expect("the clock moves");
        eventually("the ledger shows the new time", || {
            (self.unix_time() >= unix_time).then_some(())
        });
    }
}

impl Drop for Validator {
    fn drop(&mut self) {
        // It may have ended already; nothing depends on the outcome.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A program of this build.
pub(crate) fn program(name: &str) -> PathBuf {
    let test = env::current_exe().expect("a test has a file");
    let folder = test.ancestors().nth(2);
    let program = folder
        .expect("tests are in the folder `deps` of the programs' folder")
        .join(name);
    assert!(
        program.exists(),
        "{} is not there: `cargo xtask test` builds it, or `cargo build --workspace --bins`",
        program.display()
    );
    program
}

/// The number by which the runtime reports a rule of the program.
pub fn code(rule: GenerionError) -> u32 {
    let index = GenerionError::ALL.iter().position(|error| *error == rule);
    6000 + index.expect("every rule is listed") as u32
}

/// Asks again until there is an answer; the test fails after a minute.
#[track_caller]
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
