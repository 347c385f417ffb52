//! Deliveries.

use std::ops::Range;

use crate::{
    cast::{BUYERS, PATIENTS},
    model::GRACE,
    step::{At, Call, DeliveryClaim, Key, OrderId, RecordId, Spoilt},
};

use super::Draw;

/// What a delivery goes by: order and purchase as they stand, or a guess at what is not there.
struct Sold {
    id: OrderId,
    /// The ids of its records.
    numbers: Vec<u64>,
    /// Of each record whether it is delivered, and the key that it was made for.
    records: Vec<(bool, Option<Key>)>,
    deadline: i64,
    buyer_key: Key,
}

impl Draw<'_> {
    pub(super) fn deliver(&mut self, spoil: bool, at: &mut i64) -> Call {
        let settled = (!spoil || !self.one_in(6)).then_some(false);
        let (id, buyer) = self.any_purchase(settled);
        let sold = self.sold(id, buyer);
        if self.one_in(12) {
            // Also after the deadline, and after anybody could have had it refunded.
            let late = self.pick(&[-1, 0, GRACE - 1, GRACE]);
            let late = sold.deadline.saturating_add(late);
            *at = (*at).max(late.min(self.clock + 3_000_000));
        }
        let odd = spoil && self.one_in(3);
        let batch = match odd {
            true => self.odd_batch(&sold),
            false => self.batch(&sold),
        };
        let (first, opener) = (batch.start as u8, sold.records[batch.start].1);
        let records: Vec<At> = sold.numbers[batch]
            .iter()
            .map(|number| At::Record(RecordId(id.0, *number)))
            .collect();
        let purchase = At::Purchase(id, buyer);
        let mut call = Call::Deliver {
            seller: id.0,
            order: At::Order(id),
            purchase,
            first,
            proof: DeliveryClaim {
                purchase,
                secret: opener.unwrap_or(Key::Encryption(id.0, 0)),
                buyer_key: sold.buyer_key,
                records: records.clone(),
                spoilt: None,
            },
            records,
        };
        if spoil && !odd {
            self.spoil_delivery(&mut call, &sold);
        }
        call
    }

    fn sold(&self, id: OrderId, buyer: crate::step::Who) -> Sold {
        let order = self.model.orders.get(&id);
        let purchase = self.model.purchases.get(&(id, buyer));
        let (Some(order), Some(purchase)) = (order, purchase) else {
            return Sold {
                id,
                numbers: vec![0],
                records: vec![(false, None)],
                deadline: self.clock,
                buyer_key: Key::Purchase(buyer, id),
            };
        };
        let key = |number: &u64| self.model.records.get(&RecordId(id.0, *number));
        let records = purchase.slots.iter().zip(&order.records);
        Sold {
            id,
            numbers: order.records.clone(),
            records: records
                .map(|(slot, number)| (slot.is_some(), key(number).map(|record| record.key)))
                .collect(),
            deadline: purchase.deadline,
            buyer_key: purchase.key,
        }
    }

    /// Records in a row that are not delivered and of one key: mostly all of them.
    fn batch(&mut self, sold: &Sold) -> Range<usize> {
        let open: Vec<usize> = (0..sold.records.len())
            .filter(|place| !sold.records[*place].0)
            .collect();
        let first = match open.first() {
            Some(first) if self.below(4) > 0 => *first,
            _ => self.pick_or(&open, 0),
        };
        let row = sold.records[first..].iter();
        let whole = row.take_while(|record| **record == sold.records[first]);
        let whole = whole.count().clamp(1, 9);
        let count = if self.one_in(4) {
            1 + self.below(whole)
        } else {
            whole
        };
        first..first + count
    }

    /// Any records in a row: delivered or not, and of several keys.
    fn odd_batch(&mut self, sold: &Sold) -> Range<usize> {
        let all = sold.records.len();
        let delivered: Vec<usize> = (0..all).filter(|place| sold.records[*place].0).collect();
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
            seller,
            order,
            purchase,
            records,
            first,
            proof,
        } = call
        else {
            unreachable!("{call:?} is no delivery")
        };
        match self.below(16) {
            0 => *seller = self.other_than(*seller),
            1 => *order = At::Order(self.any_order()),
            2 => {
                let (id, buyer) = self.any_purchase(None);
                *purchase = At::Purchase(id, buyer);
            }
            3 => (*records, proof.records) = (vec![], vec![]),
            4 => drop(records.pop()),
            5 => drop(proof.records.pop()),
            6 => *first = self.pick(&[*first + 1, sold.numbers.len() as u8, u8::MAX]),
            7 => {
                let place = self.below(records.len());
                records[place] = At::Record(self.any_record());
            }
            8 => proof.secret = Key::Encryption(self.pick(&PATIENTS), self.below(3) as u32),
            9 => proof.buyer_key = Key::Purchase(self.pick(&BUYERS), sold.id),
            10 => proof.purchase = At::Purchase(sold.id, self.pick(&BUYERS)),
            11 => {
                let place = self.below(proof.records.len());
                proof.records[place] = At::Record(self.any_record());
            }
            12 => proof.spoilt = Some(Spoilt::Proof(self.below(80) as u8)),
            13 => proof.spoilt = Some(Spoilt::Element(self.below(9) as u8)),
            14 if proof.records.len() > 1 => {
                proof.spoilt = Some(self.pick(&[Spoilt::Cancelling, Spoilt::Swapped]));
            }
            _ => proof.spoilt = Some(self.no_point()),
        }
    }
}
