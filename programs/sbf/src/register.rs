//! The recorded digests: the known binary for each program id and toolchain.
//!
//! `deployments/digests.json` is a list of manifests under version control, so that whoever reviews the repository has
//! seen what is deployed. The manifest of the committed binary counts as an entry.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    artifact::{MANIFEST, Manifest, ProgramArtifact, replace},
    error::{Error, Result, io_error},
};

/// The path of the recorded digests in the workspace.
pub(crate) const FILE: &str = "deployments/digests.json";

/// The recorded digests of a workspace.
#[derive(Clone, Debug)]
pub struct Register {
    file: PathBuf,
    entries: Vec<Manifest>,
    committed: Option<Manifest>,
}

impl Register {
    /// Reads the records of the workspace in `root`. If there is no file, the list is empty.
    ///
    /// # Errors
    /// [`Error::Io`] and [`Error::Malformed`], of either file.
    pub fn open(root: &Path) -> Result<Self> {
        let file = root.join(FILE);
        let committed = root.join("programs/generion/artifacts").join(MANIFEST);
        Ok(Self {
            entries: read(&file)?.unwrap_or_default(),
            committed: read(&committed)?,
            file,
        })
    }

    /// Refuses a binary that is not the recorded one for its program id and toolchain.
    ///
    /// # Errors
    /// [`Error::NotRecorded`] and [`Error::DigestDiffers`].
    pub fn check(&self, manifest: &Manifest) -> Result<()> {
        let same_kind = |entry: &&Manifest| is_for_the_same(entry, manifest);
        // The file takes precedence: an entry there is a decision about this id and toolchain.
        let recorded = self
            .entries
            .iter()
            .find(same_kind)
            .or(self.committed.as_ref().filter(same_kind));
        match recorded {
            None => Err(Error::NotRecorded {
                program_id: manifest.program_id.clone(),
                toolchain: manifest.toolchain.to_string(),
                file: self.file.clone(),
            }),
            Some(entry) if entry.sha256 != manifest.sha256 => Err(Error::DigestDiffers {
                program_id: manifest.program_id.clone(),
                toolchain: manifest.toolchain.to_string(),
                recorded: entry.sha256.clone(),
                found: manifest.sha256.clone(),
                file: self.file.clone(),
            }),
            Some(_) => Ok(()),
        }
    }

    /// Records a binary, replaces an earlier one of the same program id and toolchain, and writes the file.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn record(&mut self, manifest: &Manifest) -> Result<&Path> {
        self.entries
            .retain(|entry| !is_for_the_same(entry, manifest));
        self.entries.push(manifest.clone());
        let key = |entry: &Manifest| (entry.program_id.clone(), entry.toolchain.id.clone());
        self.entries.sort_by_key(key);
        let mut text = serde_json::to_vec_pretty(&self.entries)
            .map_err(|error| io_error("write", &self.file)(error.into()))?;
        text.push(b'\n');
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder).map_err(io_error("make", folder))?;
        }
        replace(&self.file, &text)?;
        Ok(&self.file)
    }
}

impl ProgramArtifact {
    /// Reads the binary and manifest in `folder`, whatever sources they were built from.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the two don't belong together, or one of them is missing.
    pub fn open(folder: &Path) -> Result<Self> {
        Self::load_any(folder).map_err(|reason| Error::Malformed {
            path: folder.to_owned(),
            reason: format!("this holds no program binary with its manifest: {reason}"),
        })
    }
}

fn is_for_the_same(one: &Manifest, other: &Manifest) -> bool {
    one.program_id == other.program_id && one.toolchain.id == other.toolchain.id
}

fn read<T: serde::de::DeserializeOwned>(file: &Path) -> Result<Option<T>> {
    let text = match fs::read(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        text => text.map_err(io_error("read", file))?,
    };
    let value = serde_json::from_slice(&text).map_err(|error| Error::Malformed {
        path: file.to_owned(),
        reason: error.to_string(),
    })?;
    Ok(Some(value))
}
