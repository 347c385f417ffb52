use futures::future::try_join;
use generion_interface::transaction::MAX_TRANSACTION_BYTES;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_signer::Signer;

use super::{
    budget,
    confirmed::ConfirmedTransaction,
    options::{SendOptions, Units},
    signed::{Signed, signed},
};
use crate::{error::ClientError, ledger::Ledger, progress::Activity};

impl Ledger {
    /// Signs and sends a transaction, and waits until it is confirmed. `payer` pays the fee; signers may be repeated. The same
    /// bytes are sent to all nodes again and again until then. A new transaction with the next block hash is made only once the
    /// last one has expired.
    ///
    /// Dropped after sending, it leaves a transaction that may still be confirmed, for as long as its block hash is valid.
    ///
    /// # Errors
    /// [`ClientError::Refused`]; [`ClientError::Expired`] if it is not on the ledger and never will be;
    /// [`ClientError::Unknown`] if the nodes stopped answering; [`ClientError::SentTooLate`] and [`ClientError::Node`] if it
    /// was not sent at all.
    pub async fn send(
        &self,
        instructions: &[Instruction],
        payer: &(dyn Signer + Sync),
        signers: &[&(dyn Signer + Sync)],
        options: SendOptions,
    ) -> Result<ConfirmedTransaction, ClientError> {
        let mut attempts = 1;
        loop {
            let signed = self.sign(instructions, payer, signers, options).await?;
            match self.dispatch(&signed).await {
                Err(ClientError::Expired(_)) if attempts < options.attempts => attempts += 1,
                confirmed => return confirmed,
            }
        }
    }

    /// Simulates a transaction, if the options say so, and signs it, without sending it: for callers that have to write down a
    /// transaction before it can reach the ledger.
    ///
    /// # Errors
    /// [`ClientError::Refused`], [`ClientError::SentTooLate`], [`ClientError::Node`]; nothing was sent.
    pub async fn sign(
        &self,
        instructions: &[Instruction],
        payer: &(dyn Signer + Sync),
        signers: &[&(dyn Signer + Sync)],
        options: SendOptions,
    ) -> Result<Signed, ClientError> {
        let SendOptions { units, raise, .. } = options;
        let of_payer = payer.pubkey();
        let budgeted = self.budgeted(instructions, &of_payer, units, raise);
        let (instructions, validity) = match units {
            // The newest block hash, read once the message is known.
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

    /// Sends a signed transaction, for the first time or again, and waits until it is confirmed.
    ///
    /// Dropped, it leaves a transaction that may still be confirmed: [`Ledger::confirmed_transaction`] finds it by its signature.
    ///
    /// # Errors
    /// Those of [`Self::send`].
    pub async fn dispatch(&self, signed: &Signed) -> Result<ConfirmedTransaction, ClientError> {
        let (confirmer, transaction) = (self.confirmer(), &signed.transaction);
        confirmer.send(transaction).await?;
        let confirming = self.progress.begin(Activity::Confirming, None);
        let last_height = signed.validity.last_height;
        let confirmed = confirmer.confirm(transaction, last_height).await;
        drop(confirming);
        let confirmed = confirmed.map_err(ClientError::from);
        match &confirmed {
            Ok(confirmed) => self.expect_slot(confirmed.slot),
            Err(ClientError::Refused(refused)) => self.expect_slot(refused.slot),
            Err(_) => {}
        }
        Ok(self.with_events(confirmed?))
    }

    /// Whether the instructions fit one transaction of `payer`, with those for a priority price.
    pub fn fits(&self, instructions: &[Instruction], payer: &Address) -> bool {
        budget::size(&self.priced(instructions), payer) <= MAX_TRANSACTION_BYTES
    }
}
