//! How a purchase ended that is no longer on the ledger.

use generion_interface::events::Event;
use solana_address::Address;
use solana_rpc_client_api::{
    config::RpcSignaturesForAddressConfig, request::RpcRequest,
    response::RpcConfirmedTransactionStatusWithSignature,
};

use crate::{error::ClientError, ledger::Ledger};

/// Transactions of a purchase's address that are read, the latest first.
const MAX_TRANSACTIONS: usize = 100;

impl Ledger {
    /// Whether a purchase that is gone was settled; `Some(false)` where it was refunded, `None` where the first node's
    /// history doesn't show it. Another purchase can follow at the same address: `deadline` tells them apart.
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub(super) async fn was_settled(
        &self,
        purchase: &Address,
        deadline: i64,
    ) -> Result<Option<bool>, ClientError> {
        let config = RpcSignaturesForAddressConfig {
            limit: Some(MAX_TRANSACTIONS),
            commitment: Some(self.rpc().commitment()),
            min_context_slot: self.min_context_slot(),
            ..RpcSignaturesForAddressConfig::default()
        };
        let parameters = serde_json::json!([purchase.to_string(), config]);
        let listed: Vec<RpcConfirmedTransactionStatusWithSignature> = self
            .rpc()
            .send(RpcRequest::GetSignaturesForAddress, parameters)
            .await
            .map_err(|error| self.node(error))?;
        // From the latest event back to the purchase itself; the last ending that was seen on the way is its own.
        let mut was_settled = None;
        for listed in listed.iter().filter(|listed| listed.err.is_none()) {
            let Ok(signature) = listed.signature.parse() else {
                continue;
            };
            let logged = self.confirmed_transaction(&signature).await?.events;
            for event in logged.iter().rev() {
                match event {
                    Event::Settled(settled) if settled.purchase == *purchase => {
                        was_settled = Some(true);
                    }
                    Event::Refunded(refunded) if refunded.purchase == *purchase => {
                        was_settled = Some(false);
                    }
                    Event::Purchased(purchased) if purchased.purchase == *purchase => {
                        if purchased.deadline.get() == deadline {
                            return Ok(was_settled);
                        }
                        was_settled = None;
                    }
                    _ => {}
                }
            }
        }
        Ok(None)
    }
}
