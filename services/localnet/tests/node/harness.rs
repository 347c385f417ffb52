//! Helpers that start nodes, send transactions and wait.

use std::{
    io::Read,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use generion_test_support::{LocalNode, Running};
pub use generion_test_support::{SOL, eventually};
use serde::Deserialize;
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::config::{RpcSendTransactionConfig, RpcTransactionConfig};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::Transaction;
use solana_transaction_status_client_types::{
    EncodedConfirmedTransactionWithStatusMeta, UiTransactionEncoding, UiTransactionStatusMeta,
};

/// Long enough for a machine under load. Only a broken node takes this long.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// The output of `--json`.
#[derive(Deserialize)]
pub struct Ready {
    pub rpc_url: String,
    pub ws_url: String,
    pub program_id: Option<String>,
    pub ready_ms: u64,
}

/// A running node. It ends when the value is dropped, and at the latest with this process.
pub struct Node {
    pub ready: Ready,
    pub rpc: RpcClient,
    pub process: Running,
}

/// The command `generion-localnet start` with these flags.
pub fn localnet(flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_generion-localnet"));
    command
        .arg("start")
        .args(flags)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

impl Node {
    /// Starts a node on free ports with these flags, and with short slots so that confirmations are fast.
    pub fn start(flags: &[&str]) -> Self {
        let mut command = localnet(&["--port", "0"]);
        if !flags.contains(&"--slot-time") {
            command.args(["--slot-time", "40"]);
        }
        command.args(flags);
        Self::run(command)
    }

    /// Runs a command of [`localnet`].
    pub fn run(mut command: Command) -> Self {
        command.args(["--ws-port", "0"]);
        let LocalNode { ready, process, .. } = LocalNode::run(command);
        let ready: Ready = serde_json::from_value(ready).expect("a ready line");
        let rpc =
            RpcClient::new_with_commitment(ready.rpc_url.clone(), CommitmentConfig::confirmed());
        Self {
            ready,
            rpc,
            process,
        }
    }

    /// A new wallet with this many lamports.
    pub fn wallet(&self, lamports: u64) -> Keypair {
        let wallet = Keypair::new();
        let signature = self
            .rpc
            .request_airdrop(&wallet.pubkey(), lamports)
            .unwrap();
        self.confirmed(&signature);
        wallet
    }

    /// A transaction with a recent block hash, paid for and signed by `payer`.
    pub fn transaction(
        &self,
        instructions: &[Instruction],
        payer: &Keypair,
        others: &[&Keypair],
    ) -> Transaction {
        let block_hash = self.rpc.get_latest_blockhash().unwrap();
        let signers: Vec<_> = [payer].into_iter().chain(others.iter().copied()).collect();
        Transaction::new_signed_with_payer(
            instructions,
            Some(&payer.pubkey()),
            &signers,
            block_hash,
        )
    }

    /// Sends a transaction without preflight.
    pub fn send_without_preflight(&self, transaction: &Transaction) -> Signature {
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            ..Default::default()
        };
        self.rpc
            .send_transaction_with_config(transaction, config)
            .unwrap()
    }

    /// Sends a transaction, and returns the entry of the ledger.
    pub fn execute(
        &self,
        instructions: &[Instruction],
        payer: &Keypair,
        others: &[&Keypair],
    ) -> EncodedConfirmedTransactionWithStatusMeta {
        let transaction = self.transaction(instructions, payer, others);
        let executed = self.confirmed(&self.send_without_preflight(&transaction));
        assert_eq!(
            meta(&executed).err,
            None,
            "{:?}",
            meta(&executed).log_messages
        );
        executed
    }

    /// Waits until the transaction is confirmed, and returns the entry of the ledger.
    pub fn confirmed(&self, signature: &Signature) -> EncodedConfirmedTransactionWithStatusMeta {
        let config = RpcTransactionConfig {
            encoding: Some(UiTransactionEncoding::Base64),
            commitment: Some(CommitmentConfig::confirmed()),
            max_supported_transaction_version: Some(0),
        };
        // The node returns a transaction before its block is produced, at any commitment.
        eventually("the transaction is confirmed", || {
            let status = self
                .rpc
                .get_signature_statuses(&[*signature])
                .unwrap()
                .value
                .remove(0)?;
            status
                .satisfies_commitment(CommitmentConfig::confirmed())
                .then_some(())
        });
        self.rpc
            .get_transaction_with_config(signature, config)
            .unwrap()
    }
}

/// The lines of the errors of a node that must refuse to start.
pub fn refused(flags: &[&str]) -> Vec<String> {
    let mut process = localnet(flags).spawn().unwrap();
    let mut stderr = process.stderr.take().unwrap();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        stderr.read_to_string(&mut text).unwrap();
        sender.send(text)
    });
    let text = receiver.recv_timeout(DEADLINE);
    // If the node is still running after the deadline, the test fails, and must not leave the node behind.
    let _ = process.kill();
    let status = process.wait().unwrap();
    let text = text.expect("the node did not exit");
    assert_eq!(status.code(), Some(1), "{text}");
    text.lines().map(ToOwned::to_owned).collect()
}

/// The metadata of a transaction on the ledger.
pub fn meta(transaction: &EncodedConfirmedTransactionWithStatusMeta) -> &UiTransactionStatusMeta {
    transaction.transaction.meta.as_ref().unwrap()
}

/// The log lines of a transaction.
pub fn logs(transaction: &EncodedConfirmedTransactionWithStatusMeta) -> Vec<String> {
    Option::from(meta(transaction).log_messages.clone()).unwrap()
}

/// A base58 address.
pub fn address(text: &str) -> Address {
    text.parse().unwrap()
}
