//! The rules, in the order in which the protocol lists them for each instruction: the first that a step breaks is the
//! error that it must end with.

use crate::{
    model::{CREATOR_DELAY, GRACE, Model, Order, Purchase, Record, User},
    refusal::{Refusal, Rule},
    step::{At, Call, CapsuleClaim, DeliveryClaim, Key, OrderId, RecordId, Spoilt, Step, Who},
};

type Verdict = Result<(), Refusal>;

fn require(holds: bool, rule: Rule) -> Verdict {
    if holds {
        Ok(())
    } else {
        Err(Refusal::Rule(rule))
    }
}

impl Model {
    /// What becomes of a step.
    pub fn judge(&self, step: &Step) -> Verdict {
        if step
            .unsigned
            .is_some_and(|who| who != step.fee_payer && step.call.signers().contains(&who))
        {
            return Err(Refusal::Unsigned);
        }
        let signatures = {
            let mut signers = step.call.signers();
            signers.push(step.fee_payer);
            signers.sort();
            signers.dedup();
            signers.len() as u64
        };
        let fee = (step.fee_payer, signatures * crate::model::FEE);
        match &step.call {
            Call::SetEncryptionKey {
                wallet,
                payer,
                user,
                key,
            } => {
                seeds(*user == At::User(*wallet))?;
                require(!matches!(key, Key::Malformed(_)), Rule::InvalidPoint)?;
                match self.users.contains_key(wallet) {
                    true => Ok(()),
                    false => self.can_fund(*user, 104, *payer, 0, fee),
                }
            }
            Call::CreateRecord {
                creator,
                payer,
                user,
                record,
                id,
                locator_len,
                proof,
            } => {
                let (owner, state) = self.user_to_write(user)?;
                require((1..=512).contains(locator_len), Rule::LocatorLength)?;
                seeds(*record == At::Record(RecordId(owner, state.next_record_id)))?;
                proof.holds(*record, *creator, state.key)?;
                require(*id == state.next_record_id, Rule::NotNextRecordId)?;
                self.can_fund(*record, 300 + locator_len, *payer, 0, fee)
            }
            Call::VerifyRecord { owner, record } => {
                let (id, record) = self.record_to_write(record)?;
                require(id.0 == *owner, Rule::WrongOwner)?;
                require(!record.verified, Rule::AlreadyVerified)
            }
            Call::DeleteRecord {
                authority,
                user,
                record,
                rent_payer,
            } => {
                let (wallet, _) = self.user_to_write(user)?;
                let (id, state) = self.record_to_write(record)?;
                require(wallet == id.0, Rule::WrongUser)?;
                require(*rent_payer == state.rent_payer, Rule::WrongRentPayer)?;
                let by_creator = *authority == state.creator
                    && !state.verified
                    && step.at >= state.created_at.saturating_add(CREATOR_DELAY);
                require(*authority == id.0 || by_creator, Rule::DeleteNotAllowed)?;
                require(self.listings(id) == 0, Rule::RecordListed)
            }
            Call::ShareRecord {
                owner,
                payer,
                record,
                recipient,
                share,
                key: _,
                spoilt,
                expires_at,
            } => {
                let (id, state) = self.record_to_read(record)?;
                let recipient = self.user_to_read(recipient)?;
                require(id.0 == *owner, Rule::WrongOwner)?;
                seeds(*share == At::Share(id, recipient))?;
                require(state.verified, Rule::NotVerified)?;
                require(
                    *expires_at == 0 || *expires_at > step.at,
                    Rule::ExpiryInPast,
                )?;
                let no_point = matches!(
                    spoilt,
                    Some(Spoilt::Identity(_) | Spoilt::Ephemeral(_) | Spoilt::Masked(_))
                );
                require(!no_point, Rule::InvalidPoint)?;
                self.can_fund(*share, 256, *payer, 0, fee)
            }
            Call::RevokeShare {
                owner,
                share,
                rent_payer,
            } => {
                let At::Share(record, recipient) = share else {
                    unreachable!()
                };
                let state = self
                    .shares
                    .get(&(*record, *recipient))
                    .ok_or(Refusal::NothingToWrite)?;
                require(record.0 == *owner, Rule::WrongOwner)?;
                require(*rent_payer == state.rent_payer, Rule::WrongRentPayer)
            }
            Call::CreateOrder {
                seller,
                payer,
                user,
                order,
                id,
                price,
                window,
                label,
                records,
            } => {
                let (wallet, state) = self.user_to_write(user)?;
                require(wallet == *seller, Rule::WrongUser)?;
                seeds(*order == At::Order(OrderId(*seller, state.next_order_id)))?;
                require((1..=24).contains(&records.len()), Rule::OrderLength)?;
                require(*price >= self.rent[0], Rule::PriceTooLow)?;
                require((600..=2_592_000).contains(window), Rule::DeliveryWindow)?;
                require(*id == state.next_order_id, Rule::NotNextOrderId)?;
                self.can_fund(*order, 180 + 8 * records.len(), *payer, 0, fee)
                    .and_then(|()| {
                        require(
                            label.len() <= 64 && !label.contains('\0'),
                            Rule::InvalidLabel,
                        )?;
                        self.can_list(*seller, records)
                    })
            }
            Call::CloseOrder {
                seller,
                order,
                rent_payer,
                records,
            } => {
                let (id, state) = self.order_to_write(order)?;
                require(id.0 == *seller, Rule::WrongSeller)?;
                require(*rent_payer == state.rent_payer, Rule::WrongRentPayer)?;
                if self.pending(id) > 0 {
                    return require(state.open, Rule::PurchasesPending);
                }
                require(records.len() == state.records.len(), Rule::WrongRecord)?;
                for (number, record) in state.records.iter().zip(records) {
                    let (record, _) = self.record_to_write(record)?;
                    require(record == RecordId(*seller, *number), Rule::WrongRecord)?;
                }
                Ok(())
            }
            Call::Purchase {
                buyer,
                order,
                purchase,
                key,
                price,
                window,
                record_count,
            } => {
                let (id, state) = self.order_to_write(order)?;
                seeds(*purchase == At::Purchase(id, *buyer))?;
                require(!matches!(key, Key::Malformed(_)), Rule::InvalidPoint)?;
                require(state.open, Rule::OrderNotOpen)?;
                require(*buyer != id.0, Rule::OwnOrder)?;
                let terms = (state.price, state.window, state.records.len());
                let expected = (*price, *window, usize::from(*record_count));
                require(terms == expected, Rule::TermsChanged)?;
                let deadline = step.at.checked_add(i64::from(*window));
                require(deadline.is_some(), Rule::DeadlineOverflow)?;
                self.can_fund(
                    *purchase,
                    164 + 64 * state.records.len(),
                    *buyer,
                    *price,
                    fee,
                )
            }
            Call::Deliver {
                seller,
                order,
                purchase,
                records,
                first,
                proof,
            } => {
                let (order, terms) = self.order_to_write(order)?;
                let (id, _, state) = self.purchase_to_write(purchase)?;
                require(*seller == id.0, Rule::WrongSeller)?;
                require(order == id, Rule::WrongOrder)?;
                require(!state.settled, Rule::AlreadySettled)?;
                let first = usize::from(*first);
                let slots = first..first + records.len();
                require(
                    (1..=10).contains(&records.len())
                        && proof.records.len() == records.len()
                        && slots.end <= terms.records.len(),
                    Rule::BatchLength,
                )?;
                let mut keys = Vec::new();
                for (number, record) in terms.records[slots.clone()].iter().zip(records) {
                    let (record, made) = self.record_to_read(record)?;
                    require(record == RecordId(id.0, *number), Rule::WrongRecord)?;
                    keys.push(made.key);
                }
                let same_key = keys.iter().all(|key| *key == keys[0]);
                require(same_key, Rule::MixedOwnerKeys)?;
                proof.holds(*purchase, keys[0], state.key, records)?;
                let empty = state.slots[slots].iter().all(Option::is_none);
                require(empty, Rule::AlreadyDelivered)
            }
            Call::Refund {
                authority,
                buyer,
                order,
                purchase,
            } => {
                let (order, _) = self.order_to_write(order)?;
                let (id, of, state) = self.purchase_to_write(purchase)?;
                require(*buyer == of, Rule::WrongBuyer)?;
                require(order == id, Rule::WrongOrder)?;
                require(!state.settled, Rule::AlreadySettled)?;
                let late = step.at >= state.deadline.saturating_add(GRACE);
                require(*authority == id.0 || late, Rule::RefundTooEarly)
            }
            Call::ClosePurchase { buyer, purchase } => {
                let (_, of, state) = self.purchase_to_write(purchase)?;
                require(*buyer == of, Rule::WrongBuyer)?;
                require(state.settled, Rule::NotSettled)
            }
            Call::Transfer { from, lamports, .. } => self.can_pay(*from, *lamports, fee),
        }
    }

    /// Whether an account can be created where nothing of the program's is.
    fn can_fund(&self, at: At, space: usize, payer: Who, deposit: u64, fee: (Who, u64)) -> Verdict {
        require(!self.exists(at), Rule::AccountAlreadyExists)?;
        let due = self
            .due(at, space, deposit)
            .ok_or(Refusal::Rule(Rule::Arithmetic))?;
        self.can_pay(payer, due, fee)
    }

    fn can_pay(&self, payer: Who, lamports: u64, (fee_payer, fee): (Who, u64)) -> Verdict {
        let fee = if payer == fee_payer { fee } else { 0 };
        let held = self.held(At::Wallet(payer)) - fee;
        match held.checked_sub(lamports) {
            None => Err(Refusal::TooPoor),
            Some(left) if left > 0 && left < self.rent[0] && lamports > 0 => {
                Err(Refusal::BelowRent)
            }
            Some(_) => Ok(()),
        }
    }

    fn can_list(&self, seller: Who, records: &[At]) -> Verdict {
        let mut previous = None;
        for record in records {
            let (id, state) = self.record_to_write(record)?;
            require(id.0 == seller, Rule::WrongOwner)?;
            require(previous < Some(id.1), Rule::RecordOrder)?;
            require(state.verified, Rule::NotVerified)?;
            previous = Some(id.1);
        }
        Ok(())
    }

    fn user_to_write(&self, at: &At) -> Result<(Who, &User), Refusal> {
        let At::User(who) = at else {
            unreachable!("{at:?} is no user")
        };
        let user = self.users.get(who).ok_or(Refusal::NothingToWrite)?;
        Ok((*who, user))
    }

    fn user_to_read(&self, at: &At) -> Result<Who, Refusal> {
        let At::User(who) = at else {
            unreachable!("{at:?} is no user")
        };
        match self.users.contains_key(who) {
            true => Ok(*who),
            false => Err(self.nothing_to_read(at)),
        }
    }

    fn record_to_write(&self, at: &At) -> Result<(RecordId, &Record), Refusal> {
        let At::Record(id) = at else {
            unreachable!("{at:?} is no record")
        };
        let record = self.records.get(id).ok_or(Refusal::NothingToWrite)?;
        Ok((*id, record))
    }

    fn record_to_read(&self, at: &At) -> Result<(RecordId, &Record), Refusal> {
        self.record_to_write(at)
            .map_err(|_| self.nothing_to_read(at))
    }

    fn order_to_write(&self, at: &At) -> Result<(OrderId, &Order), Refusal> {
        let At::Order(id) = at else {
            unreachable!("{at:?} is no order")
        };
        let order = self.orders.get(id).ok_or(Refusal::NothingToWrite)?;
        Ok((*id, order))
    }

    fn purchase_to_write(&self, at: &At) -> Result<(OrderId, Who, &Purchase), Refusal> {
        let At::Purchase(id, buyer) = at else {
            unreachable!("{at:?} is no purchase")
        };
        let purchase = self
            .purchases
            .get(&(*id, *buyer))
            .ok_or(Refusal::NothingToWrite)?;
        Ok((*id, *buyer, purchase))
    }

    fn nothing_to_read(&self, at: &At) -> Refusal {
        match self.held(*at) {
            0 => Refusal::NothingToRead,
            _ => Refusal::OnlyLamports,
        }
    }
}

fn seeds(right: bool) -> Verdict {
    if right {
        Ok(())
    } else {
        Err(Refusal::InvalidSeeds)
    }
}

impl CapsuleClaim {
    /// Whether the proof shows that `creator` made the capsule for `record` and `key`.
    fn holds(&self, record: At, creator: Who, key: Key) -> Verdict {
        match self.spoilt {
            Some(Spoilt::Identity(_) | Spoilt::Ephemeral(_) | Spoilt::Masked(_)) => {
                return Err(Refusal::Rule(Rule::InvalidPoint));
            }
            Some(_) => return Err(Refusal::Rule(Rule::CapsuleProofInvalid)),
            None => {}
        }
        let same = (self.record, self.creator, self.key) == (record, creator, key);
        require(same && !self.other_data_key, Rule::CapsuleProofInvalid)
    }
}

impl DeliveryClaim {
    /// Whether the proof shows that the capsules for `buyer_key` hold what the records' hold.
    fn holds(&self, purchase: At, owner_key: Key, buyer_key: Key, records: &[At]) -> Verdict {
        match self.spoilt {
            Some(Spoilt::Identity(_) | Spoilt::Masked(_)) => {
                return Err(Refusal::Rule(Rule::InvalidPoint));
            }
            Some(_) => return Err(Refusal::Rule(Rule::DeliveryProofInvalid)),
            None => {}
        }
        let same = (self.purchase, self.secret, self.buyer_key) == (purchase, owner_key, buyer_key)
            && self.records == records;
        require(same, Rule::DeliveryProofInvalid)
    }
}
