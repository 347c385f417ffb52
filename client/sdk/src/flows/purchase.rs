use std::{
    io,
    path::{Path, PathBuf},
};

use generion::{PurchaseArgs, proof::Capsule};
use generion_crypto::{delivery::open_settled, keys::PurchaseSecret, settle::SettleSecret};
use generion_interface::{
    Locator,
    accounts::{PurchaseAccount, RecordAccount},
};
use generion_rpc::amount::Sol;
use solana_address::Address;
use solana_signer::Signer;

use super::{documents::CreatorSignature, facts::CheckedFacts};
use crate::{
    client::Client,
    error::ClientError,
    files::{
        document_name::document_name,
        staged_file::{Existing, StagedFile},
    },
    ledger::{KeyedAccount, rent::AccountToCreate},
    saved::{
        offers::Offer,
        receipts::{DeliveredKeys, PurchaseReceipt},
        sealed_record::SealedRecord,
    },
    transaction::prepared::Prepared,
    wallet::Wallet,
};

/// The offer that a buyer accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BuyOptions {
    /// Whether records that their seller wrote are accepted.
    pub accept_self_issued: bool,
    /// The highest price that is paid, in lamports; `None`: the order's.
    pub max_price: Option<u64>,
}

/// An order's offer as the buyer was shown it. The buyer buys exactly this offer: the purchase names the hash of its terms,
/// and the program refuses any other terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownOffer {
    /// The terms.
    pub offer: Offer,
    /// The records with their contents, in the order's order. Their addresses follow from the contents, and are in the
    /// terms.
    pub records: Vec<KeyedAccount<RecordAccount>>,
    /// Whether it takes purchases, as the node says.
    pub is_open: bool,
}

/// A purchase that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bought {
    /// The purchase.
    pub purchase: Address,
    /// The receipt, which is saved before anything is paid.
    pub receipt: PathBuf,
}

/// A record of a purchase that was opened.
#[derive(Clone, Debug)]
pub struct OpenedRecord {
    /// The record.
    pub address: Address,
    /// The wallet that wrote it.
    pub creator: Address,
    /// Whether that is the seller, so that nobody else vouches for it.
    pub self_issued: bool,
    /// The evidence of the creator.
    pub signature: CreatorSignature,
    /// The state of the facts.
    pub facts: CheckedFacts,
    /// The contents of the locator.
    pub locator: Locator,
    /// The plain document.
    pub path: PathBuf,
}

impl Client {
    /// The records of an order, in its order.
    ///
    /// # Errors
    /// Those of [`crate::Ledger::order`].
    pub async fn order_records(
        &self,
        order: &Address,
    ) -> Result<Vec<KeyedAccount<RecordAccount>>, ClientError> {
        let order = self.ledger.order(order).await?;
        self.listed_records(&order.records).await
    }

    /// The records at these addresses, in this order.
    ///
    /// # Errors
    /// Those of [`crate::Ledger::record`].
    pub async fn listed_records(
        &self,
        addresses: &[Address],
    ) -> Result<Vec<KeyedAccount<RecordAccount>>, ClientError> {
        let accounts = self.ledger.records(addresses).await?;
        let listed = |(address, account): (&Address, RecordAccount)| KeyedAccount {
            address: *address,
            account,
        };
        Ok(addresses.iter().zip(accounts).map(listed).collect())
    }

    /// An order's offer, as a buyer is to be shown it. Refused where `buyer` can't buy it, or the options don't allow it.
    ///
    /// # Errors
    /// [`ClientError::Argument`] for a price above the highest; [`ClientError::OnlyBuyer`]; [`ClientError::SelfIssued`];
    /// those of [`crate::Ledger::order`].
    pub async fn offer(
        &self,
        order: &Address,
        buyer: &Address,
        options: &BuyOptions,
    ) -> Result<ShownOffer, ClientError> {
        let account = self.ledger.order(order).await?;
        let offer = Offer::of(order, &account)?;
        if let Some(max_price) = options.max_price.filter(|max| offer.price > *max) {
            return Err(ClientError::Argument(format!(
                "order {order} costs {}, more than the {} that were agreed to",
                Sol(offer.price),
                Sol(max_price)
            )));
        }
        if let Some(only_buyer) = offer.only_buyer.filter(|only| only != buyer) {
            return Err(ClientError::OnlyBuyer {
                order: *order,
                only_buyer,
                buyer: *buyer,
            });
        }
        let records = self.listed_records(&offer.records).await?;
        let self_issued = records
            .iter()
            .find(|record| record.account.state.is_self_issued());
        if let Some(record) = self_issued.filter(|_| !options.accept_self_issued) {
            return Err(ClientError::SelfIssued {
                order: *order,
                record: record.address,
                seller: offer.seller,
            });
        }
        Ok(ShownOffer {
            offer,
            records,
            is_open: account.state.is_open(),
        })
    }

    /// Buys an order on the terms that were shown: its price goes into escrow. Nothing is read again. The receipt, which it
    /// takes to open the records later, is saved in the folder `receipts` before anything is paid.
    ///
    /// # Errors
    /// [`ClientError::Signer`] where no key can be derived from the buyer's wallet.
    pub fn buy<'a>(
        &'a self,
        buyer: &'a (dyn Signer + Sync),
        shown: &ShownOffer,
        receipts: &Path,
    ) -> Result<Prepared<'a, Bought>, ClientError> {
        let (wallet, offer) = (buyer.pubkey(), &shown.offer);
        let deployment = self.ledger.deployment();
        let receipt = PurchaseReceipt::new(deployment, &wallet, offer, &shown.records);
        let outcome = Bought {
            purchase: receipt.purchase,
            receipt: PurchaseReceipt::next_path(receipts, &receipt.purchase),
        };
        let secret = Wallet { signer: buyer }.purchase_secret(deployment, &offer.order)?;
        let args = PurchaseArgs {
            buyer_key: secret.public_key().to_bytes(),
            terms: offer.terms()?,
        };
        let builder = self.ledger.instructions();
        let instruction = builder.purchase(wallet, offer.order, args);
        let path = outcome.receipt.clone();
        let prepared = Prepared::new(&self.ledger, vec![instruction], buyer, Vec::new(), outcome);
        Ok(prepared
            .creating(AccountToCreate::Purchase(offer.records.len()))
            .saving(move || receipt.save_as(&path)))
    }

    /// Opens all records of a settled purchase into a folder, one file each, named by the record's address. A
    /// record that can't be opened does not keep the others from being written. Of a purchase that is closed, or was made again and is
    /// not settled yet, the keys are those that [`Self::export_keys`] saved.
    ///
    /// # Errors
    /// The first of:
    /// [`ClientError::NotDelivered`], [`ClientError::NotSettled`]; [`ClientError::Receipt`];
    /// [`ClientError::DataKeyMismatch`] where a creator cheated; those of fetching and opening a document.
    pub async fn open_purchase(
        &self,
        buyer: &(dyn Signer + Sync),
        purchase: &Address,
        receipts: &Path,
        to: &Path,
    ) -> Result<Vec<OpenedRecord>, ClientError> {
        self.open_purchase_into(buyer, purchase, receipts, to, |record, document| {
            document.place(&record.path, Existing::Keep)
        })
        .await
    }

    /// As [`Self::open_purchase`], for programs that choose the documents' places: `place` gets each opened document. The
    /// documents are on the disk of the folder `to`, which is created if there is none.
    ///
    /// # Errors
    /// Those of [`Self::open_purchase`]; [`ClientError::File`] with the first error of `place`.
    pub async fn open_purchase_into(
        &self,
        buyer: &(dyn Signer + Sync),
        purchase: &Address,
        receipts: &Path,
        to: &Path,
        mut place: impl FnMut(&OpenedRecord, StagedFile) -> io::Result<()>,
    ) -> Result<Vec<OpenedRecord>, ClientError> {
        let account = self.ledger.find::<PurchaseAccount>(purchase).await?;
        let (receipt, keys) = match account {
            Some(account) => match DeliveredKeys::of(purchase, &account) {
                Ok(keys) => {
                    let receipt = self.receipt(purchase, &account.state, receipts).await?;
                    (receipt, keys)
                }
                // The purchase was bought before, and its records can still be opened.
                Err(error) => self.exported(purchase, receipts).or(Err(error))?,
            },
            None => self.exported(purchase, receipts)?,
        };
        let (secret, settle_secret) = self.purchase_secrets(buyer, &receipt, &keys)?;
        std::fs::create_dir_all(to).map_err(|source| ClientError::File {
            path: to.to_owned(),
            source,
        })?;
        let (mut opened, mut failed) = (Vec::with_capacity(receipt.records.len()), None);
        for (record, capsule) in receipt.records.iter().zip(&keys.capsules) {
            let secrets = (&secret, &settle_secret);
            let placed = match self.open_purchased(record, capsule, secrets, to).await {
                Ok((record, document)) => match place(&record, document) {
                    Ok(()) => Ok(record),
                    Err(source) => Err(ClientError::File {
                        path: record.path,
                        source,
                    }),
                },
                Err(error) => Err(error),
            };
            match placed {
                Ok(record) => opened.push(record),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(opened), Err)
    }

    async fn open_purchased(
        &self,
        record: &SealedRecord,
        capsule: &Capsule,
        (secret, settle_secret): (&PurchaseSecret, &SettleSecret),
        folder: &Path,
    ) -> Result<(OpenedRecord, StagedFile), ClientError> {
        let element = open_settled(capsule, secret, settle_secret).map_err(|source| {
            ClientError::Capsule {
                record: record.address,
                source,
            }
        })?;
        let document = StagedFile::in_folder(folder)?;
        let (unlocked, facts) = self.open_with(&element, record, &document).await?;
        let opened = OpenedRecord {
            address: record.address,
            creator: record.creator,
            self_issued: record.creator == record.owner,
            signature: unlocked.signature,
            facts: facts.checked,
            path: folder.join(document_name(&record.address, &unlocked.locator.media_type)),
            locator: unlocked.locator,
        };
        Ok((opened, document))
    }

    /// Returns price and rent of a purchase to its buyer. The seller can do so while records are still to be delivered; anyone
    /// can from 300 s after the deadline, or, once the purchase is locked, after the time to settle.
    ///
    /// # Errors
    /// Those of [`crate::Ledger::purchase`].
    pub async fn refund<'a>(
        &'a self,
        authority: &'a (dyn Signer + Sync),
        purchase: &Address,
    ) -> Result<Prepared<'a>, ClientError> {
        let state = self.ledger.purchase(purchase).await?.state;
        let instruction = self
            .ledger
            .instructions()
            .refund(authority.pubkey(), *purchase, &state);
        Ok(Prepared::new(
            &self.ledger,
            vec![instruction],
            authority,
            Vec::new(),
            (),
        ))
    }

    /// Closes a settled purchase and returns its rent to the buyer. Its keys are gone then: call [`Self::export_keys`] first.
    pub fn close_purchase<'a>(
        &'a self,
        buyer: &'a (dyn Signer + Sync),
        purchase: &Address,
    ) -> Prepared<'a> {
        let instruction = self
            .ledger
            .instructions()
            .close_purchase(buyer.pubkey(), *purchase);
        Prepared::new(&self.ledger, vec![instruction], buyer, Vec::new(), ())
    }
}
