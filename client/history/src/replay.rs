//! Replays changes on the accounts that they name: if a change does not fit the changes before it, or the result does not fit
//! the account on the ledger, a change is missing.

mod account;
mod change;
mod compare;
mod state;

use std::collections::{BTreeMap, BTreeSet};

use solana_address::Address;

use crate::{
    entry::Entry,
    gap::{Gap, GapKind},
    replay::{account::Presence, state::Replay},
    snapshot::Snapshot,
};

/// Replays `entries`, oldest first, and returns the gaps in the histories of `accounts`.
///
/// `from_start`: the entries begin with the accounts' creations. `to_present`: they end with the accounts as the ledger shows
/// them.
pub(crate) fn replay(
    entries: &[Entry],
    accounts: &BTreeMap<Address, Snapshot>,
    from_start: bool,
    to_present: bool,
) -> Vec<Gap> {
    let start = match from_start {
        true => Presence::Absent,
        false => Presence::Unknown,
    };
    let mut replay = Replay::new(start);
    let entries: Vec<_> = entries
        .iter()
        .filter(|entry| entry.failure.is_none())
        .collect();
    let mut gaps = Vec::new();
    let mut differing: BTreeSet<_> = accounts.keys().collect();
    let mut differences = BTreeMap::new();
    for done in 0..=entries.len() {
        if let Some(entry) = done.checked_sub(1).and_then(|last| entries.get(last)) {
            let mut found = Vec::new();
            replay.apply(entry, &mut found);
            let found = found
                .into_iter()
                .filter(|inconsistency| accounts.contains_key(&inconsistency.account));
            gaps.extend(found.map(|inconsistency| Gap {
                kind: inconsistency.kind,
                account: Some(inconsistency.account),
                signature: None,
                from_slot: inconsistency.from_slot,
                to_slot: Some(entry.slot),
                missing: inconsistency.description,
            }));
        }
        // The node may have shown the account as it is from here on.
        let next_slot = entries.get(done).map_or(u64::MAX, |next| next.slot);
        differing.retain(|address| match accounts.get(address) {
            Some(present) if present.slot <= next_slot => {
                match replay.difference(address, &present.account) {
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
            from_slot: replay.last_slot(address),
            to_slot: None,
            missing: differences.remove(address).unwrap_or_default(),
        }));
    }
    gaps
}
