//! What the registry toolchain is made with. The version of a toolchain is the digest over all of it.

use crate::rustc::RELEASE;

/// The linker's exact version.
pub(crate) const LINKER_VERSION: &str = "0.2.6";

/// The link to the compiler's installation, in the toolchain's folder.
pub(crate) const HOST: &str = "host";

/// Teaches the standard library the target `solana`.
pub(crate) const RUST_SRC_PATCH: &str = include_str!("../toolchain/rust-src.patch");
/// Renames the 128-bit builtins to what [`BUILTINS_SHIM`] calls, and adds those that are missing.
pub(crate) const BUILTINS_PATCH: &str = include_str!("../toolchain/builtins.patch");
/// The 128-bit builtins under the calling convention of LLVM 23.
pub(crate) const BUILTINS_SHIM: &str = include_str!("../toolchain/builtins.ll");
/// A manifest that depends on the builtins' sources.
pub(crate) const BUILTINS_MANIFEST: &str = include_str!("../toolchain/builtins.toml");
/// Its lock file, with the sources' checksum.
pub(crate) const BUILTINS_LOCK: &str = include_str!("../toolchain/builtins.lock");
/// The target specification.
pub(crate) const TARGET: &str = include_str!("../toolchain/sbpf-solana.json");
/// Starts rustc with the toolchain's sysroot.
pub(crate) const RUSTC: &str = include_str!("../toolchain/rustc.sh");
/// Starts the linker with its own libraries.
pub(crate) const LINKER: &str = include_str!("../toolchain/sbpf-linker.sh");
/// The steps of the set-up: counted up when they come to make something else.
pub(crate) const REVISION: &str = "1";

/// All of them.
pub(crate) const ALL: [&str; 11] = [
    RUST_SRC_PATCH,
    BUILTINS_PATCH,
    BUILTINS_SHIM,
    BUILTINS_MANIFEST,
    BUILTINS_LOCK,
    TARGET,
    RUSTC,
    LINKER,
    LINKER_VERSION,
    RELEASE,
    REVISION,
];
