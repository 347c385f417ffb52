//! Wakes up readers of the feed for new events.

use std::time::Duration;

use generion_rpc::causes::with_causes;
use sqlx::postgres::PgListener;
use tokio::{sync::watch, time::timeout};

use super::{
    database::{Pool, Storage},
    feed::POSTGRES_CHANNEL,
};

/// The time after which the feed is read in any case: a gateway that has lost its connection gets no notifications.
const AT_THE_LATEST: Duration = Duration::from_secs(1);

/// Waits for new events of this process or, on PostgreSQL, of any gateway that shares the database.
pub struct WakeUp {
    storage: Storage,
    here: watch::Receiver<()>,
    elsewhere: Option<PgListener>,
}

impl Storage {
    /// Waits for new events from now on.
    pub fn wake_up(&self) -> WakeUp {
        WakeUp {
            storage: self.clone(),
            here: self.on_new_events.subscribe(),
            elsewhere: None,
        }
    }
}

impl WakeUp {
    /// Returns when there may be new events, and every second in any case.
    pub async fn wait(&mut self) {
        let is_first = self.elsewhere.is_none();
        self.listen().await;
        if is_first && self.elsewhere.is_some() {
            // Events before the subscription.
            return;
        }
        let Self {
            here, elsewhere, ..
        } = self;
        let heard = async {
            match elsewhere {
                // `None`: the connection was lost, and is there again.
                Some(listener) => listener.try_recv().await.is_ok(),
                None => std::future::pending().await,
            }
        };
        let changed = async {
            tokio::select! {
                // It never ends: this process's storage keeps the sender.
                _ = here.changed() => true,
                heard = heard => heard,
            }
        };
        if timeout(AT_THE_LATEST, changed).await == Ok(false) {
            self.elsewhere = None;
            tokio::time::sleep(AT_THE_LATEST).await;
        }
    }

    async fn listen(&mut self) {
        let Pool::Postgres(pool) = &self.storage.pool else {
            return;
        };
        if self.elsewhere.is_some() {
            return;
        }
        let listening = async {
            let mut listener = PgListener::connect_with(pool).await?;
            listener.listen(POSTGRES_CHANNEL).await?;
            Ok::<_, sqlx::Error>(listener)
        };
        match timeout(AT_THE_LATEST, listening).await {
            Ok(Ok(listener)) => self.elsewhere = Some(listener),
            Ok(Err(error)) => tracing::warn!(
                error = with_causes(&error),
                "the database's notifications are not heard"
            ),
            Err(_) => tracing::warn!("the database's notifications are not heard in time"),
        }
    }
}
