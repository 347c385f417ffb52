//! Small documents that were read lately, kept in memory: of these the files cost more than the bytes.
//!
//! Nobody is served what the folder would not serve: the blob's file is looked at each time, and a document is forgotten
//! when its record is written over.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use generion_interface::store::DocumentId;
use quick_cache::{Weighter, sync::Cache};

use super::{documents::Published, read::Version};

/// Memory that a document takes beside its bytes, about.
const ENTRY_BYTES: u64 = 256;
/// A guess that decides how much room for entries there is at first, within reason.
const USUAL_BYTES: u64 = 16 << 10;
const MAX_USUAL: usize = 1 << 16;

/// A document that was read.
#[derive(Clone, Debug)]
pub struct Entry {
    pub published: Published,
    pub bytes: Bytes,
    /// Of the blob's file when it was read.
    pub version: Version,
}

/// The documents. Copies share them.
#[derive(Clone, Debug)]
pub struct Recent(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    entries: Cache<DocumentId, Entry, Bytewise>,
    /// How often something was forgotten.
    forgotten: AtomicU64,
}

#[derive(Clone, Debug)]
struct Bytewise;

impl Weighter<DocumentId, Entry> for Bytewise {
    fn weight(&self, _: &DocumentId, entry: &Entry) -> u64 {
        ENTRY_BYTES + entry.bytes.len() as u64
    }
}

/// A moment: what is read of the storage after it may be remembered, unless something was forgotten since.
#[derive(Clone, Copy, Debug)]
pub struct Moment(u64);

impl Recent {
    /// As many as fit.
    pub fn new(max_bytes: u64) -> Self {
        let usual = usize::try_from(max_bytes / USUAL_BYTES).unwrap_or(MAX_USUAL);
        let usual = usual.min(MAX_USUAL);
        Self(Arc::new(Inner {
            entries: Cache::with_weighter(usual, max_bytes, Bytewise),
            forgotten: AtomicU64::new(0),
        }))
    }

    pub fn get(&self, document: &DocumentId) -> Option<Entry> {
        self.0.entries.get(document)
    }

    pub fn now(&self) -> Moment {
        Moment(self.0.forgotten.load(Ordering::SeqCst))
    }

    /// Remembers a document whose record was read after `read`.
    pub fn remember(&self, document: DocumentId, entry: Entry, read: Moment) {
        self.0.entries.insert(document, entry);
        // Otherwise who forgot it may have done so before it was there.
        if self.now().0 != read.0 {
            self.0.entries.remove(&document);
        }
    }

    /// Forgets a document, and what is being read of it.
    pub fn forget(&self, document: &DocumentId) {
        self.0.forgotten.fetch_add(1, Ordering::SeqCst);
        self.0.entries.remove(document);
    }
}
