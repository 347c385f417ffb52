//! ChangeKind each change does to the accounts that it names.

use generion::state::PurchaseStatus;
use solana_address::Address;

use crate::{
    change::ChangeKind,
    entry::Entry,
    gap::GapKind,
    replay::{
        account::{
            Application, Inconsistency, Order, Presence, Purchase, Record, Share, Study, User,
            differs,
        },
        state::{Replay, account_at},
    },
};

/// ChangeKind a purchase holds in the place of its settle key before the first delivery.
const NO_KEY: [u8; 32] = [0; 32];

impl Replay {
    pub(crate) fn apply(&mut self, entry: &Entry, found: &mut Vec<Inconsistency>) {
        let (slot, details) = (entry.slot, &entry.details);
        match entry.kind {
            ChangeKind::EncryptionKeySet => self.key(entry, found),
            ChangeKind::RecordCreated => self.record_created(entry, found),
            ChangeKind::RecordVerified => {
                if let Some(address) = details.record {
                    let account = account_at(&mut self.records, self.start, address);
                    account.modify(address, slot, found);
                    account.state.verified = Some(true);
                }
            }
            ChangeKind::RecordDeleted => self.record_deleted(entry, found),
            ChangeKind::RecordShared => {
                if let Some(address) = details.record {
                    self.verified_record(address, slot, found);
                }
                if let Some(address) = details.share {
                    let account = account_at(&mut self.shares, self.start, address);
                    account.create(address, slot, Share, "its revocation", found);
                }
            }
            ChangeKind::ShareRevoked => {
                if let Some(address) = details.share {
                    let account = account_at(&mut self.shares, self.start, address);
                    account.modify(address, slot, found);
                    account.close();
                }
            }
            ChangeKind::OrderCreated => self.order_created(entry, found),
            ChangeKind::SalesStopped => {
                if let Some(address) = details.order {
                    let account = account_at(&mut self.orders, self.start, address);
                    account.modify(address, slot, found);
                    let told = details.pending_purchases;
                    let differs = differs("its pending purchases", account.state.pending, told);
                    found.extend(
                        differs.map(|description| account.missing_change(address, description)),
                    );
                    account.state.pending = told.or(account.state.pending);
                    account.state.open = Some(false);
                }
            }
            ChangeKind::OrderClosed => self.order_closed(entry, found),
            ChangeKind::Purchased | ChangeKind::StudyJoined => self.purchased(entry, found),
            ChangeKind::ParticipantAdmitted => {
                self.application_ends(entry, found);
                self.purchased(entry, found);
            }
            ChangeKind::Delivered => self.delivered(entry, found),
            ChangeKind::Settled => self.settled(entry, found),
            ChangeKind::Refunded => {
                if let Some(address) = details.purchase {
                    let account = account_at(&mut self.purchases, self.start, address);
                    account.modify(address, slot, found);
                    if account.state.status == Some(PurchaseStatus::Settled) {
                        found.push(
                            account.missing_change(address, "its closing, and another purchase"),
                        );
                    }
                    account.close();
                }
                if let Some(address) = details.order {
                    self.purchase_ends(address, slot, found);
                }
            }
            ChangeKind::PurchaseClosed | ChangeKind::SeatClosed => {
                if let Some(address) = details.purchase {
                    let account = account_at(&mut self.purchases, self.start, address);
                    account.modify(address, slot, found);
                    let status = account.state.status;
                    if status.is_some_and(|status| status != PurchaseStatus::Settled) {
                        found.push(account.missing_change(address, "its settlement"));
                    }
                    account.close();
                }
            }
            ChangeKind::StudyCreated => self.study_created(entry, found),
            ChangeKind::StudyUpdated => {
                if let Some(address) = details.study {
                    let account = account_at(&mut self.studies, self.start, address);
                    account.modify(address, slot, found);
                    // Of an end, the event alone tells when.
                    account.state.closes_at = details.closes_at;
                }
            }
            // The study may be gone.
            ChangeKind::BudgetWithdrawn => {}
            ChangeKind::StudyApplied => {
                if let Some(address) = details.application {
                    let account = account_at(&mut self.applications, self.start, address);
                    let ends = "its admission or its withdrawal";
                    account.create(address, slot, Application, ends, found);
                }
            }
            ChangeKind::ApplicationWithdrawn => self.application_ends(entry, found),
            ChangeKind::StudyClosed => {
                if let Some(address) = details.study {
                    let account = account_at(&mut self.studies, self.start, address);
                    account.modify(address, slot, found);
                    account.close();
                }
            }
        }
    }

    fn key(&mut self, entry: &Entry, found: &mut Vec<Inconsistency>) {
        let details = &entry.details;
        let Some(address) = details.user else { return };
        let account = account_at(&mut self.users, self.start, address);
        account.advance_to(entry.slot);
        let (kind, expected) = match account.presence {
            Presence::Absent => (GapKind::BeginningMissing, Some(0)),
            _ => {
                let next = account
                    .state
                    .key_index
                    .and_then(|index| index.checked_add(1));
                (GapKind::ChangeMissing, next)
            }
        };
        let differs = differs("its key's index", expected, details.key_index);
        if let Some(description) = differs {
            found.push(account.inconsistency(address, kind, description));
            account.state = User::default();
        } else if account.presence == Presence::Absent {
            account.state = User {
                next_order_id: Some(0),
                next_study_id: Some(0),
                record_count: Some(0),
                ..User::default()
            };
        }
        account.presence = Presence::Present;
        account.state.key_index = details.key_index.or(expected);
        account.state.encryption_key = details.encryption_key;
        account.state.attestation = details.attestation;
    }

    fn record_created(&mut self, entry: &Entry, found: &mut Vec<Inconsistency>) {
        let (slot, details) = (entry.slot, &entry.details);
        if let Some(address) = details.user {
            let account = account_at(&mut self.users, self.start, address);
            account.modify(address, slot, found);
            let count = account.state.record_count;
            account.state.record_count = count.and_then(|count| count.checked_add(1));
        }
        if let Some(address) = details.record {
            let state = Record {
                verified: details.verified,
                listings: Some(0),
            };
            let account = account_at(&mut self.records, self.start, address);
            account.create(address, slot, state, "its deletion", found);
        }
    }

    fn record_deleted(&mut self, entry: &Entry, found: &mut Vec<Inconsistency>) {
        let (slot, details) = (entry.slot, &entry.details);
        if let Some(address) = details.user {
            let account = account_at(&mut self.users, self.start, address);
            account.modify(address, slot, found);
            let count = account.state.record_count;
            account.state.record_count = count.and_then(|count| count.checked_sub(1));
        }
        if let Some(address) = details.record {
            let account = account_at(&mut self.records, self.start, address);
            account.modify(address, slot, found);
            if let Some(1..) = account.state.listings {
                found.push(account.missing_change(address, "the closing of orders that listed it"));
            }
            account.close();
        }
    }

    /// A record that is shared or listed must have been verified.
    fn verified_record(
        &mut self,
        address: Address,
        slot: u64,
        found: &mut Vec<Inconsistency>,
    ) -> &mut Record {
        let account = account_at(&mut self.records, self.start, address);
        account.modify(address, slot, found);
        if account.state.verified == Some(false) {
            found.push(account.missing_change(address, "its verification"));
        }
        account.state.verified = Some(true);
        &mut account.state
    }

    fn order_created(&mut self, entry: &Entry, found: &mut Vec<Inconsistency>) {
        let (slot, details) = (entry.slot, &entry.details);
        if let Some(address) = details.user {
            let account = account_at(&mut self.users, self.start, address);
            account.modify(address, slot, found);
            let skipped = next(
                "its order ids",
                &mut account.state.next_order_id,
                details.id,
            );
            found.extend(skipped.map(|description| account.missing_change(address, description)));
        }
        for address in details.records() {
            let record = self.verified_record(*address, slot, found);
            record.listings = record.listings.and_then(|listings| listings.checked_add(1));
        }
        if let Some(address) = details.order {
            let records = details.records.as_ref();
            let state = Order {
                open: Some(true),
                records: records.and_then(|records| u8::try_from(records.len()).ok()),
                pending: Some(0),
                settled: Some(0),
            };
            let account = account_at(&mut self.orders, self.start, address);
            account.create(address, slot, state, "its closing", found);
        }
    }

    fn order_closed(&mut self, entry: &Entry, found: &mut Vec<Inconsistency>) {
        let (slot, details) = (entry.slot, &entry.details);
        if let Some(address) = details.order {
            let account = account_at(&mut self.orders, self.start, address);
            account.modify(address, slot, found);
            let Order {
                pending, settled, ..
            } = account.state;
            let pending = differs("its pending purchases", pending, Some(0));
            let settled = differs("its settled purchases", settled, details.settled_purchases);
            let both = pending.into_iter().chain(settled);
            found.extend(both.map(|description| account.missing_change(address, description)));
            account.close();
        }
        for address in details.records() {
            let account = account_at(&mut self.records, self.start, *address);
            account.modify(*address, slot, found);
            let listings = account.state.listings;
            if listings == Some(0) {
                found.push(
                    account.missing_change(*address, "the creation of an order that lists it"),
                );
            }
            account.state.listings = listings.and_then(|listings| listings.checked_sub(1));
        }
    }

    fn purchased(&mut self, entry: &Entry, found: &mut Vec<Inconsistency>) {
        let (slot, details) = (entry.slot, &entry.details);
        let mut record_count = details.record_count;
        if let Some(address) = details.order {
            let account = account_at(&mut self.orders, self.start, address);
            account.modify(address, slot, found);
            let pending = account.state.pending;
            account.state.pending = pending.and_then(|pending| pending.checked_add(1));
            // Only the event names it of the purchase.
            record_count = record_count.or(account.state.records);
        }
        if let Some(address) = details.study {
            let account = account_at(&mut self.studies, self.start, address);
            account.modify(address, slot, found);
            let seats = account.state.seats.and_then(|seats| seats.checked_add(1));
            let told = details.seats;
            found.extend(
                differs("its seats", seats, told)
                    .map(|description| account.missing_change(address, description)),
            );
            account.state.seats = told.or(seats);
        }
        if let Some(address) = details.purchase {
            let state = Purchase {
                record_count,
                delivered: Some(0),
                status: Some(PurchaseStatus::Pending),
                settle_key: Some(NO_KEY),
                settle_by: Some(0),
            };
            let account = account_at(&mut self.purchases, self.start, address);
            account.create(address, slot, state, "its refund or its closing", found);
        }
    }

    fn study_created(&mut self, entry: &Entry, found: &mut Vec<Inconsistency>) {
        let (slot, details) = (entry.slot, &entry.details);
        if let Some(address) = details.user {
            let account = account_at(&mut self.users, self.start, address);
            account.modify(address, slot, found);
            let skipped = next(
                "its study ids",
                &mut account.state.next_study_id,
                details.id,
            );
            found.extend(skipped.map(|description| account.missing_change(address, description)));
        }
        if let Some(address) = details.study {
            let account = account_at(&mut self.studies, self.start, address);
            let state = Study {
                closes_at: details.closes_at,
                seats: Some(0),
            };
            account.create(address, slot, state, "its closing", found);
        }
    }

    fn application_ends(&mut self, entry: &Entry, found: &mut Vec<Inconsistency>) {
        if let Some(address) = entry.details.application {
            let account = account_at(&mut self.applications, self.start, address);
            account.modify(address, entry.slot, found);
            account.close();
        }
    }

    fn delivered(&mut self, entry: &Entry, found: &mut Vec<Inconsistency>) {
        let (slot, details) = (entry.slot, &entry.details);
        if let Some(address) = details.purchase {
            let account = account_at(&mut self.purchases, self.start, address);
            account.modify(address, slot, found);
            let state = &account.state;
            let is_complete = state
                .status
                .is_some_and(|status| status != PurchaseStatus::Pending);
            // One purchase has one settle key.
            let has_another_key = state
                .settle_key
                .zip(details.settle_key)
                .is_some_and(|(known, told)| known != NO_KEY && known != told);
            if is_complete || has_another_key {
                found.push(account.missing_change(address, "its end, and another purchase"));
                account.state = Purchase {
                    record_count: account.state.record_count,
                    ..Purchase::default()
                };
            }
            let both = account.state.delivered.zip(details.count);
            let delivered = both.and_then(|(delivered, count)| delivered.checked_add(count));
            let record_count = account.state.record_count;
            // If the event is lost, the count follows from the deliveries before.
            let locks = details.settle_by.map(|settle_by| settle_by != 0);
            let locks = locks.or_else(|| Some(delivered? == record_count?));
            if locks == Some(true) {
                let differs = differs("its delivered records", record_count, delivered);
                found.extend(
                    differs.map(|description| account.missing_change(address, description)),
                );
            }
            account.state.delivered = delivered;
            account.state.settle_key = details.settle_key;
            (account.state.status, account.state.settle_by) = match locks {
                Some(true) => (Some(PurchaseStatus::Locked), details.settle_by),
                Some(false) => (Some(PurchaseStatus::Pending), Some(0)),
                None => (None, None),
            };
        }
        for address in details.records() {
            account_at(&mut self.records, self.start, *address).modify(*address, slot, found);
        }
        if let Some(address) = details.order {
            account_at(&mut self.orders, self.start, address).modify(address, slot, found);
        }
    }

    fn settled(&mut self, entry: &Entry, found: &mut Vec<Inconsistency>) {
        let (slot, details) = (entry.slot, &entry.details);
        if let Some(address) = details.purchase {
            let account = account_at(&mut self.purchases, self.start, address);
            account.modify(address, slot, found);
            let missing = match account.state.status {
                Some(PurchaseStatus::Pending) => Some("the delivery of its last records"),
                Some(PurchaseStatus::Settled) => Some("its closing, and another purchase"),
                Some(PurchaseStatus::Locked) | None => None,
            };
            if let Some(description) = missing {
                found.push(account.missing_change(address, description));
                let record_count = account.state.record_count;
                account.state = Purchase {
                    record_count,
                    delivered: record_count,
                    ..Purchase::default()
                };
            }
            account.state.status = Some(PurchaseStatus::Settled);
            account.state.settle_key = details.settle_secret;
        }
        if let Some(address) = details.order {
            let order = self.purchase_ends(address, slot, found);
            order.settled = order.settled.and_then(|settled| settled.checked_add(1));
        }
    }

    fn purchase_ends(
        &mut self,
        address: Address,
        slot: u64,
        found: &mut Vec<Inconsistency>,
    ) -> &mut Order {
        let account = account_at(&mut self.orders, self.start, address);
        account.modify(address, slot, found);
        let pending = account.state.pending;
        if pending == Some(0) {
            found.push(account.missing_change(address, "the beginning of a purchase that ends"));
        }
        account.state.pending = pending.and_then(|pending| pending.checked_sub(1));
        &mut account.state
    }
}

/// Takes the next id of a user; if the id is another one, returns the inconsistency.
fn next(name: &str, counter: &mut Option<u64>, id: Option<u64>) -> Option<String> {
    let expected = *counter;
    *counter = id.or(expected).and_then(|id| id.checked_add(1));
    differs(name, expected, id)
}
