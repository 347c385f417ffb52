//! What opening any record comes down to: group element, record key, locator, ciphertext, plain text.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Write},
    path::Path,
};

use generion_crypto::{
    document, locator,
    record::{RecordElement, RecordKey},
};
use generion_interface::Locator;
use tempfile::NamedTempFile;

use crate::{Activity, Client, ClientError, receipts::ParsedReceipt};

/// Bytes that a file is read with at a time.
pub(crate) const READ_BYTES: usize = 64 * 1024;

/// Compares the record key with the ledger's, which a dishonest creator or seller could have made differ.
pub(crate) fn record_key(
    record: &ParsedReceipt,
    element: &RecordElement,
) -> Result<RecordKey, ClientError> {
    let key = element.record_key(&record.owner, &record.creator);
    if key.data_public_key().0 != record.data_public_key {
        return Err(ClientError::DataKeyMismatch(record.address));
    }
    Ok(key)
}

/// The record's key and what is in its locator, whose hash is compared with the public one, where there is one.
pub(crate) fn unlock(
    record: &ParsedReceipt,
    element: &RecordElement,
) -> Result<(RecordKey, Locator), ClientError> {
    let key = record_key(record, element)?;
    let locator = locator::open(&record.locator, &key).map_err(|source| ClientError::Locator {
        record: record.address,
        source,
    })?;
    if record.ciphertext_hash != [0; 32] && record.ciphertext_hash != locator.sha256 {
        return Err(ClientError::HashMismatch(record.address));
    }
    Ok((key, locator))
}

impl Client {
    /// Unlocks a record and opens its document; what its locator says.
    pub(crate) async fn open_with(
        &self,
        element: &RecordElement,
        record: &ParsedReceipt,
        to: &Path,
    ) -> Result<Locator, ClientError> {
        let (key, locator) = unlock(record, element)?;
        self.open_document(record, &key, &locator, to).await?;
        Ok(locator)
    }

    /// Fetches an unlocked record's document, checks it and writes its plain text to `to`, in full or not at all.
    pub(crate) async fn open_document(
        &self,
        record: &ParsedReceipt,
        key: &RecordKey,
        locator: &Locator,
        to: &Path,
    ) -> Result<(), ClientError> {
        let file_error = |source| ClientError::File {
            path: to.to_owned(),
            source,
        };
        let folder = to
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let working = tempfile::tempdir_in(folder).map_err(file_error)?;
        let ciphertext = working.path().join("document.age");
        self.store
            .download(locator, &self.fetch_policy, &ciphertext)
            .await
            .map_err(|source| ClientError::Fetch {
                record: record.address,
                source: Box::new(source),
            })?;

        let plaintext = NamedTempFile::new_in(folder).map_err(file_error)?;
        let reader = self
            .progress
            .begin(Activity::Decrypting, Some(locator.size))
            .reading(File::open(&ciphertext).map_err(file_error)?);
        let reader = BufReader::with_capacity(READ_BYTES, reader);
        let mut writer = BufWriter::new(plaintext);
        document::decrypt(reader, &mut writer, key).map_err(|source| ClientError::Document {
            record: record.address,
            source,
        })?;
        writer.flush().map_err(file_error)?;
        let plaintext = writer
            .into_inner()
            .map_err(|error| file_error(error.into_error()))?;
        plaintext.as_file().sync_all().map_err(file_error)?;
        plaintext
            .persist_noclobber(to)
            .map_err(|error| file_error(error.error))?;
        Ok(())
    }
}
