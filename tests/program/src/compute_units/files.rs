//! Files of the workspace.

use std::path::{Path, PathBuf};

/// The committed table of the program.
pub fn committed_file() -> PathBuf {
    in_workspace("tests/program/compute_units.json")
}

/// A file of the workspace.
pub(super) fn in_workspace(path: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    root.expect("the crate is in tests/program").join(path)
}
