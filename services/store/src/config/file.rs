//! The configuration file.

use std::{
    fs, io,
    net::SocketAddr,
    num::NonZero,
    path::{Path, PathBuf},
};

use generion_http_server::config::{BrowsersSection, ConnectionsSection, HostName, LogConfig};
use generion_interface::store::DEFAULT_MAX_DOCUMENT_BYTES;
use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error as _};
use thiserror::Error;
use url::Url;

use super::{limits::Limits, uploaders::Uploaders};
use crate::quota::Quota;

/// The configuration file with all settings, their defaults and their documentation.
pub const TEMPLATE: &str = include_str!("../../generion-store.toml");

/// The configuration file can't be used.
#[derive(Debug, Error)]
pub enum ConfigFileError {
    /// The file can't be read.
    #[error("can't read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// The file is not a valid configuration.
    #[error("{} is not a valid configuration", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The position and the reason.
        source: toml::de::Error,
    },
}

/// A configuration file. Settings that it leaves out have the defaults of [`TEMPLATE`].
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConfigFile {
    /// `Config::listen`.
    pub listen: SocketAddr,
    /// `Config::admin_listen`.
    pub admin_listen: Option<SocketAddr>,
    /// The URL of the storage.
    #[serde(deserialize_with = "url")]
    pub storage: Option<Url>,
    /// `Config::hosts`.
    pub hosts: Vec<HostName>,
    /// Limits on uploads.
    pub uploads: UploadsSection,
    /// Limits on connections.
    pub connections: ConnectionsSection,
    /// Access from web apps.
    pub browsers: BrowsersSection,
    /// Use of memory.
    pub memory: MemorySection,
    /// The log.
    pub log: LogConfig,
}

fn url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Url>, D::Error> {
    let text = String::deserialize(from)?;
    let url = text.parse();
    url.map(Some)
        .map_err(|error| D::Error::custom(format!("{text:?} is not the URL of a storage: {error}")))
}

/// Limits on uploads.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UploadsSection {
    /// The file of [`Uploaders::Listed`]. Without it, everybody may upload.
    pub allowlist: Option<PathBuf>,
    /// [`Limits::max_document_bytes`].
    pub max_document_bytes: u64,
    /// [`Quota::bytes`].
    pub quota_bytes: Option<u64>,
    /// [`Quota::documents`].
    pub quota_documents: Option<u64>,
    /// [`Limits::max_uploads`].
    pub max_running: NonZero<usize>,
    /// [`Limits::max_uploads_per_uploader`].
    pub max_running_per_uploader: NonZero<usize>,
    /// [`Limits::max_uploads_per_address`].
    pub max_running_per_address: Option<NonZero<usize>>,
}

/// Use of memory.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MemorySection {
    /// [`Limits::max_cache_bytes`].
    pub recent_documents_bytes: u64,
}

impl Default for ConfigFile {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8787)),
            admin_listen: None,
            storage: None,
            hosts: Vec::new(),
            uploads: UploadsSection::default(),
            connections: ConnectionsSection::default(),
            browsers: BrowsersSection::default(),
            memory: MemorySection::default(),
            log: LogConfig::default(),
        }
    }
}

/// A default, none of which is zero.
fn non_zero<T>(value: Option<T>) -> T {
    value.expect("no default is zero")
}

impl Default for UploadsSection {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            allowlist: None,
            max_document_bytes: DEFAULT_MAX_DOCUMENT_BYTES,
            quota_bytes: None,
            quota_documents: None,
            max_running: non_zero(NonZero::new(limits.max_uploads)),
            max_running_per_uploader: non_zero(NonZero::new(limits.max_uploads_per_uploader)),
            max_running_per_address: limits.max_uploads_per_address.and_then(NonZero::new),
        }
    }
}

impl Default for MemorySection {
    fn default() -> Self {
        Self {
            recent_documents_bytes: Limits::default().max_cache_bytes,
        }
    }
}

impl ConfigFile {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// [`ConfigFileError`].
    pub fn read(path: &Path) -> Result<Self, ConfigFileError> {
        let text = fs::read_to_string(path).map_err(|source| ConfigFileError::Unreadable {
            path: path.into(),
            source,
        })?;
        toml::from_str(&text).map_err(|source| ConfigFileError::Invalid {
            path: path.into(),
            source,
        })
    }

    /// The wallets that may upload.
    pub fn uploaders(&self) -> Uploaders {
        match &self.uploads.allowlist {
            Some(path) => Uploaders::Listed(path.clone()),
            None => Uploaders::Anyone,
        }
    }

    /// The proxies in front of the store.
    pub fn proxies(&self) -> Vec<IpNet> {
        self.connections.proxies()
    }

    /// The quota of each uploader.
    pub fn quota(&self) -> Quota {
        Quota {
            bytes: self.uploads.quota_bytes,
            documents: self.uploads.quota_documents,
        }
    }

    /// The limits for clients.
    pub fn limits(&self) -> Limits {
        let connections = self.connections.limits();
        Limits {
            max_document_bytes: self.uploads.max_document_bytes,
            max_uploads: self.uploads.max_running.get(),
            max_uploads_per_uploader: self.uploads.max_running_per_uploader.get(),
            max_uploads_per_address: self.uploads.max_running_per_address.map(NonZero::get),
            max_connections: connections.max_connections,
            max_connections_per_address: connections.max_connections_per_address,
            first_byte_timeout: connections.first_byte_timeout,
            max_cache_bytes: self.memory.recent_documents_bytes,
            idle_timeout: connections.idle_timeout,
            min_rate: connections.min_rate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_the_default_configuration() {
        let template: ConfigFile = toml::from_str(TEMPLATE).unwrap();
        assert_eq!(template, ConfigFile::default());
        assert_eq!(template.limits(), Limits::default());
        assert_eq!(template.quota(), Quota::default());
        assert_eq!(template.uploaders(), Uploaders::Anyone);
        // The template sets everything except the seven settings that it shows in comments.
        let set: toml::Table = toml::from_str(TEMPLATE).unwrap();
        let shown: toml::Table = toml::from_str(&with_examples()).unwrap();
        assert_eq!(names(&set).len() + 7, names(&shown).len());
    }

    #[test]
    fn the_commented_settings_of_the_template_are_valid() {
        let file: ConfigFile = toml::from_str(&with_examples()).unwrap();
        let ConfigFile {
            admin_listen: Some(_),
            storage: Some(_),
            uploads:
                UploadsSection {
                    allowlist: Some(_),
                    quota_bytes: Some(_),
                    quota_documents: Some(_),
                    max_running_per_address: Some(_),
                    ..
                },
            connections:
                ConnectionsSection {
                    max_open_per_address: Some(_),
                    ..
                },
            ..
        } = file
        else {
            panic!("the template does not contain all settings: {file:?}");
        };
    }

    /// The template with its commented settings, which are lines that begin with `#` and a lower-case letter.
    fn with_examples() -> String {
        let lines = TEMPLATE.lines().map(|line| match line.strip_prefix('#') {
            Some(setting) if setting.starts_with(|first: char| first.is_ascii_lowercase()) => {
                setting
            }
            _ => line,
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn names(table: &toml::Table) -> Vec<&str> {
        table
            .iter()
            .flat_map(|(name, value)| match value {
                toml::Value::Table(table) => names(table),
                _ => vec![name.as_str()],
            })
            .collect()
    }

    #[test]
    fn errors_name_the_invalid_setting() {
        for (text, said) in [
            ("lisen = \"127.0.0.1:1\"", "lisen"),
            ("[uploads]\nquota = 1", "quota"),
            ("[connections]\nmax_open = 0", "max_open"),
            ("hosts = [\"http://store.example\"]", "expected only a host"),
            ("storage = \"/var/lib\"", "storage"),
            ("[log]\nformat = \"xml\"", "xml"),
            (
                "[connections]\nproxies = [\"proxy\"]",
                "expected an address or a network",
            ),
            (
                "[browsers]\norigins = [\"app.example\"]",
                "https://app.example",
            ),
            (
                "[browsers]\norigins = [\"https://app.example/\"]",
                "https://app.example",
            ),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("store.toml");
            fs::write(&path, text).unwrap();
            let error = ConfigFile::read(&path).unwrap_err();
            assert!(error.to_string().contains("store.toml"), "{error}");
            let cause = std::error::Error::source(&error).unwrap().to_string();
            assert!(cause.contains(said), "{text}: {cause}");
        }
        let missing = ConfigFile::read(Path::new("/no/such/file")).unwrap_err();
        assert!(matches!(missing, ConfigFileError::Unreadable { .. }));
    }
}
