//! The reference model: the state that the ledger should have, according to sections 4 and 5 of the protocol. It is
//! written from that page alone and shares no code with the program. It counts things anew instead of keeping counters,
//! except for the one counter that only the past determines.

use std::collections::{BTreeMap, BTreeSet};

use crate::step::{At, Call, Key, OnlyBuyer, OrderId, RecordId, Step, Terms, Who};

/// The fee for a signature, in lamports.
pub const FEE: u64 = 5_000;
/// After this many seconds from the deadline, anybody can refund a purchase.
pub const GRACE: i64 = 300;
/// The time that a seller has to settle, in seconds.
pub const SETTLE_WINDOW: i64 = 86_400;
/// After this many seconds, a creator can delete a record that its owner has not verified.
pub const CREATOR_DELAY: i64 = 86_400;

pub struct User {
    pub key: Key,
    pub key_index: u32,
    pub next_order_id: u64,
    pub attestation: [u8; 64],
}

pub struct Record {
    pub verified: bool,
    pub key_index: u32,
    pub created_at: i64,
    pub rent_payer: Who,
    pub made: Made,
}

pub struct Order {
    pub open: bool,
    pub window: u32,
    pub price: u64,
    pub created_at: i64,
    pub settled: u32,
    pub rent_payer: Who,
    pub label: String,
    pub only_buyer: OnlyBuyer,
    pub records: Vec<RecordId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Pending,
    Locked,
    Settled,
}

pub struct Purchase {
    pub status: Status,
    pub price: u64,
    pub deadline: i64,
    pub settle_by: i64,
    pub key: Key,
    /// `S`, or `s` once the purchase is settled.
    pub settle_key: [u8; 32],
    /// The hash of the terms.
    pub terms: [u8; 32],
    /// The delivered capsule of each record.
    pub slots: Vec<Option<[u8; 64]>>,
}

pub struct Share {
    pub key: Key,
    pub key_index: u32,
    pub created_at: i64,
    pub expires_at: i64,
    pub rent_payer: Who,
    pub capsule: [u8; 64],
}

/// Values of a step's instruction that no rule depends on. The model stores them as they are.
#[derive(Clone)]
pub struct Made {
    /// The address of a new record.
    pub address: [u8; 32],
    pub attestation: [u8; 64],
    pub data_public_key: [u8; 32],
    /// The capsules: one for a record or a share, or those of a delivery in their order.
    pub capsules: Vec<[u8; 64]>,
    pub facts_root: [u8; 32],
    pub locator: Vec<u8>,
    /// `S` of a delivery, or `s` of a settlement.
    pub settle_key: [u8; 32],
    /// The hash of the terms of a purchase.
    pub terms: [u8; 32],
}

impl Default for Made {
    fn default() -> Self {
        Self {
            address: [0; 32],
            attestation: [0; 64],
            data_public_key: [0; 32],
            capsules: Vec::new(),
            facts_root: [0; 32],
            locator: Vec::new(),
            settle_key: [0; 32],
            terms: [0; 32],
        }
    }
}

pub struct Model {
    pub users: BTreeMap<Who, User>,
    pub records: BTreeMap<RecordId, Record>,
    pub orders: BTreeMap<OrderId, Order>,
    pub purchases: BTreeMap<(OrderId, Who), Purchase>,
    pub shares: BTreeMap<(RecordId, Who), Share>,
    /// The lamports of each address.
    pub lamports: BTreeMap<At, u64>,
    /// The lamports of each account beyond rent and price: what was sent to it, less what its creation used.
    pub surplus: BTreeMap<At, u64>,
    /// All purchases so far.
    pub bought: BTreeSet<(OrderId, Who)>,
    /// All records so far.
    pub written: BTreeSet<RecordId>,
    /// The rent minimum of each number of bytes.
    pub rent: Vec<u64>,
}

impl Model {
    /// An empty ledger, with the balance of each wallet.
    pub fn new(rent: Vec<u64>, wallets: BTreeMap<At, u64>) -> Self {
        Self {
            users: BTreeMap::new(),
            records: BTreeMap::new(),
            orders: BTreeMap::new(),
            purchases: BTreeMap::new(),
            shares: BTreeMap::new(),
            lamports: wallets,
            surplus: BTreeMap::new(),
            bought: BTreeSet::new(),
            written: BTreeSet::new(),
            rent,
        }
    }

    pub fn held(&self, at: At) -> u64 {
        self.lamports.get(&at).copied().unwrap_or(0)
    }

    /// The records of a user that exist.
    pub fn record_count(&self, owner: Who) -> u64 {
        self.records.keys().filter(|id| id.owner == owner).count() as u64
    }

    /// The orders that list a record.
    pub fn listings(&self, record: RecordId) -> u64 {
        let lists = |order: &&Order| order.records.contains(&record);
        self.orders.values().filter(lists).count() as u64
    }

    /// The purchases of an order that are neither settled nor refunded.
    pub fn pending(&self, order: OrderId) -> u32 {
        self.purchases
            .iter()
            .filter(|((of, _), purchase)| *of == order && purchase.status != Status::Settled)
            .count() as u32
    }

    /// The length of the account at an address in bytes, if it exists.
    pub fn space(&self, at: At) -> Option<usize> {
        match at {
            At::Wallet(_) => None,
            At::User(who) => self.users.get(&who).map(|_| 168),
            At::Record(id) => self.records.get(&id).map(|it| 292 + it.made.locator.len()),
            At::Order(id) => self.orders.get(&id).map(|it| 212 + 32 * it.records.len()),
            At::Purchase(id, buyer) => self
                .purchases
                .get(&(id, buyer))
                .map(|it| 236 + 64 * it.slots.len()),
            At::Share(id, recipient) => self.shares.get(&(id, recipient)).map(|_| 256),
        }
    }

    pub fn exists(&self, at: At) -> bool {
        self.space(at).is_some()
    }

    /// Takes the fee, which is paid whether the step succeeds or not.
    pub fn charge(&mut self, payer: Who, signatures: u64) {
        *self.lamports.entry(At::Wallet(payer)).or_default() -= FEE * signatures;
    }

    /// Applies a step that breaks no rule.
    pub fn apply(&mut self, step: &Step, made: Made) {
        match &step.call {
            Call::SetEncryptionKey {
                wallet, payer, key, ..
            } => {
                if let Some(user) = self.users.get_mut(wallet) {
                    (user.key, user.key_index) = (*key, user.key_index + 1);
                    user.attestation = made.attestation;
                } else {
                    let user = User {
                        key: *key,
                        key_index: 0,
                        next_order_id: 0,
                        attestation: made.attestation,
                    };
                    self.users.insert(*wallet, user);
                    self.fund(At::User(*wallet), *payer, 0);
                }
            }
            Call::CreateRecord {
                creator,
                payer,
                user: At::User(owner),
                record: At::Record(id),
                ..
            } => {
                let record = Record {
                    verified: creator == owner,
                    key_index: self.users[owner].key_index,
                    created_at: step.at,
                    rent_payer: *payer,
                    made,
                };
                self.records.insert(*id, record);
                self.written.insert(*id);
                self.fund(At::Record(*id), *payer, 0);
            }
            Call::VerifyRecord {
                record: At::Record(id),
                ..
            } => self.records.get_mut(id).expect("judged").verified = true,
            Call::DeleteRecord {
                record: At::Record(id),
                ..
            } => {
                let record = self.records.remove(id).expect("judged");
                self.pay_out(At::Record(*id), record.rent_payer);
            }
            Call::ShareRecord {
                payer,
                record: At::Record(record),
                recipient: At::User(recipient),
                expires_at,
                ..
            } => {
                let user = &self.users[recipient];
                let share = Share {
                    key: user.key,
                    key_index: user.key_index,
                    created_at: step.at,
                    expires_at: *expires_at,
                    rent_payer: *payer,
                    capsule: made.capsules[0],
                };
                self.shares.insert((*record, *recipient), share);
                self.fund(At::Share(*record, *recipient), *payer, 0);
            }
            Call::RevokeShare {
                share: At::Share(record, recipient),
                ..
            } => {
                let share = self.shares.remove(&(*record, *recipient)).expect("judged");
                self.pay_out(At::Share(*record, *recipient), share.rent_payer);
            }
            Call::CreateOrder {
                seller,
                payer,
                id,
                price,
                window,
                only_buyer,
                label,
                records,
                ..
            } => {
                self.users.get_mut(seller).expect("judged").next_order_id += 1;
                let order = Order {
                    open: true,
                    window: *window,
                    price: *price,
                    created_at: step.at,
                    settled: 0,
                    rent_payer: *payer,
                    label: label.clone(),
                    only_buyer: *only_buyer,
                    records: records.iter().map(record_id).collect(),
                };
                let id = OrderId(*seller, *id);
                self.orders.insert(id, order);
                self.fund(At::Order(id), *payer, 0);
            }
            Call::CloseOrder {
                order: At::Order(id),
                ..
            } => {
                if self.pending(*id) > 0 {
                    self.orders.get_mut(id).expect("judged").open = false;
                } else {
                    let order = self.orders.remove(id).expect("judged");
                    self.pay_out(At::Order(*id), order.rent_payer);
                }
            }
            Call::Purchase {
                buyer,
                order: At::Order(id),
                key,
                ..
            } => {
                let order = &self.orders[id];
                let price = order.price;
                let purchase = Purchase {
                    status: Status::Pending,
                    price,
                    deadline: step.at + i64::from(order.window),
                    settle_by: 0,
                    key: *key,
                    settle_key: [0; 32],
                    terms: made.terms,
                    slots: vec![None; order.records.len()],
                };
                self.purchases.insert((*id, *buyer), purchase);
                self.bought.insert((*id, *buyer));
                self.fund(At::Purchase(*id, *buyer), *buyer, price);
            }
            Call::Deliver {
                purchase: At::Purchase(of, buyer),
                first,
                ..
            } => {
                let purchase = self.purchases.get_mut(&(*of, *buyer)).expect("judged");
                for (slot, capsule) in purchase.slots[usize::from(*first)..]
                    .iter_mut()
                    .zip(made.capsules)
                {
                    *slot = Some(capsule);
                }
                purchase.settle_key = made.settle_key;
                if purchase.slots.iter().all(Option::is_some) {
                    purchase.status = Status::Locked;
                    purchase.settle_by = step.at + SETTLE_WINDOW;
                }
            }
            Call::Settle {
                seller,
                order: At::Order(id),
                purchase: At::Purchase(of, buyer),
                ..
            } => {
                let purchase = self.purchases.get_mut(&(*of, *buyer)).expect("judged");
                purchase.status = Status::Settled;
                purchase.settle_key = made.settle_key;
                let price = purchase.price;
                self.orders.get_mut(id).expect("judged").settled += 1;
                *self
                    .lamports
                    .get_mut(&At::Purchase(*of, *buyer))
                    .expect("it holds rent") -= price;
                *self.lamports.entry(At::Wallet(*seller)).or_default() += price;
            }
            Call::Refund {
                buyer,
                purchase: At::Purchase(id, of),
                ..
            }
            | Call::ClosePurchase {
                buyer,
                purchase: At::Purchase(id, of),
            } => {
                self.purchases.remove(&(*id, *of)).expect("judged");
                self.pay_out(At::Purchase(*id, *of), *buyer);
            }
            Call::Transfer { from, to, lamports } => {
                *self.lamports.get_mut(&At::Wallet(*from)).expect("judged") -= lamports;
                *self.lamports.entry(*to).or_default() += lamports;
                if self.exists(*to) {
                    *self.surplus.entry(*to).or_default() += lamports;
                }
            }
            call => unreachable!("no rule lets this through: {call:?}"),
        }
    }

    /// The lamports that a new account of `space` bytes still needs, with a deposit in addition.
    pub fn due(&self, at: At, space: usize, deposit: u64) -> Option<u64> {
        self.rent[space]
            .saturating_sub(self.held(at))
            .checked_add(deposit)
    }

    fn fund(&mut self, at: At, payer: Who, deposit: u64) {
        let space = self.space(at).expect("created just now");
        let due = self.due(at, space, deposit).expect("judged");
        let ahead = self.held(at).saturating_sub(self.rent[space]);
        *self.lamports.get_mut(&At::Wallet(payer)).expect("judged") -= due;
        *self.lamports.entry(at).or_default() += due;
        if ahead > 0 {
            self.surplus.insert(at, ahead);
        }
    }

    fn pay_out(&mut self, at: At, to: Who) {
        let all = self.lamports.remove(&at).expect("it holds rent");
        *self.lamports.entry(At::Wallet(to)).or_default() += all;
        self.surplus.remove(&at);
    }
}

/// The address of a record that must be one.
pub fn record_id(at: &At) -> RecordId {
    match at {
        At::Record(id) => *id,
        other => unreachable!("{other:?} is no record"),
    }
}

impl Order {
    /// The terms that a buyer agrees to.
    pub fn terms(&self, id: OrderId) -> Terms {
        Terms {
            order: id,
            price: self.price,
            window: self.window,
            label: self.label.clone(),
            only_buyer: self.only_buyer,
            records: self.records.clone(),
        }
    }
}
