use solana_signature::Signature;

use crate::{error::ClientError, transaction::confirmed::ConfirmedTransaction};

/// An event while a purchase is settled.
#[derive(Debug)]
#[non_exhaustive]
pub enum SettleEvent {
    /// The settlement was signed and sent to all nodes.
    Sent {
        /// The transaction.
        signature: Signature,
        /// The number of settlements that were signed before.
        before: u32,
        /// Micro-lamports per compute unit.
        price: u64,
    },
    /// The nodes don't show at present whether the settlement has ended. Sending continues.
    Undecided {
        /// Why.
        error: ClientError,
    },
}

/// The outcome of a settlement. A new variant is a breaking change, because each decides whether the price was paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettleEnd {
    /// The seller is paid, and the buyer can open the records.
    Settled {
        /// The transaction, where a node shows one of this run's.
        confirmed: Option<ConfirmedTransaction>,
    },
    /// There is no such purchase any more: it was settled and closed, or the price was refunded. The history shows which.
    Gone {
        /// The transaction, where a node shows one of this run's: then it was settled.
        confirmed: Option<ConfirmedTransaction>,
    },
    /// There is another purchase at this address by now.
    Replaced {
        /// The deadline of the other purchase.
        deadline: i64,
    },
}
