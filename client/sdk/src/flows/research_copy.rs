//! Research copies of documents: the key of their pseudonyms, and a copy beside its original.

use core::fmt;
use std::{
    io::Read,
    time::{SystemTime, UNIX_EPOCH},
};

use generion_deidentify::{CompareError, Comparison, PseudonymKey, compare};
use generion_interface::Deployment;
use hkdf::Hkdf;
use sha2::Sha256;
use solana_address::Address;
use solana_signer::Signer;
use zeroize::Zeroizing;

use crate::{
    client::Client, error::ClientError, files::staged_file::StagedFile, wallet::KeySource,
};

/// What the key follows from, beside the signature.
const SALT: &[u8] = b"generion/research-pseudonym-key/v1";

/// Makes the keys of pseudonyms in research copies by one creator. They follow from the creator's wallet, which signs for them
/// once. Nothing is kept.
#[derive(Clone)]
pub struct PseudonymKeys(Zeroizing<[u8; 64]>);

impl fmt::Debug for PseudonymKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PseudonymKeys(..)")
    }
}

impl PseudonymKeys {
    /// Has the wallet sign for them.
    ///
    /// # Errors
    /// [`ClientError::Signer`] where the wallet doesn't sign; [`ClientError::Argument`] where it signs the same text
    /// differently each time.
    pub fn derive(
        deployment: &Deployment,
        creator: &(dyn Signer + Sync),
    ) -> Result<Self, ClientError> {
        let Deployment {
            genesis,
            program_id,
        } = deployment;
        let line = format!(
            "Generion research pseudonym key v1. WARNING: whoever has this signature can find out whom your research copies \
             are about. Sign only in the Generion app. genesis={genesis} program={program_id}"
        );
        let sign = || -> Result<Zeroizing<[u8; 64]>, ClientError> {
            Ok(Zeroizing::new(
                creator.try_sign_message(line.as_bytes())?.into(),
            ))
        };
        let signature = sign()?;
        if signature != sign()? {
            return Err(ClientError::Argument(
                "this wallet signs the same text differently each time, so that it can't make pseudonyms: write records \
                 without research copies"
                    .to_owned(),
            ));
        }
        Ok(Self(signature))
    }

    /// The key for a patient's copies in the wallet that gets them: copies in two wallets have no pseudonym in common.
    pub fn key(&self, patient: &Address, copy_owner: &Address) -> PseudonymKey {
        let mut key = [0; 32];
        Hkdf::<Sha256>::new(Some(SALT), self.0.as_ref())
            .expand_multi_info(&[patient.as_ref(), copy_owner.as_ref()], &mut key)
            .expect("32 bytes are within what HKDF-SHA256 gives");
        PseudonymKey::new(key)
    }
}

/// The present year, in which a research copy is written.
pub fn present_year() -> u16 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let days = now.map_or(0, |since| since.as_secs() / 86_400);
    // Years of 365.2425 days: at most a day off at New Year.
    u16::try_from(1970 + days * 10_000 / 3_652_425).unwrap_or(u16::MAX)
}

/// A research copy beside its original.
#[derive(Clone, Debug)]
pub struct CopyOfRecord {
    /// What was dropped, generalized and kept, or why the document is no copy of the other.
    pub comparison: Result<Comparison, CompareError>,
    /// Whether the original names the copy: `None` where it names none, as for a copy in another wallet.
    pub is_named: Option<bool>,
    /// Whether both have the same creator.
    pub is_by_same_creator: bool,
}

impl Client {
    /// Opens two of the owner's records, an original and its research copy, and compares their documents value by value.
    /// Nothing is left of the documents.
    ///
    /// # Errors
    /// A [`ClientError`] that names what is wrong with one of the records.
    pub async fn compare_copy(
        &self,
        owner: &dyn KeySource,
        original: &Address,
        copy: &Address,
    ) -> Result<CopyOfRecord, ClientError> {
        let (document, copied) = (StagedFile::temporary()?, StagedFile::temporary()?);
        let locator = self.open_record_into(owner, original, &document).await?;
        self.open_record_into(owner, copy, &copied).await?;
        let (original, copy) = (
            self.ledger.record(original).await?,
            self.ledger.record(copy).await?,
        );
        let contents = copy.state.contents(&copy.locator).hash();
        let (document, copied) = (whole(&document)?, whole(&copied)?);
        Ok(CopyOfRecord {
            comparison: compare(&document, &copied),
            is_named: locator.copy.map(|named| named == contents),
            is_by_same_creator: original.state.creator == copy.state.creator,
        })
    }
}

/// The most that is compared, and one byte more.
const LARGEST: u64 = (16 << 20) + 1;

fn whole(document: &StagedFile) -> Result<Zeroizing<Vec<u8>>, ClientError> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = document
        .reader()
        .and_then(|reader| reader.take(LARGEST).read_to_end(&mut bytes));
    read.map_err(|error| document.error(error))?;
    Ok(bytes)
}
