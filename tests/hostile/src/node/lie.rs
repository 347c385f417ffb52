use serde_json::Value;
use solana_account::Account;
use solana_address::Address;

use super::question::Question;

/// Something that a node does to what is true. All that it leaves alone is passed on. Of several, the newest has the last
/// word.
pub trait Lie: Send + Sync + 'static {
    /// Answers in the validator's place.
    fn answer(&self, _question: &Question) -> Option<Reply> {
        None
    }

    /// Changes what is shown at an address, however it is asked for; `None`: nothing is there.
    fn account(&self, _read: Read<'_>, _address: &Address, _account: &mut Option<Account>) {}

    /// Addresses that lists of accounts are to have too, if [`Self::account`] shows something there that the list is of.
    fn listed(&self) -> Vec<Address> {
        Vec::new()
    }

    /// The slot that a read is said to be of. A node that is asked for a newer one refuses.
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
    /// The slot that the answer is said to be of.
    pub slot: u64,
}

/// What a node does with a question that it does not pass on.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Answers this result.
    Result(Value),
    /// Answers this error.
    Error {
        /// JSON-RPC's code.
        code: i64,
        /// In words.
        message: String,
    },
    /// Closes the connection.
    HangUp,
    /// Never answers.
    Silence,
    /// Passes it on so often, and then does this.
    Forward(usize, Box<Self>),
}
