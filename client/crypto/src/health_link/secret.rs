//! The key that lists and erases an owner's links, and the notes about them.

use ed25519_dalek::{Signer, SigningKey};
use generion_interface::store::{InvalidLinkNote, LinkNote};
use hkdf::Hkdf;
use rand_core::{CryptoRng, RngCore};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use solana_address::Address;
use thiserror::Error;
use zeroize::Zeroizing;

use super::payload::{HealthLink, Payload};
use crate::{
    jwe::{self, ContentKey},
    keys::EncryptionSecret,
};

const SALT: &[u8] = b"generion/link-key/v1";

/// Bytes of every note's plain text, so that a store does not learn the length of a label.
const NOTE_BYTES: usize = 768;

/// An owner's key for links, which follows from the encryption secret: each device that has that one has it too, and a store
/// learns nothing of the wallet.
pub struct LinkSecret {
    authority: SigningKey,
    note_key: ContentKey,
}

/// An owner's note about a link.
pub struct NotedLink {
    /// The link, which can be shown again.
    pub link: HealthLink,
    /// The record that was copied.
    pub record: Address,
}

/// A note can't be read, or can't be made.
#[derive(Debug, Error)]
pub enum LinkNoteError {
    /// The note was not made by this owner, or was changed.
    #[error("the note was not made with this owner's key")]
    NotOurs,
    /// The note is of another link: a store shows the wrong one.
    #[error("the note is about {found}, and was shown at another address")]
    OtherAddress {
        /// The address in the note.
        found: String,
    },
    /// The note would be too long.
    #[error("the note about the link would be too long")]
    TooLong,
    /// The text is not a note that a store can keep.
    #[error(transparent)]
    Invalid(#[from] InvalidLinkNote),
}

#[derive(Serialize, Deserialize)]
struct Note {
    link: Payload,
    record: String,
}

impl LinkSecret {
    /// Derives the key from a user's secret.
    pub fn derive(secret: &EncryptionSecret) -> Self {
        let mut wide = Zeroizing::new([0; 64]);
        Hkdf::<Sha256>::new(Some(SALT), secret.to_bytes().as_ref())
            .expand(&[], wide.as_mut())
            .expect("64 bytes are within what HKDF-SHA256 gives");
        let (mut seed, mut note_key) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
        seed.copy_from_slice(&wide[..32]);
        note_key.copy_from_slice(&wide[32..]);
        Self {
            authority: SigningKey::from_bytes(&seed),
            note_key: ContentKey::from_bytes(*note_key),
        }
    }

    /// The public key that erases and lists the links.
    pub fn authority(&self) -> Address {
        self.authority.verifying_key().to_bytes().into()
    }

    /// Signs a request to a store.
    pub fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.authority.sign(text).to_bytes()
    }

    /// Seals a note about a link.
    ///
    /// # Errors
    /// [`LinkNoteError::TooLong`]: not of a link that fits ([`HealthLink::require_fit`]).
    pub fn seal_note(
        &self,
        link: &HealthLink,
        record: &Address,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<LinkNote, LinkNoteError> {
        let note = Note {
            link: link.into(),
            record: record.to_string(),
        };
        let json = serde_json::to_vec(&note).expect("texts and numbers are JSON");
        let mut json = Zeroizing::new(json);
        if json.len() > NOTE_BYTES {
            return Err(LinkNoteError::TooLong);
        }
        json.resize(NOTE_BYTES, b' ');
        Ok(jwe::encrypt(&json, &self.note_key, None, rng).parse()?)
    }

    /// Opens the note that a store shows for the file at `url`.
    ///
    /// # Errors
    /// [`LinkNoteError::NotOurs`], [`LinkNoteError::OtherAddress`]: the store made the entry up, or moved it.
    pub fn open_note(&self, note: &LinkNote, url: &str) -> Result<NotedLink, LinkNoteError> {
        let opened = jwe::decrypt(note.as_str(), &self.note_key, NOTE_BYTES);
        let opened = opened.map_err(|_| LinkNoteError::NotOurs)?;
        let note: Note =
            serde_json::from_slice(&opened.plaintext).map_err(|_| LinkNoteError::NotOurs)?;
        let link = HealthLink::try_from(note.link).map_err(|_| LinkNoteError::NotOurs)?;
        let record = note.record.parse().map_err(|_| LinkNoteError::NotOurs)?;
        match link.url == url {
            true => Ok(NotedLink { link, record }),
            false => Err(LinkNoteError::OtherAddress { found: link.url }),
        }
    }
}

#[cfg(test)]
mod tests {
    use rand_core::OsRng;

    use super::*;

    const URL: &str = "https://store.example/v1/links/1790000000/00";

    fn secret(byte: u8) -> LinkSecret {
        let mut bytes = [0; 32];
        bytes[0] = byte;
        LinkSecret::derive(&EncryptionSecret::from_bytes(&bytes).unwrap())
    }

    fn link(label: &str) -> HealthLink {
        HealthLink {
            url: URL.to_owned(),
            key: ContentKey::from_bytes([7; 32]),
            expiry: Some(1_790_000_000),
            label: Some(label.to_owned()),
        }
    }

    #[test]
    fn a_note_opens_for_its_owner_and_its_address_alone() {
        let record = Address::new_from_array([9; 32]);
        let note = secret(1).seal_note(&link("Blood test"), &record, &mut OsRng);
        let note = note.unwrap();
        let opened = secret(1).open_note(&note, URL).unwrap();
        assert_eq!(*opened.link.payload(), *link("Blood test").payload());
        assert_eq!(opened.record, record);
        assert!(matches!(
            secret(2).open_note(&note, URL),
            Err(LinkNoteError::NotOurs)
        ));
        for elsewhere in [
            URL.replace("1790000000", "1790000001"),
            URL.replace("store.example", "other.example"),
        ] {
            let error = secret(1).open_note(&note, &elsewhere).err().unwrap();
            assert!(matches!(error, LinkNoteError::OtherAddress { found } if found == URL));
        }
        // A recipient of the link can make this with the link's own key.
        let forged = jwe::encrypt(b"{}", &link("").key, None, &mut OsRng);
        let forged = secret(1).open_note(&forged.parse().unwrap(), URL);
        assert!(matches!(forged, Err(LinkNoteError::NotOurs)));
    }

    /// The key and a note, made by other libraries for HKDF, Ed25519 and JWE (Python's cryptography and jwcrypto).
    #[test]
    fn another_implementation_s_note_opens() {
        assert_eq!(
            secret(1).authority().to_string(),
            "DJ3frBEnccAm97r4CJeiaxAmVPyAmk1FzEj2oa73PdAw"
        );
        let note: LinkNote = include_str!("note.jwe").trim_end().parse().unwrap();
        let opened = secret(1).open_note(&note, URL).unwrap();
        assert_eq!(*opened.link.payload(), *link("Blood test").payload());
        assert_eq!(opened.record, Address::default());
        let own = secret(1).seal_note(&link("a"), &opened.record, &mut OsRng);
        assert_eq!(own.unwrap().as_str().len(), note.as_str().len());
    }

    #[test]
    fn the_longest_note_fits_and_all_have_one_length() {
        let record = Address::new_from_array([255; 32]);
        let longest = HealthLink {
            url: "u".repeat(128),
            label: Some("\"".repeat(80)),
            expiry: Some(u64::MAX),
            ..link("")
        };
        longest.require_fit().unwrap();
        let wide = HealthLink {
            label: Some("ऊ".repeat(80)),
            ..longest.clone()
        };
        wide.require_fit().unwrap();
        let lengths = [longest, wide, link("a")].map(|link| {
            let note = secret(1).seal_note(&link, &record, &mut OsRng).unwrap();
            let opened = secret(1).open_note(&note, &link.url).unwrap();
            assert_eq!(opened.link.label, link.label);
            note.as_str().len()
        });
        assert_eq!(lengths, [lengths[0]; 3]);
        let long = link(&"a".repeat(600));
        assert!(matches!(
            secret(1).seal_note(&long, &record, &mut OsRng),
            Err(LinkNoteError::TooLong)
        ));
    }

    #[test]
    fn a_signature_is_the_authority_s() {
        let (secret, text) = (secret(1), b"generion store v1\n");
        let key = ed25519_dalek::VerifyingKey::from_bytes(secret.authority().as_array()).unwrap();
        key.verify_strict(text, &secret.sign(text).into()).unwrap();
    }
}
