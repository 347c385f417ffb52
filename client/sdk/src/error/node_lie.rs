use core::fmt;

use solana_address::Address;

/// A node showed an account at an address where it can't be: the address of an account follows from its contents, so the node
/// is certainly wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeLie {
    /// The node, without the secrets in its address.
    pub node: String,
    /// The address that it showed the account at.
    pub address: Address,
    /// The reason why the node is wrong.
    pub reason: String,
}

impl fmt::Display for NodeLie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            node,
            address,
            reason,
        } = self;
        write!(
            f,
            "the node at {node} lies, or is broken: the account that it shows at {address} is not the one on the ledger: {reason}"
        )
    }
}
