use core::fmt;

use solana_address::Address;

/// An account that a node showed where it can't be: every account's address follows from its contents, so that the node
/// is wrong, whatever the ledger says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeLie {
    /// The node, without what is secret in its address.
    pub node: String,
    /// The address that it showed the account at.
    pub address: Address,
    /// What shows that it is wrong.
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
            "the node at {node} lies, or is broken: what it shows at {address} is not what stands there: {reason}"
        )
    }
}
