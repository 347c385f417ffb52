//! The configuration of the Solana command line, which gives defaults for options.

use std::{fmt::Display, path::Path};

use generion_client::rpc::solana_config::{SolanaConfig, UnreadableConfig};

use crate::{
    args::global::Commitment,
    output::{
        failure::{Failure, warn},
        format::Format,
        redaction,
    },
};

/// Reads the named file, or the user's own.
pub fn read(named: Option<&Path>) -> Result<SolanaConfig, Failure> {
    SolanaConfig::read(named).map_err(|error| failure(&error))
}

/// Parses one of its values; `None` if the value is empty.
pub fn value<T>(
    config: &SolanaConfig,
    name: &str,
    value: &str,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<Option<T>, Failure> {
    if value.is_empty() {
        return Ok(None);
    }
    parse(value).map(Some).map_err(|reason| {
        let value = redaction::shown(value);
        failure(&UnreadableConfig {
            path: config.path.clone(),
            reason: format!("{name} is {value:?}: {reason}"),
        })
    })
}

/// The configured commitment. Names that only early versions of the Solana tools wrote are read as later versions read
/// them.
pub fn commitment(config: &SolanaConfig, format: Format) -> Result<Commitment, Failure> {
    let is_old = |old: &[&str]| {
        old.iter()
            .any(|old| old.eq_ignore_ascii_case(&config.commitment))
    };
    let (commitment, name) = if is_old(&["max", "root"]) {
        (Commitment::Finalized, "finalized")
    } else if is_old(&["recent", "single", "singleGossip"]) {
        (Commitment::Confirmed, "confirmed")
    } else {
        let level = |text: &str| <Commitment as clap::ValueEnum>::from_str(text, true);
        let commitment = value(config, "commitment", &config.commitment, level)?;
        return Ok(commitment.unwrap_or(Commitment::Confirmed));
    };
    let message = format!(
        "the Solana configuration {} has the commitment {:?} of an early version, which is read as {name}",
        config.path.display(),
        config.commitment
    );
    warn(format, &message);
    Ok(commitment)
}

fn failure(error: &dyn Display) -> Failure {
    Failure::new(
        error.to_string(),
        "Pass another file with -C, or correct it with `solana config set`.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_is_not_parsed() {
        let parse = |_: &str| -> Result<(), String> { Err("never asked".to_owned()) };
        let config = SolanaConfig::default();
        assert_eq!(value(&config, "json_rpc_url", "", parse).unwrap(), None);
    }

    #[test]
    fn a_value_that_makes_no_sense_is_named_with_its_file() {
        let config = SolanaConfig {
            path: "config.yml".into(),
            ..SolanaConfig::default()
        };
        let parse = |_: &str| -> Result<(), String> { Err("no".to_owned()) };
        let failure = value(&config, "commitment", "sure", parse).unwrap_err();
        assert_eq!(
            failure.message,
            "can't read the Solana configuration config.yml: commitment is \"sure\": no"
        );
        assert!(failure.advice.contains("solana config set"), "{failure:?}");
    }
}
