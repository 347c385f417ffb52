//! The deployment log `deployments/<cluster>.json`: the programs that were verified on a ledger, one entry for each
//! program id.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use generion_rpc::{cluster::Cluster, url::NodeUrl};
use generion_sbf::{Manifest, ToolchainInfo};
use serde::{Deserialize, Serialize};
use solana_address::Address;
use solana_hash::Hash;

use crate::deployment::Outcome;

/// The log of one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentLog {
    /// The cluster's name.
    pub cluster: String,
    /// The cluster's genesis hash, in base58.
    pub genesis_hash: String,
    /// Its entries, sorted by program id.
    pub programs: Vec<Entry>,
}

/// A program as it was read back from the finalized ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its address, in base58.
    pub program_id: String,
    /// The account of its data, in base58.
    pub program_data: String,
    /// The wallet that may upgrade it, in base58; `null`: nobody.
    pub upgrade_authority: Option<String>,
    /// SHA-256 of its binary, in lower-case hex.
    pub sha256: String,
    /// Length of its binary, in bytes.
    pub size: u64,
    /// The room for it on the ledger, in bytes.
    pub room: u64,
    /// Digest of the sources that it was built from.
    pub source_digest: String,
    /// The toolchain that built it.
    pub toolchain: ToolchainInfo,
    /// The slot of its last change.
    pub slot: u64,
    /// The time of that slot by the ledger's clock, in seconds since the Unix epoch, if the node knew it.
    pub unix_time: Option<i64>,
    /// The transaction that changed it, in base58, if the node knew it.
    pub signature: Option<String>,
}

impl Entry {
    /// The entry for a verified deployment of a manifest's binary.
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

/// The name of a cluster for its log: that of a public cluster; `localnet` for any other on this machine; `cluster-` and
/// the beginning of the genesis hash for any other elsewhere.
pub fn cluster_name(node: &NodeUrl, genesis: &Hash) -> String {
    match Cluster::of_genesis(genesis).known_name() {
        Some(name) => name.to_owned(),
        None if node.is_this_machine() => "localnet".to_owned(),
        None => format!("cluster-{}", &genesis.to_string()[..8]),
    }
}

/// Writes an entry into the log of a cluster in `folder`, atomically. Entries of another genesis hash are removed.
///
/// # Errors
/// Where the file can't be read, understood or written.
pub fn write(folder: &Path, cluster: &str, genesis: &Hash, entry: Entry) -> io::Result<PathBuf> {
    let file = folder.join(format!("{cluster}.json"));
    let at =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", file.display()));
    let known = match fs::read(&file) {
        Ok(text) => {
            Some(serde_json::from_slice::<DeploymentLog>(&text).map_err(|error| at(error.into()))?)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(at(error)),
    };
    let genesis_hash = genesis.to_string();
    let mut programs = known
        .filter(|log| log.genesis_hash == genesis_hash)
        .map_or_else(Vec::new, |log| log.programs);
    programs.retain(|other| other.program_id != entry.program_id);
    programs.push(entry);
    programs.sort_by(|one, other| one.program_id.cmp(&other.program_id));
    let log = DeploymentLog {
        cluster: cluster.to_owned(),
        genesis_hash,
        programs,
    };
    let write = || {
        fs::create_dir_all(folder)?;
        let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut temporary, &log)?;
        temporary.write_all(b"\n")?;
        temporary.as_file().sync_all()?;
        temporary.persist(&file).map_err(|error| error.error)
    };
    write().map_err(at)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use generion_rpc::{
        cluster::{DEVNET_GENESIS, LOCALNET_GENESIS, MAINNET_BETA_GENESIS},
        url::PlainHttp,
    };

    use super::*;

    /// The name comes from the genesis hash and not from the URL: a provider's URL can lead to any cluster.
    #[test]
    fn a_cluster_has_the_name_of_its_genesis_hash() {
        let name = |url, genesis: &Hash| {
            cluster_name(&NodeUrl::parse(url, PlainHttp::Allowed).unwrap(), genesis)
        };
        assert_eq!(
            name("https://rpc.example.org/key", &DEVNET_GENESIS),
            "devnet"
        );
        assert_eq!(name("http://127.0.0.1:8899", &DEVNET_GENESIS), "devnet");
        let mainnet = name("https://api.devnet.solana.com", &MAINNET_BETA_GENESIS);
        assert_eq!(mainnet, "mainnet-beta");
        assert_eq!(
            name("https://rpc.example.org", &LOCALNET_GENESIS),
            "localnet"
        );
        let other = Hash::new_from_array([7; 32]);
        for local in [
            "http://127.0.0.1:1",
            "http://localhost:8899",
            "http://[::1]:1",
        ] {
            assert_eq!(name(local, &other), "localnet");
        }
        let elsewhere = name("https://rpc.example.org", &other);
        assert_eq!(elsewhere, format!("cluster-{}", &other.to_string()[..8]));
    }

    fn entry(program_id: &str, slot: u64) -> Entry {
        let json = serde_json::json!({
            "program_id": program_id, "program_data": "D", "upgrade_authority": null, "sha256": "00", "size": 1,
            "room": 2, "source_digest": "11", "slot": slot, "unix_time": 5, "signature": null,
            "toolchain": { "kind": "registry", "rustc": "r", "llvm": "l", "linker": "k", "id": "i" },
        });
        serde_json::from_value(json).unwrap()
    }

    fn slots(file: &Path) -> Vec<(String, u64)> {
        let log: DeploymentLog = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let entries = log.programs.into_iter();
        entries
            .map(|entry| (entry.program_id, entry.slot))
            .collect()
    }

    #[test]
    fn a_file_has_one_entry_for_each_program_of_its_ledger() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = [[1; 32], [2; 32]].map(Hash::new_from_array);
        let put =
            |genesis, id, slot| write(folder.path(), "localnet", genesis, entry(id, slot)).unwrap();
        put(&one, "B", 1);
        put(&one, "A", 2);
        let file = put(&one, "B", 3);
        assert_eq!(file, folder.path().join("localnet.json"));
        let found = |id: &str, slot| (id.to_owned(), slot);
        assert_eq!(slots(&file), [found("A", 2), found("B", 3)]);
        // None of them is on another ledger.
        put(&other, "A", 4);
        assert_eq!(slots(&file), [found("A", 4)]);
    }

    #[test]
    fn a_file_of_something_else_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("devnet.json");
        fs::write(&file, "notes").unwrap();
        let genesis = Hash::new_from_array([1; 32]);
        let error = write(folder.path(), "devnet", &genesis, entry("A", 1)).unwrap_err();
        assert!(
            error.to_string().starts_with(&file.display().to_string()),
            "{error}"
        );
        assert_eq!(fs::read(&file).unwrap(), b"notes");
    }
}
