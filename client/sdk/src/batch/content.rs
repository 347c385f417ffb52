//! Contents of documents: each is read once, without blocking, and identified by a digest that only the creator's wallet can
//! make.

use std::{
    fmt,
    fs::{self, File, FileType, OpenOptions},
    io::{self, Read},
    os::unix::fs::{FileTypeExt, OpenOptionsExt},
    path::Path,
    str::FromStr,
};

use generion_interface::Deployment;
use hkdf::{
    Hkdf,
    hmac::{Hmac, Mac},
};
use rustix::fs::OFlags;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Sha256;
use solana_signer::Signer;
use zeroize::Zeroizing;

use crate::error::ClientError;

/// The line that the key is derived from, beside the signature.
const SALT: &[u8] = b"generion/import-journal-key/v1";
/// A digest over this line identifies the key.
const CHECK: &[u8] = b"generion/import-journal-key/v1/check";

/// Makes digests of contents. The key is derived from the creator's wallet, so that a person who finds a journal can't find out
/// by trying which document a digest is of.
#[derive(Clone)]
pub struct ContentKey(Zeroizing<[u8; 32]>);

impl ContentKey {
    /// Has the wallet sign for it. Nothing is sent, and nothing but digests is kept.
    ///
    /// # Errors
    /// [`ClientError::Signer`] where the wallet doesn't sign; [`ClientError::Argument`] where it signs the same text
    /// differently each time.
    pub fn derive(
        deployment: &Deployment,
        wallet: &(dyn Signer + Sync),
    ) -> Result<Self, ClientError> {
        let Deployment {
            genesis,
            program_id,
        } = deployment;
        let line = format!(
            "Generion import journal key v1. WARNING: whoever has this signature can tell which documents you imported. \
             Sign only in the Generion app. genesis={genesis} program={program_id}"
        );
        let sign = || -> Result<Zeroizing<[u8; 64]>, ClientError> {
            Ok(Zeroizing::new(
                wallet.try_sign_message(line.as_bytes())?.into(),
            ))
        };
        let signature = sign()?;
        if signature != sign()? {
            return Err(ClientError::Argument(
                "this wallet signs the same text differently each time, so that it can't tell the documents of a batch apart"
                    .to_owned(),
            ));
        }
        let mut key = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(Some(SALT), signature.as_ref())
            .expand(&[], key.as_mut())
            .expect("32 bytes are within what HKDF-SHA256 gives");
        Ok(Self(key))
    }

    /// The identity of the key in a journal.
    pub(super) fn check(&self) -> ContentDigest {
        let mac = self.mac().chain_update(CHECK);
        ContentDigest(mac.finalize().into_bytes().into())
    }

    fn mac(&self) -> Hmac<Sha256> {
        Hmac::new_from_slice(self.0.as_ref()).expect("HMAC takes keys of any length")
    }
}

impl fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContentKey(..)")
    }
}

/// A document's content, identified by HMAC-SHA256 with a [`ContentKey`]; as text, 64 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentDigest([u8; 32]);

impl fmt::Display for ContentDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for ContentDigest {
    type Err = hex::FromHexError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(Self(bytes))
    }
}

impl Serialize for ContentDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ContentDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The result of reading a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    /// The content's digest.
    pub digest: ContentDigest,
    /// The content's size, in bytes.
    pub size: u64,
}

/// Digests the bytes that are read through it.
pub struct ContentReader<R> {
    reader: R,
    mac: Hmac<Sha256>,
    size: u64,
}

impl<R: Read> ContentReader<R> {
    /// Over a document from its beginning.
    pub fn new(key: &ContentKey, reader: R) -> Self {
        Self {
            reader,
            mac: key.mac(),
            size: 0,
        }
    }

    /// Reads to the end.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn finish(mut self) -> io::Result<Content> {
        io::copy(&mut self, &mut io::sink())?;
        Ok(Content {
            digest: ContentDigest(self.mac.finalize().into_bytes().into()),
            size: self.size,
        })
    }
}

impl<R: Read> Read for ContentReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.mac.update(&buffer[..count]);
        self.size += count as u64;
        Ok(count)
    }
}

/// Opens a regular file, through links. Other kinds are refused, and the error names the kind: opening a pipe could wait for
/// ever, and opening a device may cause an action.
///
/// # Errors
/// The system's, and that it is no regular file.
pub fn open_regular(path: &Path) -> io::Result<File> {
    require_regular(fs::metadata(path)?.file_type())?;
    // It may have become something else in between.
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path)?;
    require_regular(file.metadata()?.file_type())?;
    Ok(file)
}

/// Refuses everything but a regular file.
pub(super) fn require_regular(kind: FileType) -> io::Result<()> {
    if kind.is_file() {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "it is {}, not a file",
        kind_name(kind)
    )))
}

/// The kind of a file, as text.
fn kind_name(kind: FileType) -> &'static str {
    if kind.is_dir() {
        "a folder"
    } else if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else if kind.is_char_device() || kind.is_block_device() {
        "a device"
    } else {
        "something else"
    }
}
