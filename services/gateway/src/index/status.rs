//! The state of an index, for the server.

use tokio::sync::watch;

use super::follow::now;
use crate::storage::{Progress, StorageError};

/// The reasons why an index does not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexProblem {
    /// The disk of its database is full.
    FullDisk,
    /// Its database fails otherwise.
    Database,
    /// The nodes do not answer as they should.
    Nodes,
}

impl IndexProblem {
    /// That of an error of the database.
    pub const fn of(error: &StorageError) -> Self {
        match error {
            StorageError::Full { .. } => Self::FullDisk,
            _ => Self::Database,
        }
    }

    /// In words. Which node or file it is, only the log says.
    pub const fn text(self) -> &'static str {
        match self {
            Self::FullDisk => "the disk of the index's database is full",
            Self::Database => "the index's database fails",
            Self::Nodes => "the nodes do not answer as they should",
        }
    }
}

/// The state of an index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexState {
    /// The slot up to which everything is in; `None`: there was no snapshot yet.
    pub indexed_slot: Option<u64>,
    /// The slot up to which everything is final.
    pub finalized_slot: Option<u64>,
    /// The slot that the nodes have reached, as far as is known.
    pub node_slot: Option<u64>,
    /// Slots that are not in yet.
    pub behind_slots: Option<u64>,
    /// Seconds since the nodes were at [`Self::indexed_slot`].
    pub behind_seconds: Option<u64>,
    /// The slot from which on all transactions are in; 0: all of them.
    pub complete_from_slot: Option<u64>,
    /// Whether this process writes the index.
    pub is_writer: bool,
    /// The reason if the index does not go on at present.
    pub problem: Option<IndexProblem>,
    /// When the nodes were at [`Self::indexed_slot`].
    followed_at: Option<i64>,
}

impl IndexState {
    /// From what the database says at present.
    pub fn of(progress: Option<&Progress>, is_writer: bool, problem: Option<IndexProblem>) -> Self {
        let Some(progress) = progress else {
            return Self {
                is_writer,
                problem,
                ..Self::default()
            };
        };
        let mut state = Self {
            indexed_slot: Some(progress.followed_slot),
            finalized_slot: Some(progress.finalized_slot),
            node_slot: Some(progress.node_slot),
            behind_slots: Some(progress.node_slot.saturating_sub(progress.followed_slot)),
            behind_seconds: None,
            complete_from_slot: Some(progress.complete_from_slot),
            is_writer,
            problem,
            followed_at: Some(progress.followed_at),
        };
        state.age();
        state
    }

    /// Time has passed.
    pub(super) fn age(&mut self) {
        let behind = self.followed_at.map(|at| now().saturating_sub(at));
        self.behind_seconds = behind.map(|behind| u64::try_from(behind).unwrap_or(0));
    }
}

/// Shows the state of an index that is running.
#[derive(Clone, Debug)]
pub struct IndexWatch(pub(super) watch::Receiver<IndexState>);

impl IndexWatch {
    /// An index that stands still in a state: for servers without an indexer.
    pub fn fixed(state: IndexState) -> Self {
        Self(watch::channel(state).1)
    }

    /// The state of the index.
    pub fn state(&self) -> IndexState {
        self.0.borrow().clone()
    }

    /// Waits until the state is another one. It ends with the indexer.
    pub async fn changed(&mut self) -> Option<IndexState> {
        self.0.changed().await.ok()?;
        Some(self.0.borrow_and_update().clone())
    }
}
