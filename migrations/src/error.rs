//! Why a deployment stopped.

use solana_address::Address;
use solana_signature::Signature;
use solana_transaction_error::TransactionError;

use generion_rpc::{
    amount::Sol,
    causes::with_causes,
    cluster::OtherGenesis,
    node::{GenesisError, NodeError},
};

/// Every text names the failure and the address, and says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// The address holds an account of another kind than a program of the upgradeable loader.
    #[error(
        "{address} is not free and not an upgradeable program: it belongs to {owner}; use another program id"
    )]
    NotAProgram {
        /// The program id.
        address: Address,
        /// The account's owner.
        owner: Address,
    },
    /// The program was closed; the loader takes no program at its id again.
    #[error(
        "program {0} was closed, and nothing can be deployed at its id again; use another program id"
    )]
    Closed(Address),
    /// The address of the program data holds lamports already, so the loader can't create the account.
    #[error(
        "somebody sent lamports to {program_data}, the address for the data of program {program_id}, and the loader \
         refuses such an address; use another program id"
    )]
    ProgramDataTaken {
        /// The program id.
        program_id: Address,
        /// The address of its data.
        program_data: Address,
    },
    /// The program was made final.
    #[error("program {0} is final: it has no upgrade authority, and nobody can change it")]
    Final(Address),
    /// Another wallet may upgrade the program.
    #[error(
        "only {expected} may upgrade program {program_id}, and the authority here is {found}; pass the keypair of \
         {expected} with --upgrade-authority"
    )]
    WrongAuthority {
        /// The program id.
        program_id: Address,
        /// The authority on the ledger.
        expected: Address,
        /// The authority that was passed.
        found: Address,
    },
    /// A first deployment is signed by the program id itself.
    #[error(
        "program {0} is not on this ledger yet, and its first deployment needs the keypair of the program id; pass its \
         file with --program-id"
    )]
    NoProgramKey(Address),
    /// The buffer's address holds something that no deployment leaves there.
    #[error(
        "the buffer {address} is not as this deployment would leave it: {reason}; close it with \
         `cargo xtask deploy --close-buffers` and start again"
    )]
    BufferTaken {
        /// The buffer.
        address: Address,
        /// The reason.
        reason: String,
    },
    /// The payer holds too little. Nothing was sent.
    #[error("wallet {payer} holds {}, and this takes {}; add {} to it, or pass another wallet with --fee-payer",
            Sol(*held), Sol(*needed), Sol(needed.saturating_sub(*held)))]
    NotEnough {
        /// The wallet that pays.
        payer: Address,
        /// The balance, in lamports.
        held: u64,
        /// The balance that is needed at most, in lamports.
        needed: u64,
    },
    /// The binary is longer than a program can be.
    #[error("the binary has {len} bytes, and a program has {max} at most")]
    TooLong {
        /// Its length.
        len: usize,
        /// The longest.
        max: usize,
    },
    /// The ledger refused a transaction.
    #[error("the ledger refused to {action} ({}): {error}{}", signature.map_or("in a dry run".to_owned(), |s| s.to_string()),
            logs.iter().map(|line| format!("\n    {line}")).collect::<String>())]
    Refused {
        /// The attempted action, as in "refused to *upgrade*".
        action: &'static str,
        /// The failed transaction; `None`: a dry run failed.
        signature: Option<Signature>,
        /// The ledger's error.
        error: TransactionError,
        /// The log.
        logs: Vec<String>,
    },
    /// Transactions keep expiring before they reach the ledger.
    #[error(
        "{action}: no transaction was confirmed in {rounds} tries of a block hash's lifetime each{}; earlier steps are on \
         the ledger: run the same command again, with a higher --with-compute-unit-price if the cluster is busy",
        last.as_ref().map(|text| format!(" (the node said: {text})")).unwrap_or_default())]
    Stalled {
        /// The attempted action.
        action: &'static str,
        /// How often.
        rounds: u32,
        /// The last error of the node when it refused a transaction.
        last: Option<String>,
    },
    /// The ledger does not have the deployed binary.
    #[error("verification failed: {0}")]
    NotVerified(String),
    /// The node did not answer, or not in a way that makes sense.
    #[error(
        "the deployment stopped, and what was confirmed stays on the ledger; run the same command again"
    )]
    Node(#[from] NodeError),
    /// The node showed another genesis hash than before.
    #[error(transparent)]
    OtherGenesis(#[from] OtherGenesis),
    /// The node's answer contradicts itself.
    #[error("the node at {url} gave an impossible answer: {what}")]
    Nonsense {
        /// Its address, without the keys in it.
        url: String,
        /// The answer.
        what: String,
    },
    /// A signature could not be made.
    #[error("cannot sign")]
    Signing(#[from] solana_signer::SignerError),
}

impl From<GenesisError> for DeployError {
    fn from(error: GenesisError) -> Self {
        match error {
            GenesisError::Node(error) => error.into(),
            GenesisError::Other(error) => error.into(),
            other => Self::NotVerified(with_causes(&other)),
        }
    }
}

/// `Result` with this crate's error.
pub type Result<T> = std::result::Result<T, DeployError>;
