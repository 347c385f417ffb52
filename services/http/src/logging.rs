//! The log, on standard error.

use std::{
    env::{VarError, var},
    io::{IsTerminal, stderr},
};

use anyhow::{Context, bail, ensure};
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use crate::{
    config::{LogConfig, LogFormat},
    redact::Redacting,
};

/// The variable with the filter for the log, which overrides the configuration file.
const VARIABLE: &str = "RUST_LOG";

/// Starts the log.
///
/// # Errors
/// The filter is invalid.
pub fn start(config: &LogConfig) -> anyhow::Result<()> {
    let filter = match var(VARIABLE) {
        Ok(text) if !text.trim().is_empty() => filter(&text).with_context(|| {
            format!("{VARIABLE} is {text:?}, which is not a valid filter for the log")
        })?,
        Err(VarError::NotUnicode(_)) => bail!("{VARIABLE} is not valid Unicode"),
        _ => filter(&config.filter)
            .with_context(|| format!("{:?} is not a valid filter for the log", config.filter))?,
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Redacting(stderr()));
    match config.format {
        LogFormat::Text => log.with_ansi(stderr().is_terminal()).init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}

/// Parses a level or levels by module. `EnvFilter` takes a single word that is not a level for a module, and disables all
/// other messages. Such a word is usually a typing error, so it is refused.
fn filter(text: &str) -> anyhow::Result<EnvFilter> {
    for directive in text.split(',').map(str::trim) {
        let is_word = !directive.is_empty() && !directive.contains(['=', '[']);
        ensure!(
            !is_word || directive.parse::<LevelFilter>().is_ok(),
            "{directive:?} is neither a level (error, warn, info, debug, trace, off) nor MODULE=LEVEL"
        );
    }
    Ok(EnvFilter::try_new(text)?)
}
