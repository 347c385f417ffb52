//! Markers of settlements, written to the disk before the secret of a delivery is shown to anybody.

use std::{
    io,
    path::{Path, PathBuf},
};

use generion_interface::Deployment;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use solana_address::Address;

use crate::{
    error::ClientError,
    files::{durable, staged_file::Existing},
};

const VERSION: u8 = 1;
/// The extension of markers.
const SUFFIX: &str = ".settling.json";

/// A settlement whose secret may have been shown. This run and every later one sends it until the ledger shows its outcome. A
/// marker holds no secret: the secret is derived from it and the seller's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marker {
    /// The cluster, and the program there.
    pub deployment: Deployment,
    /// The order.
    pub order: Address,
    /// The seller's wallet.
    pub seller: Address,
    /// The purchase.
    pub purchase: Address,
    /// The deadline, Unix time in seconds: it distinguishes the purchase from another one at the same address.
    pub deadline: i64,
    /// `B`.
    pub buyer_key: [u8; 32],
    /// Hash of the terms.
    pub terms: [u8; 32],
    /// The seller's encryption key that the records were made for.
    pub owner_key: [u8; 32],
    /// `S`.
    pub settle_key: [u8; 32],
}

#[derive(Serialize, Deserialize)]
struct MarkerFile {
    version: u8,
    genesis: String,
    program: String,
    order: String,
    seller: String,
    purchase: String,
    deadline: i64,
    buyer_key: String,
    terms: String,
    owner_key: String,
    settle_key: String,
}

impl MarkerFile {
    fn new(marker: &Marker) -> Self {
        Self {
            version: VERSION,
            genesis: marker.deployment.genesis.to_string(),
            program: marker.deployment.program_id.to_string(),
            order: marker.order.to_string(),
            seller: marker.seller.to_string(),
            purchase: marker.purchase.to_string(),
            deadline: marker.deadline,
            buyer_key: hex::encode(marker.buyer_key),
            terms: hex::encode(marker.terms),
            owner_key: hex::encode(marker.owner_key),
            settle_key: hex::encode(marker.settle_key),
        }
    }

    fn parse(&self) -> Option<Marker> {
        let bytes = |text: &str| -> Option<[u8; 32]> { hex::decode(text).ok()?.try_into().ok() };
        Some(Marker {
            deployment: Deployment {
                genesis: self.genesis.parse().ok()?,
                program_id: self.program.parse().ok()?,
            },
            order: self.order.parse().ok()?,
            seller: self.seller.parse().ok()?,
            purchase: self.purchase.parse().ok()?,
            deadline: self.deadline,
            buyer_key: bytes(&self.buyer_key)?,
            terms: bytes(&self.terms)?,
            owner_key: bytes(&self.owner_key)?,
            settle_key: bytes(&self.settle_key)?,
        })
    }
}

/// The folder of markers. Two agents of one seller that share a folder continue each other's settlements.
#[derive(Clone, Debug)]
pub struct Markers {
    folder: PathBuf,
}

impl Markers {
    /// Markers in a folder, which is created when it is needed.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// The path of a marker, which depends on genesis hash, purchase, deadline and `S`.
    fn path(&self, marker: &Marker) -> PathBuf {
        let hash = Sha256::new()
            .chain_update(marker.deployment.genesis)
            .chain_update(marker.purchase)
            .chain_update(marker.deadline.to_le_bytes())
            .chain_update(marker.settle_key)
            .finalize();
        let hash = hex::encode(&hash[..8]);
        self.folder
            .join(format!("{}.{hash}{SUFFIX}", marker.purchase))
    }

    /// Whether the secret of this settlement may have been shown.
    ///
    /// # Errors
    /// [`ClientError::Marker`] where the folder can't be read.
    pub fn contains(&self, marker: &Marker) -> Result<bool, ClientError> {
        let path = self.path(marker);
        match path.try_exists() {
            Ok(false) => Ok(false),
            Ok(true) => Ok(read(&path)? == *marker),
            Err(error) => Err(failed(&path, error)),
        }
    }

    /// Writes a marker. File and name are on the disk when this returns.
    ///
    /// # Errors
    /// [`ClientError::Marker`].
    pub fn write(&self, marker: &Marker) -> Result<(), ClientError> {
        let path = self.path(marker);
        let failed = |error: io::Error| failed(&path, error);
        let mut text = serde_json::to_vec_pretty(&MarkerFile::new(marker))
            .map_err(|error| failed(error.into()))?;
        text.push(b'\n');
        durable::write(&path, &text, Existing::Replace).map_err(failed)
    }

    /// Removes the marker of a settlement that has ended.
    ///
    /// # Errors
    /// [`ClientError::Marker`].
    pub fn remove(&self, marker: &Marker) -> Result<(), ClientError> {
        let path = self.path(marker);
        durable::remove(&path).map_err(|error| failed(&path, error))
    }

    /// A seller's settlements that have to be continued.
    ///
    /// # Errors
    /// [`ClientError::Marker`] where a marker can't be read: it may be of a settlement that has to be continued.
    pub fn list(
        &self,
        deployment: &Deployment,
        seller: &Address,
    ) -> Result<Vec<Marker>, ClientError> {
        let failed = |error: io::Error| failed(&self.folder, error);
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut markers = Vec::new();
        for entry in entries {
            let path = entry.map_err(failed)?.path();
            let is_marker = path
                .file_name()
                .and_then(|name| name.to_str())
                .is_some_and(|name| name.ends_with(SUFFIX));
            if !is_marker {
                continue;
            }
            let marker = match read(&path) {
                Ok(marker) => marker,
                // Another run has ended it meanwhile.
                Err(_) if !path.exists() => continue,
                Err(error) => return Err(error),
            };
            if marker.deployment == *deployment && marker.seller == *seller {
                markers.push(marker);
            }
        }
        markers.sort_by_key(|marker| (marker.deadline, marker.purchase));
        Ok(markers)
    }
}

fn read(path: &Path) -> Result<Marker, ClientError> {
    let bytes = std::fs::read(path).map_err(|error| failed(path, error))?;
    let invalid = |reason: String| failed(path, io::Error::other(reason));
    let file: MarkerFile = serde_json::from_slice(&bytes)
        .map_err(|error| invalid(format!("it is no marker of a settlement: {error}")))?;
    if file.version != VERSION {
        return Err(invalid(format!(
            "it has version {}, this software knows version {VERSION}",
            file.version
        )));
    }
    let damaged = || invalid("it is damaged".to_owned());
    file.parse().ok_or_else(damaged)
}

fn failed(path: &Path, source: io::Error) -> ClientError {
    ClientError::Marker {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use generion_interface::GenesisHash;
    use generion_rpc::causes::with_causes;

    use super::*;

    fn marker() -> Marker {
        Marker {
            deployment: Deployment {
                genesis: GenesisHash([1; 32]),
                program_id: Address::new_from_array([2; 32]),
            },
            order: Address::new_from_array([3; 32]),
            seller: Address::new_from_array([4; 32]),
            purchase: Address::new_from_array([5; 32]),
            deadline: -6,
            buyer_key: [7; 32],
            terms: [8; 32],
            owner_key: [9; 32],
            settle_key: [10; 32],
        }
    }

    #[test]
    fn a_marker_is_found_by_the_next_run_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made/when/needed");
        let (markers, marker) = (Markers::new(&path), marker());
        let list = || {
            Markers::new(&path)
                .list(&marker.deployment, &marker.seller)
                .unwrap()
        };
        assert_eq!(list(), []);
        assert!(!markers.contains(&marker).unwrap());
        markers.write(&marker).unwrap();
        markers.write(&marker).unwrap();
        assert_eq!(list(), [marker]);
        assert!(markers.contains(&marker).unwrap());
        let other = Address::new_unique();
        assert_eq!(markers.list(&marker.deployment, &other).unwrap(), []);
        markers.remove(&marker).unwrap();
        markers.remove(&marker).unwrap();
        assert_eq!(list(), []);
    }

    /// A purchase that came later to the same address was never shown.
    #[test]
    fn a_marker_is_of_one_purchase_one_secret_and_one_ledger() {
        let folder = tempfile::tempdir().unwrap();
        let markers = Markers::new(folder.path());
        markers.write(&marker()).unwrap();
        let mut others = [marker(); 4];
        others[0].deployment.genesis = GenesisHash([99; 32]);
        others[1].purchase = Address::new_from_array([99; 32]);
        others[2].deadline = 99;
        others[3].settle_key = [99; 32];
        for other in others {
            assert!(!markers.contains(&other).unwrap(), "{other:?}");
        }
    }

    #[test]
    fn a_marker_that_can_not_be_read_is_not_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let markers = Markers::new(folder.path());
        markers.write(&marker()).unwrap();
        let path = markers.path(&marker());
        let text = std::fs::read_to_string(&path).unwrap();
        for (changed, reason) in [
            ("{}".to_owned(), "no marker"),
            (
                text.replace("\"version\": 1", "\"version\": 2"),
                "version 2",
            ),
            (text.replace("0707", "07"), "damaged"),
        ] {
            std::fs::write(&path, changed).unwrap();
            let error = markers
                .list(&marker().deployment, &marker().seller)
                .unwrap_err();
            assert!(with_causes(&error).contains(reason), "{error:?}");
        }
        std::fs::write(folder.path().join("something.else"), "{}").unwrap();
        std::fs::remove_file(path).unwrap();
        assert_eq!(
            markers
                .list(&marker().deployment, &marker().seller)
                .unwrap(),
            []
        );
    }
}
