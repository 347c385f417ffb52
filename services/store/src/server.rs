use std::{io, net::SocketAddr, sync::Arc, time::Duration};

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
    time::{MissedTickBehavior, interval, sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;

use crate::{
    auth::Gate,
    config::{Clock, Config, default_hosts},
    refusal,
    router::router,
    storage::{Backend, Documents, Nonces, OpenError},
    store::Store,
};

/// How often nonces that no longer matter are removed.
const PURGE_INTERVAL: Duration = Duration::from_secs(300);

/// How long a store that shuts down waits for running requests.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(60);

/// The store can't start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The folder can't be used.
    #[error(transparent)]
    Open(#[from] OpenError),
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
    store: Arc<Store>,
}

impl Server {
    /// Takes the folder, puts in order what an earlier run left, and listens.
    pub async fn bind(config: Config) -> Result<Self, StartError> {
        let Config {
            listen,
            folder,
            hosts,
            limits,
            clock,
        } = config;
        let backend = Backend::open_folder(&folder)?;
        let documents = Documents::open(backend.clone())
            .await
            .map_err(OpenError::Leftovers)?;

        let listen_error = |source| StartError::Listen {
            address: listen,
            source,
        };
        let listener = TcpListener::bind(listen).await.map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let hosts = match hosts.is_empty() {
            true => default_hosts(address),
            false => hosts.iter().map(|host| host.to_ascii_lowercase()).collect(),
        };
        let store = Store {
            documents,
            gate: Gate {
                hosts,
                clock,
                nonces: Nonces::new(backend),
            },
            uploads: Semaphore::new(limits.max_uploads),
            limits,
        };
        Ok(Self {
            listener,
            address,
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

    /// Answers until `shutdown`, then finishes the requests that run, within a minute.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let purge = tokio::spawn(purge_nonces(
            self.store.gate.nonces.clone(),
            self.store.gate.clock.clone(),
        ));
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
            let connection = serve(stream, router.clone(), limits.idle_timeout);
            let connection = graceful.watch(connection);
            tokio::spawn(async move {
                // An error here is a client that hung up or stalled: nothing to do, and nothing to keep about it.
                let _ = connection.await;
                drop(permit);
            });
        }
        drop(self.listener);
        purge.abort();
        // Until it has ended, it holds the folder.
        let _ = purge.await;
        if timeout(SHUTDOWN_GRACE, graceful.shutdown()).await.is_err() {
            tracing::warn!("some requests did not end in time and were cut off");
        }
    }
}

type Connection = http1::Connection<
    TokioIo<std::pin::Pin<Box<TimeoutStream<TcpStream>>>>,
    TowerToHyperService<Router>,
>;

/// Speaks HTTP/1.1 with a client, who may not leave us waiting.
fn serve(stream: TcpStream, router: Router, idle: Duration) -> Connection {
    // It only delays packets, so a failure is no reason to refuse anybody.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    // Reading has its own limits: the head's below, the body's in the upload.
    stream.set_write_timeout(Some(idle));
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(idle)
        .serve_connection(
            TokioIo::new(Box::pin(stream)),
            TowerToHyperService::new(router),
        )
}

async fn purge_nonces(nonces: Nonces, clock: Clock) {
    let mut ticks = interval(PURGE_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = nonces.purge(clock()).await {
            refusal::log(&error);
        }
    }
}
