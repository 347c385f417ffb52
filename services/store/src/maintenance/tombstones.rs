use std::io::Write;

use futures::{StreamExt, TryStreamExt, stream};
use generion_interface::store::DocumentId;

use super::{AT_ONCE, MaintenanceError, document_at, is_damaged};
use crate::{
    config::Limits,
    storage::{Backend, Documents, Recent, Record, StorageKey, StorageLocation},
};

/// First line of an exported list; such a list has an end mark.
const HEAD: &str = "# generion-store tombstones 1";
/// What the last line begins with; the number of tombstones follows.
const END: &str = "# end: ";

/// Writes a list of the documents that were deleted, one a line. It does so while a store is running, too.
///
/// # Errors
/// [`MaintenanceError`]: the storage, or writing.
pub async fn export_tombstones(
    location: &StorageLocation,
    to: &mut impl Write,
) -> Result<u64, MaintenanceError> {
    let storage = Backend::look_at(location).await?;
    let documents = Documents::looked_at(storage.clone(), &Limits::default());
    let tombstone = Record::tombstone().len() as u64;
    let mut line = |line: &str| writeln!(to, "{line}").map_err(MaintenanceError::Unwritable);
    line(HEAD)?;
    let mut count = 0_u64;
    let erased = storage
        .list(StorageKey::DOCUMENTS.into())
        // All others are longer, and need not be read.
        .try_filter(|listed| std::future::ready(listed.size == tombstone))
        .map_ok(|listed| document_at(&listed.path))
        .map_ok(|document| {
            let documents = &documents;
            async move {
                match document {
                    Some(document) => match documents.record(document).await {
                        Ok(Some(Record::Erased)) => Ok(Some(document)),
                        Ok(_) => Ok(None),
                        Err(error) if is_damaged(&error) => Ok(None),
                        Err(error) => Err(error),
                    },
                    None => Ok(None),
                }
            }
        })
        .try_buffered(AT_ONCE);
    let mut erased = std::pin::pin!(erased);
    while let Some(document) = erased.try_next().await? {
        if let Some(document) = document {
            line(&document.to_string())?;
            count += 1;
        }
    }
    line(&format!("{END}{count}"))?;
    to.flush().map_err(MaintenanceError::Unwritable)?;
    Ok(count)
}

/// Documents that are to count as deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TombstoneList(Vec<DocumentId>);

impl TombstoneList {
    /// Reads a list: what [`export_tombstones`] wrote, whole, or one that somebody wrote by hand, one document a line.
    ///
    /// # Errors
    /// [`MaintenanceError::NotADocument`] and [`MaintenanceError::CutOff`].
    pub fn parse(text: &str) -> Result<Self, MaintenanceError> {
        let mut documents = Vec::new();
        let mut end = None;
        for (index, line) in text.lines().enumerate() {
            if let Some(count) = line.strip_prefix(END) {
                end = count.parse().ok();
            }
            let document = line.split('#').next().unwrap_or_default().trim();
            if document.is_empty() {
                continue;
            }
            let line = index + 1;
            let document = document.parse();
            documents.push(document.map_err(|_| MaintenanceError::NotADocument { line })?);
        }
        let is_exported = text.lines().next() == Some(HEAD);
        match is_exported && end != Some(documents.len()) {
            true => Err(MaintenanceError::CutOff),
            false => Ok(Self(documents)),
        }
    }
}

/// What came of a list of tombstones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Documents that were there, and are deleted now.
    pub erased: u64,
    /// Documents that were not there, and can't be uploaded any more.
    pub noted: u64,
    /// Documents that were deleted here before.
    pub known: u64,
}

/// Deletes the documents of a list for good, as their erase authorities have done elsewhere. It can be repeated.
///
/// # Errors
/// [`MaintenanceError`]: the storage. What was done before stays done.
pub async fn merge_tombstones(
    location: &StorageLocation,
    limits: &Limits,
    list: &TombstoneList,
) -> Result<Merged, MaintenanceError> {
    let storage = Backend::open(location).await?;
    let recent = Recent::new(0);
    let documents = Documents::open(storage, limits.upload_bounds(), recent).await?;
    let results = stream::iter(list.0.iter().map(|document| documents.bury(*document)));
    let mut results = results.buffer_unordered(AT_ONCE);
    let mut merged = Merged::default();
    while let Some(was) = results.try_next().await? {
        match was {
            Some(Record::Published(_)) => merged.erased += 1,
            Some(Record::Erased) => merged.known += 1,
            None => merged.noted += 1,
        }
    }
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exported_list_is_taken_whole_and_one_by_hand_as_it_is() {
        let [first, second] = [b"first".as_slice(), b"second"].map(DocumentId::of);
        let both = TombstoneList(vec![first, second]);
        let exported = format!("{HEAD}\n{first}\n{second}\n{END}2\n");
        assert_eq!(TombstoneList::parse(&exported).unwrap(), both);
        let by_hand = format!("# by order of the court\n\n  {first}  # this one\r\n{second}");
        assert_eq!(TombstoneList::parse(&by_hand).unwrap(), both);
        for length in 0..exported.len() - 1 {
            let result = TombstoneList::parse(&exported[..length]);
            // Before its first line is complete, it is one by hand without a document.
            let cut = match length < HEAD.len() {
                true => matches!(result, Ok(list) if list.0.is_empty()),
                false => matches!(
                    result,
                    Err(MaintenanceError::CutOff | MaintenanceError::NotADocument { .. })
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
