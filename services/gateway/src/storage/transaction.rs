//! Transactions of the program, the changes of each, and the progress of an index.

use solana_address::Address;
use solana_signature::Signature;

use super::account::Value;

/// The finality of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TransactionState {
    /// Two thirds of the stake have voted for it.
    Confirmed,
    /// The transaction is final.
    Finalized,
    /// The transaction was confirmed, and a fork took it back.
    Vanished,
    /// Nodes disagree on it: it is in no history.
    Disputed,
}

impl TransactionState {
    /// Whether it is not served as a fact.
    pub(super) const fn is_doubtful(self) -> bool {
        matches!(self, Self::Vanished | Self::Disputed)
    }

    pub(super) const fn number(self) -> i64 {
        match self {
            Self::Confirmed => 0,
            Self::Finalized => 1,
            Self::Vanished => 2,
            Self::Disputed => 3,
        }
    }

    pub(super) fn of_number(number: i64) -> Option<Self> {
        [
            Self::Confirmed,
            Self::Finalized,
            Self::Vanished,
            Self::Disputed,
        ]
        .into_iter()
        .find(|state| state.number() == number)
    }
}

/// A transaction that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundTransaction {
    /// The transaction's signature.
    pub signature: Signature,
    /// The transaction's slot.
    pub slot: u64,
    /// The time of its block, in seconds since the Unix epoch, if the node knows it.
    pub block_time: Option<i64>,
    /// Whether it failed, so that it changed nothing.
    pub failed: bool,
    /// The transaction's finality.
    pub state: TransactionState,
    /// The reason why a part of the transaction can't be read.
    pub unread: Option<String>,
    /// The changes that the transaction made, in order.
    pub changes: Vec<FoundChange>,
    /// The accounts that the transaction may have changed, while it is not final.
    pub touched: Vec<Address>,
}

/// A change, or of a failed transaction the attempt at one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundChange {
    /// The event's name.
    pub kind: &'static str,
    /// The change in JSON.
    pub body: String,
    /// The wallets and accounts that the change concerns.
    pub addresses: Vec<Address>,
}

/// The place of found transactions among the known ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Behind all others; the oldest of the found ones comes first.
    #[default]
    Forward,
    /// Before all others; the latest of the found ones comes first.
    Backward,
}

/// The progress of an index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The slot that the last snapshot has reached, at least.
    pub snapshot_slot: u64,
    /// The slot up to which all transactions are in.
    pub followed_slot: u64,
    /// The slot up to which transactions are final.
    pub finalized_slot: u64,
    /// The oldest transaction that was found going back.
    pub oldest: Option<Signature>,
    /// Whether all that the nodes still have of the past is in.
    pub history_is_full: bool,
    /// The slot that the nodes have reached.
    pub node_slot: u64,
    /// When the nodes were at [`Self::followed_slot`], in seconds since the Unix epoch.
    pub followed_at: i64,
    /// The slot from which on all transactions are in.
    pub complete_from_slot: u64,
    /// Whether all accounts have to be read again: a transaction is known that nobody can read.
    pub snapshot_is_due: bool,
}

pub(super) fn signature_value(signature: &Signature) -> Value {
    Value::Bytes(signature.as_ref().to_vec())
}

/// A column that never holds a negative number.
pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
