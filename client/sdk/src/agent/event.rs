use std::{sync::Arc, time::Duration};

use generion_interface::accounts::PurchaseAccount;
use solana_address::Address;

use crate::{
    error::ClientError, ledger::KeyedAccount, settlement::event::SettleEvent,
    transaction::confirmed::ConfirmedTransaction,
};

/// An agent's settings.
#[derive(Clone, Copy, Debug)]
pub struct AgentOptions {
    /// Transactions that deliver on their way at a time: 1 or more.
    pub in_flight: usize,
    /// The number of tries before a single run reports a purchase as not delivered. A watching agent never stops trying while
    /// there is time. Both continue a settlement that has begun.
    pub tries: u32,
    /// The time between two questions to all nodes for purchases, beside the connection that reports new ones.
    pub rescan: Duration,
    /// The time that a stopped agent waits for settlements whose secret is shown already.
    pub patience: Duration,
}

impl Default for AgentOptions {
    fn default() -> Self {
        Self {
            in_flight: 8,
            tries: 5,
            rescan: Duration::from_secs(60),
            patience: Duration::from_secs(30),
        }
    }
}

/// Gets the events of an agent.
pub(super) type OnEvent<'a> = &'a (dyn Fn(AgentEvent) + Sync + 'a);

/// An event of an agent's work.
#[derive(Debug)]
#[non_exhaustive]
pub enum AgentEvent {
    /// A purchase to be delivered, or one that is delivered and not settled.
    Found {
        /// The purchase.
        purchase: KeyedAccount<PurchaseAccount>,
    },
    /// A transaction that delivered. Nobody can open anything yet.
    Delivered {
        /// The purchase.
        parts: Vec<DeliveredPart>,
        /// The transaction.
        confirmed: ConfirmedTransaction,
        /// Purchases that are delivered in full by it, and locked.
        locked: Vec<Locked>,
    },
    /// A purchase that has to wait: the nodes don't agree on it yet, or it is not final, or the payer holds too little to
    /// settle it.
    Waiting {
        /// The purchase.
        purchase: Address,
        /// The purchase that is waited for.
        error: Arc<ClientError>,
        /// When it is looked at again.
        retry_in: Duration,
    },
    /// A purchase is being settled.
    Settling {
        /// The purchase.
        purchase: Address,
        /// The event. With the first [`SettleEvent::Sent`], the secret is shown.
        event: SettleEvent,
    },
    /// A purchase was settled by one of this run's transactions.
    Settled {
        /// The purchase.
        purchase: Address,
        /// Lamports that the seller was paid.
        earned: u64,
        /// The transaction.
        confirmed: ConfirmedTransaction,
    },
    /// A purchase that ended otherwise.
    Gone {
        /// The purchase.
        purchase: Address,
        /// Whether the purchase was settled, by another agent or an earlier run; if not, it was refunded. `None`: the nodes
        /// have no history of it.
        settled: Option<bool>,
        /// Whether this seller may have shown the secret: where it was refunded, the price is lost.
        shown: bool,
    },
    /// A settlement has begun, and is not complete when the agent ends: its secret may be shown. Start the agent again soon:
    /// the next run continues the settlement, and the buyer can have the price refunded once the time to settle is over.
    Unfinished {
        /// The purchase.
        purchase: Address,
    },
    /// A transaction failed on the ledger and cost its fee. Records that are still missing are delivered again.
    Failed {
        /// Why, e.g. that another agent was faster.
        error: Arc<ClientError>,
        /// Lamports of its fee.
        fee: u64,
    },
    /// A purchase that can't be delivered or settled now, and is tried again.
    Postponed {
        /// The purchase.
        purchase: Address,
        /// Why.
        error: Arc<ClientError>,
        /// When.
        retry_in: Duration,
    },
    /// A purchase that this agent leaves: it can't, or must not, deliver or settle it.
    GivenUp {
        /// The purchase.
        purchase: Address,
        /// Why.
        error: Arc<ClientError>,
    },
    /// All purchases that were there at the start have been found.
    CaughtUp,
    /// The connection over which new purchases come is lost; they are found once it is back.
    Lost {
        /// The error.
        reason: String,
        /// When the next connection is tried.
        retry_in: Duration,
    },
}

/// Records of a purchase that a transaction delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveredPart {
    /// The purchase.
    pub purchase: Address,
    /// Position in the order of the first one.
    pub first: usize,
    /// The number of records.
    pub count: usize,
}

/// A purchase that was delivered in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locked {
    /// The purchase.
    pub purchase: Address,
    /// When it has to be settled by, in seconds since the Unix epoch, as one node shows it.
    pub settle_by: i64,
}

/// The results of an agent's run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Transactions that delivered.
    pub transactions: usize,
    /// Transactions that failed on the ledger.
    pub failed_transactions: usize,
    /// Purchases that were locked by them.
    pub locked: usize,
    /// Purchases that were settled by this run's transactions.
    pub settled: usize,
    /// Records that were delivered.
    pub records: usize,
    /// Lamports that the seller was paid.
    pub earned: u64,
    /// Lamports of all fees, but of settlements that came after another one.
    pub fees: u64,
    /// Purchases that were given up.
    pub given_up: usize,
    /// Settlements that have begun and are not complete: the next run continues them.
    pub unfinished: usize,
}
