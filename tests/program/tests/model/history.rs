//! What the events tell: a ledger rebuilt from the logs alone, against the accounts that are there.

use std::collections::{BTreeMap, BTreeSet};

use generion_interface::{
    accounts::{LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount},
    events::Event,
};
use generion_program_tests::World;
use solana_address::Address;
use vm_account::ReadableAccount;

use crate::ledger::Check;
use generion::state;

/// All that is on the ledger by the events' account: what an event does not tell is not in here.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct History {
    users: BTreeMap<Address, User>,
    records: BTreeMap<Address, Record>,
    shares: BTreeMap<Address, Share>,
    orders: BTreeMap<Address, Order>,
    purchases: BTreeMap<Address, Purchase>,
}

/// By the wallet's address.
#[derive(Debug, PartialEq, Eq)]
struct User {
    key_index: u32,
    key: [u8; 32],
}

#[derive(Debug, PartialEq, Eq)]
struct Record {
    owner: Address,
    creator: Address,
    id: u64,
    verified: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct Share {
    record: Address,
    owner: Address,
    recipient: Address,
    expires_at: i64,
}

#[derive(Debug, PartialEq, Eq)]
struct Order {
    seller: Address,
    id: u64,
    price: u64,
    window: u32,
    record_count: u8,
    open: bool,
    pending: u32,
    settled: u32,
}

#[derive(Debug, PartialEq, Eq)]
struct Purchase {
    order: Address,
    seller: Address,
    buyer: Address,
    price: u64,
    deadline: i64,
    delivered: BTreeSet<u8>,
    settled: bool,
}

impl History {
    /// Takes in what a step logged, which moved `out` lamports from the program's accounts to wallets.
    pub fn tell(&mut self, events: &[Event], out: u64) -> Check {
        let [event] = events else {
            return Err(format!(
                "{} events were logged, not one: {events:?}",
                events.len()
            ));
        };
        let told = self
            .take(event)
            .ok_or("the event is about what is not there")?;
        match told == out {
            true => Ok(()),
            false => Err(format!(
                "{out} lamports went out, and the event tells of {told}: {event:?}"
            )),
        }
    }

    /// The lamports that the event tells of; `None` where it is about something that history does not know.
    fn take(&mut self, event: &Event) -> Option<u64> {
        match event {
            Event::EncryptionKeySet(it) => {
                let user = User {
                    key_index: it.key_index.get(),
                    key: it.encryption_key,
                };
                self.users.insert(it.wallet, user);
            }
            Event::RecordCreated(it) => {
                let record = Record {
                    owner: it.owner,
                    creator: it.creator,
                    id: it.id.get(),
                    verified: it.verified == 1,
                };
                self.records.insert(it.record, record);
            }
            Event::RecordVerified(it) => self.records.get_mut(&it.record)?.verified = true,
            Event::RecordDeleted(it) => {
                self.records.remove(&it.record)?;
                return Some(it.lamports.get());
            }
            Event::RecordShared(it) => {
                let share = Share {
                    record: it.record,
                    owner: it.owner,
                    recipient: it.recipient,
                    expires_at: it.expires_at.get(),
                };
                self.shares.insert(it.share, share);
            }
            Event::ShareRevoked(it) => {
                self.shares.remove(&it.share)?;
                return Some(it.lamports.get());
            }
            Event::OrderCreated(it) => {
                let order = Order {
                    seller: it.seller,
                    id: it.id.get(),
                    price: it.price.get(),
                    window: it.delivery_window.get(),
                    record_count: it.record_count,
                    open: true,
                    pending: 0,
                    settled: 0,
                };
                self.orders.insert(it.order, order);
            }
            Event::SalesStopped(it) => {
                let order = self.orders.get_mut(&it.order)?;
                order.open = false;
                (order.pending == it.pending_purchases.get()).then_some(())?;
            }
            Event::OrderClosed(it) => {
                let order = self.orders.remove(&it.order)?;
                (order.settled == it.settled_purchases.get()).then_some(())?;
                return Some(it.lamports.get());
            }
            Event::Purchased(it) => {
                self.orders.get_mut(&it.order)?.pending += 1;
                let purchase = Purchase {
                    order: it.order,
                    seller: it.seller,
                    buyer: it.buyer,
                    price: it.price.get(),
                    deadline: it.deadline.get(),
                    delivered: BTreeSet::new(),
                    settled: false,
                };
                self.purchases.insert(it.purchase, purchase);
            }
            Event::Delivered(it) => {
                let purchase = self.purchases.get_mut(&it.purchase)?;
                purchase.delivered.extend(it.first..it.first + it.count);
                if it.lamports.get() > 0 {
                    purchase.settled = true;
                    let order = self.orders.get_mut(&it.order)?;
                    order.pending -= 1;
                    order.settled += 1;
                }
                return Some(it.lamports.get());
            }
            Event::Refunded(it) => {
                let purchase = self.purchases.remove(&it.purchase)?;
                (purchase.price == it.price.get()).then_some(())?;
                self.orders.get_mut(&it.order)?.pending -= 1;
                return Some(it.lamports.get());
            }
            Event::PurchaseClosed(it) => {
                self.purchases.remove(&it.purchase)?;
                return Some(it.lamports.get());
            }
        }
        Some(0)
    }

    /// The same, read from the accounts.
    fn of(world: &World) -> Self {
        let mut history = Self::default();
        for (address, account) in &world.svm.accounts_db().inner {
            let data = account.data();
            let decoded = || (&generion::ID, account.owner(), data);
            fn read<T: LedgerAccount>((id, owner, data): (&Address, &Address, &[u8])) -> Option<T> {
                T::decode(id, owner, data).ok()
            }
            if let Some(it) = read::<state::User>(decoded()) {
                let user = User {
                    key_index: it.key_index,
                    key: it.encryption_key,
                };
                history.users.insert(it.wallet, user);
            } else if let Some(RecordAccount { state: it, .. }) = read(decoded()) {
                let record = Record {
                    owner: it.owner,
                    creator: it.creator,
                    id: it.id,
                    verified: it.is_verified(),
                };
                history.records.insert(*address, record);
            } else if let Some(it) = read::<state::Share>(decoded()) {
                let share = Share {
                    record: it.record,
                    owner: it.owner,
                    recipient: it.recipient,
                    expires_at: it.expires_at,
                };
                history.shares.insert(*address, share);
            } else if let Some(OrderAccount {
                state: it,
                record_ids,
            }) = read(decoded())
            {
                let order = Order {
                    seller: it.seller,
                    id: it.id,
                    price: it.price,
                    window: it.delivery_window,
                    record_count: record_ids.len() as u8,
                    open: it.is_open(),
                    pending: it.pending_purchases,
                    settled: it.settled_purchases,
                };
                history.orders.insert(*address, order);
            } else if let Some(PurchaseAccount {
                state: it,
                capsules,
            }) = read(decoded())
            {
                let slots = (0..).zip(&capsules);
                let purchase = Purchase {
                    order: it.order,
                    seller: it.seller,
                    buyer: it.buyer,
                    price: it.price,
                    deadline: it.deadline,
                    delivered: slots
                        .filter_map(|(place, slot)| slot.map(|_| place))
                        .collect(),
                    settled: it.is_settled(),
                };
                history.purchases.insert(*address, purchase);
            }
        }
        history
    }

    /// Whether the logs tell what the accounts hold.
    pub fn agrees(&self, world: &World) -> Check {
        let ledger = Self::of(world);
        match *self == ledger {
            true => Ok(()),
            false => Err(format!(
                "by the events there is\n{self:?}\nthe accounts hold\n{ledger:?}"
            )),
        }
    }
}
