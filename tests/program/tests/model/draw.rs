//! Draws a step of a given instruction: a likely one, or one with a single fault.

mod deliveries;
mod orders;
mod records;

use rand_chacha::{ChaCha20Rng, rand_core::RngCore};

use crate::{
    cast::{CLINICS, PATIENTS, PAUPER, PAYER, STRANGER},
    habits::{outsiders, owners, somebody},
    model::{GRACE, Model, Purchase},
    step::{At, Call, Draft, Key, Kind, OrderId, RecordId, Sale, Step, Who},
};

pub struct Draw<'a> {
    pub rng: &'a mut ChaCha20Rng,
    pub model: &'a Model,
    pub clock: i64,
}

/// Faults that every instruction can have.
enum Wrong {
    Nothing,
    Unsigned,
    Poor,
    Own,
}

impl Draw<'_> {
    fn below(&mut self, end: usize) -> usize {
        (self.rng.next_u64() % end.max(1) as u64) as usize
    }

    fn one_in(&mut self, end: usize) -> bool {
        self.below(end) == 0
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        let place = self.below(from.len());
        from[place].clone()
    }

    fn pick_or<T: Clone>(&mut self, from: &[T], or: T) -> T {
        match from.is_empty() {
            true => or,
            false => self.pick(from),
        }
    }

    fn who(&mut self, habits: &[Who]) -> Who {
        somebody(self.rng, habits)
    }

    fn other_than(&mut self, who: Who) -> Who {
        loop {
            let other = self.who(&outsiders());
            if other != who {
                return other;
            }
        }
    }

    /// Draws a step of this instruction.
    pub fn step(mut self, kind: Kind, spoil: bool) -> Step {
        let wrong = match spoil {
            false => Wrong::Nothing,
            true => match self.below(12) {
                0 => Wrong::Unsigned,
                1 => Wrong::Poor,
                _ => Wrong::Own,
            },
        };
        let own = matches!(wrong, Wrong::Own);
        let mut at = self.clock + [0, 1, 5, 60, 600][self.below(5)];
        let call = match kind {
            Kind::SetEncryptionKey => self.set_encryption_key(own),
            Kind::CreateRecord => self.create_record(own),
            Kind::VerifyRecord => self.verify_record(own),
            Kind::DeleteRecord => self.delete_record(own, &mut at),
            Kind::ShareRecord => self.share_record(own, at),
            Kind::RevokeShare => self.revoke_share(own),
            Kind::CreateOrder => self.create_order(own),
            Kind::CloseOrder => self.close_order(own),
            Kind::Purchase => self.purchase(own, &mut at),
            Kind::Deliver => self.deliver(own, &mut at),
            Kind::Refund => self.refund(own, &mut at),
            Kind::ClosePurchase => self.close_purchase(own),
            Kind::Settle => self.settle(own, &mut at),
            Kind::Transfer => self.transfer(),
        };
        self.finish(call, at, &wrong)
    }

    /// An order at the highest price.
    pub fn priceless_order(mut self) -> Step {
        let mut call = self.create_order(false);
        if let Call::CreateOrder { price, .. } = &mut call {
            *price = u64::MAX;
        }
        let at = self.clock;
        self.finish(call, at, &Wrong::Nothing)
    }

    /// One record of a purchase of several records, of which none is delivered.
    pub fn first_delivery(mut self) -> Step {
        let clock = self.clock;
        let fits = |state: &Purchase| {
            state.slots.len() > 1
                && state.slots.iter().all(Option::is_none)
                && clock < state.deadline.saturating_add(GRACE)
        };
        let (id, buyer) = self.any_purchase(fits);
        let records = self.terms_of(id).records;
        let call = self.delivery_of(id, buyer, 0, &records[..records.len().min(1)]);
        let at = self.clock;
        self.finish(call, at, &Wrong::Nothing)
    }

    fn finish(mut self, mut call: Call, at: i64, wrong: &Wrong) -> Step {
        if matches!(wrong, Wrong::Poor) {
            match &mut call {
                Call::SetEncryptionKey { payer, .. }
                | Call::CreateRecord { payer, .. }
                | Call::ShareRecord { payer, .. }
                | Call::CreateOrder { payer, .. } => *payer = PAUPER,
                Call::Purchase {
                    buyer,
                    purchase,
                    order: At::Order(id),
                    ..
                } => (*buyer, *purchase) = (PAUPER, At::Purchase(*id, PAUPER)),
                _ => {}
            }
        }
        let signers = call.signers();
        let fee_payer = match signers.first() {
            Some(first) if *first != PAUPER && self.below(3) > 0 => *first,
            _ => self.pick(&[PAYER, STRANGER]),
        };
        let unsigned = match wrong {
            Wrong::Unsigned if !signers.is_empty() => Some(self.pick(&signers)),
            _ => None,
        };
        let fee_payer = match unsigned {
            Some(who) if who == fee_payer && who == PAYER => STRANGER,
            Some(who) if who == fee_payer => PAYER,
            _ => fee_payer,
        };
        Step {
            at,
            fee_payer,
            unsigned,
            seed: self.rng.next_u64(),
            call,
        }
    }

    /// The payer of what is created: the person who acts, or the payer's wallet.
    fn payer_for(&mut self, who: Who) -> Who {
        if self.one_in(2) { who } else { PAYER }
    }

    fn user_of(&mut self, who: Who) -> At {
        At::User(who)
    }

    fn key_of(&self, who: Who) -> Key {
        match self.model.users.get(&who) {
            Some(user) => user.key,
            None => Key::Encryption(who, 0),
        }
    }

    /// The owners that have a key.
    fn users(&self) -> Vec<Who> {
        self.model.users.keys().copied().collect()
    }

    fn records(&self, which: impl Fn(&RecordId) -> bool) -> Vec<RecordId> {
        self.model
            .records
            .keys()
            .filter(|id| which(id))
            .copied()
            .collect()
    }

    /// The random values of a record for this key.
    fn draft(&mut self, key: Key) -> Draft {
        Draft {
            seed: self.rng.next_u64(),
            key,
            locator_len: self.pick(&[304, 304, 304, 1, 496, 512]),
            spoilt: None,
        }
    }

    /// A record that may not exist.
    fn new_record(&mut self, owner: Who, creator: Who) -> RecordId {
        let key = self.key_of(owner);
        RecordId {
            owner,
            creator,
            key,
            draft: self.draft(key),
        }
    }

    /// A record that exists, or one that existed or may exist later.
    fn any_record(&mut self) -> RecordId {
        let (owner, creator) = (self.who(&owners()), self.who(&CLINICS));
        let mut gone = self.new_record(owner, creator);
        if self.one_in(2) {
            let written: Vec<_> = self.model.written.iter().copied().collect();
            gone = self.pick_or(&written, gone);
        }
        let there = self.records(|_| true);
        if self.one_in(4) {
            gone
        } else {
            self.pick_or(&there, gone)
        }
    }

    /// Existing records, sorted as an order lists them.
    fn by_address(&self, mut records: Vec<RecordId>) -> Vec<At> {
        records.sort_by_key(|id| self.model.records[id].made.address);
        records.into_iter().map(At::Record).collect()
    }

    /// What an honest seller knows of an existing purchase, or other values if there is none.
    fn true_sale(&self, id: OrderId, buyer: Who) -> Sale {
        let terms = self.terms_of(id);
        let purchase = self.model.purchases.get(&(id, buyer));
        Sale {
            secret: terms
                .records
                .first()
                .map_or(Key::Encryption(id.0, 0), |id| id.key),
            purchase: At::Purchase(id, buyer),
            deadline: purchase.map_or(self.clock, |purchase| purchase.deadline),
            buyer_key: purchase.map_or(Key::Purchase(buyer, id), |purchase| purchase.key),
            terms,
        }
    }

    fn any_order(&mut self) -> OrderId {
        let seller = self.who(&PATIENTS);
        let next = self
            .model
            .users
            .get(&seller)
            .map_or(0, |user| user.next_order_id);
        let gone = OrderId(seller, self.below(next as usize + 2) as u64);
        let there: Vec<OrderId> = self.model.orders.keys().copied().collect();
        if self.one_in(4) {
            gone
        } else {
            self.pick_or(&there, gone)
        }
    }
}
