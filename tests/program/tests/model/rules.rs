//! The rules, in the order in which the protocol lists them for each instruction. A step must fail with the error of
//! the first rule that it breaks.

use crate::{
    model::{CREATOR_DELAY, GRACE, Model, Order, Purchase, Record, SETTLE_WINDOW, Status, User},
    refusal::{Refusal, Rule},
    step::{
        At, Call, CapsuleClaim, DeliveryClaim, Draft, Key, OnlyBuyer, OrderId, RecordId, Sale,
        SettleKey, Spoilt, Step, Who,
    },
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
    /// The outcome of a step.
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
                key_index,
                key,
            } => {
                seeds(*user == At::User(*wallet))?;
                require(!matches!(key, Key::Malformed(_)), Rule::InvalidPoint)?;
                let present = self.users.get(wallet);
                let next = present.map_or(0, |user| user.key_index + 1);
                require(*key_index == next, Rule::KeyIndexChanged)?;
                match present {
                    Some(_) => Ok(()),
                    None => self.can_fund(*user, 168, *payer, 0, fee),
                }
            }
            Call::CreateRecord {
                creator,
                payer,
                user,
                record,
                draft,
                proof,
            } => {
                let (owner, state) = self.user_to_write(user)?;
                let locator_len = usize::from(draft.locator_len);
                require((1..=512).contains(&locator_len), Rule::LocatorLength)?;
                let id = RecordId {
                    owner,
                    creator: *creator,
                    key: state.key,
                    draft: *draft,
                };
                seeds(*record == At::Record(id))?;
                proof.holds(id)?;
                self.can_fund(*record, 292 + locator_len, *payer, 0, fee)
            }
            Call::VerifyRecord { owner, record } => {
                let (id, record) = self.record_to_write(record)?;
                require(id.owner == *owner, Rule::WrongOwner)?;
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
                require(wallet == id.owner, Rule::WrongUser)?;
                require(*rent_payer == state.rent_payer, Rule::WrongRentPayer)?;
                let by_creator = *authority == id.creator
                    && !state.verified
                    && step.at >= state.created_at.saturating_add(CREATOR_DELAY);
                require(*authority == id.owner || by_creator, Rule::DeleteNotAllowed)?;
                require(self.listings(id) == 0, Rule::RecordListed)
            }
            Call::ShareRecord {
                owner,
                payer,
                record,
                recipient,
                share,
                key_index,
                key: _,
                spoilt,
                expires_at,
            } => {
                let (id, state) = self.record_to_read(record)?;
                let (recipient, user) = self.user_to_read(recipient)?;
                require(id.owner == *owner, Rule::WrongOwner)?;
                seeds(*share == At::Share(id, recipient))?;
                require(state.verified, Rule::NotVerified)?;
                require(
                    *expires_at == 0 || *expires_at > step.at,
                    Rule::ExpiryInPast,
                )?;
                require(*key_index == user.key_index, Rule::KeyIndexChanged)?;
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
                require(record.owner == *owner, Rule::WrongOwner)?;
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
                only_buyer,
                label,
                records,
            } => {
                let (wallet, state) = self.user_to_write(user)?;
                require(wallet == *seller, Rule::WrongUser)?;
                seeds(*order == At::Order(OrderId(*seller, state.next_order_id)))?;
                require((1..=24).contains(&records.len()), Rule::OrderLength)?;
                require(*price >= self.rent[0], Rule::PriceTooLow)?;
                require((600..=2_592_000).contains(window), Rule::DeliveryWindow)?;
                require(*only_buyer != OnlyBuyer::Zeros, Rule::BuyerNotAllowed)?;
                require(*id == state.next_order_id, Rule::NotNextOrderId)?;
                self.can_fund(*order, 212 + 32 * records.len(), *payer, 0, fee)
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
                for (listed, record) in state.records.iter().zip(records) {
                    require(*record == At::Record(*listed), Rule::WrongRecord)?;
                    self.record_to_write(record)?;
                }
                Ok(())
            }
            Call::Purchase {
                buyer,
                order,
                purchase,
                key,
                terms,
            } => {
                let (id, state) = self.order_to_write(order)?;
                seeds(*purchase == At::Purchase(id, *buyer))?;
                require(!matches!(key, Key::Malformed(_)), Rule::InvalidPoint)?;
                require(state.open, Rule::OrderNotOpen)?;
                require(*buyer != id.0, Rule::OwnOrder)?;
                let allowed = match state.only_buyer {
                    OnlyBuyer::Wallet(only) => only == *buyer,
                    OnlyBuyer::Anyone | OnlyBuyer::Zeros => true,
                };
                require(allowed, Rule::BuyerNotAllowed)?;
                require(*terms == state.terms(id), Rule::TermsChanged)?;
                let deadline = step.at.checked_add(i64::from(state.window));
                require(deadline.is_some(), Rule::DeadlineOverflow)?;
                self.can_fund(
                    *purchase,
                    236 + 64 * state.records.len(),
                    *buyer,
                    state.price,
                    fee,
                )
            }
            Call::Deliver {
                order,
                purchase,
                records,
                settle_key,
                first,
                proof,
            } => {
                let (order, terms) = self.order_to_read(order)?;
                let (id, _, state) = self.purchase_to_write(purchase)?;
                require(order == id, Rule::WrongOrder)?;
                require(state.status != Status::Settled, Rule::AlreadySettled)?;
                require(state.status == Status::Pending, Rule::AlreadyDelivered)?;
                let late = step.at >= state.deadline.saturating_add(GRACE);
                require(!late, Rule::DeliveryTooLate)?;
                // The ledger only stores true deliveries, so the `S` there is that of the true sale.
                let is_true = self.is_true(&proof.sale, id, *purchase, state);
                let same = *settle_key == SettleKey::Derived && is_true;
                let begun = state.slots.iter().any(Option::is_some);
                require(!begun || same, Rule::SettleKeyChanged)?;
                let first = usize::from(*first);
                let slots = first..first + records.len();
                require(
                    (1..=10).contains(&records.len())
                        && proof.records.len() == records.len()
                        && slots.end <= terms.records.len(),
                    Rule::BatchLength,
                )?;
                for (listed, record) in terms.records[slots.clone()].iter().zip(records) {
                    require(*record == At::Record(*listed), Rule::WrongRecord)?;
                    self.record_to_read(record)?;
                }
                let usable = matches!(settle_key, SettleKey::Derived | SettleKey::Other);
                require(usable, Rule::SettleKeyInvalid)?;
                proof.holds(same, records)?;
                let empty = state.slots[slots].iter().all(Option::is_none);
                require(empty, Rule::AlreadyDelivered)?;
                let left = state.slots.iter().filter(|slot| slot.is_none()).count();
                let fits = step.at.checked_add(SETTLE_WINDOW).is_some();
                require(fits || left > records.len(), Rule::Arithmetic)
            }
            Call::Settle {
                seller,
                order,
                purchase,
                sale,
                spoilt,
            } => {
                let (order, _) = self.order_to_write(order)?;
                let (id, _, state) = self.purchase_to_write(purchase)?;
                require(*seller == id.0, Rule::WrongSeller)?;
                require(order == id, Rule::WrongOrder)?;
                require(state.status != Status::Settled, Rule::AlreadySettled)?;
                require(state.status == Status::Locked, Rule::NotLocked)?;
                let right = spoilt.is_none() && self.is_true(sale, id, *purchase, state);
                require(right, Rule::SettleKeyInvalid)
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
                require(state.status != Status::Settled, Rule::AlreadySettled)?;
                let (due, declines) = match state.status {
                    Status::Pending => (state.deadline, *authority == id.0),
                    _ => (state.deadline.max(state.settle_by), false),
                };
                let late = step.at >= due.saturating_add(GRACE);
                require(declines || late, Rule::RefundTooEarly)
            }
            Call::ClosePurchase { buyer, purchase } => {
                let (_, of, state) = self.purchase_to_write(purchase)?;
                require(*buyer == of, Rule::WrongBuyer)?;
                require(state.status == Status::Settled, Rule::NotSettled)
            }
            Call::Transfer { from, lamports, .. } => self.can_pay(*from, *lamports, fee),
        }
    }

    /// Whether a seller's beliefs are true. If not, they lead to another `S`, and to a proof of another statement.
    fn is_true(&self, sale: &Sale, id: OrderId, at: At, state: &Purchase) -> bool {
        let order = &self.orders[&id];
        *sale
            == Sale {
                secret: order.records[0].key,
                purchase: at,
                deadline: state.deadline,
                buyer_key: state.key,
                terms: order.terms(id),
            }
    }

    /// Whether an account can be created at an address that holds no account of the program.
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
        let (mut previous, mut key) = (None, None);
        for record in records {
            let (id, state) = self.record_to_write(record)?;
            require(id.owner == seller, Rule::WrongOwner)?;
            let address = Some(state.made.address);
            require(previous < address, Rule::RecordOrder)?;
            require(*key.get_or_insert(id.key) == id.key, Rule::MixedOwnerKeys)?;
            require(state.verified, Rule::NotVerified)?;
            previous = address;
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

    fn user_to_read(&self, at: &At) -> Result<(Who, &User), Refusal> {
        self.user_to_write(at).map_err(|_| self.nothing_to_read(at))
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

    fn order_to_read(&self, at: &At) -> Result<(OrderId, &Order), Refusal> {
        self.order_to_write(at)
            .map_err(|_| self.nothing_to_read(at))
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
    /// Whether the proof shows that its creator made the capsule of this record.
    fn holds(&self, id: RecordId) -> Verdict {
        let no_point = matches!(
            id.draft.spoilt,
            Some(Spoilt::Identity(_) | Spoilt::Ephemeral(_) | Spoilt::Masked(_))
        );
        require(!no_point, Rule::InvalidPoint)?;
        // The proof does not depend on the locator, except by the record's address.
        let capsule = |draft: Draft| (draft.seed, draft.key, draft.spoilt);
        let same = (self.record, self.creator, self.key) == (At::Record(id), id.creator, id.key)
            && capsule(self.draft) == capsule(id.draft);
        let holds = same && !self.other_data_key && self.flipped.is_none();
        require(holds, Rule::CapsuleProofInvalid)
    }
}

impl DeliveryClaim {
    /// Whether the proof shows that the capsules hold the elements of the records. `is_true`: it is about this purchase
    /// and this `S`.
    fn holds(&self, is_true: bool, records: &[At]) -> Verdict {
        match self.spoilt {
            Some(Spoilt::Identity(_) | Spoilt::Masked(_)) => {
                return Err(Refusal::Rule(Rule::InvalidPoint));
            }
            Some(_) => return Err(Refusal::Rule(Rule::DeliveryProofInvalid)),
            None => {}
        }
        let holds = is_true && self.records == records;
        require(holds, Rule::DeliveryProofInvalid)
    }
}
