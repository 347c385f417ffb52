//! Opening records: from the group element to the record key, the locator, the ciphertext and the plain text.

use std::{
    io::{BufReader, BufWriter, Write},
    path::Path,
};

use generion_crypto::{
    document, locator,
    record::{RecordElement, RecordKey},
};
use generion_interface::{
    Deployment, Locator, attestation::RecordAttestation, locator::StoreUrl, signed_line::Envelope,
};
use solana_signer::Signer;
use url::Url;

use super::{
    blocking::run_blocking,
    facts::{DocumentContent, Keeping, LocatorFacts, RecordFacts, check, check_locator},
};
use crate::{
    client::Client,
    error::ClientError,
    files::staged_file::{Existing, StagedFile},
    progress::Activity,
    saved::sealed_record::SealedRecord,
    store::{
        client::{DocumentStatus, StoreClient},
        error::StoreError,
    },
};

/// Bytes that a file is read with at a time.
pub(crate) const READ_BYTES: usize = 64 * 1024;

/// The evidence of a record's creator. There is no third case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreatorSignature {
    /// The creator signed the record, which is checked: it takes no node's word.
    Signed(Envelope),
    /// The record's address, which the ledger gives to no one but its creator. That it is on the ledger is the nodes' word.
    None,
}

/// An unlocked record, with the parts that could be checked without its document.
pub(crate) struct Unlocked {
    pub key: RecordKey,
    pub locator: Locator,
    pub signature: CreatorSignature,
    pub facts: LocatorFacts,
}

/// Compares the record key with the ledger's, which a dishonest creator or seller could have made differ.
pub(crate) fn record_key(
    record: &SealedRecord,
    element: &RecordElement,
) -> Result<RecordKey, ClientError> {
    let key = element.record_key(&record.owner, &record.creator);
    if key.data_public_key().0 != record.data_public_key {
        return Err(ClientError::DataKeyMismatch(record.address));
    }
    Ok(key)
}

/// The record's key and the contents of its locator. The creator's signature, if there is one, is checked, and so are the facts
/// that don't follow from the document's content.
pub(crate) fn unlock(
    deployment: &Deployment,
    record: &SealedRecord,
    element: &RecordElement,
) -> Result<Unlocked, ClientError> {
    let key = record_key(record, element)?;
    let locator = locator::open(&record.locator, &key).map_err(|source| ClientError::Locator {
        record: record.address,
        source,
    })?;
    let signature = match &locator.signature {
        None => CreatorSignature::None,
        Some(signature) => {
            let attestation = RecordAttestation {
                deployment: *deployment,
                creator: record.creator,
                owner: record.owner,
                data_public_key: record.data_public_key,
                document: locator.sha256,
                facts_root: record.facts_root,
            };
            let envelope =
                attestation
                    .verify(signature)
                    .map_err(|source| ClientError::CreatorSignature {
                        record: record.address,
                        creator: record.creator,
                        source,
                    })?;
            CreatorSignature::Signed(envelope)
        }
    };
    let facts = check_locator(record, element, &locator)?;
    Ok(Unlocked {
        key,
        locator,
        signature,
        facts,
    })
}

impl Client {
    /// Unlocks a record and opens its document, whose facts are checked.
    pub(crate) async fn open_with(
        &self,
        element: &RecordElement,
        record: &SealedRecord,
        to: &StagedFile,
    ) -> Result<(Unlocked, RecordFacts), ClientError> {
        let unlocked = unlock(self.ledger.deployment(), record, element)?;
        let facts = self.open_document(record, element, &unlocked, to).await?;
        Ok((unlocked, facts))
    }

    /// The status of a document at each of its stores, including stores that have taken the place of one of them.
    pub async fn document_status(
        &self,
        locator: &Locator,
    ) -> Vec<(StoreUrl, Result<DocumentStatus, StoreError>)> {
        let mut all = Vec::new();
        for store in self.store_map.stores(&locator.stores) {
            let status = match document_at(store, locator) {
                Ok(url) => self.store.status(&url, &self.fetch_policy).await,
                Err(error) => Err(error),
            };
            all.push((store.clone(), status));
        }
        all
    }

    /// Erases a document for good at each of its stores, signed by its erase authority. Returns the result at each store. A
    /// store that erased it before, or never had it, reports that there is nothing to erase.
    pub async fn erase_document(
        &self,
        locator: &Locator,
        authority: &(dyn Signer + Sync),
    ) -> Vec<(StoreUrl, Result<(), StoreError>)> {
        let mut all = Vec::new();
        for store in self.store_map.stores(&locator.stores) {
            let erased = match document_at(store, locator) {
                Ok(url) => self.store.delete(&url, authority).await,
                Err(error) => Err(error),
            };
            all.push((store.clone(), erased));
        }
        all
    }

    /// Fetches an unlocked record's document, checks it and its facts, and writes its plain text to `to`.
    pub(crate) async fn open_document(
        &self,
        record: &SealedRecord,
        element: &RecordElement,
        unlocked: &Unlocked,
        to: &StagedFile,
    ) -> Result<RecordFacts, ClientError> {
        let Unlocked { key, locator, .. } = unlocked;
        let ciphertext = self
            .store
            .fetch(locator, &self.fetch_policy, &self.store_map, to.folder())
            .await
            .map_err(|source| ClientError::Fetch {
                record: record.address,
                source: Box::new(source),
            })?;

        let running = self
            .progress
            .begin(Activity::Decrypting, Some(locator.size));
        let (address, key) = (record.address, key.clone());
        let to = to.again().map_err(|source| to.error(source))?;
        let folder = to.folder().to_owned();
        let reads_content = matches!(unlocked.facts, LocatorFacts::OfContent(_));
        let content = run_blocking(&folder, move || {
            let file_error = |source| to.error(source);
            let reader = running.reading(ciphertext.reader().map_err(file_error)?);
            let reader = BufReader::with_capacity(READ_BYTES, reader);
            let mut writer = BufWriter::new(to.writer());
            let failed = |source| ClientError::Document {
                record: address,
                source,
            };
            let content = if reads_content {
                let mut writer = Keeping::new(&mut writer);
                document::decrypt(reader, &mut writer, &key).map_err(failed)?;
                writer.content()
            } else {
                document::decrypt(reader, &mut writer, &key).map_err(failed)?;
                DocumentContent::default()
            };
            writer.flush().map_err(file_error)?;
            Ok(content)
        })
        .await?;
        match &unlocked.facts {
            LocatorFacts::Known(facts) => Ok(facts.clone()),
            LocatorFacts::OfContent(profile) => check(record, element, locator, *profile, &content),
        }
    }
}

/// Gives an opened document its place, unless there is something already.
pub(crate) fn keep(document: StagedFile, to: &Path) -> Result<(), ClientError> {
    document
        .place(to, Existing::Keep)
        .map_err(|source| ClientError::File {
            path: to.to_owned(),
            source,
        })
}

fn document_at(store: &StoreUrl, locator: &Locator) -> Result<Url, StoreError> {
    StoreClient::document_url(store, locator.sha256).map_err(StoreError::InvalidUrl)
}
