//! A program binary with its manifest, and when the two are to be trusted.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    error::{Result, io_error},
    id::ProgramId,
    toolchain_info::ToolchainInfo,
};

/// The binary's file name.
pub(crate) const BINARY: &str = "generion.so";
/// The manifest's file name, beside the binary.
pub(crate) const MANIFEST: &str = "manifest.json";

/// What a binary is, as the file beside it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The id that it was built for, in base58.
    pub program_id: String,
    /// SHA-256 of the binary, in lower-case hex.
    pub sha256: String,
    /// Length of the binary in bytes.
    pub size: u64,
    /// Digest of the sources that it was built from, in lower-case hex.
    pub source_digest: String,
    /// What built it.
    pub toolchain: ToolchainInfo,
}

impl Manifest {
    /// The manifest in a binary's folder.
    fn read(folder: &Path) -> std::result::Result<Self, Distrust> {
        let text = fs::read(folder.join(MANIFEST)).map_err(|_| Distrust::Missing)?;
        serde_json::from_slice(&text).map_err(|error| Distrust::Manifest(error.to_string()))
    }
}

/// A binary that is what its manifest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramArtifact {
    /// The shared object.
    pub binary: PathBuf,
    /// Its manifest.
    pub manifest: Manifest,
    /// The id that it was built for.
    pub program_id: ProgramId,
}

/// Why a binary is not taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Distrust {
    #[error("there is none")]
    Missing,
    #[error("its manifest is unreadable: {0}")]
    Manifest(String),
    #[error("it was built from other sources")]
    Stale,
    #[error("it is not the binary that its manifest describes")]
    Corrupt,
}

impl ProgramArtifact {
    /// Takes the binary in `folder` if it was built for `id` from the sources with `source_digest`, and is whole.
    pub(crate) fn load(
        folder: &Path,
        id: &ProgramId,
        source_digest: &str,
    ) -> std::result::Result<Self, Distrust> {
        let manifest = Manifest::read(folder)?;
        if manifest.source_digest != source_digest || manifest.program_id != id.as_str() {
            return Err(Distrust::Stale);
        }
        Self::whole(folder, manifest, id.clone())
    }

    /// Takes the binary in `folder` if it is whole, whatever it was built for and from.
    pub(crate) fn load_any(folder: &Path) -> std::result::Result<Self, Distrust> {
        let manifest = Manifest::read(folder)?;
        let id = ProgramId::parse(&manifest.program_id, MANIFEST)
            .map_err(|error| Distrust::Manifest(error.to_string()))?;
        Self::whole(folder, manifest, id)
    }

    fn whole(
        folder: &Path,
        manifest: Manifest,
        program_id: ProgramId,
    ) -> std::result::Result<Self, Distrust> {
        let binary = folder.join(BINARY);
        let bytes = fs::read(&binary).map_err(|_| Distrust::Missing)?;
        if bytes.len() as u64 != manifest.size || sha256(&bytes) != manifest.sha256 {
            return Err(Distrust::Corrupt);
        }
        Ok(Self {
            binary,
            manifest,
            program_id,
        })
    }

    /// Puts a binary and its manifest into `folder`, each at once or not at all. The binary goes first: between the two
    /// the old manifest does not describe the new binary, and nobody takes it.
    pub(crate) fn store(
        folder: &Path,
        bytes: &[u8],
        id: &ProgramId,
        source_digest: &str,
        toolchain: &ToolchainInfo,
    ) -> Result<Self> {
        let manifest = Manifest {
            program_id: id.to_string(),
            sha256: sha256(bytes),
            size: bytes.len() as u64,
            source_digest: source_digest.to_owned(),
            toolchain: toolchain.clone(),
        };
        let file = folder.join(MANIFEST);
        let mut text = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| io_error("write", &file)(error.into()))?;
        text.push(b'\n');
        fs::create_dir_all(folder).map_err(io_error("make", folder))?;
        replace(&folder.join(BINARY), bytes)?;
        replace(&file, &text)?;
        Ok(Self {
            binary: folder.join(BINARY),
            manifest,
            program_id: id.clone(),
        })
    }
}

/// Lower-case hex of the SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Writes a file through a temporary one beside it.
pub(crate) fn replace(file: &Path, bytes: &[u8]) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let write = || {
        let folder = file.parent().unwrap_or(Path::new("."));
        // As any committed file: temporary ones are for their owner alone.
        let mut temporary = tempfile::Builder::new()
            .permissions(fs::Permissions::from_mode(0o644))
            .tempfile_in(folder)?;
        temporary.write_all(bytes)?;
        temporary.as_file().sync_all()?;
        temporary.persist(file).map_err(|error| error.error)
    };
    write().map(drop).map_err(io_error("write", file))
}
