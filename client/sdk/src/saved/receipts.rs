use std::{
    io,
    path::{Path, PathBuf},
};

use generion::proof::Capsule;
use generion_interface::{
    Addresses, Deployment,
    accounts::{PurchaseAccount, RecordAccount},
};
use serde::{Deserialize, Serialize};
use solana_address::Address;

use crate::{
    error::ClientError,
    files::{durable, staged_file::Existing},
    ledger::KeyedAccount,
    saved::{
        offers::{Entry, Offer},
        sealed_record::SealedRecord,
    },
};

/// Of a purchase.
const VERSION: u8 = 2;
/// Of a seat: it names the study.
const SEAT_VERSION: u8 = 3;

/// The receipt that a buyer saves before paying. With it and the delivered capsules, the buyer can open the records, even if
/// the order or the records' accounts are gone, and whatever a node shows. A receipt holds no secret.
///
/// A receipt is never overwritten. If a buyer buys an order again, or saves the keys of a purchase, a new version is written
/// beside the earlier ones: `ADDRESS.json`, `ADDRESS.2.json`, and so on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseReceipt {
    /// The cluster, and the program there.
    pub deployment: Deployment,
    /// The offer that was bought.
    pub offer: Offer,
    /// The purchase, or the seat of the seller in the study.
    pub purchase: Address,
    /// The buyer: a wallet, or the study's vault.
    pub buyer: Address,
    /// The study, of a seat.
    pub study: Option<Address>,
    /// The order's records, in its order.
    pub records: Vec<SealedRecord>,
    /// The delivered keys, saved before the purchase is closed; `None`: the ledger still has them.
    pub delivered: Option<DeliveredKeys>,
}

/// The keys in a settled purchase: the records' keys, encrypted to the buyer, and the seller's secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveredKeys {
    /// `B`, the key that the buyer's wallet made for this purchase.
    pub buyer_key: [u8; 32],
    /// `s`, which the seller showed to be paid.
    pub settle_secret: [u8; 32],
    /// One capsule for each record.
    pub capsules: Vec<Capsule>,
}

impl DeliveredKeys {
    /// The keys in a purchase on the ledger.
    ///
    /// # Errors
    /// [`ClientError::NotDelivered`], [`ClientError::NotSettled`].
    pub fn of(purchase: &Address, account: &PurchaseAccount) -> Result<Self, ClientError> {
        let capsules: Vec<_> = account.capsules.iter().flatten().copied().collect();
        if capsules.len() < account.capsules.len() {
            return Err(ClientError::NotDelivered {
                purchase: *purchase,
                delivered: capsules.len(),
                total: account.capsules.len(),
            });
        }
        let state = &account.state;
        if !state.is_settled() {
            return Err(ClientError::NotSettled(*purchase));
        }
        Ok(Self {
            buyer_key: state.buyer_key,
            settle_secret: state.settle_key,
            capsules,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct ReceiptFile {
    version: u8,
    genesis: String,
    program: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    study: Option<String>,
    purchase: String,
    buyer: String,
    offer: Entry,
    records: Vec<RecordText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivered: Option<DeliveredText>,
}

/// Addresses are in base58, other bytes in hex.
#[derive(Serialize, Deserialize)]
struct RecordText {
    address: String,
    owner: String,
    creator: String,
    owner_key: String,
    data_public_key: String,
    capsule: String,
    facts_root: String,
    locator: String,
}

#[derive(Serialize, Deserialize)]
struct DeliveredText {
    buyer_key: String,
    settle_secret: String,
    capsules: Vec<String>,
}

/// The first field of a receipt of any version.
#[derive(Deserialize)]
struct Versioned {
    version: u8,
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    hex::decode(text).ok()?.try_into().ok()
}

fn capsule_text(capsule: &Capsule) -> String {
    hex::encode(capsule.as_bytes())
}

fn capsule(text: &str) -> Option<Capsule> {
    let bytes: [u8; 64] = bytes(text)?;
    let (ephemeral, masked) = bytes.split_at(32);
    Some(Capsule {
        ephemeral: ephemeral.try_into().ok()?,
        masked: masked.try_into().ok()?,
    })
}

impl RecordText {
    fn new(record: &SealedRecord) -> Self {
        Self {
            address: record.address.to_string(),
            owner: record.owner.to_string(),
            creator: record.creator.to_string(),
            owner_key: hex::encode(record.owner_key),
            data_public_key: hex::encode(record.data_public_key),
            capsule: capsule_text(&record.capsule),
            facts_root: hex::encode(record.facts_root),
            locator: hex::encode(&record.locator),
        }
    }

    fn parse(&self) -> Option<SealedRecord> {
        Some(SealedRecord {
            address: self.address.parse().ok()?,
            owner: self.owner.parse().ok()?,
            creator: self.creator.parse().ok()?,
            owner_key: bytes(&self.owner_key)?,
            data_public_key: bytes(&self.data_public_key)?,
            capsule: capsule(&self.capsule)?,
            facts_root: bytes(&self.facts_root)?,
            locator: hex::decode(&self.locator).ok()?,
        })
    }
}

impl DeliveredText {
    fn new(keys: &DeliveredKeys) -> Self {
        Self {
            buyer_key: hex::encode(keys.buyer_key),
            settle_secret: hex::encode(keys.settle_secret),
            capsules: keys.capsules.iter().map(capsule_text).collect(),
        }
    }

    fn parse(&self) -> Option<DeliveredKeys> {
        let capsules: Option<_> = self.capsules.iter().map(|text| capsule(text)).collect();
        Some(DeliveredKeys {
            buyer_key: bytes(&self.buyer_key)?,
            settle_secret: bytes(&self.settle_secret)?,
            capsules: capsules?,
        })
    }
}

impl ReceiptFile {
    /// `None`: a part of it is malformed, or the parts don't belong together.
    fn parse(&self) -> Option<PurchaseReceipt> {
        let records: Option<Vec<_>> = self.records.iter().map(RecordText::parse).collect();
        let delivered = self.delivered.as_ref().map(|text| text.parse().ok_or(()));
        let study = self.study.as_ref().map(|text| text.parse().ok());
        if (self.version == SEAT_VERSION) != study.is_some() {
            return None;
        }
        let receipt = PurchaseReceipt {
            deployment: Deployment {
                genesis: self.genesis.parse().ok()?,
                program_id: self.program.parse().ok()?,
            },
            offer: self.offer.parse()?,
            purchase: self.purchase.parse().ok()?,
            buyer: self.buyer.parse().ok()?,
            study: match study {
                Some(study) => Some(study?),
                None => None,
            },
            records: records?,
            delivered: delivered.transpose().ok()?,
        };
        receipt.is_consistent().then_some(receipt)
    }
}

impl PurchaseReceipt {
    /// The receipt of a purchase that is about to be made.
    pub fn new(
        deployment: &Deployment,
        buyer: &Address,
        offer: &Offer,
        records: &[KeyedAccount<RecordAccount>],
    ) -> Self {
        let addresses = Addresses::new(deployment.program_id);
        Self {
            deployment: *deployment,
            offer: offer.clone(),
            purchase: addresses.purchase(&offer.order, buyer),
            buyer: *buyer,
            study: None,
            records: records.iter().map(Into::into).collect(),
            delivered: None,
        }
    }

    /// The receipt of the seat of the offer's seller in a study. A sponsor saves it when it sees that the seat was made: the
    /// seller may delete order and records once it is paid.
    pub fn of_seat(
        deployment: &Deployment,
        study: &Address,
        offer: &Offer,
        records: &[KeyedAccount<RecordAccount>],
    ) -> Self {
        let addresses = Addresses::new(deployment.program_id);
        let vault = addresses.vault(study);
        Self {
            purchase: addresses.seat(&vault, &offer.seller),
            study: Some(*study),
            ..Self::new(deployment, &vault, offer, records)
        }
    }

    /// Where the purchase is: it follows from the contents.
    fn address(&self, addresses: &Addresses) -> Address {
        match &self.study {
            // The buyer follows from the study.
            Some(study) => addresses.seat(&addresses.vault(study), &self.offer.seller),
            None => addresses.purchase(&self.offer.order, &self.buyer),
        }
    }

    /// Whether every address in it follows from the contents, and whether it has as many records and capsules as were bought: a
    /// receipt with fewer would silently open too few.
    fn is_consistent(&self) -> bool {
        let addresses = Addresses::new(self.deployment.program_id);
        let records = self.records.iter();
        records
            .clone()
            .map(|record| &record.address)
            .eq(&self.offer.records)
            && records
                .clone()
                .all(|record| record.is_at_its_address(&addresses))
            && self.address(&addresses) == self.purchase
            && self
                .study
                .is_none_or(|study| addresses.vault(&study) == self.buyer)
            && self
                .delivered
                .as_ref()
                .is_none_or(|keys| keys.capsules.len() == self.records.len())
    }

    /// The files of a purchase in a folder, the latest version first.
    fn files(folder: &Path, purchase: &Address) -> Vec<PathBuf> {
        let versions = Self::versions(folder, purchase).into_iter();
        let paths = versions.map(|version| Self::path(folder, purchase, version));
        paths.rev().collect()
    }

    /// Those that are there, in order.
    fn versions(folder: &Path, purchase: &Address) -> Vec<usize> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut versions: Vec<_> = entries
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                match name
                    .strip_prefix(&purchase.to_string())?
                    .strip_suffix(".json")?
                {
                    "" => Some(1),
                    version => version
                        .strip_prefix('.')?
                        .parse()
                        .ok()
                        .filter(|version| *version > 1),
                }
            })
            .collect();
        versions.sort_unstable();
        versions
    }

    fn path(folder: &Path, purchase: &Address, version: usize) -> PathBuf {
        match version {
            1 => folder.join(format!("{purchase}.json")),
            version => folder.join(format!("{purchase}.{version}.json")),
        }
    }

    /// The latest receipt of a purchase, if there is one.
    pub(crate) fn latest_path(folder: &Path, purchase: &Address) -> Option<PathBuf> {
        Self::files(folder, purchase).into_iter().next()
    }

    /// The path of the next version of a purchase's receipt.
    pub fn next_path(folder: &Path, purchase: &Address) -> PathBuf {
        let latest = Self::versions(folder, purchase).pop();
        Self::path(
            folder,
            purchase,
            latest.unwrap_or_default().saturating_add(1),
        )
    }

    /// Writes the receipt beside the earlier ones of its purchase, in full or not at all.
    ///
    /// # Errors
    /// [`ClientError::Receipt`].
    pub fn save(&self, folder: &Path) -> Result<PathBuf, ClientError> {
        let path = Self::next_path(folder, &self.purchase);
        self.save_as(&path)?;
        Ok(path)
    }

    /// Writes the receipt to a path that has none.
    pub(crate) fn save_as(&self, path: &Path) -> Result<(), ClientError> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::AlreadyExists => ClientError::Receipt {
                path: path.to_owned(),
                source: io::Error::other("another receipt was saved there meanwhile: try again"),
            },
            _ => ClientError::ReceiptNotSaved {
                path: path.to_owned(),
                source: error,
            },
        };
        let file = ReceiptFile {
            version: match self.study {
                Some(_) => SEAT_VERSION,
                None => VERSION,
            },
            genesis: self.deployment.genesis.to_string(),
            program: self.deployment.program_id.to_string(),
            study: self.study.as_ref().map(Address::to_string),
            purchase: self.purchase.to_string(),
            buyer: self.buyer.to_string(),
            offer: Entry::new(&self.offer)?,
            records: self.records.iter().map(RecordText::new).collect(),
            delivered: self.delivered.as_ref().map(DeliveredText::new),
        };
        let mut text = serde_json::to_vec_pretty(&file).map_err(|error| failed(error.into()))?;
        text.push(b'\n');
        durable::write(path, &text, Existing::Keep).map_err(failed)
    }

    /// Reads a receipt, and recomputes every address in it.
    ///
    /// # Errors
    /// [`ClientError::Receipt`].
    pub fn read(path: &Path) -> Result<Self, ClientError> {
        let read = || -> io::Result<Self> {
            let bytes = std::fs::read(path)?;
            let damaged = |error: serde_json::Error| {
                io::Error::other(format!("the receipt is damaged: {error}"))
            };
            match serde_json::from_slice::<Versioned>(&bytes)
                .map_err(damaged)?
                .version
            {
                VERSION | SEAT_VERSION => {}
                1 => {
                    return Err(io::Error::other(
                        "the receipt has version 1, whose records have no addresses that follow from their contents: no released software wrote it, and it opens nothing of this program; buy the order again",
                    ));
                }
                other => {
                    return Err(io::Error::other(format!(
                        "the receipt has version {other}, this software knows versions {VERSION} and {SEAT_VERSION}: update it"
                    )));
                }
            }
            let file: ReceiptFile = serde_json::from_slice(&bytes).map_err(damaged)?;
            let inconsistent = "the receipt is damaged: what it says does not belong together";
            file.parse().ok_or_else(|| io::Error::other(inconsistent))
        };
        read().map_err(|source| ClientError::Receipt {
            path: path.to_owned(),
            source,
        })
    }

    /// All receipts of a purchase, the latest first; none is fine. [`ClientError::Receipt`] stands for each that can't be
    /// read, is damaged, or is another deployment's or purchase's: the others are there all the same.
    pub fn load_all(
        folder: &Path,
        deployment: &Deployment,
        purchase: &Address,
    ) -> Vec<Result<Self, ClientError>> {
        let read = |path: PathBuf| {
            let receipt = Self::read(&path)?;
            match receipt.deployment == *deployment && receipt.purchase == *purchase {
                true => Ok(receipt),
                false => Err(ClientError::Receipt {
                    path,
                    source: io::Error::other("the receipt is of another purchase or deployment"),
                }),
            }
        };
        let files = Self::files(folder, purchase).into_iter();
        files.map(read).collect()
    }

    /// That there is no receipt of a purchase.
    pub(crate) fn missing(folder: &Path, purchase: &Address) -> ClientError {
        ClientError::Receipt {
            path: Self::path(folder, purchase, 1),
            source: io::Error::other("there is no receipt of this purchase"),
        }
    }
}

#[cfg(test)]
mod tests;
