//! The creators that the user trusts. Anybody can write a record for anybody, so this list distinguishes wanted records from
//! others.

use std::{collections::BTreeMap, fs, io, path::Path};

use generion_client::{Existing, StagedFile};
use serde::{Deserialize, Serialize};
use solana_address::Address;

use crate::{files::data_folder::DataFolder, output::failure::Failure};

/// Version of the file.
const VERSION: u32 = 1;

/// Wallets, each with the name that the user gave it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct TrustedCreators(BTreeMap<Address, String>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CreatorsFile {
    version: u32,
    creators: Vec<Creator>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Creator {
    wallet: String,
    name: String,
}

impl TrustedCreators {
    /// Reads the list; a missing file is an empty list.
    pub fn read(data: &DataFolder) -> Result<Self, Failure> {
        let path = data.trusted_creators();
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(unreadable(&path, &error)),
        };
        let file: CreatorsFile =
            serde_json::from_slice(&text).map_err(|error| unreadable(&path, &error))?;
        if file.version != VERSION {
            let version = file.version;
            let reason =
                format_args!("it has version {version}, this software knows version {VERSION}");
            return Err(unreadable(&path, &reason));
        }
        let creators = file.creators.into_iter().map(|Creator { wallet, name }| {
            let wallet = wallet.parse().map_err(|_| {
                unreadable(
                    &path,
                    &format_args!("{wallet:?} is not the address of a wallet"),
                )
            })?;
            Ok((wallet, name))
        });
        creators.collect::<Result<_, _>>().map(Self)
    }

    /// Writes the list.
    pub fn write(&self, data: &DataFolder) -> Result<(), Failure> {
        data.create()?;
        let path = data.trusted_creators();
        let creators = self.0.iter().map(|(wallet, name)| Creator {
            wallet: wallet.to_string(),
            name: name.clone(),
        });
        let file = CreatorsFile {
            version: VERSION,
            creators: creators.collect(),
        };
        let written = || -> io::Result<()> {
            let staged = StagedFile::beside(&path).map_err(io::Error::other)?;
            serde_json::to_writer_pretty(staged.writer(), &file)?;
            staged.place(&path, Existing::Replace)
        };
        written().map_err(|error| {
            Failure::new(
                format!(
                    "can't write the trusted creators to {}: {error}",
                    path.display()
                ),
                "Nothing was changed. Check the folder's permissions and the free space on the disk, and try again.",
            )
        })
    }

    /// Adds a creator or changes its name; false if nothing changes.
    pub fn add(&mut self, wallet: Address, name: String) -> bool {
        self.0.insert(wallet, name.clone()) != Some(name)
    }

    /// Removes a creator; false if it is not in the list.
    pub fn remove(&mut self, wallet: &Address) -> bool {
        self.0.remove(wallet).is_some()
    }

    /// Whether the user trusts this wallet.
    pub fn has(&self, wallet: &Address) -> bool {
        self.0.contains_key(wallet)
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&Address, &str)> {
        self.0.iter().map(|(wallet, name)| (wallet, name.as_str()))
    }
}

fn unreadable(path: &Path, reason: &dyn std::fmt::Display) -> Failure {
    Failure::new(
        format!(
            "can't read the trusted creators in {}: {reason}",
            path.display()
        ),
        "Repair the file, or delete it to trust no creator.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn creators_are_kept_and_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::new(Some(&folder.path().join("data"))).unwrap();
        let wallet = Address::new_from_array([1; 32]);
        let mut creators = TrustedCreators::read(&data).unwrap();
        assert_eq!(creators, TrustedCreators::default());
        assert!(creators.add(wallet, "City Hospital".to_owned()));
        assert!(!creators.add(wallet, "City Hospital".to_owned()));
        assert!(creators.add(wallet, "the clinic".to_owned()));
        creators.write(&data).unwrap();
        let mut read = TrustedCreators::read(&data).unwrap();
        assert_eq!(read, creators);
        assert_eq!(read.iter().collect::<Vec<_>>(), [(&wallet, "the clinic")]);
        assert!(read.has(&wallet) && read.remove(&wallet) && !read.remove(&wallet));
        read.write(&data).unwrap();
        assert_eq!(TrustedCreators::read(&data).unwrap(), read);
    }

    #[test]
    fn a_file_that_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::new(Some(folder.path())).unwrap();
        for (text, reason) in [
            ("{", "can't read the trusted creators"),
            (r#"{"version":2,"creators":[]}"#, "version 2"),
            (
                r#"{"version":1,"creators":[{"wallet":"x","name":""}]}"#,
                "not the address of a wallet",
            ),
        ] {
            fs::write(data.trusted_creators(), text).unwrap();
            let failure = TrustedCreators::read(&data).unwrap_err();
            assert!(failure.message.contains(reason), "{failure:?}");
        }
    }
}
