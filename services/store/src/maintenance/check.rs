use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    fmt,
};

use futures::{StreamExt, TryStreamExt, stream};
use generion_interface::store::DocumentId;
use object_store::path::Path;
use sha2::{Digest, Sha256};
use solana_address::Address;

use super::{AT_ONCE, MaintenanceError, document_at, is_damaged};
use crate::{
    config::Limits,
    storage::{
        Backend, BlobId, Documents, Listed, Published, Record, StorageError, StorageKey,
        StorageLocation,
    },
};

/// Something in a storage that is not as stores leave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A record that can't be read.
    DamagedRecord {
        /// The document.
        document: DocumentId,
    },
    /// A record that has neither blob nor usage: the document was erased between the copies of a backup.
    ErasedBetweenCopies {
        /// The document.
        document: DocumentId,
    },
    /// A record whose blob is gone.
    MissingBlob {
        /// The document.
        document: DocumentId,
    },
    /// A record whose blob has another length: a copy that was not completed.
    HalfBlob {
        /// The document.
        document: DocumentId,
        /// Bytes that there are.
        found: u64,
        /// Bytes that there should be.
        size: u64,
    },
    /// A blob of other bytes than the document's.
    WrongBytes {
        /// The document.
        document: DocumentId,
    },
    /// A blob that no record names.
    OrphanBlob {
        /// The blob.
        path: String,
    },
    /// A document that is on nobody's account.
    MissingUsage {
        /// The document.
        document: DocumentId,
    },
    /// Something on an uploader's account that is not there.
    OrphanUsage {
        /// The object.
        path: String,
    },
    /// An object that no store writes.
    Stray {
        /// The object.
        path: String,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let again = "copy it from another backup, or merge the tombstones if it was erased";
        match self {
            Self::DamagedRecord { document } => {
                write!(f, "documents/{document} is damaged: {again}")
            }
            Self::ErasedBetweenCopies { document } => write!(
                f,
                "documents/{document} was erased while the backup was made, and is answered with 410: merge the \
                 tombstones"
            ),
            Self::MissingBlob { document } => {
                write!(f, "documents/{document} has lost its blob: {again}")
            }
            Self::HalfBlob {
                document,
                found,
                size,
            } => write!(
                f,
                "documents/{document} has {found} bytes of {size} in its blob: {again}"
            ),
            Self::WrongBytes { document } => {
                write!(
                    f,
                    "documents/{document} has other bytes in its blob: {again}"
                )
            }
            Self::OrphanBlob { path } => {
                write!(
                    f,
                    "{path} is of no document: `generion-store collect` removes it"
                )
            }
            Self::MissingUsage { document } => write!(
                f,
                "documents/{document} is on nobody's account: `generion-store collect` puts it there"
            ),
            Self::OrphanUsage { path } => {
                write!(
                    f,
                    "{path} is of no document: `generion-store collect` removes it"
                )
            }
            Self::Stray { path } => {
                write!(f, "{path} is nothing that a store writes: see what it is")
            }
        }
    }
}

/// What there is in a storage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Documents that can be read, but for those among the findings.
    pub published: u64,
    /// Documents that were deleted.
    pub erased: u64,
    /// Uploads and deletions that are under way, or were broken off: the next start ends them.
    pub pending: u64,
    /// What is not as it should be.
    pub findings: Vec<Finding>,
}

/// Looks through a storage, without changing anything; with `bytes` it reads every document, too, and compares its
/// hash. It may do so while a store is running.
///
/// # Errors
/// [`MaintenanceError`]: the storage can't be used, or fails.
pub async fn check(
    location: &StorageLocation,
    limits: &Limits,
    bytes: bool,
) -> Result<Report, MaintenanceError> {
    let storage = Backend::look_at(location).await?;
    let documents = Documents::looked_at(storage.clone(), limits);
    let survey = Survey::of(&storage, &documents).await?;
    let mut report = survey.report();
    if bytes {
        let wrong = survey.wrong_bytes(&storage, &report.findings).await?;
        report.findings.extend(wrong);
    }
    Ok(report)
}

/// Everything that is in a storage, and how it belongs together.
pub struct Survey {
    pub published: Vec<(DocumentId, Published)>,
    erased: u64,
    damaged: Vec<DocumentId>,
    pub blobs: HashMap<BlobId, Listed>,
    pub usage: HashMap<(Address, BlobId, u64), Listed>,
    /// Blobs that something is under way with.
    pending: HashSet<BlobId>,
    strays: Vec<Path>,
}

impl Survey {
    /// In an order in which nothing that a running store writes or removes meanwhile looks like a fault: a record is
    /// read after what it needs was listed.
    pub async fn of(storage: &Backend, documents: &Documents) -> Result<Self, StorageError> {
        let mut strays = Vec::new();
        let mut usage = HashMap::new();
        let mut listing = storage.list(StorageKey::USAGE.into());
        while let Some(listed) = listing.try_next().await? {
            match StorageKey::parse_usage(&listed.path) {
                Some(key) => drop(usage.insert(key, listed)),
                None => strays.push(listed.path),
            }
        }
        let mut blobs = HashMap::new();
        let mut listing = storage.list(StorageKey::BLOBS.into());
        while let Some(listed) = listing.try_next().await? {
            match listed.path.filename().and_then(|name| name.parse().ok()) {
                Some(blob) => drop(blobs.insert(blob, listed)),
                None => strays.push(listed.path),
            }
        }
        let mut survey = Self {
            published: Vec::new(),
            erased: 0,
            damaged: Vec::new(),
            blobs,
            usage,
            pending: pending(storage).await?,
            strays,
        };
        let listing = storage.list(StorageKey::DOCUMENTS.into());
        let records = listing.map_ok(|listed| async move {
            let Some(document) = document_at(&listed.path) else {
                return Ok((Err(listed.path), None));
            };
            match documents.record(document).await {
                Ok(record) => Ok((Ok(document), record)),
                Err(error) if is_damaged(&error) => Ok((Ok(document), None)),
                Err(error) => Err(error),
            }
        });
        let mut records = std::pin::pin!(records.try_buffer_unordered(AT_ONCE));
        while let Some((document, record)) = records.try_next().await? {
            match (document, record) {
                (Ok(document), Some(Record::Published(published))) => {
                    survey.published.push((document, published));
                }
                (Ok(_), Some(Record::Erased)) => survey.erased += 1,
                (Ok(document), None) => survey.damaged.push(document),
                (Err(path), _) => survey.strays.push(path),
            }
        }
        survey.look_again(storage, documents).await?;
        Ok(survey)
    }

    /// What is missing may have been written since it was looked for, and what is of no document may be gone by now.
    async fn look_again(
        &mut self,
        storage: &Backend,
        documents: &Documents,
    ) -> Result<(), StorageError> {
        let mut erased = Vec::new();
        for (document, published) in &self.published {
            let usage = (published.uploader, published.blob(), published.size);
            if let Entry::Vacant(missing) = self.blobs.entry(published.blob()) {
                let key = StorageKey::Blob(published.blob());
                match storage.size(key).await? {
                    Some(size) => drop(missing.insert(Listed::now(key, size))),
                    None if documents.record(*document).await? == Some(Record::Erased) => {
                        erased.push(*document);
                        continue;
                    }
                    None => {}
                }
            }
            if let Entry::Vacant(missing) = self.usage.entry(usage) {
                let key = StorageKey::Usage(usage.0, usage.1, usage.2);
                if storage.size(key).await?.is_some() {
                    missing.insert(Listed::now(key, 0));
                }
            }
        }
        self.erased += erased.len() as u64;
        self.published
            .retain(|(document, _)| !erased.contains(document));
        let named: HashSet<_> = self.published.iter().map(|(_, p)| p.blob()).collect();
        for blob in self.blobs.keys().copied().collect::<Vec<_>>() {
            if !named.contains(&blob) && storage.size(StorageKey::Blob(blob)).await?.is_none() {
                self.blobs.remove(&blob);
            }
        }
        for key in self.usage.keys().copied().collect::<Vec<_>>() {
            let object = StorageKey::Usage(key.0, key.1, key.2);
            if !named.contains(&key.1) && storage.size(object).await?.is_none() {
                self.usage.remove(&key);
            }
        }
        self.pending.extend(pending(storage).await?);
        Ok(())
    }

    /// Blobs that no record names and nothing is under way with.
    pub fn orphan_blobs(&self) -> Vec<(BlobId, &Listed)> {
        let named: HashSet<_> = self.published.iter().map(|(_, p)| p.blob()).collect();
        let mut orphans: Vec<_> = self
            .blobs
            .iter()
            .map(|(blob, listed)| (*blob, listed))
            .filter(|(blob, _)| !named.contains(blob) && !self.pending.contains(blob))
            .collect();
        orphans.sort_by(|(_, a), (_, b)| a.path.cmp(&b.path));
        orphans
    }

    /// What is on an account and belongs to no document.
    pub fn orphan_usage(&self) -> Vec<((Address, BlobId, u64), &Listed)> {
        let counted: HashSet<_> = self.published.iter().map(|(_, p)| usage_of(p)).collect();
        let mut orphans: Vec<_> = self
            .usage
            .iter()
            .map(|(key, listed)| (*key, listed))
            .filter(|(key, _)| !counted.contains(key) && !self.pending.contains(&key.1))
            .collect();
        orphans.sort_by(|(_, a), (_, b)| a.path.cmp(&b.path));
        orphans
    }

    /// Documents that are whole, and on nobody's account.
    pub fn without_usage(&self) -> impl Iterator<Item = &(DocumentId, Published)> {
        self.published.iter().filter(|(_, published)| {
            !self.usage.contains_key(&usage_of(published))
                && !self.pending.contains(&published.blob())
                && self.blobs.contains_key(&published.blob())
        })
    }

    pub fn report(&self) -> Report {
        let mut findings = Vec::new();
        for document in &self.damaged {
            let document = *document;
            findings.push(Finding::DamagedRecord { document });
        }
        for (document, published) in &self.published {
            let (document, size) = (*document, published.size);
            match self.blobs.get(&published.blob()).map(|blob| blob.size) {
                None if !self.usage.contains_key(&usage_of(published)) => {
                    findings.push(Finding::ErasedBetweenCopies { document });
                }
                None => findings.push(Finding::MissingBlob { document }),
                Some(found) if found != size => findings.push(Finding::HalfBlob {
                    document,
                    found,
                    size,
                }),
                Some(_) => {}
            }
        }
        let without_usage = self.without_usage();
        findings.extend(without_usage.map(|(document, _)| Finding::MissingUsage {
            document: *document,
        }));
        let path = |listed: &Listed| listed.path.to_string();
        findings.extend(
            self.orphan_blobs()
                .into_iter()
                .map(|(_, listed)| Finding::OrphanBlob { path: path(listed) }),
        );
        findings.extend(
            self.orphan_usage()
                .into_iter()
                .map(|(_, listed)| Finding::OrphanUsage { path: path(listed) }),
        );
        findings.extend(self.strays.iter().map(|path| Finding::Stray {
            path: path.to_string(),
        }));
        Report {
            published: self.published.len() as u64,
            erased: self.erased,
            pending: self.pending.len() as u64,
            findings,
        }
    }

    /// Reads every document that is not among the findings already.
    async fn wrong_bytes(
        &self,
        storage: &Backend,
        findings: &[Finding],
    ) -> Result<Vec<Finding>, StorageError> {
        let found: HashSet<_> = findings.iter().filter_map(Finding::unreadable).collect();
        let whole = self.published.iter().filter(|(id, _)| !found.contains(id));
        let hashes = whole.map(|(document, published)| async move {
            let is_same = match hash(storage, published).await? {
                Some(found) => found == *document,
                // It was erased meanwhile.
                None => true,
            };
            Ok::<_, StorageError>((!is_same).then_some(Finding::WrongBytes {
                document: *document,
            }))
        });
        let hashes = stream::iter(hashes).buffer_unordered(AT_ONCE);
        hashes
            .try_filter_map(|wrong| std::future::ready(Ok(wrong)))
            .try_collect()
            .await
    }
}

impl Finding {
    /// The document whose bytes need not be read any more.
    fn unreadable(&self) -> Option<DocumentId> {
        match self {
            Self::ErasedBetweenCopies { document }
            | Self::MissingBlob { document }
            | Self::HalfBlob { document, .. } => Some(*document),
            _ => None,
        }
    }
}

fn usage_of(published: &Published) -> (Address, BlobId, u64) {
    (published.uploader, published.blob(), published.size)
}

/// The blobs that something is under way with.
async fn pending(storage: &Backend) -> Result<HashSet<BlobId>, StorageError> {
    let listing = storage.list(StorageKey::PENDING.into());
    let blobs = listing.try_filter_map(|listed| {
        let blob = match StorageKey::parse_pending(&listed.path) {
            Some(StorageKey::Pending(_, blob, _)) => Some(blob),
            _ => None,
        };
        std::future::ready(Ok(blob))
    });
    blobs.try_collect().await
}

/// The hash of what a blob has.
async fn hash(
    storage: &Backend,
    published: &Published,
) -> Result<Option<DocumentId>, StorageError> {
    let size = published.size;
    let Some(mut bytes) = storage.stream(published.blob(), size).await? else {
        return Ok(None);
    };
    let mut hash = Sha256::new();
    while let Some(bytes) = bytes.try_next().await.map_err(|source| {
        let path = StorageKey::Blob(published.blob()).path();
        StorageError::unreadable(path, source)
    })? {
        hash.update(&bytes);
    }
    Ok(Some(DocumentId::from_bytes(hash.finalize().into())))
}
