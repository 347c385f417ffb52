//! The answers of several nodes about one transaction, asked at the same time.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::outcome::{ConfirmationError, Confirmed};
use crate::{answers::patience, node::Node};

/// A node's answer: the transaction is confirmed, it is not on the ledger yet, or an error.
type Said = Result<Option<Confirmed>, ConfirmationError>;

/// The result of one round of questions about a transaction.
pub(super) enum Round {
    /// The outcome of the transaction.
    Known(Result<Confirmed, ConfirmationError>),
    /// The transaction is not on the ledger yet.
    Open,
    /// The nodes contradict each other, or too few of them show the transaction as confirmed.
    Contradictory,
    /// None answers; why the first one does not.
    Silent(ConfirmationError),
}

/// Collects the answers of nodes.
pub(super) struct Answers<'a> {
    agreement: usize,
    /// The time to wait for other nodes after the first answer.
    wait: Option<Duration>,
    first_answer: Option<Instant>,
    /// Nodes that have not answered.
    silent: Vec<&'a Node>,
    confirmed: Vec<Confirmed>,
    is_open: bool,
    failed: Option<ConfirmationError>,
    expired: Option<ConfirmationError>,
    no_answer: Option<ConfirmationError>,
    answered: usize,
}

impl<'a> Answers<'a> {
    pub(super) fn new(agreement: usize, nodes: &'a [Node], wait: Option<Duration>) -> Self {
        Self {
            agreement,
            wait,
            first_answer: None,
            silent: nodes.iter().collect(),
            confirmed: Vec::new(),
            is_open: false,
            failed: None,
            expired: None,
            no_answer: None,
            answered: 0,
        }
    }

    /// The next answer; `None`: there is none any more, or no time for it.
    pub(super) async fn within_time<T>(&self, next: impl Future<Output = Option<T>>) -> Option<T> {
        match self.deadline() {
            None => next.await,
            Some(deadline) => timeout_at(deadline, next).await.unwrap_or(None),
        }
    }

    /// When no further answer is waited for. Nodes that were silent the last time hold up nobody for long.
    fn deadline(&self) -> Option<Instant> {
        let (wait, first_answer) = (self.wait?, self.first_answer?);
        Some(first_answer + patience(wait, self.silent.iter().copied()))
    }

    pub(super) fn add(&mut self, node: &'a Node, said: Said) {
        self.silent.retain(|one| !std::ptr::eq(*one, node));
        let is_answer = !matches!(
            said,
            Err(ConfirmationError::Node(_) | ConfirmationError::OtherGenesis(_))
        );
        if is_answer {
            node.note_answer(true);
            // A node without a history contradicts none that has one.
            self.answered += usize::from(!matches!(said, Err(ConfirmationError::Unknown(_))));
            self.first_answer.get_or_insert_with(Instant::now);
        }
        match said {
            Ok(Some(confirmed)) => self.confirmed.push(confirmed),
            Ok(None) => self.is_open = true,
            Err(error) if !is_answer => {
                self.no_answer.get_or_insert(error);
            }
            Err(error @ ConfirmationError::Failed(_)) => {
                self.failed.get_or_insert(error);
            }
            Err(error) => {
                self.expired.get_or_insert(error);
            }
        }
    }

    /// Whether further answers would change nothing.
    pub(super) fn is_enough(&self) -> bool {
        self.agreed_by(self.agreement).is_some()
    }

    /// The slot and fee of a confirmed transaction, as the required number of nodes show them alike.
    fn agreed_by(&self, nodes: usize) -> Option<usize> {
        let said: Vec<_> = (self.confirmed.iter())
            .map(|one| (one.slot, one.fee))
            .collect();
        let is_agreed =
            |one: &(u64, u64)| said.iter().filter(|other| *other == one).count() >= nodes;
        said.iter().position(is_agreed)
    }

    /// The result of all answers together.
    pub(super) fn round(mut self) -> Round {
        if !self.is_enough() {
            for node in &self.silent {
                node.note_answer(false);
            }
        }
        let needed = self.agreement.min(self.answered).max(1);
        if let Some(place) = self.agreed_by(needed) {
            return Round::Known(Ok(self.confirmed.swap_remove(place)));
        }
        match (self.is_open, self.failed, self.expired) {
            _ if !self.confirmed.is_empty() => Round::Contradictory,
            (true, ..) => Round::Open,
            (_, Some(_), Some(_)) => Round::Contradictory,
            (_, Some(error), _) | (_, _, Some(error)) => Round::Known(Err(error)),
            (_, None, None) => self.no_answer.map_or(Round::Open, Round::Silent),
        }
    }
}
