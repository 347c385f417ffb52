use std::{sync::Arc, time::Duration};

use generion_interface::accounts::PurchaseAccount;
use solana_address::Address;

use crate::{ClientError, Landed, Listed};

/// How an agent works.
#[derive(Clone, Copy, Debug)]
pub struct AgentOptions {
    /// Transactions on their way at a time: 1 or more.
    pub in_flight: usize,
    /// How often a purchase is tried before a single run reports it as not delivered. A watching agent never stops
    /// trying while there is time.
    pub tries: u32,
}

impl Default for AgentOptions {
    fn default() -> Self {
        Self {
            in_flight: 8,
            tries: 5,
        }
    }
}

/// What an agent tells while it works.
#[derive(Debug)]
pub enum AgentEvent {
    /// A purchase to be delivered.
    Found {
        /// The purchase.
        purchase: Listed<PurchaseAccount>,
    },
    /// A transaction that delivered.
    Delivered {
        /// What.
        parts: Vec<DeliveredPart>,
        /// The transaction.
        landed: Landed,
        /// Lamports that the seller was paid.
        earned: u64,
    },
    /// A purchase that somebody else delivered, or that was refunded.
    Gone {
        /// The purchase.
        purchase: Address,
        /// Whether it is settled; refunded otherwise.
        settled: bool,
    },
    /// A transaction that failed on the ledger; it cost its fee. What it was to deliver is tried again if it is still
    /// to be delivered.
    Failed {
        /// Why, e.g. that another agent was faster.
        error: Arc<ClientError>,
        /// Lamports of its fee.
        fee: u64,
    },
    /// A purchase that can't be delivered now, and is tried again.
    Postponed {
        /// The purchase.
        purchase: Address,
        /// Why.
        error: Arc<ClientError>,
        /// When.
        retry_in: Duration,
    },
    /// A purchase that this agent can't deliver.
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
        /// What happened.
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
    /// How many.
    pub count: usize,
}

/// What an agent did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Transactions that delivered.
    pub transactions: usize,
    /// Transactions that failed on the ledger.
    pub failed_transactions: usize,
    /// Purchases that were settled by them.
    pub settled: usize,
    /// Records that were delivered.
    pub records: usize,
    /// Lamports that the seller was paid.
    pub earned: u64,
    /// Lamports of all fees.
    pub fees: u64,
    /// Purchases that were given up.
    pub given_up: usize,
}
