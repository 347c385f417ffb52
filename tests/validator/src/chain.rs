use std::{
    env,
    time::{Duration, Instant},
};

use generion::{GenerionError, ID};
use generion_interface::{
    Instructions,
    accounts::LedgerAccount,
    events::{self, Event},
};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_instruction::{Instruction, error::InstructionError};
use solana_keypair::{Keypair, read_keypair_file};
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::config::{RpcSendTransactionConfig, RpcTransactionConfig};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;
use solana_transaction::{Transaction, versioned::VersionedTransaction};
use solana_transaction_error::TransactionError;
use solana_transaction_status_client_types::{
    UiTransactionEncoding, option_serializer::OptionSerializer,
};

use crate::{SOL, local::Local};

/// Lamports that a signature costs.
pub const FEE: u64 = 5_000;
/// Bytes that a legacy or v0 transaction can have.
pub const MAX_TRANSACTION_BYTES: usize = 1_232;

/// The node's URL, where the tests are not to start one.
pub(crate) const RPC_URL: &str = "GENERION_TEST_RPC_URL";
/// The keypair file of the program's upgrade authority on that node.
const AUTHORITY: &str = "GENERION_TEST_AUTHORITY";
/// The keypair file of a wallet that fills others, where there is no airdrop.
const KEYPAIR: &str = "GENERION_TEST_KEYPAIR";

/// A ledger with the program on it.
pub struct Chain {
    /// The node, asked at `confirmed`.
    pub rpc: RpcClient,
    /// Builds instructions.
    pub instructions: Instructions,
    rpc_url: String,
    authority: Option<Keypair>,
    bank: Option<Keypair>,
    _local: Option<Local>,
}

/// What the ledger says of a transaction that landed.
#[derive(Clone, Debug)]
pub struct Landed {
    /// Its signature.
    pub signature: Signature,
    /// Its slot.
    pub slot: u64,
    /// Lamports that the payer paid for it.
    pub fee: u64,
    /// The program's events.
    pub events: Vec<Event>,
    /// How the balance of each of its accounts changed, in lamports, in the order of the message.
    pub moved: Vec<i128>,
}

impl Chain {
    /// The node that the environment names, or one of this test's own.
    pub fn open() -> Self {
        let file = |name| {
            let path = env::var_os(name)?;
            let keypair = read_keypair_file(&path);
            Some(keypair.unwrap_or_else(|error| panic!("{name}={}: {error}", path.display())))
        };
        let chain = |rpc_url: String, authority, bank, local| Self {
            rpc: RpcClient::new_with_commitment(rpc_url.clone(), CommitmentConfig::confirmed()),
            instructions: Instructions::default(),
            rpc_url,
            authority,
            bank,
            _local: local,
        };
        match env::var(RPC_URL) {
            Ok(url) => chain(url, file(AUTHORITY), file(KEYPAIR), None),
            Err(_) => {
                let authority = Keypair::new();
                let local = Local::start(&authority);
                chain(local.rpc_url.clone(), Some(authority), None, Some(local))
            }
        }
    }

    /// The node's URL.
    pub fn url(&self) -> &str {
        &self.rpc_url
    }

    /// The program's upgrade authority, with lamports.
    pub fn authority(&self) -> &Keypair {
        let authority = self.authority.as_ref().unwrap_or_else(|| {
            panic!("this test upgrades the program: name its upgrade authority's keypair file with {AUTHORITY}")
        });
        self.give(&authority.pubkey(), 3 * SOL);
        authority
    }

    /// A new wallet with this many lamports.
    pub fn wallet(&self, lamports: u64) -> Keypair {
        let wallet = Keypair::new();
        self.give(&wallet.pubkey(), lamports);
        wallet
    }

    /// Fills a wallet.
    pub fn give(&self, to: &Address, lamports: u64) {
        let before = self.lamports(to);
        match &self.bank {
            Some(bank) => {
                let transfer = transfer(&bank.pubkey(), to, lamports);
                self.lands(&[transfer], &[bank]);
            }
            None => {
                let airdrop = self.rpc.request_airdrop(to, lamports);
                airdrop.unwrap_or_else(|error| {
                    panic!("no airdrop ({error}): name a wallet with {KEYPAIR}")
                });
            }
        }
        eventually("the wallet is filled", || {
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

    /// Sends a transaction without a rehearsal: what is refused is refused by the ledger.
    pub fn send(&self, transaction: &VersionedTransaction) -> Signature {
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            ..RpcSendTransactionConfig::default()
        };
        self.rpc
            .send_transaction_with_config(transaction, config)
            .unwrap_or_else(|error| panic!("the node takes the transaction: {error}"))
    }

    /// Waits until the ledger knows what became of a transaction, at a commitment.
    pub fn fate(
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

    /// Sends instructions that must do their work.
    #[track_caller]
    pub fn lands(&self, instructions: &[Instruction], signers: &[&Keypair]) -> Landed {
        self.lands_signed(&self.signed(instructions, signers))
    }

    /// The same, signed already.
    #[track_caller]
    pub fn lands_signed(&self, transaction: &VersionedTransaction) -> Landed {
        let signature = self.send(transaction);
        let fate = self.fate(&signature, CommitmentConfig::confirmed());
        let (landed, logs) = self.look_up(&signature);
        assert_eq!(fate, Ok(()), "{logs:#?}");
        landed
    }

    /// Sends instructions of which the one with this index must be refused. The rehearsal says the same as the ledger,
    /// and nobody loses anything but the payer the fee.
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
        let rehearsed = self
            .rpc
            .simulate_transaction(&transaction)
            .expect("the node rehearses")
            .value;
        let rehearsed_error = rehearsed.err.map(TransactionError::from);
        assert_eq!(
            rehearsed_error.as_ref(),
            Some(&expected),
            "{:#?}",
            rehearsed.logs
        );

        let signature = self.send(&transaction);
        let fate = self.fate(&signature, CommitmentConfig::confirmed());
        let (landed, logs) = self.look_up(&signature);
        assert_eq!(fate, Err(expected), "{logs:#?}");
        assert_eq!(landed.fee, FEE * transaction.signatures.len() as u64);
        assert_eq!(landed.moved[0], -i128::from(landed.fee));
        assert!(landed.moved[1..].iter().all(|lamports| *lamports == 0));
    }

    /// Sends one instruction that must be refused by a rule of the program.
    #[track_caller]
    pub fn breaks(&self, instruction: Instruction, signers: &[&Keypair], rule: GenerionError) {
        self.refuses(&[instruction], signers, 0, code_of(rule));
    }

    /// What the ledger has of a transaction, and its log.
    pub fn look_up(&self, signature: &Signature) -> (Landed, Vec<String>) {
        let config = RpcTransactionConfig {
            encoding: Some(UiTransactionEncoding::Base64),
            commitment: Some(CommitmentConfig::confirmed()),
            max_supported_transaction_version: Some(0),
        };
        // A node may know the status before it can show the transaction.
        let found = eventually("the transaction can be shown", || {
            self.rpc.get_transaction_with_config(signature, config).ok()
        });
        let meta = found.transaction.meta.expect("the ledger has the outcome");
        let logs = match meta.log_messages {
            OptionSerializer::Some(logs) => logs,
            _ => Vec::new(),
        };
        let balances = meta.pre_balances.iter().zip(&meta.post_balances);
        let landed = Landed {
            signature: *signature,
            slot: found.slot,
            fee: meta.fee,
            events: events::from_logs(&ID, logs.iter().map(String::as_str)),
            moved: balances
                .map(|(before, after)| i128::from(*after) - i128::from(*before))
                .collect(),
        };
        (landed, logs)
    }

    /// An account of the program, decoded.
    #[track_caller]
    pub fn read<T: LedgerAccount>(&self, address: &Address) -> T {
        let account = self
            .rpc
            .get_account(address)
            .unwrap_or_else(|error| panic!("{address}: {error}"));
        T::read(
            &self.instructions.addresses,
            address,
            &account.owner,
            &account.data,
        )
        .unwrap_or_else(|error| panic!("{address}: {error}"))
    }

    /// The lamports of an address.
    pub fn lamports(&self, address: &Address) -> u64 {
        let account = self
            .rpc
            .get_account_with_commitment(address, CommitmentConfig::confirmed())
            .unwrap_or_else(|error| panic!("{address}: {error}"));
        account.value.map_or(0, |account| account.lamports)
    }

    /// The rent minimum of an account of this many bytes.
    pub fn rent(&self, len: usize) -> u64 {
        self.rpc
            .get_minimum_balance_for_rent_exemption(len)
            .expect("the node knows the rent")
    }
}

/// A rule of the program as the runtime reports it.
pub fn code_of(rule: GenerionError) -> InstructionError {
    let index = GenerionError::ALL.iter().position(|error| *error == rule);
    InstructionError::Custom(6000 + index.expect("every rule is listed") as u32)
}

/// Bytes of a transaction on the wire.
pub fn wire_len(transaction: &VersionedTransaction) -> usize {
    // The number of signatures is one byte up to 127 of them.
    1 + 64 * transaction.signatures.len() + transaction.message.serialize().len()
}

/// Asks again until there is an answer; the test fails after a minute.
pub fn eventually<T>(what: &str, answer: impl FnMut() -> Option<T>) -> T {
    within(Duration::from_secs(60), what, answer)
}

/// Asks again until there is an answer; the test fails when there is none in time.
pub fn within<T>(patience: Duration, what: &str, mut answer: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(answer) = answer() {
            return answer;
        }
        assert!(Instant::now() < deadline, "still not so: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
