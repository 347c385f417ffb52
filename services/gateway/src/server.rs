//! A running gateway: start, connections, the index, and shutdown.

use std::{io, net::SocketAddr, sync::atomic::Ordering, time::Duration};

use generion_http_server::acceptor::Acceptor;
use generion_interface::Addresses;
use thiserror::Error;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    config::Config,
    http::{
        router::{admin_router, busy_router, router},
        state::AppState,
    },
    index::{
        Indexer, IndexerError, IndexerOptions,
        ledger_node::LedgerNode,
        ledger_nodes::{LedgerNodes, OtherLedger},
    },
    sponsor::Signer,
    storage::{Storage, StorageError},
    webhooks::{WebhookOptions, Webhooks, WebhooksError, WebhooksFileError, read_subscriptions},
};

/// The time that a gateway that shuts down waits for running requests.
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
    /// A node belongs to another ledger.
    #[error(transparent)]
    OtherLedger(#[from] OtherLedger),
    /// The file with the subscriptions of webhooks can't be used.
    #[error(transparent)]
    WebhooksFile(#[from] WebhooksFileError),
    /// Webhooks can't be delivered.
    #[error(transparent)]
    Webhooks(#[from] WebhooksError),
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
    indexer: Option<Indexer>,
    webhooks: Option<Webhooks>,
}

impl Server {
    /// Opens the index, and listens. Nodes of another ledger than the configuration names are refused.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn bind(config: Config) -> Result<Self, StartError> {
        let mut nodes = nodes(&config)?.into_iter();
        let first = nodes.next().ok_or(StartError::NoNode)?;
        let nodes_of_index = LedgerNodes::new(first, nodes);
        nodes_of_index.check_genesis(config.cluster).await?;
        let mut storage = Storage::open(&config.database).await?;
        storage.keep_of_feed(config.events.retention);
        let websocket = config.websocket.as_ref();
        let websocket = websocket.and_then(|url| url.expose().parse().ok());
        let options = IndexerOptions {
            genesis_hash: config.cluster.genesis().to_bytes().into(),
            websocket,
            poll_interval: config.poll_interval,
        };
        let (indexer, watch) = Indexer::new(storage.clone(), nodes_of_index, options);
        let state = AppState::new(storage, watch, config);
        let webhooks = webhooks(&state)?;
        let mut server = Self::over(state).await?;
        server.indexer = Some(indexer);
        server.webhooks = webhooks;
        Ok(server)
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
            indexer: None,
            webhooks: None,
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
    ///
    /// # Errors
    /// [`IndexerError`] if there is no use in continuing, because the nodes or the database are of another ledger.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), IndexerError> {
        let state = self.state;
        let cancellation = CancellationToken::new();
        let _end = cancellation.clone().drop_guard();
        let indexer = self.indexer;
        let indexing = async move {
            match indexer {
                Some(indexer) => indexer.run(cancellation).await,
                None => std::future::pending().await,
            }
        };
        let mut indexing = std::pin::pin!(indexing);
        let admin = self.admin.map(|listener| {
            let router = admin_router(state.clone());
            // Never ends by itself: `axum::serve` continues after every error.
            Task(tokio::spawn(async move {
                drop(axum::serve(listener, router).await);
            }))
        });
        let delivering = self.webhooks.map(|webhooks| {
            Task(tokio::spawn(async move {
                webhooks.run().await;
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
        let (failed, on_failure) = oneshot::channel::<()>();
        let shutdown = async move {
            tokio::select! {
                () = shutdown => {}
                _ = on_failure => {}
            }
        };
        let accepting = acceptor.accept_until(shutdown);
        let mut accepting = std::pin::pin!(accepting);
        let (running, result) = tokio::select! {
            running = &mut accepting => (running, Ok(())),
            result = &mut indexing => {
                drop(failed);
                (accepting.await, result)
            }
        };
        state.is_shutting_down.store(true, Ordering::Relaxed);
        drop(delivering);
        // Streams of events would never end by themselves.
        state.events.close();
        running.finish(SHUTDOWN_TIMEOUT).await;
        drop(admin);
        result
    }
}

/// The task that delivers the webhooks of the operator's file.
fn webhooks(state: &AppState) -> Result<Option<Webhooks>, StartError> {
    let Some(file) = &state.config.webhooks else {
        return Ok(None);
    };
    let webhooks = Webhooks::new(
        state.storage.clone(),
        read_subscriptions(file)?,
        state.config.signer.as_deref().map(Signer::new),
        WebhookOptions::default(),
        state.metrics.webhooks.clone(),
    );
    Ok(Some(webhooks?))
}

/// The nodes that the configuration names.
fn nodes(config: &Config) -> Result<Vec<LedgerNode>, reqwest::Error> {
    let node = |url| LedgerNode::new(url, Addresses::default());
    config.nodes.iter().cloned().map(node).collect()
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
