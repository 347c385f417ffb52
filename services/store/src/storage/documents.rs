//! Documents in the storage.
//!
//! A document is one small record, which says who may delete it and names the blob with its bytes. The record is
//! created once, and only after the blob is complete and its hash was checked: this one atomic write publishes the
//! document together with its erase authority, and of several first uploads exactly one makes it. Deletion writes the
//! record over with a tombstone, also one atomic write, and then removes the blob. Readers go by the record alone, so
//! a blob without one is nothing that anybody can see.
//!
//! Blobs without a use are what a crash can leave. Whoever is about to make one, by uploading or by deleting, first
//! writes an empty object that names document and blob, and removes it when the record and the blob are in step.
//! [`Documents::open`] puts in order what such objects of an earlier run tell of.
//!
//! A backend other than a local folder, which several stores may share, needs two things more: an age below which
//! [`Documents::open`] leaves these objects alone, and a rule that drops multipart uploads nobody finished.

use std::ops::Range;

use bytes::Bytes;
use futures::TryStreamExt;
use generion_interface::store::DocumentId;
use object_store::WriteMultipart;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use solana_address::Address;

use super::{
    Backend, ByteStream, StorageError,
    backend::failed,
    key::{BlobId, Change, StorageKey},
};

/// Parts of a blob (5 MiB) that are being written while the next one is received.
const PARTS_IN_FLIGHT: usize = 2;

/// What became of a document that was uploaded once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Record {
    /// It is there.
    Published(Published),
    /// It was deleted, and stays so.
    Erased,
}

/// A document that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Who may delete it.
    #[serde(with = "base58")]
    pub erase_authority: Address,
    /// Who uploaded it first, on whose account it is.
    #[serde(with = "base58")]
    pub uploader: Address,
    /// Length in bytes.
    pub size: u64,
    blob: BlobId,
}

/// What came of an upload whose bytes all arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The document is there now.
    Created(Published),
    /// The document got its record from somebody else meanwhile: it stays as it is.
    Existed,
    /// The bytes are not the document's.
    HashMismatch(DocumentId),
}

/// All documents.
#[derive(Clone, Debug)]
pub struct Documents(Backend);

impl Documents {
    /// The documents in this storage, after the uploads and deletions that an earlier run did not finish were undone
    /// or finished.
    pub async fn open(backend: Backend) -> Result<Self, StorageError> {
        let documents = Self(backend);
        let pending: Vec<_> = documents.0.list(StorageKey::PENDING).try_collect().await?;
        for path in pending {
            let Some((document, blob)) = StorageKey::parse_pending(&path) else {
                continue;
            };
            match documents.record(document).await? {
                Some(Record::Published(published)) if published.blob == blob => {}
                _ => documents.0.remove_blob_for_good(blob).await?,
            }
            documents.0.remove(path).await?;
        }
        Ok(documents)
    }

    /// What became of a document; `None` if it was never uploaded.
    pub async fn record(&self, document: DocumentId) -> Result<Option<Record>, StorageError> {
        let key = StorageKey::Document(document);
        let Some(json) = self.0.get(key).await? else {
            return Ok(None);
        };
        let record = serde_json::from_slice(&json).map_err(|source| StorageError::Record {
            path: key.path(),
            source,
        })?;
        Ok(Some(record))
    }

    /// The bytes of a document in this range, which must lie within its size; `None` if it was deleted meanwhile.
    pub async fn read(
        &self,
        document: DocumentId,
        published: &Published,
        range: Range<u64>,
    ) -> Result<Option<ByteStream>, StorageError> {
        let Published { size, blob, .. } = *published;
        if let Some(bytes) = self.0.stream(blob, size, range).await? {
            return Ok(Some(bytes));
        }
        if self.record(document).await? == Some(Record::Erased) {
            return Ok(None);
        }
        let path = StorageKey::Blob(blob).path();
        Err(StorageError::Blob { path, size })
    }

    /// Begins an upload.
    pub async fn begin(&self, document: DocumentId) -> Result<Upload, StorageError> {
        let blob = BlobId::random().map_err(StorageError::Random)?;
        let pending = StorageKey::Pending(document, blob, Change::Upload);
        self.0.create(pending, Vec::new()).await?;
        Ok(Upload {
            bytes: self.0.begin(blob).await?,
            storage: self.0.clone(),
            document,
            blob,
            pending,
            hash: Sha256::new(),
            size: 0,
        })
    }

    /// Deletes a document for good: when this returns, its bytes are gone.
    pub async fn erase(
        &self,
        document: DocumentId,
        published: &Published,
    ) -> Result<(), StorageError> {
        let Self(storage) = self;
        let blob = published.blob;
        let pending = StorageKey::Pending(document, blob, Change::Erasure);
        // It is there already if two deletions run at once, which do the same.
        storage.create(pending, Vec::new()).await?;
        let tombstone = json(&Record::Erased);
        storage
            .replace(StorageKey::Document(document), tombstone)
            .await?;
        storage.remove_blob_for_good(blob).await?;
        storage.remove(pending.path()).await
    }
}

/// An upload under way. Dropping it leaves nothing readable, but may leave bytes for [`Documents::open`] to remove.
pub struct Upload {
    storage: Backend,
    document: DocumentId,
    blob: BlobId,
    pending: StorageKey<'static>,
    bytes: WriteMultipart,
    hash: Sha256,
    size: u64,
}

impl Upload {
    /// Bytes so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes the next bytes, when there is room for them.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), StorageError> {
        self.hash.update(&bytes);
        self.size += bytes.len() as u64;
        let ready = self.bytes.wait_for_capacity(PARTS_IN_FLIGHT).await;
        ready.map_err(|source| failed("write", StorageKey::Blob(self.blob).path(), source))?;
        self.bytes.put(bytes);
        Ok(())
    }

    /// Publishes the document, if the bytes are its own and it has no record yet.
    pub async fn publish(
        self,
        uploader: Address,
        erase_authority: Address,
    ) -> Result<Outcome, StorageError> {
        let found = DocumentId::from_bytes(self.hash.clone().finalize().into());
        if found != self.document {
            self.discard().await?;
            return Ok(Outcome::HashMismatch(found));
        }
        let Self {
            storage,
            document,
            blob,
            pending,
            bytes,
            size,
            ..
        } = self;
        if let Err(source) = bytes.finish().await {
            storage.remove_blob_for_good(blob).await?;
            storage.remove(pending.path()).await?;
            return Err(failed("write", StorageKey::Blob(blob).path(), source));
        }
        let published = Published {
            erase_authority,
            uploader,
            size,
            blob,
        };
        let record = json(&Record::Published(published));
        // After an error the record may be there nevertheless, so the blob stays until `Documents::open` knows.
        let created = storage
            .create(StorageKey::Document(document), record)
            .await?;
        if !created {
            storage.remove_blob_for_good(blob).await?;
        }
        storage.remove(pending.path()).await?;
        Ok(match created {
            true => Outcome::Created(published),
            false => Outcome::Existed,
        })
    }

    /// Ends the upload without a trace.
    pub async fn discard(self) -> Result<(), StorageError> {
        if let Err(source) = self.bytes.abort().await {
            let path = StorageKey::Blob(self.blob).path();
            return Err(failed("abort the upload of", path, source));
        }
        self.storage.remove(self.pending.path()).await
    }
}

fn json(record: &Record) -> Vec<u8> {
    // It can't fail: there are only strings and numbers, in a tagged enum with string keys.
    serde_json::to_vec(record).expect("a record is JSON")
}

/// An address as people read it.
mod base58 {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use solana_address::Address;

    pub fn serialize<S: Serializer>(address: &Address, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(address)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Address, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    //! A crash between any two writes, played by making the writes before it.

    use super::*;

    const CONTENT: &[u8] = b"ciphertext";

    struct Fixture {
        folder: tempfile::TempDir,
        document: DocumentId,
        key: Address,
    }

    impl Fixture {
        fn new() -> Self {
            Self {
                folder: tempfile::tempdir().unwrap(),
                document: DocumentId::of(CONTENT),
                key: Address::new_from_array([1; 32]),
            }
        }

        /// What a store finds when it starts.
        async fn open(&self) -> Documents {
            let backend = Backend::open_folder(self.folder.path()).unwrap();
            Documents::open(backend).await.unwrap()
        }

        async fn upload(&self, documents: &Documents) -> Upload {
            let mut upload = documents.begin(self.document).await.unwrap();
            upload.write(CONTENT.into()).await.unwrap();
            upload
        }

        async fn publish(&self, documents: &Documents) -> Published {
            let upload = self.upload(documents).await;
            match upload.publish(self.key, self.key).await.unwrap() {
                Outcome::Created(published) => published,
                other => panic!("{other:?}"),
            }
        }

        fn count(&self, kind: &str) -> usize {
            std::fs::read_dir(self.folder.path().join(kind))
                .unwrap()
                .count()
        }

        /// The document is not there, and neither is anything of it.
        async fn assert_nothing(&self, record: Option<Record>) {
            let documents = self.open().await;
            assert_eq!(documents.record(self.document).await.unwrap(), record);
            assert_eq!((self.count("blobs"), self.count("pending")), (0, 0));
        }
    }

    #[tokio::test]
    async fn crash_before_the_blob_is_complete() {
        let fixture = Fixture::new();
        let documents = fixture.open().await;
        let Upload { bytes, .. } = fixture.upload(&documents).await;
        // A crash does not run its destructor either.
        std::mem::forget(bytes);
        drop(documents);
        assert_eq!((fixture.count("blobs"), fixture.count("pending")), (1, 1));
        fixture.assert_nothing(None).await;
    }

    #[tokio::test]
    async fn crash_between_blob_and_record() {
        let fixture = Fixture::new();
        let documents = fixture.open().await;
        let Upload { bytes, .. } = fixture.upload(&documents).await;
        bytes.finish().await.unwrap();
        drop(documents);
        assert_eq!((fixture.count("blobs"), fixture.count("pending")), (1, 1));
        fixture.assert_nothing(None).await;
    }

    #[tokio::test]
    async fn crash_after_the_record() {
        let fixture = Fixture::new();
        let documents = fixture.open().await;
        let published = fixture.publish(&documents).await;
        let pending = StorageKey::Pending(fixture.document, published.blob, Change::Upload);
        documents.0.create(pending, Vec::new()).await.unwrap();
        drop(documents);

        let documents = fixture.open().await;
        let record = documents.record(fixture.document).await.unwrap();
        assert_eq!(record, Some(Record::Published(published)));
        let bytes = documents
            .read(fixture.document, &published, 0..published.size)
            .await
            .unwrap()
            .unwrap();
        let bytes: Vec<_> = bytes.try_collect().await.unwrap();
        assert_eq!(bytes.concat(), CONTENT);
        assert_eq!((fixture.count("blobs"), fixture.count("pending")), (1, 0));
    }

    #[tokio::test]
    async fn crash_between_tombstone_and_removal() {
        let fixture = Fixture::new();
        let documents = fixture.open().await;
        let published = fixture.publish(&documents).await;
        // The upload may not be done with its own.
        let [upload, erasure] = [Change::Upload, Change::Erasure]
            .map(|change| StorageKey::Pending(fixture.document, published.blob, change));
        documents.0.create(upload, Vec::new()).await.unwrap();
        documents.0.create(erasure, Vec::new()).await.unwrap();
        let record = StorageKey::Document(fixture.document);
        let tombstone = json(&Record::Erased);
        documents.0.replace(record, tombstone).await.unwrap();
        documents.0.remove(upload.path()).await.unwrap();
        drop(documents);
        assert_eq!(fixture.count("blobs"), 1);
        fixture.assert_nothing(Some(Record::Erased)).await;
    }

    #[tokio::test]
    async fn a_download_meets_the_deletion() {
        let fixture = Fixture::new();
        let documents = fixture.open().await;
        let published = fixture.publish(&documents).await;
        documents.erase(fixture.document, &published).await.unwrap();
        let bytes = documents.read(fixture.document, &published, 0..1).await;
        assert!(bytes.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_damaged_storage_is_named_and_not_served() {
        let fixture = Fixture::new();
        let documents = fixture.open().await;
        let published = fixture.publish(&documents).await;
        let blob = StorageKey::Blob(published.blob).path();
        let file = fixture.folder.path().join(blob.as_ref());
        std::fs::write(file, &CONTENT[1..]).unwrap();
        let read = documents.read(fixture.document, &published, 0..1).await;
        assert!(matches!(read, Err(StorageError::Blob { path, .. }) if path == blob));

        let record = StorageKey::Document(fixture.document).path();
        std::fs::write(fixture.folder.path().join(record.as_ref()), "{").unwrap();
        let read = documents.record(fixture.document).await;
        assert!(matches!(read, Err(StorageError::Record { path, .. }) if path == record));
    }
}
