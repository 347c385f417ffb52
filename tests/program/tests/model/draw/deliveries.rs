//! Deliveries and settlements.

use std::ops::Range;

use crate::{
    cast::{BUYERS, PATIENTS, PAYER},
    model::{GRACE, Purchase, Status},
    step::{
        At, Call, DeliveryClaim, Key, OrderId, RecordId, Sale, SettleKey, Spoilt, SpoiltSecret, Who,
    },
};

use super::Draw;

/// What a delivery goes by: order and purchase as they stand, or a guess at what is not there.
struct Sold {
    records: Vec<RecordId>,
    /// Of each record whether it is delivered.
    delivered: Vec<bool>,
    deadline: i64,
}

impl Draw<'_> {
    pub(super) fn deliver(&mut self, spoil: bool, at: &mut i64) -> Call {
        let clock = self.clock;
        let wanted = match spoil && self.one_in(3) {
            true => self.pick(&[Status::Locked, Status::Settled]),
            false => Status::Pending,
        };
        let in_time = |state: &Purchase| clock < state.deadline.saturating_add(GRACE);
        let begun = spoil && self.one_in(3);
        let fits = |state: &Purchase| {
            state.status == wanted
                && (spoil || in_time(state))
                && (!begun || state.slots.iter().any(Option::is_some))
        };
        let (id, buyer) = self.any_purchase(fits);
        let sold = self.sold(id, buyer);
        if self.one_in(12) || spoil && self.one_in(6) {
            // On both sides of the deadline, and of the moment from which nothing is delivered any more.
            let late = self.pick(&[-1, 0, GRACE - 1, GRACE]);
            let late = sold.deadline.saturating_add(late);
            *at = (*at).max(late.min(self.clock + 3_000_000));
        }
        let odd = spoil && self.one_in(3);
        let batch = match odd {
            true => self.odd_batch(&sold),
            false => self.batch(&sold),
        };
        let mut call = self.delivery_of(id, buyer, batch.start, &sold.records[batch]);
        if spoil && !odd {
            self.spoil_delivery(&mut call, &sold);
        }
        call
    }

    /// An honest delivery of these records of a purchase, which begin at this place of the order.
    pub(super) fn delivery_of(
        &mut self,
        id: OrderId,
        buyer: Who,
        first: usize,
        records: &[RecordId],
    ) -> Call {
        let records: Vec<At> = records.iter().copied().map(At::Record).collect();
        Call::Deliver {
            order: At::Order(id),
            purchase: At::Purchase(id, buyer),
            settle_key: SettleKey::Derived,
            first: first as u8,
            proof: DeliveryClaim {
                sale: self.true_sale(id, buyer),
                records: records.clone(),
                spoilt: None,
            },
            records,
        }
    }

    fn sold(&mut self, id: OrderId, buyer: Who) -> Sold {
        let nothing = self.any_record();
        let order = self.model.orders.get(&id);
        let purchase = self.model.purchases.get(&(id, buyer));
        let (Some(order), Some(purchase)) = (order, purchase) else {
            return Sold {
                records: vec![nothing],
                delivered: vec![false],
                deadline: self.clock,
            };
        };
        Sold {
            records: order.records.clone(),
            delivered: purchase.slots.iter().map(Option::is_some).collect(),
            deadline: purchase.deadline,
        }
    }

    /// Records in a row that are not delivered: mostly all of them.
    fn batch(&mut self, sold: &Sold) -> Range<usize> {
        let open: Vec<usize> = (0..sold.records.len())
            .filter(|place| !sold.delivered[*place])
            .collect();
        let first = match open.first() {
            Some(first) if self.below(4) > 0 => *first,
            _ => self.pick_or(&open, 0),
        };
        let row = sold.delivered[first..].iter();
        let whole = row.take_while(|delivered| !**delivered);
        let whole = whole.count().clamp(1, 9);
        let count = if self.one_in(4) {
            1 + self.below(whole)
        } else {
            whole
        };
        first..first + count
    }

    /// Any records in a row, delivered or not.
    fn odd_batch(&mut self, sold: &Sold) -> Range<usize> {
        let all = sold.records.len();
        let delivered: Vec<usize> = (0..all).filter(|place| sold.delivered[*place]).collect();
        match self.below(3) {
            0 => 0..all.min(9),
            1 => {
                let start = self.below(all);
                start..start + 1 + self.below((all - start).min(9))
            }
            _ => {
                let start = self.pick_or(&delivered, 0);
                start..start + 1
            }
        }
    }

    fn spoil_delivery(&mut self, call: &mut Call, sold: &Sold) {
        let Call::Deliver {
            order,
            purchase,
            records,
            settle_key,
            first,
            proof,
        } = call
        else {
            unreachable!("{call:?} is no delivery")
        };
        match self.below(17) {
            0 => *order = At::Order(self.any_order()),
            1 => {
                let (id, buyer) = self.any_purchase(|_| true);
                *purchase = At::Purchase(id, buyer);
            }
            2 => (*records, proof.records) = (vec![], vec![]),
            3 => drop(records.pop()),
            4 => drop(proof.records.pop()),
            5 => *first = self.pick(&[*first + 1, sold.records.len() as u8, u8::MAX]),
            6 => {
                let place = self.below(records.len());
                records[place] = At::Record(self.any_record());
            }
            7 | 8 => self.spoil_sale(&mut proof.sale),
            9 => {
                let place = self.below(proof.records.len());
                proof.records[place] = At::Record(self.any_record());
            }
            10 => proof.spoilt = Some(Spoilt::Proof(self.below(80) as u8)),
            11 => proof.spoilt = Some(Spoilt::Element(self.below(9) as u8)),
            12 if proof.records.len() > 1 => {
                proof.spoilt = Some(self.pick(&[Spoilt::Cancelling, Spoilt::Swapped]));
            }
            13 | 14 => {
                let kind = self.below(4) as u8;
                *settle_key = self.pick(&[
                    SettleKey::Other,
                    SettleKey::Opposite,
                    SettleKey::Malformed(kind),
                ]);
            }
            _ => proof.spoilt = Some(self.no_point()),
        }
    }

    /// One thing that a seller was lied to about.
    fn spoil_sale(&mut self, sale: &mut Sale) {
        let id = sale.terms.order;
        match self.below(5) {
            0 => sale.secret = Key::Encryption(self.pick(&PATIENTS), self.below(3) as u32),
            1 => sale.buyer_key = Key::Purchase(self.pick(&BUYERS), id),
            2 => sale.purchase = At::Purchase(id, self.pick(&BUYERS)),
            3 => sale.deadline = self.pick(&[sale.deadline.saturating_add(1), sale.deadline - 1]),
            _ => sale.terms = self.other_terms(&sale.terms),
        }
    }

    pub(super) fn settle(&mut self, spoil: bool, at: &mut i64) -> Call {
        let wanted = match spoil && self.one_in(3) {
            true => self.pick(&[Status::Pending, Status::Settled]),
            false => Status::Locked,
        };
        let (id, buyer) = self.any_purchase(|state| state.status == wanted);
        let (mut seller, mut order) = (id.0, At::Order(id));
        let mut purchase = At::Purchase(id, buyer);
        let mut sale = self.true_sale(id, buyer);
        let mut spoilt = None;
        if self.one_in(8)
            && let Some(state) = self.model.purchases.get(&(id, buyer))
        {
            // However late.
            let due = state.deadline.max(state.settle_by).saturating_add(GRACE);
            *at = (*at).max(due.min(self.clock + 3_000_000));
        }
        if spoil {
            match self.below(6) {
                0 => seller = self.other_than(seller),
                1 => order = At::Order(self.any_order()),
                2 => {
                    let (id, buyer) = (self.any_order(), self.pick(&[buyer, PAYER]));
                    purchase = At::Purchase(id, buyer);
                }
                3 => self.spoil_sale(&mut sale),
                4 => {
                    let all = [
                        SpoiltSecret::Next,
                        SpoiltSecret::NotCanonical,
                        SpoiltSecret::Zero,
                    ];
                    spoilt = Some(self.pick(&all));
                }
                _ => {}
            }
        }
        Call::Settle {
            seller,
            order,
            purchase,
            sale,
            spoilt,
        }
    }
}
