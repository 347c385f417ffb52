//! Writing records: documents are encrypted and stored first, and get their ids when they are written.

use std::{fs::File, io::BufReader, time::Duration};

use generion::{CreateRecordArgs, GenerionError};
use generion_crypto::{
    capsule::{self, RecordBinding},
    document,
    keys::EncryptionKey,
    locator,
    rand_core::OsRng,
    record::{DataPublicKey, RecordElement},
};
use generion_interface::{Locator, accounts::RecordAccount};
use solana_address::Address;
use solana_instruction::{Instruction, error::InstructionError};
use solana_signer::Signer;
use solana_transaction_error::TransactionError;
use tokio::time::sleep;
use url::Url;

use super::documents::READ_BYTES;
use crate::{
    Activity, Client, ClientError, CreatedRecord, NewDocument, Prepared, SendOptions,
    store::StoreClient,
};

/// How often in a row somebody else may be faster at the same owner, before it is taken for spam.
const MAX_LOST_RACES: u32 = 12;
/// The longest wait after a lost race, for each race lost in a row. It is random, so that two writers who mean well
/// don't meet again.
const RACE_WAIT: Duration = Duration::from_millis(200);
/// How many block hashes are tried.
const ATTEMPTS: u32 = 3;
/// Most records that are looked at to tell who was faster.
const WITNESSES: u64 = 100;

/// A document that is encrypted and stored, and has no record yet.
pub(crate) struct Staged {
    owner: Address,
    element: RecordElement,
    data_public_key: DataPublicKey,
    ciphertext_hash: [u8; 32],
    locator: Vec<u8>,
    url: Url,
}

impl Staged {
    /// What tells its record from every other, whatever id it gets.
    pub const fn data_public_key(&self) -> [u8; 32] {
        self.data_public_key.0
    }
}

impl Client {
    /// Encrypts a document to its owner, uploads it and writes the record. `payer` pays rent and fee.
    ///
    /// # Errors
    /// [`ClientError::NoKey`] where the owner has none; [`ClientError::Crowded`] where others write to the same owner
    /// without a pause; those of encryption, the store and the ledger. A failure after the upload leaves a ciphertext
    /// that nobody can open.
    pub async fn create_record(
        &self,
        creator: &dyn Signer,
        payer: &dyn Signer,
        document: &NewDocument,
    ) -> Result<CreatedRecord, ClientError> {
        // Asked before the upload: without a key there is nobody to encrypt to.
        self.published_key(&document.owner).await?;
        let staged = self.stage(creator, document).await?;
        let mut created = self
            .write_staged(creator, payer, &[staged], |_| Ok(()))
            .await?;
        // As many as were staged.
        Ok(created.remove(0))
    }

    /// Encrypts a document and uploads it, which a dry run does not.
    pub(crate) async fn stage(
        &self,
        creator: &dyn Signer,
        document: &NewDocument,
    ) -> Result<Staged, ClientError> {
        let owner = document.owner;
        let element = RecordElement::random(&mut OsRng);
        let data_public_key = element
            .record_key(&owner, &creator.pubkey())
            .data_public_key();
        let encrypt_error = |source| ClientError::Encrypt {
            path: document.path.clone(),
            source,
        };
        let file_error = |source| ClientError::File {
            path: document.path.clone(),
            source,
        };
        let plaintext = File::open(&document.path).map_err(file_error)?;
        let length = plaintext.metadata().map_err(file_error)?.len();
        let plaintext = self
            .progress
            // A pipe has none.
            .begin(
                Activity::Encrypting,
                Some(length).filter(|length| *length > 0),
            )
            .reading(plaintext);
        let ciphertext =
            tempfile::NamedTempFile::new().map_err(|error| encrypt_error(error.into()))?;
        let digest = document::encrypt(
            BufReader::with_capacity(READ_BYTES, plaintext),
            ciphertext.as_file(),
            &data_public_key,
        )
        .map_err(encrypt_error)?;
        let erase_authority = document.erase_authority.unwrap_or(owner);
        let url = match self.ledger.is_dry_run() {
            true => StoreClient::document_url(&document.store, &digest)?,
            false => {
                self.store
                    .upload(
                        &document.store,
                        ciphertext.path(),
                        &digest,
                        creator,
                        &erase_authority,
                    )
                    .await?
            }
        };
        let locator = locator::seal(
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
        .map_err(|error| ClientError::Argument(error.to_string()))?;
        Ok(Staged {
            owner,
            element,
            data_public_key,
            ciphertext_hash: match document.disclose_hash {
                true => digest.sha256,
                false => [0; 32],
            },
            locator,
            url,
        })
    }

    /// Whether these documents' records fit one transaction.
    pub(crate) fn fit_together(
        &self,
        creator: &Address,
        payer: &Address,
        staged: &[Staged],
    ) -> bool {
        // Keys and proofs have the same size whatever they are.
        let args = |staged: &Staged| CreateRecordArgs {
            id: 0,
            data_public_key: staged.data_public_key.0,
            capsule: generion::proof::Capsule {
                ephemeral: [0; 32],
                masked: [0; 32],
            },
            proof: generion::proof::capsule::CapsuleProof {
                challenge: [0; 16],
                response: [0; 32],
            },
            ciphertext_hash: staged.ciphertext_hash,
            locator: staged.locator.clone(),
        };
        let instructions: Vec<_> = staged
            .iter()
            .enumerate()
            .map(|(index, staged)| {
                let mut args = args(staged);
                args.id = index as u64;
                let builder = self.ledger.instructions();
                builder.create_record(&staged.owner, *creator, *payer, args)
            })
            .collect();
        self.ledger.fits(&instructions, payer)
    }

    /// Writes the records of stored documents of one owner, in one transaction. `before` is told what is about to be
    /// sent, and each time it is made anew.
    pub(crate) async fn write_staged(
        &self,
        creator: &dyn Signer,
        payer: &dyn Signer,
        staged: &[Staged],
        mut before: impl FnMut(&Prepared) -> Result<(), ClientError>,
    ) -> Result<Vec<CreatedRecord>, ClientError> {
        let Some(owner) = staged.first().map(|staged| staged.owner) else {
            return Ok(Vec::new());
        };
        let (mut lost, mut expired, mut first_id) = (0, 0, None);
        loop {
            // Read as late as possible: another creator may write to the same owner meanwhile.
            let user = self.ledger.user(&owner).await?;
            let owner_key =
                EncryptionKey::from_bytes(&user.encryption_key).ok_or(ClientError::NoKey(owner))?;
            let first = *first_id.get_or_insert(user.next_record_id);
            let ids = user.next_record_id..;
            let instructions: Vec<_> = staged
                .iter()
                .zip(ids.clone())
                .map(|(staged, id)| {
                    self.record_instruction(
                        creator.pubkey(),
                        payer.pubkey(),
                        staged,
                        &owner_key,
                        id,
                    )
                })
                .collect();
            let prepared = self
                .ledger
                .prepare(&instructions, payer, &[creator], SendOptions::default())
                .await;
            let sent = match prepared {
                Ok(prepared) => {
                    before(&prepared)?;
                    self.ledger.dispatch(&prepared).await
                }
                Err(error) => Err(error),
            };
            match sent {
                Ok(landed) => {
                    return Ok(staged
                        .iter()
                        .zip(ids)
                        .map(|(staged, id)| CreatedRecord {
                            address: self.ledger.addresses().record(&owner, id),
                            id,
                            document: staged.url.clone(),
                            landed: landed.clone(),
                        })
                        .collect());
                }
                Err(ClientError::Expired(signature)) => {
                    expired += 1;
                    if expired == ATTEMPTS {
                        return Err(ClientError::Expired(signature));
                    }
                }
                Err(error) if is_lost_race(&error) => {
                    lost += 1;
                    if lost == MAX_LOST_RACES {
                        return Err(self.crowded(&owner, &creator.pubkey(), first, lost).await?);
                    }
                    sleep(RACE_WAIT.mul_f64(f64::from(lost) * fraction())).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn record_instruction(
        &self,
        creator: Address,
        payer: Address,
        staged: &Staged,
        owner_key: &EncryptionKey,
        id: u64,
    ) -> Instruction {
        let (capsule, randomness) = capsule::seal(&staged.element, owner_key, &mut OsRng);
        let binding = RecordBinding {
            program_id: *self.ledger.program_id(),
            record: self.ledger.addresses().record(&staged.owner, id),
            creator,
            owner_key: *owner_key,
            data_public_key: staged.data_public_key,
        };
        let args = CreateRecordArgs {
            id,
            data_public_key: staged.data_public_key.0,
            capsule,
            proof: capsule::prove(&binding, &capsule, &randomness, &mut OsRng),
            ciphertext_hash: staged.ciphertext_hash,
            locator: staged.locator.clone(),
        };
        self.ledger
            .instructions()
            .create_record(&staged.owner, creator, payer, args)
    }

    /// Who wrote the records that came first.
    async fn crowded(
        &self,
        owner: &Address,
        creator: &Address,
        first: u64,
        lost: u32,
    ) -> Result<ClientError, ClientError> {
        let next = self.ledger.user(owner).await?.next_record_id;
        let addresses: Vec<_> = (first.max(next.saturating_sub(WITNESSES))..next)
            .map(|id| self.ledger.addresses().record(owner, id))
            .collect();
        let records = self.ledger.find_all::<RecordAccount>(&addresses).await?;
        let mut writers: Vec<(Address, usize)> = Vec::new();
        for record in records.into_iter().flatten() {
            let writer = record.state.creator;
            match writers.iter_mut().find(|(known, _)| *known == writer) {
                Some((_, count)) => *count += 1,
                None if writer != *creator => writers.push((writer, 1)),
                None => {}
            }
        }
        writers.sort_by_key(|(_, count)| core::cmp::Reverse(*count));
        Ok(ClientError::Crowded {
            owner: *owner,
            lost,
            written: next.saturating_sub(first),
            writers,
        })
    }
}

/// Whether the owner's account changed between reading and writing: its next id, or its key.
fn is_lost_race(error: &ClientError) -> bool {
    let ClientError::Refused(refusal) = error else {
        return false;
    };
    let is_seeds = matches!(
        refusal.error,
        TransactionError::InstructionError(_, InstructionError::InvalidSeeds)
    );
    is_seeds
        || matches!(
            refusal.rule,
            Some(GenerionError::NotNextRecordId | GenerionError::CapsuleProofInvalid)
        )
}

/// From 0 to 1. A generator that fails costs more lost races, and nothing else.
fn fraction() -> f64 {
    f64::from(getrandom::u32().unwrap_or_default()) / f64::from(u32::MAX)
}
