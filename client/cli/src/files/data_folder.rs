//! The folder in which this user's clients keep what must outlive a run: what was offered, which keys were seen, which
//! settlements are under way, and which single nodes are trusted.

use std::{
    env, fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use generion_client::rpc::cluster::Cluster;

use crate::output::failure::Failure;

/// Below the home folder, where `XDG_DATA_HOME` names no other (XDG Base Directory Specification).
const USUAL: &str = ".local/share";

/// A user's data folder. It is made when something is first written there.
#[derive(Clone, Debug)]
pub struct DataFolder(PathBuf);

impl DataFolder {
    /// The one that was named, or this user's.
    pub fn new(named: Option<&Path>) -> Result<Self, Failure> {
        if let Some(folder) = named {
            return Ok(Self(folder.to_owned()));
        }
        let xdg = env::var_os("XDG_DATA_HOME")
            .map(PathBuf::from)
            .filter(|folder| folder.is_absolute());
        xdg.or_else(|| env::home_dir().map(|home| home.join(USUAL)))
            .map(|folder| Self(folder.join("generion")))
            .ok_or_else(|| {
                Failure::new(
                    "you have no home folder to keep data in",
                    "Pass a folder with --data-dir.",
                )
            })
    }

    /// The offers that this user's orders on a cluster made.
    pub fn offers(&self, cluster: Cluster) -> PathBuf {
        self.0.join(cluster.name()).join("offers.json")
    }

    /// The receipts of this user's purchases on a cluster.
    pub fn receipts(&self, cluster: Cluster) -> PathBuf {
        self.0.join(cluster.name()).join("receipts")
    }

    /// The highest encryption keys that were seen of others.
    pub fn keys_seen(&self) -> PathBuf {
        self.0.join("keys-seen.json")
    }

    /// The settlements that are under way.
    pub fn settlements(&self) -> PathBuf {
        self.0.join("settlements")
    }

    /// The nodes that this user trusts without a second one.
    pub fn trusted_nodes(&self) -> PathBuf {
        self.0.join("trusted-nodes.json")
    }

    /// The creators of records that this user trusts.
    pub fn trusted_creators(&self) -> PathBuf {
        self.0.join("trusted-creators.json")
    }

    /// Makes the folder, for its user alone.
    ///
    /// # Errors
    /// Names the folder.
    pub fn create(&self) -> Result<(), Failure> {
        let made = private_folder(&self.0);
        made.map_err(|error| {
            Failure::new(
                format!("can't make the data folder {}: {error}", self.0.display()),
                "Pass another folder with --data-dir.",
            )
        })
    }
}

fn private_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}
