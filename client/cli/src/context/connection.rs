//! Making the client from the options.

use generion_client::{
    Client, Deployment, KeyMemory, Ledger,
    rpc::witness::WitnessOptions,
    store::{FetchPolicy, StoreMap},
};
use solana_commitment_config::CommitmentConfig;
use url::Url;

use crate::{
    args::{global::GlobalArgs, nodes::Nodes},
    files::data_folder::DataFolder,
    output::failure::Failure,
};

/// Makes the client.
pub(super) fn client(
    args: &GlobalArgs,
    nodes: &Nodes,
    data: &DataFolder,
    commitment: CommitmentConfig,
) -> Result<Client, Failure> {
    let usual = FetchPolicy::default();
    let policy = FetchPolicy {
        allow_private: args.allow_private_addresses,
        allow_file: args.allow_file_locators,
        plain_http: args.plain_http(),
        max_size: args.max_document_bytes.unwrap_or(usual.max_size),
        ..usual
    };
    let deployment = Deployment {
        genesis: nodes.genesis(),
        program_id: args.program_id,
    };
    let options = WitnessOptions {
        trust_single: nodes.trust_single,
        ..WitnessOptions::default()
    };
    let mut ledger = Ledger::new(deployment, nodes.urls.clone(), commitment, options)?;
    ledger.set_priority(args.priority_price);
    let mut client = Client::new(ledger, policy)?;
    client.store_map = StoreMap::new(args.store_map.clone());
    // A dry run writes no file, so it remembers no keys.
    if !args.dry_run {
        client.set_key_memory(KeyMemory::file(data.keys_seen()));
    }
    Ok(client)
}

/// Parses the URL of a node's websocket.
pub(super) fn websocket_from(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "ws" | "wss") => Ok(url),
        _ => Err("expected the ws or wss URL of a node".to_owned()),
    }
}
