//! Keys that are derived from the file key of an age v1 file.

use age_core::{format::FileKey, secrecy::ExposeSecret};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// HKDF-SHA-256 of the file key.
pub fn derive(salt: &[u8], info: &[u8], file_key: &FileKey) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(salt), file_key.expose_secret())
        .expand(info, key.as_mut())
        .expect("32 bytes are no more than HKDF gives");
    key
}
