use generion_interface::events::{self, Event};
use generion_rpc::{confirmation::Confirmed, node::Node};
use solana_signature::Signature;

use crate::{error::ClientError, ledger::Ledger};

/// A transaction on the ledger that succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmedTransaction {
    /// The transaction's signature.
    pub signature: Signature,
    /// The transaction's slot.
    pub slot: u64,
    /// The transaction's fee, in lamports.
    pub fee: u64,
    /// The compute units that it used.
    pub compute_units: u64,
    /// The program's events.
    pub events: Vec<Event>,
}

impl Ledger {
    /// Reads a transaction that is on the ledger.
    ///
    /// # Errors
    /// [`ClientError::Refused`] where it failed; [`ClientError::Node`].
    pub async fn confirmed_transaction(
        &self,
        signature: &Signature,
    ) -> Result<ConfirmedTransaction, ClientError> {
        self.confirmed_transaction_at(self.primary(), signature)
            .await
    }

    pub(crate) async fn confirmed_transaction_at(
        &self,
        node: &Node,
        signature: &Signature,
    ) -> Result<ConfirmedTransaction, ClientError> {
        let confirmed = self.confirmer().confirmed_at(node, signature).await?;
        Ok(self.with_events(confirmed))
    }

    pub(super) fn with_events(&self, confirmed: Confirmed) -> ConfirmedTransaction {
        let logs = confirmed.logs.iter().map(String::as_str);
        ConfirmedTransaction {
            signature: confirmed.signature,
            slot: confirmed.slot,
            fee: confirmed.fee,
            compute_units: confirmed.compute_units,
            events: events::from_logs(self.program_id(), logs),
        }
    }
}
