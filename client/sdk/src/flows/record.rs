use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

use generion::CreateRecordArgs;
use generion_crypto::{
    capsule::{self, RecordBinding},
    document, locator,
    rand_core::OsRng,
    record::RecordElement,
};
use generion_interface::{Locator, accounts::RecordAccount};
use solana_address::Address;
use solana_signer::Signer;
use url::Url;

use super::documents::unlock;
use crate::{Client, ClientError, KeySource, Landed, Listed, SendOptions, receipts::ParsedReceipt};

/// A document that is to become a record.
#[derive(Clone, Debug)]
pub struct NewDocument {
    /// The plain document.
    pub path: PathBuf,
    /// The wallet that it is for.
    pub owner: Address,
    /// Its media type, e.g. `application/fhir+json`.
    pub media_type: String,
    /// What it is, e.g. `fhir:Observation/4548-4`. Sealed: only who can open the record learns it.
    pub kind: String,
    /// The document store, e.g. `https://store.example`.
    pub store: Url,
    /// Who may erase the ciphertext: the owner's wallet unless the owner asked for another key.
    pub erase_authority: Option<Address>,
    /// Whether the hash of the ciphertext stands on the ledger, which lets buyers check it beforehand and makes it
    /// findable.
    pub disclose_hash: bool,
}

/// A record that was written.
#[derive(Clone, Debug)]
pub struct CreatedRecord {
    /// Its address.
    pub address: Address,
    /// Its id among its owner's records.
    pub id: u64,
    /// Where its document is.
    pub document: Url,
    /// The transaction.
    pub landed: Landed,
}

/// A record whose every promise was checked.
#[derive(Clone, Debug)]
pub struct CheckedRecord {
    /// The record.
    pub record: Listed<RecordAccount>,
    /// What its locator says.
    pub locator: Locator,
    /// Whether its creator is its owner, so that nobody else vouches for it.
    pub self_issued: bool,
}

impl Client {
    /// Encrypts a document to its owner, uploads it and writes the record. `payer` pays rent and fee.
    ///
    /// # Errors
    /// [`ClientError::NoKey`] where the owner has none; those of encryption, the store and the ledger. A failure after
    /// the upload leaves a ciphertext that nobody can open.
    pub async fn create_record(
        &self,
        creator: &dyn Signer,
        payer: &dyn Signer,
        document: &NewDocument,
    ) -> Result<CreatedRecord, ClientError> {
        let owner = document.owner;
        let owner_key = self.published_key(&owner).await?;
        let element = RecordElement::random(&mut OsRng);
        let data_public_key = element
            .record_key(&owner, &creator.pubkey())
            .data_public_key();

        let encrypt_error = |source| ClientError::Encrypt {
            path: document.path.clone(),
            source,
        };
        let plaintext = File::open(&document.path).map_err(|source| ClientError::File {
            path: document.path.clone(),
            source,
        })?;
        let ciphertext =
            tempfile::NamedTempFile::new().map_err(|error| encrypt_error(error.into()))?;
        let digest = document::encrypt(
            BufReader::new(plaintext),
            ciphertext.as_file(),
            &data_public_key,
        )
        .map_err(encrypt_error)?;
        let erase_authority = document.erase_authority.unwrap_or(owner);
        let url = self
            .store
            .upload(
                &document.store,
                ciphertext.path(),
                &digest,
                creator,
                &erase_authority,
            )
            .await?;

        // Read as late as possible: another creator may write to the same owner meanwhile.
        let id = self.ledger.user(&owner).await?.next_record_id;
        let address = self.ledger.addresses().record(&owner, id);
        let sealed = locator::seal(
            &Locator {
                url: url.to_string(),
                sha256: digest.sha256,
                size: digest.size,
                media_type: document.media_type.clone(),
                kind: document.kind.clone(),
            },
            &data_public_key,
            &mut OsRng,
        )
        .map_err(|source| ClientError::Locator {
            record: address,
            source,
        })?;
        let (capsule, randomness) = capsule::seal(&element, &owner_key, &mut OsRng);
        let binding = RecordBinding {
            program_id: *self.ledger.program_id(),
            record: address,
            creator: creator.pubkey(),
            owner_key,
            data_public_key,
        };
        let args = CreateRecordArgs {
            id,
            data_public_key: data_public_key.0,
            capsule,
            proof: capsule::prove(&binding, &capsule, &randomness, &mut OsRng),
            ciphertext_hash: if document.disclose_hash {
                digest.sha256
            } else {
                [0; 32]
            },
            locator: sealed,
        };
        let instruction = self.ledger.instructions().create_record(
            &owner,
            creator.pubkey(),
            payer.pubkey(),
            args,
        );
        let landed = self
            .ledger
            .send(&[instruction], payer, &[creator], SendOptions::default())
            .await?;
        Ok(CreatedRecord {
            address,
            id,
            document: url,
            landed,
        })
    }

    /// Checks all that an owner must before signing for a record, and writes its plain text to `to`: the capsule opens
    /// and leads to the data public key, the locator opens, the document is there, is what the locator says and opens,
    /// and `erase_authority` alone can erase it.
    ///
    /// # Errors
    /// A [`ClientError`] that names what is wrong.
    pub async fn check_record(
        &self,
        owner: &dyn KeySource,
        address: &Address,
        erase_authority: &Address,
        to: &Path,
    ) -> Result<CheckedRecord, ClientError> {
        let record = Listed {
            address: *address,
            account: self.ledger.record(address).await?,
        };
        let parsed = ParsedReceipt::from(&record);
        let element = self.open_own_capsule(owner, &record)?;
        let (key, locator) = unlock(&parsed, &element)?;

        // Asked before the download: a document that somebody else can erase is not worth it.
        if let Some(url) = Url::parse(&locator.url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
        {
            let actual = self
                .store
                .status(&url, &self.fetch_policy)
                .await?
                .erase_authority;
            if actual != *erase_authority {
                return Err(ClientError::EraseAuthority {
                    record: *address,
                    expected: *erase_authority,
                    actual,
                });
            }
        }
        self.open_document(&parsed, &key, &locator, to).await?;
        let self_issued = record.account.state.is_self_issued();
        Ok(CheckedRecord {
            record,
            locator,
            self_issued,
        })
    }

    /// Signs for a record that [`Client::check_record`] found right.
    ///
    /// # Errors
    /// Those of [`crate::Ledger::send`].
    pub async fn verify_record(
        &self,
        owner: &dyn Signer,
        payer: &dyn Signer,
        checked: &CheckedRecord,
    ) -> Result<Landed, ClientError> {
        let instruction = self
            .ledger
            .instructions()
            .verify_record(owner.pubkey(), checked.record.address);
        self.ledger
            .send(&[instruction], payer, &[owner], SendOptions::default())
            .await
    }

    /// Opens one of the owner's records into a file.
    ///
    /// # Errors
    /// A [`ClientError`] that names what is wrong; nothing is written then.
    pub async fn open_record(
        &self,
        owner: &dyn KeySource,
        address: &Address,
        to: &Path,
    ) -> Result<Locator, ClientError> {
        let record = Listed {
            address: *address,
            account: self.ledger.record(address).await?,
        };
        let element = self.open_own_capsule(owner, &record)?;
        self.open_with(&element, &ParsedReceipt::from(&record), to)
            .await
    }

    /// Deletes a record from the ledger; its document stays in its store until it is erased there.
    ///
    /// # Errors
    /// Those of [`crate::Ledger::send`].
    pub async fn delete_record(
        &self,
        authority: &dyn Signer,
        payer: &dyn Signer,
        address: &Address,
    ) -> Result<Landed, ClientError> {
        let state = self.ledger.record(address).await?.state;
        let instruction =
            self.ledger
                .instructions()
                .delete_record(authority.pubkey(), *address, &state);
        self.ledger
            .send(&[instruction], payer, &[authority], SendOptions::default())
            .await
    }

    pub(crate) fn open_own_capsule(
        &self,
        owner: &dyn KeySource,
        record: &Listed<RecordAccount>,
    ) -> Result<RecordElement, ClientError> {
        let state = &record.account.state;
        if state.owner != owner.wallet() {
            return Err(ClientError::Argument(format!(
                "record {} belongs to wallet {}, not to {}",
                record.address,
                state.owner,
                owner.wallet()
            )));
        }
        let secret = self.secret_for(owner, state.key_index, &state.owner_key)?;
        capsule::open(&state.capsule, &secret).map_err(|source| ClientError::Capsule {
            record: record.address,
            source,
        })
    }
}
