use core::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{document_id::lower_hex, file_id::LinkId, protocol::MAX_LINK_NOTE_CHARACTERS};

/// An owner's note about a link, which the owner keeps in the store: sealed with a key of the owner's, so nobody else can read
/// or make one. To the store it is a text of base64url digits and dots.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LinkNote(String);

/// The text is not a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a link's note is 1 to {MAX_LINK_NOTE_CHARACTERS} characters out of A-Z a-z 0-9 - _ .")]
pub struct InvalidLinkNote;

impl LinkNote {
    /// The note as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LinkNote {
    type Err = InvalidLinkNote;

    fn from_str(text: &str) -> Result<Self, InvalidLinkNote> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for LinkNote {
    type Error = InvalidLinkNote;

    fn try_from(text: String) -> Result<Self, InvalidLinkNote> {
        let is_allowed =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        match (1..=MAX_LINK_NOTE_CHARACTERS).contains(&text.len()) && text.bytes().all(is_allowed) {
            true => Ok(Self(text)),
            false => Err(InvalidLinkNote),
        }
    }
}

impl From<LinkNote> for String {
    fn from(note: LinkNote) -> Self {
        note.0
    }
}

impl fmt::Debug for LinkNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LinkNote({} characters)", self.0.len())
    }
}

/// The answer to a list of links.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkList {
    /// The links of one erase authority that can be read, sorted by expiry, then hash.
    pub links: Vec<ListedLink>,
}

/// A link in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedLink {
    /// Expiry in seconds since 1970-01-01T00:00:00Z, and SHA-256.
    #[serde(flatten)]
    pub id: LinkId,
    /// Bytes of the file.
    pub size: u64,
    /// The owner's note.
    pub note: LinkNote,
}

#[derive(Serialize, Deserialize)]
struct LinkIdFields {
    expiry: u64,
    sha256: String,
}

impl Serialize for LinkId {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        LinkIdFields {
            expiry: self.expiry,
            sha256: hex::encode(self.sha256),
        }
        .serialize(to)
    }
}

impl<'de> Deserialize<'de> for LinkId {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let LinkIdFields { expiry, sha256 } = LinkIdFields::deserialize(from)?;
        let sha256 = lower_hex(&sha256)
            .ok_or_else(|| serde::de::Error::custom("a hash is 64 lower-case hex digits"))?;
        Ok(Self { expiry, sha256 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_this_form() {
        let list = LinkList {
            links: vec![ListedLink {
                id: LinkId::of(1_790_000_000, b""),
                size: 7,
                note: "e30..a-b_c".parse().unwrap(),
            }],
        };
        let json = serde_json::to_string(&list).unwrap();
        assert_eq!(
            json,
            "{\"links\":[{\"expiry\":1790000000,\
             \"sha256\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\",\
             \"size\":7,\"note\":\"e30..a-b_c\"}]}"
        );
        assert_eq!(serde_json::from_str::<LinkList>(&json).unwrap(), list);
        let upper = json.replace("e3b0", "E3B0");
        assert!(serde_json::from_str::<LinkList>(&upper).is_err());
        let no_note = json.replace("e30..a-b_c", "e30 ");
        assert!(serde_json::from_str::<LinkList>(&no_note).is_err());
    }

    #[test]
    fn a_note_has_an_alphabet_and_a_length() {
        let longest = "a".repeat(MAX_LINK_NOTE_CHARACTERS);
        assert_eq!(longest.parse::<LinkNote>().unwrap().as_str(), longest);
        for text in ["", "a b", "a=", "é", "a\n", &format!("{longest}a")] {
            assert_eq!(text.parse::<LinkNote>(), Err(InvalidLinkNote), "{text:?}");
        }
    }
}
