//! Sending transactions and learning their fate from the ledger.

use std::time::Duration;

use futures::{StreamExt, stream};
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_rpc_client_api::{
    client_error::{Error as RpcError, ErrorKind},
    config::RpcSendTransactionConfig,
    request::{RpcError as ResponseError, RpcResponseErrorData},
};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::Transaction;
use solana_transaction_error::TransactionError;
use solana_transaction_status_client_types::TransactionStatus;
use tokio::time::{Instant, sleep};

use crate::{DeployError, Result, ledger::Node, steps::signers_of};

/// How often the ledger is asked for fates.
const POLL: Duration = Duration::from_millis(300);
/// How often a transaction that has not landed is sent again. It is the same one, with the same signature, which lands
/// once at most.
const RESEND: Duration = Duration::from_secs(3);
/// How long a node may fail to answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// Transactions on their way to a node of this machine at a time; to others it is one.
const CONNECTIONS: usize = 8;
/// A public node counts requests: this is the pause between two transactions.
const PAUSE: Duration = Duration::from_millis(50);
/// Statuses that a node gives in one answer.
const STATUSES: usize = 256;

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// On the ledger, at the commitment that the node is asked at.
    Landed,
    /// On the ledger, and without an effect but the fee.
    Failed(TransactionError),
    /// Its block hash is too old: if it is not on the ledger now, it never will be.
    Expired,
}

/// Transactions of one block hash, and their fates.
pub(crate) struct Batch {
    /// In the order of the instructions.
    pub fates: Vec<(Signature, Fate)>,
    /// The highest slot that one of them is in.
    pub slot: u64,
    /// The last thing that a node said that would not take one.
    pub refusal: Option<String>,
}

impl Node {
    /// Sends one transaction for each list of instructions, paid by the first signer, and waits until the fate of all is known: landed, failed,
    /// or expired. Whoever then tries again has to look at the ledger before.
    pub(crate) async fn send(
        &self,
        signers: &[&Keypair],
        all: &[Vec<Instruction>],
        mut landed: impl FnMut(usize),
    ) -> Result<Batch> {
        let block_hash = self
            .rpc
            .get_latest_blockhash_with_commitment(self.commitment())
            .await;
        let (block_hash, last_valid_height) = self.answer(block_hash)?;
        let mut transactions = Vec::with_capacity(all.len());
        for instructions in all {
            transactions.push(signed(signers, instructions, block_hash)?);
        }
        let mut refusal = self.broadcast(transactions.iter()).await;
        let mut sent = Instant::now();
        let mut answered = Instant::now();
        let mut fates: Vec<Option<Fate>> = vec![None; transactions.len()];
        let mut slot = 0;
        loop {
            match self.ask(&transactions, &mut fates, last_valid_height).await {
                Ok(highest) => {
                    slot = highest.max(slot);
                    answered = Instant::now();
                }
                Err(error) if answered.elapsed() > PATIENCE => return Err(error),
                Err(_) => {}
            }
            let known = fates.iter().flatten();
            landed(known.filter(|fate| **fate == Fate::Landed).count());
            let open = fates.iter().any(Option::is_none);
            if !open {
                let signatures = transactions.iter().filter_map(|one| one.signatures.first());
                let fates = signatures.copied().zip(fates.into_iter().flatten());
                return Ok(Batch {
                    fates: fates.collect(),
                    slot,
                    refusal,
                });
            }
            if sent.elapsed() > RESEND {
                let open = transactions.iter().zip(&fates);
                let open = open.filter(|(_, fate)| fate.is_none());
                refusal = self.broadcast(open.map(|(one, _)| one)).await.or(refusal);
                sent = Instant::now();
            }
            sleep(POLL).await;
        }
    }

    /// Hands transactions to the node. An error says nothing about what lands; the last one is kept for the user.
    async fn broadcast(&self, transactions: impl Iterator<Item = &Transaction>) -> Option<String> {
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            ..RpcSendTransactionConfig::default()
        };
        let here = self.is_this_machine();
        let send = async |transaction: &Transaction| {
            if !here {
                sleep(PAUSE).await;
            }
            let sent = self.rpc.send_transaction_with_config(transaction, config);
            sent.await.err().map(|error| self.without_secret(&error))
        };
        stream::iter(transactions.map(send))
            .buffer_unordered(if here { CONNECTIONS } else { 1 })
            .fold(None, async |last, error| error.or(last))
            .await
    }

    /// Fills in the fates that the ledger knows. The highest slot among them.
    async fn ask(
        &self,
        transactions: &[Transaction],
        fates: &mut [Option<Fate>],
        last_valid_height: u64,
    ) -> Result<u64> {
        // The height is read first: a status that is still missing after it counts.
        let height = self.answer(self.rpc.get_block_height().await)?;
        let open: Vec<usize> = (0..fates.len())
            .filter(|index| fates[*index].is_none())
            .collect();
        let mut slot = 0;
        for indices in open.chunks(STATUSES) {
            let signatures: Vec<Signature> = indices
                .iter()
                .map(|index| transactions[*index].signatures[0])
                .collect();
            let statuses = self.rpc.get_signature_statuses(&signatures).await;
            let statuses = self.answer(statuses)?.value;
            for (index, status) in indices.iter().zip(statuses) {
                slot = status.as_ref().map_or(0, |status| status.slot).max(slot);
                fates[*index] = self.fate(status, height > last_valid_height);
            }
        }
        Ok(slot)
    }

    fn fate(&self, status: Option<TransactionStatus>, expired: bool) -> Option<Fate> {
        match status {
            Some(status) if !status.satisfies_commitment(self.commitment()) => None,
            Some(TransactionStatus { err: Some(err), .. }) => Some(Fate::Failed(err)),
            Some(_) => Some(Fate::Landed),
            None => expired.then_some(Fate::Expired),
        }
    }

    /// Has the node try a transaction first, so that what can't work costs nothing.
    ///
    /// # Errors
    /// [`DeployError::Refused`].
    pub(crate) async fn rehearse(
        &self,
        action: &'static str,
        signers: &[&Keypair],
        instructions: &[Instruction],
    ) -> Result<()> {
        let block_hash = self.answer(self.rpc.get_latest_blockhash().await)?;
        let transaction = signed(signers, instructions, block_hash)?;
        let simulated = self.rpc.simulate_transaction(&transaction).await;
        let result = match simulated {
            Ok(answer) => answer.value,
            Err(error) => {
                return Err(refused_before_landing(action, &error).unwrap_or_else(|| {
                    DeployError::Node {
                        url: self.shown(),
                        reason: self.without_secret(&error),
                    }
                }));
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

fn refused_before_landing(action: &'static str, error: &RpcError) -> Option<DeployError> {
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
