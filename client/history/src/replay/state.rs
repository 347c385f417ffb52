//! The accounts of a replay.

use std::collections::BTreeMap;

use solana_address::Address;

use crate::replay::account::{
    Application, Order, Presence, Purchase, Record, ReplayedAccount, Share, Study, User,
};

/// All accounts that the changes so far name.
#[derive(Debug)]
pub(crate) struct Replay {
    /// The state of an account before its first known change.
    pub(crate) start: Presence,
    pub(crate) users: BTreeMap<Address, ReplayedAccount<User>>,
    pub(crate) records: BTreeMap<Address, ReplayedAccount<Record>>,
    pub(crate) shares: BTreeMap<Address, ReplayedAccount<Share>>,
    pub(crate) orders: BTreeMap<Address, ReplayedAccount<Order>>,
    pub(crate) purchases: BTreeMap<Address, ReplayedAccount<Purchase>>,
    pub(crate) studies: BTreeMap<Address, ReplayedAccount<Study>>,
    pub(crate) applications: BTreeMap<Address, ReplayedAccount<Application>>,
}

impl Replay {
    pub(crate) fn new(start: Presence) -> Self {
        Self {
            start,
            users: BTreeMap::new(),
            records: BTreeMap::new(),
            shares: BTreeMap::new(),
            orders: BTreeMap::new(),
            purchases: BTreeMap::new(),
            studies: BTreeMap::new(),
            applications: BTreeMap::new(),
        }
    }
}

/// The account at an address, which is new to the replay if no change has named it so far.
pub(crate) fn account_at<S: Default>(
    accounts: &mut BTreeMap<Address, ReplayedAccount<S>>,
    start: Presence,
    address: Address,
) -> &mut ReplayedAccount<S> {
    accounts.entry(address).or_insert_with(|| ReplayedAccount {
        presence: start,
        ..ReplayedAccount::default()
    })
}
