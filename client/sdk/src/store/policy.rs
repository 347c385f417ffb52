use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use generion_interface::{locator::is_public, store::DEFAULT_MAX_DOCUMENT_BYTES};
use generion_rpc::url::{PlainHttp, is_this_machine};
use reqwest::Client;
use tokio::{net::lookup_host, time::timeout};
use url::{Host, Url};

use super::{
    error::RequestError,
    http::{CONNECT_TIMEOUT, SLOWEST_TRANSFER, http_client},
};

/// Which addresses a client follows, and how far: locators come from strangers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchPolicy {
    /// Whether hosts may be this machine or in private networks. Otherwise a stranger's locator could make the client talk to
    /// servers that only the client can reach.
    pub allow_private: bool,
    /// Whether `file` addresses are followed.
    pub allow_file: bool,
    /// Whether plain HTTP is spoken with other machines.
    pub plain_http: PlainHttp,
    /// Largest ciphertext, in bytes.
    pub max_size: u64,
    /// The longest time for finding a host, and for connecting to it.
    pub connect_timeout: Duration,
    /// The longest time between two parts of an answer.
    pub idle_timeout: Duration,
    /// Bytes a second below which a download is given up, at the latest after twice [`Self::idle_timeout`].
    pub min_rate: u64,
    /// The longest time for a download, whatever the size of the document.
    pub total_timeout: Duration,
}

impl Default for FetchPolicy {
    /// The public internet only; a document as large as stores take, within an hour.
    fn default() -> Self {
        Self {
            allow_private: false,
            allow_file: false,
            plain_http: PlainHttp::default(),
            max_size: DEFAULT_MAX_DOCUMENT_BYTES,
            connect_timeout: CONNECT_TIMEOUT,
            idle_timeout: Duration::from_secs(30),
            min_rate: SLOWEST_TRANSFER,
            total_timeout: Duration::from_secs(3600),
        }
    }
}

impl FetchPolicy {
    /// The longest time for a download of this many bytes.
    pub(super) fn time_for(&self, bytes: u64) -> Duration {
        let at_min_rate = Duration::from_secs(bytes / self.min_rate.max(1));
        let at_most = self
            .idle_timeout
            .saturating_mul(2)
            .saturating_add(at_min_rate);
        self.total_timeout.min(at_most)
    }
}

/// A client that connects to nothing but the addresses that `url`'s host has now, all of which the policy allows: a
/// host that answers differently the next time gains nothing. It uses no proxy, which would resolve the host itself.
pub(super) async fn pinned_client(url: &Url, policy: &FetchPolicy) -> Result<Client, RequestError> {
    let scheme = || RequestError::Scheme { url: url.clone() };
    if !matches!(url.scheme(), "http" | "https") {
        return Err(scheme());
    }
    require_safe(url, policy.plain_http)?;
    let builder = http_client()
        .no_proxy()
        .connect_timeout(policy.connect_timeout)
        .read_timeout(policy.idle_timeout)
        .timeout(policy.total_timeout);
    let builder = match url.host().ok_or_else(scheme)? {
        Host::Ipv4(address) => {
            check(url, address.into(), policy)?;
            builder
        }
        Host::Ipv6(address) => {
            check(url, address.into(), policy)?;
            builder
        }
        Host::Domain(name) => {
            let addresses = resolve(url, name, policy).await?;
            for address in &addresses {
                check(url, address.ip(), policy)?;
            }
            builder.resolve_to_addrs(name, &addresses)
        }
    };
    let client = builder.build();
    client.map_err(|error| RequestError::Client(error.into()))
}

/// Refuses plain HTTP to other machines, unless that is allowed.
pub(super) fn require_safe(url: &Url, plain_http: PlainHttp) -> Result<(), RequestError> {
    let is_plain = url.scheme() == "http" && plain_http == PlainHttp::ThisMachineOnly;
    match is_plain && !is_this_machine(url.as_str()) {
        true => Err(RequestError::PlainHttp { url: url.clone() }),
        false => Ok(()),
    }
}

async fn resolve(
    url: &Url,
    name: &str,
    policy: &FetchPolicy,
) -> Result<Vec<SocketAddr>, RequestError> {
    let port = url.port_or_known_default().unwrap_or_default();
    timeout(policy.connect_timeout, lookup_host((name, port)))
        .await
        .map_err(|_| RequestError::TooSlow { url: url.clone() })?
        .map(Iterator::collect)
        .map_err(|source| RequestError::UnknownHost {
            url: url.clone(),
            source,
        })
}

fn check(url: &Url, address: IpAddr, policy: &FetchPolicy) -> Result<(), RequestError> {
    match is_public(address) || policy.allow_private {
        true => Ok(()),
        false => Err(RequestError::PrivateAddress {
            url: url.clone(),
            address,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_has_time_for_its_size() {
        let policy = FetchPolicy::default();
        let seconds = |bytes| policy.time_for(bytes).as_secs();
        assert_eq!(seconds(1), 60);
        assert_eq!(seconds(1 << 20), 60 + 32);
        assert_eq!(seconds(u64::MAX), 3600);
        let endless = FetchPolicy {
            min_rate: 0,
            idle_timeout: Duration::MAX,
            ..policy
        };
        assert_eq!(endless.time_for(u64::MAX).as_secs(), 3600);
    }

    #[test]
    fn private_addresses_are_followed_only_where_the_policy_says_so() {
        let url = Url::parse("https://store.example/").unwrap();
        let (strict, address) = (FetchPolicy::default(), IpAddr::from([127, 0, 0, 1]));
        assert!(matches!(
            check(&url, address, &strict),
            Err(RequestError::PrivateAddress { address: refused, .. }) if refused == address
        ));
        let lax = FetchPolicy {
            allow_private: true,
            ..strict
        };
        assert!(check(&url, address, &lax).is_ok());
        assert!(check(&url, [1, 1, 1, 1].into(), &strict).is_ok());
    }
}
