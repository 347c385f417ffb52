//! Encrypting, signing and uploading documents, before there is a record.

use std::{
    io::{self, BufReader, Read},
    path::Path,
};

use generion_crypto::{
    document::{self, CiphertextDigest},
    facts::FactsTree,
    locator,
    rand_core::OsRng,
    record::{DataPublicKey, RecordElement},
};
use generion_interface::{Locator, attestation::RecordAttestation, signed_line::Envelope};
use solana_address::Address;
use solana_signer::Signer;
use url::Url;

use super::{
    blocking::run_blocking,
    documents::READ_BYTES,
    facts::{DocumentContent, Keeping},
    research_copy::present_year,
    user::line_error,
};
use crate::{
    client::Client,
    error::ClientError,
    files::{document_file::DocumentFile, staged_file::StagedFile},
    flows::record::NewDocument,
    progress::Activity,
    wallet::Wallet,
};

/// A document that is encrypted, with the key that is its record's alone.
pub(crate) struct Encrypted {
    element: RecordElement,
    data_public_key: DataPublicKey,
    ciphertext: StagedFile,
    digest: CiphertextDigest,
    content: DocumentContent,
}

impl Encrypted {
    /// Encrypts the document at `path` with a new key. The work blocks the thread that it runs on.
    ///
    /// # Errors
    /// [`ClientError::Encrypt`]; [`ClientError::File`] that names the folder for the ciphertext.
    pub(crate) fn new(
        path: &Path,
        plaintext: impl Read,
        owner: &Address,
        creator: &Address,
    ) -> Result<Self, ClientError> {
        let element = RecordElement::random(&mut OsRng);
        let data_public_key = element.record_key(owner, creator).data_public_key();
        let ciphertext = StagedFile::temporary()?;
        let mut plaintext = Keeping::new(plaintext);
        let encrypted = document::encrypt(&mut plaintext, ciphertext.writer(), &data_public_key);
        let digest = encrypted.map_err(|source| ClientError::Encrypt {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self {
            element,
            data_public_key,
            ciphertext,
            digest,
            content: plaintext.content_in(present_year()),
        })
    }
}

/// A document that is encrypted and stored, and has no record yet.
pub(crate) struct Staged {
    pub(super) element: RecordElement,
    pub(super) data_public_key: DataPublicKey,
    pub(super) facts_root: [u8; 32],
    pub(super) locator: Vec<u8>,
    pub(super) documents: Vec<Url>,
    pub(super) signature: Option<Envelope>,
}

impl Client {
    /// Encrypts a document, with a fresh key, has its creator sign for it, and uploads it. `copy` is the contents hash of its
    /// research copy's record.
    pub(super) async fn stage(
        &self,
        creator: &(dyn Signer + Sync),
        document: &NewDocument,
        file: &DocumentFile,
        copy: Option<[u8; 32]>,
    ) -> Result<Staged, ClientError> {
        // Refused before anything is uploaded.
        document.account()?;
        let (path, owner, creator_address) =
            (document.path.clone(), document.owner, creator.pubkey());
        let mut plaintext = Counted {
            reader: self
                .progress
                .begin(Activity::Encrypting, Some(file.length()))
                .reading(file.reader()?),
            count: 0,
        };
        let (encrypted, count) = run_blocking(&document.path, move || {
            let reader = BufReader::with_capacity(READ_BYTES, &mut plaintext);
            let encrypted = Encrypted::new(&path, reader, &owner, &creator_address)?;
            Ok((encrypted, plaintext.count))
        })
        .await?;
        file.require_unchanged(count)?;
        self.store_encrypted(creator, document, encrypted, copy)
            .await
    }

    /// Has a document's creator sign for it, and uploads it.
    pub(crate) async fn store_encrypted(
        &self,
        creator: &(dyn Signer + Sync),
        document: &NewDocument,
        encrypted: Encrypted,
        copy: Option<[u8; 32]>,
    ) -> Result<Staged, ClientError> {
        let Encrypted {
            element,
            data_public_key,
            ciphertext,
            digest,
            content,
        } = encrypted;
        let owner = document.owner;
        let profile = content.profile();
        let (kind, media_type) = (&document.kind, &document.media_type);
        // The content's own profile is never refused.
        let facts = content.facts(profile, kind, media_type, &digest.sha256);
        let facts = facts.unwrap_or_default();
        let argument = |error: &dyn core::fmt::Display| ClientError::Argument(error.to_string());
        let tree = FactsTree::new(&element, &data_public_key, facts);
        let facts_root = tree.map_err(|error| argument(&error))?.root();
        let signed = match document.sign {
            false => None,
            true => {
                let attestation = RecordAttestation {
                    deployment: *self.ledger.deployment(),
                    creator: creator.pubkey(),
                    owner,
                    data_public_key: data_public_key.0,
                    document: digest.sha256,
                    facts_root,
                };
                let sign = |line: &[u8]| Wallet { signer: creator }.sign(line);
                Some(attestation.sign(sign).map_err(line_error)?)
            }
        };

        let erase_authority = document.erase_authority.unwrap_or(owner);
        let (mut stores, mut documents, mut failed) = (Vec::new(), Vec::new(), None);
        for store in &document.stores {
            let uploaded = self
                .store
                .upload(
                    store,
                    &ciphertext.path(),
                    &digest,
                    creator,
                    &erase_authority,
                )
                .await;
            match uploaded {
                Ok(url) => {
                    stores.push(store.clone());
                    documents.push(url);
                }
                Err(error) if document.needed_stores.is_none() => return Err(error.into()),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        match failed {
            Some(error) if stores.len() < document.needed_stores.unwrap_or(1).max(1) => {
                return Err(error.into());
            }
            _ => {}
        }
        let locator = Locator {
            stores,
            sha256: digest.sha256,
            size: digest.size,
            media_type: document.media_type.clone(),
            kind: document.kind.clone(),
            profile: profile.to_string(),
            copy,
            signature: signed.map(|(signature, _)| signature),
        };
        let locator = locator::seal(&locator, &data_public_key, &mut OsRng)
            .map_err(|error| argument(&error))?;
        Ok(Staged {
            element,
            data_public_key,
            facts_root,
            locator,
            documents,
            signature: signed.map(|(_, envelope)| envelope),
        })
    }
}

/// Counts the bytes that are read.
struct Counted<R> {
    reader: R,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.count += count as u64;
        Ok(count)
    }
}
