use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::Mutex,
};

use generion_interface::Deployment;
use serde::{Deserialize, Serialize};
use solana_address::Address;

use crate::{
    error::ClientError,
    files::{durable, staged_file::Existing},
};

const VERSION: u8 = 1;

/// The highest index of each wallet's encryption keys that was seen. It exposes a node that shows an older key, whose secret
/// others may know: an attestation can't be revoked, so a client that asks one node has no other way to notice.
///
/// Nothing in it is secret. It is kept in a file, or in memory for one run.
pub struct KeyMemory {
    path: Option<PathBuf>,
    in_memory: Mutex<Seen>,
}

/// The contents of the file: the index by genesis hash and wallet.
#[derive(Default, Serialize, Deserialize)]
struct Seen {
    version: u8,
    indexes: BTreeMap<String, BTreeMap<String, u32>>,
}

impl KeyMemory {
    /// A memory that ends with the process.
    pub fn in_memory() -> Self {
        Self {
            path: None,
            in_memory: Mutex::new(Seen::default()),
        }
    }

    /// A memory in a file, which is created when it is needed.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self {
            path: Some(path.into()),
            ..Self::in_memory()
        }
    }

    /// Notes the index of a key that the wallet attested, or that several nodes agree on. Where a higher index was seen before,
    /// it is returned, and the memory does not change.
    ///
    /// # Errors
    /// [`ClientError::KeyMemory`].
    pub fn see(
        &self,
        deployment: &Deployment,
        wallet: &Address,
        index: u32,
    ) -> Result<Option<u32>, ClientError> {
        let note = |seen: &mut Seen| {
            let genesis = seen
                .indexes
                .entry(deployment.genesis.to_string())
                .or_default();
            match genesis.get(&wallet.to_string()) {
                Some(known) if *known > index => (false, Some(*known)),
                Some(known) if *known == index => (false, None),
                _ => {
                    genesis.insert(wallet.to_string(), index);
                    (true, None)
                }
            }
        };
        let Some(path) = &self.path else {
            let mut seen = self
                .in_memory
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            return Ok(note(&mut seen).1);
        };
        let failed = |source| ClientError::KeyMemory {
            path: path.clone(),
            source,
        };
        let _lock = durable::lock(path).map_err(failed)?;
        let mut seen = read(path).map_err(failed)?;
        let (is_new, higher) = note(&mut seen);
        if is_new {
            write(path, &seen).map_err(failed)?;
        }
        Ok(higher)
    }
}

fn read(path: &Path) -> io::Result<Seen> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Seen {
                version: VERSION,
                ..Seen::default()
            });
        }
        Err(error) => return Err(error),
    };
    let seen: Seen = serde_json::from_slice(&bytes)
        .map_err(|error| io::Error::other(format!("it is not a file of key indexes: {error}")))?;
    match seen.version {
        VERSION => Ok(seen),
        other => Err(io::Error::other(format!(
            "it has version {other}, this software knows version {VERSION}"
        ))),
    }
}

fn write(path: &Path, seen: &Seen) -> io::Result<()> {
    let mut text = serde_json::to_vec_pretty(seen)?;
    text.push(b'\n');
    durable::write(path, &text, Existing::Replace)
}

#[cfg(test)]
mod tests {
    use generion_interface::GenesisHash;
    use generion_rpc::causes::with_causes;

    use super::*;

    fn deployment(genesis: u8) -> Deployment {
        Deployment {
            genesis: GenesisHash([genesis; 32]),
            program_id: Address::new_from_array([9; 32]),
        }
    }

    fn older_keys_are_found_out(memory: &KeyMemory, again: &KeyMemory) {
        let (wallet, other) = (Address::new_unique(), Address::new_unique());
        assert_eq!(memory.see(&deployment(1), &wallet, 2).unwrap(), None);
        assert_eq!(again.see(&deployment(1), &wallet, 1).unwrap(), Some(2));
        assert_eq!(again.see(&deployment(1), &wallet, 2).unwrap(), None);
        assert_eq!(again.see(&deployment(1), &wallet, 7).unwrap(), None);
        assert_eq!(memory.see(&deployment(1), &wallet, 6).unwrap(), Some(7));
        // Other wallets and deployments are not affected.
        assert_eq!(memory.see(&deployment(1), &other, 0).unwrap(), None);
        assert_eq!(memory.see(&deployment(2), &wallet, 0).unwrap(), None);
    }

    #[test]
    fn an_older_key_is_found_out_in_memory() {
        let memory = KeyMemory::in_memory();
        older_keys_are_found_out(&memory, &memory);
    }

    #[test]
    fn an_older_key_is_found_out_by_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made/when/needed.json");
        older_keys_are_found_out(&KeyMemory::file(&path), &KeyMemory::file(&path));
    }

    #[test]
    fn a_file_of_something_else_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        for (text, reason) in [
            ("something", "not a file of key indexes"),
            (r#"{"version":2,"indexes":{}}"#, "version 2"),
        ] {
            std::fs::write(&path, text).unwrap();
            let error = KeyMemory::file(&path)
                .see(&deployment(1), &Address::default(), 0)
                .unwrap_err();
            assert!(with_causes(&error).contains(reason), "{error:?}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }
}
