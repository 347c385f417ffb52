use std::sync::Arc;

use super::document::DocumentName;
use crate::{error::ClientError, flows::record::CreatedRecord};

/// An event while a batch is written.
#[derive(Debug)]
#[non_exhaustive]
pub enum BatchEvent {
    /// An earlier run may have sent records that can still reach the ledger; the ledger is asked until their outcome is known.
    Waiting {
        /// The number of records.
        uncertain: usize,
    },
    /// These were found on the ledger, from an earlier run.
    Found {
        /// The number of records.
        records: usize,
    },
    /// A document is encrypted and stored.
    Stored {
        /// The document's name.
        name: DocumentName,
    },
    /// Records are on the ledger.
    Written {
        /// The documents and their records.
        records: Vec<(DocumentName, CreatedRecord)>,
    },
    /// The research copy of a document is ready, and will be written when it is due.
    Held {
        /// The document's name.
        name: DocumentName,
        /// When it is due, in seconds since 1970.
        due: u64,
    },
    /// A document, or its research copy, did not become a record. The batch continues without it.
    Failed {
        /// The document's name.
        name: DocumentName,
        /// Why.
        error: Arc<ClientError>,
    },
}

/// The results of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchTally {
    /// Records that were on the ledger already.
    pub before: usize,
    /// Records that were written, without research copies.
    pub written: usize,
    /// Research copies that were written.
    pub copies: usize,
    /// Research copies that are ready, and not due yet.
    pub held: usize,
    /// Documents that did not become records.
    pub failed: usize,
    /// Transactions.
    pub transactions: usize,
    /// The fees of the transactions, in lamports.
    pub fees: u64,
}
