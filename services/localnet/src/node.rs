//! The node: surfpool's ledger and servers in a separate thread.

use std::{
    io::{self, Write},
    net::SocketAddr,
    thread,
    time::Duration,
};

use anyhow::{Context, Result, anyhow};
use crossbeam_channel::{Receiver, Sender};
use surfpool_core::runloops::start_local_surfnet_runloop;
use surfpool_types::{RpcConfig, SimnetCommand, SimnetConfig, SimnetEvent, SurfpoolConfig};
use tokio::{runtime::Handle, sync::mpsc, time::timeout};

use crate::{
    cli::{LogLevel, StartArgs},
    ledger::Ledger,
    ports::Reserved,
    programs::Programs,
};

/// How long a shutdown may take: the node finishes a block and closes its database.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// A running node.
pub struct Node {
    /// The address of the JSON-RPC server.
    pub rpc: SocketAddr,
    /// The address of the websocket server.
    pub websocket: SocketAddr,
    commands: Sender<SimnetCommand>,
    states: mpsc::UnboundedReceiver<State>,
}

/// The state of the node's thread.
enum State {
    Started,
    Ended(Result<()>),
}

impl Node {
    /// Starts a node with these programs, and returns when it accepts requests. Needs a multi-threaded runtime.
    pub async fn start(args: &StartArgs, programs: &Programs) -> Result<Self> {
        let next_port = args.port.checked_add(u16::from(args.port != 0));
        let ws_port = args
            .ws_port
            .or(next_port)
            .context("no port comes after --port; choose one with --ws-port")?;
        let (rpc, websocket) = Reserved::pair(
            SocketAddr::new(args.host, args.port),
            SocketAddr::new(args.host, ws_port),
        )?;

        let simnet = SimnetConfig {
            offline_mode: true,
            remote_rpc_url: None,
            slot_time: args.slot_time,
            block_production_mode: args.block_production_mode.into(),
            instruction_profiling_enabled: false,
            ..SimnetConfig::default()
        };
        let ledger = Ledger::open(args.persist.as_deref(), args.reset, &simnet)?;
        ledger.fill(args, programs).await?;
        let Ledger {
            svm,
            events,
            geyser_events,
            lock,
        } = ledger;

        let config = SurfpoolConfig {
            simnets: vec![simnet],
            rpc: RpcConfig {
                bind_host: match rpc.address {
                    SocketAddr::V4(address) => address.ip().to_string(),
                    SocketAddr::V6(address) => format!("[{}]", address.ip()),
                },
                bind_port: rpc.address.port(),
                ws_port: websocket.address.port(),
                ..RpcConfig::default()
            },
            ..SurfpoolConfig::default()
        };
        let (commands, received_commands) = crossbeam_channel::unbounded();
        let (states, received_states) = mpsc::unbounded_channel();
        follow_events(events, states.clone(), args.log_level)?;
        let (runtime, to_itself) = (Handle::current(), commands.clone());
        thread::Builder::new()
            .name("node".to_owned())
            .spawn(move || {
                let run = start_local_surfnet_runloop(
                    svm,
                    config,
                    to_itself,
                    received_commands,
                    geyser_events,
                );
                let result = runtime
                    .block_on(run)
                    .map_err(|error| anyhow!("the node failed: {error}"));
                drop(lock);
                // Fails if the receiver is gone because the process exits.
                let _ = states.send(State::Ended(result));
            })
            .context("cannot start the node's thread")?;

        let mut node = Self {
            rpc: rpc.address,
            websocket: websocket.address,
            commands,
            states: received_states,
        };
        match node.states.recv().await {
            Some(State::Started) => Ok(node),
            ended => Err(unexpected_end(ended)),
        }
    }

    /// Waits until the node ends by itself, which it should never do, and returns the reason.
    pub async fn failure(&mut self) -> anyhow::Error {
        unexpected_end(self.states.recv().await)
    }

    /// Stops the node, and returns when its ledger is closed.
    pub async fn stop(mut self) -> Result<()> {
        // Fails if the node has ended already. Then its state can still be read.
        let _ = self.commands.send(SimnetCommand::Terminate(None));
        let state = timeout(STOP_TIMEOUT, self.states.recv())
            .await
            .with_context(|| {
                format!(
                    "the node did not end within {} s and was aborted",
                    STOP_TIMEOUT.as_secs()
                )
            })?;
        match state {
            Some(State::Ended(result)) => result,
            other => Err(unexpected_end(other)),
        }
    }
}

fn unexpected_end(state: Option<State>) -> anyhow::Error {
    match state {
        Some(State::Ended(Err(error))) => error,
        Some(State::Ended(Ok(())) | State::Started) => anyhow!("the node ended by itself"),
        None => anyhow!("the node's thread panicked; its message is above"),
    }
}

/// Reads the events of the node, which blocks when nobody reads them.
fn follow_events(
    events: Receiver<SimnetEvent>,
    states: mpsc::UnboundedSender<State>,
    level: LogLevel,
) -> Result<()> {
    let follow = move || {
        for event in events {
            let (severity, message) = match event {
                // Fails if the receiver is gone because the process exits.
                SimnetEvent::CoreStarted(_) => {
                    let _ = states.send(State::Started);
                    continue;
                }
                // A thread of a server failed. The node would continue without it.
                SimnetEvent::Aborted(message) => {
                    let _ = states.send(State::Ended(Err(anyhow!("the node failed: {message}"))));
                    continue;
                }
                SimnetEvent::ErrorLog(_, message) => (LogLevel::Error, message),
                SimnetEvent::WarnLog(_, message) => (LogLevel::Warn, message),
                SimnetEvent::InfoLog(_, message) => (LogLevel::Info, message),
                SimnetEvent::DebugLog(_, message) => (LogLevel::Debug, message),
                _ => continue,
            };
            if severity <= level {
                // Unlike `eprintln!`, this does not panic if standard error is closed.
                let _ = writeln!(io::stderr(), "{message}");
            }
        }
    };
    thread::Builder::new()
        .name("events".to_owned())
        .spawn(follow)
        .context("cannot start the thread for events")?;
    Ok(())
}
