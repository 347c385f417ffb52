//! The wallets that may upload.

use std::path::PathBuf;

/// The wallets that may upload. Reading needs no permission, and only the erase authority may delete a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Uploaders {
    /// Every wallet.
    #[default]
    Anyone,
    /// The wallets that a file lists, one base58 address a line, with `#` before comments.
    Listed(PathBuf),
}
