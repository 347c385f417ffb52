//! The file of a seller's offers. Deliveries follow this file, whatever a node shows.

use std::{
    io,
    path::{Path, PathBuf},
};

use generion::state::{Order, Terms};
use generion_interface::{Deployment, accounts::OrderAccount};
use serde::{Deserialize, Serialize};
use solana_address::Address;

use crate::{
    error::ClientError,
    files::{durable, staged_file::Existing},
};

const VERSION: u8 = 1;

/// The terms that a seller and a buyer agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The order.
    pub order: Address,
    /// The seller's wallet.
    pub seller: Address,
    /// Price of one purchase, in lamports.
    pub price: u64,
    /// Seconds to deliver a purchase.
    pub delivery_window: u32,
    /// The public description of the records.
    pub label: String,
    /// The only wallet that may buy; `None`: anyone.
    pub only_buyer: Option<Address>,
    /// The records, in the order's order. Each address follows from its record's contents.
    pub records: Vec<Address>,
}

impl Offer {
    /// The offer of an order on the ledger.
    ///
    /// # Errors
    /// [`ClientError::Argument`] where its label is no text, which the program would not have taken.
    pub fn of(address: &Address, account: &OrderAccount) -> Result<Self, ClientError> {
        let state = &account.state;
        let offer = Self {
            order: *address,
            seller: state.seller,
            price: state.price,
            delivery_window: state.delivery_window,
            label: state.label().to_owned(),
            only_buyer: state.only_buyer().copied(),
            records: account.records.clone(),
        };
        match offer.terms()? == account.terms(address) {
            true => Ok(offer),
            false => Err(ClientError::Argument(format!(
                "order {address} has a label that is no text"
            ))),
        }
    }

    /// The hash of the terms, which a purchase names: 32 bytes of SHA-256.
    ///
    /// # Errors
    /// [`ClientError::Argument`] for a label that no order has.
    pub fn terms(&self) -> Result<[u8; 32], ClientError> {
        let label = Order::pad_label(&self.label);
        let label = label.map_err(|error| ClientError::Argument(error.to_string()))?;
        Ok(Terms {
            order: &self.order,
            seller: &self.seller,
            price: self.price,
            delivery_window: self.delivery_window,
            label: &label,
            only_buyer: &self.only_buyer.unwrap_or_default(),
            records: &self.records,
        }
        .hash())
    }
}

/// A seller's offers, as they were when the file was read.
#[derive(Clone, Debug)]
pub struct Offers {
    path: PathBuf,
    offers: Vec<Offer>,
}

#[derive(Serialize, Deserialize)]
struct OffersFile {
    version: u8,
    genesis: String,
    program: String,
    offers: Vec<Entry>,
}

/// An offer as text.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    order: String,
    seller: String,
    price: u64,
    delivery_window: u32,
    label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    only_buyer: Option<String>,
    records: Vec<String>,
    /// The hash of all of these, so that a slip in an edited file is found.
    terms: String,
}

impl Offers {
    /// Reads a file. A file that does not exist has no offers.
    ///
    /// # Errors
    /// [`ClientError::Offers`]: it can't be read, is of another deployment or version, or damaged.
    pub fn load(path: &Path, deployment: &Deployment) -> Result<Self, ClientError> {
        Ok(Self {
            path: path.to_owned(),
            offers: read(path, deployment)?,
        })
    }

    /// Adds an offer to a file, which is created where there is none. An offer of the same order is replaced. Several programs
    /// can add offers at the same time.
    ///
    /// # Errors
    /// [`ClientError::Offers`]; the file did not change.
    pub fn add(path: &Path, deployment: &Deployment, offer: &Offer) -> Result<(), ClientError> {
        let failed = |error: io::Error| failed(path, error);
        let _lock = durable::lock(path).map_err(failed)?;
        let mut offers = read(path, deployment)?;
        match offers.iter_mut().find(|known| known.order == offer.order) {
            Some(known) => *known = offer.clone(),
            None => offers.push(offer.clone()),
        }
        let entries: Result<_, _> = offers.iter().map(Entry::new).collect();
        let file = OffersFile {
            version: VERSION,
            genesis: deployment.genesis.to_string(),
            program: deployment.program_id.to_string(),
            offers: entries?,
        };
        let mut text = serde_json::to_vec_pretty(&file).map_err(|error| failed(error.into()))?;
        text.push(b'\n');
        durable::write(path, &text, Existing::Replace).map_err(failed)
    }

    /// The offer of an order.
    ///
    /// # Errors
    /// [`ClientError::NotOffered`].
    pub fn get(&self, order: &Address) -> Result<&Offer, ClientError> {
        let offer = self.offers.iter().find(|offer| offer.order == *order);
        offer.ok_or_else(|| ClientError::NotOffered {
            order: *order,
            path: self.path.clone(),
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All offers, in the file's order.
    pub fn all(&self) -> &[Offer] {
        &self.offers
    }
}

impl Entry {
    pub(crate) fn new(offer: &Offer) -> Result<Self, ClientError> {
        Ok(Self {
            order: offer.order.to_string(),
            seller: offer.seller.to_string(),
            price: offer.price,
            delivery_window: offer.delivery_window,
            label: offer.label.clone(),
            only_buyer: offer.only_buyer.map(|buyer| buyer.to_string()),
            records: offer.records.iter().map(Address::to_string).collect(),
            terms: hex::encode(offer.terms()?),
        })
    }

    /// `None`: an address that is none, or terms that are those of another offer.
    pub(crate) fn parse(&self) -> Option<Offer> {
        let records: Result<_, _> = self.records.iter().map(|text| text.parse()).collect();
        let only_buyer = self.only_buyer.as_ref().map(|text| text.parse());
        let offer = Offer {
            order: self.order.parse().ok()?,
            seller: self.seller.parse().ok()?,
            price: self.price,
            delivery_window: self.delivery_window,
            label: self.label.clone(),
            only_buyer: only_buyer.transpose().ok()?,
            records: records.ok()?,
        };
        (hex::encode(offer.terms().ok()?) == self.terms).then_some(offer)
    }
}

fn read(path: &Path, deployment: &Deployment) -> Result<Vec<Offer>, ClientError> {
    let invalid = |reason: String| failed(path, io::Error::other(reason));
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(path, error)),
    };
    let file: OffersFile = serde_json::from_slice(&bytes)
        .map_err(|error| invalid(format!("it is no file of offers: {error}")))?;
    if file.version != VERSION {
        return Err(invalid(format!(
            "it has version {}, this software knows version {VERSION}",
            file.version
        )));
    }
    let (genesis, program) = (&file.genesis, &file.program);
    if *genesis != deployment.genesis.to_string() || *program != deployment.program_id.to_string() {
        return Err(invalid(format!(
            "it is for program {program} on the cluster with genesis hash {genesis}"
        )));
    }
    let parse = |entry: &Entry| {
        entry.parse().ok_or_else(|| {
            invalid(format!(
                "the offer of order {} is damaged: its terms have another hash",
                entry.order
            ))
        })
    };
    file.offers.iter().map(parse).collect()
}

fn failed(path: &Path, source: io::Error) -> ClientError {
    ClientError::Offers {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use generion_interface::GenesisHash;
    use generion_rpc::causes::with_causes;

    use super::*;

    fn deployment() -> Deployment {
        Deployment {
            genesis: GenesisHash([1; 32]),
            program_id: Address::new_from_array([2; 32]),
        }
    }

    fn offer(price: u64) -> Offer {
        Offer {
            order: Address::new_from_array([3; 32]),
            seller: Address::new_from_array([4; 32]),
            price,
            delivery_window: 600,
            label: "blood pressure".to_owned(),
            only_buyer: None,
            records: vec![Address::new_from_array([5; 32])],
        }
    }

    #[test]
    fn offers_are_kept_by_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made/when/needed.json");
        let other = Offer {
            order: Address::new_from_array([9; 32]),
            only_buyer: Some(Address::new_from_array([8; 32])),
            ..offer(7)
        };
        assert_eq!(Offers::load(&path, &deployment()).unwrap().all(), []);
        for offer in [&offer(5), &other, &offer(6)] {
            Offers::add(&path, &deployment(), offer).unwrap();
        }
        let offers = Offers::load(&path, &deployment()).unwrap();
        assert_eq!(offers.all(), [offer(6), other.clone()]);
        assert_eq!(offers.get(&other.order).unwrap(), &other);
        let missing = Address::new_from_array([7; 32]);
        assert!(matches!(
            offers.get(&missing),
            Err(ClientError::NotOffered { order, .. }) if order == missing
        ));
    }

    #[test]
    fn a_file_that_is_not_right_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("offers.json");
        Offers::add(&path, &deployment(), &offer(5)).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let other = Deployment {
            genesis: GenesisHash([6; 32]),
            ..deployment()
        };
        let refusal = |text: &str, deployment: &Deployment| {
            std::fs::write(&path, text).unwrap();
            let error = Offers::add(&path, deployment, &offer(9)).unwrap_err();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
            with_causes(&error)
        };
        assert!(refusal(&text, &other).contains("genesis hash"));
        let cheaper = text.replace("\"price\": 5", "\"price\": 4");
        assert_ne!(cheaper, text);
        assert!(refusal(&cheaper, &deployment()).contains("damaged"));
        let newer = text.replace("\"version\": 1", "\"version\": 2");
        assert!(refusal(&newer, &deployment()).contains("version 2"));
        assert!(refusal("[]", &deployment()).contains("no file of offers"));
    }

    #[test]
    fn terms_are_the_orders_own() {
        let offer = offer(5);
        let mut label = [0; 64];
        label[..14].copy_from_slice(b"blood pressure");
        let expected = Terms {
            order: &offer.order,
            seller: &offer.seller,
            price: 5,
            delivery_window: 600,
            label: &label,
            only_buyer: &Address::default(),
            records: &offer.records,
        };
        assert_eq!(offer.terms().unwrap(), expected.hash());
    }
}
