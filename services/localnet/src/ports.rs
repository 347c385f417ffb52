//! The ports that the node will listen on.

use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
};

use anyhow::{Result, anyhow, ensure};
use tokio::net::TcpSocket;

/// An address that is kept free for the node until it listens there itself.
///
/// The node binds on its own and can't be told to take any free port, nor says which one it took. So the port is bound
/// here first, without listening: Linux gives such a port to nobody who asks for a free one, and still lets the node
/// listen on it, since both sockets set `SO_REUSEADDR`. A port that somebody listens on is found out before the node
/// starts, too.
pub struct Reserved {
    /// With the port that was taken where 0 was asked for.
    pub address: SocketAddr,
    _socket: Option<TcpSocket>,
}

impl Reserved {
    /// `flag` is what chose the port, for the error's text.
    fn new(wanted: SocketAddr, flag: &str) -> Result<Self> {
        let (socket, address) = bind(wanted).map_err(|error| match error.kind() {
            ErrorKind::AddrInUse => {
                anyhow!("{wanted} is in use by another program; end that one or choose another port with {flag}")
            }
            _ => anyhow!("cannot listen on {wanted} ({flag}, --host): {error}"),
        })?;
        // Elsewhere a bound port is closed to everyone, so it has to be let go before the node binds it.
        let socket = cfg!(target_os = "linux").then_some(socket);
        Ok(Self {
            address,
            _socket: socket,
        })
    }

    /// Both servers' addresses.
    pub fn pair(rpc: SocketAddr, websocket: SocketAddr) -> Result<(Self, Self)> {
        ensure!(
            rpc != websocket || rpc.port() == 0,
            "JSON-RPC and websockets need a port each, and both were given {}; change --port or --ws-port",
            rpc.port()
        );
        Ok((
            Self::new(rpc, "--port")?,
            Self::new(websocket, "--ws-port")?,
        ))
    }
}

fn bind(wanted: SocketAddr) -> io::Result<(TcpSocket, SocketAddr)> {
    let socket = match wanted {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    socket.set_reuseaddr(true)?;
    socket.bind(wanted)?;
    let address = socket.local_addr()?;
    Ok((socket, address))
}
