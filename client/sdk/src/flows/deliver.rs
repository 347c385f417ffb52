use generion::{DeliverArgs, args::Capsules};
use generion_crypto::{
    delivery::{self, Delivery, DeliveryRecord},
    keys::PurchaseKey,
    rand_core::OsRng,
};
use generion_interface::accounts::PurchaseAccount;
use solana_address::Address;
use solana_signer::Signer;

use crate::{
    Client, ClientError, GenerionError, KeySource, Landed, Listed, SendOptions,
    accounts::RecordAccount,
};

/// Records that fit one legacy transaction, beside a fee payer of its own.
const RECORDS_PER_TRANSACTION: usize = 9;
/// Seconds that each transaction of a delivery is given before the deadline: about as long as a block hash lives.
const SECONDS_PER_TRANSACTION: i64 = 60;

/// A transaction of a delivery.
#[derive(Clone, Debug)]
pub struct DeliveredBatch {
    /// Position in the order of its first record.
    pub first: usize,
    /// Its records.
    pub count: usize,
    /// The transaction.
    pub landed: Landed,
}

/// What a delivery did.
#[derive(Clone, Debug)]
pub struct DeliveryReport {
    /// Its transactions, in order.
    pub batches: Vec<DeliveredBatch>,
    /// Lamports that the seller was paid.
    pub earned: u64,
}

/// Neighbours in an order that were made for the same key and are not delivered yet.
struct Batch<'a> {
    first: usize,
    records: &'a [Listed<RecordAccount>],
}

impl Client {
    /// Re-encrypts the keys of a purchase to its buyer, proves it to the ledger and collects the price for the seller.
    /// `keys` are the seller's; `payer` pays the fees and may be anybody. What is delivered already is left out.
    ///
    /// # Errors
    /// [`ClientError::TooLate`] before anything is given away where the time doesn't suffice;
    /// [`ClientError::ForeignKey`]; those of [`crate::Ledger::send`]. Batches that landed before an error stay delivered,
    /// and another call goes on behind them.
    pub async fn deliver(
        &self,
        keys: &dyn KeySource,
        payer: &dyn Signer,
        purchase: &Address,
    ) -> Result<DeliveryReport, ClientError> {
        let account = self.ledger.purchase(purchase).await?;
        if account.state.is_settled() {
            return Err(ClientError::Argument(format!(
                "purchase {purchase}: {}",
                GenerionError::AlreadySettled
            )));
        }
        let records = self.order_records(&account.state.order).await?;
        let batches = batches(&account, &records);
        self.require_time(purchase, &account, batches.len()).await?;

        let mut report = DeliveryReport {
            batches: Vec::with_capacity(batches.len()),
            earned: 0,
        };
        for batch in batches {
            let delivery = self.prove(keys, purchase, &account, &batch)?;
            self.require_time(purchase, &account, 1).await?;
            let landed = self
                .send_delivery(
                    payer,
                    purchase,
                    batch.first,
                    &delivery,
                    SendOptions::default(),
                )
                .await?;
            report.earned += landed.events.iter().map(paid).sum::<u64>();
            report.batches.push(DeliveredBatch {
                first: batch.first,
                count: batch.records.len(),
                landed,
            });
        }
        Ok(report)
    }

    /// Sends a proven batch, whose first record is the order's at position `first`. Anybody may: the proof is what
    /// counts.
    ///
    /// # Errors
    /// Those of [`crate::Ledger::send`].
    pub async fn send_delivery(
        &self,
        payer: &dyn Signer,
        purchase: &Address,
        first: usize,
        delivery: &Delivery,
        options: SendOptions,
    ) -> Result<Landed, ClientError> {
        let state = self.ledger.purchase(purchase).await?.state;
        let ids = self.ledger.order(&state.order).await?.record_ids;
        let batch = ids.get(first..first.saturating_add(delivery.capsules.len()));
        let (Some(batch), Ok(first)) = (batch, u8::try_from(first)) else {
            return Err(ClientError::Argument(
                GenerionError::BatchLength.to_string(),
            ));
        };
        let args = DeliverArgs {
            first,
            proof: delivery.proof,
            capsules: Capsules(delivery.capsules.clone()),
        };
        let instruction = self
            .ledger
            .instructions()
            .deliver(*purchase, &state, batch, args);
        self.ledger.send(&[instruction], payer, &[], options).await
    }

    fn prove(
        &self,
        keys: &dyn KeySource,
        purchase: &Address,
        account: &PurchaseAccount,
        batch: &Batch,
    ) -> Result<Delivery, ClientError> {
        let Some(Listed {
            account: RecordAccount { state: first, .. },
            ..
        }) = batch.records.first()
        else {
            return Err(ClientError::Argument(
                GenerionError::BatchLength.to_string(),
            ));
        };
        let secret = self.secret_for(keys, first.key_index, &first.owner_key)?;
        let buyer_key = PurchaseKey::from_bytes(&account.state.buyer_key)
            .ok_or_else(|| ClientError::Argument(GenerionError::InvalidPoint.to_string()))?;
        let records: Vec<_> = batch
            .records
            .iter()
            .map(|record| DeliveryRecord {
                record: record.address,
                capsule: record.account.state.capsule,
            })
            .collect();
        Ok(delivery::deliver(
            self.ledger.program_id(),
            purchase,
            &secret,
            &buyer_key,
            &records,
            &mut OsRng,
        )?)
    }

    /// Keys that reach the ledger too late give the data away for nothing.
    async fn require_time(
        &self,
        purchase: &Address,
        account: &PurchaseAccount,
        batches: usize,
    ) -> Result<(), ClientError> {
        let seconds_left = account
            .state
            .deadline
            .saturating_sub(self.ledger.unix_time().await?);
        let needed = i64::try_from(batches)
            .unwrap_or(i64::MAX)
            .saturating_mul(SECONDS_PER_TRANSACTION);
        if seconds_left <= 0 || (batches > 1 && seconds_left < needed) {
            return Err(ClientError::TooLate {
                purchase: *purchase,
                seconds_left,
                batches,
            });
        }
        Ok(())
    }
}

fn paid(event: &crate::events::Event) -> u64 {
    match event {
        crate::events::Event::Delivered(delivered) => delivered.lamports.get(),
        _ => 0,
    }
}

fn batches<'a>(account: &PurchaseAccount, records: &'a [Listed<RecordAccount>]) -> Vec<Batch<'a>> {
    let mut batches: Vec<Batch> = Vec::new();
    for (position, (slot, record)) in account.capsules.iter().zip(records).enumerate() {
        if slot.is_some() {
            continue;
        }
        match batches.last_mut() {
            Some(batch)
                if batch.first + batch.records.len() == position
                    && batch.records.len() < RECORDS_PER_TRANSACTION
                    && batch.records[0].account.state.owner_key
                        == record.account.state.owner_key =>
            {
                batch.records = &records[batch.first..=position];
            }
            _ => batches.push(Batch {
                first: position,
                records: &records[position..=position],
            }),
        }
    }
    batches
}
