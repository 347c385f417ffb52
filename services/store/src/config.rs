//! The configuration of a store.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use generion_http_server::origins::Origins;
use ipnet::IpNet;

use self::{limits::Limits, uploaders::Uploaders};
use crate::{
    clock::{Clock, system_clock},
    quota::Quota,
    storage::location::StorageLocation,
};

pub mod file;
pub mod limits;
pub mod uploaders;

/// The configuration of a store.
#[derive(Clone)]
pub struct Config {
    /// The address to listen on. Port 0 chooses a free port.
    pub listen: SocketAddr,
    /// The address of the operator's interface (`/health`, `/ready`, `/metrics`), if it is wanted. It must not be
    /// reachable from the internet.
    pub admin_listen: Option<SocketAddr>,
    /// Where the documents are stored.
    pub storage: StorageLocation,
    /// The names that the store answers to, as in a `Host` header
    /// ([`canonical_host`](generion_interface::store::canonical_host)). If empty,
    /// [`default_hosts`](generion_http_server::hosts::default_hosts).
    pub hosts: Vec<String>,
    /// The proxies in front of the store. They have no limit per address, and the store trusts their `x-forwarded-for`.
    pub proxies: Vec<IpNet>,
    /// The web apps that may use the store from a browser.
    pub origins: Origins,
    /// The wallets that may upload.
    pub uploaders: Uploaders,
    /// The quota of each uploader.
    pub quota: Quota,
    /// The limits for clients.
    pub limits: Limits,
    /// The clock that the times of signed requests are compared with.
    pub clock: Clock,
}

impl Config {
    /// A store with default settings on a free port, reachable only from this machine.
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

    /// Like [`Config::on`], with the documents in a folder.
    pub fn on_folder(folder: impl Into<PathBuf>) -> Self {
        Self::on(StorageLocation::Folder(folder.into()))
    }
}
