//! Draws a step of a given instruction: a likely one, and where it is to be spoilt, with one thing wrong.

mod deliveries;
mod orders;
mod records;

use rand_chacha::{ChaCha20Rng, rand_core::RngCore};

use crate::{
    cast::{PATIENTS, PAUPER, PAYER, STRANGER},
    generate::{outsiders, owners, somebody},
    model::Model,
    step::{At, Call, Key, Kind, OrderId, RecordId, Step, Who},
};

pub struct Draw<'a> {
    pub rng: &'a mut ChaCha20Rng,
    pub model: &'a Model,
    pub clock: i64,
}

/// What may be wrong whatever the instruction.
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

    /// A step of this instruction.
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

    /// Pays for what is created: whoever acts, or the payer.
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

    /// A record that is there, or one that was or will be.
    fn any_record(&mut self) -> RecordId {
        let owner = self.who(&owners());
        let next = self
            .model
            .users
            .get(&owner)
            .map_or(0, |user| user.next_record_id);
        let gone = RecordId(owner, self.below(next as usize + 2) as u64);
        let there = self.records(|_| true);
        if self.one_in(4) {
            gone
        } else {
            self.pick_or(&there, gone)
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
