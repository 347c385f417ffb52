//! A node in front of the validator.

mod accounts;
mod question;
mod server;
mod snapshot;

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use generion_interface::decode::Decoded;
use generion_test_support::WebServer;
use serde_json::Value;
use solana_account::Account;
use solana_address::Address;

pub use self::{question::Question, snapshot::Snapshot};
use crate::{Asked, Captured, Validator};

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

/// A question, and what came of it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The question.
    pub question: Question,
    /// The whole answer; `None`: there was none, or is none yet.
    pub answer: Option<Value>,
}

/// A running node. It ends with the value.
pub struct Node {
    /// Where it listens.
    pub address: SocketAddr,
    state: Arc<State>,
    _server: WebServer,
}

struct State {
    upstream: String,
    lies: Mutex<Vec<(usize, Arc<dyn Lie>)>>,
    log: Mutex<Vec<Entry>>,
}

impl Node {
    /// Starts an honest one in front of a validator.
    pub fn before(validator: &Validator) -> Self {
        let state = Arc::new(State {
            upstream: validator.url.clone(),
            lies: Mutex::default(),
            log: Mutex::default(),
        });
        let server = server::start(state.clone());
        Self {
            address: server.address,
            state,
            _server: server,
        }
    }

    /// Its URL, by which it is a node on this machine.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Tells a lie from now on; the number is for [`Self::retract`].
    pub fn tell(&self, lie: impl Lie) -> usize {
        let mut lies = lock(&self.state.lies);
        let number = lies.last().map_or(0, |(number, _)| number + 1);
        lies.push((number, Arc::new(lie)));
        number
    }

    /// Tells it no more.
    #[track_caller]
    pub fn retract(&self, number: usize) {
        let mut lies = lock(&self.state.lies);
        let before = lies.len();
        lies.retain(|(told, _)| *told != number);
        assert_eq!(lies.len() + 1, before, "lie {number} is not told");
    }

    /// Tells no lie any more.
    pub fn be_honest(&self) {
        lock(&self.state.lies).clear();
    }

    /// All that it was asked so far.
    pub fn log(&self) -> Vec<Entry> {
        lock(&self.state.log).clone()
    }

    /// How often a method was asked for.
    pub fn asked(&self, method: &str) -> usize {
        let log = lock(&self.state.log);
        log.iter()
            .filter(|entry| entry.question.method == method)
            .count()
    }

    /// The methods by which it was shown these bytes: in a transaction or message, or as text.
    pub fn methods_with(&self, bytes: &[u8; 32]) -> BTreeSet<String> {
        let texts = [
            bs58::encode(bytes).into_string(),
            BASE64_STANDARD.encode(bytes),
            bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        ];
        let is_shown = |question: &Question| {
            let params = question.params.to_string();
            texts.iter().any(|text| params.contains(text))
                || question
                    .captured()
                    .is_some_and(|captured| captured.bytes.windows(32).any(|part| part == bytes))
        };
        let log = lock(&self.state.log);
        let questions = log.iter().map(|entry| &entry.question);
        questions
            .filter(|question| is_shown(question))
            .map(|question| question.method.clone())
            .collect()
    }

    /// The instructions of the program that it was handed to send, in the order in which they came.
    pub fn sent(&self) -> Vec<Decoded> {
        let captured = self.captured();
        let sent = captured.iter().filter(|one| one.asked == Asked::ToSend);
        sent.flat_map(Captured::decoded).collect()
    }

    /// All transactions and messages that it was shown, in the order in which they came.
    pub fn captured(&self) -> Vec<Captured> {
        let log = lock(&self.state.log);
        log.iter()
            .filter_map(|entry| entry.question.captured())
            .collect()
    }
}

impl State {
    fn lies(&self) -> Vec<Arc<dyn Lie>> {
        lock(&self.lies)
            .iter()
            .map(|(_, lie)| lie.clone())
            .collect()
    }

    /// Writes a question down, before anything else is done with it: its place.
    fn hear(&self, question: Question) -> usize {
        let mut log = lock(&self.log);
        log.push(Entry {
            question,
            answer: None,
        });
        log.len() - 1
    }

    fn answered(&self, place: usize, answer: Value) {
        if let Some(entry) = lock(&self.log).get_mut(place) {
            entry.answer = Some(answer);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics with it")
}
