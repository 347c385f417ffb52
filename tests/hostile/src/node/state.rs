use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::Value;

use super::{lie::Lie, question::Question};

/// A question, and its answer.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The question.
    pub question: Question,
    /// The whole answer; `None`: the node has not answered.
    pub answer: Option<Value>,
}

/// A node's lies, and the log of what it was asked.
pub(super) struct State {
    pub(super) upstream: String,
    pub(super) lies: Mutex<Vec<(usize, Arc<dyn Lie>)>>,
    pub(super) log: Mutex<Vec<Entry>>,
}

impl State {
    pub(super) fn lies(&self) -> Vec<Arc<dyn Lie>> {
        lock(&self.lies)
            .iter()
            .map(|(_, lie)| lie.clone())
            .collect()
    }

    /// Notes a question before anything else is done with it. Returns its place in the log.
    pub(super) fn note(&self, question: Question) -> usize {
        let mut log = lock(&self.log);
        log.push(Entry {
            question,
            answer: None,
        });
        log.len() - 1
    }

    pub(super) fn note_answer(&self, place: usize, answer: Value) {
        if let Some(entry) = lock(&self.log).get_mut(place) {
            entry.answer = Some(answer);
        }
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics with it")
}
