//! The address of a client, to which limits apply.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use ipnet::IpNet;

/// The header to which each proxy appends the address of its client.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// An address with its own limits. Of an IPv6 address only the first 64 bits count, because a client usually controls
/// all addresses of such a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The address that counts for a client at `address`.
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = address.to_bits() >> 64 << 64;
                Ipv6Addr::from_bits(network).into()
            }
            address => address,
        })
    }
}

/// The address at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct PeerAddress(pub IpAddr);

/// The proxies in front of the server, whose `x-forwarded-for` it trusts.
#[derive(Debug, Default)]
pub struct TrustedProxies {
    networks: Vec<IpNet>,
    has_warned: AtomicBool,
}

impl TrustedProxies {
    /// Trusts these networks.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self {
            networks,
            has_warned: AtomicBool::new(false),
        }
    }

    /// Whether the address is one of the proxies.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks
            .iter()
            .any(|network| network.contains(&address))
    }

    /// The client that sent a request. The header is read from its end up to the first address that is not a trusted
    /// proxy: the sender may have invented everything before that.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> ClientAddress {
        if !self.contains(peer) {
            if headers.contains_key(FORWARDED_FOR) {
                self.warn_of_unlisted_proxy();
            }
            return ClientAddress::of(peer);
        }
        let values = headers.get_all(FORWARDED_FOR).iter();
        let values: Vec<_> = values.map(|value| value.to_str().unwrap_or("")).collect();
        let hops = values.iter().rev().flat_map(|value| value.rsplit(','));
        let mut client = peer;
        for hop in hops {
            let Some(address) = parse(hop.trim()) else {
                break;
            };
            client = address;
            if !self.contains(address) {
                break;
            }
        }
        ClientAddress::of(client)
    }

    /// Warns once, because anybody who reaches the server without a proxy can send the header.
    fn warn_of_unlisted_proxy(&self) {
        if !self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "a request came through a proxy that `proxies` does not list: if the proxy is yours, list it, because \
                 now all its clients share the limits of one address"
            );
        }
    }
}

/// The state of handlers that knows the proxies.
pub trait HasProxies {
    /// The proxies.
    fn proxies(&self) -> &TrustedProxies;
}

impl<T: HasProxies> HasProxies for Arc<T> {
    fn proxies(&self) -> &TrustedProxies {
        self.as_ref().proxies()
    }
}

impl<S: HasProxies + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        // Every connection adds its peer. Requests without one would share the limits of a single address.
        let unknown = PeerAddress(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
        let PeerAddress(peer) = parts.extensions.get().copied().unwrap_or(unknown);
        Ok(state.proxies().client(peer, &parts.headers))
    }
}

/// Parses an address. Some proxies append a port.
fn parse(hop: &str) -> Option<IpAddr> {
    let bare = hop
        .strip_prefix('[')
        .and_then(|hop| hop.strip_suffix(']'))
        .unwrap_or(hop);
    let with_port = || SocketAddr::from_str(hop).map(|address| address.ip());
    IpAddr::from_str(bare).or_else(|_| with_port()).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(address: &str) -> ClientAddress {
        ClientAddress::of(address.parse().unwrap())
    }

    #[test]
    fn ipv6_clients_count_by_network() {
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1:2:3"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        // The same client on an IPv6 socket.
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("::ffff:192.0.2.1"), of("::ffff:192.0.2.2"));
    }

    #[test]
    fn only_trusted_proxies_name_the_client() {
        let proxies = ["192.0.2.0/24", "::1/128"].map(|network| network.parse().unwrap());
        let proxies = TrustedProxies::new(proxies.into());
        for (peer, forwarded, client) in [
            ("198.51.100.1", &["203.0.113.1"][..], "198.51.100.1"),
            ("192.0.2.1", &[], "192.0.2.1"),
            ("192.0.2.1", &["203.0.113.1"], "203.0.113.1"),
            ("::ffff:192.0.2.1", &["203.0.113.1"], "203.0.113.1"),
            ("::1", &["203.0.113.1, 192.0.2.7"], "203.0.113.1"),
            ("::1", &["203.0.113.1", "192.0.2.7"], "203.0.113.1"),
            ("::1", &["203.0.113.1:80"], "203.0.113.1"),
            ("::1", &["[2001:db8::1]:80"], "2001:db8::1"),
            ("::1", &["[2001:db8::1]"], "2001:db8::1"),
            // The client wrote the first address, the proxy the second one.
            ("::1", &["10.0.0.1, 203.0.113.1"], "203.0.113.1"),
            ("::1", &["10.0.0.1", "203.0.113.1"], "203.0.113.1"),
            ("::1", &["203.0.113.1, nonsense"], "::1"),
            ("::1", &["203.0.113.1, nonsense, 192.0.2.7"], "192.0.2.7"),
            ("::1", &[""], "::1"),
        ] {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append(FORWARDED_FOR, HeaderValue::from_str(value).unwrap());
            }
            let found = proxies.client(peer.parse().unwrap(), &headers);
            assert_eq!(found, of(client), "{peer} {forwarded:?}");
        }
    }
}
