//! The links of an owner, and the expired links.

use futures::{StreamExt, TryStreamExt, stream};
use generion_interface::store::{FileId, LinkId, LinkNote, ListedLink};
use solana_address::Address;

use super::{
    documents::{Documents, Removal},
    error::StorageError,
    key::StorageKey,
    metadata::{Metadata, PublishedFile},
};

/// How many seconds a link that has expired stays in the storage, with its note or tombstone, though nobody can read it any
/// more: a clock that was ahead for a while must not cost a link.
pub const KEPT_AFTER_EXPIRY: u64 = 24 * 3600;
/// How many links of a list are looked up at the same time.
const CONCURRENT_READS: usize = 16;

impl Documents {
    /// The links with this erase authority that can be read at `now` (Unix time in seconds), sorted.
    pub async fn links_of(
        &self,
        authority: &Address,
        now: u64,
    ) -> Result<Vec<ListedLink>, StorageError> {
        let noted = self.noted_links(authority, now).await?;
        let found = stream::iter(noted.into_iter().map(|id| self.listed(*authority, id)));
        let found = found.buffer_unordered(CONCURRENT_READS);
        let mut links: Vec<_> = found
            .try_filter_map(|link| std::future::ready(Ok(link)))
            .try_collect()
            .await?;
        links.sort_by_key(|link| link.id);
        Ok(links)
    }

    /// The number of links with this erase authority that have not expired at `now`. It includes those that a crash has
    /// left half-uploaded.
    pub async fn count_links(&self, authority: &Address, now: u64) -> Result<usize, StorageError> {
        Ok(self.noted_links(authority, now).await?.len())
    }

    async fn noted_links(
        &self,
        authority: &Address,
        now: u64,
    ) -> Result<Vec<LinkId>, StorageError> {
        let notes = self.objects.list(StorageKey::notes_of(authority));
        let notes = notes.try_filter_map(|note| {
            let link = StorageKey::parse_note(&note.path).filter(|link| link.expiry > now);
            std::future::ready(Ok(link))
        });
        notes.try_collect().await
    }

    /// A link with its note, if it can be read.
    async fn listed(
        &self,
        authority: Address,
        id: LinkId,
    ) -> Result<Option<ListedLink>, StorageError> {
        let published = match self.state(id.into()).await {
            Ok(Some(Metadata::Published(published))) if published.erase_authority == authority => {
                published
            }
            // One damaged file must not hide the owner's other links.
            Err(error) if !error.is_invalid_metadata() => return Err(error),
            _ => return Ok(None),
        };
        let note = self.objects.get(StorageKey::Note(authority, id)).await?;
        let note = note.and_then(|note| std::str::from_utf8(&note).ok()?.parse::<LinkNote>().ok());
        Ok(note.map(|note| ListedLink {
            id,
            size: published.size,
            note,
        }))
    }

    /// The links and tombstones of links that expired [`KEPT_AFTER_EXPIRY`] before `now` (Unix time in seconds), or earlier.
    pub async fn expired_links(&self, now: u64) -> Result<Vec<LinkId>, StorageError> {
        let links = self.objects.list(StorageKey::LINKS.into());
        let expired = links.try_filter_map(|object| {
            let link = StorageKey::parse_metadata(&object.path).and_then(FileId::link);
            std::future::ready(Ok(link.filter(|link| is_over(*link, now))))
        });
        expired.try_collect().await
    }

    /// What is published of an expired link. A tombstone, and metadata that can't be read, are removed instead: nobody can
    /// upload the link again.
    pub async fn published_or_forgotten(
        &self,
        link: LinkId,
    ) -> Result<Option<PublishedFile>, StorageError> {
        match self.metadata(link).await {
            Ok(Some(Metadata::Published(published))) => return Ok(Some(published)),
            Ok(None) => return Ok(None),
            Ok(Some(Metadata::Erased)) => {}
            Err(error) if error.is_invalid_metadata() => {}
            Err(error) => return Err(error),
        }
        let key = StorageKey::Metadata(link.into());
        self.objects.remove_durably(key).await?;
        Ok(None)
    }

    /// Removes an expired link with everything that belongs to it. Returns the number of bytes, or `None` if it was removed
    /// in the meantime.
    pub async fn remove_expired(
        &self,
        link: LinkId,
        published: &PublishedFile,
    ) -> Result<Option<u64>, StorageError> {
        self.remove(link.into(), published, Removal::Expired).await
    }

    /// Removes the notes that [`Self::expired_links`] would name: those of links are gone by then, and those that a crash has left
    /// are not.
    pub async fn remove_expired_notes(&self, now: u64) -> Result<(), StorageError> {
        let mut notes = self.objects.list(StorageKey::NOTES.into());
        while let Some(note) = notes.try_next().await? {
            if StorageKey::parse_note(&note.path).is_some_and(|link| is_over(link, now)) {
                self.objects.remove(&note.path).await?;
            }
        }
        Ok(())
    }
}

/// Whether nothing is kept of a link any more.
const fn is_over(link: LinkId, now: u64) -> bool {
    link.expiry.saturating_add(KEPT_AFTER_EXPIRY) <= now
}
