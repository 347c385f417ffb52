//! From a signed transaction to its outcome.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, stream::FuturesUnordered};
use generion::GenerionError;
use generion_http_server::client_address::ClientAddress;
use generion_interface::transaction::ReadTransaction;
use generion_rpc::{
    confirmation::{ConfirmationError, Confirmed, Confirmer, FailedTransaction, Status},
    node::Node,
};
use solana_address::Address;
use solana_hash::Hash;
use solana_signature::Signature;
use tokio::time::timeout;

use super::{
    block_hash::{BlockHashes, OTHERS_WAIT},
    outcome::Outcome,
    places::{Awaited, Entered, Places, Ticket, Whose},
};
pub use super::{
    outcome::{RelayError, TransactionOutcome},
    places::{PlaceLimits, ReservedPlace},
};

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
    block_hashes: BlockHashes,
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
                block_hashes: BlockHashes::default(),
            }),
        }
    }

    /// Reserves a place for a client's transaction that has no signature yet. The place is free again when it is dropped.
    ///
    /// # Errors
    /// [`RelayError::ClientBusy`], [`RelayError::Busy`].
    pub fn reserve(&self, client: ClientAddress) -> Result<ReservedPlace, RelayError> {
        self.shared.places.reserve(client)
    }

    /// Sends a transaction of a client that is checked and signed, and waits for the outcome as long as `patience`. After that,
    /// or where the future is dropped, it is still followed: [`Self::outcome`] tells its state. The same transaction again joins
    /// the first one. Without a reserved place, it needs one that is free.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn send(
        &self,
        read: &ReadTransaction,
        client: ClientAddress,
        reserved: Option<ReservedPlace>,
        patience: Duration,
    ) -> Outcome {
        let mut outcome = self.join(read, client, reserved)?;
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
        match self.shared.found(signature).await? {
            Found::Known(outcome) => Ok(Some(outcome)),
            _ if is_pending => Ok(Some(TransactionOutcome::Pending)),
            Found::Contradictory => Err(RelayError::Contradictory),
            Found::Nothing | Found::NoHistory => Ok(None),
        }
    }

    /// The outcome of the one task that follows this transaction.
    fn join(
        &self,
        read: &ReadTransaction,
        client: ClientAddress,
        reserved: Option<ReservedPlace>,
    ) -> Result<Awaited, RelayError> {
        let signature = read.signature();
        let whose = Whose {
            client,
            payer: read.fee_payer(),
            // A transaction that can't be read is not relayed.
            fee: read.fee().unwrap_or(u64::MAX),
        };
        let (awaited, ticket) = match self.shared.places.enter(signature, whose, reserved)? {
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
            Found::Known(TransactionOutcome::Pending)
            | Found::Contradictory
            | Found::Nothing
            | Found::NoHistory => {}
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
                    return match self.found(&signature).await? {
                        Found::Known(outcome) => Ok(outcome),
                        Found::Contradictory => Err(RelayError::Contradictory),
                        Found::Nothing | Found::NoHistory => Err(failure(error)),
                    };
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
            Found::Contradictory => Err(RelayError::Contradictory),
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

    async fn last_valid_height(&self, hash: &Hash) -> Result<Option<u64>, RelayError> {
        let hashes = &self.block_hashes;
        hashes.last_valid_height(&self.nodes, hash).await
    }

    fn confirmer(&self) -> Confirmer<'_> {
        Confirmer::new(&self.nodes, &self.genesis, self.patience).agreed(OTHERS_WAIT)
    }

    /// The ledger's state of a transaction, however old it is.
    async fn found(&self, signature: &Signature) -> Result<Found, RelayError> {
        // Past every height, a transaction that is missing from a node's history is certainly not on the ledger.
        match self.confirmer().status(signature, Some(0)).await {
            Ok(Status::Open) => Ok(Found::Known(TransactionOutcome::Pending)),
            Ok(Status::Contradictory) => Ok(Found::Contradictory),
            Ok(Status::Confirmed(confirmed)) => self.outcome_of(Ok(confirmed)).map(Found::Known),
            Err(ConfirmationError::Expired(_)) => Ok(Found::Nothing),
            Err(ConfirmationError::Unknown(_)) => Ok(Found::NoHistory),
            Err(error) => self.outcome_of(Err(error)).map(Found::Known),
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
    /// Some nodes show it, and others don't know it or have deleted it: none of them is believed alone.
    Contradictory,
    /// Nothing, however old it is.
    Nothing,
    /// Nothing, and the nodes would not know an old one.
    NoHistory,
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
