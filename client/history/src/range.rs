use crate::listing::Listing;

/// A point on the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Moment {
    /// A slot.
    Slot(u64),
    /// The time of a block, in seconds since the Unix epoch. A block whose time the node has lost counts as within every range.
    Time(i64),
}

/// The part of a history to read: by default all of it, but no more than 10,000 transactions of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRange {
    /// The beginning, inclusive.
    pub since: Option<Moment>,
    /// Up to here, inclusive.
    pub until: Option<Moment>,
    /// Most transactions that are looked at of each address, the latest first. Anybody can put an address into
    /// transactions, at 0.000005 SOL each.
    pub limit: usize,
    /// Whether transactions that failed are looked at too. They changed nothing.
    pub failed: bool,
}

impl Default for HistoryRange {
    fn default() -> Self {
        Self {
            since: None,
            until: None,
            limit: 10_000,
            failed: false,
        }
    }
}

impl HistoryRange {
    /// Whether the range begins behind it.
    pub(crate) fn is_before(&self, listing: &Listing) -> bool {
        match self.since {
            None => false,
            Some(Moment::Slot(slot)) => listing.slot < slot,
            Some(Moment::Time(since)) => listing.time.is_some_and(|time| time < since),
        }
    }

    /// Whether the range ends before it.
    pub(crate) fn is_behind(&self, listing: &Listing) -> bool {
        match self.until {
            None => false,
            Some(Moment::Slot(slot)) => listing.slot > slot,
            Some(Moment::Time(until)) => listing.time.is_some_and(|time| time > until),
        }
    }
}

#[cfg(test)]
mod tests {
    use solana_signature::Signature;

    use super::*;

    fn sides(since: Moment, until: Moment, slot: u64, time: Option<i64>) -> (bool, bool) {
        let range = HistoryRange {
            since: Some(since),
            until: Some(until),
            ..HistoryRange::default()
        };
        let listing = Listing {
            signature: Signature::default(),
            slot,
            time,
            failed: false,
        };
        (range.is_before(&listing), range.is_behind(&listing))
    }

    #[test]
    fn both_ends_belong_to_the_range() {
        for (place, expected) in [
            (4, (true, false)),
            (5, (false, false)),
            (7, (false, false)),
            (8, (false, true)),
        ] {
            let (slot, time) = (place, place as i64);
            let by_slot = sides(Moment::Slot(5), Moment::Slot(7), slot, None);
            let by_time = sides(Moment::Time(5), Moment::Time(7), 0, Some(time));
            assert_eq!((by_slot, by_time), (expected, expected), "{place}");
        }
        let unknown = sides(Moment::Time(5), Moment::Time(7), 0, None);
        assert_eq!(unknown, (false, false), "a time that nobody knows");
    }
}
