//! An account at one point of a replay, and the changes of it.

use std::fmt::Display;

use generion::state::PurchaseStatus;
use solana_address::Address;

use crate::gap::GapKind;

/// Whether an account exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Not known: earlier changes were not read.
    #[default]
    Unknown,
    /// The account does not exist: it was not created yet, or it was closed.
    Absent,
    /// The account exists.
    Present,
}

/// An account at one point of a replay. `None` in its state stands for an unknown value.
#[derive(Debug, Default)]
pub(crate) struct ReplayedAccount<S> {
    pub presence: Presence,
    pub state: S,
    /// The slot of its last change.
    pub slot: Option<u64>,
    /// The slot of the change before that.
    pub before: Option<u64>,
}

#[derive(Debug, Default)]
pub(crate) struct User {
    pub key_index: Option<u32>,
    pub encryption_key: Option<[u8; 32]>,
    pub attestation: Option<[u8; 64]>,
    pub next_order_id: Option<u64>,
    pub next_study_id: Option<u64>,
    pub record_count: Option<u64>,
}

#[derive(Debug, Default)]
pub(crate) struct Record {
    pub verified: Option<bool>,
    pub listings: Option<u64>,
}

#[derive(Debug, Default)]
pub(crate) struct Share;

#[derive(Debug, Default)]
pub(crate) struct Study {
    pub closes_at: Option<i64>,
    pub seats: Option<u32>,
}

#[derive(Debug, Default)]
pub(crate) struct Application;

#[derive(Debug, Default)]
pub(crate) struct Order {
    pub open: Option<bool>,
    pub records: Option<u8>,
    pub pending: Option<u32>,
    pub settled: Option<u32>,
}

#[derive(Debug, Default)]
pub(crate) struct Purchase {
    pub record_count: Option<u8>,
    pub delivered: Option<u8>,
    pub status: Option<PurchaseStatus>,
    /// The bytes in the account: zeros, then `S`, then `s`.
    pub settle_key: Option<[u8; 32]>,
    pub settle_by: Option<i64>,
}

/// A change that must have happened and is in no transaction that was read.
pub(crate) struct Inconsistency {
    pub kind: GapKind,
    pub account: Address,
    pub from_slot: Option<u64>,
    pub description: String,
}

impl<S: Default> ReplayedAccount<S> {
    pub(crate) fn advance_to(&mut self, slot: u64) {
        self.before = self.slot.replace(slot);
    }

    /// Applies a change of an account that must exist.
    pub(crate) fn modify(&mut self, account: Address, slot: u64, found: &mut Vec<Inconsistency>) {
        self.advance_to(slot);
        if self.presence == Presence::Absent {
            let (kind, description) = match self.before {
                None => (GapKind::BeginningMissing, "its creation"),
                Some(_) => (GapKind::ChangeMissing, "its creation after its end"),
            };
            found.push(self.inconsistency(account, kind, description));
            self.state = S::default();
        }
        self.presence = Presence::Present;
    }

    /// Applies a creation: the account must not exist before. `end` is the change that closes such an account.
    pub(crate) fn create(
        &mut self,
        account: Address,
        slot: u64,
        state: S,
        end: &str,
        found: &mut Vec<Inconsistency>,
    ) {
        self.advance_to(slot);
        if self.presence == Presence::Present {
            found.push(self.missing_change(account, end));
        }
        self.presence = Presence::Present;
        self.state = state;
    }

    pub(crate) fn close(&mut self) {
        self.presence = Presence::Absent;
        self.state = S::default();
    }

    /// A change that is missing between the last two.
    pub(crate) fn missing_change(
        &self,
        account: Address,
        description: impl Into<String>,
    ) -> Inconsistency {
        self.inconsistency(account, GapKind::ChangeMissing, description)
    }

    pub(crate) fn inconsistency(
        &self,
        account: Address,
        kind: GapKind,
        description: impl Into<String>,
    ) -> Inconsistency {
        Inconsistency {
            kind,
            account,
            from_slot: self.before,
            description: description.into(),
        }
    }
}

/// The difference between a value and the one that the replay leads to.
pub(crate) fn differs<N: PartialEq + Display>(
    name: &str,
    expected: Option<N>,
    told: Option<N>,
) -> Option<String> {
    let (expected, told) = expected.zip(told)?;
    (expected != told).then(|| format!("{name}: {told} where {expected} would follow"))
}
