use generion_interface::accounts::AccountError;
use generion_rpc::node::{GenesisError, NodeError};
use solana_address::Address;

/// Why a history can't be read. [`Error::source`](core::error::Error::source) has the cause, which the text leaves out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// No node is named.
    #[error("no node is named to read a history from")]
    NoNodes,
    /// The first node doesn't answer, or is behind.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The first node is of another cluster, or doesn't show its genesis hash.
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    /// The first node shows an account at an address that doesn't follow from the account's contents.
    #[error(
        "the node at {node} lies, or is broken: the account that it shows at {address} is not the one on the ledger"
    )]
    WrongAddress {
        /// The node, without the secrets in its address.
        node: String,
        /// The address that was asked for.
        address: Address,
        /// Which address follows from the contents.
        source: Box<AccountError>,
    },
    /// This version can't decode an account.
    #[error("{address}")]
    Account {
        /// The account.
        address: Address,
        /// Why.
        source: AccountError,
    },
}
