/// How many compute units a transaction asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Units {
    /// What a simulation uses, and a margin. A transaction that would fail is refused at no cost.
    Simulated,
    /// This many; the transaction is not simulated.
    Fixed(u32),
}

/// How a transaction is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendOptions {
    /// How many compute units it asks for, and whether it is simulated.
    pub units: Units,
    /// How many block hashes are tried, one after the other has expired unused: 1 or more.
    pub attempts: u32,
    /// The last moment to send at, in seconds since the Unix epoch by the ledger's clock, which is read anew for each
    /// block hash, and not from a state older than that hash: so it bounds when the transaction can land at all. Of several
    /// nodes the earliest clock counts.
    pub not_after: Option<i64>,
    /// How often the price is raised: above the market's from the first time on, doubled with each further one, and never
    /// above the user's highest. For what runs out of time.
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
