use generion_rpc::amount::FEE_PER_SIGNATURE;
use solana_signer::Signer;

use super::{
    delivery_batch::{last_moment, require_pending, require_time, too_late},
    sale::Sale,
};
use crate::{
    client::Client,
    error::ClientError,
    transaction::{confirmed::ConfirmedTransaction, options::SendOptions},
    wallet::KeySource,
};

/// A transaction of a delivery.
#[derive(Clone, Debug)]
pub struct DeliveredBatch {
    /// Position in the order of its first record.
    pub first: usize,
    /// The purchase's records.
    pub count: usize,
    /// The transaction.
    pub confirmed: ConfirmedTransaction,
}

/// The result of a delivery.
#[derive(Clone, Debug, Default)]
pub struct DeliveryReport {
    /// The transactions of the delivery, in order.
    pub batches: Vec<DeliveredBatch>,
}

/// The delivery of a purchase, one transaction for each batch of its records. Nothing is proven, signed or sent yet.
pub struct PreparedDelivery<'a> {
    client: &'a Client,
    keys: &'a dyn KeySource,
    payer: &'a (dyn Signer + Sync),
    sale: &'a Sale,
}

impl Client {
    /// Prepares the delivery of a purchase: re-encrypts its keys to its buyer, with a proof for the ledger. The last record
    /// locks the purchase: nobody can open anything yet, and [`Self::settle`] collects the price. `keys` are the seller's.
    /// `payer` may be any wallet: it pays the fees of the delivery and of settling ([`Self::settle_reserve`]). Records that are
    /// delivered already are left out.
    pub fn deliver<'a>(
        &'a self,
        keys: &'a dyn KeySource,
        payer: &'a (dyn Signer + Sync),
        sale: &'a Sale,
    ) -> PreparedDelivery<'a> {
        PreparedDelivery {
            client: self,
            keys,
            payer,
            sale,
        }
    }
}

impl PreparedDelivery<'_> {
    /// Makes a dry run of each transaction, which reveals nothing to anybody. Returns the highest cost of delivering and
    /// settling, in lamports.
    ///
    /// # Errors
    /// [`ClientError::PurchaseState`]; [`ClientError::Refused`] if the ledger would refuse a transaction;
    /// [`ClientError::Node`].
    pub async fn dry_run(&self) -> Result<u64, ClientError> {
        require_pending(self.sale)?;
        let (client, payer) = (self.client, self.payer.pubkey());
        let mut cost = Client::settle_reserve(1);
        for batch in client.batches(self.sale, &payer) {
            let instruction = client.delivery(self.keys, self.sale, batch)?;
            client.ledger.simulate(&[instruction], &payer).await?;
            cost = cost.saturating_add(FEE_PER_SIGNATURE);
        }
        Ok(cost)
    }

    /// Signs and sends one transaction after the other, and waits until each is confirmed.
    ///
    /// A delivery reveals nothing to anybody. If the future is dropped, the last transaction may still reach the ledger, and
    /// another delivery continues after it.
    ///
    /// # Errors
    /// [`ClientError::PurchaseState`]; [`ClientError::TooLate`]; before the batch that locks, those of
    /// [`Client::check_lock`]; those of [`crate::Ledger::send`]. Batches that were confirmed before an error stay delivered,
    /// and another delivery continues after them.
    pub async fn send(self) -> Result<DeliveryReport, ClientError> {
        let Self {
            client,
            keys,
            payer,
            sale,
        } = self;
        require_pending(sale)?;
        let batches = client.batches(sale, &payer.pubkey());
        require_time(sale, batches.len(), client.ledger.earliest_time(0).await?)?;
        let mut report = DeliveryReport::default();
        for batch in batches {
            let instruction = client.delivery(keys, sale, batch)?;
            if batch.locks {
                client.check_lock(sale, &payer.pubkey(), 1).await?;
            }
            let options = SendOptions {
                not_after: Some(last_moment(sale)),
                ..SendOptions::default()
            };
            let confirmed = client
                .ledger
                .send(&[instruction], payer, &[], options)
                .await
                .map_err(|error| match error {
                    ClientError::SentTooLate { now, .. } => too_late(sale, 1, now),
                    error => error,
                })?;
            report.batches.push(DeliveredBatch {
                first: batch.first,
                count: batch.records.len(),
                confirmed,
            });
        }
        Ok(report)
    }
}
