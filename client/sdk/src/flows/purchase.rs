use std::path::{Path, PathBuf};

use generion::{PurchaseArgs, proof::Capsule, state::Order};
use generion_crypto::{capsule, keys::PurchaseSecret};
use generion_interface::{
    Locator,
    accounts::{LedgerAccount, PurchaseAccount, RecordAccount},
};
use solana_address::Address;
use solana_signer::Signer;

use crate::{
    Client, ClientError, Landed, Listed, PurchaseReceipt, SendOptions, Wallet,
    ledger::record_addresses,
    receipts::{DeliveredKeys, ParsedReceipt},
};

/// How an order is bought.
#[derive(Clone, Debug)]
pub struct BuyOptions {
    /// The folder that keeps what is needed to open the records later. Saved before anything is paid.
    pub receipts: PathBuf,
    /// Whether records that their seller wrote are accepted.
    pub accept_self_issued: bool,
    /// The highest price that is paid, in lamports; `None`: the order's.
    pub max_price: Option<u64>,
}

/// What an order offers.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The order.
    pub order: Order,
    /// Its records, in its order.
    pub records: Vec<Listed<RecordAccount>>,
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
    /// What its locator says.
    pub locator: Locator,
    /// The plain document.
    pub path: PathBuf,
}

/// The keys of a purchase.
struct Delivered {
    order: Address,
    buyer: Address,
    buyer_key: [u8; 32],
    capsules: Vec<Capsule>,
}

impl Delivered {
    fn of(purchase: &Address, account: &PurchaseAccount) -> Result<Self, ClientError> {
        let capsules: Vec<_> = account.capsules.iter().flatten().copied().collect();
        if capsules.len() < account.capsules.len() {
            return Err(ClientError::NotDelivered {
                purchase: *purchase,
                delivered: capsules.len(),
                total: account.capsules.len(),
            });
        }
        let state = &account.state;
        Ok(Self {
            order: state.order,
            buyer: state.buyer,
            buyer_key: state.buyer_key,
            capsules,
        })
    }
}

impl Client {
    /// The records of an order, in its order.
    ///
    /// # Errors
    /// Those of [`crate::Ledger::order`].
    pub async fn order_records(
        &self,
        order: &Address,
    ) -> Result<Vec<Listed<RecordAccount>>, ClientError> {
        let order = self.ledger.order(order).await?;
        let addresses = record_addresses(
            self.ledger.addresses(),
            &order.state.seller,
            &order.record_ids,
        );
        let accounts = self.ledger.records(&addresses).await?;
        Ok(addresses
            .into_iter()
            .zip(accounts)
            .map(|(address, account)| Listed { address, account })
            .collect())
    }

    /// An order as it would be bought, refused where the options forbid to buy it.
    ///
    /// # Errors
    /// [`ClientError::Argument`] for a price above the highest; [`ClientError::SelfIssued`]; those of
    /// [`crate::Ledger::order`].
    pub async fn offer(&self, order: &Address, options: &BuyOptions) -> Result<Offer, ClientError> {
        let state = self.ledger.order(order).await?.state;
        if let Some(max_price) = options.max_price.filter(|max| state.price > *max) {
            return Err(ClientError::Argument(format!(
                "order {order} costs {} lamports, more than the {max_price} that were agreed to",
                state.price
            )));
        }
        let records = self.order_records(order).await?;
        let self_issued = records
            .iter()
            .find(|record| record.account.state.is_self_issued());
        if let Some(record) = self_issued.filter(|_| !options.accept_self_issued) {
            return Err(ClientError::SelfIssued {
                order: *order,
                record: record.address,
                seller: state.seller,
            });
        }
        Ok(Offer {
            order: state,
            records,
        })
    }

    /// Pays an order's price into escrow, after what is needed to open its records later has been saved; the purchase's
    /// address.
    ///
    /// # Errors
    /// Those of [`Self::offer`] and [`ClientError::Receipt`] before anything is paid; those of [`crate::Ledger::send`].
    pub async fn buy(
        &self,
        buyer: &dyn Signer,
        order: &Address,
        options: &BuyOptions,
    ) -> Result<(Address, Landed), ClientError> {
        let Offer {
            order: state,
            records,
        } = self.offer(order, options).await?;
        let purchase = self.ledger.addresses().purchase(order, &buyer.pubkey());
        let receipt = PurchaseReceipt::new(order, &purchase, &buyer.pubkey(), &records);
        if !self.ledger.is_dry_run() {
            receipt.save(&options.receipts)?;
        }

        let secret = Wallet { signer: buyer }.purchase_secret(self.ledger.program_id(), order)?;
        let args = PurchaseArgs {
            buyer_key: secret.public_key().to_bytes(),
            price: state.price,
            delivery_window: state.delivery_window,
            record_count: u8::try_from(records.len()).unwrap_or(u8::MAX),
        };
        let instruction = self
            .ledger
            .instructions()
            .purchase(buyer.pubkey(), *order, args);
        let landed = self
            .ledger
            .send(&[instruction], buyer, &[], SendOptions::default())
            .await?;
        Ok((purchase, landed))
    }

    /// Opens all records of a delivered purchase into a folder, one file each, named by the record's address. One that
    /// can't be opened keeps none of the others from being written. Of a purchase that is closed, the keys are those that
    /// [`Self::export_keys`] saved.
    ///
    /// # Errors
    /// The first of:
    /// [`ClientError::NotDelivered`]; [`ClientError::Receipt`]; [`ClientError::DataKeyMismatch`] where a creator cheated;
    /// those of fetching and opening a document.
    pub async fn open_purchase(
        &self,
        buyer: &dyn Signer,
        purchase: &Address,
        receipts: &Path,
        to: &Path,
    ) -> Result<Vec<OpenedRecord>, ClientError> {
        let Delivered {
            order,
            buyer: paid_by,
            buyer_key,
            capsules,
        } = self.delivered(purchase, receipts).await?;
        if paid_by != buyer.pubkey() {
            return Err(ClientError::Argument(format!(
                "purchase {purchase} is by wallet {paid_by}, not by {}",
                buyer.pubkey()
            )));
        }
        let secret = Wallet { signer: buyer }.purchase_secret(self.ledger.program_id(), &order)?;
        if secret.public_key().to_bytes() != buyer_key {
            return Err(ClientError::Signer(format!(
                "wallet {}: the key of purchase {purchase} is not the one of this signer",
                buyer.pubkey()
            )));
        }
        std::fs::create_dir_all(to).map_err(|source| ClientError::File {
            path: to.to_owned(),
            source,
        })?;

        let receipt = self.receipt(purchase, &order, &paid_by, receipts).await?;
        let records = receipt.parse_records(receipts, purchase, capsules.len())?;
        let (mut opened, mut failed) = (Vec::with_capacity(records.len()), None);
        for (record, capsule) in records.iter().zip(&capsules) {
            match self.open_purchased(record, capsule, &secret, to).await {
                Ok(record) => opened.push(record),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(opened), Err)
    }

    async fn open_purchased(
        &self,
        record: &ParsedReceipt,
        capsule: &Capsule,
        secret: &PurchaseSecret,
        folder: &Path,
    ) -> Result<OpenedRecord, ClientError> {
        let element = capsule::open(capsule, secret).map_err(|source| ClientError::Capsule {
            record: record.address,
            source,
        })?;
        let path = folder.join(record.address.to_string());
        let locator = self.open_with(&element, record, &path).await?;
        Ok(OpenedRecord {
            address: record.address,
            creator: record.creator,
            self_issued: record.creator == record.owner,
            locator,
            path,
        })
    }

    /// Saves the keys of a settled purchase beside its receipt, encrypted to the buyer as the ledger has them: with them
    /// [`Self::open_purchase`] works when the purchase is closed, too. Nothing in the file is secret.
    ///
    /// # Errors
    /// [`ClientError::NotDelivered`]; [`ClientError::Receipt`].
    pub async fn export_keys(
        &self,
        purchase: &Address,
        receipts: &Path,
    ) -> Result<PathBuf, ClientError> {
        let account = self.ledger.purchase(purchase).await?;
        let delivered = Delivered::of(purchase, &account)?;
        let mut receipt = self
            .receipt(purchase, &delivered.order, &delivered.buyer, receipts)
            .await?;
        // What can't be opened with it is not worth keeping.
        receipt.parse_records(receipts, purchase, delivered.capsules.len())?;
        receipt.delivered = Some(DeliveredKeys::new(
            &delivered.buyer_key,
            &delivered.capsules,
        ));
        match self.ledger.is_dry_run() {
            true => Ok(PurchaseReceipt::path(receipts, purchase)),
            false => receipt.save(receipts),
        }
    }

    /// The receipt of a purchase. One that got lost is made again where the ledger still has the order and its records,
    /// which never change.
    async fn receipt(
        &self,
        purchase: &Address,
        order: &Address,
        buyer: &Address,
        receipts: &Path,
    ) -> Result<PurchaseReceipt, ClientError> {
        if PurchaseReceipt::path(receipts, purchase).exists() {
            return PurchaseReceipt::load(receipts, purchase);
        }
        let records = match self.order_records(order).await {
            Ok(records) => records,
            // It is the receipt that is missed then.
            Err(ClientError::NotFound { .. }) => return PurchaseReceipt::load(receipts, purchase),
            Err(error) => return Err(error),
        };
        let receipt = PurchaseReceipt::new(order, purchase, buyer, &records);
        if !self.ledger.is_dry_run() {
            receipt.save(receipts)?;
        }
        Ok(receipt)
    }

    /// What was delivered, from the ledger or, once the purchase is closed, from the receipt.
    async fn delivered(
        &self,
        purchase: &Address,
        receipts: &Path,
    ) -> Result<Delivered, ClientError> {
        if let Some(account) = self.ledger.find::<PurchaseAccount>(purchase).await? {
            return Delivered::of(purchase, &account);
        }
        let not_found = ClientError::NotFound {
            kind: PurchaseAccount::NAME,
            address: *purchase,
        };
        let Ok(receipt) = PurchaseReceipt::load(receipts, purchase) else {
            return Err(not_found);
        };
        let Some(keys) = &receipt.delivered else {
            return Err(not_found);
        };
        let parse = || {
            let (buyer_key, capsules) = keys.parse()?;
            Some(Delivered {
                order: receipt.order.parse().ok()?,
                buyer: receipt.buyer.parse().ok()?,
                buyer_key,
                capsules,
            })
        };
        parse().ok_or_else(|| PurchaseReceipt::damaged(receipts, purchase))
    }

    /// Has price and rent of a purchase go back to its buyer: the seller at any time, anyone from 300 s after the
    /// deadline.
    ///
    /// # Errors
    /// Those of [`crate::Ledger::send`].
    pub async fn refund(
        &self,
        authority: &dyn Signer,
        purchase: &Address,
    ) -> Result<Landed, ClientError> {
        let state = self.ledger.purchase(purchase).await?.state;
        let instruction = self
            .ledger
            .instructions()
            .refund(authority.pubkey(), *purchase, &state);
        self.ledger
            .send(&[instruction], authority, &[], SendOptions::default())
            .await
    }

    /// Closes a settled purchase and takes its rent back. The keys in it are gone then: [`Self::export_keys`] comes first.
    ///
    /// # Errors
    /// Those of [`crate::Ledger::send`].
    pub async fn close_purchase(
        &self,
        buyer: &dyn Signer,
        purchase: &Address,
    ) -> Result<Landed, ClientError> {
        let instruction = self
            .ledger
            .instructions()
            .close_purchase(buyer.pubkey(), *purchase);
        self.ledger
            .send(&[instruction], buyer, &[], SendOptions::default())
            .await
    }
}
