//! Agave's own validator as a program.

use std::{
    ffi::OsStr,
    io,
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
};

/// Ports that a validator takes for what is not JSON-RPC.
const PORTS: u16 = 32;

/// Starts it on a ledger, with JSON-RPC on this port and websockets on the next. It ends with the program that starts it,
/// even where that is killed, as tests do.
///
/// # Errors
/// Where there are no free ports.
pub fn command(program: &OsStr, ledger: &Path, rpc: u16) -> io::Result<Command> {
    let first = free_ports(PORTS + 1)?;
    let mut command = Command::new("setpriv");
    command
        .args(["--pdeathsig", "KILL", "--"])
        .arg(program)
        .arg("--quiet")
        .args(["--bind-address", "127.0.0.1"])
        .args(["--rpc-port", &rpc.to_string()])
        .args(["--faucet-port", &free_ports(1)?.to_string()])
        .args(["--gossip-port", &first.to_string()])
        .args([
            "--dynamic-port-range",
            &format!("{}-{}", first + 1, first + PORTS),
        ])
        .arg("--ledger")
        .arg(ledger)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    Ok(command)
}

/// The first of some ports in a row that are free. They are let go before the validator takes them, which tests that run
/// one after the other can bear.
///
/// # Errors
/// Where there is none at all.
pub fn free_ports(count: u16) -> io::Result<u16> {
    loop {
        let first = TcpListener::bind(("127.0.0.1", 0))?;
        let port = first.local_addr()?.port();
        let others = (1..count).map(|offset| {
            let port = port.checked_add(offset)?;
            TcpListener::bind(("127.0.0.1", port)).ok()
        });
        if others.collect::<Option<Vec<_>>>().is_some() {
            return Ok(port);
        }
    }
}
