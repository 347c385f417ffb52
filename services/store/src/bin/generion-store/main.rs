//! `generion-store`: runs a document store on a local folder or on object storage.

mod args;
mod maintenance;

use std::{
    io::{Write, stdout},
    process::ExitCode,
};

use anyhow::Context;
use generion_http_server::{logging, shutdown::Signals};
use generion_store::{
    Config, ConfigFile, Reloader, Server, StorageLocation, TEMPLATE, system_clock,
};
use tokio::{
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
};

use args::Args;

fn main() -> ExitCode {
    // Files are private to the store, because some file names contain wallet addresses.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let args = match Args::read(std::env::args_os()) {
        Ok(args) => args,
        // clap chooses the output and the exit code.
        Err(error) => error.exit(),
    };
    if args.print_config {
        print!("{TEMPLATE}");
        return ExitCode::SUCCESS;
    }
    let runtime = Runtime::new().context("can't start the runtime");
    match runtime.and_then(|runtime| runtime.block_on(run(args))) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(mut args: Args) -> anyhow::Result<ExitCode> {
    let file = args.settings()?;
    let location = args.location(&file)?;
    logging::start(&file.log)?;
    match args.command.take() {
        Some(command) => maintenance::run(command, &location, &file.limits()).await,
        None => serve(&file, location, args.exit_with_stdin).await,
    }
}

/// Runs a store until a signal ends it.
async fn serve(
    file: &ConfigFile,
    storage: StorageLocation,
    exit_with_stdin: bool,
) -> anyhow::Result<ExitCode> {
    let mut signals = Signals::new()?;
    let bind = Server::bind(Config {
        listen: file.listen,
        admin_listen: file.admin_listen,
        storage,
        hosts: file.hosts.iter().map(|host| host.0.clone()).collect(),
        proxies: file.proxies(),
        origins: file.browsers.origins.clone(),
        uploaders: file.uploaders(),
        quota: file.quota(),
        limits: file.limits(),
        clock: system_clock(),
    });
    let server = tokio::select! {
        server = bind => server?,
        code = signals.next() => return Ok(ExitCode::from(code)),
    };
    tokio::spawn(reload_on_hangup(server.reloader())?);

    tracing::info!(hosts = ?server.hosts(), "answering to these names");
    if let Some(address) = server.admin_address() {
        tracing::info!("listening for the operator on http://{address}");
    }
    let mut stdout = stdout();
    writeln!(stdout, "listening on http://{}", server.address())
        .and_then(|()| stdout.flush())
        .context("can't print the address to standard output")?;
    server.run(signals.shutdown(exit_with_stdin)).await;
    Ok(ExitCode::SUCCESS)
}

/// Reloads the allowlist on each SIGHUP.
fn reload_on_hangup(
    reloader: Reloader,
) -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let mut hangup = signal(SignalKind::hangup()).context("can't listen for SIGHUP")?;
    Ok(async move {
        while hangup.recv().await.is_some() {
            match reloader.reload() {
                Ok(Some(count)) => {
                    tracing::info!("reloaded the allowlist, number of wallets: {count}")
                }
                Ok(None) => tracing::info!("there is no allowlist to reload: everybody may upload"),
                Err(error) => {
                    tracing::error!(
                        "{:#}; the old allowlist stays in force",
                        anyhow::Error::new(error)
                    )
                }
            }
        }
    })
}
