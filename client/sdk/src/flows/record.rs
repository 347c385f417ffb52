use std::path::{Path, PathBuf};

use generion_crypto::{capsule, record::RecordElement};
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
