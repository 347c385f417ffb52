//! When a server ends: by a signal, or with the process that started it.

use std::process::exit;

use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that end a server: SIGINT and SIGTERM.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Listens from now on. Make it before the server starts, so that a signal during the start is not lost.
    ///
    /// # Errors
    /// The operating system refuses to deliver signals.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).context("can't listen for SIGINT")?,
            terminate: signal(SignalKind::terminate()).context("can't listen for SIGTERM")?,
        })
    }

    /// Waits for the next signal, and returns the exit code for it.
    pub async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => 130,
            _ = self.terminate.recv() => 143,
        }
    }

    /// Waits until the server is to end: for a signal or, with `exit_with_stdin`, for the end of standard input. A signal
    /// after that ends the process at once.
    pub async fn shutdown(mut self, exit_with_stdin: bool) {
        let by_signal = tokio::select! {
            _ = self.next() => true,
            () = end_of_stdin(), if exit_with_stdin => false,
        };
        tracing::info!("shutting down");
        tokio::spawn(async move {
            if !by_signal {
                // The parent process may close standard input and also send a signal, which must not end the server at
                // once.
                self.next().await;
            }
            let code = self.next().await;
            tracing::warn!("exiting at once: running requests are aborted");
            // This leaves the same traces as a crash, which the next start recovers.
            exit(code.into());
        });
    }
}

/// Waits for the end of standard input. Reading blocks, so it has its own thread, for which no runtime waits at its end.
async fn end_of_stdin() {
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // An error counts as the end of the input.
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = ended.send(());
    });
    let _ = end.await;
}
