//! Letters: what a participant writes to the sponsor of a study, sealed to the study's key (docs/PROTOCOL.md, section 12).
//! This module has the seal alone; the crate `generion-studies` has what a letter says.

use curve25519_dalek::{ristretto::RistrettoPoint, scalar::Scalar};
use hkdf::Hkdf;
use rand_core::CryptoRngCore;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use sha2::{Digest, Sha256, Sha512};
use solana_address::Address;
use zeroize::Zeroizing;

use crate::{
    keys::{EncryptionSecret, StudyKey, StudySecret},
    point::KeyPoint,
};

/// The lengths of a letter's plain text, in bytes. A shorter text is padded to the next one.
pub const PLAIN_LENGTHS: [usize; 3] = [256, 560, 688];

/// What a seal adds, in bytes: `R`, and a tag of 16 bytes.
pub const OVERHEAD: usize = 48;

/// The application that a letter belongs to. Nobody can use a letter in another application, or with another order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Address of the application. It follows from study and participant.
    pub application: Address,
    /// Address of the order that the application names.
    pub order: Address,
}

/// The plain text has none of the [`PLAIN_LENGTHS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a letter's text is padded to {PLAIN_LENGTHS:?} bytes, and has {0}")]
pub struct WrongLength(pub usize);

/// Why a letter can't be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// It has a length that no letter has. Holds its length in bytes.
    #[error("a letter has 304, 608 or 736 bytes, and not {0}")]
    Length(usize),
    /// It is sealed to another key, for another application or order, or damaged.
    #[error(
        "the letter can't be opened with the study's key: it is damaged, or written for another application"
    )]
    WrongKey,
}

/// Seals a letter's padded text. `participant` is a secret of the participant, which replaces the randomness where the
/// random generator fails; the letter says nothing about it. After a timeout a client sends the same letter again, and does
/// not seal the text anew.
///
/// # Errors
/// [`WrongLength`].
pub fn seal(
    plain: &[u8],
    envelope: &Envelope,
    key: &StudyKey,
    participant: &EncryptionSecret,
    rng: &mut impl CryptoRngCore,
) -> Result<Vec<u8>, WrongLength> {
    if !PLAIN_LENGTHS.contains(&plain.len()) {
        return Err(WrongLength(plain.len()));
    }
    let ephemeral = ephemeral(plain, envelope, key, participant, rng);
    let point = RistrettoPoint::mul_base(&ephemeral).compress().to_bytes();
    let shared = *ephemeral * key.point();
    let mut letter = point.to_vec();
    letter.extend_from_slice(plain);
    let tag = aead(&shared, &point, key, envelope)
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key([0; 12]),
            Aad::from(envelope.order.as_array()),
            &mut letter[32..],
        )
        .expect("688 bytes are within what ChaCha20-Poly1305 seals");
    letter.extend_from_slice(tag.as_ref());
    Ok(letter)
}

/// Opens a letter. Returns its padded text.
///
/// # Errors
/// [`LetterError`].
pub fn open(
    letter: &[u8],
    envelope: &Envelope,
    secret: &StudySecret,
) -> Result<Zeroizing<Vec<u8>>, LetterError> {
    let is_length = |plain: &usize| plain + OVERHEAD == letter.len();
    let (Some((point, sealed)), true) = (
        letter.split_first_chunk::<32>(),
        PLAIN_LENGTHS.iter().any(is_length),
    ) else {
        return Err(LetterError::Length(letter.len()));
    };
    let ephemeral = KeyPoint::decode(point).ok_or(LetterError::WrongKey)?;
    let shared = secret.scalar() * ephemeral.point();
    let mut text = Zeroizing::new(sealed.to_vec());
    let length = aead(&shared, point, &secret.public_key(), envelope)
        .open_in_place(
            Nonce::assume_unique_for_key([0; 12]),
            Aad::from(envelope.order.as_array()),
            &mut text,
        )
        .map_err(|_| LetterError::WrongKey)?
        .len();
    text.truncate(length);
    Ok(text)
}

/// `r`: HKDF-SHA512 extracts from a secret of the participant and 64 random bytes, and expands with what the letter says and
/// is for. So no `r` is used for two texts, not even with a random generator that repeats itself.
fn ephemeral(
    plain: &[u8],
    envelope: &Envelope,
    key: &StudyKey,
    participant: &EncryptionSecret,
    rng: &mut impl CryptoRngCore,
) -> Zeroizing<Scalar> {
    let mut ikm = Zeroizing::new([0; 96]);
    let (secret, random) = ikm.split_at_mut(32);
    secret.copy_from_slice(participant.to_bytes().as_ref());
    rng.fill_bytes(random);
    let mut wide = Zeroizing::new([0; 64]);
    Hkdf::<Sha512>::new(None, ikm.as_ref())
        .expand_multi_info(
            &[
                envelope.application.as_array(),
                &key.to_bytes(),
                &Sha256::digest(plain),
            ],
            wide.as_mut(),
        )
        .expect("64 bytes are within what HKDF-SHA512 gives");
    Zeroizing::new(Scalar::from_bytes_mod_order_wide(&wide))
}

/// The key of one letter, by which nothing else is sealed: so its nonce is zero.
fn aead(
    shared: &RistrettoPoint,
    point: &[u8; 32],
    key: &StudyKey,
    envelope: &Envelope,
) -> LessSafeKey {
    let ikm = Zeroizing::new(shared.compress().to_bytes());
    let mut bytes = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(b"generion/letter/v1"), ikm.as_ref())
        .expand_multi_info(
            &[point, &key.to_bytes(), envelope.application.as_array()],
            bytes.as_mut(),
        )
        .expect("32 bytes are within what HKDF-SHA256 gives");
    let key = UnboundKey::new(&CHACHA20_POLY1305, bytes.as_ref());
    LessSafeKey::new(key.expect("the key has 32 bytes"))
}
