/// The priority price: the price of a compute unit that a transaction pays beside the fee per signature, so that a busy ledger
/// executes it earlier. In micro-lamports, which are millionths of a lamport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PriorityPrice {
    /// Nothing.
    None,
    /// Always this much.
    Fixed(u64),
    /// The median of recent prices for the accounts that the transaction writes to, up to this maximum. Of several nodes'
    /// answers the highest counts: a node that names a lower price would delay the transaction.
    Market {
        /// The most.
        max: u64,
    },
}

impl PriorityPrice {
    /// The highest priority fee at this price, in lamports, for so many compute units.
    pub fn lamports_at_most(self, compute_units: u32) -> u64 {
        let price = match self {
            Self::None => 0,
            Self::Fixed(price) | Self::Market { max: price } => price,
        };
        // Rounded up, as the ledger does.
        let micro = u128::from(price) * u128::from(compute_units);
        u64::try_from(micro.div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }
}

impl Default for PriorityPrice {
    /// The market's, up to 100,000 micro-lamports: 0.000005 SOL for 50,000 compute units.
    fn default() -> Self {
        Self::Market { max: 100_000 }
    }
}
