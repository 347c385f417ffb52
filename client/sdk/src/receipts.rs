use std::{
    io::Write,
    path::{Path, PathBuf},
};

use generion_interface::accounts::RecordAccount;
use serde::{Deserialize, Serialize};
use solana_address::Address;
use tempfile::NamedTempFile;

use crate::{Capsule, ClientError, Listed};

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
    /// The keys as they were delivered, saved before the purchase is closed; `None`: the ledger still has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered: Option<DeliveredKeys>,
}

/// What a settled purchase holds: the records' keys, encrypted to the buyer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveredKeys {
    /// The key that the buyer's wallet made for this purchase, in hex.
    pub buyer_key: String,
    /// One capsule for each record, ephemeral point and masked element, in hex.
    pub capsules: Vec<String>,
}

impl DeliveredKeys {
    pub(crate) fn new(buyer_key: &[u8; 32], capsules: &[Capsule]) -> Self {
        let encode = |capsule: &Capsule| hex::encode([capsule.ephemeral, capsule.masked].concat());
        Self {
            buyer_key: hex::encode(buyer_key),
            capsules: capsules.iter().map(encode).collect(),
        }
    }

    pub(crate) fn parse(&self) -> Option<([u8; 32], Vec<Capsule>)> {
        let buyer_key = hex::decode(&self.buyer_key).ok()?.try_into().ok()?;
        let capsules = self.capsules.iter().map(|text| {
            let bytes: [u8; 64] = hex::decode(text).ok()?.try_into().ok()?;
            let (ephemeral, masked) = bytes.split_at(32);
            Some(Capsule {
                ephemeral: ephemeral.try_into().ok()?,
                masked: masked.try_into().ok()?,
            })
        });
        Some((buyer_key, capsules.collect::<Option<_>>()?))
    }
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
            delivered: None,
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

    pub(crate) fn damaged(folder: &Path, purchase: &Address) -> ClientError {
        ClientError::Receipt {
            path: Self::path(folder, purchase),
            reason: "the receipt is damaged, or is another purchase's".to_owned(),
        }
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
            .ok_or_else(|| Self::damaged(folder, purchase))
    }
}
