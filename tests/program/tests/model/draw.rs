//! Draws a step of a given instruction: a likely one, and where it is to be spoilt, with one thing wrong.

use rand_chacha::{ChaCha20Rng, rand_core::RngCore};

use crate::{
    cast::{BUYERS, CLINICS, DOCTORS, PATIENTS, PAUPER, PAYER, STRANGER},
    generate::{outsiders, owners, somebody},
    model::{CREATOR_DELAY, GRACE, Model},
    step::{
        At, Call, CapsuleClaim, DeliveryClaim, Key, Kind, OrderId, RecordId, Spoilt, Step, Who,
    },
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

    fn set_encryption_key(&mut self, spoil: bool) -> Call {
        let wallet = self.who(&owners());
        let next = self
            .model
            .users
            .get(&wallet)
            .map_or(0, |user| user.key_index + 1);
        let (mut user, mut key) = (self.user_of(wallet), Key::Encryption(wallet, next));
        if spoil {
            match self.below(2) {
                0 => key = Key::Malformed(self.below(4) as u8),
                _ => user = At::User(self.other_than(wallet)),
            }
        }
        Call::SetEncryptionKey {
            wallet,
            payer: self.payer_for(wallet),
            user,
            key,
        }
    }

    fn create_record(&mut self, spoil: bool) -> Call {
        let users = self.users();
        let owner = match self.one_in(10) {
            true => self.who(&owners()),
            false => self.pick_or(&users, PATIENTS[0]),
        };
        let creator = match self.one_in(7) {
            true => owner,
            false => self.who(&CLINICS),
        };
        let next = self
            .model
            .users
            .get(&owner)
            .map_or(0, |user| user.next_record_id);
        let here = At::Record(RecordId(owner, next));
        let (mut user, mut record, mut id) = (self.user_of(owner), here, next);
        let mut locator_len = self.pick(&[240, 240, 240, 1, 496, 512]);
        let mut proof = CapsuleClaim {
            record: here,
            creator,
            key: self.key_of(owner),
            other_data_key: false,
            spoilt: None,
        };
        if spoil {
            match self.below(12) {
                0 => locator_len = self.pick(&[0, 513]),
                1 => id = self.pick(&[next + 1, next.wrapping_sub(1), u64::MAX]),
                2 => record = At::Record(self.any_record()),
                3 => user = At::User(self.who(&outsiders())),
                4 => proof.record = At::Record(self.any_record()),
                5 => proof.creator = self.other_than(creator),
                6 => {
                    // Made for the key before, or for somebody else's.
                    proof.key = match proof.key {
                        Key::Encryption(who, index) if index > 0 => Key::Encryption(who, index - 1),
                        _ => Key::Encryption(self.other_than(owner), 0),
                    }
                }
                7 => proof.other_data_key = true,
                8 => proof.spoilt = Some(Spoilt::Proof(self.below(48) as u8)),
                9 => proof.spoilt = Some(Spoilt::Element(0)),
                _ => proof.spoilt = Some(self.no_point()),
            }
        }
        Call::CreateRecord {
            creator,
            payer: self.payer_for(creator),
            user,
            record,
            id,
            locator_len,
            proof,
        }
    }

    fn no_point(&mut self) -> Spoilt {
        let kind = self.below(3) as u8;
        self.pick(&[
            Spoilt::Identity(kind),
            Spoilt::Ephemeral(kind),
            Spoilt::Masked(kind),
        ])
    }

    fn verify_record(&mut self, spoil: bool) -> Call {
        let waiting = self.records(|id| !self.model.records[id].verified);
        let nobodys = self.any_record();
        let mut id = self.pick_or(&waiting, nobodys);
        let mut owner = id.0;
        if spoil {
            match self.below(3) {
                0 => id = self.any_record(),
                1 => (owner, id) = (nobodys.0, nobodys),
                _ => owner = self.other_than(owner),
            }
        }
        Call::VerifyRecord {
            owner,
            record: At::Record(id),
        }
    }

    fn delete_record(&mut self, spoil: bool, at: &mut i64) -> Call {
        let unlisted = self.records(|id| self.model.listings(*id) == 0);
        let any = self.any_record();
        let id = if spoil && self.one_in(2) {
            any
        } else {
            self.pick_or(&unlisted, any)
        };
        let (mut user, mut authority, mut rent_payer) = (self.user_of(id.0), id.0, PAYER);
        if let Some(record) = self.model.records.get(&id) {
            rent_payer = record.rent_payer;
            if self.one_in(3) {
                authority = record.creator;
                // On both sides of the moment from which the creator may.
                let moment = record.created_at + CREATOR_DELAY;
                *at = (*at).max(moment - i64::from(spoil && self.one_in(2)));
            }
        }
        if spoil {
            match self.below(4) {
                0 => user = At::User(self.who(&owners())),
                1 => rent_payer = self.other_than(rent_payer),
                2 => authority = self.other_than(authority),
                _ => {}
            }
        }
        Call::DeleteRecord {
            authority,
            user,
            record: At::Record(id),
            rent_payer,
        }
    }

    fn share_record(&mut self, spoil: bool, at: i64) -> Call {
        let verified = self.records(|id| self.model.records[id].verified);
        let any = self.any_record();
        let mut id = self.pick_or(&verified, any);
        let users = self.users();
        let mut to = match self.one_in(3) {
            true => self.pick_or(&users, DOCTORS[0]),
            false => self.who(&DOCTORS),
        };
        let (mut owner, mut share) = (id.0, At::Share(id, to));
        let mut expires_at = self.pick(&[0, at + 1, at + 86_400, i64::MAX]);
        let mut spoilt = None;
        if spoil {
            match self.below(7) {
                0 => owner = self.other_than(owner),
                1 => (id, owner, share) = (any, any.0, At::Share(any, to)),
                2 => expires_at = self.pick(&[at, at - 1, 1, -1, i64::MIN]),
                3 => spoilt = Some(self.no_point()),
                4 => share = At::Share(any, to),
                5 => (to, share) = (PAYER, At::Share(id, PAYER)),
                _ => {
                    let there: Vec<_> = self.model.shares.keys().copied().collect();
                    (id, to) = self.pick_or(&there, (id, to));
                    (owner, share) = (id.0, At::Share(id, to));
                }
            }
        }
        Call::ShareRecord {
            owner,
            payer: self.payer_for(owner),
            record: At::Record(id),
            recipient: At::User(to),
            share,
            key: self.key_of(to),
            spoilt,
            expires_at,
        }
    }

    fn revoke_share(&mut self, spoil: bool) -> Call {
        let there: Vec<_> = self.model.shares.keys().copied().collect();
        let nothing = (self.any_record(), self.who(&DOCTORS));
        let (mut id, mut to) = self.pick_or(&there, nothing);
        let mut owner = id.0;
        let share = self.model.shares.get(&(id, to));
        let mut rent_payer = share.map_or(PAYER, |share| share.rent_payer);
        if spoil {
            match self.below(3) {
                0 => (id, to) = nothing,
                1 => owner = self.other_than(owner),
                _ => rent_payer = self.other_than(rent_payer),
            }
        }
        Call::RevokeShare {
            owner,
            share: At::Share(id, to),
            rent_payer,
        }
    }

    fn create_order(&mut self, spoil: bool) -> Call {
        let sellers: Vec<Who> = {
            let ids = self.records(|id| self.model.records[id].verified);
            ids.into_iter().map(|id| id.0).collect()
        };
        let habit = self.who(&PATIENTS);
        let seller = self.pick_or(&sellers, habit);
        let verified = self.records(|id| id.0 == seller && self.model.records[id].verified);
        let count = match self.below(20) {
            0 => 9,
            1..4 => 4,
            other => 1 + other % 3,
        };
        let start = self.below(verified.len());
        let mut records: Vec<At> = verified
            .into_iter()
            .skip(start)
            .take(count)
            .map(At::Record)
            .collect();
        let next = self
            .model
            .users
            .get(&seller)
            .map_or(0, |user| user.next_order_id);
        let here = At::Order(OrderId(seller, next));
        let (mut user, mut order, mut id) = (self.user_of(seller), here, next);
        let least = self.model.rent[0];
        let mut price = match self.below(24) {
            0 => u64::MAX,
            1 => 1_000_000_000_000_000_000,
            other => self.pick(&[least, least + 1, 1_000_000, 50_000_000 + other as u64]),
        };
        let mut window = self.pick(&[600, 601, 3_600, 86_400, 2_592_000]);
        let mut label = self
            .pick(&["", "blood pressure, 2026", "Blutdruck: ü"])
            .to_owned();
        if self.one_in(8) {
            label = "ü".repeat(32);
        }
        if spoil {
            match self.below(12) {
                0 => user = At::User(self.who(&owners())),
                1 => records.clear(),
                2 => records = vec![At::Record(self.any_record()); 25],
                3 => price = self.pick(&[0, least - 1]),
                4 => window = self.pick(&[0, 599, 2_592_001, u32::MAX]),
                5 => label = self.pick(&["a\0b", "\0"]).to_owned(),
                6 => label = "ü".repeat(32) + "x",
                7 => id = self.pick(&[next + 1, next.wrapping_sub(1), u64::MAX]),
                8 => order = At::Order(self.any_order()),
                9 => records.reverse(),
                10 => records.extend(records.last().copied()),
                _ => records.push(At::Record(self.any_record())),
            }
        }
        Call::CreateOrder {
            seller,
            payer: self.payer_for(seller),
            user,
            order,
            id,
            price,
            window,
            label,
            records,
        }
    }

    fn close_order(&mut self, spoil: bool) -> Call {
        let id = self.any_order();
        let mut seller = id.0;
        let Some(state) = self.model.orders.get(&id) else {
            return Call::CloseOrder {
                seller,
                order: At::Order(id),
                rent_payer: seller,
                records: vec![],
            };
        };
        let mut rent_payer = state.rent_payer;
        let mut records: Vec<At> = state
            .records
            .iter()
            .map(|number| At::Record(RecordId(seller, *number)))
            .collect();
        if spoil {
            match self.below(6) {
                0 => seller = self.other_than(seller),
                1 => rent_payer = self.other_than(rent_payer),
                2 => drop(records.pop()),
                3 => records.push(At::Record(self.any_record())),
                4 => {
                    let place = self.below(records.len());
                    records[place] = At::Record(self.any_record());
                }
                _ => records.reverse(),
            }
        }
        Call::CloseOrder {
            seller,
            order: At::Order(id),
            rent_payer,
            records,
        }
    }

    fn purchase(&mut self, spoil: bool, at: &mut i64) -> Call {
        let mut id = self.any_order();
        let open: Vec<OrderId> = self
            .model
            .orders
            .iter()
            .filter(|(_, order)| order.open)
            .map(|(id, _)| *id)
            .collect();
        if !spoil || self.one_in(2) {
            id = self.pick_or(&open, id);
        }
        let mut buyer = self.who(&BUYERS);
        let (mut price, mut window, mut record_count) = match self.model.orders.get(&id) {
            Some(order) => (order.price, order.window, order.records.len() as u8),
            None => (self.model.rent[0], 600, 1),
        };
        let mut key = Key::Purchase(buyer, id);
        if self.one_in(12) {
            key = Key::Purchase(self.pick(&BUYERS), id);
        }
        let mut purchase = At::Purchase(id, buyer);
        if spoil {
            match self.below(9) {
                0 => key = Key::Malformed(self.below(4) as u8),
                1 => price = self.pick(&[price.wrapping_add(1), price - 1]),
                2 => window = self.pick(&[window + 1, window - 1]),
                3 => record_count = self.pick(&[record_count + 1, record_count - 1]),
                4 => purchase = At::Purchase(id, self.other_than(buyer)),
                5 => (buyer, purchase) = (id.0, At::Purchase(id, id.0)),
                6 => {
                    // The last moment whose deadline fits the clock, and the first one after.
                    *at = i64::MAX - i64::from(window) + self.below(3) as i64;
                }
                7 => {
                    let there: Vec<_> = self.model.purchases.keys().copied().collect();
                    let (id, buyer) = self.pick_or(&there, (id, buyer));
                    return self.purchase_again(id, buyer);
                }
                _ => {}
            }
        }
        Call::Purchase {
            buyer,
            order: At::Order(id),
            purchase,
            key,
            price,
            window,
            record_count,
        }
    }

    fn purchase_again(&mut self, id: OrderId, buyer: Who) -> Call {
        let (price, window, record_count) = match self.model.orders.get(&id) {
            Some(order) => (order.price, order.window, order.records.len() as u8),
            None => (self.model.rent[0], 600, 1),
        };
        Call::Purchase {
            buyer,
            order: At::Order(id),
            purchase: At::Purchase(id, buyer),
            key: Key::Purchase(buyer, id),
            price,
            window,
            record_count,
        }
    }

    /// A purchase that is there, for choice pending or settled; or one that is not.
    fn any_purchase(&mut self, settled: Option<bool>) -> (OrderId, Who) {
        let fits =
            |purchase: &crate::model::Purchase| settled.is_none_or(|is| purchase.settled == is);
        let there: Vec<_> = {
            let all = self.model.purchases.iter();
            all.filter(|(_, purchase)| fits(purchase))
                .map(|(id, _)| *id)
                .collect()
        };
        let nothing = (self.any_order(), self.who(&BUYERS));
        self.pick_or(&there, nothing)
    }

    fn deliver(&mut self, spoil: bool, at: &mut i64) -> Call {
        let settled = if spoil && self.one_in(6) {
            None
        } else {
            Some(false)
        };
        let (id, buyer) = self.any_purchase(settled);
        let (mut purchase, mut order, mut seller) = (At::Purchase(id, buyer), At::Order(id), id.0);
        let (numbers, slots, deadline, buyer_key) = match (
            self.model.orders.get(&id),
            self.model.purchases.get(&(id, buyer)),
        ) {
            (Some(order), Some(state)) => (
                order.records.clone(),
                state.slots.clone(),
                state.deadline,
                state.key,
            ),
            _ => (vec![0], vec![None], self.clock, Key::Purchase(buyer, id)),
        };
        if self.one_in(12) {
            // Also after the deadline, and after anybody could have had it refunded.
            let late = deadline.saturating_add(self.pick(&[-1, 0, GRACE - 1, GRACE]));
            *at = (*at).max(late.min(self.clock + 3_000_000));
        }
        let key_of = |number: &u64| {
            self.model
                .records
                .get(&RecordId(id.0, *number))
                .map(|it| it.key)
        };
        let open: Vec<usize> = (0..slots.len())
            .filter(|place| slots[*place].is_none())
            .collect();
        let first = match open.first() {
            Some(first) if self.below(4) > 0 => *first,
            _ => self.pick_or(&open, 0),
        };
        // As many as are of one key and not delivered, mostly; else whatever follows.
        let fits = |place: &usize| {
            slots[*place].is_none() && key_of(&numbers[*place]) == key_of(&numbers[first])
        };
        let whole = (first..numbers.len()).take_while(fits).count().max(1);
        let mut count = if self.one_in(4) {
            1 + self.below(whole)
        } else {
            whole
        };
        let mut start = first;
        let mixed = spoil && self.one_in(5);
        if mixed {
            (start, count) = (0, numbers.len().min(9));
        } else if spoil && self.one_in(6) {
            start = self.below(numbers.len());
            count = 1 + self.below((numbers.len() - start).min(9));
        }
        let batch = start..start + count.min(9);
        let mut records: Vec<At> = numbers[batch]
            .iter()
            .map(|number| At::Record(RecordId(id.0, *number)))
            .collect();
        let mut claim = DeliveryClaim {
            purchase,
            secret: key_of(&numbers[start]).unwrap_or(Key::Encryption(id.0, 0)),
            buyer_key,
            records: records.clone(),
            spoilt: None,
        };
        let mut first = start as u8;
        if spoil && !mixed {
            match self.below(16) {
                0 => seller = self.other_than(seller),
                1 => order = At::Order(self.any_order()),
                2 => {
                    let (id, buyer) = self.any_purchase(None);
                    purchase = At::Purchase(id, buyer);
                }
                3 => (records, claim.records) = (vec![], vec![]),
                4 => drop(records.pop()),
                5 => drop(claim.records.pop()),
                6 => first = self.pick(&[first + 1, numbers.len() as u8, u8::MAX]),
                7 => {
                    let place = self.below(records.len());
                    records[place] = At::Record(self.any_record());
                }
                8 => claim.secret = Key::Encryption(self.pick(&PATIENTS), self.below(3) as u32),
                9 => claim.buyer_key = Key::Purchase(self.pick(&BUYERS), id),
                10 => claim.purchase = At::Purchase(id, self.pick(&BUYERS)),
                11 => {
                    let place = self.below(claim.records.len());
                    claim.records[place] = At::Record(self.any_record());
                }
                12 => claim.spoilt = Some(Spoilt::Proof(self.below(80) as u8)),
                13 => claim.spoilt = Some(Spoilt::Element(self.below(9) as u8)),
                14 if claim.records.len() > 1 => {
                    claim.spoilt = Some(self.pick(&[Spoilt::Cancelling, Spoilt::Swapped]));
                }
                _ => claim.spoilt = Some(self.no_point()),
            }
        }
        Call::Deliver {
            seller,
            order,
            purchase,
            records,
            first,
            proof: claim,
        }
    }

    fn refund(&mut self, spoil: bool, at: &mut i64) -> Call {
        let settled = if spoil && self.one_in(3) {
            Some(true)
        } else {
            Some(false)
        };
        let (id, of) = self.any_purchase(settled);
        let (mut authority, mut buyer) = (id.0, of);
        let (mut order, mut purchase) = (At::Order(id), At::Purchase(id, of));
        if self.one_in(2) {
            authority = self.pick(&[of, STRANGER, PAYER]);
            let deadline = self
                .model
                .purchases
                .get(&(id, of))
                .map_or(0, |state| state.deadline);
            let moment = deadline.saturating_add(GRACE);
            if moment < self.clock + 3_000_000 {
                *at = (*at).max(moment - i64::from(spoil && self.one_in(2)));
            }
        }
        if spoil {
            match self.below(5) {
                0 => buyer = self.other_than(buyer),
                1 => order = At::Order(self.any_order()),
                2 => {
                    let (id, of) = (self.any_order(), self.who(&BUYERS));
                    (purchase, order) = (At::Purchase(id, of), At::Order(id));
                }
                3 => authority = self.other_than(authority),
                _ => {}
            }
        }
        Call::Refund {
            authority,
            buyer,
            order,
            purchase,
        }
    }

    fn close_purchase(&mut self, spoil: bool) -> Call {
        let settled = if spoil && self.one_in(2) {
            Some(false)
        } else {
            Some(true)
        };
        let (id, of) = self.any_purchase(settled);
        let mut buyer = of;
        let mut purchase = At::Purchase(id, of);
        if spoil {
            match self.below(3) {
                0 => buyer = self.other_than(buyer),
                1 => purchase = At::Purchase(self.any_order(), of),
                _ => {}
            }
        }
        Call::ClosePurchase { buyer, purchase }
    }

    /// Lamports into an address of the program's: one that is there, or one that will be.
    fn transfer(&mut self) -> Call {
        let owner = self.who(&owners());
        let user = self.model.users.get(&owner);
        let record = RecordId(owner, user.map_or(0, |user| user.next_record_id));
        let order = OrderId(owner, user.map_or(0, |user| user.next_order_id));
        let (to, buyer, there) = (self.who(&DOCTORS), self.who(&BUYERS), self.any_record());
        let (sold, bought) = (self.any_order(), self.any_purchase(Some(false)));
        let to = match self.below(11) {
            0 => At::User(owner),
            1..4 => At::Record(record),
            4 => At::Record(there),
            5..7 => At::Order(order),
            7 => At::Order(sold),
            8 => At::Purchase(sold, buyer),
            9 => At::Purchase(bought.0, bought.1),
            _ => At::Share(there, to),
        };
        // The largest is a second price of any order that is ever paid.
        let least = self.model.rent[0];
        let lamports = self.pick(&[least, least + 1, 1_500_000, 3_000_000, 60_000_000]);
        Call::Transfer {
            from: STRANGER,
            to,
            lamports,
        }
    }
}
