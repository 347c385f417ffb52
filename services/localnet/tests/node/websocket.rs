//! Subscriptions.

use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_pubsub_client::pubsub_client::PubsubClient;
use solana_rpc_client_api::{
    config::{
        RpcAccountInfoConfig, RpcProgramAccountsConfig, RpcSignatureSubscribeConfig,
        RpcTransactionLogsConfig, RpcTransactionLogsFilter, UiAccountEncoding,
    },
    response::RpcSignatureResult,
};
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;

use crate::harness::{DEADLINE, Node, SOL, address};

fn account_config() -> RpcAccountInfoConfig {
    RpcAccountInfoConfig {
        encoding: Some(UiAccountEncoding::Base64),
        commitment: Some(CommitmentConfig::confirmed()),
        ..Default::default()
    }
}

#[test]
fn a_transaction_is_announced_to_all_that_asked() {
    let node = Node::start(&[]);
    let url = &node.ready.ws_url;
    let payer = node.wallet(SOL);
    let to = Address::new_from_array([7; 32]);
    let system = address("11111111111111111111111111111111");
    let transaction = node.transaction(&[transfer(&payer.pubkey(), &to, SOL / 4)], &payer, &[]);
    let signature = transaction.signatures[0];

    let commitment = Some(CommitmentConfig::confirmed());
    let filter = RpcTransactionLogsFilter::Mentions(vec![to.to_string()]);
    let (_logs, logs) =
        PubsubClient::logs_subscribe(url, filter, RpcTransactionLogsConfig { commitment }).unwrap();
    let (_account, account) =
        PubsubClient::account_subscribe(url, &to, Some(account_config())).unwrap();
    let config = RpcProgramAccountsConfig {
        account_config: account_config(),
        ..Default::default()
    };
    let (_program, program) = PubsubClient::program_subscribe(url, &system, Some(config)).unwrap();
    let config = RpcSignatureSubscribeConfig {
        commitment,
        enable_received_notification: Some(false),
    };
    let (_status, status) =
        PubsubClient::signature_subscribe(url, &signature, Some(config)).unwrap();

    node.send_without_preflight(&transaction);

    let logs = logs.recv_timeout(DEADLINE).unwrap().value;
    assert_eq!(logs.signature, signature.to_string());
    assert_eq!(logs.err, None);
    assert_eq!(
        logs.logs,
        [
            format!("Program {system} invoke [1]"),
            format!("Program {system} success")
        ]
    );
    assert_eq!(
        account.recv_timeout(DEADLINE).unwrap().value.lamports,
        SOL / 4
    );
    let changed = [(); 2].map(|()| program.recv_timeout(DEADLINE).unwrap().value.pubkey);
    assert!(
        changed.contains(&to.to_string()) && changed.contains(&payer.pubkey().to_string()),
        "{changed:?}"
    );
    let status = status.recv_timeout(DEADLINE).unwrap().value;
    assert!(
        matches!(status, RpcSignatureResult::ProcessedSignature(ref result) if result.err.is_none()),
        "{status:?}"
    );
    // The subscriptions of this client end only with their connections.
    drop(node);
}
