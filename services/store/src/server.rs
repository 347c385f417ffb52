use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use thiserror::Error;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::AbortHandle,
    time::{MissedTickBehavior, interval, sleep, timeout},
};

use crate::{
    accounts::Accounts,
    allowlist::{Admission, AllowlistError},
    auth::Gate,
    config::{Config, Limits, default_hosts},
    log,
    metrics::{Held, Metrics},
    pace::Paced,
    router::{admin_router, router},
    storage::{Backend, Documents, Nonces, OpenError, Recent, UsageStore},
    store::Store,
};

/// How often what no longer matters is removed, after the first time at the start.
const TIDY_INTERVAL: Duration = Duration::from_secs(300);

/// How long a store that shuts down waits for running requests.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(60);

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
            false => hosts.iter().map(|host| host.to_ascii_lowercase()).collect(),
        };
        let usage = UsageStore::new(backend.clone());
        let store = Store {
            documents,
            accounts: Accounts::new(usage, quota, limits.max_uploads_per_uploader),
            gate: Gate {
                hosts,
                clock,
                nonces: Nonces::new(backend),
                admission,
            },
            uploads: Semaphore::new(limits.max_uploads),
            limits,
            metrics: Metrics::new(),
            ending: AtomicBool::new(false),
        };
        Ok(Self {
            listener,
            address,
            admin,
            store: Arc::new(store),
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
        let limits = &self.store.limits;
        let router = router(self.store.clone());
        let connections = Arc::new(Semaphore::new(limits.max_connections));
        let graceful = GracefulShutdown::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let accepted = async {
                // The semaphore is never closed.
                let permit = connections.clone().acquire_owned().await;
                (permit, self.listener.accept().await)
            };
            let (permit, accepted) = tokio::select! {
                accepted = accepted => accepted,
                () = &mut shutdown => break,
            };
            let stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file descriptors, most likely: some come free when connections end.
                    tracing::error!("can't accept a connection: {error}");
                    sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let open = Held::new(&self.store.metrics.connections);
            let connection = serve(stream, router.clone(), limits);
            let connection = graceful.watch(connection);
            tokio::spawn(async move {
                // An error here is a client that hung up or stalled: nothing to do, and nothing to keep about it.
                let _ = connection.await;
                drop((permit, open));
            });
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

type Connection = http1::Connection<TokioIo<Paced<TcpStream>>, TowerToHyperService<Router>>;

/// Speaks HTTP/1.1 with a client, who may not leave us waiting.
fn serve(stream: TcpStream, router: Router, limits: &Limits) -> Connection {
    // It only delays packets, so a failure is no reason to refuse anybody.
    let _ = stream.set_nodelay(true);
    // Reading has its own limits: the head's below, the body's in the upload.
    let stream = Paced::new(stream, limits.idle_timeout, limits.min_rate);
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle_timeout)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
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
