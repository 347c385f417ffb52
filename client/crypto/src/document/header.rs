//! The header of an age v1 file. The terms are those of the C2SP age specification.

use std::{cell::RefCell, io::Read};

use age::{DecryptError, Identity, Recipient, x25519};
use age_core::{
    format::{FileKey, Stanza},
    secrecy::ExposeSecret,
};
use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use hkdf::hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::document::{
    error::DocumentError,
    file_key::derive,
    limits::{MAX_HEADER_BYTES, MAX_STANZAS},
};

/// Length of the payload's nonce, which follows the header, in bytes.
pub const NONCE_BYTES: usize = 16;

/// The number of characters in a line of a stanza's body. A shorter line is the last one.
const BODY_COLUMNS: usize = 64;
/// The number of bytes that are read at a time until the header ends.
const READ_BYTES: usize = 1024;

/// Makes a header: the version, one stanza that wraps the file key, and the header's MAC.
pub fn write(file_key: &FileKey, recipient: &x25519::Recipient) -> Result<Vec<u8>, DocumentError> {
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
    // The last line is the one that is not full, even if it is empty.
    header.extend_from_slice(lines.remainder());
    header.push(b'\n');
}

/// The beginning of a file: header and nonce, and the part of the payload that was read with them.
pub struct Head {
    /// Header and nonce.
    head: Vec<u8>,
    /// The first bytes of the payload.
    pub payload: Vec<u8>,
}

impl Head {
    /// Reads header and nonce. The cost is limited by [`MAX_HEADER_BYTES`], whatever follows.
    pub fn read(source: &mut impl Read) -> Result<Self, DocumentError> {
        let mut bytes = Vec::new();
        let mut scan = Scan::default();
        let end = loop {
            if let Some(end) = scan.end(&bytes)? {
                break end + NONCE_BYTES;
            }
            read(source, &mut bytes)?;
        };
        while bytes.len() < end {
            read(source, &mut bytes)?;
        }
        let payload = bytes.split_off(end);
        Ok(Self {
            head: bytes,
            payload,
        })
    }

    /// Checks the header and unwraps the key of the payload.
    pub fn open(&self, identity: &x25519::Identity) -> Result<Zeroizing<[u8; 32]>, DocumentError> {
        let identity = Listening {
            identity,
            file_key: RefCell::new(None),
        };
        // Without a buffer, age would parse the header again for each of its bytes.
        age::Decryptor::new_buffered(&self.head[..])
            .and_then(|header| header.decrypt(core::iter::once(&identity as &dyn Identity)))
            .map_err(|error| match error {
                DecryptError::NoMatchingKeys => DocumentError::WrongKey,
                DecryptError::Io(error) => DocumentError::of_age(error),
                _ => DocumentError::Damaged,
            })?;
        let nonce = &self.head[self.head.len() - NONCE_BYTES..];
        let file_key = identity.file_key.into_inner();
        Ok(derive(
            nonce,
            b"payload",
            &file_key.expect("a header is decrypted with its file key"),
        ))
    }
}

/// Reads a few more bytes. There must be at least one.
fn read(source: &mut impl Read, bytes: &mut Vec<u8>) -> Result<(), DocumentError> {
    match source.take(READ_BYTES as u64).read_to_end(bytes)? {
        0 => Err(DocumentError::Damaged),
        _ => Ok(()),
    }
}

/// Searches for the end of a header, looking at each line once.
#[derive(Default)]
struct Scan {
    /// The beginning of the first line that was not looked at.
    line: usize,
    stanzas: usize,
    /// Whether the body of a stanza has not ended yet. The `age` crate accepts bodies without their last line, which
    /// its first versions wrote; the specification and other readers don't.
    is_in_body: bool,
}

impl Scan {
    /// The position at which the header ends, if these bytes contain its end. A line that begins with `---` is the last
    /// one, because the other lines begin with `-> ` or are base64.
    fn end(&mut self, bytes: &[u8]) -> Result<Option<usize>, DocumentError> {
        while let Some(length) = bytes[self.line..].iter().position(|byte| *byte == b'\n') {
            let line = &bytes[self.line..][..length];
            self.line += length + 1;
            if self.line > MAX_HEADER_BYTES {
                break;
            }
            let (is_stanza, is_end) = (line.starts_with(b"->"), line.starts_with(b"---"));
            if self.is_in_body && (is_stanza || is_end) {
                return Err(DocumentError::Damaged);
            }
            if is_end {
                return Ok(Some(self.line));
            }
            self.is_in_body = is_stanza || self.is_in_body && line.len() >= BODY_COLUMNS;
            self.stanzas += usize::from(is_stanza);
            if self.stanzas > MAX_STANZAS {
                return Err(DocumentError::HeaderTooLong);
            }
        }
        match bytes.len() > MAX_HEADER_BYTES {
            true => Err(DocumentError::HeaderTooLong),
            false => Ok(None),
        }
    }
}

/// An identity that keeps the file key, which age itself does not return.
struct Listening<'a> {
    identity: &'a x25519::Identity,
    file_key: RefCell<Option<FileKey>>,
}

impl Identity for Listening<'_> {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        let unwrapped = self.identity.unwrap_stanza(stanza)?;
        if let Ok(file_key) = &unwrapped {
            let kept = FileKey::init_with_mut(|bytes: &mut [u8; 16]| {
                bytes.copy_from_slice(file_key.expose_secret());
            });
            self.file_key.replace(Some(kept));
        }
        Some(unwrapped)
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
