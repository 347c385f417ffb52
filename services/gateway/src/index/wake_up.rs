//! Reports when the program's accounts may have changed, by a node's websocket. The websocket is used for nothing else, so a
//! lost notification costs nothing but time.

use std::time::Duration;

use futures::StreamExt;
use generion_rpc::{
    backoff::Backoff,
    url::{NodeUrl, redacted},
};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_pubsub_client::nonblocking::pubsub_client::{PubsubClient, PubsubClientError};
use solana_rpc_client_api::config::{RpcTransactionLogsConfig, RpcTransactionLogsFilter};
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};
use tracing::{debug, info};
use url::Url;

/// The longest time for making a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection without a new slot for this long is dead, whatever the operating system reports.
const SILENCE: Duration = Duration::from_secs(30);
/// The shortest wait before the first reconnect.
const FIRST_RETRY: Duration = Duration::from_millis(250);
/// The longest wait before a reconnect.
const LAST_RETRY: Duration = Duration::from_secs(10);

/// The websocket of a node by Solana's convention: the port after the one of the JSON-RPC, or the same if the address
/// has none; `None`: there is no such port.
pub fn websocket_url(node: &NodeUrl) -> Option<Url> {
    let mut url = Url::parse(node.expose_full()).ok()?;
    let scheme = match url.scheme() {
        "http" => "ws",
        _ => "wss",
    };
    let port = match url.port() {
        Some(port) => Some(port.checked_add(1)?),
        None => None,
    };
    url.set_scheme(scheme).ok()?;
    url.set_port(port).ok()?;
    Some(url)
}

/// Listens to a node for ever, and wakes up the tasks that wait for a transaction of the program.
pub async fn listen(websocket: Url, program_id: Address, wake_up: &Notify) {
    let mut waits = Backoff::new(FIRST_RETRY, LAST_RETRY);
    let shown = redacted(websocket.as_str());
    loop {
        match connection(&websocket, program_id, wake_up, &mut waits).await {
            Ok(reason) => info!(
                node = shown,
                reason, "the websocket is lost: polling goes on"
            ),
            Err(error) => {
                // The library's error may quote the address, with the key that is in it.
                let error = error.to_string().replace(websocket.as_str(), &shown);
                debug!(node = shown, error, "no websocket: polling goes on");
            }
        }
        sleep(waits.next_wait()).await;
    }
}

/// Follows one connection until it ends; why it did.
async fn connection(
    websocket: &Url,
    program_id: Address,
    wake_up: &Notify,
    waits: &mut Backoff,
) -> Result<&'static str, PubsubClientError> {
    const SILENT: &str = "it does not answer";
    let Ok(client) = timeout(CONNECT_TIMEOUT, PubsubClient::new(websocket.as_str())).await else {
        return Ok(SILENT);
    };
    let client = client?;
    let subscribe = async {
        let config = RpcTransactionLogsConfig {
            commitment: Some(CommitmentConfig::confirmed()),
        };
        let filter = RpcTransactionLogsFilter::Mentions(vec![program_id.to_string()]);
        let (logs, _) = client.logs_subscribe(filter, config).await?;
        let (slots, _) = client.slot_subscribe().await?;
        Ok::<_, PubsubClientError>((logs, slots))
    };
    let Ok(subscribed) = timeout(CONNECT_TIMEOUT, subscribe).await else {
        return Ok(SILENT);
    };
    let (mut logs, mut slots) = subscribed?;
    info!(
        node = redacted(websocket.as_str()),
        "the websocket is connected"
    );
    waits.reset();
    // Transactions before the subscription are found at once.
    wake_up.notify_one();
    loop {
        tokio::select! {
            log = logs.next() => match log {
                Some(_) => wake_up.notify_one(),
                None => return Ok("the connection was closed"),
            },
            slot = slots.next() => {
                if slot.is_none() {
                    return Ok("the connection was closed");
                }
            }
            () = sleep(SILENCE) => return Ok("it told no slot for half a minute"),
        }
    }
}

#[cfg(test)]
mod tests {
    use generion_rpc::url::PlainHttp;

    use super::*;

    #[test]
    fn a_websocket_is_beside_its_json_rpc() {
        for (node, websocket) in [
            ("http://127.0.0.1:8899", Some("ws://127.0.0.1:8900/")),
            (
                "https://rpc.example/key?a=b",
                Some("wss://rpc.example/key?a=b"),
            ),
            ("http://127.0.0.1:65535", None),
        ] {
            let node = NodeUrl::parse(node, PlainHttp::default()).unwrap();
            assert_eq!(websocket_url(&node).as_ref().map(Url::as_str), websocket);
        }
    }
}
