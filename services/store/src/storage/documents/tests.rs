//! Crashes between any two writes, reproduced by doing only the writes before the crash; and the cache.

use std::{ops::Range, time::Duration};

use bytes::Bytes;
use futures::TryStreamExt;
use generion_interface::store::DocumentId;
use solana_address::Address;

use super::{DocumentBytes, Documents, Found, ReadableDocument};
use crate::storage::{
    cache::DocumentCache,
    error::StorageError,
    key::{BlobId, Change, StorageKey},
    location::StorageLocation,
    metadata::{Metadata, PublishedFile},
    objects::Objects,
    upload::{Upload, UploadBounds, UploadOutcome},
    usage::{Usage, UsageCounter},
};

/// Longer than what is held back before anything is written.
const LENGTH: usize = 6 << 20;
const BOUNDS: UploadBounds = UploadBounds {
    max_bytes: 1 << 30,
    lifetime: Duration::from_secs(3600),
};

struct Fixture {
    folder: tempfile::TempDir,
    content: Bytes,
    document: DocumentId,
    key: Address,
}

impl Fixture {
    fn new() -> Self {
        Self::with(LENGTH)
    }

    fn with(length: usize) -> Self {
        let content = Bytes::from(vec![7; length]);
        Self {
            folder: tempfile::tempdir().unwrap(),
            document: DocumentId::of(&content),
            content,
            key: Address::new_from_array([1; 32]),
        }
    }

    /// The findings of a store when it starts.
    async fn open(&self) -> Documents {
        self.open_with(BOUNDS).await
    }

    async fn open_with(&self, bounds: UploadBounds) -> Documents {
        let location = StorageLocation::Folder(self.folder.path().into());
        let backend = Objects::open(&location).await.unwrap();
        Documents::open(backend, bounds, DocumentCache::new(1 << 20))
            .await
            .unwrap()
    }

    async fn upload(&self, documents: &Documents) -> Upload {
        let mut upload = documents
            .begin_upload(self.document, self.key)
            .await
            .unwrap();
        let mut hashing = Duration::ZERO;
        let half = self.content.len() / 2;
        for piece in [self.content.slice(..half), self.content.slice(half..)] {
            upload.write(piece, &mut hashing).await.unwrap();
        }
        upload
    }

    async fn readable(&self, documents: &Documents) -> ReadableDocument {
        match documents.find(self.document).await.unwrap() {
            Some(Found::Readable(readable)) => readable,
            _ => panic!("it is not there"),
        }
    }

    /// Its bytes in a range, and whether they came from memory.
    async fn read(&self, documents: &Documents, range: Range<u64>) -> (Vec<u8>, bool) {
        let readable = self.readable(documents).await;
        let from_memory = readable.is_cached();
        let body = documents.read(readable, range).await.unwrap().unwrap();
        let bytes = match body {
            DocumentBytes::Whole(bytes) => bytes.to_vec(),
            DocumentBytes::Stream(bytes) => bytes.try_collect::<Vec<_>>().await.unwrap().concat(),
        };
        (bytes, from_memory)
    }

    async fn publish(&self, documents: &Documents) -> PublishedFile {
        let upload = self.upload(documents).await;
        match upload.publish(self.key, None).await.unwrap() {
            UploadOutcome::Created(published) => published,
            other => panic!("{other:?}"),
        }
    }

    async fn usage(&self, documents: &Documents) -> Usage {
        let usage = UsageCounter::new(documents.objects.clone());
        usage.count(&self.key).await.unwrap()
    }

    fn count(&self, kind: &str) -> usize {
        std::fs::read_dir(self.folder.path().join(kind))
            .unwrap()
            .count()
    }

    /// The document is not there, and neither is anything of it.
    async fn assert_nothing(&self, record: Option<Metadata>) {
        let documents = self.open().await;
        assert_eq!(documents.metadata(self.document).await.unwrap(), record);
        assert_eq!((self.count("blobs"), self.count("pending")), (0, 0));
        assert_eq!(self.usage(&documents).await, Usage::default());
    }
}

#[tokio::test]
async fn crash_before_the_blob_is_complete() {
    let fixture = Fixture::new();
    let documents = fixture.open().await;
    fixture.upload(&documents).await.writer.crash();
    drop(documents);
    assert_eq!((fixture.count("blobs"), fixture.count("pending")), (1, 1));
    fixture.assert_nothing(None).await;
}

#[tokio::test]
async fn crash_between_blob_and_usage() {
    let fixture = Fixture::new();
    let documents = fixture.open().await;
    let Upload { writer, .. } = fixture.upload(&documents).await;
    writer.finish().await.unwrap();
    drop(documents);
    assert_eq!((fixture.count("blobs"), fixture.count("pending")), (1, 1));
    fixture.assert_nothing(None).await;
}

#[tokio::test]
async fn crash_between_usage_and_record() {
    let fixture = Fixture::new();
    let documents = fixture.open().await;
    let Upload { writer, blob, .. } = fixture.upload(&documents).await;
    writer.finish().await.unwrap();
    let usage = StorageKey::Usage(fixture.key, blob, LENGTH as u64);
    documents.objects.create(usage, Bytes::new()).await.unwrap();
    assert_eq!(fixture.usage(&documents).await.documents, 1);
    drop(documents);
    fixture.assert_nothing(None).await;
}

#[tokio::test]
async fn crash_after_the_record() {
    let fixture = Fixture::new();
    let documents = fixture.open().await;
    let published = fixture.publish(&documents).await;
    let pending = StorageKey::Pending(fixture.document.into(), published.blob, Change::Upload);
    let uploader = fixture.key.to_string().into();
    documents.objects.create(pending, uploader).await.unwrap();
    drop(documents);

    let documents = fixture.open().await;
    let record = documents.metadata(fixture.document).await.unwrap();
    assert_eq!(record, Some(Metadata::Published(published)));
    let (bytes, _) = fixture.read(&documents, 0..published.size).await;
    assert!(bytes == fixture.content);
    assert_eq!((fixture.count("blobs"), fixture.count("pending")), (1, 0));
    let expected = Usage {
        documents: 1,
        bytes: LENGTH as u64,
    };
    assert_eq!(fixture.usage(&documents).await, expected);
}

#[tokio::test]
async fn crash_between_the_writes_of_a_deletion() {
    for steps in 1..4 {
        let fixture = Fixture::new();
        let documents = fixture.open().await;
        let published = fixture.publish(&documents).await;
        let objects = &documents.objects;
        // The upload may not be done with its own.
        let [upload, erasure] = [Change::Upload, Change::Erasure]
            .map(|change| StorageKey::Pending(fixture.document.into(), published.blob, change));
        let uploader = || Bytes::from(fixture.key.to_string());
        objects.create(upload, uploader()).await.unwrap();
        objects.create(erasure, uploader()).await.unwrap();
        let record = StorageKey::Metadata(fixture.document.into());
        objects
            .replace(record, Metadata::Erased.to_json())
            .await
            .unwrap();
        objects.remove(&upload.path()).await.unwrap();
        if steps > 1 {
            let usage = StorageKey::Usage(fixture.key, published.blob, published.size);
            objects.remove_durably(usage).await.unwrap();
        }
        if steps > 2 {
            let blob = StorageKey::Blob(published.blob);
            objects.remove_durably(blob).await.unwrap();
        }
        drop(documents);
        assert_eq!(fixture.count("blobs"), usize::from(steps < 3), "{steps}");
        fixture.assert_nothing(Some(Metadata::Erased)).await;
    }
}

#[tokio::test]
async fn what_could_still_be_under_way_is_left_alone() {
    let fixture = Fixture::new();
    let documents = fixture.open().await;
    let upload = fixture.upload(&documents).await;
    documents.recover().await.unwrap();
    assert_eq!(fixture.count("pending"), 1);
    let outcome = upload.publish(fixture.key, None).await.unwrap();
    assert!(matches!(outcome, UploadOutcome::Created(_)));
}

#[tokio::test]
async fn an_upload_that_may_count_as_abandoned_publishes_nothing() {
    let fixture = Fixture::new();
    let short = UploadBounds {
        lifetime: Duration::ZERO,
        ..BOUNDS
    };
    let documents = fixture.open_with(short).await;
    let upload = fixture.upload(&documents).await;
    let error = upload.publish(fixture.key, None).await.unwrap_err();
    assert!(
        matches!(error, StorageError::UploadExpired { .. }),
        "{error}"
    );
    drop(documents);
    fixture.assert_nothing(None).await;
}

#[tokio::test]
async fn a_record_whose_creation_was_repeated_is_known_as_our_own() {
    let fixture = Fixture::new();
    let documents = fixture.open().await;
    let key = StorageKey::Metadata(fixture.document.into());
    let record = |fill| {
        Metadata::Published(PublishedFile {
            erase_authority: fixture.key,
            uploader: fixture.key,
            size: 1,
            blob: BlobId::filled(fill),
        })
        .to_json()
    };
    let objects = &documents.objects;
    assert!(objects.create(key, record(1)).await.unwrap());
    // The answer to the first request was lost.
    assert!(objects.create(key, record(1)).await.unwrap());
    assert!(!objects.create(key, record(2)).await.unwrap());
}

#[tokio::test]
async fn a_download_meets_the_deletion() {
    let fixture = Fixture::new();
    let documents = fixture.open().await;
    let published = fixture.publish(&documents).await;
    let readable = fixture.readable(&documents).await;
    documents.erase(fixture.document, &published).await.unwrap();
    let bytes = documents.read(readable, 0..1).await;
    assert!(bytes.unwrap().is_none());
    drop(documents);
    fixture.assert_nothing(Some(Metadata::Erased)).await;
}

#[tokio::test]
async fn a_damaged_storage_is_named_and_not_served() {
    let fixture = Fixture::new();
    let documents = fixture.open().await;
    let published = fixture.publish(&documents).await;
    let blob = StorageKey::Blob(published.blob).path();
    let file = fixture.folder.path().join(blob.as_ref());
    std::fs::write(file, &fixture.content[1..]).unwrap();
    let readable = fixture.readable(&documents).await;
    let read = documents.read(readable, 0..1).await;
    assert!(matches!(read, Err(StorageError::InvalidBlob { path, .. }) if path == blob));

    let record = StorageKey::Metadata(fixture.document.into()).path();
    std::fs::write(fixture.folder.path().join(record.as_ref()), "{").unwrap();
    let read = documents.metadata(fixture.document).await;
    assert!(matches!(read, Err(StorageError::InvalidMetadata { path, .. }) if path == record));
}

const SMALL: usize = 1000;

#[tokio::test]
async fn a_small_document_is_read_from_its_file_once() {
    let fixture = Fixture::with(SMALL);
    let documents = fixture.open().await;
    fixture.publish(&documents).await;
    let part = fixture.content[10..20].to_vec();
    assert_eq!(
        fixture.read(&documents, 10..20).await,
        (part.clone(), false)
    );
    assert_eq!(fixture.read(&documents, 10..20).await, (part, true));
    let whole = fixture.content.to_vec();
    assert_eq!(
        fixture.read(&documents, 0..SMALL as u64).await,
        (whole, true)
    );

    let large = Fixture::new();
    let documents = large.open().await;
    large.publish(&documents).await;
    for _ in 0..2 {
        assert!(!large.read(&documents, 0..1).await.1);
    }
}

/// Where an operator puts a damaged file right, or damages one, memory does not stand in for it.
#[tokio::test]
async fn a_file_that_was_changed_is_read_again() {
    let fixture = Fixture::with(SMALL);
    let documents = fixture.open().await;
    let published = fixture.publish(&documents).await;
    let blob = StorageKey::Blob(published.blob).path();
    let file = fixture.folder.path().join(blob.as_ref());
    fixture.read(&documents, 0..1).await;

    let in_place = std::fs::OpenOptions::new().write(true).open(&file);
    let mut in_place = in_place.unwrap();
    std::io::Write::write_all(&mut in_place, &[8]).unwrap();
    // A file system's clock ticks every few milliseconds, and all of this may take less.
    let earlier = std::time::SystemTime::now() - Duration::from_secs(60);
    in_place.set_modified(earlier).unwrap();
    assert_eq!(fixture.read(&documents, 0..1).await, (vec![8], false));
    assert_eq!(fixture.read(&documents, 0..1).await, (vec![8], true));

    let other = file.with_extension("other");
    std::fs::write(&other, vec![9; SMALL]).unwrap();
    std::fs::rename(&other, &file).unwrap();
    assert_eq!(fixture.read(&documents, 0..1).await, (vec![9], false));

    std::fs::remove_file(&file).unwrap();
    let readable = fixture.readable(&documents).await;
    let read = documents.read(readable, 0..1).await;
    assert!(matches!(read, Err(StorageError::InvalidBlob { path, .. }) if path == blob));
}

/// Even where a deletion ended between its writes, as on a disk that fails, and left the bytes.
#[tokio::test]
async fn what_was_deleted_is_cached_no_more() {
    let fixture = Fixture::with(SMALL);
    let documents = fixture.open().await;
    let published = fixture.publish(&documents).await;
    fixture.read(&documents, 0..1).await;
    let reading = fixture.readable(&documents).await;
    assert!(reading.is_cached());

    // No usage can be removed where a file stands in the place of its folder.
    let usage = StorageKey::Usage(fixture.key, published.blob, published.size).path();
    let usage = fixture.folder.path().join(usage.as_ref());
    std::fs::remove_file(&usage).unwrap();
    std::fs::create_dir(&usage).unwrap();
    std::fs::write(usage.join("full"), "").unwrap();
    documents
        .erase(fixture.document, &published)
        .await
        .unwrap_err();
    assert_eq!(fixture.count("blobs"), 1);
    let found = documents.find(fixture.document).await.unwrap();
    assert!(matches!(found, Some(Found::Erased)));
}

#[tokio::test]
async fn what_is_forgotten_while_it_is_read_is_not_remembered() {
    let fixture = Fixture::with(SMALL);
    let documents = fixture.open().await;
    fixture.publish(&documents).await;
    let readable = fixture.readable(&documents).await;
    documents.cache.invalidate(&fixture.document.into());
    assert!(documents.read(readable, 0..1).await.unwrap().is_some());
    assert!(!fixture.read(&documents, 0..1).await.1);
    assert!(fixture.read(&documents, 0..1).await.1);
}
