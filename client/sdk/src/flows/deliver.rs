use generion::{DeliverArgs, args::Capsules, proof::delivery::DeliveryProof};
use generion_crypto::{
    delivery::{self, Delivery, DeliveryRecord},
    keys::PurchaseKey,
    rand_core::OsRng,
};
use generion_interface::accounts::PurchaseAccount;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_signer::Signer;

use crate::{
    Capsule, Client, ClientError, GenerionError, KeySource, Landed, Listed, SendOptions,
    accounts::RecordAccount, constants::MAX_DELIVERY_BATCH,
};

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
#[derive(Clone, Copy)]
pub(crate) struct Batch<'a> {
    /// Position in the order of the first one.
    pub first: usize,
    /// They.
    pub records: &'a [Listed<RecordAccount>],
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
        let purchase = Listed {
            address: *purchase,
            account: self.ledger.purchase(purchase).await?,
        };
        let state = &purchase.account.state;
        if state.is_settled() {
            return Err(ClientError::Argument(format!(
                "purchase {}: {}",
                purchase.address,
                GenerionError::AlreadySettled
            )));
        }
        let records = self.order_records(&state.order).await?;
        let batches = self.batches(&purchase, &records, &payer.pubkey());
        require_time(&purchase, batches.len(), self.ledger.unix_time().await?)?;

        let mut report = DeliveryReport {
            batches: Vec::with_capacity(batches.len()),
            earned: 0,
        };
        for batch in batches {
            let instruction = self.delivery(keys, &purchase, batch)?;
            let options = SendOptions {
                not_after: Some(last_moment(&purchase)),
                ..SendOptions::default()
            };
            let landed = self
                .ledger
                .send(&[instruction], payer, &[], options)
                .await
                .map_err(|error| match error {
                    ClientError::SentTooLate { now, .. } => too_late(&purchase, 1, now),
                    error => error,
                })?;
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

    /// What is missing of a purchase, in as few batches as fit the transactions of `payer`.
    pub(crate) fn batches<'a>(
        &self,
        purchase: &Listed<PurchaseAccount>,
        records: &'a [Listed<RecordAccount>],
        payer: &Address,
    ) -> Vec<Batch<'a>> {
        let largest = (1..=MAX_DELIVERY_BATCH.min(records.len()))
            .rev()
            .find(|count| {
                let capsule = Capsule {
                    ephemeral: [0; 32],
                    masked: [0; 32],
                };
                let proof = DeliveryProof {
                    challenge: [0; 16],
                    owner_response: [0; 32],
                    ephemeral_response: [0; 32],
                };
                let placeholder = Delivery {
                    proof,
                    capsules: vec![capsule; *count],
                };
                let instruction = self.instruction(purchase, &records[..*count], 0, placeholder);
                self.ledger.fits(&[instruction], payer)
            });
        split(&purchase.account, records, largest.unwrap_or(1))
    }

    /// Re-encrypts a batch to the purchase's buyer and proves it.
    pub(crate) fn delivery(
        &self,
        keys: &dyn KeySource,
        purchase: &Listed<PurchaseAccount>,
        batch: Batch<'_>,
    ) -> Result<Instruction, ClientError> {
        let argument = |error: GenerionError| ClientError::Argument(error.to_string());
        let first = batch
            .records
            .first()
            .ok_or_else(|| argument(GenerionError::BatchLength))?
            .account
            .state;
        let position =
            u8::try_from(batch.first).map_err(|_| argument(GenerionError::BatchLength))?;
        let secret = self.secret_for(keys, first.key_index, &first.owner_key)?;
        let buyer_key = PurchaseKey::from_bytes(&purchase.account.state.buyer_key)
            .ok_or_else(|| argument(GenerionError::InvalidPoint))?;
        let records: Vec<_> = batch
            .records
            .iter()
            .map(|record| DeliveryRecord {
                record: record.address,
                capsule: record.account.state.capsule,
            })
            .collect();
        let delivery = delivery::deliver(
            self.ledger.program_id(),
            &purchase.address,
            &secret,
            &buyer_key,
            &records,
            &mut OsRng,
        )?;
        Ok(self.instruction(purchase, batch.records, position, delivery))
    }

    fn instruction(
        &self,
        purchase: &Listed<PurchaseAccount>,
        records: &[Listed<RecordAccount>],
        first: u8,
        delivery: Delivery,
    ) -> Instruction {
        let ids: Vec<_> = records
            .iter()
            .map(|record| record.account.state.id)
            .collect();
        let args = DeliverArgs {
            first,
            proof: delivery.proof,
            capsules: Capsules(delivery.capsules),
        };
        let state = &purchase.account.state;
        self.ledger
            .instructions()
            .deliver(purchase.address, state, &ids, args)
    }
}

/// The last moment to send a delivery at: keys that reach the ledger too late give the data away for nothing.
pub(crate) fn last_moment(purchase: &Listed<PurchaseAccount>) -> i64 {
    purchase.account.state.deadline.saturating_sub(1)
}

/// Refuses to begin what can't be finished before the deadline. `now` is the ledger's time.
pub(crate) fn require_time(
    purchase: &Listed<PurchaseAccount>,
    batches: usize,
    now: i64,
) -> Result<(), ClientError> {
    let seconds_left = purchase.account.state.deadline.saturating_sub(now);
    let needed = i64::try_from(batches)
        .unwrap_or(i64::MAX)
        .saturating_mul(SECONDS_PER_TRANSACTION);
    if seconds_left <= 0 || (batches > 1 && seconds_left < needed) {
        return Err(too_late(purchase, batches, now));
    }
    Ok(())
}

pub(crate) fn too_late(
    purchase: &Listed<PurchaseAccount>,
    batches: usize,
    now: i64,
) -> ClientError {
    ClientError::TooLate {
        purchase: purchase.address,
        seconds_left: purchase.account.state.deadline.saturating_sub(now),
        batches,
    }
}

/// What the seller was paid, in lamports.
pub(crate) fn paid(event: &crate::events::Event) -> u64 {
    match event {
        crate::events::Event::Delivered(delivered) => delivered.lamports.get(),
        _ => 0,
    }
}

fn split<'a>(
    account: &PurchaseAccount,
    records: &'a [Listed<RecordAccount>],
    largest: usize,
) -> Vec<Batch<'a>> {
    let mut batches: Vec<Batch> = Vec::new();
    for (position, (slot, record)) in account.capsules.iter().zip(records).enumerate() {
        if slot.is_some() {
            continue;
        }
        match batches.last_mut() {
            Some(batch)
                if batch.first + batch.records.len() == position
                    && batch.records.len() < largest
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
