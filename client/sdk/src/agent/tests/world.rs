//! A made-up world, and the requests to it.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{
        RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicI64, Ordering},
    },
};

use bytemuck::Zeroable;
use generion::{events, state::PurchaseStatus};
use generion_interface::{accounts::PurchaseAccount, events::Event};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use tokio::sync::Notify;

use super::made::{
    BATCH, Bought, PRICE, ROOM, SETTLE_BY, Sale, address, confirmed, marker, name_of,
};
use crate::{
    agent::{
        event::{AgentEvent, AgentOptions, Tally},
        run_once,
        world::{Proven, Stand, World},
    },
    error::ClientError,
    ledger::KeyedAccount,
    saved::markers::Marker,
    settlement::event::{SettleEnd, SettleEvent},
    transaction::{confirmed::ConfirmedTransaction, options::SendOptions},
};
use solana_signature::Signature;
/// The requests to a world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Look(Address),
    /// With how many settlements that are open.
    Check(Address, usize),
    Send(Vec<Address>, SendOptions),
    Settle(Address),
    Resume(Address),
}

/// The places where a test can put an error.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum At {
    Look,
    Check,
    Send,
    Settle,
    Resume,
    Markers,
}

/// State that the tests and the agent's futures, which may move to other threads, share.
#[derive(Default)]
pub(super) struct Shared<T>(RwLock<T>);

impl<T> Shared<T> {
    pub(super) fn new(value: T) -> Self {
        Self(RwLock::new(value))
    }

    pub(super) fn borrow(&self) -> RwLockReadGuard<'_, T> {
        self.0.read().unwrap()
    }

    pub(super) fn borrow_mut(&self) -> RwLockWriteGuard<'_, T> {
        self.0.write().unwrap()
    }
}

#[derive(Default)]
pub(super) struct Made {
    pub(super) ledger: Shared<BTreeMap<Address, Bought>>,
    pub(super) markers: Shared<BTreeSet<(Address, i64)>>,
    pub(super) asked: Shared<Vec<Asked>>,
    /// The errors that the next questions of each kind are answered with.
    pub(super) errors: Shared<BTreeMap<At, VecDeque<ClientError>>>,
    /// The ends of settlements, in place of their own transaction.
    pub(super) ends: Shared<VecDeque<SettleEnd>>,
    /// The ends of purchases that are gone.
    pub(super) history: Shared<BTreeMap<Address, bool>>,
    /// Settlements wait for it once they are shown, or before.
    pub(super) held_shown: Option<Notify>,
    pub(super) held_before: Option<Notify>,
    pub(super) now: AtomicI64,
    pub(super) reported: Shared<Vec<AgentEvent>>,
}

impl Made {
    pub(super) fn of(purchases: &[(u8, Bought)]) -> Self {
        let ledger = purchases
            .iter()
            .map(|(name, bought)| (address(*name), bought.clone()));
        Self {
            ledger: Shared::new(ledger.collect()),
            ..Self::default()
        }
    }

    pub(super) fn fails(self, at: At, errors: impl IntoIterator<Item = ClientError>) -> Self {
        self.errors
            .borrow_mut()
            .entry(at)
            .or_default()
            .extend(errors);
        self
    }

    pub(super) fn note(&self, asked: Asked) {
        self.asked.borrow_mut().push(asked);
    }

    pub(super) fn error(&self, at: At) -> Result<(), ClientError> {
        let mut errors = self.errors.borrow_mut();
        match errors.get_mut(&at).and_then(VecDeque::pop_front) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    pub(super) fn report(&self, event: AgentEvent) {
        self.reported.borrow_mut().push(event);
    }

    /// Serves the present purchases.
    pub(super) async fn once(&self, tries: u32) -> Result<Tally, ClientError> {
        let options = AgentOptions {
            tries,
            ..AgentOptions::default()
        };
        run_once(self, &|event| self.report(event), options).await
    }

    /// The requests, without those that only look.
    pub(super) fn done(&self) -> Vec<Asked> {
        let asked = self.asked.borrow();
        let is_done = |asked: &&Asked| !matches!(asked, Asked::Look(_) | Asked::Check(..));
        asked.iter().filter(is_done).cloned().collect()
    }

    /// The names of a purchase's events, in order.
    pub(super) fn reported_of(&self, purchase: Address) -> Vec<&'static str> {
        let reported = self.reported.borrow();
        reported
            .iter()
            .filter_map(|event| name_of(event, purchase))
            .collect()
    }

    pub(super) fn settled_event(&self, purchase: Address) -> ConfirmedTransaction {
        confirmed(vec![Event::Settled(events::Settled {
            purchase,
            lamports: PRICE.into(),
            ..Zeroable::zeroed()
        })])
    }

    /// The ledger's reaction, from the check on.
    async fn pay(
        &self,
        marker: &Marker,
        report: &mut (dyn FnMut(SettleEvent) + Send),
    ) -> SettleEnd {
        let key = (marker.purchase, marker.deadline);
        self.markers.borrow_mut().insert(key);
        report(SettleEvent::Sent {
            signature: Signature::default(),
            before: 0,
            price: 0,
        });
        if let Some(held) = &self.held_shown {
            held.notified().await;
        }
        let own = || {
            let mut ledger = self.ledger.borrow_mut();
            let bought = ledger.get_mut(&marker.purchase).expect("there");
            assert_eq!(bought.status, PurchaseStatus::Locked);
            bought.status = PurchaseStatus::Settled;
            SettleEnd::Settled {
                confirmed: Some(self.settled_event(marker.purchase)),
            }
        };
        let laid = self.ends.borrow_mut().pop_front();
        let end = laid.unwrap_or_else(own);
        self.markers.borrow_mut().remove(&key);
        end
    }
}

impl World for Made {
    type Sale = Sale;

    async fn list(&self) -> Result<Vec<KeyedAccount<PurchaseAccount>>, ClientError> {
        let ledger = self.ledger.borrow();
        let open = ledger
            .iter()
            .filter(|(_, bought)| bought.status != PurchaseStatus::Settled);
        Ok(open
            .map(|(purchase, bought)| bought.listed(*purchase))
            .collect())
    }

    fn markers(&self) -> Result<Vec<Marker>, ClientError> {
        self.error(At::Markers)?;
        let markers = self.markers.borrow();
        let all = markers.iter();
        Ok(all
            .map(|(purchase, deadline)| marker(*purchase, *deadline))
            .collect())
    }

    async fn look(&self, purchases: &[Address]) -> Vec<Result<Stand<Sale>, ClientError>> {
        let look = |purchase: &Address| {
            self.note(Asked::Look(*purchase));
            self.error(At::Look)?;
            let ledger = self.ledger.borrow();
            let Some(bought) = ledger.get(purchase) else {
                return Ok(Stand::Gone);
            };
            let delivered = bought.delivered.iter().enumerate();
            let sale = Sale {
                marker: marker(*purchase, bought.deadline),
                missing: delivered
                    .filter_map(|(at, done)| (!done).then_some(at))
                    .collect(),
            };
            Ok(match bought.status {
                PurchaseStatus::Pending => Stand::Pending(sale),
                _ => Stand::Complete(sale),
            })
        };
        purchases.iter().map(look).collect()
    }

    async fn check_lock(&self, sale: &Sale, open: usize) -> Result<(), ClientError> {
        self.note(Asked::Check(sale.marker.purchase, open));
        self.error(At::Check)
    }

    fn prove(&self, sale: &Sale) -> Result<Vec<Proven>, ClientError> {
        let batch = |batch: &[usize]| Proven {
            first: batch[0],
            count: batch.len(),
            instruction: Instruction {
                program_id: generion::ID,
                accounts: vec![AccountMeta::new(sale.marker.purchase, false)],
                data: batch.iter().map(|at| *at as u8).collect(),
            },
        };
        Ok(sale.missing.chunks(BATCH).map(batch).collect())
    }

    fn fits(&self, instructions: &[Instruction]) -> bool {
        instructions.len() <= ROOM
    }

    async fn send(
        &self,
        instructions: &[Instruction],
        options: SendOptions,
    ) -> Result<ConfirmedTransaction, ClientError> {
        let purchases = instructions.iter().map(|one| one.accounts[0].pubkey);
        self.note(Asked::Send(purchases.collect(), options));
        self.error(At::Send)?;
        let mut ledger = self.ledger.borrow_mut();
        let mut logged = Vec::new();
        for instruction in instructions {
            let purchase = instruction.accounts[0].pubkey;
            let bought = ledger.get_mut(&purchase).expect("there");
            for at in &instruction.data {
                let slot = &mut bought.delivered[usize::from(*at)];
                assert!(!*slot, "delivered twice");
                *slot = true;
            }
            let is_locked = bought.delivered.iter().all(|done| *done);
            if is_locked {
                bought.status = PurchaseStatus::Locked;
            }
            logged.push(Event::Delivered(events::Delivered {
                purchase,
                settle_by: if is_locked { SETTLE_BY } else { 0 }.into(),
                ..Zeroable::zeroed()
            }));
        }
        Ok(confirmed(logged))
    }

    async fn settle(
        &self,
        sale: &Sale,
        report: &mut (dyn FnMut(SettleEvent) + Send),
    ) -> Result<SettleEnd, ClientError> {
        self.note(Asked::Settle(sale.marker.purchase));
        if let Some(held) = &self.held_before {
            held.notified().await;
        }
        self.error(At::Settle)?;
        Ok(self.pay(&sale.marker, report).await)
    }

    async fn resume(
        &self,
        marker: &Marker,
        report: &mut (dyn FnMut(SettleEvent) + Send),
    ) -> Result<SettleEnd, ClientError> {
        self.note(Asked::Resume(marker.purchase));
        self.error(At::Resume)?;
        Ok(self.pay(marker, report).await)
    }

    fn may_be_shown(&self, marker: &Marker) -> bool {
        let key = (marker.purchase, marker.deadline);
        self.markers.borrow().contains(&key)
    }

    async fn was_settled(&self, purchase: &Address, _: i64) -> Option<bool> {
        self.history.borrow().get(purchase).copied()
    }

    fn now(&self) -> i64 {
        self.now.load(Ordering::Relaxed)
    }
}
