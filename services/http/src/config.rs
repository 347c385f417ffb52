//! Sections of configuration files that the servers share.

use std::{net::IpAddr, num::NonZero, time::Duration};

use axum::http::uri::Authority;
use ipnet::IpNet;
use serde::Deserialize;

use crate::{limits::ConnectionLimits, origins::Origins};

/// The name of a server, as in a `Host` header.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct HostName(pub String);

impl TryFrom<String> for HostName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.parse::<Authority>() {
            Ok(authority) if !text.contains('@') => Ok(Self(authority.to_string())),
            _ => Err("expected only a host, such as store.example or store.example:8443"),
        }
    }
}

/// Limits on connections.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConnectionsSection {
    /// The proxies in front of the server. They have no limit per address, and the server trusts their `x-forwarded-for`.
    pub proxies: Vec<Network>,
    /// [`ConnectionLimits::max_connections`].
    pub max_open: NonZero<usize>,
    /// [`ConnectionLimits::max_connections_per_address`].
    pub max_open_per_address: Option<NonZero<usize>>,
    /// [`ConnectionLimits::first_byte_timeout`], in seconds.
    pub first_byte_seconds: NonZero<u16>,
    /// [`ConnectionLimits::idle_timeout`], in seconds.
    pub idle_seconds: NonZero<u16>,
    /// [`ConnectionLimits::min_rate`].
    pub min_bytes_per_second: NonZero<u64>,
}

/// A default, none of which is zero.
fn non_zero<T>(value: Option<T>) -> T {
    value.expect("no default is zero")
}

impl Default for ConnectionsSection {
    fn default() -> Self {
        let limits = ConnectionLimits::default();
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

impl ConnectionsSection {
    /// The proxies in front of the server.
    pub fn proxies(&self) -> Vec<IpNet> {
        self.proxies.iter().map(|proxy| proxy.0).collect()
    }

    /// The limits.
    pub fn limits(&self) -> ConnectionLimits {
        ConnectionLimits {
            max_connections: self.max_open.get(),
            max_connections_per_address: self.max_open_per_address.map(NonZero::get),
            first_byte_timeout: Duration::from_secs(self.first_byte_seconds.get().into()),
            idle_timeout: Duration::from_secs(self.idle_seconds.get().into()),
            min_rate: self.min_bytes_per_second.get(),
            ..ConnectionLimits::default()
        }
    }
}

/// A network such as `192.0.2.0/24`, or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network(pub IpNet);

impl TryFrom<String> for Network {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let one = || text.parse::<IpAddr>().map(IpNet::from);
        match text.parse().or_else(|_| one()) {
            Ok(network) => Ok(Self(network)),
            Err(_) => Err("expected an address or a network, such as 127.0.0.1 or 10.0.0.0/8"),
        }
    }
}

/// Access from web apps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BrowsersSection {
    /// The origins of the web apps.
    pub origins: Origins,
}

/// The log on standard error.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// The format of the lines.
    pub format: LogFormat,
    /// The events that are logged: a level or levels by module, in the syntax of `tracing-subscriber`'s `EnvFilter`.
    pub filter: String,
}

/// The format of the lines of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Text for people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            filter: "info".to_owned(),
        }
    }
}
