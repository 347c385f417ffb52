//! Files and notes of health links: JSON Web Encryption in its compact form (RFC 7516), with the two algorithms that health
//! links use: `dir`, a key that both sides have, and `A256GCM` (RFC 7518, sections 4.5 and 5.3).

use std::io::Read;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::read::DeflateDecoder;
use rand_core::{CryptoRng, RngCore};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::Deserialize;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const TAG_BYTES: usize = 16;

/// A key of 256 bits for A256GCM. It is wiped when it is dropped, and can't be printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct ContentKey([u8; 32]);

impl ContentKey {
    /// A fresh key.
    pub fn random(rng: &mut (impl RngCore + CryptoRng)) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The key with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 43 characters of base64url. `None` if they are not exactly 32 bytes.
    pub fn from_base64url(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        bytes.as_slice().try_into().ok().map(Self)
    }

    /// The key as 43 characters of base64url.
    pub fn to_base64url(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0))
    }

    fn cipher(&self) -> LessSafeKey {
        let key = UnboundKey::new(&AES_256_GCM, &self.0);
        LessSafeKey::new(key.expect("A256GCM has keys of 32 bytes"))
    }
}

/// The contents of a JWE.
pub struct Decrypted {
    /// The media type of the plain text, if the header has one (`cty`).
    pub content_type: Option<String>,
    /// The plain text.
    pub plaintext: Zeroizing<Vec<u8>>,
}

/// A JWE can't be read. A new variant is a breaking change.
#[derive(Debug, Error)]
pub enum JweError {
    /// The text is not five parts of base64url with a header in JSON.
    #[error("it is not a JWE in compact form")]
    Malformed,
    /// The JWE is encrypted in a way that health links don't use.
    #[error("its header asks for {0}, which health links don't use")]
    Unsupported(String),
    /// The JWE was not encrypted with this key, or was changed since.
    #[error("its key does not open it: it was encrypted with another key, or changed since")]
    WrongKey,
    /// The plain text is too large, or can't be decompressed.
    #[error("its plain text is larger than {max} bytes, or is not compressed as its header says")]
    TooLarge {
        /// The largest plain text, in bytes.
        max: usize,
    },
}

/// Encrypts a plain text under a fresh initialization vector. `content_type` becomes the header `cty`; it must be a media type.
pub fn encrypt(
    plaintext: &[u8],
    key: &ContentKey,
    content_type: Option<&str>,
    rng: &mut (impl RngCore + CryptoRng),
) -> String {
    let header = match content_type {
        None => r#"{"alg":"dir","enc":"A256GCM"}"#.to_owned(),
        Some(content_type) => {
            let content_type = serde_json::Value::from(content_type);
            format!(r#"{{"alg":"dir","enc":"A256GCM","cty":{content_type}}}"#)
        }
    };
    let mut iv = [0; NONCE_LEN];
    rng.fill_bytes(&mut iv);
    seal(&URL_SAFE_NO_PAD.encode(header), iv, plaintext, key)
}

/// The five parts. `header` is encoded already, and authenticated as it stands.
fn seal(header: &str, iv: [u8; NONCE_LEN], plaintext: &[u8], key: &ContentKey) -> String {
    let mut sealed = Zeroizing::new(Vec::with_capacity(plaintext.len() + TAG_BYTES));
    sealed.extend_from_slice(plaintext);
    let nonce = Nonce::assume_unique_for_key(iv);
    let tag = key
        .cipher()
        .seal_in_place_separate_tag(nonce, Aad::from(header.as_bytes()), &mut sealed)
        .expect("A256GCM takes any plain text that is in memory");
    let mut jwe = String::with_capacity(header.len() + sealed.len() * 4 / 3 + 64);
    jwe.push_str(header);
    jwe.push_str("..");
    URL_SAFE_NO_PAD.encode_string(iv, &mut jwe);
    jwe.push('.');
    URL_SAFE_NO_PAD.encode_string(&*sealed, &mut jwe);
    jwe.push('.');
    URL_SAFE_NO_PAD.encode_string(tag, &mut jwe);
    jwe
}

/// The header, as far as it matters. Other names are ignored, as RFC 7516 says, unless `crit` has them.
#[derive(Deserialize)]
struct Header {
    alg: String,
    enc: String,
    zip: Option<String>,
    cty: Option<String>,
    crit: Option<serde_json::Value>,
}

/// Decrypts a JWE whose plain text has at most `max` bytes.
///
/// # Errors
/// [`JweError`].
pub fn decrypt(jwe: &str, key: &ContentKey, max: usize) -> Result<Decrypted, JweError> {
    let mut parts = jwe.split('.');
    let mut part = || parts.next().ok_or(JweError::Malformed);
    let (header, encrypted_key, iv, ciphertext, tag) =
        (part()?, part()?, part()?, part()?, part()?);
    if parts.next().is_some() {
        return Err(JweError::Malformed);
    }
    let decode = |text: &str| {
        URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| JweError::Malformed)
    };
    let aad = Aad::from(header.as_bytes());
    let header: Header =
        serde_json::from_slice(&decode(header)?).map_err(|_| JweError::Malformed)?;
    let Header {
        alg,
        enc,
        zip,
        cty: content_type,
        crit,
    } = header;
    if alg != "dir" || enc != "A256GCM" {
        return Err(JweError::Unsupported(format!(
            "alg {alg:?} and enc {enc:?}"
        )));
    }
    if crit.is_some() {
        return Err(JweError::Unsupported("an extension (crit)".to_owned()));
    }
    let is_compressed = match zip.as_deref() {
        None => false,
        Some("DEF") => true,
        Some(zip) => return Err(JweError::Unsupported(format!("zip {zip:?}"))),
    };
    if !encrypted_key.is_empty() {
        return Err(JweError::Malformed);
    }
    let iv: [u8; NONCE_LEN] = decode(iv)?.try_into().map_err(|_| JweError::Malformed)?;
    let mut sealed = Zeroizing::new(decode(ciphertext)?);
    let tag = decode(tag)?;
    if tag.len() != TAG_BYTES {
        return Err(JweError::Malformed);
    }
    sealed.extend_from_slice(&tag);
    let nonce = Nonce::assume_unique_for_key(iv);
    let opened = key.cipher().open_in_place(nonce, aad, &mut sealed);
    let length = opened.map_err(|_| JweError::WrongKey)?.len();
    sealed.truncate(length);
    let plaintext = match is_compressed {
        true => inflate(&sealed, max)?,
        false => sealed,
    };
    match plaintext.len() <= max {
        true => Ok(Decrypted {
            content_type,
            plaintext,
        }),
        false => Err(JweError::TooLarge { max }),
    }
}

/// Decompresses at most `max` bytes and one more.
fn inflate(compressed: &[u8], max: usize) -> Result<Zeroizing<Vec<u8>>, JweError> {
    let mut plaintext = Zeroizing::new(Vec::new());
    let limit = (max as u64).saturating_add(1);
    DeflateDecoder::new(compressed)
        .take(limit)
        .read_to_end(&mut plaintext)
        .map_err(|_| JweError::TooLarge { max })?;
    Ok(plaintext)
}

#[cfg(test)]
mod tests;
