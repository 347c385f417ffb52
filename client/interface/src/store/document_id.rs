use core::{fmt, str::FromStr};

use sha2::{Digest, Sha256};
use thiserror::Error;

use super::protocol::DOCUMENTS_PATH;

/// Address of a document in any store: the SHA-256 of its ciphertext.
///
/// Its only text form is 64 lower-case hex digits, so that a document has one path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId([u8; 32]);

/// The text is not 64 lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a document's address is 64 lower-case hex digits, the SHA-256 of its ciphertext")]
pub struct InvalidDocumentId;

impl DocumentId {
    /// The address of these bytes.
    pub fn of(ciphertext: &[u8]) -> Self {
        Self(Sha256::digest(ciphertext).into())
    }

    /// The address with this SHA-256.
    pub const fn from_bytes(sha256: [u8; 32]) -> Self {
        Self(sha256)
    }

    /// The SHA-256.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The path of the document's URL, which is also the path that is signed.
    pub fn path(&self) -> String {
        format!("{DOCUMENTS_PATH}{self}")
    }
}

impl FromStr for DocumentId {
    type Err = InvalidDocumentId;

    fn from_str(text: &str) -> Result<Self, InvalidDocumentId> {
        lower_hex(text).map(Self).ok_or(InvalidDocumentId)
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocumentId({self})")
    }
}

/// Decodes lower-case hex only: `hex::decode` accepts upper-case digits as well, which would give one value several texts.
pub(super) fn lower_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.bytes().any(|digit| digit.is_ascii_uppercase()) {
        return None;
    }
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn its_text_is_the_sha256_and_parses_back() {
        assert_eq!(DocumentId::of(b"").to_string(), EMPTY);
        assert_eq!(EMPTY.parse(), Ok(DocumentId::of(b"")));
        assert_eq!(DocumentId::of(b"").path(), format!("/v1/documents/{EMPTY}"));
    }

    #[test]
    fn no_other_text_is_taken() {
        for text in [
            "",
            &EMPTY[1..],
            &EMPTY.to_uppercase(),
            &format!("{EMPTY}0"),
            &format!("{EMPTY}00"),
            &format!(" {}", &EMPTY[1..]),
            &EMPTY.replace('e', "g"),
            &EMPTY.replace('e', "é"),
        ] {
            assert_eq!(
                text.parse::<DocumentId>(),
                Err(InvalidDocumentId),
                "{text:?}"
            );
        }
    }
}
