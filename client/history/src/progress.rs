/// The progress of reading a history. Each step is reported from 0 to its end, and can come more than once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HistoryProgress {
    /// The transactions of addresses are listed.
    Listing {
        /// Number of addresses whose lists are complete.
        done: usize,
        /// Addresses in all.
        total: usize,
    },
    /// Transactions are read.
    Reading {
        /// Transactions that are read.
        done: usize,
        /// Transactions in all.
        total: usize,
    },
}

/// Gets every report of progress.
pub type OnProgress<'a> = dyn Fn(HistoryProgress) + Send + Sync + 'a;
