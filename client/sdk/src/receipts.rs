use std::{
    io::Write,
    path::{Path, PathBuf},
};

use generion_interface::accounts::RecordAccount;
use serde::{Deserialize, Serialize};
use solana_address::Address;
use tempfile::NamedTempFile;

use crate::{ClientError, Listed};

/// What a buyer saves before it pays: with it and the delivered capsules the records open, whatever becomes of the
/// order and of the records' accounts. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseReceipt {
    /// Version of the file.
    pub version: u8,
    /// The order.
    pub order: String,
    /// The purchase.
    pub purchase: String,
    /// The buyer.
    pub buyer: String,
    /// The order's records, in its order.
    pub records: Vec<RecordReceipt>,
}

/// What opening a record takes besides its group element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordReceipt {
    /// The record.
    pub address: String,
    /// Its owner.
    pub owner: String,
    /// Its creator.
    pub creator: String,
    /// X25519 public key that its document is encrypted to, in hex.
    pub data_public_key: String,
    /// The public hash of the ciphertext, in hex; zeros: not disclosed.
    pub ciphertext_hash: String,
    /// The sealed locator, in hex.
    pub locator: String,
}

impl RecordReceipt {
    /// From the record as it stands on the ledger.
    pub fn new(record: &Listed<RecordAccount>) -> Self {
        let state = &record.account.state;
        Self {
            address: record.address.to_string(),
            owner: state.owner.to_string(),
            creator: state.creator.to_string(),
            data_public_key: hex::encode(state.data_public_key),
            ciphertext_hash: hex::encode(state.ciphertext_hash),
            locator: hex::encode(&record.account.locator),
        }
    }

    pub(crate) fn parse(&self) -> Option<ParsedReceipt> {
        Some(ParsedReceipt {
            address: self.address.parse().ok()?,
            owner: self.owner.parse().ok()?,
            creator: self.creator.parse().ok()?,
            data_public_key: hex::decode(&self.data_public_key).ok()?.try_into().ok()?,
            ciphertext_hash: hex::decode(&self.ciphertext_hash).ok()?.try_into().ok()?,
            locator: hex::decode(&self.locator).ok()?,
        })
    }
}

/// A receipt with its texts read.
pub(crate) struct ParsedReceipt {
    pub address: Address,
    pub owner: Address,
    pub creator: Address,
    pub data_public_key: [u8; 32],
    pub ciphertext_hash: [u8; 32],
    pub locator: Vec<u8>,
}

impl From<&Listed<RecordAccount>> for ParsedReceipt {
    fn from(record: &Listed<RecordAccount>) -> Self {
        let state = &record.account.state;
        Self {
            address: record.address,
            owner: state.owner,
            creator: state.creator,
            data_public_key: state.data_public_key,
            ciphertext_hash: state.ciphertext_hash,
            locator: record.account.locator.clone(),
        }
    }
}

const VERSION: u8 = 1;

impl PurchaseReceipt {
    /// For a purchase that is about to be made.
    pub fn new(
        order: &Address,
        purchase: &Address,
        buyer: &Address,
        records: &[Listed<RecordAccount>],
    ) -> Self {
        Self {
            version: VERSION,
            order: order.to_string(),
            purchase: purchase.to_string(),
            buyer: buyer.to_string(),
            records: records.iter().map(RecordReceipt::new).collect(),
        }
    }

    /// Where the receipt of a purchase is in a folder.
    pub fn path(folder: &Path, purchase: &Address) -> PathBuf {
        folder.join(format!("{purchase}.json"))
    }

    /// Writes the receipt in full, or not at all.
    ///
    /// # Errors
    /// [`ClientError::Receipt`].
    pub fn save(&self, folder: &Path) -> Result<PathBuf, ClientError> {
        let path = folder.join(format!("{}.json", self.purchase));
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(folder)?;
            let mut file = NamedTempFile::new_in(folder)?;
            serde_json::to_writer_pretty(&mut file, self)?;
            file.write_all(b"\n")?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            Ok(())
        };
        write().map_err(|error| ClientError::Receipt {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        Ok(path)
    }

    /// Reads the receipt of a purchase.
    ///
    /// # Errors
    /// [`ClientError::Receipt`].
    pub fn load(folder: &Path, purchase: &Address) -> Result<Self, ClientError> {
        let path = Self::path(folder, purchase);
        let read = || -> Result<Self, String> {
            let bytes = std::fs::read(&path).map_err(|error| error.to_string())?;
            let receipt: Self =
                serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
            match receipt.version {
                VERSION => Ok(receipt),
                other => Err(format!(
                    "the receipt has version {other}, this software knows version {VERSION}"
                )),
            }
        };
        read().map_err(|reason| ClientError::Receipt {
            path: path.clone(),
            reason,
        })
    }

    /// The records, as many as the purchase has keys; a receipt with fewer would silently open less than was paid for.
    pub(crate) fn parse_records(
        &self,
        folder: &Path,
        purchase: &Address,
        count: usize,
    ) -> Result<Vec<ParsedReceipt>, ClientError> {
        let records: Option<Vec<_>> = self.records.iter().map(RecordReceipt::parse).collect();
        records
            .filter(|records| records.len() == count && self.purchase == purchase.to_string())
            .ok_or_else(|| ClientError::Receipt {
                path: Self::path(folder, purchase),
                reason: "the receipt is damaged, or is another purchase's".to_owned(),
            })
    }
}
