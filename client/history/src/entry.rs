use generion::GenerionError;
use solana_address::Address;
use solana_signature::Signature;
use solana_transaction_error::TransactionError;

use crate::{change::ChangeKind, details::ChangeDetails};

/// One change, or, where the transaction failed, the attempt at one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The slot of the transaction.
    pub slot: u64,
    /// The time of its block, in seconds since the Unix epoch; `None` where the node has deleted it.
    pub time: Option<i64>,
    /// The transaction.
    pub signature: Signature,
    /// Place among the program's instructions in the transaction, from 0.
    pub position: usize,
    /// What happened.
    pub kind: ChangeKind,
    /// Whether instruction and event both show it.
    pub source: Source,
    /// The program whose instruction of the transaction led to it, where that is another one (it called this program);
    /// `None` also where [`Source::EventAlone`] can't tell.
    pub through: Option<Address>,
    /// Why the transaction failed, so that it changed nothing; `None` where it succeeded.
    pub failure: Option<Failure>,
    /// Who signed the transaction, the payer of its fee first.
    pub signers: Vec<Address>,
    /// The whole transaction's fee, in lamports.
    pub fee: u64,
    /// The wallets and accounts of the change, and its amounts.
    pub details: ChangeDetails,
}

/// Why a transaction failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The ledger's error.
    pub error: TransactionError,
    /// The rule of the program that one of its instructions broke, if it was one.
    pub rule: Option<GenerionError>,
}

/// What shows a change. There is no fourth case: a change that nothing shows is a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// From the instruction and from the event in the log, which agree. Of what failed, from the instruction: it has no
    /// event that counts.
    Complete,
    /// From the instruction alone; the event is lost.
    InstructionAlone(LostEvent),
    /// From the event alone; the instruction is lost.
    EventAlone(LostInstruction),
}

/// Why an instruction is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LostInstruction {
    /// Another program's instruction led to it, and the node does not keep what programs ask of each other.
    NotKept,
    /// The node shows all of the transaction's instructions, and none that this software can read tells of it.
    NotThere,
}

impl LostInstruction {
    /// The reason in words.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NotKept => "the node does not keep what programs ask of each other",
            Self::NotThere => "none of its instructions that can be read asked for it",
        }
    }
}

/// Why an event is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LostEvent {
    /// The log was cut where it became too long.
    LogTruncated,
    /// The node has no log of this transaction.
    NoLog,
    /// The log looks whole, and the event is not in it.
    NotInLog,
}

impl LostEvent {
    /// The reason in words.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::LogTruncated => "its log is cut short",
            Self::NoLog => "the node has no log of it",
            Self::NotInLog => "its log is there, but not the event",
        }
    }
}

impl Entry {
    /// The wallet that made the change. Anybody may submit a delivery or a settlement: of those, the wallet that paid the fee.
    pub fn actor(&self) -> Option<Address> {
        let details = &self.details;
        match self.kind {
            ChangeKind::EncryptionKeySet => details.wallet,
            ChangeKind::RecordCreated => details.creator,
            ChangeKind::RecordVerified | ChangeKind::RecordShared | ChangeKind::ShareRevoked => {
                details.owner
            }
            ChangeKind::RecordDeleted | ChangeKind::Refunded => details.authority,
            ChangeKind::OrderCreated | ChangeKind::SalesStopped | ChangeKind::OrderClosed => {
                details.seller
            }
            ChangeKind::Purchased | ChangeKind::PurchaseClosed => details.buyer,
            ChangeKind::Delivered | ChangeKind::Settled => self.signers.first().copied(),
        }
    }

    /// Whether the record was written by its owner, so that nobody else vouches for it; `None`: not known from this
    /// change.
    pub fn is_self_issued(&self) -> Option<bool> {
        match (self.details.owner, self.details.creator) {
            (Some(owner), Some(creator)) => Some(owner == creator),
            // Only the owner's own records start verified.
            _ => self.details.verified,
        }
    }
}
