use std::fmt;

use solana_address::Address;

/// A fact that the user should know, and that stopped nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// A key on the ledger is the wallet's own, but of another of its indexes. It was opened with the secret of that index.
    OtherIndex {
        /// The wallet.
        wallet: Address,
        /// The index that the key has on the ledger.
        index: u32,
        /// The index that the wallet has the key for.
        own: u32,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherIndex { wallet, index, own } => write!(
                f,
                "the encryption key with index {index} of wallet {wallet} on the ledger is the wallet's key for index \
                 {own}: what is made for it opens with that one"
            ),
        }
    }
}
