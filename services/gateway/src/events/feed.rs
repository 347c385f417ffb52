//! The feed of the database, read once for all subscriptions of this process.

use std::{sync::Arc, time::Duration};

use generion_http_server::client_address::ClientAddress;
use generion_rpc::causes::with_causes;
use tokio::{
    sync::{Semaphore, broadcast, watch},
    task::JoinHandle,
};

use super::{
    cursor::Cursor,
    event::Event,
    filter::EventFilter,
    shared::Shared,
    slots::{NoSlot, Slots},
    subscription::Subscription,
    walk::{EVENTS_AT_A_TIME, FeedWalk},
};
use crate::{
    config::events::EventsConfig,
    storage::{Storage, StorageError},
};

/// The wait before the next question to a database that failed.
const RETRY: Duration = Duration::from_secs(1);

/// Subscriptions that read older events from the database at the same time.
const CATCHING_UP: usize = 4;

/// Why nobody can follow.
#[derive(Debug, thiserror::Error)]
pub enum SubscribeError {
    /// There are as many subscriptions as this gateway allows.
    #[error("as many clients follow the events as this gateway allows")]
    Full,
    /// The peer has as many subscriptions as it is allowed.
    #[error("this address follows the events as often as this gateway allows")]
    PeerFull,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The feed. It ends with its subscriptions when it is dropped.
pub struct Feed {
    shared: Arc<Shared>,
    /// Whether the feed's end is known, behind which nothing is left out.
    begun: watch::Receiver<bool>,
    reading: JoinHandle<()>,
}

impl Feed {
    /// Begins to read the feed from its present end, in a task of its own.
    pub fn new(storage: &Storage, config: &EventsConfig) -> Self {
        let (sender, _) = broadcast::channel(config.backlog.max(1));
        let (has_begun, begun) = watch::channel(false);
        let shared = Arc::new(Shared {
            storage: storage.clone(),
            events: sender.downgrade(),
            catching_up: Semaphore::new(CATCHING_UP),
            slots: Slots::new(config.subscriptions, config.subscriptions_per_address),
        });
        let reading = tokio::spawn(read(storage.clone(), has_begun, sender));
        Self {
            shared,
            begun,
            reading,
        }
    }

    /// Follows the feed from behind a cursor; `None`: from now on.
    ///
    /// # Errors
    /// [`SubscribeError`].
    pub async fn subscribe(
        &self,
        peer: Option<ClientAddress>,
        cursor: Option<Cursor>,
        filter: EventFilter,
    ) -> Result<Subscription, SubscribeError> {
        let slot = self.shared.slots.take(peer).map_err(|full| match full {
            NoSlot::Full => SubscribeError::Full,
            NoSlot::PeerFull => SubscribeError::PeerFull,
        })?;
        // It fails where the feed was closed before it began.
        let _ = self.begun.clone().wait_for(|begun| *begun).await;
        // Events between this and the first read of the database come twice, and are sent once.
        let receiver = self
            .shared
            .events
            .upgrade()
            .map(|sender| sender.subscribe());
        let walk = FeedWalk::begin(&self.shared.storage, cursor, filter).await?;
        let shared = Arc::clone(&self.shared);
        Ok(Subscription::new(shared, receiver, walk, slot))
    }

    /// The number of subscriptions.
    pub fn subscriptions(&self) -> usize {
        self.shared.slots.taken()
    }

    /// Ends all subscriptions, each with its reason.
    pub fn close(&self) {
        self.reading.abort();
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.close();
    }
}

/// Reads new events, for as long as the feed is followed.
async fn read(storage: Storage, has_begun: watch::Sender<bool>, to: broadcast::Sender<Arc<Event>>) {
    let mut wake_up = storage.wake_up();
    let state = loop {
        match storage.feed_state().await {
            Ok(state) => break state,
            Err(error) => {
                tracing::error!(error = with_causes(&error), "the feed can't be read");
                tokio::time::sleep(RETRY).await;
            }
        }
    };
    has_begun.send_replace(true);
    let mut next = state.last + 1;
    loop {
        match storage.feed_from(next, EVENTS_AT_A_TIME).await {
            Ok(rows) => {
                let is_last = rows.len() < EVENTS_AT_A_TIME as usize;
                for row in rows {
                    next = row.sequence + 1;
                    // Nobody need be there to take it.
                    let _ = to.send(Arc::new(Event::read(state.feed_id, row)));
                }
                if is_last {
                    wake_up.wait().await;
                }
            }
            Err(error) => {
                tracing::error!(error = with_causes(&error), "the feed can't be read");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}
