//! What an agent decides, in a world that is made up.

mod once;
mod settling;
mod watching;

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet, VecDeque},
};

use bytemuck::Zeroable;
use generion::{
    events,
    state::{Purchase, PurchaseStatus},
};
use generion_interface::{Deployment, GenesisHash, accounts::PurchaseAccount, events::Event};
use generion_rpc::witness::WitnessError;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction, error::InstructionError};
use solana_signature::Signature;
use solana_transaction_error::TransactionError;
use tokio::sync::Notify;

use super::{
    AgentEvent, AgentOptions, Tally, run_once,
    world::{Believed, Proven, Stand, World},
};
use crate::{
    error::{ClientError, refused_transaction::RefusedTransaction},
    ledger::KeyedAccount,
    saved::markers::Marker,
    settlement::event::{SettleEnd, SettleEvent},
    transaction::{confirmed::ConfirmedTransaction, options::SendOptions},
};

/// Of every purchase here, in lamports.
const PRICE: u64 = 1_000;
/// Of a transaction.
const FEE: u64 = 5;
/// Records of a batch.
const BATCH: usize = 2;
/// Instructions of a transaction.
const ROOM: usize = 3;
const DEADLINE: i64 = 10_000;
const SETTLE_BY: i64 = 96_400;

fn address(name: u8) -> Address {
    Address::new_from_array([name; 32])
}

/// A purchase on the ledger.
#[derive(Clone)]
struct Bought {
    status: PurchaseStatus,
    deadline: i64,
    delivered: Vec<bool>,
}

impl Bought {
    fn pending(records: usize) -> Self {
        Self {
            status: PurchaseStatus::Pending,
            deadline: DEADLINE,
            delivered: vec![false; records],
        }
    }

    fn locked() -> Self {
        Self {
            status: PurchaseStatus::Locked,
            deadline: DEADLINE,
            delivered: vec![true],
        }
    }

    fn listed(&self, address: Address) -> KeyedAccount<PurchaseAccount> {
        KeyedAccount {
            address,
            account: PurchaseAccount {
                state: Purchase {
                    status: self.status as u8,
                    deadline: self.deadline,
                    ..Zeroable::zeroed()
                },
                capsules: Vec::new(),
            },
        }
    }
}

/// As its seller believes it to be.
struct Sale {
    marker: Marker,
    missing: Vec<usize>,
}

fn marker(purchase: Address, deadline: i64) -> Marker {
    Marker {
        deployment: Deployment {
            genesis: GenesisHash([1; 32]),
            program_id: generion::ID,
        },
        order: address(99),
        seller: address(98),
        purchase,
        deadline,
        buyer_key: [2; 32],
        terms: [3; 32],
        owner_key: [4; 32],
        settle_key: [5; 32],
    }
}

impl Believed for Sale {
    fn marker(&self) -> Marker {
        self.marker
    }

    fn last_moment(&self) -> i64 {
        self.marker.deadline
    }
}

/// What a world was asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    Look(Address),
    /// With how many settlements that are open.
    Check(Address, usize),
    Send(Vec<Address>, SendOptions),
    Settle(Address),
    Resume(Address),
}

/// Where an error may be laid.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum At {
    Look,
    Check,
    Send,
    Settle,
    Resume,
    Markers,
}

#[derive(Default)]
struct Made {
    ledger: RefCell<BTreeMap<Address, Bought>>,
    markers: RefCell<BTreeSet<(Address, i64)>>,
    asked: RefCell<Vec<Asked>>,
    /// What the next questions of each kind are answered with, before anything else.
    errors: RefCell<BTreeMap<At, VecDeque<ClientError>>>,
    /// What settlements end with in place of their own transaction.
    ends: RefCell<VecDeque<SettleEnd>>,
    /// How purchases that are gone ended.
    history: RefCell<BTreeMap<Address, bool>>,
    /// Settlements wait for it once they are shown, or before.
    held_shown: Option<Notify>,
    held_before: Option<Notify>,
    now: Cell<i64>,
    reported: RefCell<Vec<AgentEvent>>,
}

impl Made {
    fn of(purchases: &[(u8, Bought)]) -> Self {
        let ledger = purchases
            .iter()
            .map(|(name, bought)| (address(*name), bought.clone()));
        Self {
            ledger: RefCell::new(ledger.collect()),
            ..Self::default()
        }
    }

    fn fails(self, at: At, errors: impl IntoIterator<Item = ClientError>) -> Self {
        self.errors
            .borrow_mut()
            .entry(at)
            .or_default()
            .extend(errors);
        self
    }

    fn note(&self, asked: Asked) {
        self.asked.borrow_mut().push(asked);
    }

    fn error(&self, at: At) -> Result<(), ClientError> {
        let mut errors = self.errors.borrow_mut();
        match errors.get_mut(&at).and_then(VecDeque::pop_front) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    fn report(&self, event: AgentEvent) {
        self.reported.borrow_mut().push(event);
    }

    /// Serves what is there.
    async fn once(&self, tries: u32) -> Result<Tally, ClientError> {
        let options = AgentOptions {
            tries,
            ..AgentOptions::default()
        };
        run_once(self, &|event| self.report(event), options).await
    }

    /// What was asked, without what was only looked at.
    fn done(&self) -> Vec<Asked> {
        let asked = self.asked.borrow();
        let is_done = |asked: &&Asked| !matches!(asked, Asked::Look(_) | Asked::Check(..));
        asked.iter().filter(is_done).cloned().collect()
    }

    /// The names of what was told of a purchase, in order.
    fn reported_of(&self, purchase: Address) -> Vec<&'static str> {
        let reported = self.reported.borrow();
        reported
            .iter()
            .filter_map(|event| name_of(event, purchase))
            .collect()
    }

    fn settled_event(&self, purchase: Address) -> ConfirmedTransaction {
        confirmed(vec![Event::Settled(events::Settled {
            purchase,
            lamports: PRICE.into(),
            ..Zeroable::zeroed()
        })])
    }

    /// From the check on, as the ledger would have it.
    async fn pay(&self, marker: &Marker, report: &mut dyn FnMut(SettleEvent)) -> SettleEnd {
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

fn confirmed(events: Vec<Event>) -> ConfirmedTransaction {
    ConfirmedTransaction {
        signature: Signature::default(),
        slot: 7,
        fee: FEE,
        compute_units: 100,
        events,
    }
}

/// An event's name, if it is of the purchase.
fn name_of(event: &AgentEvent, of: Address) -> Option<&'static str> {
    let (purchase, name) = match event {
        AgentEvent::Found { purchase } => (purchase.address, "found"),
        AgentEvent::Delivered { parts, locked, .. } => {
            let is_part = parts.iter().any(|part| part.purchase == of);
            let is_locked = locked.iter().any(|locked| locked.purchase == of);
            return is_part.then_some(if is_locked { "locked" } else { "delivered" });
        }
        AgentEvent::Waiting { purchase, .. } => (*purchase, "waiting"),
        AgentEvent::Settling { purchase, .. } => (*purchase, "settling"),
        AgentEvent::Settled { purchase, .. } => (*purchase, "settled"),
        AgentEvent::Gone { purchase, .. } => (*purchase, "gone"),
        AgentEvent::Unfinished { purchase } => (*purchase, "unfinished"),
        AgentEvent::Postponed { purchase, .. } => (*purchase, "postponed"),
        AgentEvent::GivenUp { purchase, .. } => (*purchase, "given up"),
        AgentEvent::Failed { .. } | AgentEvent::CaughtUp | AgentEvent::Lost { .. } => return None,
    };
    (purchase == of).then_some(name)
}

/// The nodes don't agree.
fn contradiction() -> ClientError {
    ClientError::Witness(Box::new(WitnessError::NoNodes))
}

/// The ledger, or a simulation of it, refused the n-th instruction.
fn refused(instruction: u8, signature: Option<Signature>) -> ClientError {
    let error = TransactionError::InstructionError(instruction, InstructionError::Custom(6_021));
    ClientError::Refused(Box::new(RefusedTransaction {
        fee: if signature.is_some() { FEE } else { 0 },
        ..RefusedTransaction::new(signature, error, Vec::new())
    }))
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
        report: &mut dyn FnMut(SettleEvent),
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
        report: &mut dyn FnMut(SettleEvent),
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
        self.now.get()
    }
}
