//! The keys that a buyer opens a purchase with, from the ledger or from the receipt.

use std::path::{Path, PathBuf};

use generion::state::Purchase;
use generion_crypto::{delivery::open_settled, keys::PurchaseSecret, settle::SettleSecret};
use generion_interface::accounts::{LedgerAccount, PurchaseAccount};
use solana_address::Address;
use solana_signer::Signer;

use super::documents::record_key;
use crate::{
    client::Client,
    error::ClientError,
    saved::{
        offers::Offer,
        receipts::{DeliveredKeys, PurchaseReceipt},
    },
    wallet::Wallet,
};

impl Client {
    /// Saves the keys of a settled purchase in a new version of its receipt, encrypted to the buyer as the ledger has them:
    /// with them [`Self::open_purchase`] works when the purchase is closed, too. Nothing in the file is secret. Where the
    /// latest receipt has these keys already, nothing is saved.
    ///
    /// All capsules are opened first: a node that shows false keys while the true ones are about to be removed would destroy
    /// the purchase. Keys that don't open a record are saved only if enough nodes agree on them: then the record's creator
    /// cheated.
    ///
    /// # Errors
    /// [`ClientError::NotDelivered`], [`ClientError::NotSettled`]; [`ClientError::Receipt`]; [`ClientError::DataKeyMismatch`],
    /// [`ClientError::Capsule`] for keys that are not the record's, and that not enough nodes show.
    pub async fn export_keys(
        &self,
        buyer: &(dyn Signer + Sync),
        purchase: &Address,
        receipts: &Path,
    ) -> Result<PathBuf, ClientError> {
        let account = self.ledger.purchase(purchase).await?;
        let keys = DeliveredKeys::of(purchase, &account)?;
        let receipt = self.receipt(purchase, &account.state, receipts).await?;
        if let Err(error) = self.check_keys(buyer, &receipt, &keys)
            && self.agreed_keys(purchase).await? != Some(keys.clone())
        {
            return Err(error);
        }
        let delivered = Some(keys);
        if receipt.delivered == delivered
            && let Some(path) = PurchaseReceipt::latest_path(receipts, purchase)
            && PurchaseReceipt::read(&path)? == receipt
        {
            return Ok(path);
        }
        PurchaseReceipt {
            delivered,
            ..receipt
        }
        .save(receipts)
    }

    /// Opens every capsule, and compares its contents with the record's data public key.
    fn check_keys(
        &self,
        buyer: &(dyn Signer + Sync),
        receipt: &PurchaseReceipt,
        keys: &DeliveredKeys,
    ) -> Result<(), ClientError> {
        let (secret, settle_secret) = self.purchase_secrets(buyer, receipt, keys)?;
        for (record, capsule) in receipt.records.iter().zip(&keys.capsules) {
            let element = open_settled(capsule, &secret, &settle_secret).map_err(|source| {
                ClientError::Capsule {
                    record: record.address,
                    source,
                }
            })?;
            record_key(record, &element)?;
        }
        Ok(())
    }

    /// The keys as enough nodes agree on them.
    async fn agreed_keys(&self, purchase: &Address) -> Result<Option<DeliveredKeys>, ClientError> {
        let agreed = self
            .ledger
            .witnesses()
            .agreed_contents(&[*purchase])
            .await?;
        let Some(contents) = agreed.value.into_iter().next().flatten() else {
            return Ok(None);
        };
        let addresses = self.ledger.addresses();
        let account = PurchaseAccount::read(addresses, purchase, &contents.owner, &contents.data);
        let account = account.map_err(|source| ClientError::Account {
            address: *purchase,
            source,
        })?;
        DeliveredKeys::of(purchase, &account).map(Some)
    }

    /// The buyer's secret and the seller's, compared with the purchase, and as many capsules as records.
    pub(super) fn purchase_secrets(
        &self,
        buyer: &(dyn Signer + Sync),
        receipt: &PurchaseReceipt,
        keys: &DeliveredKeys,
    ) -> Result<(PurchaseSecret, SettleSecret), ClientError> {
        let purchase = receipt.purchase;
        // The buyer of a seat is a vault, which has no key: the comparison of keys below shows whether the wallet is the sponsor's.
        if receipt.study.is_none() && receipt.buyer != buyer.pubkey() {
            return Err(ClientError::Argument(format!(
                "purchase {purchase} is by wallet {}, not by {}",
                receipt.buyer,
                buyer.pubkey()
            )));
        }
        let deployment = self.ledger.deployment();
        let wallet = Wallet { signer: buyer };
        let secret = match &receipt.study {
            Some(study) => wallet.study_secret(deployment, study)?.for_seats(),
            None => wallet.purchase_secret(deployment, &receipt.offer.order)?,
        };
        if secret.public_key().to_bytes() != keys.buyer_key {
            return Err(ClientError::Signer(format!(
                "wallet {}: the key of purchase {purchase} is not this signer's",
                buyer.pubkey()
            )));
        }
        let settle_secret = SettleSecret::from_bytes(&keys.settle_secret);
        let settle_secret = settle_secret.ok_or(ClientError::NotSettled(purchase))?;
        if receipt.records.len() != keys.capsules.len() {
            return Err(ClientError::NotDelivered {
                purchase,
                delivered: keys.capsules.len(),
                total: receipt.records.len(),
            });
        }
        Ok((secret, settle_secret))
    }

    /// The receipt of a purchase: the latest one on the purchase's terms, since a node may have shown other records when
    /// another one was saved. One that got lost is made again, and not saved, where the ledger still has the order and its
    /// records, and they are on the purchase's terms.
    pub(super) async fn receipt(
        &self,
        purchase: &Address,
        state: &Purchase,
        folder: &Path,
    ) -> Result<PurchaseReceipt, ClientError> {
        let deployment = self.ledger.deployment();
        let mut unreadable = None;
        for receipt in PurchaseReceipt::load_all(folder, deployment, purchase) {
            match receipt {
                Ok(receipt) if receipt.offer.terms()? == state.terms => return Ok(receipt),
                Ok(_) => {}
                Err(error) => unreadable = unreadable.or(Some(error)),
            }
        }
        if let Some(error) = unreadable {
            return Err(error);
        }
        if state.is_seat() {
            // Which study it is does not follow from its vault.
            return Err(PurchaseReceipt::missing(folder, purchase));
        }
        let missing = |error| match error {
            // It is the receipt that is missed then.
            ClientError::NotFound { .. } => PurchaseReceipt::missing(folder, purchase),
            error => error,
        };
        let account = self.ledger.order(&state.order).await.map_err(missing)?;
        let offer = Offer::of(&state.order, &account)?;
        if offer.terms()? != state.terms {
            return Err(ClientError::OtherTerms {
                purchase: *purchase,
                order: state.order,
                difference: "the order that the node shows has other terms than the purchase"
                    .to_owned(),
            });
        }
        let records = self.listed_records(&offer.records).await.map_err(missing)?;
        Ok(PurchaseReceipt::new(
            deployment,
            &state.buyer,
            &offer,
            &records,
        ))
    }

    /// The latest receipt that has the keys of a purchase.
    pub(super) fn exported(
        &self,
        purchase: &Address,
        folder: &Path,
    ) -> Result<(PurchaseReceipt, DeliveredKeys), ClientError> {
        let mut unreadable = None;
        for receipt in PurchaseReceipt::load_all(folder, self.ledger.deployment(), purchase) {
            match receipt {
                Ok(receipt) => {
                    if let Some(keys) = receipt.delivered.clone() {
                        return Ok((receipt, keys));
                    }
                }
                // An older one may have them.
                Err(error) => unreadable = unreadable.or(Some(error)),
            }
        }
        Err(unreadable.unwrap_or(ClientError::NotFound {
            kind: PurchaseAccount::NAME,
            address: *purchase,
        }))
    }
}
