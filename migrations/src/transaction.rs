//! Sending transactions, and confirming them.

use std::time::Duration;

use futures::{StreamExt, future, stream};
use generion_rpc::confirmation::{ConfirmationError, Confirmer, Status};
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_rpc_client_api::{
    client_error::{Error as RpcError, ErrorKind},
    request::{RpcError as ResponseError, RpcResponseErrorData},
};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::Transaction;
use solana_transaction_error::TransactionError;
use solana_transaction_status_client_types::TransactionStatus;
use tokio::time::{Instant, sleep};

use crate::{
    error::{DeployError, Result},
    ledger::Node,
    steps::signers_of,
};

/// How often the node is asked for the status of transactions.
const POLL_INTERVAL: Duration = Duration::from_millis(300);
/// How often an unconfirmed transaction is sent again. It is the same one, with the same signature, so the ledger takes
/// it once at most.
const RESEND_INTERVAL: Duration = Duration::from_secs(3);
/// How long a node may fail to answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// Transactions on their way to a node of this machine at a time; to others it is one.
const CONNECTIONS: usize = 8;
/// The pause between two transactions: public nodes limit the rate of requests.
const PAUSE: Duration = Duration::from_millis(50);

/// The end of a transaction that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Confirmation {
    /// It is on the ledger, at the commitment that the node is asked at.
    Confirmed,
    /// It failed on the ledger: it had no effect, and cost its fee.
    Failed(TransactionError),
    /// Its block hash expired before it reached the ledger, so it never will.
    Expired,
}

/// Transactions of one block hash, and how each of them ended.
pub(crate) struct Batch {
    /// In the order of the instructions.
    pub confirmations: Vec<(Signature, Confirmation)>,
    /// The highest slot that one of them is in.
    pub slot: u64,
    /// The last error of the node when it refused one of them.
    pub refusal: Option<String>,
}

impl Node {
    /// Sends one transaction for each list of instructions, paid by the first signer, and waits until each is confirmed, has
    /// failed, or has expired. Before a caller tries again, it has to look at the ledger. `confirmed` gets the number of
    /// confirmed ones.
    pub(crate) async fn send(
        &self,
        signers: &[&Keypair],
        all: &[Vec<Instruction>],
        mut confirmed: impl FnMut(usize),
    ) -> Result<Batch> {
        let genesis = self.genesis().await?;
        let confirmer = Confirmer::new(std::slice::from_ref(self.inner()), &genesis, PATIENCE);
        let block_hash = self
            .rpc()
            .get_latest_blockhash_with_commitment(self.commitment())
            .await;
        let (block_hash, last_valid_height) = self.answer(block_hash)?;
        let mut transactions = Vec::with_capacity(all.len());
        for instructions in all {
            transactions.push(signed(signers, instructions, block_hash)?);
        }
        let mut refusal = self.broadcast(&confirmer, transactions.iter()).await;
        let mut sent = Instant::now();
        let mut answered = Instant::now();
        let mut ends: Vec<Option<Confirmation>> = vec![None; transactions.len()];
        let mut slot = 0;
        loop {
            match self
                .ask(&confirmer, &transactions, &mut ends, last_valid_height)
                .await
            {
                Ok(highest) => {
                    slot = highest.max(slot);
                    answered = Instant::now();
                }
                Err(error) if answered.elapsed() > PATIENCE => return Err(error),
                Err(_) => {}
            }
            let known = ends.iter().flatten();
            confirmed(known.filter(|end| **end == Confirmation::Confirmed).count());
            if ends.iter().all(Option::is_some) {
                let signatures = transactions.iter().map(|one| one.signatures[0]);
                return Ok(Batch {
                    confirmations: signatures.zip(ends.into_iter().flatten()).collect(),
                    slot,
                    refusal,
                });
            }
            if sent.elapsed() > RESEND_INTERVAL {
                let open = transactions.iter().zip(&ends);
                let open = open.filter(|(_, end)| end.is_none());
                let open = open.map(|(transaction, _)| transaction);
                refusal = self.broadcast(&confirmer, open).await.or(refusal);
                sent = Instant::now();
            }
            sleep(POLL_INTERVAL).await;
        }
    }

    /// Hands transactions to the node. An error does not decide whether the ledger takes one; the last error is kept for
    /// the user.
    async fn broadcast(
        &self,
        confirmer: &Confirmer<'_>,
        transactions: impl Iterator<Item = &Transaction>,
    ) -> Option<String> {
        let here = self.url().is_this_machine();
        let send = async |transaction: &Transaction| {
            if !here {
                sleep(PAUSE).await;
            }
            let sent = confirmer.hand_to(self.inner(), transaction).await;
            sent.err().map(|error| error.to_string())
        };
        stream::iter(transactions.map(send))
            .buffer_unordered(if here { CONNECTIONS } else { 1 })
            .fold(None, async |last, error| error.or(last))
            .await
    }

    /// Fills in the confirmations that the node knows. Returns the highest slot among them.
    async fn ask(
        &self,
        confirmer: &Confirmer<'_>,
        transactions: &[Transaction],
        ends: &mut [Option<Confirmation>],
        last_valid_height: u64,
    ) -> Result<u64> {
        // The height is read first: a status that is still missing after it counts.
        let height = self.answer(self.rpc().get_block_height().await)?;
        let open: Vec<usize> = (0..ends.len())
            .filter(|index| ends[*index].is_none())
            .collect();
        let signature = |index: &usize| &transactions[*index].signatures[0];
        // Questions that are asked at the same time share a request.
        let statuses = open
            .iter()
            .map(|index| self.inner().signature_status(signature(index)));
        let statuses = future::try_join_all(statuses).await?;
        let mut slot = 0;
        for (index, status) in open.iter().zip(statuses) {
            slot = status.as_ref().map_or(0, |status| status.slot).max(slot);
            ends[*index] = match status {
                Some(status) if !status.satisfies_commitment(self.commitment()) => None,
                Some(TransactionStatus { err: Some(err), .. }) => Some(Confirmation::Failed(err)),
                Some(_) => Some(Confirmation::Confirmed),
                None if height <= last_valid_height => None,
                None => {
                    let status = confirmer.status(signature(index), Some(last_valid_height));
                    let (end, seen) = late(status.await)?;
                    slot = seen.max(slot);
                    end
                }
            };
        }
        Ok(slot)
    }

    /// Has the node simulate a transaction, so that one that fails costs nothing.
    ///
    /// # Errors
    /// [`DeployError::Refused`].
    pub(crate) async fn dry_run(
        &self,
        action: &'static str,
        signers: &[&Keypair],
        instructions: &[Instruction],
    ) -> Result<()> {
        let block_hash = self.answer(self.rpc().get_latest_blockhash().await)?;
        let transaction = signed(signers, instructions, block_hash)?;
        let simulated = self.rpc().simulate_transaction(&transaction).await;
        let result = match simulated {
            Ok(answer) => answer.value,
            Err(error) => {
                return match refused_by_dry_run(action, &error) {
                    Some(refused) => Err(refused),
                    None => self.answer(Err(error)),
                };
            }
        };
        match result.err {
            None => Ok(()),
            Some(error) => Err(DeployError::Refused {
                action,
                signature: None,
                error: error.into(),
                logs: result.logs.unwrap_or_default(),
            }),
        }
    }
}

/// The end of a transaction whose block hash expired, and its slot.
fn late(
    status: std::result::Result<Status, ConfirmationError>,
) -> Result<(Option<Confirmation>, u64)> {
    match status {
        Ok(Status::Confirmed(confirmed)) => Ok((Some(Confirmation::Confirmed), confirmed.slot)),
        Ok(Status::Open | Status::Contradictory) | Err(ConfirmationError::Unknown(_)) => {
            Ok((None, 0))
        }
        Err(ConfirmationError::Failed(failed)) => Ok((
            Some(Confirmation::Failed(failed.error.clone())),
            failed.slot,
        )),
        Err(ConfirmationError::Node(error)) => Err(error.into()),
        Err(ConfirmationError::OtherGenesis(error)) => Err(error.into()),
        Err(_) => Ok((Some(Confirmation::Expired), 0)),
    }
}

fn signed(
    signers: &[&Keypair],
    instructions: &[Instruction],
    block_hash: Hash,
) -> Result<Transaction> {
    let signers = signers_of(signers, instructions);
    let payer = signers.first().map(|keypair| keypair.pubkey());
    let mut transaction = Transaction::new_with_payer(instructions, payer.as_ref());
    transaction.try_sign(&signers, block_hash)?;
    Ok(transaction)
}

fn refused_by_dry_run(action: &'static str, error: &RpcError) -> Option<DeployError> {
    let logs = match error.kind() {
        ErrorKind::RpcError(ResponseError::RpcResponseError {
            data: RpcResponseErrorData::SendTransactionPreflightFailure(simulation),
            ..
        }) => simulation.logs.clone().unwrap_or_default(),
        _ => Vec::new(),
    };
    Some(DeployError::Refused {
        action,
        signature: None,
        error: error.get_transaction_error()?,
        logs,
    })
}
