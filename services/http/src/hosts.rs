//! The names that a server answers to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use generion_interface::store::canonical_host;

/// The names of a server without configured names: its address and, if the server is reachable on the loopback addresses,
/// those and `localhost`.
pub fn default_hosts(address: SocketAddr) -> Vec<String> {
    let ip = address.ip();
    let mut names = Vec::new();
    if ip.is_loopback() || ip.is_unspecified() {
        names.push("localhost".to_owned());
        names.push(format_ip(Ipv4Addr::LOCALHOST.into()));
        names.push(format_ip(Ipv6Addr::LOCALHOST.into()));
    }
    if !ip.is_unspecified() && !names.contains(&format_ip(ip)) {
        names.push(format_ip(ip));
    }
    // Clients leave out the default port of http.
    let port = Some(address.port()).filter(|port| *port != 80);
    names
        .iter()
        .map(|name| canonical_host(name, port))
        .collect()
}

/// The ways in which clients may write a configured name. Clients leave out the default port of their scheme, the
/// configuration may contain it, and only a proxy in front knows whether the scheme is https or http.
pub fn host_variants(host: &str) -> Vec<String> {
    const DEFAULT_PORTS: [&str; 2] = [":443", ":80"];
    let host = host.to_ascii_lowercase();
    let name = DEFAULT_PORTS
        .iter()
        .find_map(|port| host.strip_suffix(port))
        .unwrap_or(&host);
    // The colons of an IPv6 address are in brackets.
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

fn format_ip(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
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
            assert_eq!(host_variants(host), names, "{host}");
        }
        assert_eq!(
            host_variants("[::1]:443"),
            ["[::1]", "[::1]:443", "[::1]:80"]
        );
        for host in ["store.example:8443", "[::1]:8443"] {
            assert_eq!(host_variants(host), [host]);
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
