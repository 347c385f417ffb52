//! Watching: accounts of the program as they appear, over a node's websocket.
//!
//! The connection is subscribed first, and then all accounts on the ledger are read (the catch-up scan), from a state no older
//! than the subscription. So every account is reported, whether it came before, during or after that, and each once. The same
//! happens after every reconnect. Only an account that appeared and was closed while there was no connection is not reported.

use std::{collections::HashSet, time::Duration};

use futures::{
    FutureExt, Stream, StreamExt,
    channel::mpsc,
    stream::{self, BoxStream},
};
use generion::state::Share;
use generion_interface::accounts::{LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount};
use generion_rpc::{backoff::Backoff, causes::with_causes, url::redacted};
use solana_address::Address;
use solana_pubsub_client::nonblocking::pubsub_client::{PubsubClient, PubsubClientError};
use solana_rpc_client_api::response::{Response, RpcKeyedAccount, SlotInfo};
use tokio::time::{Instant, sleep, timeout};
use url::Url;

use crate::{
    error::ClientError,
    ledger::{KeyedAccount, Ledger, filter::Filter},
};

/// The longest time for making a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The time to wait for the first slot of a subscription; a node that sends none is used all the same.
const FIRST_SLOT_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection without a new slot for this long is dead, whatever the operating system reports.
const SILENCE: Duration = Duration::from_secs(30);
/// The time after which everything is read again in spite of a good connection: nodes drop notifications when they are busy.
const RESCAN: Duration = Duration::from_secs(300);
/// The shortest wait before the first reconnect.
const FIRST_RETRY: Duration = Duration::from_millis(250);
/// The longest wait before a reconnect.
const LAST_RETRY: Duration = Duration::from_secs(10);

/// The events of a watcher.
#[derive(Debug)]
#[non_exhaustive]
pub enum Watched<T> {
    /// An account that was not reported before.
    New(KeyedAccount<T>),
    /// All accounts that were on the ledger when the connection was made have been reported; all further ones are new.
    CaughtUp,
    /// There is no connection at present. Accounts that appear meanwhile are reported over the next one.
    Lost {
        /// The error.
        reason: String,
        /// When the next connection is tried.
        retry_in: Duration,
    },
}

/// An account that can be watched for.
pub trait Watchable: LedgerAccount + Send {
    /// The key that distinguishes the account from another one that was at the same address before.
    type Key: Eq + core::hash::Hash + Send + Sync;

    /// The key of an account.
    fn key(listed: &KeyedAccount<Self>) -> Self::Key
    where
        Self: Sized;
}

macro_rules! never_at_the_same_address_again {
    ($($account:ty),*) => {$(
        impl Watchable for $account {
            type Key = Address;

            fn key(listed: &KeyedAccount<Self>) -> Address {
                listed.address
            }
        }
    )*};
}

never_at_the_same_address_again!(OrderAccount);

impl Watchable for RecordAccount {
    /// A deleted record may be written again by its creator, with the same bytes.
    type Key = (Address, i64);

    fn key(listed: &KeyedAccount<Self>) -> Self::Key {
        (listed.address, listed.account.state.created_at)
    }
}

impl Watchable for PurchaseAccount {
    /// A buyer may buy an order again after a refund: another deadline then, at the same address.
    type Key = (Address, i64);

    fn key(listed: &KeyedAccount<Self>) -> Self::Key {
        (listed.address, listed.account.state.deadline)
    }
}

impl Watchable for Share {
    /// A record may be shared again after a revocation.
    type Key = (Address, i64);

    fn key(listed: &KeyedAccount<Self>) -> Self::Key {
        (listed.address, listed.account.created_at)
    }
}

impl Ledger {
    /// Accounts of a kind that match every filter: first the present ones, then new ones as they come. The stream lasts until
    /// it is dropped, over lost connections and restarts of the node. `websocket` is the node's, see [`websocket_url`]. Each
    /// account is reported once, by its [`Watchable::Key`]; 48 bytes are kept for each.
    pub fn watch<'a, T: Watchable + 'a>(
        &'a self,
        websocket: &'a Url,
        filters: &'a [Filter],
    ) -> BoxStream<'a, Watched<T>> {
        let (news, reported) = mpsc::unbounded();
        let mut watcher = Watcher {
            ledger: self,
            websocket,
            filters,
            seen: HashSet::new(),
            news,
        };
        // The work goes on while the stream is asked for the next one, and ends with it.
        let work = async move { watcher.run().await }.into_stream();
        stream::select(reported.map(Some), work.map(|()| None))
            .filter_map(futures::future::ready)
            .boxed()
    }
}

/// The websocket of a node by Solana's convention: the port after the one of the JSON-RPC, or the same if the address
/// has none.
///
/// # Errors
/// [`ClientError::Argument`] where the address has no such form.
pub fn websocket_url(rpc: &str) -> Result<Url, ClientError> {
    let refused = || {
        let shown = redacted(rpc);
        ClientError::Argument(format!("{shown} is not the http or https URL of a node"))
    };
    let mut url = Url::parse(rpc).map_err(|_| refused())?;
    let scheme = match url.scheme() {
        "http" => "ws",
        "https" => "wss",
        _ => return Err(refused()),
    };
    let port = url
        .port()
        .map(|port| port.checked_add(1).ok_or_else(refused));
    let port = port.transpose()?;
    url.set_scheme(scheme).map_err(|()| refused())?;
    url.set_port(port).map_err(|()| refused())?;
    Ok(url)
}

struct Watcher<'a, T: Watchable> {
    ledger: &'a Ledger,
    websocket: &'a Url,
    filters: &'a [Filter],
    seen: HashSet<T::Key>,
    news: mpsc::UnboundedSender<Watched<T>>,
}

impl<T: Watchable> Watcher<'_, T> {
    async fn run(&mut self) {
        let mut waits = Backoff::new(FIRST_RETRY, LAST_RETRY);
        while !self.news.is_closed() {
            let started = Instant::now();
            let reason = self.connection().await;
            if started.elapsed() > LAST_RETRY {
                waits.reset();
            }
            let retry_in = waits.next_wait();
            self.report(Watched::Lost { reason, retry_in });
            // A node whose websocket can't be reached may answer all the same: then this is polling. Where it does
            // not, the reason has been reported.
            let _ = self.scan().await;
            sleep(retry_in).await;
        }
    }

    /// Follows one connection until it ends; why it did.
    async fn connection(&mut self) -> String {
        let connect = PubsubClient::new(self.websocket.as_str());
        let client = match timeout(CONNECT_TIMEOUT, connect).await {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => return self.describe(&error),
            Err(_) => return "it does not answer".to_owned(),
        };
        match self.follow(&client).await {
            Ok(never) => match never {},
            Err(reason) => reason,
        }
    }

    async fn follow(&mut self, client: &PubsubClient) -> Result<core::convert::Infallible, String> {
        let (program, config) = (
            self.ledger.program_id(),
            self.ledger.accounts_config::<T>(self.filters, None),
        );
        let subscribe = async {
            let (accounts, _) = client.program_subscribe(program, Some(config)).await?;
            let (slots, _) = client.slot_subscribe().await?;
            Ok::<_, PubsubClientError>((accounts, slots))
        };
        let (mut accounts, mut slots) = timeout(CONNECT_TIMEOUT, subscribe)
            .await
            .map_err(|_| "it does not answer".to_owned())?
            .map_err(|error| self.describe(&error))?;
        self.wait_for_slot(&mut slots).await?;
        self.scan().await?;
        self.report(Watched::CaughtUp);

        let mut next_scan = Instant::now() + RESCAN;
        let mut last_sign = Instant::now();
        loop {
            tokio::select! {
                // A task that was busy for a while reads the notifications that came meanwhile before it notices the silence.
                biased;
                account = accounts.next() => {
                    self.notice(&account.ok_or("the connection was closed")?);
                    last_sign = Instant::now();
                }
                slot = slots.next() => {
                    slot.ok_or("the connection was closed")?;
                    last_sign = Instant::now();
                }
                () = tokio::time::sleep_until(last_sign + SILENCE) => {
                    return Err(format!("it told no slot for {} s", SILENCE.as_secs()));
                }
                () = tokio::time::sleep_until(next_scan) => {
                    self.scan().await?;
                    next_scan = Instant::now() + RESCAN;
                }
            }
        }
    }

    /// Every account that was confirmed before the subscription was made is in the state of the first slot that the
    /// subscription names.
    async fn wait_for_slot(
        &self,
        slots: &mut (impl Stream<Item = SlotInfo> + Unpin),
    ) -> Result<(), String> {
        match timeout(FIRST_SLOT_TIMEOUT, slots.next()).await {
            Ok(Some(first)) => {
                self.ledger.expect_slot(first.slot);
                Ok(())
            }
            Ok(None) => Err("the connection was closed".to_owned()),
            Err(_) => Ok(()),
        }
    }

    async fn scan(&mut self) -> Result<(), String> {
        let accounts = self.ledger.list::<T>(self.filters).await;
        for account in accounts.map_err(|error| with_causes(&error))? {
            self.observe(account);
        }
        Ok(())
    }

    fn notice(&mut self, update: &Response<RpcKeyedAccount>) {
        let node = self.ledger.primary();
        if let Some(account) = self.ledger.listed(node, self.filters, &update.value) {
            self.observe(account);
        }
    }

    fn observe(&mut self, account: KeyedAccount<T>) {
        if self.seen.insert(T::key(&account)) {
            self.report(Watched::New(account));
        }
    }

    /// The library's error hides the cause behind a general text, and may quote the address with the key in it.
    fn describe(&self, error: &PubsubClientError) -> String {
        let text = match error {
            PubsubClientError::ConnectionError(source) | PubsubClientError::WsError(source) => {
                source.to_string()
            }
            other => other.to_string(),
        };
        let (whole, shown) = (self.websocket.as_str(), redacted(self.websocket.as_str()));
        text.replace(whole, &shown)
    }

    fn report(&self, watched: Watched<T>) {
        // If the stream was dropped, nobody needs further events.
        let _ = self.news.unbounded_send(watched);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_websocket_is_beside_its_json_rpc() {
        for (rpc, websocket) in [
            ("http://127.0.0.1:8899", "ws://127.0.0.1:8900/"),
            (
                "https://api.devnet.solana.com",
                "wss://api.devnet.solana.com/",
            ),
            ("https://rpc.example/key?a=b", "wss://rpc.example/key?a=b"),
        ] {
            assert_eq!(websocket_url(rpc).unwrap().as_str(), websocket);
        }
        for nonsense in ["", "127.0.0.1:8899", "ws://127.0.0.1", "http://host:65535"] {
            assert!(websocket_url(nonsense).is_err(), "{nonsense}");
        }
    }
}
