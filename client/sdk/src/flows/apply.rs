//! Applying for a study that selects its participants: the letter, sealed to the study's key, with the order that the study would
//! buy.

use generion::{ApplyArgs, args::Rest, constants::STUDY_NOTICE};
use generion_crypto::keys::StudyKey;
use generion_crypto::{letter as seal, rand_core::OsRng};
use generion_interface::{
    accounts::{ApplicationAccount, PurchaseAccount, StudyAccount},
    facts::Fact,
};
use generion_studies::{
    description::{Admission, DescriptionFile},
    letter::{Document, Letter, Shown},
    matching::Match,
};
use solana_address::Address;
use solana_instruction::Instruction;

use super::{
    matching::{Opened, Participant},
    study::terms_of,
};
use crate::{
    client::Client,
    error::ClientError,
    ledger::{KeyedAccount, rent::AccountToCreate},
    saved::offers::{Offer, Offers},
    transaction::prepared::Prepared,
    wallet::KeySource,
};

/// The next step of a participant who applies for a study.
pub enum Applying<'a> {
    /// The participant was admitted.
    Admitted(Box<KeyedAccount<PurchaseAccount>>),
    /// The application is there, and the sponsor has not admitted the participant.
    Applied(Box<KeyedAccount<ApplicationAccount>>),
    /// Order and application, or the application alone where the order is there.
    Apply(Prepared<'a, Applied>),
    /// The order is made first, because both do not fit one transaction. Then the flow is called again.
    OrderFirst(Prepared<'a, Offer>),
}

/// An application that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The application.
    pub application: Address,
    /// The order that the vault would buy. Its offer was saved before, unless another one was saved for the order earlier: then
    /// the caller saves this one once the transaction is confirmed.
    pub offer: Offer,
}

impl Client {
    /// Applies for a study by selection with these records. The letter shows one fact of each group of requirements to the
    /// sponsor, and where the ciphertexts are. Everybody sees that the wallet applied, and with which records.
    ///
    /// # Errors
    /// [`ClientError::Argument`] for everything for which the program would refuse the application, in words, and for a letter
    /// that is too long; those of [`Self::agreed_study`] and of opening records.
    pub async fn apply_for_study<'a>(
        &'a self,
        participant: Participant<'a>,
        file: &DescriptionFile,
        records: &[Address],
        words: &str,
    ) -> Result<Applying<'a>, ClientError> {
        let Participant {
            wallet: signer,
            keys,
            payer,
            offers,
        } = participant;
        let wallet = signer.pubkey();
        let study = self.agreed_study(file).await?;
        let addresses = self.ledger.addresses();
        let vault = addresses.vault(&study.address);
        let seat = addresses.seat(&vault, &wallet);
        if let Some(account) = self.ledger.find::<PurchaseAccount>(&seat).await? {
            let address = seat;
            return Ok(Applying::Admitted(Box::new(KeyedAccount {
                address,
                account,
            })));
        }
        let application = addresses.application(&study.address, &wallet);
        if let Some(account) = self.ledger.find::<ApplicationAccount>(&application).await? {
            let address = application;
            return Ok(Applying::Applied(Box::new(KeyedAccount {
                address,
                account,
            })));
        }
        check_study(&study, &wallet, self.ledger.unix_time().await?)?;
        let opened = self
            .opened_matches(keys, file.description(), records)
            .await?;
        let (order, create) = self.study_order(&study, &wallet, payer, &opened).await?;
        let offer = Offer {
            order,
            seller: wallet,
            price: study.account.state.reward,
            delivery_window: study.account.state.delivery_window,
            label: String::new(),
            only_buyer: Some(vault),
            records: opened.iter().map(|(_, one)| one.record.address).collect(),
        };
        let envelope = seal::Envelope { application, order };
        let letter = self.letter(keys, &opened, words).await?;
        let letter = self.sealed(keys, &study, &envelope, &letter, &opened)?;
        let args = ApplyArgs {
            description_hash: file.hash(),
            letter: Rest(letter),
        };
        let builder = self.ledger.instructions();
        let apply = builder.apply(wallet, payer.pubkey(), study.address, order, args);
        let mut instructions: Vec<Instruction> = create.iter().cloned().collect();
        instructions.push(apply);
        let deployment = self.ledger.deployment();
        let is_first = Offers::load(offers, deployment)?.get(&order).is_err();
        let saved = offer.clone();
        let save = move || Offers::add(offers, deployment, &saved);
        let of_order = AccountToCreate::Order(offer.records.len());
        if let Some(create) = create.clone()
            && !self.ledger.fits(&instructions, &payer.pubkey())
        {
            let prepared = Prepared::new(&self.ledger, vec![create], payer, vec![signer], offer);
            let prepared = prepared.creating(of_order);
            return Ok(Applying::OrderFirst(match is_first {
                true => prepared.saving(save),
                false => prepared,
            }));
        }
        let letter = instructions.last().map_or(0, |apply| apply.data.len());
        let outcome = Applied { application, offer };
        let signers = vec![signer];
        let mut prepared = Prepared::new(&self.ledger, instructions, payer, signers, outcome)
            // Tag and hash stand in front of the letter.
            .creating(AccountToCreate::Application(letter.saturating_sub(33)));
        if create.is_some() {
            prepared = prepared.creating(of_order);
        }
        Ok(Applying::Apply(match is_first {
            true => prepared.saving(save),
            false => prepared,
        }))
    }

    /// The letter's text.
    async fn letter(
        &self,
        keys: &dyn KeySource,
        opened: &[(Match, Opened)],
        words: &str,
    ) -> Result<Letter, ClientError> {
        let mut documents = Vec::with_capacity(opened.len());
        for (found, one) in opened {
            let address = one.record.address;
            let locator = self.open_locator(keys, &address).await?;
            let disclose = |fact: &Fact| {
                let disclosure = one.tree.disclose(fact);
                disclosure.ok_or(ClientError::FactsMismatch(address))
            };
            let hash = Fact::new("ciphertext-sha256", &hex::encode(locator.sha256));
            let hash = hash.ok_or(ClientError::FactsMismatch(address))?;
            let shown = found.shown.iter().map(|shown| {
                Ok(Shown {
                    requirement: shown.requirement,
                    disclosure: disclose(&shown.fact)?,
                })
            });
            documents.push(Document {
                stores: locator.stores,
                sha256: locator.sha256,
                ciphertext: disclose(&hash)?,
                shown: shown.collect::<Result<_, ClientError>>()?,
            });
        }
        Ok(Letter {
            documents,
            words: words.to_owned(),
        })
    }

    /// Seals the letter to the study's key, which the sponsor signed.
    fn sealed(
        &self,
        keys: &dyn KeySource,
        study: &KeyedAccount<StudyAccount>,
        envelope: &seal::Envelope,
        letter: &Letter,
        opened: &[(Match, Opened)],
    ) -> Result<Vec<u8>, ClientError> {
        let argument = |reason: String| ClientError::Argument(reason);
        let plain = letter
            .encode()
            .map_err(|error| argument(error.to_string()))?;
        let key = StudyKey::from_bytes(&study.account.state.study_key);
        let key = key.ok_or_else(|| argument(generion::GenerionError::InvalidPoint.to_string()))?;
        let first = opened.first().map(|(_, one)| &one.record.account.state);
        let first = first.ok_or_else(|| argument("no records are offered".to_owned()))?;
        let secret = self.secret_for(keys, first.key_index, &first.owner_key)?;
        seal::seal(&plain, envelope, &key, &secret, &mut OsRng)
            .map_err(|error| argument(error.to_string()))
    }
}

/// What of a study the program would refuse.
fn check_study(
    study: &KeyedAccount<StudyAccount>,
    wallet: &Address,
    now: i64,
) -> Result<(), ClientError> {
    let (address, state) = (study.address, &study.account.state);
    let refused = |reason: String| Err(ClientError::Argument(reason));
    if terms_of(&address, &study.account).admission != Admission::Selection {
        return refused(format!(
            "study {address} takes everybody who matches: join it"
        ));
    }
    if state.sponsor == *wallet {
        return refused(generion::GenerionError::OwnStudy.to_string());
    }
    match state.closes_at.saturating_sub(now) > STUDY_NOTICE {
        true => Ok(()),
        false => refused(format!(
            "study {address} is over, or will be in less than {STUDY_NOTICE} seconds"
        )),
    }
}
