use std::time::Duration;

use generion::{
    DeliverArgs, GenerionError,
    args::Capsules,
    constants::REFUND_GRACE,
    proof::{Capsule, delivery::DeliveryProof},
    state,
};
use generion_crypto::{
    delivery::{self, Delivery, DeliveryRecord},
    rand_core::OsRng,
    settle::SettleKey,
};
use generion_interface::accounts::{PurchaseAccount, RecordAccount};
use generion_rpc::deadline::{deadline, is_nearer};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_signer::Signer;
use tokio::time::sleep;

use super::sale::Sale;
use crate::{
    client::Client, error::ClientError, ledger::KeyedAccount, transaction::prepared::Prepared,
    wallet::KeySource,
};

/// Most records of one transaction: nine would not fit beside a compute-budget instruction.
const BATCH: usize = 8;
/// Seconds that each transaction of a delivery needs before the deadline: about the lifetime of a block hash.
const SECONDS_PER_TRANSACTION: i64 = 60;
/// The longest time to wait until a purchase on the ledger is final.
const FINALITY_PATIENCE: Duration = Duration::from_secs(90);
/// The time between two questions whether the purchase is final.
const FINALITY_INTERVAL: Duration = Duration::from_secs(1);

/// Consecutive records of an order that are not delivered yet.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Position in the order of the first one.
    pub first: usize,
    /// The records that are not delivered yet.
    pub records: &'a [KeyedAccount<RecordAccount>],
    /// Whether delivering them locks the purchase. Call [`Client::check_lock`] before that.
    pub locks: bool,
}

impl Client {
    /// Makes sure, before a purchase is locked, that it can be settled: enough nodes agree on the purchase and its order in the
    /// final state, both are as the seller believes, there is time left, and `payer`, which pays the fees of settling, holds
    /// the highest cost of this and `open` settlements (this one included). A seller who locks and can't settle binds the
    /// buyer's money for a day, and loses the sale.
    ///
    /// # Errors
    /// [`ClientError::Witness`], [`ClientError::OtherTerms`], [`ClientError::OtherSettleKey`], [`ClientError::TooLate`],
    /// [`ClientError::SettleReserve`]; [`ClientError::NotFound`] where no such purchase becomes final.
    pub async fn check_lock(
        &self,
        sale: &Sale,
        payer: &Address,
        open: usize,
    ) -> Result<(), ClientError> {
        self.require_reserve(payer, open).await?;
        self.await_final(sale, |_| true).await?;
        let now = self.ledger.witnesses().clock().await?.latest();
        require_time(sale, 1, now)
    }

    /// The purchase of a sale once it is final and as it is waited for; an error where that takes too long.
    pub(super) async fn await_final(
        &self,
        sale: &Sale,
        is_right: impl Fn(&PurchaseAccount) -> bool,
    ) -> Result<PurchaseAccount, ClientError> {
        let until = deadline(FINALITY_PATIENCE);
        loop {
            let account = self.agreed_sale(sale).await?;
            if let Some(account) = &account
                && is_right(account)
            {
                return Ok(account.clone());
            }
            if is_nearer(until, FINALITY_INTERVAL) {
                return Err(ClientError::PurchaseState {
                    purchase: sale.purchase,
                    state: match account {
                        None => "the nodes know of no such purchase in what is final",
                        Some(_) => "what is final is not as far as this takes",
                    },
                });
            }
            sleep(FINALITY_INTERVAL).await;
        }
    }

    /// The missing records of a purchase, in as few batches as fit the transactions of `payer`.
    pub fn batches<'a>(&self, sale: &'a Sale, payer: &Address) -> Vec<Batch<'a>> {
        let records = &sale.records[..];
        let largest = (1..=BATCH.min(records.len())).rev().find(|count| {
            let instruction = self.delivery_instruction(
                sale,
                &records[..*count],
                0,
                [0; 32],
                DeliveryProof {
                    challenge: [0; 16],
                    owner_response: [0; 32],
                    ephemeral_response: [0; 32],
                },
                vec![
                    Capsule {
                        ephemeral: [0; 32],
                        masked: [0; 32],
                    };
                    *count
                ],
            );
            self.ledger.fits(&[instruction], payer)
        });
        split(&sale.account, records, largest.unwrap_or(1))
    }

    /// Re-encrypts a batch to the purchase's buyer and proves it. It reveals nothing to anybody until the purchase is
    /// settled.
    ///
    /// # Errors
    /// [`ClientError::ForeignKey`], [`ClientError::Delivery`].
    pub fn delivery(
        &self,
        keys: &dyn KeySource,
        sale: &Sale,
        batch: Batch<'_>,
    ) -> Result<Instruction, ClientError> {
        let too_long = |_| ClientError::Argument(GenerionError::BatchLength.to_string());
        let first = u8::try_from(batch.first).map_err(too_long)?;
        let secret = self.sale_secret(keys, sale)?;
        let records: Vec<_> = batch
            .records
            .iter()
            .map(|record| DeliveryRecord {
                record: record.address,
                capsule: record.account.state.capsule,
            })
            .collect();
        let Delivery {
            settle_key,
            proof,
            capsules,
        } = delivery::deliver(&secret, &sale.terms, &records, &mut OsRng)?;
        let settle_key = SettleKey::to_bytes(&settle_key);
        Ok(self.delivery_instruction(sale, batch.records, first, settle_key, proof, capsules))
    }

    /// As [`Self::delivery`], as a prepared transaction. Call [`Self::check_lock`] before you send the transaction that locks.
    ///
    /// # Errors
    /// Those of [`Self::delivery`].
    pub fn prepare_delivery<'a>(
        &'a self,
        keys: &dyn KeySource,
        payer: &'a (dyn Signer + Sync),
        sale: &Sale,
        batch: Batch<'_>,
    ) -> Result<Prepared<'a>, ClientError> {
        let instruction = self.delivery(keys, sale, batch)?;
        let signers = Vec::new();
        Ok(Prepared::new(
            &self.ledger,
            vec![instruction],
            payer,
            signers,
            (),
        ))
    }

    fn delivery_instruction(
        &self,
        sale: &Sale,
        records: &[KeyedAccount<RecordAccount>],
        first: u8,
        settle_key: [u8; 32],
        proof: DeliveryProof,
        capsules: Vec<Capsule>,
    ) -> Instruction {
        let records: Vec<_> = records.iter().map(|record| record.address).collect();
        let args = DeliverArgs {
            settle_key,
            first,
            proof,
            capsules: Capsules(capsules),
        };
        let state: &state::Purchase = &sale.account.state;
        self.ledger
            .instructions()
            .deliver(sale.purchase, state, &records, args)
    }
}

/// Refuses a purchase that takes no more deliveries.
pub(crate) fn require_pending(sale: &Sale) -> Result<(), ClientError> {
    let state = &sale.account.state;
    let refused = |state| {
        Err(ClientError::PurchaseState {
            purchase: sale.purchase,
            state,
        })
    };
    match (state.is_settled(), state.is_locked()) {
        (true, _) => refused("it is settled already"),
        (_, true) => refused("it is delivered in full already, and waits to be settled"),
        _ => Ok(()),
    }
}

/// The last moment to send a delivery at: later ones are refused by the program.
pub(crate) fn last_moment(sale: &Sale) -> i64 {
    let end = sale.account.state.deadline.saturating_add(REFUND_GRACE);
    end.saturating_sub(1)
}

/// Refuses a delivery that can't end in time. `now` is the ledger's time.
pub(crate) fn require_time(sale: &Sale, batches: usize, now: i64) -> Result<(), ClientError> {
    let seconds_left = last_moment(sale).saturating_sub(now);
    let needed = i64::try_from(batches)
        .unwrap_or(i64::MAX)
        .saturating_mul(SECONDS_PER_TRANSACTION);
    if seconds_left < 0 || (batches > 1 && seconds_left < needed) {
        return Err(too_late(sale, batches, now));
    }
    Ok(())
}

pub(crate) fn too_late(sale: &Sale, batches: usize, now: i64) -> ClientError {
    ClientError::TooLate {
        purchase: sale.purchase,
        seconds_left: last_moment(sale).saturating_sub(now),
        batches,
    }
}

fn split<'a>(
    account: &PurchaseAccount,
    records: &'a [KeyedAccount<RecordAccount>],
    largest: usize,
) -> Vec<Batch<'a>> {
    let mut batches: Vec<Batch> = Vec::new();
    for (position, slot) in account.capsules.iter().enumerate() {
        if slot.is_some() {
            continue;
        }
        match batches.last_mut() {
            Some(batch)
                if batch.first + batch.records.len() == position
                    && batch.records.len() < largest =>
            {
                batch.records = &records[batch.first..=position];
            }
            _ => batches.push(Batch {
                first: position,
                records: &records[position..=position],
                locks: false,
            }),
        }
    }
    if let Some(last) = batches.last_mut() {
        last.locks = true;
    }
    batches
}
