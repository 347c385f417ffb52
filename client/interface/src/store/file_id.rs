use core::{fmt, str::FromStr};

use sha2::{Digest, Sha256};
use thiserror::Error;

use super::{
    document_id::{DocumentId, lower_hex},
    protocol::LINKS_PATH,
};

/// Address of a health link's file in any store: its expiry, and its SHA-256.
///
/// Its only text form is `{expiry}/{sha256}`: decimal without leading zeros, and 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId {
    /// The second from which on the file can't be read any more, since 1970-01-01T00:00:00Z.
    pub expiry: u64,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
}

/// The text is not an expiry and a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "a link's address is its expiry in decimal, a slash, and 64 lower-case hex digits, the SHA-256 of its file; only GET and HEAD take a query"
)]
pub struct InvalidLinkId;

impl LinkId {
    /// The address of these bytes with this expiry.
    pub fn of(expiry: u64, file: &[u8]) -> Self {
        Self {
            expiry,
            sha256: Sha256::digest(file).into(),
        }
    }

    /// The path of the link's URL, which is also the path that is signed.
    pub fn path(&self) -> String {
        format!("{LINKS_PATH}{self}")
    }
}

impl FromStr for LinkId {
    type Err = InvalidLinkId;

    fn from_str(text: &str) -> Result<Self, InvalidLinkId> {
        let (expiry, sha256) = text.split_once('/').ok_or(InvalidLinkId)?;
        let sha256 = lower_hex(sha256).ok_or(InvalidLinkId)?;
        let number: u64 = expiry.parse().map_err(|_| InvalidLinkId)?;
        match number.to_string() == expiry {
            true => Ok(Self {
                expiry: number,
                sha256,
            }),
            false => Err(InvalidLinkId),
        }
    }
}

impl fmt::Display for LinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.expiry, hex::encode(self.sha256))
    }
}

impl fmt::Debug for LinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LinkId({self})")
    }
}

/// A file that a store keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileId {
    /// A record's document.
    Document(DocumentId),
    /// The file that a health link leads to.
    Link(LinkId),
}

impl FileId {
    /// The file's SHA-256.
    pub const fn sha256(&self) -> &[u8; 32] {
        match self {
            Self::Document(document) => document.as_bytes(),
            Self::Link(link) => &link.sha256,
        }
    }

    /// The path of the file's URL, which is also the path that is signed.
    pub fn path(&self) -> String {
        match self {
            Self::Document(document) => document.path(),
            Self::Link(link) => link.path(),
        }
    }

    /// The link, if the file is one.
    pub const fn link(self) -> Option<LinkId> {
        match self {
            Self::Document(_) => None,
            Self::Link(link) => Some(link),
        }
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(document) => document.fmt(f),
            Self::Link(link) => link.fmt(f),
        }
    }
}

impl From<DocumentId> for FileId {
    fn from(document: DocumentId) -> Self {
        Self::Document(document)
    }
}

impl From<LinkId> for FileId {
    fn from(link: LinkId) -> Self {
        Self::Link(link)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_link_s_text_parses_back() {
        let link = LinkId::of(1_790_000_000, b"");
        assert_eq!(link.to_string(), format!("1790000000/{EMPTY}"));
        assert_eq!(link.to_string().parse(), Ok(link));
        assert_eq!(
            FileId::from(link).path(),
            format!("/v1/links/1790000000/{EMPTY}")
        );
        let first = LinkId::of(0, b"");
        assert_eq!(first.to_string().parse(), Ok(first));
        let last = LinkId::of(u64::MAX, b"");
        assert_eq!(last.to_string().parse(), Ok(last));
    }

    #[test]
    fn no_other_text_is_a_link() {
        for text in [
            String::new(),
            EMPTY.to_owned(),
            format!("/{EMPTY}"),
            format!("01790000000/{EMPTY}"),
            format!("+1790000000/{EMPTY}"),
            format!("-1/{EMPTY}"),
            format!("1.5/{EMPTY}"),
            format!("18446744073709551616/{EMPTY}"),
            format!("1790000000/{}", EMPTY.to_uppercase()),
            format!("1790000000/{EMPTY}/"),
            format!("1790000000//{EMPTY}"),
            format!("1790000000/{EMPTY}0"),
        ] {
            assert_eq!(text.parse::<LinkId>(), Err(InvalidLinkId), "{text:?}");
        }
    }
}
