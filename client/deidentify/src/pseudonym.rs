//! Pseudonyms in the place of references.

use core::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

const PREFIX: &str = "urn:uuid:";

/// What pseudonyms of one patient are derived from, by one creator: 32 random bytes, or 32 bytes that follow from a random
/// secret and the patient. The same address has the same pseudonym under the same key, and nothing in common with that under
/// another. Who has the key can find out which address a pseudonym stands for, by trying.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct PseudonymKey([u8; 32]);

impl PseudonymKey {
    /// A key of these bytes, which must be random and secret.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn mac(&self, label: &[u8], text: &[u8]) -> [u8; 8] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length will do");
        mac.update(label);
        mac.update(text);
        let bytes = mac.finalize().into_bytes();
        core::array::from_fn(|index| bytes[index])
    }

    /// A UUID of version 8 (RFC 9562), whose second half tells the key's own pseudonyms from other UUIDs.
    pub(crate) fn pseudonym(&self, target: &str) -> String {
        let mut first = self.mac(b"generion/pseudonym/v1", target.as_bytes());
        first[6] = (first[6] & 0x0f) | 0x80;
        let mut second = self.mac(b"generion/pseudonym-check/v1", &first);
        second[0] = (second[0] & 0x3f) | 0x80;
        let hex = hex::encode([first, second].concat());
        format!(
            "{PREFIX}{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        )
    }

    pub(crate) fn is_own(&self, text: &str) -> bool {
        let Some(uuid) = text.strip_prefix(PREFIX).filter(|_| has_form(text)) else {
            return false;
        };
        let hex: String = uuid.chars().filter(|c| *c != '-').collect();
        let Ok(bytes) = hex::decode(hex) else {
            return false;
        };
        let mut second = self.mac(b"generion/pseudonym-check/v1", &bytes[..8]);
        second[0] = (second[0] & 0x3f) | 0x80;
        bytes[8..] == second
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PseudonymKey(..)")
    }
}

/// Whether a text could be a pseudonym: `urn:uuid:` and a UUID of version 8 in lower case.
pub(crate) fn has_form(text: &str) -> bool {
    let Some(uuid) = text.strip_prefix(PREFIX) else {
        return false;
    };
    uuid.len() == 36
        && uuid.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            14 => byte == b'8',
            19 => b"89ab".contains(&byte),
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_are_of_their_key_alone() {
        let (one, other) = (PseudonymKey::new([1; 32]), PseudonymKey::new([2; 32]));
        let pseudonym = one.pseudonym("Patient/example");
        assert_eq!(pseudonym, one.pseudonym("Patient/example"));
        assert_ne!(pseudonym, one.pseudonym("Patient/example2"));
        assert_ne!(pseudonym, other.pseudonym("Patient/example"));
        assert!(has_form(&pseudonym), "{pseudonym}");
        assert!(one.is_own(&pseudonym));
        assert!(!other.is_own(&pseudonym));
        for text in [
            "urn:uuid:10000000-0000-8000-8000-000000000000",
            "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
            "Patient/example",
            "urn:uuid:",
        ] {
            assert!(!one.is_own(text), "{text}");
        }
        assert_eq!(format!("{one:?}"), "PseudonymKey(..)");
    }
}
