use std::time::Duration;

use generion::GenerionError;
use generion_interface::events::{self, Event};
use solana_instruction::{Instruction, error::InstructionError};
use solana_rpc_client_api::{
    client_error::{Error as RpcError, ErrorKind},
    config::RpcSendTransactionConfig,
    request::{RpcError as ResponseError, RpcResponseErrorData},
};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::Transaction;
use solana_transaction_error::TransactionError;
use solana_transaction_status_client_types::option_serializer::OptionSerializer;
use tokio::time::{Instant, sleep};

use crate::{ClientError, Ledger, Refusal};

/// How often the ledger is asked for a transaction's fate.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// How long a node may fail to answer before a transaction's fate is reported as unknown.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a transaction is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendOptions {
    /// Whether the node simulates the transaction first, and refuses it at no cost where it would fail.
    pub preflight: bool,
}

impl Default for SendOptions {
    fn default() -> Self {
        Self { preflight: true }
    }
}

/// A transaction on the ledger, as the ledger tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landed {
    /// Its signature.
    pub signature: Signature,
    /// Its slot.
    pub slot: u64,
    /// Its fee, in lamports.
    pub fee: u64,
    /// The compute units it used.
    pub compute_units: u64,
    /// The program's events.
    pub events: Vec<Event>,
}

impl Ledger {
    /// Signs and sends a transaction, and waits until the ledger tells its fate. `payer` pays the fee; repeated signers
    /// are fine. Once sent, it is never sent a second time under another block hash: a lost answer is resolved by
    /// looking at the ledger.
    ///
    /// # Errors
    /// [`ClientError::Refused`]; [`ClientError::Expired`] where it did not land and never will; [`ClientError::Unknown`]
    /// where the node stopped answering; [`ClientError::Node`] where it was not sent at all.
    pub async fn send(
        &self,
        instructions: &[Instruction],
        payer: &dyn Signer,
        signers: &[&dyn Signer],
        options: SendOptions,
    ) -> Result<Landed, ClientError> {
        let (block_hash, last_valid_height) = self
            .rpc()
            .get_latest_blockhash_with_commitment(self.rpc().commitment())
            .await
            .map_err(|error| self.node(error))?;
        let mut all = vec![payer];
        for signer in signers {
            if all.iter().all(|known| known.pubkey() != signer.pubkey()) {
                all.push(*signer);
            }
        }
        let mut transaction = Transaction::new_with_payer(instructions, Some(&payer.pubkey()));
        transaction.try_sign(&all, block_hash)?;
        let signature = transaction.signatures.first().copied().unwrap_or_default();

        let config = RpcSendTransactionConfig {
            skip_preflight: !options.preflight,
            preflight_commitment: Some(self.rpc().commitment().commitment),
            ..RpcSendTransactionConfig::default()
        };
        if let Err(error) = self
            .rpc()
            .send_transaction_with_config(&transaction, config)
            .await
        {
            if let Some(refusal) = refusal_before_landing(&error) {
                return Err(ClientError::Refused(Box::new(refusal)));
            }
            // An answer of the node's means that it did not take the transaction; a lost answer means nothing.
            if matches!(error.kind(), ErrorKind::RpcError(_)) {
                return Err(self.node(error));
            }
        }
        self.await_fate(&signature, last_valid_height).await
    }

    async fn await_fate(
        &self,
        signature: &Signature,
        last_valid_height: u64,
    ) -> Result<Landed, ClientError> {
        let mut last_answer = Instant::now();
        loop {
            match self.fate(signature, last_valid_height).await {
                Ok(Some(landed)) => return Ok(landed),
                Ok(None) => last_answer = Instant::now(),
                Err(ClientError::Node { .. }) if last_answer.elapsed() < PATIENCE => {}
                Err(ClientError::Node { .. }) => return Err(ClientError::Unknown(*signature)),
                Err(error) => return Err(error),
            }
            sleep(POLL_INTERVAL).await;
        }
    }

    /// The transaction, once it is on the ledger; an error once it never will be. A node may know the status before
    /// it can show the transaction, which counts as no answer.
    async fn fate(
        &self,
        signature: &Signature,
        last_valid_height: u64,
    ) -> Result<Option<Landed>, ClientError> {
        // The height is read first: a status that is still missing after it counts.
        let height = self
            .rpc()
            .get_block_height()
            .await
            .map_err(|error| self.node(error))?;
        let statuses = self
            .rpc()
            .get_signature_statuses(&[*signature])
            .await
            .map_err(|error| self.node(error))?;
        match statuses.value.into_iter().next().flatten() {
            Some(status) if status.satisfies_commitment(self.rpc().commitment()) => {
                self.landed(signature).await.map(Some)
            }
            Some(_) => Ok(None),
            None if height > last_valid_height => Err(ClientError::Expired(*signature)),
            None => Ok(None),
        }
    }

    /// Reads a transaction back from the ledger.
    ///
    /// # Errors
    /// [`ClientError::Refused`] where it failed; [`ClientError::Node`].
    pub async fn landed(&self, signature: &Signature) -> Result<Landed, ClientError> {
        let transaction = self.transaction(signature).await?;
        let Some(meta) = transaction.transaction.meta else {
            return Err(ClientError::Unknown(*signature));
        };
        let logs = match meta.log_messages {
            OptionSerializer::Some(logs) => logs,
            _ => Vec::new(),
        };
        if let Some(error) = meta.err {
            return Err(ClientError::Refused(Box::new(Refusal::new(
                Some(*signature),
                error.into(),
                logs,
            ))));
        }
        let compute_units = match meta.compute_units_consumed {
            OptionSerializer::Some(units) => units,
            _ => 0,
        };
        let events = events::from_logs(self.program_id(), logs.iter().map(String::as_str));
        Ok(Landed {
            signature: *signature,
            slot: transaction.slot,
            fee: meta.fee,
            compute_units,
            events,
        })
    }
}

fn refusal_before_landing(error: &RpcError) -> Option<Refusal> {
    let transaction_error = error.get_transaction_error()?;
    let logs = match error.kind() {
        ErrorKind::RpcError(ResponseError::RpcResponseError {
            data: RpcResponseErrorData::SendTransactionPreflightFailure(simulation),
            ..
        }) => simulation.logs.clone().unwrap_or_default(),
        _ => Vec::new(),
    };
    Some(Refusal::new(None, transaction_error, logs))
}

impl Refusal {
    pub(crate) fn new(
        signature: Option<Signature>,
        error: TransactionError,
        logs: Vec<String>,
    ) -> Self {
        let rule = match &error {
            TransactionError::InstructionError(_, InstructionError::Custom(code)) => {
                GenerionError::from_code(*code)
            }
            _ => None,
        };
        let reason = match (&error, rule) {
            (_, Some(rule)) => format!("the ledger refused the transaction: {rule}"),
            // This library derives every address itself, so only an id that has been taken meanwhile leads here.
            (TransactionError::InstructionError(_, InstructionError::InvalidSeeds), _) => {
                "the next record or order id of the wallet was taken by another transaction"
                    .to_owned()
            }
            (TransactionError::AccountNotFound, _) => {
                "the wallet that pays the fee holds no lamports".to_owned()
            }
            (TransactionError::InstructionError(_, InstructionError::Custom(1)), _) => {
                let detail = logs
                    .iter()
                    .find(|line| line.contains("insufficient lamports"));
                format!(
                    "the paying wallet has too little: {}",
                    detail.map_or("insufficient lamports", String::as_str)
                )
            }
            _ => format!("the ledger refused the transaction: {error}"),
        };
        Self {
            signature,
            error,
            rule,
            reason,
            logs,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_race_for_an_id_says_to_try_again() {
        for error in [
            InstructionError::InvalidSeeds,
            InstructionError::Custom(GenerionError::NotNextRecordId as u32 + 6000),
            InstructionError::Custom(GenerionError::NotNextOrderId as u32 + 6000),
        ] {
            let error = TransactionError::InstructionError(0, error);
            let refusal = ClientError::Refused(Box::new(Refusal::new(None, error, Vec::new())));
            assert!(refusal.advice().contains("try again"), "{refusal}");
        }
    }
}
