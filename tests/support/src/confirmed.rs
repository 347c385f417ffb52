use generion::ID;
use generion_interface::events::{self, Event};
use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::config::RpcTransactionConfig;
use solana_signature::Signature;
use solana_transaction_status_client_types::{
    UiTransactionEncoding, option_serializer::OptionSerializer,
};

use crate::waiting::eventually;

/// What the ledger shows of a confirmed transaction.
#[derive(Clone, Debug)]
pub struct ConfirmedTransaction {
    /// Its signature.
    pub signature: Signature,
    /// Its slot.
    pub slot: u64,
    /// Lamports that the payer paid for it.
    pub fee: u64,
    /// The program's events.
    pub events: Vec<Event>,
    /// How the balance of each of its accounts changed, in lamports, in the order of the message.
    pub moved: Vec<i128>,
    /// Its log.
    pub logs: Vec<String>,
}

/// Asks a node for a confirmed transaction.
pub(crate) fn look_up(rpc: &RpcClient, signature: &Signature) -> ConfirmedTransaction {
    let config = RpcTransactionConfig {
        encoding: Some(UiTransactionEncoding::Base64),
        commitment: Some(CommitmentConfig::confirmed()),
        max_supported_transaction_version: Some(0),
    };
    // A node may know the status before it can show the transaction.
    let found = eventually("the node shows the transaction", || {
        rpc.get_transaction_with_config(signature, config).ok()
    });
    let meta = found.transaction.meta.expect("the ledger has the outcome");
    let logs = match meta.log_messages {
        OptionSerializer::Some(logs) => logs,
        _ => Vec::new(),
    };
    let balances = meta.pre_balances.iter().zip(&meta.post_balances);
    ConfirmedTransaction {
        signature: *signature,
        slot: found.slot,
        fee: meta.fee,
        events: events::from_logs(&ID, logs.iter().map(String::as_str)),
        moved: balances
            .map(|(before, after)| i128::from(*after) - i128::from(*before))
            .collect(),
        logs,
    }
}
