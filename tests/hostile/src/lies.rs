//! The usual lies. A node can tell several at a time.

use std::sync::atomic::{AtomicUsize, Ordering};

use base64::{Engine, prelude::BASE64_STANDARD};
use bytemuck::Pod;
use generion_test_support::CLOCK_UNIX_TIME;
use serde_json::{Value, json};
use solana_account::Account;
use solana_address::Address;
use solana_hash::Hash;
use solana_sdk_ids::sysvar;

use crate::{
    edit::edited,
    node::{Lie, Question, Read, Reply},
};

struct Accounts<F> {
    address: Address,
    is_listed: bool,
    change: F,
}

impl<F: Fn(&mut Option<Account>) + Send + Sync + 'static> Lie for Accounts<F> {
    fn account(&self, _read: Read<'_>, address: &Address, account: &mut Option<Account>) {
        if *address == self.address {
            (self.change)(account);
        }
    }

    fn listed(&self) -> Vec<Address> {
        self.is_listed.then_some(self.address).into_iter().collect()
    }
}

/// Shows this account at an address, and in the lists that it fits.
pub fn shows(address: Address, shown: Account) -> impl Lie {
    Accounts {
        address,
        is_listed: true,
        change: move |account: &mut Option<Account>| *account = Some(shown.clone()),
    }
}

/// Shows nothing at an address, and leaves it out of lists.
pub fn hides(address: Address) -> impl Lie {
    Accounts {
        address,
        is_listed: false,
        change: |account: &mut Option<Account>| *account = None,
    }
}

/// Shows an account of the program with fields of its state changed.
pub fn edits<T: Pod>(address: Address, edit: impl Fn(&mut T) + Send + Sync + 'static) -> impl Lie {
    Accounts {
        address,
        is_listed: false,
        change: move |account: &mut Option<Account>| {
            *account = account.take().map(|account| edited(account, &edit));
        },
    }
}

/// Shows an account with lamports, owner or raw data changed.
pub fn alters_account(
    address: Address,
    change: impl Fn(&mut Account) + Send + Sync + 'static,
) -> impl Lie {
    Accounts {
        address,
        is_listed: false,
        change: move |account: &mut Option<Account>| {
            if let Some(account) = account {
                change(account);
            }
        },
    }
}

/// Leaves an account out of lists, but shows it when asked for its address.
pub fn leaves_out(address: Address) -> impl Lie {
    struct LeavesOut(Address);
    impl Lie for LeavesOut {
        fn account(&self, read: Read<'_>, address: &Address, account: &mut Option<Account>) {
            if read.question.method == "getProgramAccounts" && *address == self.0 {
                *account = None;
            }
        }
    }
    LeavesOut(address)
}

/// Shows another Unix time on the ledger's clock.
pub fn clock(change: impl Fn(i64) -> i64 + Send + Sync + 'static) -> impl Lie {
    alters_account(sysvar::clock::ID, move |account| {
        let bytes = account.data[CLOCK_UNIX_TIME..].first_chunk_mut();
        let bytes = bytes.expect("the clock is longer");
        *bytes = change(i64::from_le_bytes(*bytes)).to_le_bytes();
    })
}

/// Names another slot in answers about accounts.
pub fn slots(change: impl Fn(u64) -> u64 + Send + Sync + 'static) -> impl Lie {
    struct Slots<F>(F);
    impl<F: Fn(u64) -> u64 + Send + Sync + 'static> Lie for Slots<F> {
        fn slot(&self, _question: &Question, slot: u64) -> u64 {
            (self.0)(slot)
        }

        fn alter(&self, question: &Question, result: &mut Value) {
            let slot = match question.method.as_str() {
                "getSlot" => Some(result),
                "getEpochInfo" => result.get_mut("absoluteSlot"),
                // Answers about accounts name the slot of `slot`.
                _ if question.is_of_accounts() => None,
                _ => result.pointer_mut("/context/slot"),
            };
            if let Some(slot) = slot
                && let Some(number) = slot.as_u64()
            {
                *slot = (self.0)(number).into();
            }
        }
    }
    Slots(change)
}

/// Claims to have reached every slot that it is asked for.
pub fn reaches_every_slot() -> impl Lie {
    struct Reaches;
    impl Lie for Reaches {
        fn slot(&self, question: &Question, slot: u64) -> u64 {
            slot.max(question.min_context_slot().unwrap_or_default())
        }
    }
    Reaches
}

struct Answers<A, B> {
    methods: &'static [&'static str],
    answer: A,
    alter: B,
}

impl<A, B> Lie for Answers<A, B>
where
    A: Fn(&Question) -> Option<Reply> + Send + Sync + 'static,
    B: Fn(&Question, &mut Value) + Send + Sync + 'static,
{
    fn answer(&self, question: &Question) -> Option<Reply> {
        let is_asked = self.methods.contains(&question.method.as_str());
        is_asked.then(|| (self.answer)(question)).flatten()
    }

    fn alter(&self, question: &Question, result: &mut Value) {
        if self.methods.contains(&question.method.as_str()) {
            (self.alter)(question, result);
        }
    }
}

/// Answers questions of these methods instead of the validator, if the function returns an answer.
pub fn answers(
    methods: &'static [&'static str],
    answer: impl Fn(&Question) -> Option<Reply> + Send + Sync + 'static,
) -> impl Lie {
    Answers {
        methods,
        answer,
        alter: |_: &Question, _: &mut Value| {},
    }
}

/// Changes the results of these methods.
pub fn alters(
    methods: &'static [&'static str],
    alter: impl Fn(&Question, &mut Value) + Send + Sync + 'static,
) -> impl Lie {
    Answers {
        methods,
        answer: |_: &Question| None,
        alter,
    }
}

/// Tells a lie a number of times, and then no more.
pub fn first(times: usize, lie: impl Lie) -> impl Lie {
    struct First<L> {
        left: AtomicUsize,
        lie: L,
    }
    impl<L: Lie> Lie for First<L> {
        fn answer(&self, question: &Question) -> Option<Reply> {
            let reply = self.lie.answer(question)?;
            let less = |left: usize| left.checked_sub(1);
            let taken = self
                .left
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
            taken.ok().map(|_| reply)
        }
    }
    First {
        left: times.into(),
        lie,
    }
}

/// Tells another lie, but only for questions that fulfil a condition.
pub fn where_it(
    is_so: impl Fn(&Question) -> bool + Send + Sync + 'static,
    lie: impl Lie,
) -> impl Lie {
    struct Where<P, L>(P, L);
    impl<P: Fn(&Question) -> bool + Send + Sync + 'static, L: Lie> Lie for Where<P, L> {
        fn answer(&self, question: &Question) -> Option<Reply> {
            (self.0)(question)
                .then(|| self.1.answer(question))
                .flatten()
        }

        fn alter(&self, question: &Question, result: &mut Value) {
            if (self.0)(question) {
                self.1.alter(question, result);
            }
        }
    }
    Where(is_so, lie)
}

const SEND: &[&str] = &["sendTransaction"];

/// Accepts transactions, and drops them.
pub fn drops_sends() -> impl Lie {
    answers(SEND, |question| {
        let signature = question.captured()?.signature()?;
        Some(Reply::Result(signature.to_string().into()))
    })
}

/// Refuses transactions, and drops them.
pub fn refuses_sends() -> impl Lie {
    answers(SEND, |_| Some(refusal()))
}

/// Refuses transactions, but passes them on.
pub fn denies_sends() -> impl Lie {
    answers(SEND, |_| Some(Reply::Forward(1, Box::new(refusal()))))
}

/// Drops transactions, and closes the connection.
pub fn hangs_up_on_sends() -> impl Lie {
    answers(SEND, |_| Some(Reply::HangUp))
}

/// Passes every transaction on this many times more.
pub fn repeats_sends(times: usize) -> impl Lie {
    answers(SEND, move |question| {
        let signature = question.captured()?.signature()?.to_string();
        let answer = Reply::Result(signature.into());
        Some(Reply::Forward(times + 1, Box::new(answer)))
    })
}

fn refusal() -> Reply {
    Reply::Error {
        code: -32005,
        message: "Node is behind by 42 slots".to_owned(),
    }
}

/// Answers every simulation with an error of the program's.
pub fn fails_simulations(code: u32) -> impl Lie {
    alters(&["simulateTransaction"], move |_, result| {
        result["value"]["err"] = json!({ "InstructionError": [0, { "Custom": code }] });
        result["value"]["logs"] = json!(["Program log: this node says so"]);
    })
}

/// Answers every simulation with success, and forwards none of them.
pub fn passes_simulations() -> impl Lie {
    answers(&["simulateTransaction"], |_| {
        Some(Reply::Result(json!({
            "context": { "slot": u32::MAX },
            "value": { "err": null, "logs": [], "accounts": null, "unitsConsumed": 50_000 },
        })))
    })
}

/// The status of a transaction, as a node claims it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimedStatus {
    /// It is confirmed.
    Success,
    /// It failed with this error of the program.
    Failure(u32),
    /// The node does not know it.
    Absent,
}

/// Claims this status for every transaction.
pub fn claims_status(claimed: ClaimedStatus) -> impl Lie {
    claims_status_of(claimed, |_| true)
}

/// Claims this status for signatures that fulfil a condition.
pub fn claims_status_of(
    claimed: ClaimedStatus,
    is_it: impl Fn(&str) -> bool + Send + Sync + 'static,
) -> impl Lie {
    const METHODS: &[&str] = &["getSignatureStatuses", "getTransaction"];
    alters(METHODS, move |question, result| {
        let (err, status) = match claimed {
            ClaimedStatus::Failure(code) => {
                let err = json!({ "InstructionError": [0, { "Custom": code }] });
                (err.clone(), json!({ "Err": err }))
            }
            _ => (Value::Null, json!({ "Ok": null })),
        };
        if question.method == "getTransaction" {
            if !question.params[0].as_str().is_some_and(&is_it) {
                return;
            }
            *result = match claimed {
                ClaimedStatus::Absent => Value::Null,
                _ => json!({
                    "slot": 1, "blockTime": null, "transaction": ["", "base64"],
                    "meta": {
                        "err": err, "status": status, "fee": 5000, "preBalances": [], "postBalances": [],
                        "logMessages": [], "computeUnitsConsumed": 1,
                    },
                }),
            };
            return;
        }
        let slot = result["context"]["slot"].clone();
        let asked = question.params[0].as_array();
        let asked: Vec<bool> = (asked.into_iter().flatten())
            .map(|signature| signature.as_str().is_some_and(&is_it))
            .collect();
        let statuses = result["value"].as_array_mut();
        for (shown, _) in (statuses.into_iter().flatten())
            .zip(asked)
            .filter(|(_, is_it)| *is_it)
        {
            *shown = match claimed {
                ClaimedStatus::Absent => Value::Null,
                _ => json!({
                    "slot": slot, "confirmations": null, "err": err, "status": status,
                    "confirmationStatus": "finalized",
                }),
            };
        }
    })
}

/// Shows another cluster's genesis hash.
pub fn genesis(hash: Hash) -> impl Lie {
    answers(&["getGenesisHash"], move |_| {
        Some(Reply::Result(hash.to_string().into()))
    })
}

/// Answers with this block hash, valid up to this height.
pub fn block_hash(hash: Hash, last_valid_height: u64) -> impl Lie {
    alters(&["getLatestBlockhash"], move |_, result| {
        result["value"] = json!({
            "blockhash": hash.to_string(), "lastValidBlockHeight": last_valid_height,
        });
    })
}

/// Claims that every block hash is valid, or that none is.
pub fn block_hashes_are_valid(is_valid: bool) -> impl Lie {
    alters(&["isBlockhashValid"], move |_, result| {
        result["value"] = is_valid.into();
    })
}

/// Names another block height.
pub fn heights(change: impl Fn(u64) -> u64 + Send + Sync + 'static) -> impl Lie {
    const METHODS: &[&str] = &["getBlockHeight", "getEpochInfo"];
    alters(METHODS, move |question, result| {
        let height = match question.method.as_str() {
            "getBlockHeight" => Some(result),
            _ => result.get_mut("blockHeight"),
        };
        if let Some(height) = height
            && let Some(number) = height.as_u64()
        {
            *height = change(number).into();
        }
    })
}

/// Leaves transactions out of histories, and claims not to know them.
pub fn forgets_transactions(
    is_it: impl Fn(&str) -> bool + Clone + Send + Sync + 'static,
) -> impl Lie {
    const METHODS: &[&str] = &["getSignaturesForAddress", "getTransaction"];
    alters(METHODS, move |question, result| {
        if question.method == "getTransaction" {
            if question.params[0].as_str().is_some_and(&is_it) {
                *result = Value::Null;
            }
        } else if let Some(list) = result.as_array_mut() {
            list.retain(|entry| !entry["signature"].as_str().is_some_and(&is_it));
        }
    })
}

/// Changes the log lines of transactions, which hold the events.
pub fn logs(change: impl Fn(&mut Vec<String>) + Send + Sync + 'static) -> impl Lie {
    alters(&["getTransaction"], move |_, result| {
        if let Some(shown) = result.pointer_mut("/meta/logMessages")
            && let Ok(mut lines) = serde_json::from_value(shown.clone())
        {
            change(&mut lines);
            *shown = json!(lines);
        }
    })
}

/// A log line that holds an event.
pub fn event_line(bytes: &[u8]) -> String {
    format!("Program data: {}", BASE64_STANDARD.encode(bytes))
}

/// Answers nothing at all.
pub fn is_silent() -> impl Lie {
    struct Silent;
    impl Lie for Silent {
        fn answer(&self, _question: &Question) -> Option<Reply> {
            Some(Reply::Silence)
        }
    }
    Silent
}

/// Closes every connection.
pub fn is_down() -> impl Lie {
    struct Down;
    impl Lie for Down {
        fn answer(&self, _question: &Question) -> Option<Reply> {
            Some(Reply::HangUp)
        }
    }
    Down
}
