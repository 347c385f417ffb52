//! Rebuilds the accounts from the events alone. The events tell everything that the accounts ever held, except for
//! capsules, locators and bumps.

mod studies;

use std::collections::BTreeMap;

use generion::{
    ID,
    constants::{ACCOUNT_VERSION, LABEL_LEN},
    curve::{IDENTITY, Point},
    proof::Capsule,
    state::{Application, Order, Purchase, PurchaseStatus, Record, Share, Study, User},
};
use generion_interface::{
    Addresses,
    accounts::{
        ApplicationAccount, LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount,
        StudyAccount,
    },
    events::Event,
};
use solana_address::Address;
use vm_account::ReadableAccount;

use crate::vm::World;

/// The capsule of every rebuilt account. No log contains capsules: they are in the account, and in the instruction that
/// stored it.
const UNTOLD: Capsule = Capsule {
    ephemeral: [0; 32],
    masked: [0; 32],
};

/// The program's accounts, as far as logs describe them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The users, by address, like all of these.
    pub users: BTreeMap<Address, User>,
    records: BTreeMap<Address, Record>,
    shares: BTreeMap<Address, Share>,
    /// The orders, with the addresses of their records.
    orders: BTreeMap<Address, (Order, Vec<Address>)>,
    /// The purchases, with whether each record is delivered.
    purchases: BTreeMap<Address, (Purchase, Vec<bool>)>,
    /// The studies, with what they ask for.
    studies: BTreeMap<Address, StudyAccount>,
    applications: BTreeMap<Address, Application>,
}

/// What the event says with which a purchase begins, and what else is known of it.
struct Begun {
    purchase: Address,
    price: u64,
    deadline: i64,
    record_count: u8,
    made: Purchase,
}

/// Rebuilds a [`History`] from events.
#[derive(Default)]
pub struct Chronicle {
    /// The state after the events so far.
    pub history: History,
    /// Every key that was ever published, by wallet and index.
    keys: BTreeMap<(Address, u32), [u8; 32]>,
}

impl Chronicle {
    fn user(&mut self, wallet: &Address) -> Option<&mut User> {
        let address = Addresses::default().user(wallet);
        self.history.users.get_mut(&address)
    }

    fn records_of(&mut self, order: &Address) -> Vec<&mut Record> {
        let Some((_, listed)) = self.history.orders.get(order) else {
            return vec![];
        };
        let records = self.history.records.iter_mut();
        let listed = records.filter(|(address, _)| listed.contains(address));
        listed.map(|(_, record)| record).collect()
    }

    fn purchase(&mut self, purchase: &Address) -> Option<&mut (Purchase, Vec<bool>)> {
        self.history.purchases.get_mut(purchase)
    }

    fn order(&mut self, order: &Address) -> Option<&mut Order> {
        Some(&mut self.history.orders.get_mut(order)?.0)
    }

    /// What the earlier events tell of a new purchase of an order.
    fn purchase_of(&self, order: Address, buyer: Address, buyer_key: Point) -> Option<Purchase> {
        let (of, listed) = self.history.orders.get(&order)?;
        Some(Purchase {
            version: ACCOUNT_VERSION,
            bump: 0,
            status: PurchaseStatus::Pending as u8,
            record_count: 0,
            delivered_count: 0,
            seat: 0,
            reserved: [0; 2],
            price: 0,
            deadline: 0,
            settle_by: 0,
            order,
            seller: of.seller,
            buyer,
            buyer_key,
            settle_key: IDENTITY,
            terms: of.terms(&order, listed).hash(),
        })
    }

    /// A purchase begins, or a seat.
    fn begin(&mut self, begun: Begun) -> Option<()> {
        let purchase = Purchase {
            record_count: begun.record_count,
            price: begun.price,
            deadline: begun.deadline,
            ..begun.made
        };
        let delivered = vec![false; begun.record_count.into()];
        self.order(&purchase.order)?.pending_purchases += 1;
        let purchases = &mut self.history.purchases;
        same(
            purchases.insert(begun.purchase, (purchase, delivered)),
            None,
        )
    }

    /// Applies an event. `None` if it contradicts the earlier events.
    #[must_use]
    pub fn tell(&mut self, event: &Event) -> Option<()> {
        match event {
            Event::EncryptionKeySet(told) => {
                let (wallet, index) = (told.wallet, told.key_index.get());
                self.keys.insert((wallet, index), told.encryption_key);
                let address = Addresses::default().user(&wallet);
                let user = self.history.users.entry(address).or_insert(User {
                    version: ACCOUNT_VERSION,
                    wallet,
                    ..bytemuck::Zeroable::zeroed()
                });
                user.key_index = index;
                user.encryption_key = told.encryption_key;
                user.attestation = told.attestation;
            }
            Event::RecordCreated(told) => {
                let key_index = told.key_index.get();
                let record = Record {
                    version: ACCOUNT_VERSION,
                    bump: 0,
                    verified: told.verified,
                    reserved: 0,
                    key_index,
                    created_at: told.created_at.get(),
                    listings: 0,
                    owner: told.owner,
                    creator: told.creator,
                    rent_payer: told.rent_payer,
                    owner_key: *self.keys.get(&(told.owner, key_index))?,
                    data_public_key: told.data_public_key,
                    capsule: UNTOLD,
                    facts_root: told.facts_root,
                };
                self.user(&told.owner)?.record_count += 1;
                self.history.records.insert(told.record, record);
            }
            Event::RecordVerified(told) => {
                let record = self.history.records.get_mut(&told.record)?;
                same((record.owner, record.creator), (told.owner, told.creator))?;
                record.verified = 1;
            }
            Event::RecordDeleted(told) => {
                self.user(&told.owner)?.record_count -= 1;
                let record = self.history.records.remove(&told.record)?;
                same((record.owner, record.creator), (told.owner, told.creator))?;
                same(record.rent_payer, told.rent_payer)?;
            }
            Event::RecordShared(told) => {
                let share = Share {
                    version: ACCOUNT_VERSION,
                    bump: 0,
                    reserved: [0; 2],
                    key_index: told.key_index.get(),
                    created_at: told.created_at.get(),
                    expires_at: told.expires_at.get(),
                    record: told.record,
                    owner: told.owner,
                    recipient: told.recipient,
                    rent_payer: told.rent_payer,
                    recipient_key: *self.keys.get(&(told.recipient, told.key_index.get()))?,
                    capsule: UNTOLD,
                };
                self.history.shares.insert(told.share, share);
            }
            Event::ShareRevoked(told) => {
                let share = self.history.shares.remove(&told.share)?;
                same((share.record, share.owner), (told.record, told.owner))?;
                same(share.recipient, told.recipient)?;
                same(share.rent_payer, told.rent_payer)?;
            }
            Event::OrderCreated(told) => {
                let mut label = [0; LABEL_LEN];
                label
                    .get_mut(..told.label.len())?
                    .copy_from_slice(told.label.as_bytes());
                let order = Order {
                    version: ACCOUNT_VERSION,
                    bump: 0,
                    open: 1,
                    reserved: 0,
                    pending_purchases: 0,
                    id: told.id,
                    created_at: told.created_at,
                    rent_payer: told.rent_payer,
                    seller: told.seller,
                    price: told.price,
                    delivery_window: told.delivery_window,
                    label,
                    only_buyer: told.only_buyer.unwrap_or_default(),
                    settled_purchases: 0,
                };
                self.user(&told.seller)?.next_order_id = told.id + 1;
                let listed = (order, told.records.clone());
                self.history.orders.insert(told.order, listed);
                for record in self.records_of(&told.order) {
                    record.listings += 1;
                }
            }
            Event::SalesStopped(told) => {
                let order = self.order(&told.order)?;
                same(order.pending_purchases, told.pending_purchases.get())?;
                order.open = 0;
            }
            Event::OrderClosed(told) => {
                for record in self.records_of(&told.order) {
                    record.listings -= 1;
                }
                let (order, _) = self.history.orders.remove(&told.order)?;
                same(
                    (order.seller, order.rent_payer),
                    (told.seller, told.rent_payer),
                )?;
                same(order.settled_purchases, told.settled_purchases.get())?;
            }
            Event::Purchased(told) => {
                let made = self.purchase_of(told.order, told.buyer, told.buyer_key)?;
                self.begin(Begun {
                    purchase: told.purchase,
                    price: told.price.get(),
                    deadline: told.deadline.get(),
                    record_count: told.record_count,
                    made,
                })?;
            }
            Event::Delivered(told) => {
                let (purchase, delivered) = self.purchase(&told.purchase)?;
                same((purchase.order, purchase.seller), (told.order, told.seller))?;
                same(purchase.buyer, told.buyer)?;
                purchase.delivered_count += told.count;
                let first = usize::from(told.first);
                delivered
                    .get_mut(first..first + usize::from(told.count))?
                    .fill(true);
                if purchase.settle_key != IDENTITY {
                    same(purchase.settle_key, told.settle_key)?;
                }
                purchase.settle_key = told.settle_key;
                let complete = purchase.delivered_count == purchase.record_count;
                same(complete, told.settle_by.get() != 0)?;
                if complete {
                    purchase.status = PurchaseStatus::Locked as u8;
                    purchase.settle_by = told.settle_by.get();
                }
            }
            Event::Settled(told) => {
                let (purchase, _) = self.purchase(&told.purchase)?;
                same((purchase.order, purchase.seller), (told.order, told.seller))?;
                same(
                    (purchase.buyer, purchase.price),
                    (told.buyer, told.lamports.get()),
                )?;
                same(purchase.is_locked(), true)?;
                purchase.status = PurchaseStatus::Settled as u8;
                purchase.settle_key = told.settle_secret;
                let order = self.order(&told.order)?;
                order.pending_purchases -= 1;
                order.settled_purchases += 1;
            }
            Event::Refunded(told) => {
                let (purchase, _) = self.purchase(&told.purchase)?;
                same((purchase.order, purchase.seller), (told.order, told.seller))?;
                same(
                    (purchase.buyer, purchase.price),
                    (told.buyer, told.price.get()),
                )?;
                same(purchase.is_settled(), false)?;
                self.history.purchases.remove(&told.purchase);
                self.order(&told.order)?.pending_purchases -= 1;
            }
            Event::PurchaseClosed(told) => {
                let (purchase, _) = self.purchase(&told.purchase)?;
                same((purchase.order, purchase.seller), (told.order, told.seller))?;
                same(purchase.buyer, told.buyer)?;
                same(purchase.is_settled(), true)?;
                self.history.purchases.remove(&told.purchase);
            }
            Event::StudyCreated(_)
            | Event::StudyUpdated(_)
            | Event::BudgetWithdrawn(_)
            | Event::StudyJoined(_)
            | Event::StudyApplied(_)
            | Event::ParticipantAdmitted(_)
            | Event::ApplicationWithdrawn(_)
            | Event::SeatClosed(_)
            | Event::StudyClosed(_) => self.tell_of_study(event)?,
        }
        Some(())
    }
}

impl History {
    /// The accounts of the ledger, without the fields that no log contains.
    pub fn of(world: &World) -> Self {
        let mut history = Self::default();
        for (address, account) in &world.svm.accounts_db().inner {
            if *account.owner() != ID {
                continue;
            }
            let (owner, data) = (account.owner(), account.data());
            if let Ok(user) = User::decode(&ID, owner, data) {
                history.users.insert(*address, User { bump: 0, ..user });
            } else if let Ok(RecordAccount { state, .. }) = LedgerAccount::decode(&ID, owner, data)
            {
                let record = Record {
                    bump: 0,
                    capsule: UNTOLD,
                    ..state
                };
                history.records.insert(*address, record);
            } else if let Ok(share) = Share::decode(&ID, owner, data) {
                let share = Share {
                    bump: 0,
                    capsule: UNTOLD,
                    ..share
                };
                history.shares.insert(*address, share);
            } else if let Ok(OrderAccount { state, records }) =
                LedgerAccount::decode(&ID, owner, data)
            {
                let order = (Order { bump: 0, ..state }, records);
                history.orders.insert(*address, order);
            } else if let Ok(study) = StudyAccount::decode(&ID, owner, data) {
                let state = Study {
                    bump: 0,
                    vault_bump: 0,
                    group_count: 0,
                    ..study.state
                };
                history
                    .studies
                    .insert(*address, StudyAccount { state, ..study });
            } else if let Ok(ApplicationAccount { state, .. }) =
                LedgerAccount::decode(&ID, owner, data)
            {
                let application = Application { bump: 0, ..state };
                history.applications.insert(*address, application);
            } else {
                let PurchaseAccount { state, capsules } =
                    LedgerAccount::decode(&ID, owner, data).expect("an account of the program");
                let delivered = capsules.iter().map(Option::is_some).collect();
                let purchase = (Purchase { bump: 0, ..state }, delivered);
                history.purchases.insert(*address, purchase);
            }
        }
        history
    }
}

/// The lamports that moved from an account of the program to a wallet, according to an event.
pub fn paid_out(event: &Event) -> u64 {
    match event {
        Event::RecordDeleted(told) => told.lamports.get(),
        Event::ShareRevoked(told) => told.lamports.get(),
        Event::OrderClosed(told) => told.lamports.get(),
        Event::Settled(told) => told.lamports.get(),
        Event::Refunded(told) => told.lamports.get(),
        Event::PurchaseClosed(told) => told.lamports.get(),
        Event::ParticipantAdmitted(told) => told.lamports.get(),
        Event::ApplicationWithdrawn(told) => told.lamports.get(),
        Event::SeatClosed(told) => told.lamports.get(),
        Event::StudyClosed(told) => told.lamports.get(),
        Event::EncryptionKeySet(_)
        | Event::RecordCreated(_)
        | Event::RecordVerified(_)
        | Event::RecordShared(_)
        | Event::OrderCreated(_)
        | Event::SalesStopped(_)
        | Event::Purchased(_)
        | Event::Delivered(_)
        | Event::StudyCreated(_)
        | Event::StudyUpdated(_)
        | Event::BudgetWithdrawn(_)
        | Event::StudyJoined(_)
        | Event::StudyApplied(_) => 0,
    }
}

fn same<T: PartialEq>(one: T, other: T) -> Option<()> {
    (one == other).then_some(())
}
