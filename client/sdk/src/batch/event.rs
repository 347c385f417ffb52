use std::sync::Arc;

use super::document::DocumentName;
use crate::{error::ClientError, flows::record::CreatedRecord};

/// What happens while a batch is written.
#[derive(Debug)]
#[non_exhaustive]
pub enum BatchEvent {
    /// An earlier run may have sent records that can still land; the ledger is asked until that is settled.
    Waiting {
        /// How many.
        uncertain: usize,
    },
    /// These were found on the ledger, from an earlier run.
    Found {
        /// How many.
        records: usize,
    },
    /// A document is encrypted and stored.
    Stored {
        /// Its name.
        name: DocumentName,
    },
    /// Records are on the ledger.
    Written {
        /// The documents and their records.
        records: Vec<(DocumentName, CreatedRecord)>,
    },
    /// A document that did not become a record. The batch goes on without it.
    Failed {
        /// Its name.
        name: DocumentName,
        /// Why.
        error: Arc<ClientError>,
    },
}

/// What a batch did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchTally {
    /// Records that were on the ledger already.
    pub before: usize,
    /// Records that were written.
    pub written: usize,
    /// Documents that did not become records.
    pub failed: usize,
    /// Transactions.
    pub transactions: usize,
    /// Their fees, in lamports.
    pub fees: u64,
}
