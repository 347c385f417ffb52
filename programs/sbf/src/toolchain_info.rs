//! What a binary was built with.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What a binary was built with, as its manifest says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolchainInfo {
    /// `registry` or `platform-tools`.
    pub kind: String,
    /// The compiler.
    pub rustc: String,
    /// Where LLVM came from.
    pub llvm: String,
    /// The linker.
    pub linker: String,
    /// Tells toolchains of one kind apart: a digest over the recipe and the packages that it was made from.
    pub id: String,
}

impl std::fmt::Display for ToolchainInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({})", self.kind, self.id, self.llvm)
    }
}

impl ToolchainInfo {
    /// Describes a toolchain; `parts` are what tells it from others.
    pub(crate) fn new<'a>(
        kind: &str,
        [rustc, llvm, linker]: [&str; 3],
        parts: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let [kind, rustc, llvm, linker] = [kind, rustc, llvm, linker].map(str::to_owned);
        Self {
            kind,
            rustc,
            llvm,
            linker,
            id: short_digest(parts),
        }
    }
}

/// The first 16 hex digits of a digest over texts.
pub(crate) fn short_digest<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    hex::encode(digest.finalize())[..16].to_owned()
}
