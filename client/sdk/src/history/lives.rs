//! Lives of accounts, lived again from the changes that are known: what must have happened besides shows where something
//! is missing.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
};

use solana_address::Address;

use super::{
    Entry, Gap, GapKind, What,
    present::{Present, ProgramAccount},
};

/// Whether an account is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Presence {
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
struct Life<S> {
    presence: Presence,
    state: S,
    /// Where it was changed last.
    slot: Option<u64>,
    /// Where it was changed before that.
    before: Option<u64>,
}

#[derive(Debug, Default)]
struct User {
    key_index: Option<u32>,
    encryption_key: Option<[u8; 32]>,
    next_record_id: Option<u64>,
    next_order_id: Option<u64>,
    record_count: Option<u64>,
}

#[derive(Debug, Default)]
struct Record {
    verified: Option<bool>,
    listings: Option<u64>,
}

#[derive(Debug, Default)]
struct Share;

#[derive(Debug, Default)]
struct Order {
    open: Option<bool>,
    pending: Option<u32>,
    settled: Option<u32>,
}

#[derive(Debug, Default)]
struct Purchase {
    record_count: Option<u8>,
    delivered: Option<u8>,
    settled: Option<bool>,
}

/// Something that must have happened, and nothing tells of it.
struct Missing {
    kind: GapKind,
    account: Address,
    from_slot: Option<u64>,
    what: String,
}

/// What is noticed while a change is lived.
type Noticed<'a> = &'a mut Vec<Missing>;

impl<S: Default> Life<S> {
    fn reach(&mut self, slot: u64) {
        self.before = self.slot.replace(slot);
    }

    /// It is changed, so it must be there.
    fn go_on(&mut self, account: Address, slot: u64, noticed: Noticed) {
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
    fn begin(&mut self, account: Address, slot: u64, state: S, end: &str, noticed: Noticed) {
        self.reach(slot);
        if self.presence == Presence::Present {
            noticed.push(self.change(account, end));
        }
        self.presence = Presence::Present;
        self.state = state;
    }

    fn end(&mut self) {
        self.presence = Presence::Absent;
        self.state = S::default();
    }

    /// Something that is missing between the last two changes.
    fn change(&self, account: Address, what: impl Into<String>) -> Missing {
        self.missing(account, GapKind::ChangeMissing, what)
    }

    fn missing(&self, account: Address, kind: GapKind, what: impl Into<String>) -> Missing {
        Missing {
            kind,
            account,
            from_slot: self.before,
            what: what.into(),
        }
    }
}

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

impl Lives {
    fn live(&mut self, entry: &Entry, noticed: Noticed) {
        let (slot, facts) = (entry.slot, &entry.facts);
        match entry.what {
            What::EncryptionKeySet => self.key(entry, noticed),
            What::RecordCreated => self.record_created(entry, noticed),
            What::RecordVerified => {
                if let Some(address) = facts.record {
                    let life = of(&mut self.records, self.start, address);
                    life.go_on(address, slot, noticed);
                    life.state.verified = Some(true);
                }
            }
            What::RecordDeleted => self.record_deleted(entry, noticed),
            What::RecordShared => {
                if let Some(address) = facts.record {
                    self.verified_record(address, slot, noticed);
                }
                if let Some(address) = facts.share {
                    let life = of(&mut self.shares, self.start, address);
                    life.begin(address, slot, Share, "its revocation", noticed);
                }
            }
            What::ShareRevoked => {
                if let Some(address) = facts.share {
                    let life = of(&mut self.shares, self.start, address);
                    life.go_on(address, slot, noticed);
                    life.end();
                }
            }
            What::OrderCreated => self.order_created(entry, noticed),
            What::SalesStopped => {
                if let Some(address) = facts.order {
                    let life = of(&mut self.orders, self.start, address);
                    life.go_on(address, slot, noticed);
                    let told = facts.pending_purchases;
                    let differs = differs("its pending purchases", life.state.pending, told);
                    noticed.extend(differs.map(|what| life.change(address, what)));
                    life.state.pending = told.or(life.state.pending);
                    life.state.open = Some(false);
                }
            }
            What::OrderClosed => self.order_closed(entry, noticed),
            What::Purchased => {
                if let Some(address) = facts.order {
                    let life = of(&mut self.orders, self.start, address);
                    life.go_on(address, slot, noticed);
                    life.state.pending = life
                        .state
                        .pending
                        .and_then(|pending| pending.checked_add(1));
                }
                if let Some(address) = facts.purchase {
                    let state = Purchase {
                        record_count: facts.record_count,
                        delivered: Some(0),
                        settled: Some(false),
                    };
                    let life = of(&mut self.purchases, self.start, address);
                    life.begin(address, slot, state, "its refund or its closing", noticed);
                }
            }
            What::Delivered => self.delivered(entry, noticed),
            What::Refunded => {
                if let Some(address) = facts.purchase {
                    let life = of(&mut self.purchases, self.start, address);
                    life.go_on(address, slot, noticed);
                    life.end();
                }
                if let Some(address) = facts.order {
                    self.purchase_ends(address, slot, noticed);
                }
            }
            What::PurchaseClosed => {
                if let Some(address) = facts.purchase {
                    let life = of(&mut self.purchases, self.start, address);
                    life.go_on(address, slot, noticed);
                    if life.state.settled == Some(false) {
                        noticed.push(life.change(address, "the delivery of its last records"));
                    }
                    life.end();
                }
            }
        }
    }

    fn key(&mut self, entry: &Entry, noticed: Noticed) {
        let facts = &entry.facts;
        let Some(address) = facts.user else { return };
        let life = of(&mut self.users, self.start, address);
        life.reach(entry.slot);
        let (kind, expected) = match life.presence {
            Presence::Absent => (GapKind::BeginningMissing, Some(0)),
            _ => {
                let next = life.state.key_index.and_then(|index| index.checked_add(1));
                (GapKind::ChangeMissing, next)
            }
        };
        let differs = differs("its key's index", expected, facts.key_index);
        if let Some(what) = differs {
            noticed.push(life.missing(address, kind, what));
            life.state = User::default();
        } else if life.presence == Presence::Absent {
            life.state = User {
                next_record_id: Some(0),
                next_order_id: Some(0),
                record_count: Some(0),
                ..User::default()
            };
        }
        life.presence = Presence::Present;
        life.state.key_index = facts.key_index.or(expected);
        life.state.encryption_key = facts.encryption_key;
    }

    fn record_created(&mut self, entry: &Entry, noticed: Noticed) {
        let (slot, facts) = (entry.slot, &entry.facts);
        if let Some(address) = facts.user {
            let life = of(&mut self.users, self.start, address);
            life.go_on(address, slot, noticed);
            let skipped = next("its record ids", &mut life.state.next_record_id, facts.id);
            life.state.record_count = match skipped {
                None => life
                    .state
                    .record_count
                    .and_then(|count| count.checked_add(1)),
                // Some of those that nothing tells of may be deleted.
                Some(_) => None,
            };
            noticed.extend(skipped.map(|what| life.change(address, what)));
        }
        if let Some(address) = facts.record {
            let state = Record {
                verified: facts.verified,
                listings: Some(0),
            };
            let life = of(&mut self.records, self.start, address);
            life.begin(address, slot, state, "its deletion", noticed);
        }
    }

    fn record_deleted(&mut self, entry: &Entry, noticed: Noticed) {
        let (slot, facts) = (entry.slot, &entry.facts);
        if let Some(address) = facts.user {
            let life = of(&mut self.users, self.start, address);
            life.go_on(address, slot, noticed);
            let count = life.state.record_count;
            life.state.record_count = count.and_then(|count| count.checked_sub(1));
        }
        if let Some(address) = facts.record {
            let life = of(&mut self.records, self.start, address);
            life.go_on(address, slot, noticed);
            if let Some(1..) = life.state.listings {
                noticed.push(life.change(address, "the closing of orders that listed it"));
            }
            life.end();
        }
    }

    /// A record that is shared or listed must have been verified.
    fn verified_record(&mut self, address: Address, slot: u64, noticed: Noticed) -> &mut Record {
        let life = of(&mut self.records, self.start, address);
        life.go_on(address, slot, noticed);
        if life.state.verified == Some(false) {
            noticed.push(life.change(address, "its verification"));
        }
        life.state.verified = Some(true);
        &mut life.state
    }

    fn order_created(&mut self, entry: &Entry, noticed: Noticed) {
        let (slot, facts) = (entry.slot, &entry.facts);
        if let Some(address) = facts.user {
            let life = of(&mut self.users, self.start, address);
            life.go_on(address, slot, noticed);
            let skipped = next("its order ids", &mut life.state.next_order_id, facts.id);
            noticed.extend(skipped.map(|what| life.change(address, what)));
        }
        for address in facts.records() {
            let record = self.verified_record(*address, slot, noticed);
            record.listings = record.listings.and_then(|listings| listings.checked_add(1));
        }
        if let Some(address) = facts.order {
            let state = Order {
                open: Some(true),
                pending: Some(0),
                settled: Some(0),
            };
            let life = of(&mut self.orders, self.start, address);
            life.begin(address, slot, state, "its closing", noticed);
        }
    }

    fn order_closed(&mut self, entry: &Entry, noticed: Noticed) {
        let (slot, facts) = (entry.slot, &entry.facts);
        if let Some(address) = facts.order {
            let life = of(&mut self.orders, self.start, address);
            life.go_on(address, slot, noticed);
            let Order {
                pending, settled, ..
            } = life.state;
            let pending = differs("its pending purchases", pending, Some(0));
            let settled = differs("its settled purchases", settled, facts.settled_purchases);
            let both = pending.into_iter().chain(settled);
            noticed.extend(both.map(|what| life.change(address, what)));
            life.end();
        }
        for address in facts.records() {
            let life = of(&mut self.records, self.start, *address);
            life.go_on(*address, slot, noticed);
            let listings = life.state.listings;
            if listings == Some(0) {
                noticed.push(life.change(*address, "the creation of an order that lists it"));
            }
            life.state.listings = listings.and_then(|listings| listings.checked_sub(1));
        }
    }

    fn delivered(&mut self, entry: &Entry, noticed: Noticed) {
        let (slot, facts) = (entry.slot, &entry.facts);
        let mut completes = facts.lamports.map(|lamports| lamports > 0);
        if let Some(address) = facts.purchase {
            let life = of(&mut self.purchases, self.start, address);
            life.go_on(address, slot, noticed);
            let both = life.state.delivered.zip(facts.count);
            let delivered = both.and_then(|(delivered, count)| delivered.checked_add(count));
            let record_count = life.state.record_count;
            // What the event is not there to tell follows from what was delivered before.
            completes = completes.or_else(|| Some(delivered? == record_count?));
            if completes == Some(true) {
                let differs = differs("its delivered records", record_count, delivered);
                noticed.extend(differs.map(|what| life.change(address, what)));
            }
            life.state.delivered = delivered;
            life.state.settled = completes;
        }
        for address in facts.records() {
            of(&mut self.records, self.start, *address).go_on(*address, slot, noticed);
        }
        let Some(address) = facts.order else { return };
        if completes == Some(true) {
            let order = self.purchase_ends(address, slot, noticed);
            order.settled = order.settled.and_then(|settled| settled.checked_add(1));
            return;
        }
        let life = of(&mut self.orders, self.start, address);
        life.go_on(address, slot, noticed);
        if completes.is_none() {
            (life.state.pending, life.state.settled) = (None, None);
        }
    }

    fn purchase_ends(&mut self, address: Address, slot: u64, noticed: Noticed) -> &mut Order {
        let life = of(&mut self.orders, self.start, address);
        life.go_on(address, slot, noticed);
        let pending = life.state.pending;
        if pending == Some(0) {
            noticed.push(life.change(address, "the beginning of a purchase that ends"));
        }
        life.state.pending = pending.and_then(|pending| pending.checked_sub(1));
        &mut life.state
    }

    /// How an account as the ledger shows it differs from what it should be by now.
    fn difference(&self, address: &Address, present: &ProgramAccount) -> Option<String> {
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
            ProgramAccount::None | ProgramAccount::Share(_) => None,
            ProgramAccount::User(present) => {
                let state = &self.users.get(address)?.state;
                let key_differs = state
                    .encryption_key
                    .is_some_and(|key| key != present.encryption_key);
                differs("its key's index", state.key_index, Some(present.key_index))
                    .or_else(|| key_differs.then(|| "its key is another one".to_owned()))
                    .or_else(|| {
                        differs(
                            "its next record id",
                            state.next_record_id,
                            Some(present.next_record_id),
                        )
                    })
                    .or_else(|| {
                        differs(
                            "its next order id",
                            state.next_order_id,
                            Some(present.next_order_id),
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
                let settled = state
                    .settled
                    .filter(|settled| *settled != present.is_settled());
                let word = |settled| if settled { "settled" } else { "pending" };
                differs(
                    "its delivered records",
                    state.delivered,
                    Some(present.delivered_count),
                )
                .or_else(|| {
                    settled.map(|settled| {
                        format!("it should be {}, and is {}", word(settled), word(!settled))
                    })
                })
            }
        }
    }

    fn presence(&self, address: &Address) -> Presence {
        let maps = [
            self.users.get(address).map(|life| life.presence),
            self.records.get(address).map(|life| life.presence),
            self.shares.get(address).map(|life| life.presence),
            self.orders.get(address).map(|life| life.presence),
            self.purchases.get(address).map(|life| life.presence),
        ];
        maps.into_iter().flatten().next().unwrap_or(self.start)
    }

    fn last_slot(&self, address: &Address) -> Option<u64> {
        let maps = [
            self.users.get(address).and_then(|life| life.slot),
            self.records.get(address).and_then(|life| life.slot),
            self.shares.get(address).and_then(|life| life.slot),
            self.orders.get(address).and_then(|life| life.slot),
            self.purchases.get(address).and_then(|life| life.slot),
        ];
        maps.into_iter().flatten().next()
    }
}

/// Takes the next id of a user; if it is another one than the next, what is wrong with it.
fn next(name: &str, counter: &mut Option<u64>, id: Option<u64>) -> Option<String> {
    let expected = *counter;
    *counter = id.or(expected).and_then(|id| id.checked_add(1));
    differs(name, expected, id)
}

/// What is wrong with a number that is known twice.
fn differs<N: PartialEq + Display>(
    name: &str,
    expected: Option<N>,
    told: Option<N>,
) -> Option<String> {
    let (expected, told) = expected.zip(told)?;
    (expected != told).then(|| format!("{name}: {told} where {expected} would follow"))
}
