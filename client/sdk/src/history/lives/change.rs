//! What each change does to the accounts that it names.

use generion::state::PurchaseStatus;
use solana_address::Address;

use super::{
    Lives,
    life::{Noticed, Order, Presence, Purchase, Record, Share, User, differs},
    of,
};
use crate::history::{Entry, GapKind, What};

/// What a purchase holds in the place of its settle key before the first delivery.
const NO_KEY: [u8; 32] = [0; 32];

impl Lives {
    pub(super) fn live(&mut self, entry: &Entry, noticed: Noticed) {
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
            What::Purchased => self.purchased(entry, noticed),
            What::Delivered => self.delivered(entry, noticed),
            What::Settled => self.settled(entry, noticed),
            What::Refunded => {
                if let Some(address) = facts.purchase {
                    let life = of(&mut self.purchases, self.start, address);
                    life.go_on(address, slot, noticed);
                    if life.state.status == Some(PurchaseStatus::Settled) {
                        noticed.push(life.change(address, "its closing, and another purchase"));
                    }
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
                    let status = life.state.status;
                    if status.is_some_and(|status| status != PurchaseStatus::Settled) {
                        noticed.push(life.change(address, "its settlement"));
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
                next_order_id: Some(0),
                record_count: Some(0),
                ..User::default()
            };
        }
        life.presence = Presence::Present;
        life.state.key_index = facts.key_index.or(expected);
        life.state.encryption_key = facts.encryption_key;
        life.state.attestation = facts.attestation;
    }

    fn record_created(&mut self, entry: &Entry, noticed: Noticed) {
        let (slot, facts) = (entry.slot, &entry.facts);
        if let Some(address) = facts.user {
            let life = of(&mut self.users, self.start, address);
            life.go_on(address, slot, noticed);
            let count = life.state.record_count;
            life.state.record_count = count.and_then(|count| count.checked_add(1));
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
            let records = facts.records.as_ref();
            let state = Order {
                open: Some(true),
                records: records.and_then(|records| u8::try_from(records.len()).ok()),
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

    fn purchased(&mut self, entry: &Entry, noticed: Noticed) {
        let (slot, facts) = (entry.slot, &entry.facts);
        let mut record_count = facts.record_count;
        if let Some(address) = facts.order {
            let life = of(&mut self.orders, self.start, address);
            life.go_on(address, slot, noticed);
            let pending = life.state.pending;
            life.state.pending = pending.and_then(|pending| pending.checked_add(1));
            // The event alone tells it of the purchase.
            record_count = record_count.or(life.state.records);
        }
        if let Some(address) = facts.purchase {
            let state = Purchase {
                record_count,
                delivered: Some(0),
                status: Some(PurchaseStatus::Pending),
                settle_key: Some(NO_KEY),
                settle_by: Some(0),
            };
            let life = of(&mut self.purchases, self.start, address);
            life.begin(address, slot, state, "its refund or its closing", noticed);
        }
    }

    fn delivered(&mut self, entry: &Entry, noticed: Noticed) {
        let (slot, facts) = (entry.slot, &entry.facts);
        if let Some(address) = facts.purchase {
            let life = of(&mut self.purchases, self.start, address);
            life.go_on(address, slot, noticed);
            let state = &life.state;
            let is_complete = state
                .status
                .is_some_and(|status| status != PurchaseStatus::Pending);
            // One purchase has one settle key.
            let has_another_key = state
                .settle_key
                .zip(facts.settle_key)
                .is_some_and(|(known, told)| known != NO_KEY && known != told);
            if is_complete || has_another_key {
                noticed.push(life.change(address, "its end, and another purchase"));
                life.state = Purchase {
                    record_count: life.state.record_count,
                    ..Purchase::default()
                };
            }
            let both = life.state.delivered.zip(facts.count);
            let delivered = both.and_then(|(delivered, count)| delivered.checked_add(count));
            let record_count = life.state.record_count;
            // What the event is not there to tell follows from what was delivered before.
            let locks = facts.settle_by.map(|settle_by| settle_by != 0);
            let locks = locks.or_else(|| Some(delivered? == record_count?));
            if locks == Some(true) {
                let differs = differs("its delivered records", record_count, delivered);
                noticed.extend(differs.map(|what| life.change(address, what)));
            }
            life.state.delivered = delivered;
            life.state.settle_key = facts.settle_key;
            (life.state.status, life.state.settle_by) = match locks {
                Some(true) => (Some(PurchaseStatus::Locked), facts.settle_by),
                Some(false) => (Some(PurchaseStatus::Pending), Some(0)),
                None => (None, None),
            };
        }
        for address in facts.records() {
            of(&mut self.records, self.start, *address).go_on(*address, slot, noticed);
        }
        if let Some(address) = facts.order {
            of(&mut self.orders, self.start, address).go_on(address, slot, noticed);
        }
    }

    fn settled(&mut self, entry: &Entry, noticed: Noticed) {
        let (slot, facts) = (entry.slot, &entry.facts);
        if let Some(address) = facts.purchase {
            let life = of(&mut self.purchases, self.start, address);
            life.go_on(address, slot, noticed);
            let missing = match life.state.status {
                Some(PurchaseStatus::Pending) => Some("the delivery of its last records"),
                Some(PurchaseStatus::Settled) => Some("its closing, and another purchase"),
                Some(PurchaseStatus::Locked) | None => None,
            };
            if let Some(what) = missing {
                noticed.push(life.change(address, what));
                let record_count = life.state.record_count;
                life.state = Purchase {
                    record_count,
                    delivered: record_count,
                    ..Purchase::default()
                };
            }
            life.state.status = Some(PurchaseStatus::Settled);
            life.state.settle_key = facts.settle_secret;
        }
        if let Some(address) = facts.order {
            let order = self.purchase_ends(address, slot, noticed);
            order.settled = order.settled.and_then(|settled| settled.checked_add(1));
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
}

/// Takes the next id of a user; if it is another one than the next, what is wrong with it.
fn next(name: &str, counter: &mut Option<u64>, id: Option<u64>) -> Option<String> {
    let expected = *counter;
    *counter = id.or(expected).and_then(|id| id.checked_add(1));
    differs(name, expected, id)
}
