//! URLs of nodes. They are shown without their secrets, and plain HTTP to other machines is refused.
//!
//! Providers put their customers' keys into the path, the query or the user name of a URL. So everything shows only
//! scheme, host and port of a URL, and only [`NodeUrl::expose_full`] returns the whole text.
//!
//! ```
//! use generion_rpc::url::{NodeUrl, PlainHttp};
//!
//! let url = NodeUrl::parse("https://rpc.example/v1/KEY?token=KEY", PlainHttp::default())?;
//! assert_eq!(url.to_string(), "https://rpc.example");
//! assert_eq!(url.expose_full(), "https://rpc.example/v1/KEY?token=KEY");
//! assert!(NodeUrl::parse("http://rpc.example", PlainHttp::default()).is_err());
//! # Ok::<(), generion_rpc::url::UrlError>(())
//! ```

use std::{fmt, net::IpAddr};

use url::{Host, Url};

/// The shortest part of a path or query that is treated as a key, in characters. Shorter parts are words that occur in
/// any text.
const SHORTEST_KEY: usize = 6;
/// Replaces a secret in a text.
const REMOVED: &str = "[hidden]";

/// Whether plain HTTP to another machine is allowed. Anybody on the way can read and change such traffic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlainHttp {
    /// Refuse plain HTTP, except to this machine.
    #[default]
    ThisMachineOnly,
    /// Allow plain HTTP. Use it only on a connection that is safe otherwise, such as a private network.
    Allowed,
}

/// Why a text is not accepted as the URL of a node. The messages don't quote the text, because it may contain a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// The text is not a URL of HTTP or HTTPS.
    #[error("not the http or https URL of a node")]
    NotHttp,
    /// The URL leads to another machine by plain HTTP.
    #[error(
        "{url} is plain HTTP to another machine, where anybody on the way can read and change the answers; use https"
    )]
    PlainHttp {
        /// The URL, without its secrets.
        url: String,
    },
}

/// The URL of a node. `Display` and `Debug` show scheme, host and port.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct NodeUrl {
    url: Url,
    operator: String,
}

impl NodeUrl {
    /// Parses a URL.
    ///
    /// # Errors
    /// [`UrlError`]: the text is no `http` or `https` URL, or leads to another machine by plain HTTP, which is not
    /// allowed.
    pub fn parse(text: &str, plain_http: PlainHttp) -> Result<Self, UrlError> {
        let url = Url::parse(text.trim()).map_err(|_| UrlError::NotHttp)?;
        let host = match (url.scheme(), url.host()) {
            ("http" | "https", Some(host)) => host,
            _ => return Err(UrlError::NotHttp),
        };
        let is_refused = url.scheme() == "http"
            && plain_http == PlainHttp::ThisMachineOnly
            && !is_loopback(&host);
        if is_refused {
            return Err(UrlError::PlainHttp { url: shown(&url) });
        }
        let operator = operator(&host);
        Ok(Self { url, operator })
    }

    /// The whole URL, with the key that it may contain. Use it only to make requests; never show, log or store it.
    pub fn expose_full(&self) -> &str {
        self.url.as_str()
    }

    /// Whether the URL leads to this machine.
    pub fn is_this_machine(&self) -> bool {
        self.url.host().is_some_and(|host| is_loopback(&host))
    }

    /// The operator of the node, as far as the URL shows it: the registered domain (`example.com` of
    /// `a.rpc.example.com`), or the IP address. Two URLs with the same operator count as one node. In doubt, two URLs
    /// count as the same operator.
    pub fn operator(&self) -> &str {
        &self.operator
    }

    /// Removes the secrets of this URL from a text, such as an error of an HTTP library.
    pub fn redact(&self, text: &str) -> String {
        redacted_in(&self.url, text)
    }
}

impl fmt::Display for NodeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&shown(&self.url))
    }
}

impl fmt::Debug for NodeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeUrl({self})")
    }
}

/// Removes everything that may be a secret of this URL from a text of another origin, such as an error of a server.
pub fn redacted_in(url: &Url, text: &str) -> String {
    let text = text.replace(url.as_str(), &shown(url));
    let hidden = |text: String, secret: String| text.replace(&secret, REMOVED);
    secrets(url).into_iter().fold(text, hidden)
}

/// The parts of a URL that may be secret, the longest first, because servers quote the whole or a part of a request.
fn secrets(url: &Url) -> Vec<String> {
    let mut secrets = vec![
        url[url::Position::BeforePath..].to_owned(),
        url.path().to_owned(),
        url.query().unwrap_or_default().to_owned(),
        url.password().unwrap_or_default().to_owned(),
        url.username().to_owned(),
    ];
    // A single character is no secret, and occurs in every text.
    secrets.retain(|secret| secret.len() > 1);
    let segments = url.path_segments().into_iter().flatten().map(str::to_owned);
    let values = url.query_pairs().map(|(_, value)| value.into_owned());
    let is_key = |part: &String| part.len() >= SHORTEST_KEY;
    secrets.extend(segments.chain(values).filter(is_key));
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets
}

/// Scheme, host and port of any URL (of a node, a websocket, a document store), to be shown.
pub fn redacted(text: &str) -> String {
    match Url::parse(text.trim()) {
        Ok(url) => shown(&url),
        Err(_) => "an unreadable URL".to_owned(),
    }
}

/// A text from elsewhere with every address in it as [`redacted`] shows it.
pub fn redacted_urls(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let before = rest[..at].trim_end_matches(is_scheme).len();
        let ends =
            |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '(' | ')');
        let end = rest[at..].find(ends).map_or(rest.len(), |end| at + end);
        let url = rest[before..end].trim_end_matches(['.', ',', ';', ':']);
        shown.push_str(&rest[..before]);
        shown.push_str(&redacted(url));
        rest = &rest[before + url.len()..];
    }
    shown + rest
}

/// Whether a URL leads to this machine. `false` for a text that is no URL.
pub fn is_this_machine(text: &str) -> bool {
    let url = Url::parse(text.trim());
    url.is_ok_and(|url| url.host().is_some_and(|host| is_loopback(&host)))
}

fn shown(url: &Url) -> String {
    let Some(host) = url.host() else {
        // Everything behind the scheme of `data:` URLs and the like may be secret.
        return format!("{}:", url.scheme());
    };
    match url.port() {
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    }
}

fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref() == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => IpAddr::V6(*address).to_canonical().is_loopback(),
    }
}

/// Names under which the registries of countries register domains, such as the `co` in `co.uk`.
const SECOND_LEVEL: [&str; 8] = ["ac", "co", "com", "edu", "gov", "net", "or", "org"];

fn operator<S: AsRef<str>>(host: &Host<S>) -> String {
    match host {
        host if is_loopback(host) => "this machine".to_owned(),
        Host::Domain(name) => registered(name.as_ref()),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => IpAddr::V6(*address).to_canonical().to_string(),
    }
}

/// The last two labels of a host name, or three if the last two are like `co.uk`.
fn registered(name: &str) -> String {
    let labels: Vec<_> = name.trim_end_matches('.').split('.').collect();
    let is_second_level = match labels[..] {
        [.., second, top] => top.len() == 2 && SECOND_LEVEL.contains(&second),
        _ => false,
    };
    let count = if is_second_level { 3 } else { 2 };
    labels[labels.len().saturating_sub(count)..].join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> NodeUrl {
        NodeUrl::parse(text, PlainHttp::Allowed).unwrap()
    }

    #[test]
    fn only_scheme_host_and_port_are_shown() {
        for (text, expected) in [
            (
                "https://SECRET@rpc.example/SECRET?SECRET#SECRET",
                "https://rpc.example",
            ),
            (
                "https://a:SECRET@rpc.example:8899/SECRET",
                "https://rpc.example:8899",
            ),
            ("https://rpc.example:443/SECRET", "https://rpc.example"),
            ("http://127.0.0.1:8899", "http://127.0.0.1:8899"),
            ("http://[::1]:8899/?SECRET", "http://[::1]:8899"),
        ] {
            let url = parse(text);
            assert_eq!(url.to_string(), expected);
            assert_eq!(format!("{url:?}"), format!("NodeUrl({expected})"));
            assert_eq!(redacted(text), expected);
        }
        assert_eq!(
            parse("https://h.example/SECRET").expose_full(),
            "https://h.example/SECRET"
        );
    }

    #[test]
    fn any_address_can_be_shown() {
        for (text, expected) in [
            ("wss://rpc.example/SECRET", "wss://rpc.example"),
            ("s3://bucket.example/SECRET?SECRET", "s3://bucket.example"),
            ("data:text/plain,SECRET", "data:"),
            ("rpc.example/SECRET", "an unreadable URL"),
            ("SECRET", "an unreadable URL"),
        ] {
            assert_eq!(redacted(text), expected);
        }
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        let parse = |text| NodeUrl::parse(text, PlainHttp::ThisMachineOnly);
        for local in [
            "http://localhost:8899",
            "http://127.0.0.1:1",
            "http://127.9.9.9:1",
            "http://[::1]:1",
            "http://[::ffff:127.0.0.1]:1",
            "https://rpc.example",
        ] {
            assert!(parse(local).is_ok(), "{local}");
        }
        for elsewhere in [
            "http://rpc.example/SECRET",
            "http://10.0.0.1:8899/SECRET",
            "http://0.0.0.0:8899/SECRET",
            "http://localhost.rpc.example/SECRET",
            "http://127.0.0.1.rpc.example/SECRET",
            "http://localhost@rpc.example/SECRET",
        ] {
            let error = parse(elsewhere).unwrap_err();
            assert!(matches!(error, UrlError::PlainHttp { .. }), "{error:?}");
            assert!(!error.to_string().contains("SECRET"), "{error}");
            assert!(NodeUrl::parse(elsewhere, PlainHttp::Allowed).is_ok());
        }
    }

    #[test]
    fn what_is_not_http_is_refused_without_being_quoted() {
        for nonsense in [
            "",
            "SECRET",
            "rpc.example/SECRET",
            "ws://SECRET",
            "file:///SECRET",
            "http:SECRET@",
        ] {
            let error = NodeUrl::parse(nonsense, PlainHttp::Allowed);
            let Err(error) = error else {
                panic!("{nonsense}")
            };
            assert_eq!(error, UrlError::NotHttp);
            assert!(!format!("{error} {error:?}").contains("SECRET"));
        }
    }

    #[test]
    fn secrets_are_taken_out_of_texts() {
        for text in [
            "https://rpc.example/v1/SECRET?api-key=SECRET",
            "https://user:SECRET@rpc.example/",
            "https://SECRET@rpc.example",
            "https://rpc.example/SECRET/",
        ] {
            let url = parse(text);
            let told = format!(
                "error sending request for url ({}), path {}",
                url.expose_full(),
                &url.url[url::Position::BeforeUsername..]
            );
            let told = url.redact(&told);
            assert!(
                !told.contains("SECRET") && told.contains("https://rpc.example"),
                "{told}"
            );
        }
        // A server quotes a part of the URL.
        let url = parse("https://rpc.example/v1/SECRET?api-key=SECRE%54-2&v=1");
        assert_eq!(
            url.redact("unknown key SECRET-2, v1 of project SECRET"),
            "unknown key [hidden], v1 of project [hidden]"
        );
        let url = parse("https://rpc.example/");
        assert_eq!(
            url.redact("it said and/or nothing"),
            "it said and/or nothing"
        );
    }

    #[test]
    fn one_host_is_one_operator() {
        for (one, other) in [
            ("https://rpc.example/a", "https://RPC.example:444/b?c"),
            ("https://a.rpc.example", "https://b.rpc.example"),
            (
                "https://mainnet.provider.example",
                "https://devnet.provider.example.",
            ),
            ("https://a.provider.co.uk", "https://b.provider.co.uk"),
            ("http://127.0.0.1:1", "http://localhost:2"),
            ("http://10.0.0.1:1", "http://[::ffff:10.0.0.1]:2"),
        ] {
            assert_eq!(parse(one).operator(), parse(other).operator());
        }
        for (one, other) in [
            ("https://rpc.one.example", "https://rpc.two.example"),
            ("https://a.co.uk", "https://b.co.uk"),
            ("http://10.0.0.1:1", "http://10.0.0.2:1"),
            ("http://127.0.0.1:1", "http://10.0.0.2:1"),
        ] {
            assert_ne!(parse(one).operator(), parse(other).operator());
        }
    }
}
