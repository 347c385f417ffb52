use generion_interface::events::{self, Event};
use generion_rpc::node::Node;
use solana_rpc_client_api::config::RpcTransactionConfig;
use solana_signature::Signature;
use solana_transaction_status_client_types::{
    EncodedConfirmedTransactionWithStatusMeta, UiTransactionEncoding,
    option_serializer::OptionSerializer,
};

use crate::{error::ClientError, ledger::Ledger};

impl Ledger {
    /// A transaction that landed, with what it used.
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub async fn transaction(
        &self,
        signature: &Signature,
    ) -> Result<EncodedConfirmedTransactionWithStatusMeta, ClientError> {
        self.transaction_at(self.primary(), signature).await
    }

    pub(crate) async fn transaction_at(
        &self,
        node: &Node,
        signature: &Signature,
    ) -> Result<EncodedConfirmedTransactionWithStatusMeta, ClientError> {
        self.check_genesis_of(node).await?;
        let config = RpcTransactionConfig {
            encoding: Some(UiTransactionEncoding::Base64),
            commitment: Some(self.rpc().commitment()),
            max_supported_transaction_version: Some(1),
        };
        node.rpc()
            .get_transaction_with_config(signature, config)
            .await
            .map_err(|error| node.error(error).into())
    }

    /// The program's events in a transaction that landed.
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub async fn events(&self, signature: &Signature) -> Result<Vec<Event>, ClientError> {
        let transaction = self.transaction(signature).await?;
        let logs = transaction
            .transaction
            .meta
            .and_then(|meta| match meta.log_messages {
                OptionSerializer::Some(logs) => Some(logs),
                _ => None,
            });
        Ok(events::from_logs(
            self.program_id(),
            logs.unwrap_or_default().iter().map(String::as_str),
        ))
    }
}
