//! Addresses of document stores: an accepted text has the form of docs/PROTOCOL.md, section 3, and a URL library reads the
//! same address from it.

use arbitrary::Unstructured;
use generion_interface::{locator::StoreUrl, store::DocumentId};
use url::{Host, Url};

use generion_native::memory::within;

/// Addresses in canonical form, other URLs, and bytes to make an address from.
pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "https://store.example",
        "https://store.example:8443/a/B-c_d.e~/0",
        "http://127.0.0.1:8787",
        "https://[2001:db8::a:1]/a",
        "http://[::1]:8787",
        "https://[::ffff:102:304]",
        "https://[1::2:0:0:3]",
        "file:///srv/documents",
        "file://host/a",
        "https://xn--mnchen-3ya.example",
        "https://0x.example/...",
        "https://store.0x7f",
        "https://1.2.3",
        "https://1.2.3.04",
        "HTTPS://Store.Example/",
        "https://user:word@store.example",
        "https://store.example:443/a/../b?c#d",
        "http://store.example:080",
    ];
    let mut seeds: Vec<_> = texts.map(|text| [&[0], text.as_bytes()].concat()).into();
    seeds.extend(
        (0..=255)
            .step_by(51)
            .map(|byte| [&[1], &[byte; 80][..]].concat()),
    );
    seeds
}

/// The first byte selects the meaning of the rest: an address, or bytes to make one from.
pub fn run(input: &[u8]) {
    let Some((kind, bytes)) = input.split_first() else {
        return;
    };
    if kind % 2 == 0 {
        if let Ok(text) = str::from_utf8(bytes) {
            read(text);
        }
    } else if let Ok(store) = arbitrary_store(&mut Unstructured::new(bytes)) {
        // It was made in canonical form.
        assert_eq!(read(store.as_str()), Some(store));
    }
}

/// Reads an address, compares with the second reader, and with what a URL library makes of it.
fn read(text: &str) -> Option<StoreUrl> {
    let store = within(2 * text.len() + 256, "a store's address", || {
        text.parse::<StoreUrl>()
    });
    assert_eq!(store.is_ok(), is_store_address(text), "{text:?}");
    let url = Url::parse(text);
    let Ok(store) = store else {
        // What is refused may be a URL, but none that the library writes as it is here, in these characters.
        if let Ok(url) = url {
            assert!(!is_plain(&url, text), "{text}");
        }
        return None;
    };
    assert_eq!(store.as_str(), text);
    let document = DocumentId::of(text.as_bytes());
    let address = store.document(&document);
    assert_eq!(address, format!("{text}/v1/documents/{document}"));
    match url {
        Ok(url) => {
            assert!(is_plain(&url, text), "{text}: {url}");
            assert_eq!(url.scheme(), store.scheme());
            let mut host = url.host_str().unwrap_or_default().to_owned();
            if let Some(port) = url.port() {
                host = format!("{host}:{port}");
            }
            assert_eq!(host, store.host());
            // Whoever follows the document's address comes to the same host.
            let followed = Url::parse(&address).expect("it is a URL with a longer path");
            assert_eq!((followed.host(), followed.port()), (url.host(), url.port()));
            assert_eq!(followed.as_str(), address);
        }
        // The standard decodes international names, and refuses some.
        Err(error) => assert!(text.contains("xn--"), "{text}: {error}"),
    }
    Some(store)
}

/// Whether a URL is written as it is in the text, but for a slash in the place of an empty path, has nothing beside scheme,
/// host, port and path, and no character or part that a canonical address has not.
fn is_plain(url: &Url, text: &str) -> bool {
    let written = match text
        .strip_prefix(url.scheme())
        .and_then(|rest| rest.strip_prefix("://"))
    {
        Some(rest) if !rest.contains('/') => format!("{text}/"),
        _ => text.to_owned(),
    };
    let is_known = matches!(url.scheme(), "https" | "http" | "file");
    let has_host = match url.host() {
        Some(Host::Domain(name)) => {
            let is_label = |label: &str| {
                let is_inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
                let has_length = (1..=63).contains(&label.len());
                has_length
                    && label.chars().all(is_inner)
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            };
            url.scheme() != "file" && name.len() <= 253 && name.split('.').all(is_label)
        }
        Some(Host::Ipv6(address)) => url.scheme() != "file" && address.to_ipv4_mapped().is_none(),
        Some(Host::Ipv4(_)) => url.scheme() != "file",
        None => url.scheme() == "file",
    };
    let is_segment = |part: &str| {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        !part.is_empty() && part.chars().all(is_allowed)
    };
    let is_path = match url.path().strip_prefix('/') {
        Some("") => url.scheme() != "file" && !text.ends_with('/'),
        Some(path) => path.split('/').all(is_segment),
        None => false,
    };
    let has_more = !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
        || url.port() == Some(0);
    url.as_str() == written && is_known && has_host && is_path && !has_more
}

/// docs/PROTOCOL.md, section 3, read part by part.
pub fn is_store_address(text: &str) -> bool {
    let schemes = [
        ("https://", Some("443")),
        ("http://", Some("80")),
        ("file://", None),
    ];
    let found = schemes
        .iter()
        .find_map(|(scheme, port)| text.strip_prefix(scheme).map(|rest| (rest, port)));
    let Some((rest, own_port)) = found else {
        return false;
    };
    let path_at = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(path_at);
    let is_segment = |segment: &str| {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
        !matches!(segment, "" | "." | "..") && segment.chars().all(is_allowed)
    };
    let is_path = path.is_empty() || path[1..].split('/').all(is_segment);
    is_path
        && match own_port {
            Some(own_port) => is_authority(authority, own_port),
            None => authority.is_empty() && !path.is_empty(),
        }
}

fn is_authority(authority: &str, own_port: &str) -> bool {
    let (is_host, behind) = match authority.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, behind)) => (is_ipv6(address), behind),
            None => return false,
        },
        None => {
            let colon = authority.find(':').unwrap_or(authority.len());
            (is_name_or_ipv4(&authority[..colon]), &authority[colon..])
        }
    };
    let is_port = match behind.strip_prefix(':') {
        Some(port) => {
            let digits = port.bytes().all(|byte| byte.is_ascii_digit());
            let is_number = digits && (1..=5).contains(&port.len()) && !port.starts_with('0');
            is_number && port.parse::<u32>().is_ok_and(|port| port <= 65_535) && port != own_port
        }
        None => behind.is_empty(),
    };
    is_host && is_port
}

fn is_name_or_ipv4(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let last = labels[labels.len() - 1];
    let all = |text: &str, of: fn(&u8) -> bool| text.as_bytes().iter().all(of);
    let ends_in_a_number = !last.is_empty() && all(last, u8::is_ascii_digit)
        || last.len() >= 2 && last.starts_with("0x") && all(&last[2..], u8::is_ascii_hexdigit);
    if ends_in_a_number {
        let is_byte = |label: &&str| {
            let digits = !label.is_empty() && label.len() <= 3 && all(label, u8::is_ascii_digit);
            digits && (*label == "0" || !label.starts_with('0')) && label.parse::<u8>().is_ok()
        };
        return labels.len() == 4 && labels.iter().all(is_byte);
    }
    let is_label = |label: &&str| {
        let is_known = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        !label.is_empty()
            && label.len() <= 63
            && label.as_bytes().iter().all(is_known)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.len() <= 253 && labels.iter().all(is_label)
}

/// Section 4 of RFC 5952, in hex groups alone; no address that maps one of IPv4.
fn is_ipv6(text: &str) -> bool {
    fn groups(text: &str) -> Option<Vec<u16>> {
        if text.is_empty() {
            return Some(Vec::new());
        }
        let group = |text: &str| {
            let hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
            (hex && (1..=4).contains(&text.len())).then(|| u16::from_str_radix(text, 16).ok())?
        };
        text.split(':').map(group).collect()
    }
    let parsed = match text.split_once("::") {
        Some((before, behind)) => match (groups(before), groups(behind)) {
            (Some(mut all), Some(behind)) if all.len() + behind.len() < 8 => {
                all.resize(8 - behind.len(), 0);
                all.extend(behind);
                Some(all)
            }
            _ => None,
        },
        None => groups(text),
    };
    let Some(groups) = parsed.filter(|groups| groups.len() == 8) else {
        return false;
    };
    written(&groups) == text && groups[..6] != [0, 0, 0, 0, 0, 0xffff]
}

/// The groups in lower-case hex, with the first of the longest runs of two or more zeros left out.
fn written(groups: &[u16]) -> String {
    let hex = |groups: &[u16]| {
        let groups = groups.iter().map(|group| format!("{group:x}"));
        groups.collect::<Vec<_>>().join(":")
    };
    for length in (2..=8).rev() {
        for start in 0..=8 - length {
            if groups[start..start + length]
                .iter()
                .all(|group| *group == 0)
            {
                return format!(
                    "{}::{}",
                    hex(&groups[..start]),
                    hex(&groups[start + length..])
                );
            }
        }
    }
    hex(groups)
}

/// A store's address, made in canonical form.
pub fn arbitrary_store(source: &mut Unstructured) -> arbitrary::Result<StoreUrl> {
    const LABEL: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    const SEGMENT: &[u8] = b"abcxyzABCXYZ0189-_~";
    fn word(source: &mut Unstructured, of: &[u8], longest: usize) -> arbitrary::Result<String> {
        let length = source.int_in_range(1..=longest)?;
        let letters = (0..length).map(|_| source.choose(of).map(|byte| char::from(*byte)));
        letters.collect()
    }
    let (scheme, own_port) = *source.choose(&[("https", 443), ("http", 80), ("file", 0)])?;
    let mut text = format!("{scheme}://");
    if scheme != "file" {
        match source.int_in_range(0..=3)? {
            0 => {
                let octets: [u8; 4] = source.arbitrary()?;
                text += &octets.map(|octet| octet.to_string()).join(".");
            }
            1 => {
                let mut groups: [u16; 8] = source.arbitrary()?;
                let zeros: u8 = source.arbitrary()?;
                for (index, group) in groups.iter_mut().enumerate() {
                    *group *= u16::from(zeros >> index & 1 == 0);
                }
                if groups[..6] == [0, 0, 0, 0, 0, 0xffff] {
                    groups[0] = 1;
                }
                text += &format!("[{}]", written(&groups));
            }
            _ => {
                for _ in 0..source.int_in_range(0..=2)? {
                    text += &format!("{}.", word(source, LABEL, 20)?);
                }
                // No number stands at the end, and no name is taken for one in another script.
                text += &format!("w{}", word(source, LABEL, 10)?);
            }
        }
        let port: u16 = source.arbitrary()?;
        if port != own_port && port != 0 {
            text += &format!(":{port}");
        }
    }
    let fewest = usize::from(scheme == "file");
    for _ in 0..source.int_in_range(fewest..=3)? {
        text += &format!("/{}", word(source, SEGMENT, 20)?);
    }
    Ok(text.parse().expect("it is in canonical form"))
}
