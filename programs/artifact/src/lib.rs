//! The on-chain program's binary, built from the present sources.
//!
//! The build script takes the committed binary (`programs/generion/artifacts/`) if it was built from these sources.
//! Otherwise it builds one, which needs the SBF toolchain; `cargo xtask build-program` does the same and shows its progress. With
//! `GENERION_PROGRAM_ID` in the environment of the build, it is the binary for that id.

use solana_address::Address;

/// The program: an SBPF v3 shared object, as the upgradeable loader takes it.
pub static PROGRAM: &[u8] = include_bytes!(env!("GENERION_ARTIFACT_BINARY"));

/// The address that [`PROGRAM`] was built for, and must be loaded at.
pub const PROGRAM_ID: Address = Address::from_str_const(env!("GENERION_ARTIFACT_ID"));

/// SHA-256 of [`PROGRAM`], in lower-case hex.
pub const SHA256: &str = env!("GENERION_ARTIFACT_SHA256");

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_embedded_binary_is_what_its_manifest_says() {
        assert_eq!(hex::encode(Sha256::digest(PROGRAM)), SHA256);
        assert!(PROGRAM.starts_with(b"\x7fELF"));
        assert_eq!(PROGRAM_ID.to_string(), env!("GENERION_ARTIFACT_ID"));
    }

    #[test]
    fn the_binary_says_where_to_report_a_weakness() {
        let found = solana_security_txt::find_and_parse(PROGRAM).expect("a security.txt");
        assert_eq!(found.name, "Generion");
        assert!(found.policy.starts_with("SECURITY.md"), "{}", found.policy);
        let contacts: Vec<String> = found.contacts.iter().map(ToString::to_string).collect();
        assert_eq!(
            contacts,
            ["Other: as SECURITY.md of the source repository says"]
        );
        let release = found.source_release.as_deref();
        assert_eq!(release, Some(env!("CARGO_PKG_VERSION")));
    }
}
