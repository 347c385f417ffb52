//! Accepts connections until the server ends, then waits for running requests.

use std::{io, net::IpAddr, sync::Arc, time::Duration};

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};

use crate::{
    client_address::{ClientAddress, TrustedProxies},
    connection::{reject, serve},
    connections::{Connection, Connections},
    limits::ConnectionLimits,
};

/// How many clients get an answer that the server is busy at the same time. The connections of more clients are closed.
const MAX_REJECTIONS: usize = 64;

/// The server's sockets.
pub struct Acceptor {
    /// Where clients connect.
    pub listener: TcpListener,
    /// Answers them.
    pub router: Router,
    /// Answers those that have too many connections.
    pub busy: Router,
    /// The proxies in front of the server.
    pub proxies: Arc<TrustedProxies>,
    /// The table of open connections.
    pub connections: Arc<Connections>,
    /// Their limits.
    pub limits: ConnectionLimits,
}

/// Connections whose requests are still running.
pub struct Running(GracefulShutdown);

impl Acceptor {
    /// Serves connections until `shutdown` completes, and then no longer listens.
    pub async fn accept_until(self, shutdown: impl Future<Output = ()>) -> Running {
        let rejections = Arc::new(Semaphore::new(MAX_REJECTIONS));
        let graceful = GracefulShutdown::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                accepted = self.accept() => accepted,
                () = &mut shutdown => break,
            };
            match accepted {
                Ok((stream, peer, Some(connection))) => {
                    let router = self.router.clone();
                    let serving = serve(stream, peer, router, &self.limits, connection.clone());
                    let serving = graceful.watch(serving);
                    let task = tokio::spawn(async move {
                        // An error means that the client hung up or stalled, which needs no action and no log message.
                        let _ = serving.await;
                    });
                    connection.set_task(task.abort_handle());
                }
                Ok((stream, _, None)) => {
                    if let Ok(permit) = rejections.clone().try_acquire_owned() {
                        let busy = self.busy.clone();
                        tokio::spawn(async move {
                            reject(stream, busy).await;
                            drop(permit);
                        });
                    }
                }
                Err(error) => {
                    // Most likely there are no free file descriptors. Some become free when connections end.
                    tracing::error!("can't accept a connection: {error}");
                    sleep(Duration::from_millis(100)).await;
                }
            }
        }
        Running(graceful)
    }

    /// The next connection, with its place in the table if it gets one.
    async fn accept(&self) -> io::Result<(TcpStream, IpAddr, Option<Arc<Connection>>)> {
        let (stream, peer) = self.listener.accept().await?;
        let is_proxy = self.proxies.contains(peer.ip());
        let client = (!is_proxy).then(|| ClientAddress::of(peer.ip()));
        Ok((stream, peer.ip(), self.connections.add(client).await))
    }
}

impl Running {
    /// Waits until all requests are answered, at most for so long.
    pub async fn finish(self, at_most: Duration) {
        if timeout(at_most, self.0.shutdown()).await.is_err() {
            tracing::warn!("some requests did not finish in time and were aborted");
        }
    }
}
