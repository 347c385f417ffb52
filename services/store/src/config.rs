use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use generion_interface::store::{DEFAULT_MAX_DOCUMENT_BYTES, canonical_host};
use ipnet::IpNet;

use crate::storage::{StorageLocation, UploadBounds};

mod file;
mod origins;

pub use file::{
    BrowsersSection, ConfigFile, ConfigFileError, ConnectionsSection, HostName, LogConfig,
    LogFormat, Network, TEMPLATE, UploadsSection,
};
pub use origins::{InvalidOrigins, Origins};

/// What tells the store the time: whole seconds since 1970-01-01T00:00:00Z. Tests bring their own.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The machine's clock.
pub fn system_clock() -> Clock {
    Arc::new(|| {
        // A clock before 1970 is so wrong that every signed request is refused for its time, which is what 0 does.
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs())
    })
}

/// How to run a store.
#[derive(Clone)]
pub struct Config {
    /// Where to listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Where to answer the operator's questions (`/health`, `/ready`, `/metrics`), if at all: not for the internet.
    pub admin_listen: Option<SocketAddr>,
    /// Where the documents are.
    pub storage: StorageLocation,
    /// The names that clients know this store by, as in their `Host` header
    /// ([`canonical_host`]); empty: [`default_hosts`].
    pub hosts: Vec<String>,
    /// The proxies in front of the store: they have no limit by address, and what their `x-forwarded-for` says about a
    /// client's address is believed.
    pub proxies: Vec<IpNet>,
    /// The web apps that may use it.
    pub origins: Origins,
    /// Who may upload.
    pub uploaders: Uploaders,
    /// What each uploader may have.
    pub quota: Quota,
    /// What the store does not let a client exceed.
    pub limits: Limits,
    /// The time that signed requests are held against.
    pub clock: Clock,
}

impl Config {
    /// A store with default settings on a port of its own, reached from this machine only.
    pub fn on(storage: StorageLocation) -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            admin_listen: None,
            storage,
            hosts: Vec::new(),
            proxies: Vec::new(),
            origins: Origins::default(),
            uploaders: Uploaders::Anyone,
            quota: Quota::default(),
            limits: Limits::default(),
            clock: system_clock(),
        }
    }

    /// As [`Config::on`], with the documents in this folder.
    pub fn on_folder(folder: impl Into<PathBuf>) -> Self {
        Self::on(StorageLocation::Folder(folder.into()))
    }
}

/// Who may upload. Reading needs no leave, and deleting that of the erase authority alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Uploaders {
    /// Whoever signs.
    #[default]
    Anyone,
    /// The wallets that a file lists, one base58 address a line; what follows a `#` is a comment.
    Listed(PathBuf),
}

/// What each uploader may have in the store. Deleted documents do not count. Where anybody may upload, a stranger can
/// take another key, so quotas bind the uploaders of an allowlist and honest clients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// Bytes of all documents together; `None` for no limit.
    pub bytes: Option<u64>,
    /// Number of documents; `None` for no limit.
    pub documents: Option<u64>,
}

/// What the store does not let a client exceed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest document, in bytes.
    pub max_document_bytes: u64,
    /// Uploads that run at the same time; one more is refused. Each holds up to 15 MiB of memory.
    pub max_uploads: usize,
    /// Of these, uploads of one uploader.
    pub max_uploads_per_uploader: usize,
    /// Of these, uploads from one address; `None` for half of them. As many deletions run beside them.
    pub max_uploads_per_address: Option<usize>,
    /// Connections that are open at the same time. For one more, the one closes that has waited longest for a request;
    /// if none does, the new one waits. With the files that they read and write, the default stays below the 1,024
    /// descriptors that most systems give a process.
    pub max_connections: usize,
    /// Of these, connections from one address; `None` for half of them.
    pub max_connections_per_address: Option<usize>,
    /// Memory for small documents of a folder that were read lately, in bytes.
    pub max_recent_bytes: u64,
    /// How long a new connection may be open before the first byte of its first request.
    pub first_byte_timeout: Duration,
    /// How long a client may leave the store waiting for the rest of a request's head, for the next bytes of a body,
    /// or for room to send the next bytes of an answer.
    pub idle_timeout: Duration,
    /// Bytes a second below which a transfer is ended, in either direction, at the latest after twice
    /// [`Self::idle_timeout`]: a client that sends or takes a byte now and then is as much in the way as one that
    /// stalls.
    pub min_rate: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_document_bytes: DEFAULT_MAX_DOCUMENT_BYTES,
            max_uploads: 64,
            max_uploads_per_uploader: 16,
            max_uploads_per_address: None,
            max_connections: 256,
            max_connections_per_address: None,
            max_recent_bytes: 32 << 20,
            first_byte_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(30),
            // Half of what clients of ours give up at.
            min_rate: 16 << 10,
        }
    }
}

impl Limits {
    /// How long a client may have let an upload of this many bytes wait.
    pub(crate) fn time_for(&self, bytes: u64) -> Duration {
        2 * self.idle_timeout + Duration::from_secs(bytes / self.min_rate.max(1))
    }

    pub(crate) fn uploads_per_address(&self) -> usize {
        self.max_uploads_per_address
            .unwrap_or(half(self.max_uploads))
    }

    pub(crate) fn connections_per_address(&self) -> usize {
        self.max_connections_per_address
            .unwrap_or(half(self.max_connections))
    }

    pub(crate) fn upload_bounds(&self) -> UploadBounds {
        UploadBounds {
            max_bytes: self.max_document_bytes,
            lifetime: self.time_for(self.max_document_bytes) + self.idle_timeout,
        }
    }
}

/// What one address gets where the operator says nothing else: never everything, but where there is only one.
fn half(places: usize) -> usize {
    places.div_ceil(2)
}

/// The names of a store that nobody gave a name: its address and, where this machine's own programs reach it on the
/// loopback addresses, those and `localhost`.
pub fn default_hosts(address: SocketAddr) -> Vec<String> {
    let ip = address.ip();
    let mut names = Vec::new();
    if ip.is_loopback() || ip.is_unspecified() {
        names.push("localhost".to_owned());
        names.push(host_of(Ipv4Addr::LOCALHOST.into()));
        names.push(host_of(Ipv6Addr::LOCALHOST.into()));
    }
    if !ip.is_unspecified() && !names.contains(&host_of(ip)) {
        names.push(host_of(ip));
    }
    // Clients leave out http's own port.
    let port = Some(address.port()).filter(|port| *port != 80);
    names
        .iter()
        .map(|name| canonical_host(name, port))
        .collect()
}

/// A name as clients may write it. Whether https or http leads here, a proxy knows; clients leave out the port that is
/// their scheme's own, and their operator may have named it.
pub(crate) fn spellings(host: &str) -> Vec<String> {
    const DEFAULT_PORTS: [&str; 2] = [":443", ":80"];
    let host = host.to_ascii_lowercase();
    let name = DEFAULT_PORTS
        .iter()
        .find_map(|port| host.strip_suffix(port))
        .unwrap_or(&host);
    // The colons of an IPv6 address stand in its brackets.
    let has_port = name
        .rsplit(']')
        .next()
        .is_some_and(|rest| rest.contains(':'));
    let mut names = vec![name.to_owned()];
    if !has_port {
        names.extend(DEFAULT_PORTS.map(|port| format!("{name}{port}")));
    }
    names
}

fn host_of(ip: std::net::IpAddr) -> String {
    match ip {
        std::net::IpAddr::V4(ip) => ip.to_string(),
        std::net::IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_hosts(address: &str, expected: &[&str]) {
        assert_eq!(default_hosts(address.parse().unwrap()), expected);
    }

    #[test]
    fn a_default_port_may_be_written_or_left_out() {
        for host in ["Store.example", "store.example:443", "store.example:80"] {
            let names = ["store.example", "store.example:443", "store.example:80"];
            assert_eq!(spellings(host), names, "{host}");
        }
        assert_eq!(spellings("[::1]:443"), ["[::1]", "[::1]:443", "[::1]:80"]);
        for host in ["store.example:8443", "[::1]:8443"] {
            assert_eq!(spellings(host), [host]);
        }
    }

    #[test]
    fn default_hosts_are_the_addresses_that_lead_here() {
        let loopback = ["localhost:8787", "127.0.0.1:8787", "[::1]:8787"];
        assert_hosts("127.0.0.1:8787", &loopback);
        assert_hosts("[::]:8787", &loopback);
        assert_hosts("127.0.0.1:80", &["localhost", "127.0.0.1", "[::1]"]);
        assert_hosts("192.0.2.1:8787", &["192.0.2.1:8787"]);
        assert_hosts("[2001:db8::1]:80", &["[2001:db8::1]"]);
    }
}
