//! Ctrl-C and the other signals that ask a program to stop.

pub mod ending;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::output::failure::Failure;

/// SIGINT, SIGTERM and SIGHUP. As soon as this exists, before it is first polled, these signals no longer kill the
/// process.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    /// Starts listening.
    pub fn listen() -> Result<Self, Failure> {
        let listen = |kind| {
            signal(kind).map_err(|error| {
                Failure::new(
                    format!("can't listen for signals: {error}"),
                    "Check this machine's limits.",
                )
            })
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hangup: listen(SignalKind::hangup())?,
        })
    }

    /// Waits for the next signal.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
        }
    }
}

/// A future that ends with the first signal.
pub fn requested() -> Result<impl Future<Output = ()>, Failure> {
    let mut signals = Signals::listen()?;
    Ok(async move { signals.next().await })
}
