//! Writing records: documents are encrypted and stored first, and are addressed by what they became.

use std::{
    fs::File,
    io::{BufReader, Read},
};

use futures::future::join;
use generion::state::RecordContents;
use generion::{CreateRecordArgs, GenerionError};
use generion_crypto::{
    capsule::{self, RecordBinding},
    document::{self, CiphertextDigest, DocumentError},
    facts::{FactsTree, Profile},
    locator,
    rand_core::{OsRng, RngCore},
    record::{DataPublicKey, RecordElement},
};
use generion_interface::{Locator, attestation::RecordAttestation, signed_line::Envelope};
use solana_address::Address;
use solana_instruction::{Instruction, error::InstructionError};
use solana_signer::Signer;
use solana_transaction_error::TransactionError;
use tempfile::NamedTempFile;
use url::Url;

use super::{documents::READ_BYTES, recipient::Recipient, user::line_error};
use crate::{
    Activity, Card, Client, ClientError, CreatedRecord, NewAccount, NewDocument, Rehearsal, Signed,
    Wallet,
    send::{Common, SharedTerms, budget::limits},
};

/// How many block hashes are tried.
const ATTEMPTS: u32 = 3;
/// How often an owner's key may be another one than it was when the document was encrypted.
const KEY_CHANGES: u32 = 3;

/// A document that is encrypted, with the key that is its record's alone.
pub(crate) struct Encrypted {
    element: RecordElement,
    data_public_key: DataPublicKey,
    ciphertext: NamedTempFile,
    digest: CiphertextDigest,
}

impl Encrypted {
    /// Encrypts a document with a fresh key. It works without a pause, on whatever thread it is called.
    pub(crate) fn new(
        plaintext: impl Read,
        owner: &Address,
        creator: &Address,
    ) -> Result<Self, DocumentError> {
        let element = RecordElement::random(&mut OsRng);
        let data_public_key = element.record_key(owner, creator).data_public_key();
        let ciphertext = NamedTempFile::new()?;
        let digest = document::encrypt(plaintext, ciphertext.as_file(), &data_public_key)?;
        Ok(Self {
            element,
            data_public_key,
            ciphertext,
            digest,
        })
    }
}

/// A document that is encrypted and stored, and has no record yet.
pub(crate) struct Staged {
    element: RecordElement,
    data_public_key: DataPublicKey,
    facts_root: [u8; 32],
    locator: Vec<u8>,
    documents: Vec<Url>,
    signature: Option<Envelope>,
}

/// The record that a stored document becomes for one key of its owner, and the instruction that writes it. It is made once:
/// its address follows from it.
pub(crate) struct Sealed {
    pub address: Address,
    instruction: Instruction,
    rehearsal: Instruction,
    documents: Vec<Url>,
    signature: Option<Envelope>,
}

impl Client {
    /// Encrypts a document to its owner, uploads it to its stores and writes the record. `payer` pays rent and fee. The
    /// owner's key is that on the card, or, without one, what [`Self::recipient`] finds. Where the ledger turns out to have
    /// another one, the document is encrypted anew, with another key: nobody who was shown the first capsule can open the
    /// second.
    ///
    /// Dropped after the upload, it leaves a ciphertext that nobody can open; dropped after sending, the record may land.
    ///
    /// # Errors
    /// Those of [`Self::recipient`]; those of encryption, the stores and the ledger. A failure after the upload leaves a
    /// ciphertext that nobody can open.
    pub async fn create_record(
        &self,
        creator: &dyn Signer,
        payer: &dyn Signer,
        document: &NewDocument,
        card: Option<&Card>,
    ) -> Result<CreatedRecord, ClientError> {
        // Asked before the upload: without a key there is nobody to encrypt to.
        let mut recipient = self.document_recipient(document, card).await?;
        let mut changes = 0;
        loop {
            let staged = self.stage(creator, document).await?;
            let sealed = self.seal(creator, payer, &recipient, staged);
            let written = self
                .write_sealed(creator, payer, &[&sealed], &SharedTerms::default(), |_| {
                    Ok(())
                })
                .await;
            match written {
                // As many as were sealed.
                Ok(mut created) => return Ok(created.remove(0)),
                Err(error) if is_other_key(&error) && changes < KEY_CHANGES => {
                    changes += 1;
                    let present = self.document_recipient(document, card).await?;
                    if present.key == recipient.key {
                        return Err(error);
                    }
                    recipient = present;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// What [`Self::create_record`] would do, with random data in the place of the document: nothing is encrypted,
    /// uploaded, signed or sent.
    ///
    /// # Errors
    /// Those of [`Self::recipient`]; [`ClientError::Argument`] as [`NewDocument::account`].
    pub async fn rehearse_record<'a>(
        &'a self,
        creator: &'a dyn Signer,
        payer: &'a dyn Signer,
        document: &NewDocument,
        card: Option<&Card>,
    ) -> Result<Rehearsal<'a>, ClientError> {
        let account = document.account()?;
        let NewAccount::Record(length) = account else {
            return Err(ClientError::Argument(
                "a document becomes a record".to_owned(),
            ));
        };
        let recipient = self.document_recipient(document, card).await?;
        let instruction =
            self.random_instruction(creator.pubkey(), payer.pubkey(), &recipient, length);
        Ok(Common {
            ledger: &self.ledger,
            payer,
            signers: vec![creator],
            units: limits::CREATE_RECORD,
            accounts: vec![account],
        }
        .rehearsal(vec![instruction]))
    }

    pub(crate) async fn document_recipient(
        &self,
        document: &NewDocument,
        card: Option<&Card>,
    ) -> Result<Recipient, ClientError> {
        let Some(card) = card else {
            return self.recipient(&document.owner).await;
        };
        if *card.wallet() != document.owner {
            return Err(ClientError::Card(format!(
                "it is of wallet {}, and the document is for {}",
                card.wallet(),
                document.owner
            )));
        }
        self.card_recipient(card)
    }

    /// Encrypts a document, with a fresh key, has its creator sign for it, and uploads it.
    pub(crate) async fn stage(
        &self,
        creator: &dyn Signer,
        document: &NewDocument,
    ) -> Result<Staged, ClientError> {
        let encrypt_error = |source| ClientError::Encrypt {
            path: document.path.clone(),
            source,
        };
        let file_error = |source| ClientError::File {
            path: document.path.clone(),
            source,
        };
        // Refused before anything is uploaded.
        document.account()?;
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
        let plaintext = BufReader::with_capacity(READ_BYTES, plaintext);
        let encrypted =
            Encrypted::new(plaintext, &document.owner, &creator.pubkey()).map_err(encrypt_error)?;
        self.store_encrypted(creator, document, encrypted).await
    }

    /// Has a document's creator sign for it, and uploads it.
    pub(crate) async fn store_encrypted(
        &self,
        creator: &dyn Signer,
        document: &NewDocument,
        encrypted: Encrypted,
    ) -> Result<Staged, ClientError> {
        let Encrypted {
            element,
            data_public_key,
            ciphertext,
            digest,
        } = encrypted;
        let owner = document.owner;
        let profile = Profile::Document1;
        let facts = profile.facts(&document.kind, &document.media_type, &digest.sha256);
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
                .upload(store, ciphertext.path(), &digest, creator, &erase_authority)
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
            copy: None,
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

    /// Makes the record of a stored document, for one key of its owner.
    pub(crate) fn seal(
        &self,
        creator: &dyn Signer,
        payer: &dyn Signer,
        recipient: &Recipient,
        staged: Staged,
    ) -> Sealed {
        let (creator, payer) = (creator.pubkey(), payer.pubkey());
        let rehearsal = self.random_instruction(creator, payer, recipient, staged.locator.len());
        let (address, instruction) = self.record_instruction(creator, payer, recipient, &staged);
        Sealed {
            address,
            instruction,
            rehearsal,
            documents: staged.documents,
            signature: staged.signature,
        }
    }

    /// Whether these records fit one transaction.
    pub(crate) fn fit_together<'a>(
        &self,
        payer: &Address,
        sealed: impl Iterator<Item = &'a Sealed>,
    ) -> bool {
        let instructions: Vec<_> = sealed.map(|one| one.instruction.clone()).collect();
        self.ledger.fits(&instructions, payer)
    }

    /// Writes records in one transaction. `before` is told what is about to be sent, and each time it is signed anew.
    pub(crate) async fn write_sealed(
        &self,
        creator: &dyn Signer,
        payer: &dyn Signer,
        sealed: &[&Sealed],
        terms: &SharedTerms,
        mut before: impl FnMut(&Signed) -> Result<(), ClientError>,
    ) -> Result<Vec<CreatedRecord>, ClientError> {
        let units = u32::try_from(sealed.len())
            .unwrap_or(u32::MAX)
            .saturating_mul(limits::CREATE_RECORD);
        // What the ledger would refuse costs nothing, and nobody is shown a capsule for it.
        let rehearsals = sealed.iter().map(|one| one.rehearsal.clone()).collect();
        let rehearsal = Common {
            ledger: &self.ledger,
            payer,
            signers: vec![creator],
            units,
            accounts: Vec::new(),
        }
        .rehearsal(rehearsals);
        let instructions: Vec<_> = sealed.iter().map(|one| one.instruction.clone()).collect();
        let signers = [creator];
        let sign = || {
            self.ledger
                .sign_on(&instructions, payer, &signers, units, terms)
        };
        // What is signed leaves this machine only after the rehearsal.
        let (checked, mut signed) = join(rehearsal.check(), sign()).await;
        checked?;
        let mut attempts = 1;
        let landed = loop {
            let sent = signed?;
            before(&sent)?;
            match self.ledger.dispatch(&sent).await {
                Err(ClientError::Expired(_)) if attempts < ATTEMPTS => attempts += 1,
                fate => break fate?,
            }
            terms.expired(&sent).await;
            signed = sign().await;
        };
        Ok(sealed
            .iter()
            .map(|one| CreatedRecord {
                address: one.address,
                documents: one.documents.clone(),
                signature: one.signature,
                landed: landed.clone(),
            })
            .collect())
    }

    fn record_instruction(
        &self,
        creator: Address,
        payer: Address,
        recipient: &Recipient,
        staged: &Staged,
    ) -> (Address, Instruction) {
        let owner_key = recipient.key.to_bytes();
        let (capsule, randomness) = capsule::seal(&staged.element, &recipient.key, &mut OsRng);
        let record = self.ledger.addresses().record(&RecordContents {
            owner: &recipient.wallet,
            creator: &creator,
            owner_key: &owner_key,
            data_public_key: &staged.data_public_key.0,
            capsule: &capsule,
            facts_root: &staged.facts_root,
            locator: &staged.locator,
        });
        let binding = RecordBinding {
            program_id: *self.ledger.program_id(),
            record,
            creator,
            owner_key: recipient.key,
            data_public_key: staged.data_public_key,
        };
        let args = CreateRecordArgs {
            data_public_key: staged.data_public_key.0,
            capsule,
            proof: capsule::prove(&binding, &capsule, &randomness, &mut OsRng),
            facts_root: staged.facts_root,
            locator: staged.locator.clone(),
        };
        let instruction = self.ledger.instructions().create_record(
            &recipient.wallet,
            &owner_key,
            creator,
            payer,
            args,
        );
        (record, instruction)
    }

    /// A record of the same size that holds nothing.
    fn random_instruction(
        &self,
        creator: Address,
        payer: Address,
        recipient: &Recipient,
        locator_length: usize,
    ) -> Instruction {
        let element = RecordElement::random(&mut OsRng);
        let key = element.record_key(&recipient.wallet, &creator);
        let (mut facts_root, mut locator) = ([0; 32], vec![0; locator_length]);
        OsRng.fill_bytes(&mut facts_root);
        OsRng.fill_bytes(&mut locator);
        let staged = Staged {
            data_public_key: key.data_public_key(),
            element,
            facts_root,
            locator,
            documents: Vec::new(),
            signature: None,
        };
        self.record_instruction(creator, payer, recipient, &staged)
            .1
    }
}

/// Whether the owner's key on the ledger may be another one than the record was made for.
pub(crate) fn is_other_key(error: &ClientError) -> bool {
    let ClientError::Refused(refusal) = error else {
        return false;
    };
    let is_seeds = matches!(
        refusal.error,
        TransactionError::InstructionError(_, InstructionError::InvalidSeeds)
    );
    is_seeds || refusal.rule == Some(GenerionError::CapsuleProofInvalid)
}
