//! Lists of deleted documents and links, which carry deletions over to another storage.

use std::io::Write;

use futures::{StreamExt, TryStreamExt, stream};
use generion_interface::store::{DocumentId, FileId, LinkId};

use super::{error::MaintenanceError, survey::CONCURRENT_READS};
use crate::{
    config::limits::Limits,
    storage::{
        cache::DocumentCache, documents::Documents, key::StorageKey, location::StorageLocation,
        metadata::Metadata, objects::Objects,
    },
};

/// The first line of an exported list, which also has an end mark.
const HEAD: &str = "# generion-store tombstones 1";
/// The beginning of the end mark. The number of tombstones follows.
const END: &str = "# end: ";

/// Writes a list of the deleted documents and links, one per line, and returns their number. A store may be running on the storage.
///
/// # Errors
/// [`MaintenanceError`] if the storage can't be opened or returns errors, or the list can't be written.
pub async fn export_tombstones(
    location: &StorageLocation,
    to: &mut impl Write,
) -> Result<u64, MaintenanceError> {
    let objects = Objects::open_read_only(location).await?;
    let bounds = Limits::default().upload_bounds();
    let documents = Documents::open_read_only(objects.clone(), bounds);
    let tombstone = Metadata::Erased.to_json().len() as u64;
    let mut line = |line: &str| writeln!(to, "{line}").map_err(MaintenanceError::Unwritable);
    line(HEAD)?;
    let mut count = 0_u64;
    let erased = objects
        .list(StorageKey::DOCUMENTS.into())
        .chain(objects.list(StorageKey::LINKS.into()))
        // Other metadata is longer, and need not be read.
        .try_filter(|listed| std::future::ready(listed.size == tombstone))
        .map_ok(|listed| StorageKey::parse_metadata(&listed.path))
        .map_ok(|file| {
            let documents = &documents;
            async move {
                match file {
                    Some(file) => match documents.metadata(file).await {
                        Ok(Some(Metadata::Erased)) => Ok(Some(file)),
                        Ok(_) => Ok(None),
                        Err(error) if error.is_invalid_metadata() => Ok(None),
                        Err(error) => Err(error),
                    },
                    None => Ok(None),
                }
            }
        })
        .try_buffered(CONCURRENT_READS);
    let mut erased = std::pin::pin!(erased);
    while let Some(file) = erased.try_next().await? {
        if let Some(file) = file {
            line(&file.to_string())?;
            count += 1;
        }
    }
    line(&format!("{END}{count}"))?;
    to.flush().map_err(MaintenanceError::Unwritable)?;
    Ok(count)
}

/// A list of documents and links to delete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TombstoneList(Vec<FileId>);

impl TombstoneList {
    /// Parses a list that [`export_tombstones`] wrote, which must be complete, or a list that was written by hand with
    /// one document or link per line.
    ///
    /// # Errors
    /// [`MaintenanceError::NotADocument`] and [`MaintenanceError::Truncated`].
    pub fn parse(text: &str) -> Result<Self, MaintenanceError> {
        let mut files = Vec::new();
        let mut end = None;
        for (index, line) in text.lines().enumerate() {
            if let Some(count) = line.strip_prefix(END) {
                end = count.parse().ok();
            }
            let file = line.split('#').next().unwrap_or_default().trim();
            if file.is_empty() {
                continue;
            }
            let line = index + 1;
            files.push(parse(file).ok_or(MaintenanceError::NotADocument { line })?);
        }
        let is_exported = text.lines().next() == Some(HEAD);
        match is_exported && end != Some(files.len()) {
            true => Err(MaintenanceError::Truncated),
            false => Ok(Self(files)),
        }
    }
}

/// A document's hash, or a link's expiry, slash and hash.
fn parse(text: &str) -> Option<FileId> {
    match text.contains('/') {
        false => text.parse::<DocumentId>().ok().map(FileId::from),
        true => text.parse::<LinkId>().ok().map(FileId::from),
    }
}

/// The result of [`merge_tombstones`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MergeReport {
    /// The number of documents that were deleted now.
    pub erased: u64,
    /// The number of documents that did not exist, and can't be uploaded any more.
    pub noted: u64,
    /// The number of documents that had been deleted before.
    pub known: u64,
}

/// Deletes the documents of a list for good, as their erase authorities have done in another storage. It can be repeated.
///
/// # Errors
/// [`MaintenanceError`] if the storage can't be opened or returns errors. Documents that were deleted before the error
/// stay deleted.
pub async fn merge_tombstones(
    location: &StorageLocation,
    limits: &Limits,
    list: &TombstoneList,
) -> Result<MergeReport, MaintenanceError> {
    let objects = Objects::open(location).await?;
    let cache = DocumentCache::new(0);
    let documents = Documents::open(objects, limits.upload_bounds(), cache).await?;
    let results = stream::iter(list.0.iter().map(|file| documents.ensure_erased(*file)));
    let mut results = results.buffer_unordered(CONCURRENT_READS);
    let mut merged = MergeReport::default();
    while let Some(previous) = results.try_next().await? {
        match previous {
            Some(Metadata::Published(_)) => merged.erased += 1,
            Some(Metadata::Erased) => merged.known += 1,
            None => merged.noted += 1,
        }
    }
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exported_list_must_be_complete_and_a_handwritten_one_need_not() {
        let first = FileId::from(DocumentId::of(b"first"));
        let second = FileId::from(LinkId::of(1_790_000_000, b"second"));
        let both = TombstoneList(vec![first, second]);
        let exported = format!("{HEAD}\n{first}\n{second}\n{END}2\n");
        assert_eq!(TombstoneList::parse(&exported).unwrap(), both);
        let by_hand = format!("# by order of the court\n\n  {first}  # this one\r\n{second}");
        assert_eq!(TombstoneList::parse(&by_hand).unwrap(), both);
        for length in 0..exported.len() - 1 {
            let result = TombstoneList::parse(&exported[..length]);
            // Without a complete first line, it is a handwritten list without documents.
            let cut = match length < HEAD.len() {
                true => matches!(result, Ok(list) if list.0.is_empty()),
                false => matches!(
                    result,
                    Err(MaintenanceError::Truncated | MaintenanceError::NotADocument { .. })
                ),
            };
            assert!(cut, "{length}");
        }
        let wrong = TombstoneList::parse(&format!("{first}\nx\n"));
        assert!(matches!(
            wrong,
            Err(MaintenanceError::NotADocument { line: 2 })
        ));
    }
}
