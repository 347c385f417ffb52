//! Reserves the ports for the node.

use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
};

use anyhow::{Result, anyhow, ensure};
use tokio::net::TcpSocket;

/// An address that is reserved until the node listens on it.
///
/// The node can't choose a free port, and does not report its port. So this binds the port first, without listening:
/// Linux does not assign such a port to other programs, but lets the node listen on it, because both sockets set
/// `SO_REUSEADDR`. This also detects a port that is in use before the node starts.
pub struct Reserved {
    /// The address, with the actual port if port 0 was requested.
    pub address: SocketAddr,
    _socket: Option<TcpSocket>,
}

impl Reserved {
    /// `flag` is the option that chose the port, for the error message.
    fn new(wanted: SocketAddr, flag: &str) -> Result<Self> {
        let (socket, address) = bind(wanted).map_err(|error| match error.kind() {
            ErrorKind::AddrInUse => {
                anyhow!("{wanted} is in use by another program; end that one or choose another port with {flag}")
            }
            _ => anyhow!("cannot listen on {wanted} ({flag}, --host): {error}"),
        })?;
        // On other systems nobody else can bind the port, so it has to be released before the node starts.
        let socket = cfg!(target_os = "linux").then_some(socket);
        Ok(Self {
            address,
            _socket: socket,
        })
    }

    /// The addresses of both servers.
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
