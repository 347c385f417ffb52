//! The common parts of transactions that are signed shortly after each other.

use std::time::Duration;

use futures::future::try_join;
use solana_instruction::Instruction;
use solana_signer::Signer;
use tokio::{sync::Mutex, time::Instant};

use super::{
    options::Units,
    signed::{Signed, Validity, signed},
};
use crate::{error::ClientError, ledger::Ledger};

/// The time for which a block hash and a price are used: a small part of the time for which the hash makes transactions valid.
const LONGEST_USE: Duration = Duration::from_secs(5);

/// Block hash and price of transactions that write to the same accounts, but for new ones: a node is asked for them once
/// in a while, and not for each transaction.
#[derive(Default)]
pub(crate) struct SharedTerms(Mutex<Option<Terms>>);

#[derive(Clone, Copy)]
struct Terms {
    known_since: Instant,
    validity: Validity,
    price: u64,
}

impl SharedTerms {
    /// A transaction's block hash has expired: another one is asked for.
    pub(crate) async fn expired(&self, signed: &Signed) {
        let mut known = self.0.lock().await;
        if known.is_some_and(|terms| terms.validity.hash == signed.validity.hash) {
            *known = None;
        }
    }
}

impl Ledger {
    /// Signs a transaction with this many compute units, and does not simulate it. Nothing is sent.
    ///
    /// # Errors
    /// [`ClientError::Node`], [`ClientError::Signer`].
    pub(crate) async fn sign_on(
        &self,
        instructions: &[Instruction],
        payer: &(dyn Signer + Sync),
        signers: &[&(dyn Signer + Sync)],
        units: u32,
        terms: &SharedTerms,
    ) -> Result<Signed, ClientError> {
        let Terms {
            validity, price, ..
        } = self.terms(instructions, terms).await?;
        let units = Units::Fixed(units);
        let instructions = self
            .budgeted_at(instructions, &payer.pubkey(), units, price)
            .await?;
        signed(&instructions, payer, signers, validity)
    }

    /// Asks for block hash and price, so that [`Self::sign_on`] finds them.
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub(crate) async fn learn(
        &self,
        instructions: &[Instruction],
        terms: &SharedTerms,
    ) -> Result<(), ClientError> {
        self.terms(instructions, terms).await.map(drop)
    }

    /// Callers that come during a request wait for its answer.
    async fn terms(
        &self,
        instructions: &[Instruction],
        shared: &SharedTerms,
    ) -> Result<Terms, ClientError> {
        let mut known = shared.0.lock().await;
        match *known {
            Some(terms) if terms.known_since.elapsed() < LONGEST_USE => Ok(terms),
            _ => {
                let known_since = Instant::now();
                let (price, validity) =
                    try_join(self.price(instructions, 0), self.validity()).await?;
                let terms = Terms {
                    known_since,
                    validity,
                    price,
                };
                *known = Some(terms);
                Ok(terms)
            }
        }
    }
}
