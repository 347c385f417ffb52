//! `generion-gateway serve`.

use std::{
    io::{Write, stdout},
    process::ExitCode,
};

use anyhow::Context;
use generion_gateway::server::Server;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::args::Settings;

/// Runs a gateway until a signal ends it.
///
/// # Errors
/// It can't start.
pub async fn serve(settings: Settings, exit_with_stdin: bool) -> anyhow::Result<ExitCode> {
    let file = settings.read()?;
    generion_http_server::logging::start(&file.log)?;
    let mut signals = Signals::new()?;
    let server = tokio::select! {
        server = Server::bind(file.config()?) => server?,
        code = signals.next() => return Ok(ExitCode::from(code)),
    };
    if let Some(address) = server.admin_address() {
        tracing::info!("listening for the operator on http://{address}");
    }
    let mut stdout = stdout();
    writeln!(stdout, "listening on http://{}", server.address())
        .and_then(|()| stdout.flush())
        .context("can't print the address to standard output")?;
    server
        .run(async move {
            let by_signal = tokio::select! {
                _ = signals.next() => true,
                () = end_of_stdin(), if exit_with_stdin => false,
            };
            tracing::info!("shutting down");
            tokio::spawn(async move {
                if !by_signal {
                    // The parent process may close standard input and also send a signal, which must not end the gateway
                    // at once.
                    signals.next().await;
                }
                let code = signals.next().await;
                tracing::warn!("exiting at once: running requests are aborted");
                std::process::exit(code.into());
            });
        })
        .await?;
    Ok(ExitCode::SUCCESS)
}

/// The signals that end a gateway.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> anyhow::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).context("can't listen for SIGINT")?,
            terminate: signal(SignalKind::terminate()).context("can't listen for SIGTERM")?,
        })
    }

    /// Waits for the next signal, and returns the exit code for it.
    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => 130,
            _ = self.terminate.recv() => 143,
        }
    }
}

/// Waits for the end of standard input. Reading blocks, so it has its own thread.
async fn end_of_stdin() {
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // An error counts as the end of the input.
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = ended.send(());
    });
    let _ = end.await;
}
