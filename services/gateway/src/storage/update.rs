//! The changes that are written to an index.

use std::collections::HashMap;

use solana_address::Address;
use solana_signature::Signature;

use super::{
    account::IndexedAccount,
    transaction::{Direction, FoundTransaction, Progress, TransactionState},
};

/// The new state of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// The account is there.
    Present {
        /// The account, as it was read.
        account: IndexedAccount,
        /// The transaction that changed it last, where it is known.
        signature: Option<Signature>,
        /// Whether nodes disagree on it.
        disputed: bool,
    },
    /// The account is not there, or not the program's any more.
    Closed {
        /// The account's address.
        address: Address,
        /// The slot of the state in which it was missing.
        slot: u64,
    },
}

impl Written {
    /// The account's address.
    pub const fn address(&self) -> &Address {
        match self {
            Self::Present { account, .. } => &account.address,
            Self::Closed { address, .. } => address,
        }
    }

    /// Whether there is none.
    pub const fn is_closed(&self) -> bool {
        matches!(self, Self::Closed { .. })
    }

    /// The slot of the state that it was read in.
    pub const fn slot(&self) -> u64 {
        match self {
            Self::Present { account, .. } => account.slot,
            Self::Closed { slot, .. } => *slot,
        }
    }
}

/// The changes that are written in one database transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// The new states of accounts.
    pub accounts: Vec<Written>,
    /// Transactions that were found.
    pub transactions: Vec<FoundTransaction>,
    /// The place of these among the known ones.
    pub direction: Direction,
    /// The new states of known transactions.
    pub states: Vec<(Signature, TransactionState)>,
    /// The index's progress with this update.
    pub progress: Option<Progress>,
}

/// The last state of each account.
pub(super) fn newest_of_each(accounts: Vec<Written>) -> Vec<Written> {
    let mut newest: HashMap<Address, Written> = HashMap::new();
    for account in accounts {
        match newest.get(account.address()) {
            Some(known) if known.slot() > account.slot() => {}
            _ => {
                newest.insert(*account.address(), account);
            }
        }
    }
    newest.into_values().collect()
}
