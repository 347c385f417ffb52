//! Writes age v1 files. The terms are those of the C2SP age specification.

use std::io::{self, Read, Write};

use age::{Recipient, x25519};
use age_core::{
    format::{FILE_KEY_BYTES, FileKey, Stanza},
    secrecy::ExposeSecret,
};
use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use hkdf::{
    Hkdf,
    hmac::{Hmac, Mac},
};
use rand_core::{OsRng, RngCore};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{CiphertextDigest, DocumentError, hash::Hash};

/// Plain bytes of a chunk; the last one may have fewer.
const CHUNK_BYTES: usize = 64 * 1024;
/// What each chunk is longer when it is sealed.
const TAG_BYTES: usize = 16;
/// Characters in a line of a stanza's body; a line with fewer is the last.
const BODY_COLUMNS: usize = 64;

/// Encrypts `plaintext` to the recipient.
pub fn seal(
    mut plaintext: impl Read,
    mut ciphertext: impl Write,
    recipient: &x25519::Recipient,
) -> Result<CiphertextDigest, DocumentError> {
    let file_key = FileKey::init_with_mut(|bytes: &mut [u8; FILE_KEY_BYTES]| {
        OsRng.fill_bytes(bytes);
    });
    let mut head = header(&file_key, recipient)?;
    let mut nonce = [0; 16];
    OsRng.fill_bytes(&mut nonce);
    head.extend_from_slice(&nonce);
    ciphertext.write_all(&head)?;

    let mut hash = Hash::new();
    hash.header(&head);
    let mut size = head.len() as u64;
    let mut stream = Stream::new(derive(&nonce, b"payload", &file_key).as_ref());
    let mut chunk = buffer();
    read_chunk(&mut plaintext, &mut chunk)?;
    let mut next = buffer();
    loop {
        // Whether a full chunk is the last one, the next one tells.
        match chunk.len() {
            CHUNK_BYTES => read_chunk(&mut plaintext, &mut next)?,
            _ => next.clear(),
        }
        let is_last = next.is_empty();
        stream.seal(&mut chunk, is_last);
        ciphertext.write_all(&chunk)?;
        size += chunk.len() as u64;
        if is_last {
            ciphertext.flush()?;
            let sha256 = hash.finish(&chunk);
            return Ok(CiphertextDigest { sha256, size });
        }
        chunk = std::mem::replace(&mut next, hash.update(chunk));
    }
}

fn buffer() -> Vec<u8> {
    Vec::with_capacity(CHUNK_BYTES + TAG_BYTES)
}

/// Fills the buffer with the next chunk; less of it at the end, and nothing behind it.
fn read_chunk(plaintext: &mut impl Read, chunk: &mut Vec<u8>) -> io::Result<()> {
    chunk.clear();
    // A buffer that was handed out anew has its room already.
    chunk.reserve_exact(CHUNK_BYTES + TAG_BYTES);
    plaintext
        .by_ref()
        .take(CHUNK_BYTES as u64)
        .read_to_end(chunk)
        .map(drop)
}

/// The header: version, one stanza that wraps the file key, and the header's MAC.
fn header(file_key: &FileKey, recipient: &x25519::Recipient) -> Result<Vec<u8>, DocumentError> {
    let (stanzas, _) = recipient
        .wrap_file_key(file_key)
        .map_err(|_| DocumentError::UnusableKey)?;
    let mut header = b"age-encryption.org/v1\n".to_vec();
    for stanza in &stanzas {
        write_stanza(&mut header, stanza);
    }
    header.extend_from_slice(b"---");
    let key = derive(b"", b"header", file_key);
    let mac = Hmac::<Sha256>::new_from_slice(key.as_ref())
        .expect("HMAC takes keys of any length")
        .chain_update(&header)
        .finalize();
    let mac = BASE64_STANDARD_NO_PAD.encode(mac.into_bytes());
    header.extend_from_slice(format!(" {mac}\n").as_bytes());
    Ok(header)
}

fn write_stanza(header: &mut Vec<u8>, Stanza { tag, args, body }: &Stanza) {
    header.extend_from_slice(format!("-> {tag}").as_bytes());
    for argument in args {
        header.extend_from_slice(format!(" {argument}").as_bytes());
    }
    header.push(b'\n');
    let body = BASE64_STANDARD_NO_PAD.encode(body);
    let mut lines = body.as_bytes().chunks_exact(BODY_COLUMNS);
    for line in lines.by_ref() {
        header.extend_from_slice(line);
        header.push(b'\n');
    }
    // The last line is the one that is not full, even if that makes it empty.
    header.extend_from_slice(lines.remainder());
    header.push(b'\n');
}

/// HKDF-SHA-256 of the file key.
fn derive(salt: &[u8], info: &[u8], file_key: &FileKey) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(salt), file_key.expose_secret())
        .expand(info, key.as_mut())
        .expect("32 bytes are no more than HKDF gives");
    key
}

/// STREAM with ChaCha20-Poly1305: each chunk under its number, and the last one marked as such.
struct Stream {
    key: LessSafeKey,
    /// Of the next chunk. The specification has 11 bytes for it; so many bytes nobody encrypts.
    counter: u64,
}

impl Stream {
    fn new(key: &[u8]) -> Self {
        let key = UnboundKey::new(&CHACHA20_POLY1305, key).expect("the key has 32 bytes");
        Self {
            key: LessSafeKey::new(key),
            counter: 0,
        }
    }

    /// Seals the chunk in place, and adds its tag.
    fn seal(&mut self, chunk: &mut Vec<u8>, is_last: bool) {
        let mut nonce = [0; 12];
        nonce[3..11].copy_from_slice(&self.counter.to_be_bytes());
        nonce[11] = u8::from(is_last);
        self.counter += 1;
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.key
            .seal_in_place_append_tag(nonce, Aad::empty(), chunk)
            .expect("a chunk is shorter than what may be sealed under one nonce");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_of_a_stanza_is_never_full() {
        let full = "A".repeat(64);
        for (bytes, lines) in [
            (0, String::from("\n")),
            (32, format!("{}\n", "A".repeat(43))),
            (48, format!("{full}\n\n")),
            (49, format!("{full}\nAA\n")),
            (96, format!("{full}\n{full}\n\n")),
        ] {
            let stanza = Stanza {
                tag: "X25519".to_owned(),
                args: vec!["one".to_owned(), "two".to_owned()],
                body: vec![0; bytes],
            };
            let mut header = Vec::new();
            write_stanza(&mut header, &stanza);
            let expected = format!("-> X25519 one two\n{lines}");
            assert_eq!(String::from_utf8(header).unwrap(), expected, "{bytes}");
        }
    }
}
