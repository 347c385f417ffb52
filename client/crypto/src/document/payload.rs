//! The payload of an age v1 file: STREAM with ChaCha20-Poly1305, in chunks that are sealed and opened independently.
//! The names are those of the C2SP age specification.

use std::io::{self, Read, Write};

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};

use crate::document::error::DocumentError;

/// Plain bytes of a chunk. The last chunk may have fewer.
const CHUNK_BYTES: usize = 64 * 1024;
/// The number of bytes by which a sealed chunk is longer.
const TAG_BYTES: usize = 16;
/// Bytes of a sealed chunk.
const SEALED_BYTES: usize = CHUNK_BYTES + TAG_BYTES;
/// The number of chunks that one thread works on at a time.
const BLOCK_CHUNKS: usize = 4;
/// Bytes of a block: its chunks, each with its tag or with room for it.
const BLOCK_BYTES: usize = BLOCK_CHUNKS * SEALED_BYTES;

/// The key of the payload.
pub struct PayloadKey(LessSafeKey);

impl PayloadKey {
    pub fn new(key: &[u8; 32]) -> Self {
        let key = UnboundKey::new(&CHACHA20_POLY1305, key).expect("the key has 32 bytes");
        Self(LessSafeKey::new(key))
    }

    /// Seals the chunks of a block in place.
    pub fn seal(&self, block: &mut Block) {
        for (nonce, chunk) in block.chunks() {
            let (plain, tag) = chunk.split_at_mut(chunk.len() - TAG_BYTES);
            let sealed = self
                .0
                .seal_in_place_separate_tag(nonce, Aad::empty(), plain)
                .expect("a chunk is shorter than what may be sealed under one nonce");
            tag.copy_from_slice(sealed.as_ref());
        }
    }

    /// Opens the chunks of a block in place, up to the first one that is not authentic.
    pub fn open(&self, block: &mut Block) {
        let mut authentic = 0;
        for (nonce, chunk) in block.chunks() {
            if self.0.open_in_place(nonce, Aad::empty(), chunk).is_err() {
                break;
            }
            authentic += 1;
        }
        block.authentic = authentic;
    }
}

/// A block: consecutive chunks of a payload.
#[derive(Default)]
pub struct Block {
    bytes: Vec<u8>,
    /// The number of the block's first chunk. The specification has 11 bytes for it, but nobody encrypts that many
    /// chunks.
    first: u64,
    /// Whether this is the last block.
    is_last: bool,
    /// The number of authentic chunks, after the block was opened.
    authentic: usize,
}

impl Block {
    /// The chunks with their tags, each with its nonce, which consists of the chunk's number and whether it is the last
    /// one.
    fn chunks(&mut self) -> impl Iterator<Item = (Nonce, &mut [u8])> {
        let (first, is_last) = (self.first, self.is_last);
        let count = self.count();
        let numbered = (0..).zip(self.bytes.chunks_mut(SEALED_BYTES));
        numbered.map(move |(index, chunk)| {
            let mut nonce = [0; 12];
            nonce[3..11].copy_from_slice(&(first + index as u64).to_be_bytes());
            nonce[11] = u8::from(is_last && index + 1 == count);
            (Nonce::assume_unique_for_key(nonce), chunk)
        })
    }

    fn count(&self) -> usize {
        self.bytes.len().div_ceil(SEALED_BYTES)
    }

    /// The sealed bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Writes the plain bytes of the authentic chunks. Returns their number if all chunks are authentic.
    pub fn write_plain(&self, mut to: impl Write) -> Result<u64, DocumentError> {
        let mut size = 0;
        for chunk in self.bytes.chunks(SEALED_BYTES).take(self.authentic) {
            let plain = &chunk[..chunk.len() - TAG_BYTES];
            // Only the first chunk of a payload may be empty.
            if plain.is_empty() && (self.first, self.count()) != (0, 1) {
                return Err(DocumentError::Damaged);
            }
            to.write_all(plain)?;
            size += plain.len() as u64;
        }
        // A payload without a chunk was cut off.
        match self.authentic {
            1.. if self.authentic == self.count() => Ok(size),
            _ => Err(DocumentError::Damaged),
        }
    }
}

/// Appends the chunks of a block to its bytes: fewer chunks at the end of the payload, and none after it.
type Fill<R> = fn(&mut R, &mut Vec<u8>) -> io::Result<()>;

/// Reads the blocks of a payload.
pub struct Blocks<R> {
    source: R,
    fill: Fill<R>,
    /// The block after the current one: only it shows whether a full block is the last one.
    ahead: Vec<u8>,
    /// The number of its first chunk.
    first: u64,
    ended: bool,
}

impl<R: Read> Blocks<R> {
    fn new(mut source: R, fill: Fill<R>) -> io::Result<Self> {
        let mut ahead = Vec::new();
        fill(&mut source, &mut ahead)?;
        Ok(Self {
            source,
            fill,
            ahead,
            first: 0,
            ended: false,
        })
    }

    /// The next block, or `None` at the end. `free` is a buffer that can be used again.
    pub fn next(&mut self, mut free: Vec<u8>) -> io::Result<Option<Block>> {
        if self.ended {
            return Ok(None);
        }
        free.clear();
        if self.ahead.len() == BLOCK_BYTES {
            free.reserve_exact(BLOCK_BYTES);
            (self.fill)(&mut self.source, &mut free)?;
        }
        self.ended = free.is_empty();
        let block = Block {
            bytes: core::mem::replace(&mut self.ahead, free),
            first: self.first,
            is_last: self.ended,
            authentic: 0,
        };
        self.first += BLOCK_CHUNKS as u64;
        Ok(Some(block))
    }
}

/// The blocks to seal, from plain bytes.
pub fn plain<R: Read>(source: R) -> io::Result<Blocks<R>> {
    let mut blocks = Blocks::new(source, |source, bytes| {
        for _ in 0..BLOCK_CHUNKS {
            let chunk = source.by_ref().take(CHUNK_BYTES as u64);
            let count = { chunk }.read_to_end(bytes)?;
            if count > 0 {
                bytes.extend_from_slice(&[0; TAG_BYTES]);
            }
            if count < CHUNK_BYTES {
                break;
            }
        }
        Ok(())
    })?;
    // Only this chunk may be empty.
    if blocks.ahead.is_empty() {
        blocks.ahead.extend_from_slice(&[0; TAG_BYTES]);
    }
    Ok(blocks)
}

/// The blocks to open, from sealed bytes.
pub fn sealed<R: Read>(source: R) -> io::Result<Blocks<R>> {
    Blocks::new(source, |source, bytes| {
        let block = source.by_ref().take(BLOCK_BYTES as u64);
        { block }.read_to_end(bytes).map(drop)
    })
}
