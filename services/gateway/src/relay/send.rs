//! From a signed transaction to its outcome.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, stream::FuturesUnordered};
use generion::GenerionError;
use generion_http_server::client_address::ClientAddress;
use generion_interface::transaction::ReadTransaction;
use generion_rpc::{
    confirmation::{ConfirmationError, Confirmed, Confirmer, FailedTransaction},
    node::{Node, NodeError},
};
use solana_address::Address;
use solana_hash::Hash;
use solana_signature::Signature;
use tokio::time::{Instant, sleep, timeout};

use super::{
    outcome::Outcome,
    places::{Awaited, Entered, Places, Ticket, Whose},
};
pub use super::{
    outcome::{RelayError, TransactionOutcome},
    places::PlaceLimits,
};

/// The time to wait for the other nodes once one has answered.
const OTHERS_WAIT: Duration = Duration::from_secs(2);
/// Blocks for which a block hash makes transactions valid.
const HASH_LIFE_BLOCKS: u64 = 150;
/// The longest time for a node to learn of a block hash that another one gave.
const HASH_PATIENCE: Duration = Duration::from_secs(3);
/// The time between two questions to it.
const HASH_INTERVAL: Duration = Duration::from_millis(200);
/// The number of times that a transaction is followed anew, because a node still accepts its block hash.
const MAX_ROUNDS: usize = 10;

/// Sends transactions to all nodes, each once at a time.
#[derive(Clone)]
pub struct Relay {
    shared: Arc<Shared>,
}

struct Shared {
    nodes: Arc<[Node]>,
    program_id: Address,
    genesis: Hash,
    patience: Duration,
    places: Places,
}

impl Relay {
    /// Over these nodes, of the ledger with this genesis hash. `patience` is how long all of them may fail to answer, or
    /// contradict each other, before the outcome of a transaction counts as unknown.
    pub fn new(
        nodes: Arc<[Node]>,
        program_id: Address,
        genesis: Hash,
        patience: Duration,
        limits: PlaceLimits,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                nodes,
                program_id,
                genesis,
                patience,
                places: Places::new(limits),
            }),
        }
    }

    /// Sends a client's transaction, which is checked and signed, and waits for the outcome as long as `patience`. After that,
    /// or if the future is dropped, the transaction is still followed: [`Self::outcome`] returns its state. The same
    /// transaction again joins the first one.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn send(
        &self,
        read: &ReadTransaction,
        client: ClientAddress,
        patience: Duration,
    ) -> Outcome {
        let mut outcome = self.join(read, client)?;
        match timeout(patience, outcome.wait_for(Option::is_some)).await {
            Ok(Ok(outcome)) => outcome.clone().unwrap_or(Err(RelayError::Unknown)),
            // The task that followed it ended in between.
            Ok(Err(_)) => Err(RelayError::Unknown),
            Err(_) => Ok(TransactionOutcome::Pending),
        }
    }

    /// Whether a transaction with this block hash can still reach the ledger. Ask before another wallet pays for it.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn is_valid(&self, block_hash: &Hash) -> Result<bool, RelayError> {
        Ok(self.shared.last_valid_height(block_hash).await?.is_some())
    }

    /// The outcome of a transaction; `None`: no node knows it, and it is not on its way here.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn outcome(
        &self,
        signature: &Signature,
    ) -> Result<Option<TransactionOutcome>, RelayError> {
        let is_pending = self.shared.places.has(signature);
        match self.shared.look_up(signature).await? {
            None if is_pending => Ok(Some(TransactionOutcome::Pending)),
            outcome => Ok(outcome),
        }
    }

    /// The outcome of the one task that follows this transaction.
    fn join(&self, read: &ReadTransaction, client: ClientAddress) -> Result<Awaited, RelayError> {
        let signature = read.signature();
        let whose = Whose {
            client,
            payer: read.fee_payer(),
            // A transaction that can't be read is not relayed.
            fee: read.fee().unwrap_or(u64::MAX),
        };
        let (awaited, ticket) = match self.shared.places.enter(signature, whose)? {
            Entered::Known(awaited) => return Ok(awaited),
            Entered::New(awaited, ticket) => (awaited, ticket),
        };
        let (shared, read) = (self.shared.clone(), read.clone());
        let lost = shared.places.lost(ticket);
        tokio::spawn(async move {
            let guard = Guard { shared, ticket };
            let Shared { places, .. } = &*guard.shared;
            tokio::select! {
                outcome = guard.shared.follow(&read, ticket) => places.leave(ticket, outcome),
                () = lost => {}
            }
        });
        Ok(awaited)
    }
}

/// Takes a transaction off the list, also where its task panics.
struct Guard {
    shared: Arc<Shared>,
    ticket: Ticket,
}

impl Drop for Guard {
    fn drop(&mut self) {
        let unknown = Err(RelayError::Unknown);
        self.shared.places.leave(self.ticket, unknown);
    }
}

impl Shared {
    async fn follow(&self, read: &ReadTransaction, ticket: Ticket) -> Outcome {
        let (sending, payer) = (self.send(read), read.fee_payer());
        let mut sending = std::pin::pin!(sending);
        // The balance decides which transactions keep their places, and nothing else.
        tokio::select! {
            outcome = &mut sending => return outcome,
            () = self.note_balance(&payer, ticket) => {}
        }
        sending.await
    }

    async fn send(&self, read: &ReadTransaction) -> Outcome {
        let signature = read.signature();
        // The transaction may be on the ledger already, through this gateway or another way. If the nodes contradict each
        // other, it is sent all the same: the ledger takes it once.
        let found = self.found(&signature).await?;
        match found {
            Found::Nothing | Found::NoHistory | Found::Known(TransactionOutcome::Pending) => {}
            Found::Known(outcome) => return Ok(outcome),
        }
        let hash = read.transaction().message.recent_blockhash();
        let transaction = read.transaction();
        for _ in 0..MAX_ROUNDS {
            let Some(last_height) = self.last_valid_height(hash).await? else {
                return self.without_hash(&signature).await;
            };
            let confirmer = self.confirmer();
            match confirmer.send_and_confirm(transaction, last_height).await {
                Err(error @ (ConfirmationError::Node(_) | ConfirmationError::OtherGenesis(_))) => {
                    // A transaction that is on the ledger is refused as well.
                    let landed = self.look_up(&signature).await?;
                    return landed.map_or_else(|| Err(failure(error)), Ok);
                }
                // The height that led to this may have been wrong, so the nodes are asked whether the block hash is expired.
                Err(ConfirmationError::Expired(_)) => {}
                confirmed => return self.outcome_of(confirmed),
            }
        }
        Err(RelayError::Unknown)
    }

    /// The outcome of a transaction whose block hash no node accepts any more.
    async fn without_hash(&self, signature: &Signature) -> Outcome {
        match self.found(signature).await? {
            Found::Known(outcome) => Ok(outcome),
            Found::Nothing => Ok(TransactionOutcome::Expired),
            // It may have landed long ago.
            Found::NoHistory => Err(RelayError::Unknown),
        }
    }

    /// Notes the payer's balance, as any of the nodes shows it.
    async fn note_balance(&self, payer: &Address, ticket: Ticket) {
        let asked = self.nodes.iter().map(|node| node.rpc().get_balance(payer));
        let mut asked: FuturesUnordered<_> = asked.collect();
        while let Some(balance) = asked.next().await {
            if balance.is_ok_and(|balance| self.places.note_balance(ticket, balance)) {
                return;
            }
        }
    }

    fn confirmer(&self) -> Confirmer<'_> {
        Confirmer::new(&self.nodes, &self.genesis, self.patience).agreed(OTHERS_WAIT)
    }

    /// The ledger's outcome of a transaction, however old it is; `None`: there is none.
    async fn look_up(
        &self,
        signature: &Signature,
    ) -> Result<Option<TransactionOutcome>, RelayError> {
        match self.found(signature).await? {
            Found::Known(outcome) => Ok(Some(outcome)),
            Found::Nothing | Found::NoHistory => Ok(None),
        }
    }

    /// The same, where it matters whether the nodes would know an old one.
    async fn found(&self, signature: &Signature) -> Result<Found, RelayError> {
        // Past every height, a transaction that is missing from a node's history is certainly not on the ledger.
        match self.confirmer().status(signature, Some(0)).await {
            Ok(None) => Ok(Found::Known(TransactionOutcome::Pending)),
            Ok(Some(confirmed)) => self.outcome_of(Ok(confirmed)).map(Found::Known),
            Err(ConfirmationError::Expired(_)) => Ok(Found::Nothing),
            Err(ConfirmationError::Unknown(_)) => Ok(Found::NoHistory),
            Err(error) => self.outcome_of(Err(error)).map(Found::Known),
        }
    }

    /// The last block height at which a transaction with this block hash can reach the ledger, or a higher one; `None`: all
    /// nodes answer, and none accepts the hash.
    ///
    /// # Errors
    /// [`RelayError`], also if a silent node could know the block hash: the transaction could reach the ledger by that node.
    async fn last_valid_height(&self, hash: &Hash) -> Result<Option<u64>, RelayError> {
        let started = Instant::now();
        let asked = self.nodes.iter().map(|node| async move {
            loop {
                let height = valid_height(node, hash).await;
                if matches!(height, Ok(Some(_))) || started.elapsed() > HASH_PATIENCE {
                    return height;
                }
                sleep(HASH_INTERVAL).await;
            }
        });
        let mut asked: FuturesUnordered<_> = asked.collect();
        let (mut failed, mut has_answered) = (None, false);
        // A node that names a low height would have the transaction taken for expired while it can land.
        let mut highest: Option<u64> = None;
        loop {
            let answer = match has_answered {
                false => asked.next().await,
                true => match timeout(OTHERS_WAIT, asked.next()).await {
                    Ok(answer) => answer,
                    Err(_) if highest.is_some() => None,
                    Err(_) => return Err(failed.map_or(RelayError::Unknown, RelayError::Node)),
                },
            };
            match answer {
                Some(Ok(height)) => {
                    has_answered = true;
                    highest = highest.max(height);
                }
                Some(Err(error)) => failed = Some(error),
                None => {
                    return match (highest, failed) {
                        (Some(height), _) => Ok(Some(height.saturating_add(HASH_LIFE_BLOCKS))),
                        (None, Some(error)) => Err(error.into()),
                        (None, None) => Ok(None),
                    };
                }
            }
        }
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
            Err(error) => Err(failure(error)),
        }
    }
}

/// The ledger's outcome of a transaction.
enum Found {
    Known(TransactionOutcome),
    /// Nothing, however old it is.
    Nothing,
    /// Nothing, and the nodes would not know an old one.
    NoHistory,
}

/// The height of a node that takes a block hash as valid; `None`: it does not.
async fn valid_height(node: &Node, hash: &Hash) -> Result<Option<u64>, NodeError> {
    let rpc = node.rpc();
    let failed = |error| node.error(error);
    let is_valid = rpc.is_blockhash_valid(hash, rpc.commitment()).await;
    let height = rpc.get_block_height().await.map_err(failed)?;
    Ok(is_valid.map_err(failed)?.then_some(height))
}

fn failure(error: ConfirmationError) -> RelayError {
    match error {
        ConfirmationError::Node(error) => error.into(),
        ConfirmationError::OtherGenesis(error) => error.into(),
        _ => RelayError::Unknown,
    }
}

/// The rule of the program that a transaction broke. The log says which program failed; the number alone could be another
/// program's.
fn broken_rule(program_id: &Address, failed: &FailedTransaction) -> Option<GenerionError> {
    let start = format!("Program {program_id} failed: custom program error: 0x");
    let code = (failed.logs.iter()).find_map(|line| line.strip_prefix(&start))?;
    GenerionError::from_code(u32::from_str_radix(code.trim(), 16).ok()?)
}
