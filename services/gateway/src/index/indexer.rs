//! The task that keeps an index up to date.

use std::{error::Error, sync::Arc, time::Duration};

use generion_rpc::{backoff::Backoff, causes::with_causes, cluster::OtherGenesis};
use solana_address::Address;
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};
use url::Url;

use super::{
    backfill,
    finality::Disputed,
    follow,
    follow_error::FollowError,
    ledger_nodes::LedgerNodes,
    status::{IndexProblem, IndexState, IndexWatch},
    wake_up::{listen, websocket_url},
};
use crate::storage::{Storage, StorageError, Writer};

/// The settings of the indexer.
#[derive(Clone, Debug)]
pub struct IndexerOptions {
    /// The genesis hash of the ledger.
    pub genesis_hash: Address,
    /// The first node's websocket; `None`: the port after the one of its JSON-RPC.
    pub websocket: Option<Url>,
    /// The longest time without questions to the nodes while the websocket reports nothing.
    pub poll_interval: Duration,
}

/// The time between two reads of the state for the server.
const STATE_INTERVAL: Duration = Duration::from_millis(250);
/// The time after which a process that does not write asks whether it may.
const TAKE_OVER_INTERVAL: Duration = Duration::from_secs(1);
/// The shortest wait after the first failure in a row.
const FIRST_RETRY: Duration = Duration::from_millis(100);
/// The longest wait after a failure.
const LAST_RETRY: Duration = Duration::from_secs(5);
/// The time after which nodes are asked again for accounts that they disagree on.
const DISPUTED_INTERVAL: Duration = Duration::from_secs(10);

/// Keeps an index up to date, where no other process does; otherwise it waits, and takes over.
pub struct Indexer {
    storage: Storage,
    nodes: LedgerNodes,
    options: IndexerOptions,
    wake_up: Arc<Notify>,
    state: watch::Sender<IndexState>,
    disputed: Disputed,
    disputed_read_at: Instant,
}

/// Why an index can't be kept up to date at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexerError {
    /// A node is of another ledger.
    #[error(transparent)]
    OtherGenesis(OtherGenesis),
    /// The database is of another ledger or program.
    #[error(transparent)]
    Storage(StorageError),
}

impl Indexer {
    /// An indexer that does not run yet, and a view of its state.
    pub fn new(
        storage: Storage,
        nodes: LedgerNodes,
        options: IndexerOptions,
    ) -> (Self, IndexWatch) {
        let (state, watch) = watch::channel(IndexState::default());
        let indexer = Self {
            storage,
            nodes,
            options,
            wake_up: Arc::default(),
            state,
            disputed: Disputed::default(),
            disputed_read_at: Instant::now(),
        };
        (indexer, IndexWatch(watch))
    }

    /// Runs until it is cancelled. Failures of nodes and of the database are waited for.
    ///
    /// # Errors
    /// [`IndexerError`] if there is no use in continuing.
    pub async fn run(mut self, cancellation: CancellationToken) -> Result<(), IndexerError> {
        let first = self.nodes.all()[0].node().url();
        let websocket = self.options.websocket.clone();
        let websocket = websocket.or_else(|| websocket_url(first));
        let program_id = self.nodes.addresses().program_id;
        let wake_up = Arc::clone(&self.wake_up);
        let listening = async move {
            match websocket {
                Some(websocket) => listen(websocket, program_id, &wake_up).await,
                None => std::future::pending().await,
            }
        };
        let (storage, state) = (self.storage.clone(), self.state.clone());
        let showing = async move {
            loop {
                show(&storage, &state, |_| {}).await;
                sleep(STATE_INTERVAL).await;
            }
        };
        tokio::select! {
            () = cancellation.cancelled() => Ok(()),
            result = self.index() => result,
            () = listening => Ok(()),
            () = showing => Ok(()),
        }
    }

    /// Becomes the writer again and again.
    async fn index(&mut self) -> Result<(), IndexerError> {
        let mut waits = Backoff::new(FIRST_RETRY, LAST_RETRY);
        loop {
            let program_id = self.nodes.addresses().program_id;
            let writer = self.storage.writer(&self.options.genesis_hash, &program_id);
            match writer.await {
                Ok(writer) => {
                    info!("this process writes the index");
                    self.show(|state| state.is_writer = true).await;
                    let result = self.write(writer, &mut waits).await;
                    self.show(|state| state.is_writer = false).await;
                    result?;
                }
                Err(StorageError::OtherWriter { .. }) => {
                    sleep(TAKE_OVER_INTERVAL).await;
                    continue;
                }
                Err(error @ StorageError::OtherLedger { .. }) => {
                    return Err(IndexerError::Storage(error));
                }
                Err(error) => self.failed(&error, IndexProblem::of(&error)),
            }
            sleep(waits.next_wait()).await;
        }
    }

    /// Writes until the database fails.
    async fn write(&mut self, mut writer: Writer, waits: &mut Backoff) -> Result<(), IndexerError> {
        loop {
            match self.round(&mut writer).await {
                Ok(is_more) => {
                    waits.reset();
                    self.show(|state| state.problem = None).await;
                    if !is_more {
                        let woken = self.wake_up.notified();
                        let _ = timeout(self.options.poll_interval, woken).await;
                    }
                }
                Err(RoundError::Genesis(error)) => return Err(IndexerError::OtherGenesis(error)),
                Err(RoundError::Follow(FollowError::Storage(error))) => {
                    self.failed(&error, IndexProblem::of(&error));
                    return Ok(());
                }
                Err(error) => {
                    self.failed(&error, IndexProblem::Nodes);
                    sleep(waits.next_wait()).await;
                }
            }
        }
    }

    /// Reads new transactions; returns whether there is more to do at once.
    async fn round(&mut self, writer: &mut Writer) -> Result<bool, RoundError> {
        self.check_genesis().await?;
        let (storage, nodes) = (&self.storage, &self.nodes);
        if storage
            .progress()
            .await
            .map_err(FollowError::from)?
            .is_none()
        {
            let report = follow::start(storage, writer, nodes).await?;
            info!(
                slot = report.slot,
                accounts = report.present,
                unreadable = report.unreadable,
                "the snapshot is in"
            );
        }
        let step = follow::step(storage, writer, nodes).await?;
        if self.disputed.is_empty() && self.disputed_read_at.elapsed() > DISPUTED_INTERVAL {
            let disputed = Disputed::read(storage).await;
            self.disputed = disputed.map_err(FollowError::from)?;
            self.disputed_read_at = Instant::now();
        }
        if !self.disputed.is_empty() {
            let reached = nodes.reach().await.map_err(FollowError::from)?;
            self.disputed
                .look_at_some(storage, writer, &reached)
                .await?;
        }
        let is_more = backfill::step(storage, writer, nodes).await? || !self.disputed.is_empty();
        Ok(is_more || step.found > 0)
    }

    /// A node of another ledger is an error of who named it. One that does not answer is left out elsewhere.
    async fn check_genesis(&self) -> Result<(), RoundError> {
        let expected = self.options.genesis_hash.to_bytes().into();
        match self.nodes.of_other_ledger(&expected).await {
            Ok(Some(other)) => Err(RoundError::Genesis(other)),
            Ok(None) => Ok(()),
            Err(error) => Err(FollowError::from(error).into()),
        }
    }

    fn failed(&self, error: &(dyn Error + Sync + 'static), problem: IndexProblem) {
        let words = with_causes(error);
        warn!(error = words, "the index does not go on: it is tried again");
        let problem = Some(problem);
        self.state.send_modify(|state| state.problem = problem);
    }

    async fn show(&self, change: impl FnOnce(&mut IndexState)) {
        show(&self.storage, &self.state, change).await;
    }
}

/// The error of a round.
#[derive(Debug, thiserror::Error)]
enum RoundError {
    #[error(transparent)]
    Genesis(OtherGenesis),
    #[error(transparent)]
    Follow(#[from] FollowError),
}

/// Shows the present state of the database.
async fn show(
    storage: &Storage,
    state: &watch::Sender<IndexState>,
    change: impl FnOnce(&mut IndexState),
) {
    let progress = match storage.progress().await {
        Ok(progress) => Some(progress),
        Err(error) => {
            error!(
                error = with_causes(&error),
                "the state of the index can't be read"
            );
            None
        }
    };
    state.send_if_modified(|state| {
        let before = state.clone();
        change(state);
        match progress {
            Some(progress) => {
                let (is_writer, problem) = (state.is_writer, state.problem.take());
                *state = IndexState::of(progress.as_ref(), is_writer, problem);
            }
            None => state.age(),
        }
        *state != before
    });
}
