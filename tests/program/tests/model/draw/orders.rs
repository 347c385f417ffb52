//! Orders and purchases, and what is sent to them.

use crate::{
    cast::{BUYERS, CLINICS, DOCTORS, PATIENTS, PAYER, STRANGER},
    habits::owners,
    model::{GRACE, Purchase, Status, record_id},
    step::{At, Call, Key, OnlyBuyer, OrderId, RecordId, Terms, Who},
};

use super::Draw;

impl Draw<'_> {
    pub(super) fn create_order(&mut self, spoil: bool) -> Call {
        let habit = self.who(&PATIENTS);
        let any = self.records(|id| self.model.records[id].verified);
        let none = self.new_record(habit, habit);
        // The records of one owner that are made for one key.
        let RecordId {
            owner: seller, key, ..
        } = self.pick_or(&any, none);
        let verified = self
            .records(|id| id.owner == seller && id.key == key && self.model.records[id].verified);
        let count = match self.below(20) {
            0 => 9,
            1..4 => 4,
            other => 1 + other % 3,
        };
        let start = self.below(verified.len());
        let mut records = self.by_address(verified.into_iter().skip(start).take(count).collect());
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
        let mut only_buyer = match self.one_in(4) {
            true => OnlyBuyer::Wallet(self.who(&BUYERS)),
            false => OnlyBuyer::Anyone,
        };
        if spoil {
            match self.below(15) {
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
                11 => {
                    let waiting = self.records(|id| {
                        id.owner == seller && id.key == key && !self.model.records[id].verified
                    });
                    self.list_another(&mut records, &waiting);
                }
                12 => only_buyer = OnlyBuyer::Zeros,
                13 => {
                    let others = self.records(|id| id.owner == seller && id.key != key);
                    self.list_another(&mut records, &others);
                }
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
            only_buyer,
            label,
            records,
        }
    }

    /// One of these records among those of an order, where its address has its place.
    fn list_another(&mut self, records: &mut Vec<At>, from: &[RecordId]) {
        if from.is_empty() {
            return;
        }
        let mut listed: Vec<RecordId> = records.iter().map(record_id).collect();
        let another = self.pick(from);
        if self.one_in(2) {
            listed.truncate(1);
        }
        listed.push(another);
        *records = self.by_address(listed);
    }

    pub(super) fn close_order(&mut self, spoil: bool) -> Call {
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
            .map(|record| At::Record(*record))
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

    /// What a buyer is shown of an order; something else where there is none.
    pub(super) fn terms_of(&self, id: OrderId) -> Terms {
        match self.model.orders.get(&id) {
            Some(order) => order.terms(id),
            None => Terms {
                order: id,
                price: self.model.rent[0],
                window: 600,
                label: String::new(),
                only_buyer: OnlyBuyer::Anyone,
                records: vec![],
            },
        }
    }

    /// Terms that differ in one of their parts.
    pub(super) fn other_terms(&mut self, terms: &Terms) -> Terms {
        let mut other = terms.clone();
        match self.below(7) {
            0 => other.price = self.pick(&[terms.price.wrapping_add(1), terms.price - 1]),
            1 => other.window = self.pick(&[terms.window + 1, terms.window - 1]),
            2 if terms.label.is_empty() => other.label = "x".to_owned(),
            2 => other.label.clear(),
            3 => {
                other.only_buyer = match terms.only_buyer {
                    OnlyBuyer::Anyone => OnlyBuyer::Wallet(self.pick(&BUYERS)),
                    _ => OnlyBuyer::Anyone,
                }
            }
            4 => drop(other.records.pop()),
            5 => {
                let record = self.any_record();
                match other.records.first_mut() {
                    Some(first) if *first != record => *first = record,
                    _ => other.records.push(record),
                }
            }
            _ => other.order.1 += 1,
        }
        other
    }

    pub(super) fn purchase(&mut self, spoil: bool, at: &mut i64) -> Call {
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
        let mut terms = self.terms_of(id);
        if let OnlyBuyer::Wallet(only) = terms.only_buyer
            && !(spoil && self.one_in(3))
        {
            buyer = only;
        }
        let mut key = Key::Purchase(buyer, id);
        if self.one_in(12) {
            key = Key::Purchase(self.pick(&BUYERS), id);
        }
        let mut purchase = At::Purchase(id, buyer);
        if spoil {
            match self.below(8) {
                0 => key = Key::Malformed(self.below(4) as u8),
                1 => terms = self.other_terms(&terms),
                2 => purchase = At::Purchase(id, self.other_than(buyer)),
                3 => (buyer, purchase) = (id.0, At::Purchase(id, id.0)),
                4 => {
                    // The last moment whose deadline fits the clock, and the first one after.
                    *at = i64::MAX - i64::from(terms.window) + self.below(3) as i64;
                }
                5 => {
                    let there: Vec<_> = self.model.purchases.keys().copied().collect();
                    let (id, buyer) = self.pick_or(&there, (id, buyer));
                    return self.purchase_again(id, buyer);
                }
                6 => {
                    // An order that is for somebody else.
                    let all = self.model.orders.iter();
                    let others: Vec<_> = all
                        .filter(|(_, order)| order.only_buyer != OnlyBuyer::Anyone)
                        .map(|(id, _)| *id)
                        .collect();
                    let id = self.pick_or(&others, id);
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
            terms,
        }
    }

    pub(super) fn purchase_again(&mut self, id: OrderId, buyer: Who) -> Call {
        Call::Purchase {
            buyer,
            order: At::Order(id),
            purchase: At::Purchase(id, buyer),
            key: Key::Purchase(buyer, id),
            terms: self.terms_of(id),
        }
    }

    /// A purchase that is there and fits; or one that is not.
    pub(super) fn any_purchase(&mut self, fits: impl Fn(&Purchase) -> bool) -> (OrderId, Who) {
        let there: Vec<_> = {
            let all = self.model.purchases.iter();
            all.filter(|(_, purchase)| fits(purchase))
                .map(|(id, _)| *id)
                .collect()
        };
        let nothing = (self.any_order(), self.who(&BUYERS));
        self.pick_or(&there, nothing)
    }

    pub(super) fn refund(&mut self, spoil: bool, at: &mut i64) -> Call {
        let wanted = match self.below(6) {
            0 | 1 if spoil => Status::Settled,
            2 => Status::Locked,
            _ => Status::Pending,
        };
        let (id, of) = self.any_purchase(|purchase| purchase.status == wanted);
        let (mut authority, mut buyer) = (id.0, of);
        let (mut order, mut purchase) = (At::Order(id), At::Purchase(id, of));
        let locked = wanted == Status::Locked;
        if self.one_in(2) || locked {
            if !locked || self.one_in(2) {
                authority = self.pick(&[of, STRANGER, PAYER]);
            }
            let due = self
                .model
                .purchases
                .get(&(id, of))
                .map_or(0, |state| state.deadline.max(state.settle_by));
            let moment = due.saturating_add(GRACE);
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

    pub(super) fn close_purchase(&mut self, spoil: bool) -> Call {
        let settled = !spoil || !self.one_in(2);
        let fits = |purchase: &Purchase| (purchase.status == Status::Settled) == settled;
        let (id, of) = self.any_purchase(fits);
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
    pub(super) fn transfer(&mut self) -> Call {
        let owner = self.who(&owners());
        let user = self.model.users.get(&owner);
        let creator = self.who(&CLINICS);
        let record = self.new_record(owner, creator);
        let order = OrderId(owner, user.map_or(0, |user| user.next_order_id));
        let (to, buyer, there) = (self.who(&DOCTORS), self.who(&BUYERS), self.any_record());
        let (sold, bought) = (
            self.any_order(),
            self.any_purchase(|purchase| purchase.status != Status::Settled),
        );
        let to = match self.below(12) {
            0 => At::User(owner),
            1..3 => At::Record(record),
            3 => At::Record(there),
            4..6 => At::Order(order),
            6 => At::Order(sold),
            7 => At::Purchase(sold, buyer),
            8..11 => At::Purchase(bought.0, bought.1),
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
