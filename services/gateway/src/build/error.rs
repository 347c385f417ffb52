use generion::GenerionError;
use generion_rpc::{amount::Sol, node::NodeError};
use solana_address::Address;

/// Why a transaction is not built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The ledger would refuse it by a rule of the program.
    #[error("{detail}")]
    Rule {
        /// The rule.
        rule: GenerionError,
        /// The reason.
        detail: String,
    },
    /// An account that it is about is not on the ledger.
    #[error(
        "no {what} is at {address}: compare the address; if it was made just now, try again in a moment"
    )]
    Missing {
        /// The account's kind, for people.
        what: &'static str,
        /// The expected address.
        address: Address,
    },
    /// A wallet has not published an encryption key.
    #[error("wallet {0} has published no encryption key: publish one first")]
    NoKey(Address),
    /// A wallet's signature over its key is wrong.
    #[error(
        "the attestation is not the signature of {0} over this key and its index on this ledger: have the wallet sign the \
         line for this ledger, this key and this index"
    )]
    WrongAttestation(Address),
    /// The wallet that pays has too little.
    #[error(
        "wallet {wallet} has {}, and the transaction takes {}: send it the difference, or let another wallet pay",
        Sol(*balance),
        Sol(*needed)
    )]
    Funds {
        /// The wallet.
        wallet: Address,
        /// The wallet's balance, in lamports.
        balance: u64,
        /// The amount that the transaction takes from the wallet, in lamports.
        needed: u64,
    },
    /// The wallet that pays would keep less than the ledger lets a wallet have.
    #[error(
        "wallet {wallet} would keep {}, and a wallet has nothing or at least {}: send it the difference, or let another \
         wallet pay",
        Sol(*rest),
        Sol(*least)
    )]
    Rest {
        /// The wallet.
        wallet: Address,
        /// The amount that the wallet would keep, in lamports.
        rest: u64,
        /// The rent minimum of an empty account, in lamports.
        least: u64,
    },
    /// The instruction does not fit into a transaction.
    #[error(
        "the transaction would have {0} bytes, and the ledger takes 1232: pass fewer records, or a shorter locator"
    )]
    TooLong(usize),
    /// The priority fee is more than this gateway relays.
    #[error(
        "the priority fee would be {fee} lamports, and this gateway relays at most {most}: lower `fee.unit_price`"
    )]
    PriorityFee {
        /// The size that it would have.
        fee: u64,
        /// The kinds of instructions that are relayed.
        most: u64,
    },
    /// No node answers.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// A node shows an account at an address where the program has none like it.
    #[error(
        "the account that the node at {node} shows at {address} is not the program's: name another node first"
    )]
    Nonsense {
        /// The node, without the secrets in its address.
        node: String,
        /// The address.
        address: Address,
    },
    /// No node is configured.
    #[error("the gateway has no node: set `nodes` in its configuration file")]
    NoNode,
}

impl BuildError {
    /// Whether another node may do better.
    pub(super) const fn is_of_the_node(&self) -> bool {
        matches!(self, Self::Node(_) | Self::Nonsense { .. })
    }

    /// A rule of the program, and the reason why it is broken.
    pub(super) fn rule(rule: GenerionError, detail: impl Into<String>) -> Self {
        Self::Rule {
            rule,
            detail: detail.into(),
        }
    }
}
