use core::{fmt, str::FromStr};

use solana_address::Address;

/// A cluster's genesis hash, in base58 as text. It has its own type, because it must not be confused with the block hash of
/// a transaction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GenesisHash(pub [u8; 32]);

/// The text is not a genesis hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a genesis hash is 32 bytes in base58")]
pub struct InvalidGenesisHash;

impl GenesisHash {
    /// Genesis hash of every local node of this project: SHA-256 of `generion localnet`. It is the same after a restart, and
    /// does not tell one local ledger from another.
    pub const LOCALNET: Self = Self([
        0xef, 0x54, 0xd3, 0x7b, 0xeb, 0xd1, 0xaa, 0x9c, 0xf6, 0xef, 0x73, 0x4e, 0xca, 0x3e, 0x04,
        0xe5, 0x25, 0x2e, 0xe9, 0x44, 0x4a, 0x02, 0x92, 0x64, 0xbc, 0x20, 0x08, 0xd6, 0x61, 0xed,
        0x41, 0x15,
    ]);
}

/// Address of the account in which a local node of this project keeps 32 random bytes that identify its ledger, since all
/// local ledgers have the same genesis hash: SHA-256 of `generion localnet ledger`. The bytes stay the same for as long as
/// the ledger exists.
pub const LOCAL_LEDGER: Address = Address::new_from_array([
    0x86, 0xdf, 0xf0, 0x68, 0x91, 0xde, 0x7b, 0x64, 0x48, 0xca, 0x77, 0x21, 0x66, 0x28, 0x6d, 0x13,
    0x37, 0x71, 0x1d, 0xbf, 0x14, 0xdc, 0x5a, 0x57, 0x5f, 0x74, 0xc8, 0x7c, 0x1c, 0xf2, 0x6d, 0x05,
]);

impl AsRef<[u8]> for GenesisHash {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for GenesisHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Address::new_from_array(self.0), f)
    }
}

impl fmt::Debug for GenesisHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GenesisHash({self})")
    }
}

impl FromStr for GenesisHash {
    type Err = InvalidGenesisHash;

    fn from_str(text: &str) -> Result<Self, InvalidGenesisHash> {
        let bytes: Address = text.parse().map_err(|_| InvalidGenesisHash)?;
        Ok(Self(bytes.to_bytes()))
    }
}

/// The program with an id on a cluster. Every text that a wallet signs names both, so that a signature for one cluster is
/// worthless on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Deployment {
    /// The cluster's genesis hash. A client has pinned or saved it, and never takes it from a node without a check.
    pub genesis: GenesisHash,
    /// The program's id.
    pub program_id: Address,
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAINNET: &str = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d";

    #[test]
    fn its_text_is_base58_and_parses_back() {
        let mainnet: GenesisHash = MAINNET.parse().unwrap();
        assert_eq!(mainnet.to_string(), MAINNET);
        assert_eq!(format!("{mainnet:?}"), format!("GenesisHash({MAINNET})"));
        assert_eq!(GenesisHash([0; 32]).to_string(), "1".repeat(32));
    }

    #[test]
    fn the_local_nodes_is_the_hash_of_a_text() {
        use sha2::{Digest, Sha256};
        let expected: [u8; 32] = Sha256::digest("generion localnet").into();
        assert_eq!(GenesisHash::LOCALNET, GenesisHash(expected));
        let expected: [u8; 32] = Sha256::digest("generion localnet ledger").into();
        assert_eq!(LOCAL_LEDGER, Address::new_from_array(expected));
    }

    #[test]
    fn no_other_text_is_taken() {
        for text in [
            "",
            &MAINNET[..40],
            &format!("{MAINNET}1"),
            &format!(" {MAINNET}"),
            &MAINNET.replace('w', "0"),
        ] {
            assert_eq!(
                text.parse::<GenesisHash>(),
                Err(InvalidGenesisHash),
                "{text:?}"
            );
        }
    }
}
