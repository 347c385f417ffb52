//! A node in front of the validator.

mod accounts;
mod lie;
mod question;
mod server;
mod snapshot;
mod state;

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use generion_interface::decode::Decoded;
use generion_test_support::WebServer;

use self::state::{State, lock};
pub use self::{
    lie::{Lie, Read, Reply},
    question::Question,
    snapshot::Snapshot,
    state::Entry,
};
use crate::{
    captured::{Asked, Captured},
    validator::Validator,
};

/// A running node. It ends when it is dropped.
pub struct Node {
    /// The address that it listens on.
    pub address: SocketAddr,
    state: Arc<State>,
    _server: WebServer,
}

impl Node {
    /// Starts an honest node in front of a validator.
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

    /// Its URL on this machine.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Tells a lie from now on. Returns its number, for [`Self::retract`].
    pub fn tell(&self, lie: impl Lie) -> usize {
        let mut lies = lock(&self.state.lies);
        let number = lies.last().map_or(0, |(number, _)| number + 1);
        lies.push((number, Arc::new(lie)));
        number
    }

    /// Stops telling a lie.
    #[track_caller]
    pub fn retract(&self, number: usize) {
        let mut lies = lock(&self.state.lies);
        let before = lies.len();
        lies.retain(|(told, _)| *told != number);
        assert_eq!(lies.len() + 1, before, "lie {number} is not told");
    }

    /// Stops telling all lies.
    pub fn be_honest(&self) {
        lock(&self.state.lies).clear();
    }

    /// All questions so far, with their answers.
    pub fn log(&self) -> Vec<Entry> {
        lock(&self.state.log).clone()
    }

    /// How often a method was called.
    pub fn asked(&self, method: &str) -> usize {
        let log = lock(&self.state.log);
        log.iter()
            .filter(|entry| entry.question.method == method)
            .count()
    }

    /// The methods whose parameters held these bytes, in a transaction or message, or as text.
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

    /// The program's instructions in the transactions that it was to send, in order.
    pub fn sent(&self) -> Vec<Decoded> {
        let captured = self.captured();
        let sent = captured.iter().filter(|one| one.asked == Asked::ToSend);
        sent.flat_map(Captured::decoded).collect()
    }

    /// All transactions and messages that it saw, in order.
    pub fn captured(&self) -> Vec<Captured> {
        let log = lock(&self.state.log);
        log.iter()
            .filter_map(|entry| entry.question.captured())
            .collect()
    }
}
