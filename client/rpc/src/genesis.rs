//! The genesis hashes of clusters that are not public, as they were seen first.
//!
//! What a node shows is taken once, when its user is told and agrees, and is bound to the cluster's name. From then on
//! every node of that cluster has to show it. No cluster of one's own can have the genesis hash of a public one.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use solana_hash::Hash;

use crate::cluster::{Cluster, ClusterName, OtherGenesis};

/// The version of the file's format.
const VERSION: u32 = 1;

/// A file of genesis hashes by cluster. Processes may use it at the same time; every change is written to the disk in
/// one piece, or not at all. Its methods block for as long as that takes.
#[derive(Clone, Debug)]
pub struct GenesisFile {
    path: PathBuf,
}

/// What a genesis hash that is to be remembered was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nobody has seen this cluster before: tell the user.
    New,
    /// It is the one that was remembered.
    Known,
}

/// Why a genesis hash was not remembered or recalled.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenesisFileError {
    /// The file can't be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What happened.
        source: io::Error,
    },
    /// The file holds something else, or is of a version to come.
    #[error("{path} is not a file of genesis hashes that this version can read: {reason}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The node shows another genesis hash than was remembered.
    #[error(transparent)]
    Other(#[from] OtherGenesis),
    /// A node of a cluster of one's own shows the genesis hash of a public one.
    #[error("the node at {node} of the cluster {name} shows the genesis hash of {public}")]
    Public {
        /// The node, without its secrets.
        node: String,
        /// The cluster that it should be of.
        name: ClusterName,
        /// The cluster that it says to be of.
        public: Cluster,
    },
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    version: u32,
    /// Base58 by name.
    clusters: BTreeMap<String, String>,
}

impl GenesisFile {
    /// Of this path. The file and its folder are made when there is something to remember.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The genesis hash that nodes of a cluster have to show: the pinned one, or what was remembered. `None`: nobody
    /// has seen this cluster before.
    ///
    /// # Errors
    /// [`GenesisFileError::File`], [`GenesisFileError::Damaged`].
    pub fn expected(&self, cluster: &Cluster) -> Result<Option<Hash>, GenesisFileError> {
        match cluster {
            Cluster::Named(name) => self.read()?.get(&self.path, name),
            public => Ok(public.pinned_genesis()),
        }
    }

    /// Keeps what a node shows, if it is the first of its cluster.
    ///
    /// # Errors
    /// [`GenesisFileError::Other`] where another one was remembered, [`GenesisFileError::Public`] where it is that of a
    /// public cluster: nothing is kept then. [`GenesisFileError::File`], [`GenesisFileError::Damaged`].
    pub fn remember(
        &self,
        name: &ClusterName,
        node: &str,
        shown: &Hash,
    ) -> Result<Seen, GenesisFileError> {
        if let Some(public) = Cluster::of_genesis(shown) {
            return Err(GenesisFileError::Public {
                node: node.to_owned(),
                name: name.clone(),
                public,
            });
        }
        let _lock = self.lock()?;
        let mut contents = self.read()?;
        match contents.get(&self.path, name)? {
            Some(expected) if expected == *shown => Ok(Seen::Known),
            Some(expected) => Err(GenesisFileError::Other(OtherGenesis {
                node: node.to_owned(),
                shown: *shown,
                expected,
            })),
            None => {
                let entry = (name.to_string(), shown.to_string());
                contents.clusters.extend([entry]);
                self.write(&contents)?;
                Ok(Seen::New)
            }
        }
    }

    /// Forgets a cluster whose user made it anew; whether it was known.
    ///
    /// # Errors
    /// [`GenesisFileError::File`], [`GenesisFileError::Damaged`].
    pub fn forget(&self, name: &ClusterName) -> Result<bool, GenesisFileError> {
        let _lock = self.lock()?;
        let mut contents = self.read()?;
        let was_known = contents.clusters.remove(name.as_str()).is_some();
        if was_known {
            self.write(&contents)?;
        }
        Ok(was_known)
    }

    /// One process at a time reads the file to change it. The lock is given back when this is dropped.
    fn lock(&self) -> Result<File, GenesisFileError> {
        let lock = || {
            fs::create_dir_all(self.folder())?;
            let mut path = self.path.clone().into_os_string();
            path.push(".lock");
            let file = File::create(path)?;
            file.lock()?;
            Ok(file)
        };
        lock().map_err(|source| self.failed(source))
    }

    fn read(&self) -> Result<Contents, GenesisFileError> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Contents {
                    version: VERSION,
                    clusters: BTreeMap::new(),
                });
            }
            Err(error) => return Err(self.failed(error)),
        };
        let contents: Contents =
            serde_json::from_str(&text).map_err(|error| damaged(&self.path, error.to_string()))?;
        if contents.version != VERSION {
            let reason = format!("its version is {}", contents.version);
            return Err(damaged(&self.path, reason));
        }
        Ok(contents)
    }

    fn write(&self, contents: &Contents) -> Result<(), GenesisFileError> {
        let write = || {
            let mut file = tempfile::NamedTempFile::new_in(self.folder())?;
            serde_json::to_writer_pretty(&mut file, contents)?;
            file.write_all(b"\n")?;
            file.as_file().sync_all()?;
            file.persist(&self.path)?;
            // The name is in the folder, and is not on the disk before the folder is.
            File::open(self.folder())?.sync_all()
        };
        write().map_err(|source| self.failed(source))
    }

    fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    fn failed(&self, source: io::Error) -> GenesisFileError {
        GenesisFileError::File {
            path: self.path.clone(),
            source,
        }
    }
}

impl Contents {
    fn get(&self, path: &Path, name: &ClusterName) -> Result<Option<Hash>, GenesisFileError> {
        let Some(text) = self.clusters.get(name.as_str()) else {
            return Ok(None);
        };
        let hash = text
            .parse()
            .map_err(|_| damaged(path, format!("what it has for {name} is no genesis hash")))?;
        Ok(Some(hash))
    }
}

fn damaged(path: &Path, reason: String) -> GenesisFileError {
    GenesisFileError::Damaged {
        path: path.to_owned(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::cluster::DEVNET_GENESIS;

    const NODE: &str = "https://rpc.example";

    fn hash(byte: u8) -> Hash {
        Hash::new_from_array([byte; 32])
    }

    fn name(text: &str) -> ClusterName {
        text.parse().unwrap()
    }

    #[test]
    fn the_first_use_is_told_and_the_next_ones_are_compared() {
        let folder = tempfile::tempdir().unwrap();
        let file = GenesisFile::new(folder.path().join("a/b/genesis.json"));
        let cluster = Cluster::Named(name("staging"));
        assert_eq!(file.expected(&cluster).unwrap(), None);
        assert_eq!(
            file.remember(&name("staging"), NODE, &hash(1)).unwrap(),
            Seen::New
        );
        assert_eq!(
            file.remember(&name("staging"), NODE, &hash(1)).unwrap(),
            Seen::Known
        );
        assert_eq!(
            file.remember(&name("localhost"), NODE, &hash(2)).unwrap(),
            Seen::New
        );
        assert_eq!(file.expected(&cluster).unwrap(), Some(hash(1)));

        let error = file.remember(&name("staging"), NODE, &hash(2)).unwrap_err();
        let GenesisFileError::Other(other) = &error else {
            panic!("{error:?}")
        };
        assert_eq!((other.shown, other.expected), (hash(2), hash(1)));
        assert!(error.to_string().contains(NODE));
        assert_eq!(file.expected(&cluster).unwrap(), Some(hash(1)));
    }

    #[test]
    fn a_cluster_that_was_made_anew_can_be_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let file = GenesisFile::new(folder.path().join("genesis.json"));
        assert!(!file.forget(&name("localhost")).unwrap());
        file.remember(&name("localhost"), NODE, &hash(1)).unwrap();
        assert!(file.forget(&name("localhost")).unwrap());
        assert_eq!(
            file.remember(&name("localhost"), NODE, &hash(2)).unwrap(),
            Seen::New
        );
    }

    #[test]
    fn public_clusters_are_pinned_whatever_the_file_says() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("genesis.json");
        let planted = format!(r#"{{"version":1,"clusters":{{"devnet":"{}"}}}}"#, hash(1));
        fs::write(&path, planted).unwrap();
        let expected = GenesisFile::new(path).expected(&Cluster::Devnet).unwrap();
        assert_eq!(expected, Some(DEVNET_GENESIS));
    }

    #[test]
    fn no_other_cluster_has_the_genesis_of_a_public_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("genesis.json");
        let file = GenesisFile::new(&path);
        let error = file
            .remember(&name("localhost"), NODE, &DEVNET_GENESIS)
            .unwrap_err();
        let expected = "the node at https://rpc.example of the cluster localhost shows the genesis hash of devnet";
        assert_eq!(error.to_string(), expected);
        assert!(!path.exists());
    }

    #[test]
    fn a_file_that_is_not_one_is_neither_believed_nor_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("genesis.json");
        let file = GenesisFile::new(&path);
        for text in [
            "",
            "{}",
            r#"{"version":2,"clusters":{}}"#,
            r#"{"version":1,"clusters":{"staging":"no hash"}}"#,
        ] {
            fs::write(&path, text).unwrap();
            let error = file.remember(&name("staging"), NODE, &hash(1)).unwrap_err();
            assert!(
                matches!(error, GenesisFileError::Damaged { .. }),
                "{error:?}"
            );
            assert!(error.to_string().contains("genesis.json"), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        let error = file.remember(&name("staging"), NODE, &hash(1)).unwrap_err();
        assert!(matches!(error, GenesisFileError::File { .. }), "{error:?}");
    }

    #[test]
    fn nothing_is_lost_where_many_remember_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = GenesisFile::new(folder.path().join("genesis.json"));
        thread::scope(|scope| {
            for byte in 1..=16 {
                let file = &file;
                scope.spawn(move || {
                    let name = name(&format!("cluster-{byte}"));
                    assert_eq!(file.remember(&name, NODE, &hash(byte)).unwrap(), Seen::New);
                });
            }
        });
        for byte in 1..=16 {
            let cluster = Cluster::Named(name(&format!("cluster-{byte}")));
            assert_eq!(file.expected(&cluster).unwrap(), Some(hash(byte)));
        }
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 2, "{left:?}");
    }
}
