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
    /// The kind of the change.
    pub kind: ChangeKind,
    /// Whether instruction and event both show it.
    pub source: Source,
    /// The other program whose instruction called this one; `None` if there is none, or if [`Source::EventAlone`] leaves it
    /// unknown.
    pub through: Option<Address>,
    /// Why the transaction failed, so that it changed nothing; `None` where it succeeded.
    pub failure: Option<Failure>,
    /// The signers of the transaction, the payer of its fee first.
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

/// The source of a change. There is no fourth case: a change that neither instruction nor event shows is a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The instruction and the event in the log, which agree. For a failed transaction, the instruction: its events don't
    /// count.
    Complete,
    /// The instruction alone; the event is lost.
    InstructionAlone(LostEvent),
    /// The event alone; the instruction is lost.
    EventAlone(LostInstruction),
}

/// Why an instruction is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LostInstruction {
    /// An instruction of another program called this one, and the node does not keep calls between programs.
    NotKept,
    /// The node shows all of the transaction's instructions, and this software can read none that asked for the change.
    NotThere,
}

impl LostInstruction {
    /// The reason, as text.
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
    /// The reason, as text.
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
            ChangeKind::StudyCreated
            | ChangeKind::StudyUpdated
            | ChangeKind::BudgetWithdrawn
            | ChangeKind::SeatClosed
            | ChangeKind::StudyClosed => details.sponsor,
            ChangeKind::StudyJoined => details.seller,
            ChangeKind::StudyApplied => details.participant,
            ChangeKind::ParticipantAdmitted => details.admitter,
            ChangeKind::ApplicationWithdrawn => details.authority,
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
