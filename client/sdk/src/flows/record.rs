use std::path::{Path, PathBuf};

use generion_crypto::{capsule, facts::Profile, record::RecordElement};
use generion_interface::{
    Locator,
    accounts::RecordAccount,
    locator::{SEAL_OVERHEAD, StoreUrl},
    signed_line::Envelope,
};
use solana_address::Address;
use solana_signer::Signer;
use url::Url;

use super::{
    documents::{CreatorSignature, keep, unlock},
    facts::{CheckedFacts, LocatorFacts, RecordFacts},
};
use crate::{
    client::Client,
    error::ClientError,
    files::staged_file::StagedFile,
    ledger::{KeyedAccount, rent::AccountToCreate},
    saved::sealed_record::SealedRecord,
    transaction::{confirmed::ConfirmedTransaction, prepared::Prepared},
    wallet::KeySource,
};

/// A document that is to become a record.
#[derive(Clone, Debug)]
pub struct NewDocument {
    /// The plain document.
    pub path: PathBuf,
    /// The wallet that it is for.
    pub owner: Address,
    /// The document's media type, e.g. `application/fhir+json`.
    pub media_type: String,
    /// The document's kind, e.g. `fhir:Observation/4548-4`. It is sealed: only those who can open the record can read it.
    pub kind: String,
    /// The document stores that get it, 1 to 3, e.g. `https://store.example`. Readers try them in this order.
    pub stores: Vec<StoreUrl>,
    /// The number of stores that must take it; `None`: all. The record names those that did.
    pub needed_stores: Option<usize>,
    /// The key that may erase the ciphertext: the owner's wallet unless the owner asked for another key.
    pub erase_authority: Option<Address>,
    /// Whether the creator signs the record, so that everybody who can open it can prove without a node who wrote it.
    pub sign: bool,
}

impl NewDocument {
    /// The account of the record that it becomes.
    ///
    /// It is the largest one: the locator names the profile of the document's facts, and the longest name is assumed.
    ///
    /// # Errors
    /// [`ClientError::Argument`] where stores, media type and kind are too long for a locator, or there are too many stores.
    pub fn account(&self) -> Result<AccountToCreate, ClientError> {
        let locator = Locator {
            stores: self.stores.clone(),
            sha256: [0; 32],
            size: 0,
            media_type: self.media_type.clone(),
            kind: self.kind.clone(),
            profile: Profile::SafeHarborDocument1.to_string(),
            copy: None,
            signature: None,
        };
        let encoded = locator
            .encode()
            .map_err(|error| ClientError::Argument(error.to_string()))?;
        Ok(AccountToCreate::Record(encoded.len() + SEAL_OVERHEAD))
    }
}

/// A record that was written.
#[derive(Clone, Debug)]
pub struct CreatedRecord {
    /// The record's address.
    pub address: Address,
    /// `c`, the hash of the record's contents. The locator of an original names its research copy by it.
    pub contents: [u8; 32],
    /// The addresses of the document.
    pub documents: Vec<Url>,
    /// The envelope of the creator's signature; `None`: the creator did not sign the record.
    pub signature: Option<Envelope>,
    /// The transaction.
    pub confirmed: ConfirmedTransaction,
}

/// A record that passed all checks of [`Client::check_record`].
#[derive(Clone, Debug)]
pub struct CheckedRecord {
    /// The record.
    pub record: KeyedAccount<RecordAccount>,
    /// The contents of the locator.
    pub locator: Locator,
    /// Whether its creator is its owner, so that nobody else vouches for it.
    pub self_issued: bool,
    /// The evidence of the creator.
    pub signature: CreatorSignature,
    /// The state of the facts.
    pub facts: CheckedFacts,
}

impl Client {
    /// Checks everything that an owner must check before signing for a record, and writes its plain text to `to`. The checks:
    /// the capsule opens and leads to the data public key; the locator opens; the signature in it, if there is one, is the
    /// creator's; the facts are the document's; the document is there, matches the locator and opens; and at each of its
    /// stores, `erase_authority` alone can erase it.
    ///
    /// # Errors
    /// A [`ClientError`] that names the reason.
    pub async fn check_record(
        &self,
        owner: &dyn KeySource,
        address: &Address,
        erase_authority: &Address,
        to: &Path,
    ) -> Result<CheckedRecord, ClientError> {
        let document = StagedFile::beside(to)?;
        let checked = self
            .check_record_into(owner, address, erase_authority, &document)
            .await?;
        keep(document, to)?;
        Ok(checked)
    }

    /// As [`Self::check_record`], for programs that give the document its place later. Without a place, no file is left of it.
    ///
    /// # Errors
    /// A [`ClientError`] that names the reason.
    pub async fn check_record_into(
        &self,
        owner: &dyn KeySource,
        address: &Address,
        erase_authority: &Address,
        to: &StagedFile,
    ) -> Result<CheckedRecord, ClientError> {
        let record = self.listed_record(address).await?;
        let sealed = SealedRecord::from(&record);
        let element = self.open_own_capsule(owner, &record)?;
        let unlocked = unlock(self.ledger.deployment(), &sealed, &element)?;

        // Asked before the download: a document that somebody else can erase is not worth it.
        for (store, status) in self.document_status(&unlocked.locator).await {
            if !matches!(store.scheme(), "http" | "https") {
                continue;
            }
            let status = status.map_err(|source| ClientError::StoreOfRecord {
                record: *address,
                source: Box::new(source),
            })?;
            let actual = status.erase_authority;
            if actual != *erase_authority {
                return Err(ClientError::EraseAuthority {
                    record: *address,
                    store: store.to_string(),
                    expected: *erase_authority,
                    actual,
                });
            }
        }
        let facts = self.open_document(&sealed, &element, &unlocked, to).await?;
        let self_issued = record.account.state.is_self_issued();
        Ok(CheckedRecord {
            record,
            locator: unlocked.locator,
            self_issued,
            signature: unlocked.signature,
            facts: facts.checked,
        })
    }

    /// Verifies a record that passed [`Client::check_record`]. Its address follows from its contents, so that nothing else can
    /// have taken its place since.
    pub fn verify_record<'a>(
        &'a self,
        owner: &'a (dyn Signer + Sync),
        payer: &'a (dyn Signer + Sync),
        checked: &CheckedRecord,
    ) -> Prepared<'a> {
        let instruction = self
            .ledger
            .instructions()
            .verify_record(owner.pubkey(), checked.record.address);
        Prepared::new(&self.ledger, vec![instruction], payer, vec![owner], ())
    }

    /// Opens one of the owner's records into a file.
    ///
    /// # Errors
    /// A [`ClientError`] that names the reason; nothing is written then.
    pub async fn open_record(
        &self,
        owner: &dyn KeySource,
        address: &Address,
        to: &Path,
    ) -> Result<Locator, ClientError> {
        let document = StagedFile::beside(to)?;
        let locator = self.open_record_into(owner, address, &document).await?;
        keep(document, to)?;
        Ok(locator)
    }

    /// As [`Self::open_record`], for programs that give the document its place later.
    ///
    /// # Errors
    /// A [`ClientError`] that names the reason.
    pub async fn open_record_into(
        &self,
        owner: &dyn KeySource,
        address: &Address,
        to: &StagedFile,
    ) -> Result<Locator, ClientError> {
        let record = self.listed_record(address).await?;
        let element = self.open_own_capsule(owner, &record)?;
        let (unlocked, _) = self.open_with(&element, &(&record).into(), to).await?;
        Ok(unlocked.locator)
    }

    /// The contents of the locator of one of the owner's records. The document is not read.
    ///
    /// # Errors
    /// A [`ClientError`] that names the reason.
    pub async fn open_locator(
        &self,
        owner: &dyn KeySource,
        address: &Address,
    ) -> Result<Locator, ClientError> {
        let record = self.listed_record(address).await?;
        let element = self.open_own_capsule(owner, &record)?;
        let unlocked = unlock(self.ledger.deployment(), &(&record).into(), &element)?;
        Ok(unlocked.locator)
    }

    /// The facts of one of the owner's records, which the owner can disclose. Where they follow from the document's content,
    /// the document is fetched and opened, and nothing is left of it.
    ///
    /// # Errors
    /// A [`ClientError`] that names what is wrong; [`ClientError::FactsMismatch`].
    pub async fn record_facts(
        &self,
        owner: &dyn KeySource,
        address: &Address,
    ) -> Result<RecordFacts, ClientError> {
        let record = self.listed_record(address).await?;
        let element = self.open_own_capsule(owner, &record)?;
        let sealed = SealedRecord::from(&record);
        let unlocked = unlock(self.ledger.deployment(), &sealed, &element)?;
        if let LocatorFacts::Known(facts) = unlocked.facts {
            return Ok(facts);
        }
        let to = StagedFile::temporary()?;
        self.open_document(&sealed, &element, &unlocked, &to).await
    }

    /// Deletes a record from the ledger; its document stays in its stores until it is erased there.
    ///
    /// # Errors
    /// Those of [`crate::Ledger::record`].
    pub async fn delete_record<'a>(
        &'a self,
        authority: &'a (dyn Signer + Sync),
        payer: &'a (dyn Signer + Sync),
        address: &Address,
    ) -> Result<Prepared<'a>, ClientError> {
        let state = self.ledger.record(address).await?.state;
        let instruction =
            self.ledger
                .instructions()
                .delete_record(authority.pubkey(), *address, &state);
        let signers = vec![authority];
        Ok(Prepared::new(
            &self.ledger,
            vec![instruction],
            payer,
            signers,
            (),
        ))
    }

    pub(crate) async fn listed_record(
        &self,
        address: &Address,
    ) -> Result<KeyedAccount<RecordAccount>, ClientError> {
        Ok(KeyedAccount {
            address: *address,
            account: self.ledger.record(address).await?,
        })
    }

    pub(crate) fn open_own_capsule(
        &self,
        owner: &dyn KeySource,
        record: &KeyedAccount<RecordAccount>,
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
