//! A running gateway: start, connections, the index, and shutdown.

use std::{io, net::SocketAddr, sync::atomic::Ordering, time::Duration};

use generion_http_server::acceptor::Acceptor;
use generion_interface::Addresses;
use thiserror::Error;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    config::Config,
    http::{
        router::{admin_router, busy_router, router},
        state::AppState,
    },
    index::ledger_node::LedgerNode,
    storage::{Storage, StorageError},
};

/// How long a gateway that shuts down waits for running requests.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(20);

/// The gateway can't start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The database can't be opened.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// There is no HTTP client to speak to nodes with.
    #[error("no HTTP client can be made")]
    Client(#[from] reqwest::Error),
    /// No node is named.
    #[error("no node is named: set `nodes` in the configuration file, or GENERION_GATEWAY_NODES")]
    NoNode,
    /// The gateway can't listen on the address.
    #[error("can't listen on {address}: choose another address, or stop the program that uses it")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The error of the operating system.
        source: io::Error,
    },
}

/// A gateway that listens. It answers requests while [`Server::run`] is awaited.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    admin: Option<TcpListener>,
    state: AppState,
}

impl Server {
    /// Opens the index, and listens.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn bind(config: Config) -> Result<Self, StartError> {
        if config.nodes.is_empty() {
            return Err(StartError::NoNode);
        }
        let node = |url| LedgerNode::new(url, Addresses::default());
        let nodes = config.nodes.iter().cloned().map(node);
        let nodes = nodes.collect::<Result<Vec<_>, _>>()?;
        let storage = Storage::open(&config.database).await?;
        Self::over(AppState::new(storage, nodes, config)).await
    }

    /// Listens, and answers from an index as it is.
    ///
    /// # Errors
    /// [`StartError::Listen`].
    pub async fn over(state: AppState) -> Result<Self, StartError> {
        let (listener, address) = bind(state.config.listen).await?;
        let admin = match state.config.admin_listen {
            Some(listen) => Some(bind(listen).await?.0),
            None => None,
        };
        Ok(Self {
            listener,
            address,
            admin,
            state,
        })
    }

    /// The address that the gateway listens on, with the actual port.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the operator's interface, with the actual port.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin.as_ref()?.local_addr().ok()
    }

    /// Answers requests until `shutdown` completes, then waits for running requests.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let state = self.state;
        let admin = self.admin.map(|listener| {
            let router = admin_router(state.clone());
            // Never ends by itself: `axum::serve` continues after every error.
            Task(tokio::spawn(async move {
                drop(axum::serve(listener, router).await);
            }))
        });
        let acceptor = Acceptor {
            listener: self.listener,
            router: router(state.clone()),
            busy: busy_router(state.clone()),
            proxies: state.proxies(),
            connections: state.connections.clone(),
            limits: state.config.connections.clone(),
        };
        let running = acceptor.accept_until(shutdown).await;
        state.is_shutting_down.store(true, Ordering::Relaxed);
        running.finish(SHUTDOWN_TIMEOUT).await;
        drop(admin);
    }
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// A task that ends when this is dropped.
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}
