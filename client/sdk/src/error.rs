use std::{path::PathBuf, sync::Arc};

use generion::GenerionError;
use generion_crypto::{
    capsule::MalformedCapsule, delivery::DeliveryError, document::DocumentError,
    locator::SealedLocatorError,
};
use generion_interface::{accounts::AccountError, locator::LocatorError};
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_rpc_client_api::client_error::Error as RpcError;
use solana_signature::Signature;
use solana_signer::SignerError;
use solana_transaction_error::TransactionError;

use crate::{
    DryRun,
    store::{FetchError, StoreError},
};

/// Why a flow ended. The first line says what happened, to which address or file; [`ClientError::advice`] what to do.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The node can't be reached, or answers with an error of its own.
    #[error("the node at {url} does not answer as it should: {source}")]
    Node {
        /// The node.
        url: String,
        /// What it said.
        source: Box<RpcError>,
    },
    /// The ledger refused a transaction.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// A transaction was sent, and the ledger can't tell yet whether it landed.
    #[error("transaction {0} was sent, but its fate is unknown: the node stopped answering")]
    Unknown(Signature),
    /// A transaction's block hash expired before it landed, so it never will.
    #[error("transaction {0} expired before it landed, and never will")]
    Expired(Signature),
    /// The time to send a transaction at was over before it was sent.
    #[error(
        "it is {now} by the ledger's clock, and this was to be sent by {not_after} (Unix time)"
    )]
    SentTooLate {
        /// The ledger's time.
        now: i64,
        /// The last moment to send at.
        not_after: i64,
    },
    /// A node that does not have the state yet which this client has seen already.
    #[error("the node at {url} is behind: it has not reached slot {slot}, which was seen before")]
    Stale {
        /// The node.
        url: String,
        /// The slot.
        slot: u64,
    },
    /// Others write records to the same owner without a pause.
    #[error(
        "wallet {owner}: {lost} times in a row somebody else wrote a record first, {written} records in that time, {}",
        show_writers(writers)
    )]
    Crowded {
        /// The owner.
        owner: Address,
        /// Races lost in a row.
        lost: u32,
        /// Records that the owner got meanwhile.
        written: u64,
        /// Who wrote the latest of them that still exist, and how many, most first.
        writers: Vec<(Address, usize)>,
    },
    /// The journal of a batch can't be read or written, or is another batch's.
    #[error("journal {path}: {reason}")]
    Journal {
        /// The file.
        path: PathBuf,
        /// What happened.
        reason: String,
    },
    /// There is no such account.
    #[error("there is no {kind} at {address}")]
    NotFound {
        /// What was looked for.
        kind: &'static str,
        /// Where.
        address: Address,
    },
    /// An account is not what it should be.
    #[error("{address}: {source}")]
    Account {
        /// The account.
        address: Address,
        /// What is wrong with it.
        source: AccountError,
    },
    /// A wallet has not published an encryption key.
    #[error("wallet {0} has not published an encryption key")]
    NoKey(Address),
    /// A wallet's signer failed, or can't be used to derive keys.
    #[error("{0}")]
    Signer(String),
    /// The key that follows from the wallet is not the one on the ledger.
    #[error(
        "wallet {wallet}: the encryption key with index {index} on the ledger is not the one of this signer"
    )]
    ForeignKey {
        /// The wallet.
        wallet: Address,
        /// Index of the key.
        index: u32,
    },
    /// A capsule can't be opened.
    #[error("record {record}: {source}")]
    Capsule {
        /// The record.
        record: Address,
        /// What is wrong.
        source: MalformedCapsule,
    },
    /// The group element in the capsule doesn't lead to the record's data public key.
    #[error("record {0}: its capsule does not hold the key that its document is encrypted to")]
    DataKeyMismatch(Address),
    /// The sealed locator can't be opened.
    #[error("record {record}: {source}")]
    Locator {
        /// The record.
        record: Address,
        /// What is wrong.
        source: SealedLocatorError,
    },
    /// The record's public hash is not the one in its locator.
    #[error("record {0}: its public ciphertext hash is not the one in its locator")]
    HashMismatch(Address),
    /// The document can't be fetched, or is not what the locator says.
    #[error("record {record}: {source}")]
    Fetch {
        /// The record.
        record: Address,
        /// What happened.
        source: Box<FetchError>,
    },
    /// The document can't be opened.
    #[error("record {record}: {source}")]
    Document {
        /// The record.
        record: Address,
        /// What is wrong.
        source: DocumentError,
    },
    /// A document can't be encrypted.
    #[error("{path}: {source}")]
    Encrypt {
        /// The document.
        path: PathBuf,
        /// What is wrong.
        source: DocumentError,
    },
    /// Somebody else could erase the document.
    #[error("record {record}: its document can be erased by {actual}, not by {expected}")]
    EraseAuthority {
        /// The record.
        record: Address,
        /// Who should be able to.
        expected: Address,
        /// Who is, as the store reports.
        actual: Address,
    },
    /// The document store refused.
    #[error(transparent)]
    Store(Box<StoreError>),
    /// A batch can't be proven.
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
    /// The seller wrote records of the order, and the buyer did not accept that.
    #[error(
        "order {order}: record {record} was written by its seller {seller}, nobody else vouches for it"
    )]
    SelfIssued {
        /// The order.
        order: Address,
        /// One such record.
        record: Address,
        /// The seller.
        seller: Address,
    },
    /// The time to deliver is over, or too short for all batches.
    #[error("purchase {purchase}: {}", too_late(*seconds_left, *batches))]
    TooLate {
        /// The purchase.
        purchase: Address,
        /// Seconds until the deadline by the ledger's clock; negative: it has passed.
        seconds_left: i64,
        /// Transactions that the delivery still takes.
        batches: usize,
    },
    /// A purchase whose keys are not delivered in full.
    #[error("purchase {purchase}: {delivered} of {total} records are delivered")]
    NotDelivered {
        /// The purchase.
        purchase: Address,
        /// Records that are.
        delivered: usize,
        /// Records of the order.
        total: usize,
    },
    /// The receipts that were saved before a purchase can't be read or written.
    #[error("{path}: {reason}")]
    Receipt {
        /// The file.
        path: PathBuf,
        /// What happened.
        reason: String,
    },
    /// A local file can't be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What happened.
        source: std::io::Error,
    },
    /// An error that several things failed by.
    #[error("{0}")]
    Shared(Arc<ClientError>),
    /// The ledger is told nothing: [`Ledger::set_dry_run`](crate::Ledger::set_dry_run) was called.
    #[error("this was a dry run")]
    DryRun(Box<DryRun>),
    /// An argument that can't be right, found before anything was sent.
    #[error("{0}")]
    Argument(String),
}

/// A transaction that the ledger, or a simulation of it, refused.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct Refusal {
    /// The transaction, where it is on the ledger; `None` where it was refused before.
    pub signature: Option<Signature>,
    /// Its slot; 0 where it is not on the ledger.
    pub slot: u64,
    /// The fee that it cost all the same, in lamports; 0 where it is not on the ledger.
    pub fee: u64,
    /// The ledger's error.
    pub error: TransactionError,
    /// The rule of the program that was broken, if it was one.
    pub rule: Option<GenerionError>,
    /// The error in words.
    pub reason: String,
    /// The transaction's log.
    pub logs: Vec<String>,
}

impl ClientError {
    /// The rule of the program that was broken, if that is what happened.
    pub fn rule(&self) -> Option<GenerionError> {
        match self {
            Self::Refused(refusal) => refusal.rule,
            Self::Shared(error) => error.rule(),
            _ => None,
        }
    }

    /// What to do next, in one line.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Node { .. } => {
                "Check the node's address (-u) and that it runs; nothing was lost, try again."
            }
            Self::Refused(refusal) => refusal.advice(),
            Self::Unknown(_) => "Look the transaction up before you send anything again.",
            Self::Expired(_) => "Send it again.",
            Self::Crowded { .. } => {
                "Nothing was sent for it: try again later. If one wallet writes most of them, it may be spam, which its owner can delete."
            }
            Self::Journal { .. } => {
                "Check the space on the disk, and that it is this batch's (--journal); then run it again: nothing is done twice."
            }
            Self::SentTooLate { .. } => "Nothing was sent.",
            Self::Stale { .. } => "Nothing was sent: wait, or use another node (-u).",
            Self::NotFound { .. } => {
                "Check the address, and that the node (-u) is of the right cluster."
            }
            Self::Account {
                source: AccountError::UnknownVersion(_),
                ..
            }
            | Self::Locator {
                source: SealedLocatorError::Locator(LocatorError::UnknownVersion(_)),
                ..
            } => "Update this software; nothing was lost.",
            Self::Account { .. } => {
                "Check the address, and that the node (-u) and the program id are of one deployment."
            }
            Self::NoKey(_) => "Its owner publishes one with `generion user set-key`.",
            Self::Signer(_) => "Check the wallet (-k).",
            Self::ForeignKey { .. } => "Use the wallet that published the key (-k).",
            Self::Document {
                source: DocumentError::Io(_),
                ..
            } => "Check the space on the disk, then try again.",
            Self::Capsule { .. }
            | Self::DataKeyMismatch(_)
            | Self::Locator { .. }
            | Self::HashMismatch(_)
            | Self::Document { .. } => "Don't verify or buy it: ask its creator for a new record.",
            Self::Fetch { source, .. } => source.advice(),
            Self::Encrypt { .. } | Self::File { .. } => {
                "Check that the file exists, its rights, and the space on the disk."
            }
            Self::EraseAuthority { .. } => {
                "Don't verify it: ask its creator to upload the document in your name."
            }
            Self::Store(error) => error.advice(),
            Self::Delivery(_) => {
                "The record was not written by this program's rules: decline with `generion purchase refund`."
            }
            Self::SelfIssued { .. } => "Pass --accept-self-issued if you want it all the same.",
            Self::TooLate { .. } => {
                "Decline with `generion purchase refund`; the buyer gets the price back."
            }
            Self::NotDelivered { .. } => {
                "Wait for the seller, or take the price back after the deadline with `generion purchase refund`."
            }
            Self::Receipt { .. } => "Pass the folder that the purchase was made with (--receipts).",
            Self::Shared(error) => error.advice(),
            Self::DryRun(_) | Self::Argument(_) => "Nothing was sent.",
        }
    }
}

/// The first three.
fn show_writers(writers: &[(Address, usize)]) -> String {
    if writers.is_empty() {
        return "all of which are deleted".to_owned();
    }
    let shown: Vec<_> = writers
        .iter()
        .take(3)
        .map(|(writer, count)| format!("{count} by {writer}"))
        .collect();
    shown.join(", ")
}

impl Refusal {
    fn advice(&self) -> &'static str {
        match (&self.error, self.rule) {
            (TransactionError::AccountNotFound | TransactionError::InsufficientFundsForFee, _) => {
                "Fund the wallet that pays the fee."
            }
            (TransactionError::InstructionError(_, InstructionError::InvalidSeeds), _)
            | (_, Some(GenerionError::NotNextRecordId | GenerionError::NotNextOrderId)) => {
                "Somebody else was faster: try again."
            }
            (_, Some(GenerionError::AccountAlreadyExists)) => {
                "It is there already: look at it before you try again."
            }
            (_, Some(GenerionError::TermsChanged)) => "Look at the order again before you buy.",
            (_, Some(GenerionError::AlreadyVerified)) => "There is nothing left to do.",
            (_, Some(GenerionError::NotVerified)) => {
                "Have its owner check and verify it first (`generion record verify`)."
            }
            (_, Some(GenerionError::RecordListed)) => "Close the orders that list it first.",
            (_, Some(GenerionError::RefundTooEarly)) => {
                "Wait until 300 s after the deadline, or ask the seller to decline."
            }
            (_, Some(_)) => "Nothing was changed.",
            _ if self.reason.contains("insufficient lamports") => "Fund the wallet that pays.",
            _ => "Nothing was changed; the transaction's log tells more.",
        }
    }
}

impl From<StoreError> for ClientError {
    fn from(error: StoreError) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<SignerError> for ClientError {
    fn from(error: SignerError) -> Self {
        Self::Signer(format!("the wallet does not sign: {error}"))
    }
}

fn too_late(seconds_left: i64, batches: usize) -> String {
    if seconds_left <= 0 {
        return format!("its deadline was {} s ago", seconds_left.unsigned_abs());
    }
    format!("{seconds_left} s are left until its deadline, too few for {batches} transactions")
}
