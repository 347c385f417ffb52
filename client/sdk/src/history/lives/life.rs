//! An account at a moment of its life, and what is noticed when it goes on.

use std::fmt::Display;

use generion::state::PurchaseStatus;
use solana_address::Address;

use crate::history::GapKind;

/// Whether an account is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Presence {
    /// It may be: earlier changes were not looked at.
    #[default]
    Unknown,
    /// It is not, nothing having happened yet, or after its end.
    Absent,
    /// It is.
    Present,
}

/// An account at a moment of its life; what is `None` in its state is not known.
#[derive(Debug, Default)]
pub(super) struct Life<S> {
    pub presence: Presence,
    pub state: S,
    /// Where it was changed last.
    pub slot: Option<u64>,
    /// Where it was changed before that.
    pub before: Option<u64>,
}

#[derive(Debug, Default)]
pub(super) struct User {
    pub key_index: Option<u32>,
    pub encryption_key: Option<[u8; 32]>,
    pub attestation: Option<[u8; 64]>,
    pub next_order_id: Option<u64>,
    pub record_count: Option<u64>,
}

#[derive(Debug, Default)]
pub(super) struct Record {
    pub verified: Option<bool>,
    pub listings: Option<u64>,
}

#[derive(Debug, Default)]
pub(super) struct Share;

#[derive(Debug, Default)]
pub(super) struct Order {
    pub open: Option<bool>,
    pub records: Option<u8>,
    pub pending: Option<u32>,
    pub settled: Option<u32>,
}

#[derive(Debug, Default)]
pub(super) struct Purchase {
    pub record_count: Option<u8>,
    pub delivered: Option<u8>,
    pub status: Option<PurchaseStatus>,
    /// As the account holds it: zeros, then `S`, then `s`.
    pub settle_key: Option<[u8; 32]>,
    pub settle_by: Option<i64>,
}

/// Something that must have happened, and nothing tells of it.
pub(super) struct Missing {
    pub kind: GapKind,
    pub account: Address,
    pub from_slot: Option<u64>,
    pub what: String,
}

/// What is noticed while a change is lived.
pub(super) type Noticed<'a> = &'a mut Vec<Missing>;

impl<S: Default> Life<S> {
    pub(super) fn reach(&mut self, slot: u64) {
        self.before = self.slot.replace(slot);
    }

    /// It is changed, so it must be there.
    pub(super) fn go_on(&mut self, account: Address, slot: u64, noticed: Noticed) {
        self.reach(slot);
        if self.presence == Presence::Absent {
            let (kind, what) = match self.before {
                None => (GapKind::BeginningMissing, "its creation"),
                Some(_) => (GapKind::ChangeMissing, "its creation after its end"),
            };
            noticed.push(self.missing(account, kind, what));
            self.state = S::default();
        }
        self.presence = Presence::Present;
    }

    /// It is created, so it must not be there. `end` is what ends such an account.
    pub(super) fn begin(
        &mut self,
        account: Address,
        slot: u64,
        state: S,
        end: &str,
        noticed: Noticed,
    ) {
        self.reach(slot);
        if self.presence == Presence::Present {
            noticed.push(self.change(account, end));
        }
        self.presence = Presence::Present;
        self.state = state;
    }

    pub(super) fn end(&mut self) {
        self.presence = Presence::Absent;
        self.state = S::default();
    }

    /// Something that is missing between the last two changes.
    pub(super) fn change(&self, account: Address, what: impl Into<String>) -> Missing {
        self.missing(account, GapKind::ChangeMissing, what)
    }

    pub(super) fn missing(
        &self,
        account: Address,
        kind: GapKind,
        what: impl Into<String>,
    ) -> Missing {
        Missing {
            kind,
            account,
            from_slot: self.before,
            what: what.into(),
        }
    }
}

/// What is wrong with a number that is known twice.
pub(super) fn differs<N: PartialEq + Display>(
    name: &str,
    expected: Option<N>,
    told: Option<N>,
) -> Option<String> {
    let (expected, told) = expected.zip(told)?;
    (expected != told).then(|| format!("{name}: {told} where {expected} would follow"))
}
