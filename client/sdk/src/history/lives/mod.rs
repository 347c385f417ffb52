//! Lives of accounts, lived again from the changes that are known: what must have happened besides shows where something
//! is missing.

mod change;
mod compare;
mod life;

use std::collections::{BTreeMap, BTreeSet};

use solana_address::Address;

use self::life::{Life, Order, Presence, Purchase, Record, Share, User};
use super::{Entry, Gap, GapKind, present::Present};

/// The lives of all accounts that changes tell of.
#[derive(Debug)]
struct Lives {
    start: Presence,
    users: BTreeMap<Address, Life<User>>,
    records: BTreeMap<Address, Life<Record>>,
    shares: BTreeMap<Address, Life<Share>>,
    orders: BTreeMap<Address, Life<Order>>,
    purchases: BTreeMap<Address, Life<Purchase>>,
}

/// What is missing from the lives of accounts whose changes, oldest first, are all looked for. `from_start`: from their
/// beginning on; `to_present`: up to what the ledger shows of them.
pub(super) fn check(
    entries: &[Entry],
    accounts: &BTreeMap<Address, Present>,
    from_start: bool,
    to_present: bool,
) -> Vec<Gap> {
    let start = match from_start {
        true => Presence::Absent,
        false => Presence::Unknown,
    };
    let mut lives = Lives {
        start,
        users: BTreeMap::new(),
        records: BTreeMap::new(),
        shares: BTreeMap::new(),
        orders: BTreeMap::new(),
        purchases: BTreeMap::new(),
    };
    let entries: Vec<_> = entries
        .iter()
        .filter(|entry| entry.failed.is_none())
        .collect();
    let mut gaps = Vec::new();
    let mut differing: BTreeSet<_> = accounts.keys().collect();
    let mut differences = BTreeMap::new();
    for done in 0..=entries.len() {
        if let Some(entry) = done.checked_sub(1).and_then(|last| entries.get(last)) {
            let mut noticed = Vec::new();
            lives.live(entry, &mut noticed);
            let noticed = noticed
                .into_iter()
                .filter(|missing| accounts.contains_key(&missing.account));
            gaps.extend(noticed.map(|missing| Gap {
                kind: missing.kind,
                account: Some(missing.account),
                signature: None,
                from_slot: missing.from_slot,
                to_slot: Some(entry.slot),
                missing: missing.what,
            }));
        }
        // From here on a state that the node has shown may be the one in question.
        let next_slot = entries.get(done).map_or(u64::MAX, |next| next.slot);
        differing.retain(|address| match accounts.get(address) {
            Some(present) if present.slot <= next_slot => {
                match lives.difference(address, &present.account) {
                    Some(difference) => {
                        differences.insert(**address, difference);
                        true
                    }
                    None => false,
                }
            }
            _ => true,
        });
    }
    if to_present {
        gaps.extend(differing.into_iter().map(|address| Gap {
            kind: GapKind::PresentDiffers,
            account: Some(*address),
            signature: None,
            from_slot: lives.last_slot(address),
            to_slot: None,
            missing: differences.remove(address).unwrap_or_default(),
        }));
    }
    gaps
}

fn of<S: Default>(
    lives: &mut BTreeMap<Address, Life<S>>,
    start: Presence,
    address: Address,
) -> &mut Life<S> {
    lives.entry(address).or_insert_with(|| Life {
        presence: start,
        ..Life::default()
    })
}
