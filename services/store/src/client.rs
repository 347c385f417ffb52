//! Where a request comes from, for the places that each address has.

use std::{
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

use crate::store::Store;

/// The header to which each proxy adds whom it passes a request on for.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// An address that has places of its own. Of IPv6 it is the first 64 bits: who has one address there has them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
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

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        // Every connection tells; together with all that would not, there are places for one address.
        let unknown = Self(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
        Ok(parts.extensions.get().copied().unwrap_or(unknown))
    }
}

impl FromRequestParts<Arc<Store>> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        store: &Arc<Store>,
    ) -> Result<Self, Self::Rejection> {
        let Peer(peer) = Peer::from_request_parts(parts, store).await?;
        Ok(store.proxies.client(peer, &parts.headers))
    }
}

/// The proxies in front of the store.
#[derive(Debug, Default)]
pub struct Proxies {
    networks: Vec<IpNet>,
    told_of_another: AtomicBool,
}

impl Proxies {
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self {
            networks,
            told_of_another: AtomicBool::new(false),
        }
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks
            .iter()
            .any(|network| network.contains(&address))
    }

    /// Who sent a request. What a header says counts from its end, up to the first address that is no proxy of ours:
    /// what stands before that, its sender may have made up.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> ClientAddress {
        if !self.contains(peer) {
            if headers.contains_key(FORWARDED_FOR) {
                self.tell_of_another();
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

    /// Once, since whoever reaches the store without a proxy can send the header.
    fn tell_of_another(&self) {
        if !self.told_of_another.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "a request came by a proxy that `proxies` does not list: if it is yours, list it, since all its \
                 clients share the places of one address"
            );
        }
    }
}

/// An address, which some proxies write with a port.
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
    fn an_ipv6_client_is_its_network() {
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1:2:3"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        // The same client over either socket.
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("::ffff:192.0.2.1"), of("::ffff:192.0.2.2"));
    }

    #[test]
    fn a_client_is_what_our_proxies_say_and_nobody_else() {
        let proxies = ["192.0.2.0/24", "::1/128"].map(|network| network.parse().unwrap());
        let proxies = Proxies::new(proxies.into());
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
            // What a client wrote itself stands before what the proxy knows.
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
