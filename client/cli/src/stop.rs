//! Ctrl-C, and the other ways to ask a program to end.

use tokio::signal::unix::{SignalKind, signal};

use crate::failure::Failure;

/// Ends with SIGINT, SIGTERM or SIGHUP. From the call on, not from the first poll, these signals don't kill.
pub fn requested() -> Result<impl Future<Output = ()>, Failure> {
    let listen = |kind| {
        signal(kind).map_err(|error| {
            Failure::new(
                format!("can't listen for signals: {error}"),
                "Check this machine's limits.",
            )
        })
    };
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let mut hangup = listen(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    })
}
