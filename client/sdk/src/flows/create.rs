//! Creating records: a document is encrypted and stored first, and the record's address follows from the result.

use futures::future::join;
use generion::state::RecordContents;
use generion::{CreateRecordArgs, GenerionError};
use generion_crypto::{
    capsule::{self, RecordBinding},
    keys::EncryptionKey,
    rand_core::{OsRng, RngCore},
    record::RecordElement,
};
use generion_interface::{card::Card, signed_line::Envelope};
use solana_address::Address;
use solana_instruction::{Instruction, error::InstructionError};
use solana_signer::Signer;
use solana_transaction_error::TransactionError;
use url::Url;

use super::{blocking::run_blocking, recipient::Recipient, stage::Staged};
use crate::{
    client::Client,
    error::ClientError,
    files::document_file::DocumentFile,
    flows::record::{CreatedRecord, NewDocument},
    ledger::rent::AccountToCreate,
    transaction::{
        budget::limits,
        prepared::{Common, Placeholder},
        signed::Signed,
        terms::SharedTerms,
    },
};

/// The number of block hashes that are tried.
const ATTEMPTS: u32 = 3;
/// The number of times that the owner's key may change after the document was encrypted.
const KEY_CHANGES: u32 = 3;

/// What identifies a record that was made and not written. All of it will be on the ledger.
pub(crate) struct SealedArgs {
    pub record: Address,
    pub contents: [u8; 32],
    pub owner_key: EncryptionKey,
    /// The data of the instruction.
    pub data: Vec<u8>,
}

/// The record that a stored document becomes for one key of its owner, and the instruction that writes it. It is made once:
/// its address follows from it.
pub(crate) struct Sealed {
    pub address: Address,
    contents: [u8; 32],
    instruction: Instruction,
    placeholder: Instruction,
    documents: Vec<Url>,
    signature: Option<Envelope>,
}

impl Sealed {
    /// What identifies the record, to write it later.
    pub fn args(&self, owner_key: EncryptionKey) -> SealedArgs {
        SealedArgs {
            record: self.address,
            contents: self.contents,
            owner_key,
            data: self.instruction.data.clone(),
        }
    }
}

impl Client {
    /// Encrypts a document to its owner, uploads it to its stores and writes the record. `payer` pays rent and fee. The owner's
    /// key is that on the card, or, without a card, that of [`Self::recipient`]. If the ledger turns out to have another key,
    /// the document is encrypted anew, with another element: nobody who was shown the first capsule can open the second.
    ///
    /// If the future is dropped after the upload, it leaves a ciphertext that nobody can open. If it is dropped after sending,
    /// the record may still reach the ledger.
    ///
    /// # Errors
    /// Those of [`Self::recipient`]; those of encryption, the stores and the ledger. A failure after the upload leaves a
    /// ciphertext that nobody can open.
    pub async fn create_record(
        &self,
        creator: &(dyn Signer + Sync),
        payer: &(dyn Signer + Sync),
        document: &NewDocument,
        card: Option<&Card>,
    ) -> Result<CreatedRecord, ClientError> {
        let path = document.path.clone();
        // A pipe is waited for.
        let file = run_blocking(&document.path, move || Ok(DocumentFile::open(&path)?)).await?;
        self.create_record_from(creator, payer, document, &file, card)
            .await
    }

    /// As [`Self::create_record`], for a document that is open already, or in memory: see [`DocumentFile::from_bytes`] and
    /// [`DocumentFile::from_reader`].
    ///
    /// # Errors
    /// Those of [`Self::create_record`]; [`ClientError::Changed`] if the document changed after it was opened.
    pub async fn create_record_from(
        &self,
        creator: &(dyn Signer + Sync),
        payer: &(dyn Signer + Sync),
        document: &NewDocument,
        file: &DocumentFile,
        card: Option<&Card>,
    ) -> Result<CreatedRecord, ClientError> {
        self.create_record_with_copy(creator, payer, document, file, card, None)
            .await
    }

    /// As [`Self::create_record_from`], of a document whose research copy is a record already. The record's locator names
    /// the copy, so that readers of the record find the copy. Nobody finds the record from the copy. `copy` is
    /// [`CreatedRecord::contents`] of a copy for the same wallet. Leave it out for a copy that another wallet of the owner
    /// gets: readers of the record would learn that wallet.
    ///
    /// # Errors
    /// As [`Self::create_record_from`].
    pub async fn create_record_with_copy(
        &self,
        creator: &(dyn Signer + Sync),
        payer: &(dyn Signer + Sync),
        document: &NewDocument,
        file: &DocumentFile,
        card: Option<&Card>,
        copy: Option<[u8; 32]>,
    ) -> Result<CreatedRecord, ClientError> {
        // Asked before the upload: without a key there is nobody to encrypt to.
        let mut recipient = self.document_recipient(document, card).await?;
        let mut changes = 0;
        loop {
            let staged = self.stage(creator, document, file, copy).await?;
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

    /// A placeholder for the transaction of [`Self::create_record`], with random data in the place of the document. Nothing is
    /// encrypted, uploaded, signed or sent.
    ///
    /// # Errors
    /// Those of [`Self::recipient`]; [`ClientError::Argument`] as [`NewDocument::account`].
    pub async fn record_placeholder<'a>(
        &'a self,
        creator: &'a (dyn Signer + Sync),
        payer: &'a (dyn Signer + Sync),
        document: &NewDocument,
        card: Option<&Card>,
    ) -> Result<Placeholder<'a>, ClientError> {
        let account = document.account()?;
        let AccountToCreate::Record(length) = account else {
            return Err(ClientError::Argument(
                "a document becomes a record".to_owned(),
            ));
        };
        let recipient = self.document_recipient(document, card).await?;
        let instruction = self.random_instruction(
            creator.pubkey(),
            payer.pubkey(),
            &recipient.wallet,
            &recipient.key,
            length,
        );
        Ok(Common {
            ledger: &self.ledger,
            payer,
            signers: vec![creator],
            units: limits::CREATE_RECORD,
            accounts: vec![account],
        }
        .placeholder(vec![instruction]))
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
            return Err(ClientError::UnusableCard(format!(
                "it is of wallet {}, and the document is for {}",
                card.wallet(),
                document.owner
            )));
        }
        self.card_recipient(card)
    }

    /// Makes the record of a stored document, for one key of its owner.
    pub(crate) fn seal(
        &self,
        creator: &(dyn Signer + Sync),
        payer: &(dyn Signer + Sync),
        recipient: &Recipient,
        staged: Staged,
    ) -> Sealed {
        let (creator, payer) = (creator.pubkey(), payer.pubkey());
        let (owner, key) = (&recipient.wallet, &recipient.key);
        let placeholder = self.random_instruction(creator, payer, owner, key, staged.locator.len());
        let (contents, address, instruction) =
            self.record_instruction(creator, payer, owner, key, &staged);
        Sealed {
            address,
            contents,
            instruction,
            placeholder,
            documents: staged.documents,
            signature: staged.signature,
        }
    }

    /// As [`Self::seal`], of a record that was made earlier: whoever pays now, it is the same one.
    pub(crate) fn sealed_again(
        &self,
        creator: &(dyn Signer + Sync),
        payer: &(dyn Signer + Sync),
        owner: &Address,
        owner_key: &EncryptionKey,
        args: CreateRecordArgs,
    ) -> Sealed {
        let (creator, payer) = (creator.pubkey(), payer.pubkey());
        let placeholder =
            self.random_instruction(creator, payer, owner, owner_key, args.locator.len());
        let key = owner_key.to_bytes();
        let contents = RecordContents {
            owner,
            creator: &creator,
            owner_key: &key,
            data_public_key: &args.data_public_key,
            capsule: &args.capsule,
            facts_root: &args.facts_root,
            locator: &args.locator,
        };
        Sealed {
            address: self.ledger.addresses().record(&contents),
            contents: contents.hash(),
            instruction: self
                .ledger
                .instructions()
                .create_record(owner, &key, creator, payer, args),
            placeholder,
            documents: Vec::new(),
            signature: None,
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

    /// Writes records in one transaction. `before` is called with each signed transaction before it is sent.
    pub(crate) async fn write_sealed(
        &self,
        creator: &(dyn Signer + Sync),
        payer: &(dyn Signer + Sync),
        sealed: &[&Sealed],
        terms: &SharedTerms,
        mut before: impl FnMut(&Signed) -> Result<(), ClientError>,
    ) -> Result<Vec<CreatedRecord>, ClientError> {
        let units = u32::try_from(sealed.len())
            .unwrap_or(u32::MAX)
            .saturating_mul(limits::CREATE_RECORD);
        // A dry run first: a record that the ledger would refuse costs nothing, and no node sees its capsule.
        let placeholders = sealed.iter().map(|one| one.placeholder.clone()).collect();
        let placeholder = Common {
            ledger: &self.ledger,
            payer,
            signers: vec![creator],
            units,
            accounts: Vec::new(),
        }
        .placeholder(placeholders);
        let instructions: Vec<_> = sealed.iter().map(|one| one.instruction.clone()).collect();
        let signers = [creator];
        let sign = || {
            self.ledger
                .sign_on(&instructions, payer, &signers, units, terms)
        };
        // Nothing is signed that the ledger would refuse.
        let (checked, known) =
            join(placeholder.check(), self.ledger.learn(&instructions, terms)).await;
        checked?;
        known?;
        let mut attempts = 1;
        let confirmed = loop {
            let sent = sign().await?;
            before(&sent)?;
            match self.ledger.dispatch(&sent).await {
                Err(ClientError::Expired(_)) if attempts < ATTEMPTS => attempts += 1,
                confirmed => break confirmed?,
            }
            terms.expired(&sent).await;
        };
        Ok(sealed
            .iter()
            .map(|one| CreatedRecord {
                address: one.address,
                contents: one.contents,
                documents: one.documents.clone(),
                signature: one.signature,
                confirmed: confirmed.clone(),
            })
            .collect())
    }

    fn record_instruction(
        &self,
        creator: Address,
        payer: Address,
        owner: &Address,
        owner_key: &EncryptionKey,
        staged: &Staged,
    ) -> ([u8; 32], Address, Instruction) {
        let key = owner_key.to_bytes();
        let (capsule, randomness) = capsule::seal(&staged.element, owner_key, &mut OsRng);
        let contents = RecordContents {
            owner,
            creator: &creator,
            owner_key: &key,
            data_public_key: &staged.data_public_key.0,
            capsule: &capsule,
            facts_root: &staged.facts_root,
            locator: &staged.locator,
        };
        let record = self.ledger.addresses().record(&contents);
        let binding = RecordBinding {
            program_id: *self.ledger.program_id(),
            record,
            creator,
            owner_key: *owner_key,
            data_public_key: staged.data_public_key,
        };
        let args = CreateRecordArgs {
            data_public_key: staged.data_public_key.0,
            capsule,
            proof: capsule::prove(&binding, &capsule, &randomness, &mut OsRng),
            facts_root: staged.facts_root,
            locator: staged.locator.clone(),
        };
        let instruction = self
            .ledger
            .instructions()
            .create_record(owner, &key, creator, payer, args);
        (contents.hash(), record, instruction)
    }

    /// The instruction for a record of the same size, with random contents.
    fn random_instruction(
        &self,
        creator: Address,
        payer: Address,
        owner: &Address,
        owner_key: &EncryptionKey,
        locator_length: usize,
    ) -> Instruction {
        let element = RecordElement::random(&mut OsRng);
        let key = element.record_key(owner, &creator);
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
        self.record_instruction(creator, payer, owner, owner_key, &staged)
            .2
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
