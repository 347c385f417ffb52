//! Selecting participants: an application is checked from its sizes to its ciphertexts, and only then paid for.

use generion::AdmitArgs;
use generion_crypto::{keys::StudySecret, letter as seal};
use generion_interface::{
    Locator,
    accounts::{ApplicationAccount, RecordAccount, StudyAccount},
};
use generion_studies::letter::{Document, Letter};
use solana_address::Address;
use solana_signer::Signer;

use super::study::terms_of;
use crate::{
    client::Client,
    error::ClientError,
    files::staged_file::StagedFile,
    ledger::{KeyedAccount, filter::Filter, rent::AccountToCreate},
    saved::offers::Offer,
    transaction::prepared::Prepared,
};

/// An application whose letter and disclosures are right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applicant {
    /// The application.
    pub application: KeyedAccount<ApplicationAccount>,
    /// The order that would be bought.
    pub offer: Offer,
    /// Its records, whose addresses follow from their contents.
    pub records: Vec<KeyedAccount<RecordAccount>>,
    /// The letter.
    pub letter: Letter,
}

impl Client {
    /// The applications for a study.
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub async fn applications(
        &self,
        study: &Address,
    ) -> Result<Vec<KeyedAccount<ApplicationAccount>>, ClientError> {
        self.ledger.list(&[Filter::application_study(*study)]).await
    }

    /// Checks an application: its order and its records' creators, the letter, and the disclosures in it against the records'
    /// roots. Nothing is fetched from an address that the applicant names: [`Self::has_ciphertexts`] does that.
    ///
    /// # Errors
    /// [`ClientError::Argument`] that says what is wrong with the application; those of reading order and records.
    pub async fn check_application(
        &self,
        study: &KeyedAccount<StudyAccount>,
        secret: &StudySecret,
        application: KeyedAccount<ApplicationAccount>,
    ) -> Result<Applicant, ClientError> {
        let address = application.address;
        let wrong = |reason: String| {
            ClientError::Argument(format!("application {address} is not admitted: {reason}"))
        };
        let state = &application.account.state;
        if state.study != study.address {
            return Err(wrong("it is for another study".to_owned()));
        }
        let terms = terms_of(&study.address, &study.account);
        let vault = self.ledger.addresses().vault(&study.address);
        let account = self.ledger.order(&state.order).await?;
        if account.state.seller != state.participant {
            return Err(wrong("its order is another wallet's".to_owned()));
        }
        let rule = study
            .account
            .state
            .require_order(&vault, &account.state, account.records.len());
        rule.map_err(|error| wrong(error.to_string()))?;
        let offer = Offer::of(&state.order, &account)?;
        let records = self.listed_records(&offer.records).await?;
        for record in &records {
            let (of, creator) = (record.address, record.account.state.creator);
            let is_accepted = terms.creators.is_empty() || terms.creators.contains(&creator);
            if record.account.state.is_self_issued() || !is_accepted {
                return Err(wrong(format!(
                    "the study takes no records like {of} by {creator}"
                )));
            }
        }
        let envelope = seal::Envelope {
            application: address,
            order: state.order,
        };
        let plain = seal::open(&application.account.letter, &envelope, secret)
            .map_err(|error| wrong(error.to_string()))?;
        let letter = Letter::decode(&plain).map_err(|error| wrong(error.to_string()))?;
        let is_shown = letter.documents.len() == records.len()
            && letter
                .documents
                .iter()
                .zip(&records)
                .all(|(document, record)| {
                    document.is_of(&record.account.state.facts_root, &terms.requirements)
                });
        match is_shown {
            true => Ok(Applicant {
                application,
                offer,
                records,
                letter,
            }),
            false => Err(wrong(
                "the letter does not show the required facts of the records".to_owned(),
            )),
        }
    }

    /// Fetches the ciphertexts of an applicant's records from the stores that the letter names, by the policy for strangers'
    /// addresses, and compares them with the hashes that the records attest. Nothing is kept.
    ///
    /// # Errors
    /// [`ClientError::Fetch`] of the first ciphertext that no store has.
    pub async fn has_ciphertexts(&self, applicant: &Applicant) -> Result<(), ClientError> {
        for (document, record) in applicant.letter.documents.iter().zip(&applicant.records) {
            self.has_ciphertext(record.address, document).await?;
        }
        Ok(())
    }

    async fn has_ciphertext(
        &self,
        record: Address,
        document: &Document,
    ) -> Result<(), ClientError> {
        // The letter has no size: the store says it, and the policy limits it.
        let mut locator = Locator {
            stores: document.stores.clone(),
            sha256: document.sha256,
            size: 0,
            media_type: String::new(),
            kind: String::new(),
            profile: String::new(),
            copy: None,
            signature: None,
        };
        let to = StagedFile::temporary()?;
        let mut failed = None;
        for (store, status) in self.document_status(&locator).await {
            let fetched = match status {
                Ok(status) => {
                    (locator.stores, locator.size) = (vec![store], status.size);
                    let (policy, map) = (&self.fetch_policy, &self.store_map);
                    let fetched = self.store.fetch(&locator, policy, map, to.folder()).await;
                    fetched.map_err(|source| ClientError::Fetch {
                        record,
                        source: Box::new(source),
                    })
                }
                Err(source) => Err(ClientError::StoreOfRecord {
                    record,
                    source: Box::new(source),
                }),
            };
            match fetched {
                Ok(_) => return Ok(()),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Admits an applicant, whose order the vault then pays for. The program compares the order's terms with those that follow
    /// from the records, so no node can have another order paid for.
    ///
    /// # Errors
    /// [`ClientError::Argument`] for an order whose terms can't be computed.
    pub fn admit<'a>(
        &'a self,
        admitter: &'a (dyn Signer + Sync),
        applicant: &Applicant,
    ) -> Result<Prepared<'a, Address>, ClientError> {
        let KeyedAccount { address, account } = &applicant.application;
        let args = AdmitArgs {
            terms: applicant.offer.terms()?,
        };
        let (addresses, state) = (self.ledger.addresses(), &account.state);
        let seat = addresses.seat(&addresses.vault(&state.study), &state.participant);
        let builder = self.ledger.instructions();
        let instruction = builder.admit(admitter.pubkey(), *address, state, args);
        let instructions = vec![instruction];
        let prepared = Prepared::new(&self.ledger, instructions, admitter, Vec::new(), seat);
        Ok(prepared.creating(AccountToCreate::Purchase(applicant.records.len())))
    }
}
