//! A cache of small documents that were read recently from a folder. Reading such files costs more than their bytes.
//!
//! The cache never serves bytes that the folder would not serve: the blob's file is compared on each hit, and a document leaves
//! the cache when its metadata is overwritten.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use generion_interface::store::FileId;
use quick_cache::{Weighter, sync::Cache};

use super::{directory::FileVersion, metadata::PublishedFile};

/// The memory that an entry takes in addition to the bytes of the document, roughly.
const ENTRY_BYTES: u64 = 256;
/// The assumed size of a document, from which the initial capacity follows.
const TYPICAL_DOCUMENT_BYTES: u64 = 16 << 10;
const MAX_INITIAL_CAPACITY: usize = 1 << 16;

/// A document in the cache.
#[derive(Clone, Debug)]
pub struct CacheEntry {
    pub published: PublishedFile,
    pub bytes: Bytes,
    /// The version of the blob's file when it was read.
    pub version: FileVersion,
}

/// The cache. Clones share one cache.
#[derive(Clone, Debug)]
pub struct DocumentCache(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    entries: Cache<FileId, CacheEntry, ByteWeighter>,
    /// How often a document was invalidated.
    invalidations: AtomicU64,
}

#[derive(Clone, Debug)]
struct ByteWeighter;

impl Weighter<FileId, CacheEntry> for ByteWeighter {
    fn weight(&self, _: &FileId, entry: &CacheEntry) -> u64 {
        ENTRY_BYTES + entry.bytes.len() as u64
    }
}

/// Counts invalidations. A document that is read from the storage may be cached only if the generation has not changed
/// since the read began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generation(u64);

impl DocumentCache {
    /// A cache that takes `max_bytes` of memory at most.
    pub fn new(max_bytes: u64) -> Self {
        let documents = usize::try_from(max_bytes / TYPICAL_DOCUMENT_BYTES);
        let capacity = documents.map_or(MAX_INITIAL_CAPACITY, |count| {
            count.min(MAX_INITIAL_CAPACITY)
        });
        Self(Arc::new(Inner {
            entries: Cache::with_weighter(capacity, max_bytes, ByteWeighter),
            invalidations: AtomicU64::new(0),
        }))
    }

    pub fn get(&self, file: &FileId) -> Option<CacheEntry> {
        self.0.entries.get(file)
    }

    pub fn generation(&self) -> Generation {
        Generation(self.0.invalidations.load(Ordering::SeqCst))
    }

    /// Adds a document whose metadata was read after `read_at`.
    pub fn insert(&self, file: FileId, entry: CacheEntry, read_at: Generation) {
        self.0.entries.insert(file, entry);
        // Checked after the insertion: an invalidation before it had nothing to remove.
        if self.generation() != read_at {
            self.0.entries.remove(&file);
        }
    }

    /// Removes a document, and keeps reads that are in progress from adding it again.
    pub fn invalidate(&self, file: &FileId) {
        self.0.invalidations.fetch_add(1, Ordering::SeqCst);
        self.0.entries.remove(file);
    }
}
