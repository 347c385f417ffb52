//! `deployments/<cluster>.json`: what was verified on a ledger, one entry for each program id.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use generion_sbf::{Manifest, ToolchainInfo};
use serde::{Deserialize, Serialize};
use solana_address::Address;
use solana_hash::Hash;

use crate::Outcome;

/// The deployments on one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its name.
    pub cluster: String,
    /// Its genesis hash, in base58. A local cluster that was begun anew has another one.
    pub genesis_hash: String,
    /// By program id, sorted.
    pub programs: Vec<Deployed>,
}

/// A program as it was read back from a finalized ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployed {
    /// Its address, in base58.
    pub program_id: String,
    /// The account of its data, in base58.
    pub program_data: String,
    /// Who may upgrade it, in base58; `null`: nobody.
    pub upgrade_authority: Option<String>,
    /// SHA-256 of its binary, in lower-case hex.
    pub sha256: String,
    /// Length of its binary, in bytes.
    pub size: u64,
    /// The room for it on the ledger, in bytes.
    pub room: u64,
    /// Digest of the sources that it was built from.
    pub source_digest: String,
    /// What built it.
    pub toolchain: ToolchainInfo,
    /// When it was last changed.
    pub slot: u64,
    /// When that was, in seconds since the Unix epoch by the ledger's clock, if the node knew.
    pub unix_time: Option<i64>,
    /// The transaction that changed it, in base58, if the node knew.
    pub signature: Option<String>,
}

impl Deployed {
    /// What was found for a manifest's binary.
    pub fn new(program_id: &Address, manifest: &Manifest, outcome: &Outcome) -> Self {
        Self {
            program_id: program_id.to_string(),
            program_data: outcome.program_data.to_string(),
            upgrade_authority: outcome.authority.map(|address| address.to_string()),
            sha256: manifest.sha256.clone(),
            size: manifest.size,
            room: outcome.room as u64,
            source_digest: manifest.source_digest.clone(),
            toolchain: manifest.toolchain.clone(),
            slot: outcome.slot,
            unix_time: outcome.time,
            signature: outcome.signature.map(|signature| signature.to_string()),
        }
    }
}

/// Puts an entry into the file of a cluster in `folder`, whole or not at all. Entries of another genesis go.
///
/// # Errors
/// Where the file can't be read, understood or written.
pub fn write(
    folder: &Path,
    cluster: &str,
    genesis: &Hash,
    deployed: Deployed,
) -> io::Result<PathBuf> {
    let file = folder.join(format!("{cluster}.json"));
    let at =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", file.display()));
    let known = match fs::read(&file) {
        Ok(text) => {
            Some(serde_json::from_slice::<Record>(&text).map_err(|error| at(error.into()))?)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(at(error)),
    };
    let genesis_hash = genesis.to_string();
    let mut programs = known
        .filter(|record| record.genesis_hash == genesis_hash)
        .map_or_else(Vec::new, |record| record.programs);
    programs.retain(|entry| entry.program_id != deployed.program_id);
    programs.push(deployed);
    programs.sort_by(|one, other| one.program_id.cmp(&other.program_id));
    let record = Record {
        cluster: cluster.to_owned(),
        genesis_hash,
        programs,
    };
    let write = || {
        fs::create_dir_all(folder)?;
        let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut temporary, &record)?;
        temporary.write_all(b"\n")?;
        temporary.as_file().sync_all()?;
        temporary.persist(&file).map_err(|error| error.error)
    };
    write().map_err(at)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deployed(program_id: &str, slot: u64) -> Deployed {
        let json = serde_json::json!({
            "program_id": program_id, "program_data": "D", "upgrade_authority": null, "sha256": "00", "size": 1,
            "room": 2, "source_digest": "11", "slot": slot, "unix_time": 5, "signature": null,
            "toolchain": { "kind": "registry", "rustc": "r", "llvm": "l", "linker": "k", "id": "i" },
        });
        serde_json::from_value(json).unwrap()
    }

    fn slots(file: &Path) -> Vec<(String, u64)> {
        let record: Record = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let entries = record.programs.into_iter();
        entries
            .map(|entry| (entry.program_id, entry.slot))
            .collect()
    }

    #[test]
    fn a_file_has_one_entry_for_each_program_of_its_ledger() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = [[1; 32], [2; 32]].map(Hash::new_from_array);
        let put = |genesis, id, slot| {
            write(folder.path(), "localnet", genesis, deployed(id, slot)).unwrap()
        };
        put(&one, "B", 1);
        put(&one, "A", 2);
        let file = put(&one, "B", 3);
        assert_eq!(file, folder.path().join("localnet.json"));
        let entry = |id: &str, slot| (id.to_owned(), slot);
        assert_eq!(slots(&file), [entry("A", 2), entry("B", 3)]);
        // A ledger that was begun anew has none of them.
        put(&other, "A", 4);
        assert_eq!(slots(&file), [entry("A", 4)]);
    }

    #[test]
    fn a_file_of_something_else_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("devnet.json");
        fs::write(&file, "notes").unwrap();
        let genesis = Hash::new_from_array([1; 32]);
        let error = write(folder.path(), "devnet", &genesis, deployed("A", 1)).unwrap_err();
        assert!(
            error.to_string().starts_with(&file.display().to_string()),
            "{error}"
        );
        assert_eq!(fs::read(&file).unwrap(), b"notes");
    }
}
