//! From a signed transaction to its outcome.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::future::join_all;
use generion::GenerionError;
use generion_interface::transaction::ReadTransaction;
use generion_rpc::{
    confirmation::{ConfirmationError, Confirmed, Confirmer, FailedTransaction},
    node::{Node, NodeError},
};
use solana_address::Address;
use solana_hash::Hash;
use solana_signature::Signature;
use solana_transaction_error::TransactionError;
use tokio::{
    sync::{OnceCell, watch},
    time::{Instant, sleep, timeout},
};

/// How long all nodes may fail to answer before a transaction counts as unknown.
const PATIENCE: Duration = Duration::from_secs(60);
/// Blocks for which a block hash makes transactions valid.
const HASH_LIFE_BLOCKS: u64 = 150;
/// How long a node may take to learn of a block hash that another one gave.
const HASH_PATIENCE: Duration = Duration::from_secs(3);
/// How often it is asked again.
const HASH_INTERVAL: Duration = Duration::from_millis(200);
/// Transactions on their way at the same time.
const MAX_PENDING: usize = 10_000;

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransactionOutcome {
    /// It was sent, or a node has it, and it is not confirmed yet.
    Pending,
    /// It succeeded, and two thirds of the stake voted for it.
    Confirmed {
        /// Its slot.
        slot: u64,
        /// Its fee, in lamports.
        fee: u64,
        /// The compute units that it used.
        compute_units: u64,
    },
    /// It failed on the ledger: it cost its fee and had no other effect.
    Failed {
        /// Its slot.
        slot: u64,
        /// Its fee, in lamports.
        fee: u64,
        /// The rule of the program that it broke, if it was one.
        rule: Option<GenerionError>,
        /// The ledger's error.
        error: TransactionError,
    },
    /// It is not on the ledger and never will be: its block hash is no longer valid.
    Expired,
}

/// Why the outcome is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RelayError {
    /// No node took it, or none answers.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The nodes don't say what became of it.
    #[error("the nodes do not say what became of the transaction: ask again later")]
    Unknown,
    /// Too many transactions are on their way.
    #[error("too many transactions are on their way")]
    Busy,
}

type Outcome = Result<TransactionOutcome, RelayError>;

/// Sends transactions to all nodes, each once at a time.
#[derive(Clone)]
pub struct Relay {
    shared: Arc<Shared>,
}

struct Shared {
    nodes: Arc<[Node]>,
    program_id: Address,
    /// What the first node showed that answered.
    genesis: OnceCell<Hash>,
    pending: Mutex<HashMap<Signature, watch::Receiver<Option<Outcome>>>>,
}

impl Relay {
    /// Over these nodes.
    pub fn new(nodes: Arc<[Node]>, program_id: Address) -> Self {
        Self {
            shared: Arc::new(Shared {
                nodes,
                program_id,
                genesis: OnceCell::new(),
                pending: Mutex::default(),
            }),
        }
    }

    /// Sends a transaction that is checked and signed, and waits for the outcome as long as `patience`. After that, or where
    /// the future is dropped, it is still followed: [`Self::outcome`] tells its state. The same transaction again joins the
    /// first one.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn send(&self, read: &ReadTransaction, patience: Duration) -> Outcome {
        let signature = read.signature();
        let mut outcome = match self.join(read, signature) {
            Some(outcome) => outcome,
            None => return Err(RelayError::Busy),
        };
        match timeout(patience, outcome.wait_for(Option::is_some)).await {
            Ok(Ok(outcome)) => outcome.clone().unwrap_or(Err(RelayError::Unknown)),
            // The task that followed it ended in between.
            Ok(Err(_)) => Err(RelayError::Unknown),
            Err(_) => Ok(TransactionOutcome::Pending),
        }
    }

    /// Whether a transaction with this block hash can land. Ask before somebody else pays for it.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn is_valid(&self, block_hash: &Hash) -> Result<bool, RelayError> {
        Ok(self.shared.last_valid_height(block_hash).await?.is_some())
    }

    /// What became of a transaction; `None`: no node knows it, and it is not on its way here.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn outcome(
        &self,
        signature: &Signature,
    ) -> Result<Option<TransactionOutcome>, RelayError> {
        let is_pending = self.shared.pending().contains_key(signature);
        match self.shared.look_up(signature).await? {
            None if is_pending => Ok(Some(TransactionOutcome::Pending)),
            outcome => Ok(outcome),
        }
    }

    /// The outcome of the one task that follows this transaction; `None`: there are too many.
    fn join(
        &self,
        read: &ReadTransaction,
        signature: Signature,
    ) -> Option<watch::Receiver<Option<Outcome>>> {
        let mut pending = self.shared.pending();
        if let Some(outcome) = pending.get(&signature) {
            return Some(outcome.clone());
        }
        if pending.len() >= MAX_PENDING {
            return None;
        }
        let (sender, receiver) = watch::channel(None);
        pending.insert(signature, receiver.clone());
        drop(pending);
        let (shared, read) = (self.shared.clone(), read.clone());
        tokio::spawn(async move {
            let guard = Guard { shared, signature };
            let outcome = guard.shared.follow(&read).await;
            // Whoever waited may have gone.
            let _ = sender.send(Some(outcome));
        });
        Some(receiver)
    }
}

/// Takes a transaction off the list, also where its task panics.
struct Guard {
    shared: Arc<Shared>,
    signature: Signature,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.shared.pending().remove(&self.signature);
    }
}

impl Shared {
    fn pending(&self) -> MutexGuard<'_, HashMap<Signature, watch::Receiver<Option<Outcome>>>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn follow(&self, read: &ReadTransaction) -> Outcome {
        let signature = read.signature();
        // It may have landed before, through this gateway or another way.
        match self.look_up(&signature).await? {
            None | Some(TransactionOutcome::Pending) => {}
            Some(outcome) => return Ok(outcome),
        }
        let hash = read.transaction().message.recent_blockhash();
        let Some(last_height) = self.last_valid_height(hash).await? else {
            // Between the look-up and now it may have landed all the same.
            let landed = self.look_up(&signature).await?;
            return Ok(landed.unwrap_or(TransactionOutcome::Expired));
        };
        let genesis = self.genesis().await?;
        let confirmer = Confirmer::new(&self.nodes, &genesis, PATIENCE);
        let transaction = read.transaction();
        match confirmer.send(transaction).await {
            Ok(()) => {}
            Err(error) => {
                // A transaction that is on the ledger is refused as well.
                let landed = self.look_up(&signature).await?;
                return landed.map_or_else(|| Err(self.failure(error)), Ok);
            }
        }
        self.outcome_of(confirmer.confirm(transaction, last_height).await)
    }

    /// What the ledger has of a transaction, however old it is; `None`: nothing.
    async fn look_up(
        &self,
        signature: &Signature,
    ) -> Result<Option<TransactionOutcome>, RelayError> {
        let genesis = self.genesis().await?;
        let confirmer = Confirmer::new(&self.nodes, &genesis, PATIENCE);
        // Past every height, what a node does not have it says for certain, from its history.
        match confirmer.status(signature, Some(0)).await {
            Ok(None) => Ok(Some(TransactionOutcome::Pending)),
            Ok(Some(confirmed)) => self.outcome_of(Ok(confirmed)).map(Some),
            Err(ConfirmationError::Expired(_) | ConfirmationError::Unknown(_)) => Ok(None),
            Err(error) => self.outcome_of(Err(error)).map(Some),
        }
    }

    /// The last block height at which a transaction with this block hash can land, or a higher one; `None`: all nodes answer,
    /// and none takes it as valid.
    ///
    /// # Errors
    /// [`RelayError`], also where a node that is silent could know the block hash: the transaction could land by that node.
    async fn last_valid_height(&self, hash: &Hash) -> Result<Option<u64>, RelayError> {
        let started = Instant::now();
        loop {
            let answers = join_all(self.nodes.iter().map(async |node| {
                let rpc = node.rpc();
                let failed = |error| node.error(error);
                let is_valid = rpc.is_blockhash_valid(hash, rpc.commitment()).await;
                let height = rpc.get_block_height().await.map_err(failed)?;
                Ok::<_, NodeError>(is_valid.map_err(failed)?.then_some(height))
            }))
            .await;
            let mut failed = None;
            let mut heights = Vec::new();
            for answer in answers {
                match answer {
                    Ok(Some(height)) => heights.push(height),
                    Ok(None) => {}
                    Err(error) => failed = Some(error),
                }
            }
            if let Some(height) = heights.into_iter().max() {
                return Ok(Some(height + HASH_LIFE_BLOCKS));
            }
            if started.elapsed() > HASH_PATIENCE {
                return failed.map_or(Ok(None), |error| Err(error.into()));
            }
            sleep(HASH_INTERVAL).await;
        }
    }

    async fn genesis(&self) -> Result<Hash, NodeError> {
        let ask = || async {
            let mut failed = None;
            for node in self.nodes.iter() {
                match node.genesis().await {
                    Ok(genesis) => return Ok(genesis),
                    Err(error) => failed = Some(error),
                }
            }
            // Without a node there is no question either.
            failed.map_or(Ok(Hash::default()), Err)
        };
        self.genesis.get_or_try_init(ask).await.copied()
    }

    fn outcome_of(&self, confirmed: Result<Confirmed, ConfirmationError>) -> Outcome {
        match confirmed {
            Ok(confirmed) => Ok(TransactionOutcome::Confirmed {
                slot: confirmed.slot,
                fee: confirmed.fee,
                compute_units: confirmed.compute_units,
            }),
            Err(ConfirmationError::Failed(failed)) => Ok(TransactionOutcome::Failed {
                slot: failed.slot,
                fee: failed.fee,
                rule: broken_rule(&self.program_id, &failed),
                error: failed.error,
            }),
            Err(ConfirmationError::Expired(_)) => Ok(TransactionOutcome::Expired),
            Err(error) => Err(self.failure(error)),
        }
    }

    fn failure(&self, error: ConfirmationError) -> RelayError {
        match error {
            ConfirmationError::Node(error) => error.into(),
            _ => RelayError::Unknown,
        }
    }
}

/// The rule of the program that a transaction broke. The log says which program failed; the number alone could be another
/// program's.
fn broken_rule(program_id: &Address, failed: &FailedTransaction) -> Option<GenerionError> {
    let start = format!("Program {program_id} failed: custom program error: 0x");
    let code = (failed.logs.iter()).find_map(|line| line.strip_prefix(&start))?;
    GenerionError::from_code(u32::from_str_radix(code.trim(), 16).ok()?)
}
