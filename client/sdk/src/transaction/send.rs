use futures::future::{join_all, try_join};
use generion_rpc::node::{Node, NodeErrorKind};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_rpc_client_api::config::RpcSendTransactionConfig;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::Transaction;

use super::{
    budget::{self, MAX_TRANSACTION_BYTES},
    confirmed::ConfirmedTransaction,
    options::{SendOptions, Units},
    signed::{Signed, signed},
};
use crate::{error::ClientError, ledger::Ledger, progress::Activity};

impl Ledger {
    /// Signs and sends a transaction, and waits until the ledger tells its fate. `payer` pays the fee; repeated signers
    /// are fine. The same bytes are sent to all nodes again and again until then; only once they can't land any more,
    /// because their block hash expired, is it made anew with the next one.
    ///
    /// # Errors
    /// [`ClientError::Refused`]; [`ClientError::Expired`] where it did not land and never will; [`ClientError::Unknown`]
    /// where the nodes stopped answering; [`ClientError::SentTooLate`] and [`ClientError::Node`] where it was not sent at
    /// all.
    pub async fn send(
        &self,
        instructions: &[Instruction],
        payer: &dyn Signer,
        signers: &[&dyn Signer],
        options: SendOptions,
    ) -> Result<ConfirmedTransaction, ClientError> {
        let mut attempts = 1;
        loop {
            let signed = self.sign(instructions, payer, signers, options).await?;
            match self.dispatch(&signed).await {
                Err(ClientError::Expired(_)) if attempts < options.attempts => attempts += 1,
                fate => return fate,
            }
        }
    }

    /// Simulates a transaction, where the options say so, and signs it, without sending it: for who has to write down what
    /// may land before it can.
    ///
    /// # Errors
    /// [`ClientError::Refused`], [`ClientError::SentTooLate`], [`ClientError::Node`]; nothing was sent.
    pub async fn sign(
        &self,
        instructions: &[Instruction],
        payer: &dyn Signer,
        signers: &[&dyn Signer],
        options: SendOptions,
    ) -> Result<Signed, ClientError> {
        let SendOptions { units, raise, .. } = options;
        let of_payer = payer.pubkey();
        let budgeted = self.budgeted(instructions, &of_payer, units, raise);
        let (instructions, validity) = match units {
            // The newest block hash, once it is known what to sign.
            Units::Simulated => (budgeted.await?, self.validity().await?),
            Units::Fixed(_) => try_join(budgeted, self.validity()).await?,
        };
        if let Some(not_after) = options.not_after {
            let now = self.earliest_time(validity.slot).await?;
            if now > not_after {
                return Err(ClientError::SentTooLate { now, not_after });
            }
        }
        signed(&instructions, payer, signers, validity)
    }

    /// Sends what was signed, once or again, and waits until the ledger tells its fate.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn dispatch(&self, signed: &Signed) -> Result<ConfirmedTransaction, ClientError> {
        let mut refused = None;
        let mut may_be_taken = false;
        for answer in self.broadcast(&signed.transaction).await {
            match answer {
                // An answer of the node's means that it did not take the transaction; a lost answer means nothing.
                Err(error @ ClientError::Node(_)) if is_refusal(&error) => {
                    refused = refused.or(Some(error));
                }
                Err(error @ ClientError::OtherGenesis(_)) => refused = refused.or(Some(error)),
                _ => may_be_taken = true,
            }
        }
        match refused {
            Some(error) if !may_be_taken => return Err(error),
            _ => {}
        }
        let confirming = self.progress.begin(Activity::Confirming, None);
        let fate = self.await_confirmation(signed).await;
        drop(confirming);
        match &fate {
            Ok(confirmed) => self.expect_slot(confirmed.slot),
            Err(ClientError::Refused(refusal)) => self.expect_slot(refusal.slot),
            Err(_) => {}
        }
        fate
    }

    /// Hands a signed transaction to all nodes. It is checked by the simulation before, not here: a transaction that is
    /// sent a second time would be refused for having landed.
    pub(super) async fn broadcast(
        &self,
        transaction: &Transaction,
    ) -> Vec<Result<Signature, ClientError>> {
        join_all(
            self.nodes()
                .iter()
                .map(|node| self.hand_to(node, transaction)),
        )
        .await
    }

    /// Hands a signed transaction to a node, which is not asked to simulate it.
    pub(crate) async fn hand_to(
        &self,
        node: &Node,
        transaction: &Transaction,
    ) -> Result<Signature, ClientError> {
        self.check_genesis_of(node).await?;
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            preflight_commitment: Some(node.rpc().commitment().commitment),
            ..RpcSendTransactionConfig::default()
        };
        node.rpc()
            .send_transaction_with_config(transaction, config)
            .await
            .map_err(|error| node.error(error).into())
    }

    /// Whether the instructions fit one transaction of `payer`, with what a priority price takes.
    pub fn fits(&self, instructions: &[Instruction], payer: &Address) -> bool {
        budget::size(&self.priced(instructions), payer) <= MAX_TRANSACTION_BYTES
    }
}

/// Whether a node answered, and did not take what it was handed.
fn is_refusal(error: &ClientError) -> bool {
    matches!(
        error,
        ClientError::Node(error)
            if matches!(error.kind(), NodeErrorKind::Refused { .. } | NodeErrorKind::Behind { .. })
    )
}
