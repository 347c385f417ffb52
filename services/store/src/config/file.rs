//! The configuration file.

use std::{
    fs, io,
    net::{IpAddr, SocketAddr},
    num::NonZero,
    path::{Path, PathBuf},
    time::Duration,
};

use axum::http::uri::Authority;
use generion_interface::store::DEFAULT_MAX_DOCUMENT_BYTES;
use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error as _};
use thiserror::Error;
use url::Url;

use super::{Limits, Origins, Quota, Uploaders};

/// The documented configuration file, which says what holds without one.
pub const TEMPLATE: &str = include_str!("../../generion-store.toml");

/// The configuration file can't be used.
#[derive(Debug, Error)]
pub enum ConfigFileError {
    /// The file can't be read.
    #[error("can't read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The file does not say what such a file can say.
    #[error("{} is no configuration", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: toml::de::Error,
    },
}

/// What the configuration file says; what it leaves out is as [`TEMPLATE`] has it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConfigFile {
    /// [`Config::listen`](super::Config::listen).
    pub listen: SocketAddr,
    /// [`Config::admin_listen`](super::Config::admin_listen).
    pub admin_listen: Option<SocketAddr>,
    /// URL of the storage.
    #[serde(deserialize_with = "url")]
    pub storage: Option<Url>,
    /// [`Config::hosts`](super::Config::hosts).
    pub hosts: Vec<HostName>,
    /// Who may upload, and how much.
    pub uploads: UploadsSection,
    /// Connections to clients.
    pub connections: ConnectionsSection,
    /// Web apps.
    pub browsers: BrowsersSection,
    /// What is kept in memory.
    pub memory: MemorySection,
    /// What is logged.
    pub log: LogConfig,
}

fn url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Url>, D::Error> {
    let text = String::deserialize(from)?;
    let url = text.parse();
    url.map(Some)
        .map_err(|error| D::Error::custom(format!("{text:?} is no URL of a storage: {error}")))
}

/// A store's name, as clients have it in their `Host` header.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct HostName(pub String);

impl TryFrom<String> for HostName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.parse::<Authority>() {
            Ok(authority) if !text.contains('@') => Ok(Self(authority.to_string())),
            _ => Err("give the host alone, such as store.example or store.example:8443"),
        }
    }
}

/// Who may upload, and how much.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UploadsSection {
    /// The file of [`Uploaders::Listed`]; without it anybody may.
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

/// Connections to clients.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConnectionsSection {
    /// [`Config::proxies`](super::Config::proxies).
    pub proxies: Vec<Network>,
    /// [`Limits::max_connections`].
    pub max_open: NonZero<usize>,
    /// [`Limits::max_connections_per_address`].
    pub max_open_per_address: Option<NonZero<usize>>,
    /// [`Limits::first_byte_timeout`], in seconds.
    pub first_byte_seconds: NonZero<u16>,
    /// [`Limits::idle_timeout`], in seconds.
    pub idle_seconds: NonZero<u16>,
    /// [`Limits::min_rate`].
    pub min_bytes_per_second: NonZero<u64>,
}

/// Addresses that belong together, such as `192.0.2.0/24`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network(pub IpNet);

impl TryFrom<String> for Network {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let one = || text.parse::<IpAddr>().map(IpNet::from);
        match text.parse().or_else(|_| one()) {
            Ok(network) => Ok(Self(network)),
            Err(_) => Err("give an address or a network, such as 127.0.0.1 or 10.0.0.0/8"),
        }
    }
}

/// Web apps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BrowsersSection {
    /// [`Config::origins`](super::Config::origins).
    pub origins: Origins,
}

/// What is kept in memory.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MemorySection {
    /// [`Limits::max_recent_bytes`].
    pub recent_documents_bytes: u64,
}

/// What is logged, to standard error.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// How a line looks.
    pub format: LogFormat,
    /// What is logged, in the form of `tracing-subscriber`'s `EnvFilter`: a level, or levels by module.
    pub filter: String,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
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

/// Not zero, as the defaults are.
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

impl Default for ConnectionsSection {
    fn default() -> Self {
        let limits = Limits::default();
        let seconds = |time: Duration| u16::try_from(time.as_secs()).ok().and_then(NonZero::new);
        Self {
            proxies: Vec::new(),
            max_open: non_zero(NonZero::new(limits.max_connections)),
            max_open_per_address: limits.max_connections_per_address.and_then(NonZero::new),
            first_byte_seconds: non_zero(seconds(limits.first_byte_timeout)),
            idle_seconds: non_zero(seconds(limits.idle_timeout)),
            min_bytes_per_second: non_zero(NonZero::new(limits.min_rate)),
        }
    }
}

impl Default for MemorySection {
    fn default() -> Self {
        Self {
            recent_documents_bytes: Limits::default().max_recent_bytes,
        }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            filter: "info".to_owned(),
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

    /// Who may upload.
    pub fn uploaders(&self) -> Uploaders {
        match &self.uploads.allowlist {
            Some(path) => Uploaders::Listed(path.clone()),
            None => Uploaders::Anyone,
        }
    }

    /// The proxies in front.
    pub fn proxies(&self) -> Vec<IpNet> {
        self.connections
            .proxies
            .iter()
            .map(|proxy| proxy.0)
            .collect()
    }

    /// What each uploader may have.
    pub fn quota(&self) -> Quota {
        Quota {
            bytes: self.uploads.quota_bytes,
            documents: self.uploads.quota_documents,
        }
    }

    /// What a client may not exceed.
    pub fn limits(&self) -> Limits {
        Limits {
            max_document_bytes: self.uploads.max_document_bytes,
            max_uploads: self.uploads.max_running.get(),
            max_uploads_per_uploader: self.uploads.max_running_per_uploader.get(),
            max_uploads_per_address: self.uploads.max_running_per_address.map(NonZero::get),
            max_connections: self.connections.max_open.get(),
            max_connections_per_address: self.connections.max_open_per_address.map(NonZero::get),
            first_byte_timeout: Duration::from_secs(
                self.connections.first_byte_seconds.get().into(),
            ),
            max_recent_bytes: self.memory.recent_documents_bytes,
            idle_timeout: Duration::from_secs(self.connections.idle_seconds.get().into()),
            min_rate: self.connections.min_bytes_per_second.get(),
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
        // It leaves out no setting, but for those that it shows in a comment.
        let set: toml::Table = toml::from_str(TEMPLATE).unwrap();
        let shown: toml::Table = toml::from_str(&with_examples()).unwrap();
        assert_eq!(names(&set).len() + 7, names(&shown).len());
    }

    #[test]
    fn the_template_s_commented_settings_are_settings_too() {
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
            panic!("the template does not show all settings: {file:?}");
        };
    }

    /// The template with its commented settings: lines that begin with `#` and a letter.
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
    fn what_a_file_can_t_say_is_named() {
        for (text, said) in [
            ("lisen = \"127.0.0.1:1\"", "lisen"),
            ("[uploads]\nquota = 1", "quota"),
            ("[connections]\nmax_open = 0", "max_open"),
            ("hosts = [\"http://store.example\"]", "give the host alone"),
            ("storage = \"/var/lib\"", "storage"),
            ("[log]\nformat = \"xml\"", "xml"),
            (
                "[connections]\nproxies = [\"proxy\"]",
                "give an address or a network",
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
