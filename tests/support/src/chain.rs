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
use solana_system_interface::instruction::transfer;
use solana_transaction::{Transaction, versioned::VersionedTransaction};
use solana_transaction_error::TransactionError;

use crate::{
    confirmed::{self, ConfirmedTransaction},
    waiting::eventually,
};

/// The fee for one signature, in lamports.
pub const FEE: u64 = 5_000;

/// Offset of the Unix time in the Clock sysvar.
pub const CLOCK_UNIX_TIME: usize = 32;

/// A ledger that a test acts on over JSON-RPC, without the client library.
pub struct Chain {
    /// The URL of the node's JSON-RPC server.
    pub url: String,
    /// The node, asked at `confirmed`.
    pub rpc: RpcClient,
    /// Builds the program's instructions.
    pub instructions: Instructions,
    /// The program on this ledger.
    pub deployment: Deployment,
    /// The wallet that fills others. Without it, they are filled by airdrop.
    pub bank: Option<Keypair>,
}

impl Chain {
    /// The ledger of this node.
    pub fn at(url: &str) -> Self {
        let rpc = RpcClient::new_with_commitment(url.to_owned(), CommitmentConfig::confirmed());
        let genesis = rpc
            .get_genesis_hash()
            .expect("the node tells its genesis hash");
        Self {
            url: url.to_owned(),
            rpc,
            instructions: Instructions::default(),
            deployment: Deployment {
                genesis: GenesisHash(genesis.to_bytes()),
                program_id: ID,
            },
            bank: None,
        }
    }

    /// A new wallet with this many lamports.
    pub fn wallet(&self, lamports: u64) -> Keypair {
        let wallet = Keypair::new();
        self.give(&wallet.pubkey(), lamports);
        wallet
    }

    /// Adds lamports to a wallet.
    pub fn give(&self, to: &Address, lamports: u64) {
        if lamports == 0 {
            return;
        }
        let before = self.lamports(to);
        match &self.bank {
            Some(bank) => {
                self.lands(&[transfer(&bank.pubkey(), to, lamports)], &[bank]);
            }
            None => {
                let airdrop = self.rpc.request_airdrop(to, lamports);
                airdrop.unwrap_or_else(|error| panic!("no airdrop by {}: {error}", self.url));
            }
        }
        eventually("the wallet has the lamports", || {
            (self.lamports(to) >= before + lamports).then_some(())
        });
    }

    /// Signs a legacy transaction with a present block hash. The first signer pays.
    pub fn signed(
        &self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> VersionedTransaction {
        let block_hash = self.rpc.get_latest_blockhash().expect("a block hash");
        let payer = signers[0].pubkey();
        Transaction::new_signed_with_payer(instructions, Some(&payer), signers, block_hash).into()
    }

    /// Sends a transaction without a dry run: if it is refused, the ledger refuses it.
    pub fn send(&self, transaction: &VersionedTransaction) -> Signature {
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            ..RpcSendTransactionConfig::default()
        };
        self.rpc
            .send_transaction_with_config(transaction, config)
            .unwrap_or_else(|error| panic!("the node takes the transaction: {error}"))
    }

    /// Waits until a transaction has a commitment. Returns its outcome.
    pub fn outcome(
        &self,
        signature: &Signature,
        commitment: CommitmentConfig,
    ) -> Result<(), TransactionError> {
        eventually(
            &format!("the transaction is {}", commitment.commitment),
            || {
                let statuses = self.rpc.get_signature_statuses(&[*signature]).ok()?;
                let status = statuses.value.into_iter().next().flatten()?;
                status
                    .satisfies_commitment(commitment)
                    .then_some(status.status)
            },
        )
    }

    /// Waits until a transaction is confirmed. Returns its outcome.
    pub fn confirm(&self, signature: &Signature) -> Result<(), TransactionError> {
        self.outcome(signature, CommitmentConfig::confirmed())
    }

    /// Sends a transaction and waits until it is confirmed. Returns its outcome.
    pub fn execute(&self, transaction: &VersionedTransaction) -> Result<(), TransactionError> {
        self.confirm(&self.send(transaction))
    }

    /// A confirmed transaction, by its signature.
    pub fn look_up(&self, signature: &Signature) -> ConfirmedTransaction {
        confirmed::look_up(&self.rpc, signature)
    }

    /// Sends instructions that must succeed.
    #[track_caller]
    pub fn lands(
        &self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> ConfirmedTransaction {
        self.lands_signed(&self.signed(instructions, signers))
    }

    /// Sends a signed transaction that must succeed.
    #[track_caller]
    pub fn lands_signed(&self, transaction: &VersionedTransaction) -> ConfirmedTransaction {
        let signature = self.send(transaction);
        let outcome = self.confirm(&signature);
        let confirmed = self.look_up(&signature);
        assert_eq!(outcome, Ok(()), "{:#?}", confirmed.logs);
        confirmed
    }

    /// Sends instructions of which the one with this index must be refused. A dry run and the ledger refuse it with the
    /// same error, and nobody loses lamports except the payer, who pays the fee.
    #[track_caller]
    pub fn refuses(
        &self,
        instructions: &[Instruction],
        signers: &[&Keypair],
        index: u8,
        error: InstructionError,
    ) {
        let transaction = self.signed(instructions, signers);
        let expected = TransactionError::InstructionError(index, error);
        let dry_run = self
            .rpc
            .simulate_transaction(&transaction)
            .expect("the node simulates the transaction")
            .value;
        let dry_run_error = dry_run.err.map(TransactionError::from);
        assert_eq!(
            dry_run_error.as_ref(),
            Some(&expected),
            "{:#?}",
            dry_run.logs
        );

        let signature = self.send(&transaction);
        let outcome = self.confirm(&signature);
        let confirmed = self.look_up(&signature);
        assert_eq!(outcome, Err(expected), "{:#?}", confirmed.logs);
        assert_eq!(confirmed.fee, FEE * transaction.signatures.len() as u64);
        assert_eq!(confirmed.moved[0], -i128::from(confirmed.fee));
        assert!(confirmed.moved[1..].iter().all(|lamports| *lamports == 0));
    }

    /// Sends one instruction that the program must refuse by this rule.
    #[track_caller]
    pub fn breaks(&self, instruction: Instruction, signers: &[&Keypair], rule: GenerionError) {
        self.refuses(&[instruction], signers, 0, rule_broken(rule));
    }

    /// An account of the program that must exist, decoded.
    #[track_caller]
    pub fn read<T: LedgerAccount>(&self, address: &Address) -> T {
        self.find(address)
            .unwrap_or_else(|| panic!("there is no {} at {address}", T::NAME))
    }

    /// An account of the program, decoded.
    #[track_caller]
    pub fn find<T: LedgerAccount>(&self, address: &Address) -> Option<T> {
        let account = self.account(address)?;
        let addresses = &self.instructions.addresses;
        let decoded = T::read(addresses, address, &account.owner, &account.data);
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

    /// The rent minimum of an account of this many bytes.
    pub fn rent(&self, len: usize) -> u64 {
        self.rpc
            .get_minimum_balance_for_rent_exemption(len)
            .expect("the node knows the rent")
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

/// The number by which the runtime reports a broken rule of the program.
pub fn error_code(rule: GenerionError) -> u32 {
    rule.code()
}

/// A broken rule of the program, as the runtime reports it.
pub fn rule_broken(rule: GenerionError) -> InstructionError {
    InstructionError::Custom(error_code(rule))
}
