//! The configuration of Solana's command line, as `solana config set` writes it: what is not said on this one is looked
//! up there.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::{
    cli::{Commitment, Format},
    failure::{Failure, warn},
    hidden,
};

/// Where it is, below the home folder.
const PLACE: &str = ".config/solana/cli/config.yml";

/// What of it concerns this program. What is not set is empty.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct SolanaConfig {
    /// The node.
    pub json_rpc_url: String,
    /// The node's websocket.
    pub websocket_url: String,
    /// A keypair file, or where else the wallet's secret comes from.
    pub keypair_path: String,
    /// How sure of the ledger the user wants to be.
    pub commitment: String,
    /// The file.
    #[serde(skip)]
    pub path: PathBuf,
}

impl SolanaConfig {
    /// Reads the file that was named, which must be there, or the one of this user, which need not be.
    pub fn read(named: Option<&Path>) -> Result<Self, Failure> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => match env::home_dir() {
                Some(home) => home.join(PLACE),
                None => return Ok(Self::default()),
            },
        };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if named.is_none() && is_absent(&error) => return Ok(Self::default()),
            Err(error) => return Err(unreadable(&path, &error)),
        };
        let config: Self =
            serde_yaml::from_str(&text).map_err(|error| unreadable(&path, &error))?;
        Ok(Self { path, ..config })
    }

    /// Reads one of its values, unless it is empty.
    pub fn value<T>(
        &self,
        name: &str,
        value: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Failure> {
        if value.is_empty() {
            return Ok(None);
        }
        parse(value).map(Some).map_err(|reason| {
            let value = hidden::shown(value);
            unreadable(&self.path, &format_args!("{name} is {value:?}: {reason}"))
        })
    }

    /// The configured commitment. Those of early versions of the Solana tools, which never took them out of a configuration, go
    /// by what later ones make of them.
    pub fn commitment(&self, format: Format) -> Result<Commitment, Failure> {
        let is_old = |old: &[&str]| {
            old.iter()
                .any(|old| old.eq_ignore_ascii_case(&self.commitment))
        };
        let (commitment, name) = if is_old(&["max", "root"]) {
            (Commitment::Finalized, "finalized")
        } else if is_old(&["recent", "single", "singleGossip"]) {
            (Commitment::Confirmed, "confirmed")
        } else {
            let level = |text: &str| <Commitment as clap::ValueEnum>::from_str(text, true);
            let commitment = self.value("commitment", &self.commitment, level)?;
            return Ok(commitment.unwrap_or(Commitment::Confirmed));
        };
        let message = format!(
            "the Solana configuration {} has the commitment {:?} of an early version, which is taken for {name}",
            self.path.display(),
            self.commitment
        );
        warn(format, &message);
        Ok(commitment)
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn unreadable(path: &Path, reason: &dyn std::fmt::Display) -> Failure {
    Failure::new(
        format!(
            "can't read the Solana configuration {}: {reason}",
            path.display()
        ),
        "Pass another one with -C, or mend it with `solana config set`.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<SolanaConfig, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.yml");
        fs::write(&path, text).unwrap();
        SolanaConfig::read(Some(&path))
    }

    #[test]
    fn what_solana_writes_is_understood() {
        // As `solana config set --url devnet` of version 3 leaves it.
        let config = read(
            "---\njson_rpc_url: https://api.devnet.solana.com\nwebsocket_url: ''\nkeypair_path: /home/a/id.json\n\
             address_labels:\n  '11111111111111111111111111111111': System Program\ncommitment: confirmed\n",
        )
        .unwrap();
        assert_eq!(config.json_rpc_url, "https://api.devnet.solana.com");
        assert_eq!(config.websocket_url, "");
        assert_eq!(config.keypair_path, "/home/a/id.json");
        assert_eq!(config.commitment, "confirmed");
    }

    #[test]
    fn what_is_not_set_is_not_read() {
        let config = read("json_rpc_url: ''\n").unwrap();
        let parse = |_: &str| -> Result<(), String> { Err("never asked".to_owned()) };
        assert_eq!(
            config
                .value("json_rpc_url", &config.json_rpc_url, parse)
                .unwrap(),
            None
        );
    }

    #[test]
    fn a_value_that_makes_no_sense_is_named_with_its_file() {
        let config = read("commitment: sure\n").unwrap();
        let parse = |_: &str| -> Result<(), String> { Err("no".to_owned()) };
        let failure = config
            .value("commitment", &config.commitment, parse)
            .unwrap_err();
        assert!(
            failure
                .message
                .ends_with("config.yml: commitment is \"sure\": no"),
            "{failure:?}"
        );
    }

    #[test]
    fn a_file_that_is_not_one_is_refused() {
        for text in ["- a\n- b\n", "json_rpc_url: [1]\n"] {
            let failure = read(text).unwrap_err();
            assert!(failure.message.contains("config.yml"), "{failure:?}");
        }
        let failure = SolanaConfig::read(Some(Path::new("/nowhere/config.yml"))).unwrap_err();
        assert!(
            failure
                .message
                .contains("/nowhere/config.yml: No such file")
        );
    }
}
