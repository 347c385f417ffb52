//! A running store: start, acceptance of connections, background work and shutdown.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use generion_http_server::{
    acceptor::Acceptor,
    client_address::TrustedProxies,
    concurrency::ConcurrencyLimit,
    connections::Connections,
    cors::Cors,
    hosts::{default_hosts, host_variants},
};
use thiserror::Error;
use tokio::{
    net::TcpListener,
    task::AbortHandle,
    time::{MissedTickBehavior, interval},
};

use crate::{
    config::{Config, uploaders::Uploaders},
    http::{
        allowlist::{Allowlist, AllowlistError},
        authentication::Authenticator,
        cors::ALLOWANCES,
        metrics::Metrics,
        router::{admin_router, busy_router, router},
        state::AppState,
    },
    log,
    quota::Quotas,
    storage::{
        cache::DocumentCache, documents::Documents, error::OpenError, nonces::Nonces,
        objects::Objects, usage::UsageCounter,
    },
};

/// How often the store removes expired nonces and links, and abandoned uploads. The first time is at the start.
const CLEANUP_INTERVAL: Duration = Duration::from_secs(300);

/// How long a store that shuts down waits for running requests.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(60);

/// The store can't start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The storage can't be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The allowlist of uploaders can't be used.
    #[error(transparent)]
    Allowlist(#[from] AllowlistError),
    /// The store can't listen on the address.
    #[error("can't listen on {address}: choose another address, or stop the program that uses it")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The error of the operating system.
        source: io::Error,
    },
}

/// A store that listens. It answers requests while [`Server::run`] is awaited.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    admin: Option<TcpListener>,
    state: Arc<AppState>,
    cors: Arc<Cors>,
}

/// Reloads the allowlist of a running store.
#[derive(Clone)]
pub struct Reloader(Arc<AppState>);

impl Reloader {
    /// Reads the allowlist again. Returns the number of wallets on it, or `None` if the store has no allowlist.
    ///
    /// # Errors
    /// [`AllowlistError`]. The old list stays in force.
    pub fn reload(&self) -> Result<Option<usize>, AllowlistError> {
        let allowlist = self.0.authenticator.allowlist.as_ref();
        allowlist.map(Allowlist::reload).transpose()
    }
}

impl Server {
    /// Opens the storage, recovers what an earlier run left unfinished, and listens.
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
        let allowlist = match uploaders {
            Uploaders::Anyone => None,
            Uploaders::Listed(file) => Some(Allowlist::read(file)?),
        };
        let objects = Objects::open(&storage).await?;
        let cache = DocumentCache::new(limits.max_cache_bytes);
        let documents = Documents::open(objects.clone(), limits.upload_bounds(), cache)
            .await
            .map_err(OpenError::Recovery)?;

        let (listener, address) = bind(listen).await?;
        let admin = match admin_listen {
            Some(listen) => Some(bind(listen).await?.0),
            None => None,
        };
        let hosts = match hosts.is_empty() {
            true => default_hosts(address),
            false => hosts.iter().flat_map(|host| host_variants(host)).collect(),
        };
        let usage = UsageCounter::new(objects.clone());
        let metrics = Metrics::new();
        let concurrency =
            || ConcurrencyLimit::new(limits.max_uploads, limits.uploads_per_address());
        let state = AppState {
            documents,
            quotas: Quotas::new(usage, quota, limits.max_uploads_per_uploader),
            authenticator: Authenticator {
                hosts,
                clock,
                nonces: Nonces::new(objects),
                allowlist,
            },
            proxies: Arc::new(TrustedProxies::new(proxies)),
            connections: Connections::new(
                limits.max_connections,
                limits.connections().connections_per_address(),
                metrics.closed.clone(),
            ),
            uploads: concurrency(),
            deletions: concurrency(),
            limits,
            metrics: Arc::new(metrics),
            is_shutting_down: AtomicBool::new(false),
        };
        Ok(Self {
            listener,
            address,
            admin,
            state: Arc::new(state),
            cors: Arc::new(Cors::new(origins, ALLOWANCES)),
        })
    }

    /// The address that the store listens on, with the actual port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The names that the store answers to.
    pub fn hosts(&self) -> &[String] {
        &self.state.authenticator.hosts
    }

    /// The address of the operator's interface, with the actual port.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin.as_ref()?.local_addr().ok()
    }

    /// A handle that reloads the allowlist while the store is running.
    pub fn reloader(&self) -> Reloader {
        Reloader(self.state.clone())
    }

    /// Answers requests until `shutdown` completes, then waits up to a minute for running requests.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let cleanup = spawn(clean_up(self.state.clone()));
        let admin = self.admin.map(|listener| {
            let router = admin_router(self.state.clone());
            // Never ends by itself: `axum::serve` continues after every error.
            spawn(async move { drop(axum::serve(listener, router).await) })
        });
        let state = self.state;
        let acceptor = Acceptor {
            listener: self.listener,
            router: router(state.clone(), self.cors.clone()),
            busy: busy_router(state.metrics.clone(), self.cors),
            proxies: state.proxies.clone(),
            connections: state.connections.clone(),
            limits: state.limits.connections(),
        };
        let running = acceptor.accept_until(shutdown).await;
        state.is_shutting_down.store(true, Ordering::Relaxed);
        // The cleanup keeps the folder locked until it has ended.
        cleanup.stop().await;
        running.finish(SHUTDOWN_TIMEOUT).await;
        if let Some(admin) = admin {
            admin.stop().await;
        }
    }
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// A task that is aborted when this is dropped.
struct Task(tokio::task::JoinHandle<()>, AbortHandle);

fn spawn(task: impl Future<Output = ()> + Send + 'static) -> Task {
    let task = tokio::spawn(task);
    let abort = task.abort_handle();
    Task(task, abort)
}

impl Task {
    /// Aborts the task, and waits until it has released all its resources.
    async fn stop(mut self) {
        self.1.abort();
        // The error says that the task was aborted.
        let _ = (&mut self.0).await;
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.1.abort();
    }
}

/// Removes expired data at regular intervals.
async fn clean_up(state: Arc<AppState>) {
    let mut ticks = interval(CLEANUP_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        state.quotas.forget_idle();
        let Authenticator { nonces, clock, .. } = &state.authenticator;
        if let Err(error) = nonces.purge(clock()).await {
            log::error(&error);
        }
        if let Err(error) = state.documents.recover().await {
            log::error(&error);
        }
        let removing = state.quotas.remove_expired(&state.documents, clock());
        if let Err(error) = removing.await {
            log::error(&error);
        }
    }
}
