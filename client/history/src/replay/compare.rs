//! Compares the replayed account with the one that the ledger shows.

use generion::state::PurchaseStatus;
use solana_address::Address;

use crate::{
    replay::{
        account::{Presence, differs},
        state::Replay,
    },
    snapshot::ProgramAccount,
};

impl Replay {
    /// The difference between an account on the ledger and the replayed one.
    pub(crate) fn difference(&self, address: &Address, present: &ProgramAccount) -> Option<String> {
        let presence = self.presence(address);
        let is_there = *present != ProgramAccount::None;
        match (presence, is_there) {
            (Presence::Absent, true) => {
                return Some("it is there, and nothing tells that it was created".to_owned());
            }
            (Presence::Present, false) => {
                return Some("it is not there, and nothing tells that it was closed".to_owned());
            }
            _ => {}
        }
        match present {
            ProgramAccount::None | ProgramAccount::Share(_) | ProgramAccount::Application(_) => {
                None
            }
            ProgramAccount::Study(present) => {
                let (state, present) = (&self.studies.get(address)?.state, &present.state);
                differs("its closing time", state.closes_at, Some(present.closes_at))
                    .or_else(|| differs("its seats", state.seats, Some(present.seats)))
            }
            ProgramAccount::User(present) => {
                let state = &self.users.get(address)?.state;
                let (key, attestation) = (present.encryption_key, present.attestation);
                differs("its key's index", state.key_index, Some(present.key_index))
                    .or_else(|| another("its key", state.encryption_key, key))
                    .or_else(|| another("its key's attestation", state.attestation, attestation))
                    .or_else(|| {
                        differs(
                            "its next order id",
                            state.next_order_id,
                            Some(present.next_order_id),
                        )
                    })
                    .or_else(|| {
                        differs(
                            "its next study id",
                            state.next_study_id,
                            Some(present.next_study_id),
                        )
                    })
                    .or_else(|| {
                        differs(
                            "its records",
                            state.record_count,
                            Some(present.record_count),
                        )
                    })
            }
            ProgramAccount::Record(present) => {
                let (state, present) = (&self.records.get(address)?.state, &present.state);
                let verified = state
                    .verified
                    .filter(|verified| *verified != present.is_verified());
                let word = |verified| if verified { "verified" } else { "unverified" };
                verified
                    .map(|verified| {
                        format!(
                            "it should be {}, and is {}",
                            word(verified),
                            word(!verified)
                        )
                    })
                    .or_else(|| {
                        differs(
                            "the orders that list it",
                            state.listings,
                            Some(present.listings),
                        )
                    })
            }
            ProgramAccount::Order(present) => {
                let (state, present) = (&self.orders.get(address)?.state, &present.state);
                let open = state.open.filter(|open| *open != present.is_open());
                let word = |open| if open { "open" } else { "closed for sales" };
                open.map(|open| format!("it should be {}, and is {}", word(open), word(!open)))
                    .or_else(|| {
                        differs(
                            "its pending purchases",
                            state.pending,
                            Some(present.pending_purchases),
                        )
                    })
                    .or_else(|| {
                        differs(
                            "its settled purchases",
                            state.settled,
                            Some(present.settled_purchases),
                        )
                    })
            }
            ProgramAccount::Purchase(present) => {
                let (state, present) = (&self.purchases.get(address)?.state, &present.state);
                let status = state
                    .status
                    .map(|status| status as u8)
                    .filter(|status| *status != present.status);
                differs(
                    "its delivered records",
                    state.delivered,
                    Some(present.delivered_count),
                )
                .or_else(|| {
                    let (expected, shown) = (word_for(status?), word_for(present.status));
                    Some(format!("it should be {expected}, and is {shown}"))
                })
                .or_else(|| another("its settle key", state.settle_key, present.settle_key))
                .or_else(|| {
                    differs(
                        "the time to settle it by",
                        state.settle_by,
                        Some(present.settle_by),
                    )
                })
            }
        }
    }

    fn presence(&self, address: &Address) -> Presence {
        let maps = [
            self.users.get(address).map(|account| account.presence),
            self.records.get(address).map(|account| account.presence),
            self.shares.get(address).map(|account| account.presence),
            self.orders.get(address).map(|account| account.presence),
            self.purchases.get(address).map(|account| account.presence),
            self.studies.get(address).map(|account| account.presence),
            self.applications
                .get(address)
                .map(|account| account.presence),
        ];
        maps.into_iter().flatten().next().unwrap_or(self.start)
    }

    pub(crate) fn last_slot(&self, address: &Address) -> Option<u64> {
        let maps = [
            self.users.get(address).and_then(|account| account.slot),
            self.records.get(address).and_then(|account| account.slot),
            self.shares.get(address).and_then(|account| account.slot),
            self.orders.get(address).and_then(|account| account.slot),
            self.purchases.get(address).and_then(|account| account.slot),
            self.studies.get(address).and_then(|account| account.slot),
            self.applications
                .get(address)
                .and_then(|account| account.slot),
        ];
        maps.into_iter().flatten().next()
    }
}

/// ChangeKind is wrong with bytes that are known twice.
fn another<const N: usize>(
    name: &str,
    expected: Option<[u8; N]>,
    shown: [u8; N],
) -> Option<String> {
    let differs = expected.is_some_and(|expected| expected != shown);
    differs.then(|| format!("{name} is another one"))
}

/// A purchase's status, as text.
fn word_for(status: u8) -> &'static str {
    const WORDS: [(PurchaseStatus, &str); 3] = [
        (PurchaseStatus::Pending, "pending"),
        (PurchaseStatus::Locked, "locked"),
        (PurchaseStatus::Settled, "settled"),
    ];
    let word = WORDS.iter().find(|(known, _)| *known as u8 == status);
    word.map_or(
        "in a state that this software does not know",
        |(_, word)| word,
    )
}
