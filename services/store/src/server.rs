use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use hyper_util::server::graceful::GracefulShutdown;
use thiserror::Error;
use tokio::{
    net::TcpListener,
    sync::Semaphore,
    task::AbortHandle,
    time::{MissedTickBehavior, interval, sleep, timeout},
};

use crate::{
    accounts::Accounts,
    allowlist::{Admission, AllowlistError},
    auth::Gate,
    client::{ClientAddress, Proxies},
    config::{Config, default_hosts, spellings},
    connections::Connections,
    cors::Cors,
    log,
    metrics::Metrics,
    places::Places,
    router::{admin_router, router, turn_away_router},
    serve::{serve, turn_away},
    storage::{Backend, Documents, Nonces, OpenError, Recent, UsageStore},
    store::Store,
};

/// How often what no longer matters is removed, after the first time at the start.
const TIDY_INTERVAL: Duration = Duration::from_secs(300);

/// How long a store that shuts down waits for running requests.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(60);

/// Clients that are being turned away at the same time; beyond that they are cut off.
const TURNED_AWAY: usize = 64;

/// The store can't start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The storage can't be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The list of uploaders can't be used.
    #[error(transparent)]
    Allowlist(#[from] AllowlistError),
    /// The address can't be listened on.
    #[error("can't listen on {address}: choose another address, or stop what uses it")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's answer.
        source: io::Error,
    },
}

/// A store that listens, and answers once [`Server::run`] is awaited.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    admin: Option<TcpListener>,
    store: Arc<Store>,
    cors: Arc<Cors>,
}

/// Reads a running store's list of uploaders again.
#[derive(Clone)]
pub struct Reloader(Arc<Store>);

impl Reloader {
    /// Takes the list as it is now; how many uploaders it has, if there is a list.
    ///
    /// # Errors
    /// [`AllowlistError`]; the list stays as it was.
    pub fn reload(&self) -> Result<Option<usize>, AllowlistError> {
        self.0.gate.admission.reload()
    }
}

impl Server {
    /// Takes the storage, puts in order what an earlier run left, and listens.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn bind(config: Config) -> Result<Self, StartError> {
        let Config {
            listen,
            admin_listen,
            storage,
            hosts,
            proxies,
            origins,
            uploaders,
            quota,
            limits,
            clock,
        } = config;
        let admission = Admission::new(uploaders)?;
        let backend = Backend::open(&storage).await?;
        let recent = Recent::new(limits.max_recent_bytes);
        let documents = Documents::open(backend.clone(), limits.upload_bounds(), recent)
            .await
            .map_err(OpenError::Leftovers)?;

        let (listener, address) = bind(listen).await?;
        let admin = match admin_listen {
            Some(listen) => Some(bind(listen).await?.0),
            None => None,
        };
        let hosts = match hosts.is_empty() {
            true => default_hosts(address),
            false => hosts.iter().flat_map(|host| spellings(host)).collect(),
        };
        let usage = UsageStore::new(backend.clone());
        let metrics = Metrics::new();
        let places = || Places::new(limits.max_uploads, limits.uploads_per_address());
        let store = Store {
            documents,
            accounts: Accounts::new(usage, quota, limits.max_uploads_per_uploader),
            gate: Gate {
                hosts,
                clock,
                nonces: Nonces::new(backend),
                admission,
            },
            proxies: Proxies::new(proxies),
            connections: Connections::new(
                limits.max_connections,
                limits.connections_per_address(),
                metrics.closed.clone(),
            ),
            uploads: places(),
            deletions: places(),
            limits,
            metrics,
            ending: AtomicBool::new(false),
        };
        Ok(Self {
            listener,
            address,
            admin,
            store: Arc::new(store),
            cors: Arc::new(Cors::new(origins)),
        })
    }

    /// Where it listens, with the real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The names that it answers to.
    pub fn hosts(&self) -> &[String] {
        &self.store.gate.hosts
    }

    /// Where it answers the operator, with the real port.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin.as_ref()?.local_addr().ok()
    }

    /// What reads the list of uploaders again while the store runs.
    pub fn reloader(&self) -> Reloader {
        Reloader(self.store.clone())
    }

    /// Answers until `shutdown`, then finishes the requests that run, within a minute.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let tidying = spawn(tidy(self.store.clone()));
        let admin = self.admin.map(|listener| {
            let router = admin_router(self.store.clone());
            // It never ends by itself: `axum::serve` outlives every error.
            spawn(async move { drop(axum::serve(listener, router).await) })
        });
        let store = &self.store;
        let router = router(store.clone(), self.cors.clone());
        let refusing = turn_away_router(store.clone(), self.cors.clone());
        let turned_away = Arc::new(Semaphore::new(TURNED_AWAY));
        let graceful = GracefulShutdown::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let accepted = async {
                let (stream, peer) = self.listener.accept().await?;
                let is_proxy = store.proxies.contains(peer.ip());
                let client = (!is_proxy).then(|| ClientAddress::of(peer.ip()));
                Ok((stream, peer.ip(), store.connections.take(client).await))
            };
            let accepted: io::Result<_> = tokio::select! {
                accepted = accepted => accepted,
                () = &mut shutdown => break,
            };
            match accepted {
                Ok((stream, peer, Some(connection))) => {
                    let router = router.clone();
                    let serving = serve(stream, peer, router, &store.limits, connection.clone());
                    let serving = graceful.watch(serving);
                    let task = tokio::spawn(async move {
                        // An error here is a client that hung up or stalled: nothing to do, and nothing to keep about it.
                        let _ = serving.await;
                    });
                    connection.runs_in(task.abort_handle());
                }
                Ok((stream, _, None)) => {
                    if let Ok(permit) = turned_away.clone().try_acquire_owned() {
                        let refusing = refusing.clone();
                        tokio::spawn(async move {
                            turn_away(stream, refusing).await;
                            drop(permit);
                        });
                    }
                }
                Err(error) => {
                    // Out of file descriptors, most likely: some come free when connections end.
                    tracing::error!("can't accept a connection: {error}");
                    sleep(Duration::from_millis(100)).await;
                }
            }
        }
        self.store.ending.store(true, Ordering::Relaxed);
        drop(self.listener);
        // Until it has ended, it holds the folder.
        tidying.end().await;
        if timeout(SHUTDOWN_GRACE, graceful.shutdown()).await.is_err() {
            tracing::warn!("some requests did not end in time and were cut off");
        }
        if let Some(admin) = admin {
            admin.end().await;
        }
    }
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// A task that ends with what holds this.
struct Task(tokio::task::JoinHandle<()>, AbortHandle);

fn spawn(task: impl Future<Output = ()> + Send + 'static) -> Task {
    let task = tokio::spawn(task);
    let abort = task.abort_handle();
    Task(task, abort)
}

impl Task {
    /// Ends it, and waits until it has let go of everything.
    async fn end(mut self) {
        self.1.abort();
        // It was aborted, which is no news.
        let _ = (&mut self.0).await;
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.1.abort();
    }
}

/// Removes what no longer matters, from time to time.
async fn tidy(store: Arc<Store>) {
    let mut ticks = interval(TIDY_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        store.accounts.forget_idle();
        let gate = &store.gate;
        if let Err(error) = gate.nonces.purge((gate.clock)()).await {
            log::error(&error);
        }
        if let Err(error) = store.documents.settle().await {
            log::error(&error);
        }
    }
}
