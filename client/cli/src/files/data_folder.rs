//! The user's data folder, with everything that is kept between runs: offers, receipts, known keys, settlements in
//! progress, trusted nodes and creators.

use std::{
    env, fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use generion_client::rpc::cluster::Cluster;

use crate::output::failure::Failure;

/// The default below the home folder, if `XDG_DATA_HOME` is not set (XDG Base Directory Specification).
const USUAL: &str = ".local/share";

/// The data folder. It is created when something is first written there.
#[derive(Clone, Debug)]
pub struct DataFolder(PathBuf);

impl DataFolder {
    /// The named folder, or the user's default.
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

    /// The file with the user's offers on a cluster.
    pub fn offers(&self, cluster: Cluster) -> PathBuf {
        self.0.join(cluster.name()).join("offers.json")
    }

    /// The folder with the receipts of the user's purchases on a cluster.
    pub fn receipts(&self, cluster: Cluster) -> PathBuf {
        self.0.join(cluster.name()).join("receipts")
    }

    /// The file with the newest known encryption key of each wallet.
    pub fn keys_seen(&self) -> PathBuf {
        self.0.join("keys-seen.json")
    }

    /// The folder with the settlements in progress.
    pub fn settlements(&self) -> PathBuf {
        self.0.join("settlements")
    }

    /// The file with the nodes that the user trusts without a second one.
    pub fn trusted_nodes(&self) -> PathBuf {
        self.0.join("trusted-nodes.json")
    }

    /// The file with the creators that the user trusts.
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
