use std::{
    net::SocketAddr,
    sync::mpsc::{Sender, channel},
    thread,
};

use axum::Router;
use tokio::{net::TcpListener, runtime::Builder, sync::oneshot};

/// An HTTP server on this machine, on a thread of its own. It ends when it is dropped.
pub struct WebServer {
    /// The address and port that it listens on.
    pub address: SocketAddr,
    _end: oneshot::Sender<()>,
}

impl WebServer {
    /// Serves these routes on a free port.
    pub fn start(router: Router) -> Self {
        let (end, ended) = oneshot::channel();
        let (sender, receiver) = channel();
        thread::spawn(move || serve(router, &sender, ended));
        Self {
            address: receiver.recv().expect("the server starts"),
            _end: end,
        }
    }

    /// The server's URL, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn serve(router: Router, started: &Sender<SocketAddr>, ended: oneshot::Receiver<()>) {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        started.send(address).expect("the test waits for it");
        tokio::select! {
            served = axum::serve(listener, router).into_future() => served.expect("it serves"),
            // The sender is dropped with the server.
            _ = ended => {}
        }
    });
}
