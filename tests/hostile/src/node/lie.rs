use serde_json::Value;
use solana_account::Account;
use solana_address::Address;

use super::question::Question;

/// A change to what a node answers. The node passes on everything that no lie changes. If several lies change the same
/// thing, the newest one decides.
pub trait Lie: Send + Sync + 'static {
    /// Answers a question instead of the validator.
    fn answer(&self, _question: &Question) -> Option<Reply> {
        None
    }

    /// Changes the account at an address, in the answers to all methods; `None`: there is no account.
    fn account(&self, _read: Read<'_>, _address: &Address, _account: &mut Option<Account>) {}

    /// Addresses that lists of accounts also contain, if [`Self::account`] shows an account there that fits the list.
    fn listed(&self) -> Vec<Address> {
        Vec::new()
    }

    /// The slot that the answer names. The node refuses a question with a higher minimum context slot.
    fn slot(&self, _question: &Question, slot: u64) -> u64 {
        slot
    }

    /// Changes an answer's result.
    fn alter(&self, _question: &Question, _result: &mut Value) {}
}

impl<L: Lie + ?Sized> Lie for Box<L> {
    fn answer(&self, question: &Question) -> Option<Reply> {
        (**self).answer(question)
    }

    fn account(&self, read: Read<'_>, address: &Address, account: &mut Option<Account>) {
        (**self).account(read, address, account);
    }

    fn listed(&self) -> Vec<Address> {
        (**self).listed()
    }

    fn slot(&self, question: &Question, slot: u64) -> u64 {
        (**self).slot(question, slot)
    }

    fn alter(&self, question: &Question, result: &mut Value) {
        (**self).alter(question, result);
    }
}

/// A question about accounts, and the slot of the answer.
#[derive(Clone, Copy, Debug)]
pub struct Read<'a> {
    /// The question.
    pub question: &'a Question,
    /// The slot that the answer names.
    pub slot: u64,
}

/// A node's reaction to a question that it does not pass on.
#[derive(Clone, Debug)]
pub enum Reply {
    /// It answers with this result.
    Result(Value),
    /// It answers with this error.
    Error {
        /// The JSON-RPC error code.
        code: i64,
        /// The message.
        message: String,
    },
    /// It closes the connection.
    HangUp,
    /// It never answers.
    Silence,
    /// It passes the question on this many times, and then reacts so.
    Forward(usize, Box<Self>),
}
