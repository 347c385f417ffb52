//! Agave's validator as a program.

use std::{
    ffi::OsStr,
    io,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::rpc_client::RpcClient;

/// The number of ports that a validator needs in addition to JSON-RPC.
const PORTS: u16 = 32;
/// How long the start may take, which includes the creation of a ledger.
const PATIENCE: Duration = Duration::from_secs(120);

/// Starts the validator on a ledger, with JSON-RPC on this port and websockets on the next. It ends together with the
/// program that starts it, even if that is killed.
///
/// # Errors
/// There are no free ports.
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

/// A client for confirmed data, because finalized data is thirteen seconds old.
pub fn client(rpc: u16) -> RpcClient {
    let url = format!("http://127.0.0.1:{rpc}");
    RpcClient::new_with_commitment(url, CommitmentConfig::confirmed())
}

/// Waits until the validator accepts requests.
///
/// # Errors
/// The validator ends, or takes more than two minutes.
pub fn serving(process: &mut Child, rpc: u16) -> io::Result<()> {
    let client = client(rpc);
    let begun = Instant::now();
    // The validator is healthy before it has produced a block, and programs can be used from the second slot on.
    while client.get_health().is_err() || client.get_slot().is_ok_and(|slot| slot < 2) {
        if let Some(status) = process.try_wait()? {
            return Err(io::Error::other(format!(
                "solana-test-validator ended with {status}"
            )));
        }
        if begun.elapsed() > PATIENCE {
            return Err(io::Error::other(
                "solana-test-validator did not start in time",
            ));
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// Finds consecutive free ports, and returns the first. The ports are released before the validator binds them, which is
/// safe only because these tests run one after the other.
///
/// # Errors
/// There are no free ports.
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
