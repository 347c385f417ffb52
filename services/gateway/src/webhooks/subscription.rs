//! The receivers and their events.

use std::fmt;

use generion_interface::locator::is_public;
use generion_rpc::url::redacted;
use url::{Host, Url};

use super::secret::WebhookSecret;
use crate::events::EventFilter;

/// A receiver that the operator has named, and its events.
#[derive(Debug)]
pub struct WebhookSubscription {
    /// The name, which stays: the cursor and the attempts are kept under it.
    pub name: String,
    /// The address for the events.
    pub url: ReceiverUrl,
    /// The secrets that sign its webhooks by HMAC (`v1`): the current one, and others while the receiver changes over.
    pub secrets: Vec<WebhookSecret>,
    /// Whether its webhooks are signed by the signer, with ed25519 (`v1a`).
    pub is_signed_by_signer: bool,
    /// Which events it gets.
    pub filter: EventFilter,
    /// The networks where it may be.
    pub reach: Reach,
}

/// The networks where a receiver may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// On the internet, over HTTPS.
    #[default]
    Public,
    /// Anywhere, this machine and its private network included, also over plain HTTP.
    Private,
}

/// The address of a receiver. Its path may be secret, so the address is shown without it.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceiverUrl(Url);

/// Why an address can't be a receiver's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiverUrlError {
    /// The text is no address.
    #[error("`url` is no address")]
    NoUrl,
    /// The address is not of HTTPS.
    #[error("`url` has to be an https address, or an http address where `allow_private` is set")]
    Scheme,
    /// The address is on a private network or on this machine.
    #[error(
        "`url` leads into a private network or to this machine: set `allow_private` if that is meant"
    )]
    Private,
}

impl ReceiverUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// [`ReceiverUrlError`].
    pub fn parse(text: &str, reach: Reach) -> Result<Self, ReceiverUrlError> {
        let url = Url::parse(text).map_err(|_| ReceiverUrlError::NoUrl)?;
        let is_private = match url.host().ok_or(ReceiverUrlError::NoUrl)? {
            Host::Ipv4(address) => !is_public(address.into()),
            Host::Ipv6(address) => !is_public(address.into()),
            // It is looked at when it is resolved.
            Host::Domain(_) => false,
        };
        match (url.scheme(), reach) {
            (_, Reach::Public) if is_private => Err(ReceiverUrlError::Private),
            ("https", _) | ("http", Reach::Private) => Ok(Self(url)),
            _ => Err(ReceiverUrlError::Scheme),
        }
    }

    pub(super) const fn expose(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for ReceiverUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redacted(self.0.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Addresses into private networks are refused in whatever form they are written, and so is plain HTTP, unless the operator
    /// allows both.
    #[test]
    fn private_addresses_and_plain_http_are_refused() {
        let parse = |text: &str, reach| ReceiverUrl::parse(text, reach).map(|_| ());
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.0.0.1",
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.168.0.1",
            "224.0.0.1",
            "[::1]",
            "[::]",
            "[::ffff:10.0.0.1]",
            "[fe80::1]",
            "[fd00::1]",
            "[ff02::1]",
            "[64:ff9b::7f00:1]",
        ] {
            let url = format!("https://{host}/hook");
            assert_eq!(
                parse(&url, Reach::Public),
                Err(ReceiverUrlError::Private),
                "{host}"
            );
            assert_eq!(parse(&url, Reach::Private), Ok(()), "{host}");
        }
        for url in [
            "https://receiver.example/hook",
            "https://1.1.1.1:8443/hook",
            "https://[2606:4700::1111]/",
        ] {
            assert_eq!(parse(url, Reach::Public), Ok(()), "{url}");
        }
        assert_eq!(
            parse("http://receiver.example/", Reach::Public),
            Err(ReceiverUrlError::Scheme)
        );
        assert_eq!(parse("http://receiver.example/", Reach::Private), Ok(()));
        assert_eq!(
            parse("ftp://receiver.example/", Reach::Private),
            Err(ReceiverUrlError::Scheme)
        );
        assert_eq!(
            parse("receiver.example", Reach::Private),
            Err(ReceiverUrlError::NoUrl)
        );
        assert_eq!(
            parse("data:x", Reach::Private),
            Err(ReceiverUrlError::NoUrl)
        );
    }

    /// An address is shown without what may be secret in it.
    #[test]
    fn an_address_is_shown_without_its_path() {
        let url = ReceiverUrl::parse(
            "https://user:word@receiver.example/KEYKEYKEY?k=KEYKEYKEY",
            Reach::Public,
        );
        assert_eq!(format!("{:?}", url.unwrap()), "https://receiver.example");
    }
}
