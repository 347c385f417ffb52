//! Handles the results of an agent's transactions.

use std::sync::Arc;

use generion_interface::events::Event;
use generion_rpc::amount;
use solana_transaction_error::TransactionError;
use tokio::time::Instant;

use super::{
    event::{AgentEvent, Locked},
    look::is_lasting,
    machine::Machine,
    pack::Pack,
    settlement::{End, Over},
    world::World,
};
use crate::{error::ClientError, transaction::confirmed::ConfirmedTransaction};

impl<'a, W: World> Machine<'a, W>
where
    W::Sale: 'a,
{
    pub(super) fn delivered(&mut self, pack: &Pack, confirmed: ConfirmedTransaction) {
        let parts: Vec<_> = pack.parts.iter().map(|part| part.delivered).collect();
        for part in &parts {
            self.tasks.progress(&part.purchase);
        }
        let locked = |event: &Event| match event {
            Event::Delivered(delivered) if delivered.settle_by.get() != 0 => Some(Locked {
                purchase: delivered.purchase,
                settle_by: delivered.settle_by.get(),
            }),
            _ => None,
        };
        let locked: Vec<_> = confirmed.events.iter().filter_map(locked).collect();
        self.tally.transactions += 1;
        self.tally.locked += locked.len();
        self.tally.records += parts.iter().map(|part| part.count).sum::<usize>();
        self.tally.fees = self.tally.fees.saturating_add(confirmed.fee);
        self.report(AgentEvent::Delivered {
            parts,
            confirmed,
            locked,
        });
    }

    pub(super) fn not_delivered(&mut self, pack: &Pack, error: ClientError) {
        let culprit = match &error {
            ClientError::Refused(refusal) => match &refusal.error {
                TransactionError::InstructionError(index, _) => pack.parts.get(usize::from(*index)),
                _ => None,
            },
            _ => None,
        };
        let error = Arc::new(error);
        if let ClientError::Refused(refusal) = &*error
            && refusal.signature.is_some()
        {
            self.tally.failed_transactions += 1;
            self.tally.fees = self.tally.fees.saturating_add(refusal.fee);
            self.report(AgentEvent::Failed {
                fee: refusal.fee,
                error: error.clone(),
            });
        }
        let all = pack.parts.iter().map(|part| part.delivered.purchase);
        if let ClientError::Expired(_) = &*error {
            all.clone()
                .for_each(|purchase| self.tasks.expire(&purchase));
        }
        match culprit {
            // It is looked at again, and the others with it: the ledger has moved on, or something is wrong with it.
            Some(part) => {
                let purchase = part.delivered.purchase;
                self.tasks.suspect(&purchase);
                for other in all {
                    match other == purchase {
                        true => self.postpone(purchase, &error),
                        false => self.tasks.again(&other, Instant::now()),
                    }
                }
            }
            None => all.for_each(|purchase| self.postpone(purchase, &error)),
        }
    }

    pub(super) fn settled(&mut self, over: &Over, end: End) {
        let (purchase, deadline) = (over.marker.purchase, over.marker.deadline);
        match end {
            End::Settled(confirmed) => {
                let paid = |event: &Event| match event {
                    Event::Settled(settled) if settled.purchase == purchase => {
                        Some(settled.lamports.get())
                    }
                    _ => None,
                };
                let earned = amount::total(confirmed.events.iter().filter_map(paid));
                self.tally.settled += 1;
                self.tally.earned = self.tally.earned.saturating_add(earned);
                self.tally.fees = self.tally.fees.saturating_add(confirmed.fee);
                self.report(AgentEvent::Settled {
                    purchase,
                    earned,
                    confirmed,
                });
            }
            End::Gone(settled) => self.report(AgentEvent::Gone {
                purchase,
                settled,
                shown: over.is_shown,
            }),
        }
        self.leave((purchase, deadline));
        // There may be another purchase at the same address by now.
        if self.tasks.deadline(&purchase) == Some(deadline) {
            self.tasks.remove(&purchase);
        }
    }

    pub(super) fn not_settled(&mut self, over: &Over, error: ClientError) {
        let (purchase, error) = (over.marker.purchase, Arc::new(error));
        if over.is_resumed {
            // Nothing but its keys, or the disk, can be missing. The marker stays.
            self.tally.given_up += 1;
            self.report(AgentEvent::GivenUp { purchase, error });
        } else if is_lasting(&error) {
            self.give_up(purchase, error);
        } else {
            self.postpone(purchase, &error);
        }
    }
}
