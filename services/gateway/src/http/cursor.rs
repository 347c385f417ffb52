//! Cursors: the place where a list continues, as text that only the gateway reads.
//!
//! A cursor names a row by the values that the list is sorted by, never a number of rows to skip. So it stays valid while rows
//! come and go, and in every gateway of the same program. It is bound to the list by an authentication code: a cursor that was
//! changed, made up, or taken from another list is refused.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use solana_address::Address;

use super::problem::{Problem, ProblemCode};

/// The first byte of a cursor.
const VERSION: u8 = 1;
/// Bytes of the authentication code.
const TAG_LEN: usize = 16;

/// The key that authenticates cursors. It is no secret: a made-up cursor shows nothing but another page of the same list. The
/// code only keeps mistakes from being taken for cursors.
#[derive(Clone, Copy)]
pub struct CursorKey([u8; 32]);

impl CursorKey {
    /// That of all gateways of a program.
    pub const fn of(program_id: &Address) -> Self {
        Self(program_id.to_bytes())
    }

    /// The cursor of a place in a list. `list` names the list with its filters.
    pub(super) fn seal(&self, list: &str, place: &[u8]) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(place);
        let tag = self.tag(list, &bytes);
        bytes.extend(tag);
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place that a cursor of this list names.
    ///
    /// # Errors
    /// `InvalidCursor`.
    pub(super) fn open(&self, list: &str, cursor: &str) -> Result<Vec<u8>, Problem> {
        let refused = || {
            Problem::new(
                ProblemCode::InvalidCursor,
                "this cursor was not given for this list with these filters: begin without a cursor",
            )
        };
        let bytes = BASE64_URL_SAFE_NO_PAD
            .decode(cursor)
            .map_err(|_| refused())?;
        let (body, tag) = bytes.split_last_chunk::<TAG_LEN>().ok_or_else(refused)?;
        let (version, place) = body.split_first().ok_or_else(refused)?;
        match *version == VERSION && self.tag(list, body) == *tag {
            true => Ok(place.to_vec()),
            false => Err(refused()),
        }
    }

    fn tag(&self, list: &str, body: &[u8]) -> [u8; TAG_LEN] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(body);
        mac.update(list.as_bytes());
        let code: [u8; 32] = mac.finalize().into_bytes().into();
        let (tag, _) = code.split_first_chunk().expect("a code has 32 bytes");
        *tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> CursorKey {
        CursorKey::of(&Address::new_from_array([7; 32]))
    }

    #[test]
    fn a_cursor_opens_for_its_list_alone() {
        let cursor = key().seal("records?owner=A", b"place");
        assert_eq!(key().open("records?owner=A", &cursor).unwrap(), b"place");
        let refused = key().open("records?owner=B", &cursor).unwrap_err();
        assert_eq!(refused.code, ProblemCode::InvalidCursor);
        let other = CursorKey::of(&Address::new_from_array([8; 32]));
        assert!(other.open("records?owner=A", &cursor).is_err());
    }

    /// Each bit of a cursor counts, and every other text is refused as well.
    #[test]
    fn a_changed_or_made_up_cursor_is_refused() {
        let sealed = key().seal("records", b"place");
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&sealed).unwrap();
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            let changed = BASE64_URL_SAFE_NO_PAD.encode(changed);
            assert!(key().open("records", &changed).is_err(), "{index}");
        }
        for text in [
            "",
            "A",
            "AQ",
            "no cursor",
            &sealed[1..],
            &format!("{sealed}A"),
            "🦀",
        ] {
            assert!(key().open("records", text).is_err(), "{text}");
        }
    }
}
