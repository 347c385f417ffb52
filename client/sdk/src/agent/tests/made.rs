//! Purchases, events and errors as the made-up world has them.

use bytemuck::Zeroable;
use generion::{
    GenerionError,
    state::{Purchase, PurchaseStatus},
};
use generion_interface::{Deployment, GenesisHash, accounts::PurchaseAccount, events::Event};
use generion_rpc::witness::WitnessError;
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_signature::Signature;
use solana_transaction_error::TransactionError;

use crate::{
    agent::{event::AgentEvent, world::Believed},
    error::{ClientError, refused_transaction::RefusedTransaction},
    ledger::KeyedAccount,
    saved::markers::Marker,
    transaction::confirmed::ConfirmedTransaction,
};
/// The price of every purchase here, in lamports.
pub(super) const PRICE: u64 = 1_000;
/// The fee of a transaction.
pub(super) const FEE: u64 = 5;
/// Records of a batch.
pub(super) const BATCH: usize = 2;
/// Instructions of a transaction.
pub(super) const ROOM: usize = 3;
pub(super) const DEADLINE: i64 = 10_000;
pub(super) const SETTLE_BY: i64 = 96_400;

pub(super) fn address(name: u8) -> Address {
    Address::new_from_array([name; 32])
}

/// A purchase on the ledger.
#[derive(Clone)]
pub(super) struct Bought {
    pub(super) status: PurchaseStatus,
    pub(super) deadline: i64,
    pub(super) delivered: Vec<bool>,
}

impl Bought {
    pub(super) fn pending(records: usize) -> Self {
        Self {
            status: PurchaseStatus::Pending,
            deadline: DEADLINE,
            delivered: vec![false; records],
        }
    }

    pub(super) fn locked() -> Self {
        Self {
            status: PurchaseStatus::Locked,
            deadline: DEADLINE,
            delivered: vec![true],
        }
    }

    pub(super) fn listed(&self, address: Address) -> KeyedAccount<PurchaseAccount> {
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

/// A sale as its seller believes it to be.
pub(super) struct Sale {
    pub(super) marker: Marker,
    pub(super) missing: Vec<usize>,
}

pub(super) fn marker(purchase: Address, deadline: i64) -> Marker {
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

pub(super) fn confirmed(events: Vec<Event>) -> ConfirmedTransaction {
    ConfirmedTransaction {
        signature: Signature::default(),
        slot: 7,
        fee: FEE,
        compute_units: 100,
        events,
    }
}

/// An event's name, if it is of the purchase.
pub(super) fn name_of(event: &AgentEvent, of: Address) -> Option<&'static str> {
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
pub(super) fn contradiction() -> ClientError {
    ClientError::Witness(Box::new(WitnessError::NoNodes))
}

/// The ledger, or a simulation of it, refused the n-th instruction.
pub(super) fn refused(instruction: u8, signature: Option<Signature>) -> ClientError {
    let code = GenerionError::InvalidLabel.code();
    let error = TransactionError::InstructionError(instruction, InstructionError::Custom(code));
    ClientError::Refused(Box::new(RefusedTransaction {
        fee: if signature.is_some() { FEE } else { 0 },
        ..RefusedTransaction::new(signature, error, Vec::new())
    }))
}
