use generion_interface::events::{self, Event};
use generion_rpc::node::Node;
use solana_signature::Signature;
use solana_transaction_status_client_types::option_serializer::OptionSerializer;

use crate::{
    error::{ClientError, refused_transaction::RefusedTransaction},
    ledger::Ledger,
};

/// A transaction on the ledger, as the ledger tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmedTransaction {
    /// Its signature.
    pub signature: Signature,
    /// Its slot.
    pub slot: u64,
    /// Its fee, in lamports.
    pub fee: u64,
    /// The compute units it used.
    pub compute_units: u64,
    /// The program's events.
    pub events: Vec<Event>,
}

impl Ledger {
    /// Reads a transaction back from the ledger.
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
        let transaction = self.transaction_at(node, signature).await?;
        let Some(meta) = transaction.transaction.meta else {
            return Err(ClientError::Unknown(*signature));
        };
        let logs = match meta.log_messages {
            OptionSerializer::Some(logs) => logs,
            _ => Vec::new(),
        };
        if let Some(error) = meta.err {
            return Err(ClientError::Refused(Box::new(RefusedTransaction {
                slot: transaction.slot,
                fee: meta.fee,
                ..RefusedTransaction::new(Some(*signature), error.into(), logs)
            })));
        }
        let compute_units = match meta.compute_units_consumed {
            OptionSerializer::Some(units) => units,
            _ => 0,
        };
        let events = events::from_logs(self.program_id(), logs.iter().map(String::as_str));
        Ok(ConfirmedTransaction {
            signature: *signature,
            slot: transaction.slot,
            fee: meta.fee,
            compute_units,
            events,
        })
    }
}
