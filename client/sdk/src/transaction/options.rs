/// The compute units that a transaction asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Units {
    /// The units that a simulation uses, and a margin. A transaction that would fail is refused at no cost.
    Simulated,
    /// This many; the transaction is not simulated.
    Fixed(u32),
}

/// The settings for sending a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendOptions {
    /// The compute units to ask for, and whether to simulate the transaction.
    pub units: Units,
    /// The number of block hashes to try, one after the other has expired unused: 1 or more.
    pub attempts: u32,
    /// The last moment to send at, in seconds since the Unix epoch by the ledger's clock. The clock is read anew for each block
    /// hash, from a state that is not older than the hash, so this also bounds the time at which the transaction can reach the
    /// ledger. Of several nodes the earliest clock counts.
    pub not_after: Option<i64>,
    /// The number of times to raise the price: the first raise goes above the market's price, each further one doubles it, and
    /// no raise exceeds the user's maximum. For transactions that run out of time.
    pub raise: u32,
}

impl Default for SendOptions {
    fn default() -> Self {
        Self {
            units: Units::Simulated,
            attempts: 3,
            not_after: None,
            raise: 0,
        }
    }
}
