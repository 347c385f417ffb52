use core::{fmt, str::FromStr};
use std::net::{Ipv4Addr, Ipv6Addr};

use thiserror::Error;

use crate::store::DocumentId;

/// Largest number of characters in a DNS name, and in one of its labels (RFC 1035).
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// The base address of a document store, in one canonical form, so that one store has one address. The store's routes
/// follow it.
///
/// `scheme://host[:port][/path]`: `https`, `http` or `file`; a host in lower case (a name, an IPv4 address, or an IPv6
/// address in brackets, shortened as RFC 5952 has it), none for `file`; a port only where it is not the scheme's own; a
/// path of segments out of letters, digits and `-._~`, without a slash at its end. No user, no query, no fragment, no
/// percent signs, no IPv4 address within one of IPv6. It is a URL as the URL standard writes it, but for the slash that
/// the standard puts where a path is empty. (A name with `xn--` is taken as it is; the standard decodes it, and refuses
/// some.) Which schemes and hosts are followed is the client's policy, not this type's.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoreUrl(String);

/// The text is not a store's address in canonical form. (The error does not repeat it, because it comes from strangers and
/// may contain a password.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "a store's address is scheme://host, with :port and /path where it has them, without a slash at its end: {0}"
)]
pub struct InvalidStoreUrl(&'static str);

impl StoreUrl {
    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `https`, `http` or `file`.
    pub fn scheme(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }

    /// Host and port, as a client sends them in `Host`; empty for `file`.
    pub fn host(&self) -> &str {
        self.0.split('/').nth(2).unwrap_or_default()
    }

    /// The address of a document in this store.
    pub fn document(&self, document: &DocumentId) -> String {
        format!("{self}{}", document.path())
    }
}

impl FromStr for StoreUrl {
    type Err = InvalidStoreUrl;

    fn from_str(text: &str) -> Result<Self, InvalidStoreUrl> {
        const SCHEME: &str = "the scheme is https, http or file, in lower case";
        let (scheme, rest) = text.split_once("://").ok_or(InvalidStoreUrl(SCHEME))?;
        let (authority, path) = match rest.find('/') {
            Some(slash) => rest.split_at(slash),
            None => (rest, ""),
        };
        match scheme {
            "https" => check_authority(authority, 443)?,
            "http" => check_authority(authority, 80)?,
            "file" if authority.is_empty() && !path.is_empty() => {}
            "file" => return Err(InvalidStoreUrl("a file's path begins after file://")),
            _ => return Err(InvalidStoreUrl(SCHEME)),
        }
        check_path(path)?;
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreUrl({self})")
    }
}

impl AsRef<str> for StoreUrl {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

fn check_authority(authority: &str, default_port: u16) -> Result<(), InvalidStoreUrl> {
    if authority.contains('@') {
        return Err(InvalidStoreUrl("it names no user"));
    }
    let address_end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    let (host, port) = match authority[address_end..].find(':') {
        Some(colon) => {
            let (host, port) = authority.split_at(address_end + colon);
            (host, Some(&port[1..]))
        }
        None => (authority, None),
    };
    if let Some(port) = port {
        let number: Option<u16> = port.parse().ok();
        let is_canonical = number.is_some_and(|number| {
            number != 0 && number != default_port && number.to_string() == port
        });
        if !is_canonical {
            return Err(InvalidStoreUrl(
                "a port is 1 to 65535, and not the scheme's own",
            ));
        }
    }
    match is_host(host) {
        true => Ok(()),
        false => Err(InvalidStoreUrl(
            "the host is a name or an address in lower case, in its shortest form",
        )),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        // An IPv4 address within one of IPv6 has two texts, and a text without.
        return address.parse().is_ok_and(|parsed: Ipv6Addr| {
            parsed.to_ipv4_mapped().is_none() && parsed.to_string() == address
        });
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    if is_number(last) {
        return host.parse::<Ipv4Addr>().is_ok();
    }
    host.len() <= MAX_NAME && host.split('.').all(is_label)
}

/// Whether the URL standard reads the label as the end of an IPv4 address.
fn is_number(label: &str) -> bool {
    let digits = label.bytes().all(|byte| byte.is_ascii_digit());
    let hexadecimal = label
        .strip_prefix("0x")
        .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    (digits && !label.is_empty()) || hexadecimal
}

fn is_label(label: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=MAX_LABEL).contains(&label.len())
        && label.bytes().all(is_inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

fn check_path(path: &str) -> Result<(), InvalidStoreUrl> {
    // The text before the first slash is empty.
    for segment in path.split('/').skip(1) {
        match segment {
            "" => return Err(InvalidStoreUrl("no part of its path is empty")),
            "." | ".." => return Err(InvalidStoreUrl("no part of its path is . or ..")),
            _ => {}
        }
        let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if !segment.bytes().all(is_unreserved) {
            return Err(InvalidStoreUrl(
                "its path has letters, digits and -._~, no query and no fragment",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_addresses_are_taken() {
        for (text, scheme, host) in [
            ("https://store.example", "https", "store.example"),
            ("https://store.example:8443", "https", "store.example:8443"),
            ("https://store.example:80", "https", "store.example:80"),
            ("http://store.example:443", "http", "store.example:443"),
            (
                "https://xn--mnchen-3ya.example",
                "https",
                "xn--mnchen-3ya.example",
            ),
            ("http://127.0.0.1:8787", "http", "127.0.0.1:8787"),
            ("http://localhost:1", "http", "localhost:1"),
            ("http://[::1]:8787", "http", "[::1]:8787"),
            ("https://[2001:db8::a:1]/a", "https", "[2001:db8::a:1]"),
            (
                "https://store.example/a/B-c_d.e~/0",
                "https",
                "store.example",
            ),
            ("https://0x.example/...", "https", "0x.example"),
            ("https://store.0xg", "https", "store.0xg"),
            ("file:///srv/documents", "file", ""),
        ] {
            let url: StoreUrl = text.parse().unwrap();
            assert_eq!(url.to_string(), text);
            assert_eq!((url.scheme(), url.host()), (scheme, host), "{text}");
        }
    }

    #[test]
    fn the_longest_names_are_taken() {
        let label = "a".repeat(63);
        let name = [&label[..], &label, &label, &label[..61]].join(".");
        assert_eq!(name.len(), 253);
        assert!(format!("https://{name}").parse::<StoreUrl>().is_ok());
        assert!(format!("https://{name}a").parse::<StoreUrl>().is_err());
    }

    #[test]
    fn nothing_else_is_taken() {
        let label = "a".repeat(64);
        let name = ["a"; 128].join(".");
        for text in [
            "",
            "https",
            "https:",
            "https://",
            "https:///path",
            "https:store.example",
            "https:/store.example",
            "//store.example",
            "store.example",
            "HTTPS://store.example",
            "ftp://store.example",
            " https://store.example",
            "https://store.example ",
            "https://store.example/",
            "https://store.example/a/",
            "https://store.example//a",
            "https://store.example/./a",
            "https://store.example/a/..",
            "https://store.example/%41",
            "https://store.example/a b",
            "https://store.example/\u{e4}",
            "https://store.example/a\n",
            "https://store.example\\a",
            "https://store.example?a",
            "https://store.example/a?b",
            "https://store.example#a",
            "https://store.example/a#",
            "https://user@store.example",
            "https://user:word@store.example",
            "https://@store.example",
            "https://Store.example",
            "https://store.example.",
            "https://.store.example",
            "https://store..example",
            "https://-store.example",
            "https://store-.example",
            "https://st_ore.example",
            "https://m\u{fc}nchen.example",
            "https://store%2eexample",
            "https://store.example:",
            "https://store.example:0",
            "https://store.example:443",
            "http://store.example:80",
            "https://store.example:08443",
            "https://store.example:+8443",
            "https://store.example:65536",
            "https://store.example:8443:8443",
            "https://:8443",
            "https://1",
            "https://1.2.3",
            "https://1.2.3.04",
            "https://1.2.3.4.5",
            "https://1.2.3.256",
            "https://store.0x7f",
            "https://store.0x",
            "https://store.1",
            "https://::1",
            "https://[::1",
            "https://::1]",
            "https://[]",
            "https://[::1]]",
            "https://a[::1]",
            "https://[::1]a",
            "https://[0:0:0:0:0:0:0:1]",
            "https://[::01]",
            "https://[2001:DB8::1]",
            "https://[::ffff:1.2.3.4]",
            "https://[::ffff:102:304]",
            "https://[fe80::1%25eth0]",
            "file://",
            "file:///",
            "file://host/a",
            "file:///a?b",
            &format!("https://{label}.example"),
            &format!("https://{name}"),
        ] {
            assert!(text.parse::<StoreUrl>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_refusal_says_what_is_wrong_and_repeats_nothing() {
        for (text, reason) in [
            ("ftp://a.example", "the scheme is https, http or file"),
            ("https://user:secret@a.example", "it names no user"),
            ("https://a.example:443", "a port is 1 to 65535"),
            ("https://A.example", "the host is a name or an address"),
            ("file://a.example", "a file's path begins"),
            ("https://a.example/", "no part of its path is empty"),
            ("https://a.example/..", "no part of its path is . or .."),
            (
                "https://a.example/?token=secret",
                "no query and no fragment",
            ),
        ] {
            let refusal = text.parse::<StoreUrl>().unwrap_err().to_string();
            assert!(refusal.contains(reason), "{text}: {refusal}");
            assert!(!refusal.contains("secret"), "{refusal}");
        }
    }

    #[test]
    fn a_documents_address_follows() {
        let document = DocumentId::of(b"");
        let url: StoreUrl = "https://store.example/a".parse().unwrap();
        assert_eq!(
            url.document(&document),
            format!("https://store.example/a/v1/documents/{document}")
        );
    }
}
