//! The configuration of Solana's command line, as `solana config set` writes it.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;

/// The path of the configuration file, below the home folder.
const PLACE: &str = ".config/solana/cli/config.yml";

/// The settings that Generion uses. A setting that the file does not have is empty.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct SolanaConfig {
    /// The node.
    pub json_rpc_url: String,
    /// The node's websocket.
    pub websocket_url: String,
    /// A keypair file, or where else the wallet's secret comes from.
    pub keypair_path: String,
    /// The commitment that the user wants.
    pub commitment: String,
    /// The file.
    #[serde(skip)]
    pub path: PathBuf,
}

/// A file that is no configuration of Solana's command line.
#[derive(Debug, thiserror::Error)]
#[error("can't read the Solana configuration {}: {reason}", path.display())]
pub struct UnreadableConfig {
    /// The file.
    pub path: PathBuf,
    /// The reason why the file can't be used.
    pub reason: String,
}

impl SolanaConfig {
    /// Reads the file that was named, which must be there, or the one of this user, which need not be.
    ///
    /// # Errors
    /// That the file can't be read, or holds something else.
    pub fn read(named: Option<&Path>) -> Result<Self, UnreadableConfig> {
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
            serde_saphyr::from_str(&text).map_err(|error| unreadable(&path, &error))?;
        Ok(Self { path, ..config })
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn unreadable(path: &Path, reason: &dyn std::fmt::Display) -> UnreadableConfig {
    UnreadableConfig {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<SolanaConfig, UnreadableConfig> {
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
    fn what_is_not_set_is_empty() {
        assert_eq!(read("json_rpc_url: ''\n").unwrap().json_rpc_url, "");
        assert_eq!(read("commitment: max\n").unwrap().keypair_path, "");
    }

    #[test]
    fn a_file_that_is_not_one_is_refused() {
        for text in ["- a\n- b\n", "json_rpc_url: [1]\n"] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains("config.yml: "), "{error}");
        }
        let error = SolanaConfig::read(Some(Path::new("/nowhere/config.yml"))).unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains("/nowhere/config.yml: No such file"),
            "{error}"
        );
    }
}
