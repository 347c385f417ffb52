use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use serde_json::{Value, json};
use solana_account::Account;
use solana_address::Address;
use solana_rpc_client_api::request::RpcRequest;
use solana_sdk_ids::sysvar;

use super::{
    lie::{Lie, Read, Reply},
    question::Question,
};
use crate::validator::Validator;

const COMMITMENTS: [&str; 3] = ["processed", "confirmed", "finalized"];

/// The ledger as it was: the program's accounts, the clock and chosen wallets; slots, heights and block hashes at each
/// commitment.
#[derive(Clone)]
pub struct Snapshot {
    program: Address,
    accounts: BTreeMap<Address, Account>,
    wallets: Vec<Address>,
    slots: BTreeMap<&'static str, u64>,
    answers: BTreeMap<(&'static str, &'static str), Value>,
}

impl Snapshot {
    /// Takes a snapshot of the present state, with these wallets.
    pub fn take(validator: &Validator, wallets: &[Address]) -> Self {
        let mut accounts: BTreeMap<_, _> = validator.accounts().into_iter().collect();
        let others = wallets.iter().chain([&sysvar::clock::ID]);
        accounts.extend(others.filter_map(|one| Some((*one, validator.account(one)?))));
        let mut snapshot = Self {
            program: validator.deployment.program_id,
            accounts,
            wallets: wallets.to_vec(),
            slots: BTreeMap::new(),
            answers: BTreeMap::new(),
        };
        for commitment in COMMITMENTS {
            for method in [
                "getSlot",
                "getBlockHeight",
                "getEpochInfo",
                "getLatestBlockhash",
            ] {
                let parameters = json!([{ "commitment": commitment }]);
                let answer = validator
                    .rpc
                    .send::<Value>(RpcRequest::Custom { method }, parameters)
                    .unwrap_or_else(|error| panic!("{method}: {error}"));
                if method == "getSlot" {
                    let slot = answer.as_u64().expect("a slot is a number");
                    snapshot.slots.insert(commitment, slot);
                }
                snapshot.answers.insert((method, commitment), answer);
            }
        }
        snapshot
    }

    /// The slot at a commitment.
    pub fn slot(&self, commitment: &str) -> u64 {
        self.slots[commitment]
    }

    /// An account as it was.
    pub fn account(&self, address: &Address) -> Option<&Account> {
        self.accounts.get(address)
    }

    /// Whether it knows what was at this address. Where there was no account, the present one decides.
    fn knows(&self, address: &Address, today: Option<&Account>) -> bool {
        self.accounts.contains_key(address)
            || self.wallets.contains(address)
            || today.is_some_and(|account| account.owner == self.program)
    }

    fn show(&self, address: &Address, account: &mut Option<Account>) {
        if self.knows(address, account.as_ref()) {
            *account = self.accounts.get(address).cloned();
        }
    }

    /// The answers of a node that stopped in this state and goes on answering. It drops transactions, and knows of none
    /// that was confirmed later.
    pub fn frozen(self) -> impl Lie {
        Frozen(self)
    }

    /// Shows these accounts as the present ones.
    pub fn replayed(self) -> impl Lie {
        Replayed(self)
    }

    /// The accounts of then wherever `finalized` is asked for, until this slot is final, and those of now elsewhere. Nodes
    /// that have it in common show the same at each slot.
    pub fn not_final_before(self, slot: Arc<AtomicU64>) -> impl Lie {
        NotYetFinal(self, slot)
    }
}

struct Frozen(Snapshot);
struct Replayed(Snapshot);
struct NotYetFinal(Snapshot, Arc<AtomicU64>);

impl Lie for Frozen {
    fn answer(&self, question: &Question) -> Option<Reply> {
        let commitment = question.commitment();
        let kept = self
            .0
            .answers
            .iter()
            .find(|((method, of), _)| *method == question.method && *of == commitment);
        if let Some((_, answer)) = kept {
            return Some(Reply::Result(answer.clone()));
        }
        match question.method.as_str() {
            "sendTransaction" => {
                let signature = question.captured()?.signature()?.to_string();
                Some(Reply::Result(signature.into()))
            }
            _ => None,
        }
    }

    fn account(&self, _read: Read<'_>, address: &Address, account: &mut Option<Account>) {
        self.0.show(address, account);
    }

    fn listed(&self) -> Vec<Address> {
        self.0.accounts.keys().copied().collect()
    }

    fn slot(&self, question: &Question, _slot: u64) -> u64 {
        self.0.slot(question.commitment())
    }

    fn alter(&self, question: &Question, result: &mut Value) {
        let slot = self.0.slot(question.commitment());
        if question.method == "getSignatureStatuses" {
            let statuses = result["value"].as_array_mut();
            for status in statuses.into_iter().flatten() {
                if status["slot"]
                    .as_u64()
                    .is_some_and(|confirmed| confirmed > slot)
                {
                    *status = Value::Null;
                }
            }
        }
        // Answers about accounts name the slot of `slot`.
        if !question.is_of_accounts()
            && let Some(context) = result.get_mut("context")
        {
            context["slot"] = slot.into();
        }
    }
}

impl Lie for Replayed {
    fn account(&self, _read: Read<'_>, address: &Address, account: &mut Option<Account>) {
        if *address != sysvar::clock::ID {
            self.0.show(address, account);
        }
    }

    fn listed(&self) -> Vec<Address> {
        self.0.accounts.keys().copied().collect()
    }
}

impl Lie for NotYetFinal {
    fn account(&self, read: Read<'_>, address: &Address, account: &mut Option<Account>) {
        let is_early = read.slot < self.1.load(Ordering::SeqCst);
        let is_final = read.question.commitment() == "finalized";
        if is_final && is_early && *address != sysvar::clock::ID {
            self.0.show(address, account);
        }
    }

    fn listed(&self) -> Vec<Address> {
        self.0.accounts.keys().copied().collect()
    }
}
