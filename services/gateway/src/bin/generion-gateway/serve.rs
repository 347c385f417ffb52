//! `generion-gateway serve`.

use std::{
    io::{Write, stdout},
    process::ExitCode,
};

use anyhow::Context;
use generion_gateway::server::Server;
use generion_http_server::{logging, shutdown::Signals};

use crate::args::Settings;

/// Runs a gateway until a signal ends it.
///
/// # Errors
/// The gateway can't start.
pub async fn serve(settings: Settings, exit_with_stdin: bool) -> anyhow::Result<ExitCode> {
    let file = settings.read()?;
    logging::start(&file.log)?;
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
    server.run(signals.shutdown(exit_with_stdin)).await?;
    Ok(ExitCode::SUCCESS)
}
