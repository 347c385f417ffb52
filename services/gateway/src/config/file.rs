//! The configuration file.

use std::{
    fs, io,
    net::SocketAddr,
    num::NonZero,
    path::{Path, PathBuf},
    time::Duration,
};

use generion_http_server::config::{BrowsersSection, ConnectionsSection, LogConfig};
use generion_http_server::limits::ConnectionLimits;
use generion_rpc::{
    cluster::Cluster,
    url::{NodeUrl, PlainHttp, UrlError},
};
use serde::{Deserialize, de::DeserializeOwned};
use solana_address::Address;
use thiserror::Error;
use url::Url;

use super::{
    ActionsSection, Config, DEFAULT_INDEX, InvalidActionsConfig, Limits, RelayLimits,
    events::EventsSection, hidden::Hidden,
};
use crate::storage::{InvalidStorageUrl, StorageUrl};

/// The configuration file with all settings, their defaults and their documentation.
pub const TEMPLATE: &str = include_str!("../../generion-gateway.toml");

/// The configuration can't be used. The texts have nothing of the file's values in them: they may be secret.
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
    #[error("{} is not a valid configuration: line {line}: {reason}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// The error.
        reason: String,
    },
    /// The name of the database can't be read.
    #[error("`database` can't be used")]
    Database(#[from] InvalidStorageUrl),
    /// The cluster is not known by that name.
    #[error(
        "`cluster`: expected mainnet-beta, devnet, testnet, localnet, or a genesis hash in base58"
    )]
    Cluster,
    /// The websocket's address can't be used.
    #[error("`websocket`: expected an address that begins with ws:// or wss://")]
    Websocket,
    /// A program's address can't be read.
    #[error("`other_programs` of [relay]: expected addresses in base58")]
    Program,
    /// A setting of Solana Actions can't be used.
    #[error("[actions] can't be used")]
    Actions(#[from] InvalidActionsConfig),
    /// A node's address can't be used.
    #[error("`nodes`, number {number}, can't be used")]
    Node {
        /// Which one, counted from 1.
        number: usize,
        /// Why.
        source: UrlError,
    },
}

/// A configuration file. Settings that it leaves out have the defaults of [`TEMPLATE`].
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConfigFile {
    /// [`Config::listen`].
    pub listen: SocketAddr,
    /// [`Config::admin_listen`].
    pub admin_listen: Option<SocketAddr>,
    /// [`Config::database`].
    pub database: Hidden,
    /// [`Config::cluster`], by its name or its genesis hash.
    pub cluster: String,
    /// [`Config::nodes`].
    pub nodes: Vec<Hidden>,
    /// [`Config::websocket`].
    pub websocket: Option<Hidden>,
    /// [`Config::poll_interval`], in seconds.
    pub poll_seconds: NonZero<u16>,
    /// Whether nodes on other machines may be spoken to without TLS.
    pub allow_plain_http: bool,
    /// The largest number of seconds behind its nodes at which the index still counts as ready.
    pub max_seconds_behind: u64,
    /// Limits on connections.
    pub connections: ConnectionsSection,
    /// Limits on requests.
    pub requests: RequestsSection,
    /// Access from web apps.
    pub browsers: BrowsersSection,
    /// The settings of the event stream.
    pub events: EventsSection,
    /// The transactions that are relayed.
    pub relay: RelaySection,
    /// Solana Actions.
    pub actions: ActionsSection,
    /// Webhooks.
    pub webhooks: WebhooksSection,
    /// The signer.
    pub signer: SignerSection,
    /// The log.
    pub log: LogConfig,
}

/// Limits on requests.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RequestsSection {
    /// [`Limits::per_second`].
    pub per_second: NonZero<u32>,
    /// [`Limits::burst`].
    pub burst: NonZero<u32>,
    /// [`Limits::max_running`].
    pub max_running: NonZero<usize>,
    /// [`Limits::max_running_per_address`].
    pub max_running_per_address: Option<NonZero<usize>>,
    /// [`Limits::timeout`], in seconds.
    pub timeout_seconds: NonZero<u16>,
    /// [`Limits::max_body_bytes`].
    pub max_body_bytes: usize,
}

/// The transactions that are relayed to the nodes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RelaySection {
    /// [`RelayLimits::max_priority_fee`].
    pub max_priority_fee: u64,
    /// [`RelayLimits::other_programs`], in base58.
    pub other_programs: Vec<String>,
}

impl Default for RelaySection {
    fn default() -> Self {
        Self {
            max_priority_fee: RelayLimits::default().max_priority_fee,
            other_programs: Vec::new(),
        }
    }
}

impl RelaySection {
    fn programs(&self) -> Result<Vec<Address>, ConfigFileError> {
        let programs = self.other_programs.iter();
        programs
            .map(|program| program.parse().map_err(|_| ConfigFileError::Program))
            .collect()
    }
}

/// Webhooks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhooksSection {
    /// [`Config::webhooks`].
    pub file: Option<PathBuf>,
}

/// The signer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignerSection {
    /// [`Config::signer`].
    pub socket: Option<PathBuf>,
}

impl Default for ConfigFile {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8790)),
            admin_listen: None,
            database: Hidden::from(format!("sqlite:{DEFAULT_INDEX}").as_str()),
            cluster: Cluster::MainnetBeta.to_string(),
            nodes: Vec::new(),
            websocket: None,
            poll_seconds: non_zero(NonZero::new(2)),
            allow_plain_http: false,
            max_seconds_behind: Config::default().max_behind.as_secs(),
            connections: ConnectionsSection::default(),
            requests: RequestsSection::default(),
            browsers: BrowsersSection::default(),
            events: EventsSection::default(),
            relay: RelaySection::default(),
            actions: ActionsSection::default(),
            webhooks: WebhooksSection::default(),
            signer: SignerSection::default(),
            log: LogConfig::default(),
        }
    }
}

/// A default, none of which is zero.
fn non_zero<T>(value: Option<T>) -> T {
    value.expect("no default is zero")
}

impl Default for RequestsSection {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            per_second: limits.per_second,
            burst: limits.burst,
            max_running: non_zero(NonZero::new(limits.max_running)),
            max_running_per_address: limits.max_running_per_address.and_then(NonZero::new),
            timeout_seconds: non_zero(
                u16::try_from(limits.timeout.as_secs())
                    .ok()
                    .and_then(NonZero::new),
            ),
            max_body_bytes: limits.max_body_bytes,
        }
    }
}

impl ConfigFile {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// [`ConfigFileError`].
    pub fn read(path: &Path) -> Result<Self, ConfigFileError> {
        read_toml(path)
    }

    /// The configuration that it stands for.
    ///
    /// # Errors
    /// [`ConfigFileError`] where the database or a node can't be named like that.
    pub fn config(&self) -> Result<Config, ConfigFileError> {
        let plain_http = match self.allow_plain_http {
            true => PlainHttp::Allowed,
            false => PlainHttp::ThisMachineOnly,
        };
        let nodes = self.nodes.iter().enumerate().map(|(index, url)| {
            NodeUrl::parse(url.expose(), plain_http).map_err(|source| ConfigFileError::Node {
                number: index + 1,
                source,
            })
        });
        let websocket = self.websocket.as_ref().map(Hidden::expose);
        if websocket.is_some_and(|url| !is_websocket(url)) {
            return Err(ConfigFileError::Websocket);
        }
        Ok(Config {
            listen: self.listen,
            admin_listen: self.admin_listen,
            database: self.database.expose().parse::<StorageUrl>()?,
            cluster: self.cluster.parse().map_err(|_| ConfigFileError::Cluster)?,
            websocket: self.websocket.clone(),
            poll_interval: Duration::from_secs(self.poll_seconds.get().into()),
            nodes: nodes.collect::<Result<_, _>>()?,
            proxies: self.connections.proxies(),
            origins: self.browsers.origins.clone(),
            events: self.events.config(),
            connections: ConnectionLimits {
                max_head_bytes: Config::default().connections.max_head_bytes,
                ..self.connections.limits()
            },
            limits: Limits {
                per_second: self.requests.per_second,
                burst: self.requests.burst,
                max_running: self.requests.max_running.get(),
                max_running_per_address: self.requests.max_running_per_address.map(NonZero::get),
                timeout: Duration::from_secs(self.requests.timeout_seconds.get().into()),
                max_body_bytes: self.requests.max_body_bytes,
            },
            max_behind: Duration::from_secs(self.max_seconds_behind),
            relay: RelayLimits {
                max_priority_fee: self.relay.max_priority_fee,
                other_programs: self.relay.programs()?,
                ..RelayLimits::default()
            },
            actions: self.actions.config()?,
            webhooks: self.webhooks.file.clone(),
            signer: self.signer.socket.clone(),
        })
    }
}

/// Reads a file of the operator's. Errors show nothing of its values.
pub(crate) fn read_toml<T: DeserializeOwned>(path: &Path) -> Result<T, ConfigFileError> {
    let text = fs::read_to_string(path).map_err(|source| ConfigFileError::Unreadable {
        path: path.into(),
        source,
    })?;
    // The error as it stands shows the line, which may have a password in it.
    toml::from_str(&text).map_err(|error: toml::de::Error| ConfigFileError::Invalid {
        path: path.into(),
        line: line_of(&text, error.span().map_or(0, |span| span.start)),
        reason: without_values(error.message()),
    })
}

fn is_websocket(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "ws" | "wss"))
}

/// The line of a place in a text, counted from 1.
fn line_of(text: &str, place: usize) -> usize {
    let before = text.as_bytes().iter().take(place);
    before.filter(|byte| **byte == b'\n').count() + 1
}

/// The error, without a value that is quoted in it.
fn without_values(reason: &str) -> String {
    let mut parts = reason.split('"');
    let mut shown = parts.next().unwrap_or_default().to_owned();
    if let Some(last) = parts.next_back() {
        shown.push('…');
        shown.push_str(last);
    }
    shown
}

#[cfg(test)]
mod tests;
