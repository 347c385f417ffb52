//! A study as its sponsor has it: it is created with its signed description, funded, and closed.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    path::{Path, PathBuf},
};

use generion::{
    CloseSeatArgs, CreateStudyArgs, UpdateStudyArgs, WithdrawBudgetArgs,
    args::Rest,
    state::{Order, Study},
};
use generion_interface::accounts::StudyAccount;
use generion_rpc::amount::Sol;
use generion_studies::description::{Admission, DescriptionFile, StudyTerms};
use solana_address::Address;
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;

use crate::{
    client::Client,
    error::ClientError,
    ledger::{ACCOUNTS_PER_REQUEST, KeyedAccount, rent::AccountToCreate},
    saved::{offers::Offer, receipts::PurchaseReceipt},
    transaction::prepared::Prepared,
    wallet::Wallet,
};

/// What a new study has besides its description.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewStudy {
    /// When it is over: Unix time in seconds.
    pub closes_at: i64,
    /// The wallet that admits participants by selection; `None`: the sponsor's.
    pub admitter: Option<Address>,
    /// The address of the description, from which gateways fetch it: at most 128 characters of ASCII.
    pub url: String,
}

/// A study's vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The vault.
    pub vault: Address,
    /// The lamports in it.
    pub lamports: u64,
    /// The lamports that each further seat takes: the reward, and the seat's rent.
    pub seat: u64,
}

impl Budget {
    /// The number of further seats that it pays for. A node that makes up seats for nothing is not believed: there are none.
    pub const fn seats(&self) -> u64 {
        match self.lamports.checked_div(self.seat) {
            Some(seats) => seats,
            None => 0,
        }
    }

    const fn of(study: &Study, vault: Address, lamports: u64, seat_rent: u64) -> Self {
        Self {
            vault,
            lamports,
            seat: study.reward.saturating_add(seat_rent),
        }
    }
}

/// What the ledger says of a study, in the form in which a description says it.
pub(crate) fn terms_of(address: &Address, account: &StudyAccount) -> StudyTerms {
    let (state, criteria) = (&account.state, account.criteria());
    let requirements = criteria.requirements.iter();
    StudyTerms {
        study: *address,
        study_key: state.study_key,
        admission: match state.admission {
            0 => Admission::Open,
            _ => Admission::Selection,
        },
        reward: state.reward,
        delivery_window: state.delivery_window,
        records: state.record_count,
        creators: criteria.creators.to_vec(),
        requirements: requirements.map(|one| (one.group, one.fact_hash)).collect(),
    }
}

impl Client {
    /// Id and address of a sponsor's next study.
    ///
    /// # Errors
    /// [`ClientError::NoKey`] where the sponsor has not published an encryption key: its User account counts the studies.
    pub async fn next_study(&self, sponsor: &Address) -> Result<(u64, Address), ClientError> {
        let id = self.ledger.user(sponsor).await?.next_study_id;
        Ok((id, self.ledger.addresses().study(sponsor, id)))
    }

    /// Creates a study with its signed description. Everything is checked before: nothing of a study but its end ever changes.
    ///
    /// # Errors
    /// [`ClientError::Argument`] for a description that is not of the sponsor's next study, or not signed by the sponsor, or has
    /// another key than the sponsor's wallet gives, and for terms that the program would refuse; those of [`Self::next_study`].
    pub async fn create_study<'a>(
        &'a self,
        sponsor: &'a (dyn Signer + Sync),
        payer: &'a (dyn Signer + Sync),
        file: &DescriptionFile,
        new: &NewStudy,
    ) -> Result<Prepared<'a, Address>, ClientError> {
        let (wallet, deployment) = (sponsor.pubkey(), self.ledger.deployment());
        let description = file.description();
        file.verify(*deployment, wallet)
            .map_err(|error| ClientError::Argument(error.to_string()))?;
        let (id, study) = self.next_study(&wallet).await?;
        if description.study != study {
            return Err(ClientError::Argument(format!(
                "the description is of study {}, and the next study of wallet {wallet} is {study}: describe and sign it anew",
                description.study
            )));
        }
        let secret = Wallet { signer: sponsor }.study_secret(deployment, &study)?;
        if secret.public_key().to_bytes() != description.study_key {
            return Err(ClientError::Argument(format!(
                "the description has another study key than wallet {wallet} gives: nobody could open what the study collects"
            )));
        }
        let tail = tail(&description.terms(), &new.url);
        let args = CreateStudyArgs {
            id,
            reward: description.reward,
            closes_at: new.closes_at,
            delivery_window: description.delivery_window,
            admission: u8::from(description.admission == Admission::Selection),
            record_count: description.records,
            requirement_count: count(description.requirements.len())?,
            creator_count: count(description.creators.len())?,
            study_key: description.study_key,
            description_hash: file.hash(),
            admitter: new.admitter,
            tail: Rest(tail),
        };
        self.check_new_study(&args).await?;
        let account = AccountToCreate::Study(args.tail.0.len());
        let builder = self.ledger.instructions();
        let instruction = builder.create_study(wallet, payer.pubkey(), args);
        let prepared = Prepared::new(&self.ledger, vec![instruction], payer, vec![sponsor], study);
        Ok(prepared.creating(account))
    }

    /// The program's rules for a new study.
    async fn check_new_study(&self, args: &CreateStudyArgs) -> Result<(), ClientError> {
        let rule = |error: generion::GenerionError| ClientError::Argument(error.to_string());
        Study::require_valid(
            args.admission,
            args.record_count,
            args.requirement_count,
            args.creator_count,
            &args.tail.0,
        )
        .map_err(rule)?;
        let rent_minimum = self.rent_minimum().await?;
        let records = usize::from(args.record_count);
        Order::require_valid(records, args.reward, args.delivery_window, rent_minimum)
            .map_err(rule)?;
        let now = self.ledger.unix_time().await?;
        match args.closes_at > now {
            true => Ok(()),
            false => Err(rule(generion::GenerionError::ClosesInPast)),
        }
    }

    async fn rent_minimum(&self) -> Result<u64, ClientError> {
        let rpc = self.ledger.rpc();
        let rent = rpc.get_minimum_balance_for_rent_exemption(0).await;
        rent.map_err(|error| self.ledger.node(error))
    }

    /// The budget of a study.
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub async fn budget(&self, address: &Address, study: &Study) -> Result<Budget, ClientError> {
        let vault = self.ledger.addresses().vault(address);
        let records = usize::from(study.record_count);
        let rent = self.ledger.rent(AccountToCreate::Purchase(records)).await?;
        let lamports = self.ledger.lamports(&vault).await?;
        Ok(Budget::of(study, vault, lamports, rent))
    }

    /// The budgets of several studies, in their order, with few requests.
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub async fn budgets(
        &self,
        studies: &[KeyedAccount<StudyAccount>],
    ) -> Result<Vec<Budget>, ClientError> {
        let mut rents = BTreeMap::new();
        for study in studies {
            let records = study.account.state.record_count;
            if let Entry::Vacant(rent) = rents.entry(records) {
                let seat = AccountToCreate::Purchase(records.into());
                rent.insert(self.ledger.rent(seat).await?);
            }
        }
        let addresses = self.ledger.addresses();
        let vaults: Vec<_> = studies
            .iter()
            .map(|study| addresses.vault(&study.address))
            .collect();
        let mut held = Vec::with_capacity(vaults.len());
        for vaults in vaults.chunks(ACCOUNTS_PER_REQUEST) {
            let mut lamports = self.ledger.balances(vaults).await?;
            // A node can answer with fewer, and it can say zero.
            lamports.resize(vaults.len(), 0);
            held.extend(lamports);
        }
        let budget = |((study, vault), lamports): ((&KeyedAccount<StudyAccount>, Address), u64)| {
            let state = &study.account.state;
            let rent = rents.get(&state.record_count).copied().unwrap_or_default();
            Budget::of(state, vault, lamports, rent)
        };
        Ok(studies.iter().zip(vaults).zip(held).map(budget).collect())
    }

    /// Adds to the budget of a study. Anybody can; what is in the vault is the sponsor's when the study is over.
    ///
    /// # Errors
    /// [`ClientError::Argument`] for an amount that an empty vault can't hold; those of [`Self::budget`].
    pub async fn fund_study<'a>(
        &'a self,
        payer: &'a (dyn Signer + Sync),
        address: &Address,
        lamports: u64,
    ) -> Result<Prepared<'a, Budget>, ClientError> {
        let study: StudyAccount = self.ledger.get(address).await?;
        let mut budget = self.budget(address, &study.state).await?;
        budget.lamports = budget.lamports.saturating_add(lamports);
        let least = self.rent_minimum().await?;
        if budget.lamports < least || lamports == 0 {
            return Err(ClientError::Argument(format!(
                "the vault of study {address} has to hold at least {}: send more",
                Sol(least)
            )));
        }
        let instruction = transfer(&payer.pubkey(), &budget.vault, lamports);
        Ok(Prepared::new(
            &self.ledger,
            vec![instruction],
            payer,
            Vec::new(),
            budget,
        ))
    }

    /// Extends a study to a later time, or ends it in 300 seconds, which is never undone.
    ///
    /// # Errors
    /// [`ClientError::Argument`] for a time that the program would refuse; [`ClientError::NotFound`].
    pub async fn update_study<'a>(
        &'a self,
        sponsor: &'a (dyn Signer + Sync),
        address: &Address,
        closes_at: Option<i64>,
    ) -> Result<Prepared<'a, i64>, ClientError> {
        let mut study: StudyAccount = self.ledger.get(address).await?;
        let now = self.ledger.unix_time().await?;
        study
            .state
            .update(closes_at, now)
            .map_err(|error| ClientError::Argument(error.to_string()))?;
        let args = UpdateStudyArgs { closes_at };
        let builder = self.ledger.instructions();
        let instruction = builder.update_study(sponsor.pubkey(), *address, args);
        let closes_at = study.state.closes_at;
        let instructions = vec![instruction];
        Ok(Prepared::new(
            &self.ledger,
            instructions,
            sponsor,
            Vec::new(),
            closes_at,
        ))
    }

    /// Takes lamports out of the vault of a sponsor's study with this id, which is over or closed. `None`: all of them. What
    /// would be left below the rent minimum of an empty account goes along.
    ///
    /// # Errors
    /// [`ClientError::Argument`] where there is less, or nothing.
    pub async fn withdraw_budget<'a>(
        &'a self,
        sponsor: &'a (dyn Signer + Sync),
        id: u64,
        lamports: Option<u64>,
    ) -> Result<Prepared<'a, u64>, ClientError> {
        let addresses = self.ledger.addresses();
        let vault = addresses.vault(&addresses.study(&sponsor.pubkey(), id));
        let held = self.ledger.lamports(&vault).await?;
        let lamports = lamports.unwrap_or(held);
        if lamports == 0 || lamports > held {
            return Err(ClientError::Argument(format!(
                "the vault {vault} holds {}",
                Sol(held)
            )));
        }
        let args = WithdrawBudgetArgs { id, lamports };
        let builder = self.ledger.instructions();
        let instruction = builder.withdraw_budget(sponsor.pubkey(), args);
        let instructions = vec![instruction];
        Ok(Prepared::new(
            &self.ledger,
            instructions,
            sponsor,
            Vec::new(),
            lamports,
        ))
    }

    /// Closes a settled seat of a sponsor's study that is over: its rent goes to the vault. The keys in the seat are gone then:
    /// call [`Self::export_keys`] first.
    pub fn close_seat<'a>(
        &'a self,
        sponsor: &'a (dyn Signer + Sync),
        id: u64,
        participant: &Address,
    ) -> Prepared<'a> {
        let args = CloseSeatArgs { id };
        let builder = self.ledger.instructions();
        let instruction = builder.close_seat(sponsor.pubkey(), participant, args);
        Prepared::new(&self.ledger, vec![instruction], sponsor, Vec::new(), ())
    }

    /// Closes a study that is over. Its seats and its budget stay.
    ///
    /// # Errors
    /// [`ClientError::NotFound`].
    pub async fn close_study<'a>(
        &'a self,
        sponsor: &'a (dyn Signer + Sync),
        address: &Address,
    ) -> Result<Prepared<'a>, ClientError> {
        let study: StudyAccount = self.ledger.get(address).await?;
        let builder = self.ledger.instructions();
        let instructions = vec![builder.close_study(*address, &study.state)];
        Ok(Prepared::new(
            &self.ledger,
            instructions,
            sponsor,
            Vec::new(),
            (),
        ))
    }

    /// Saves the receipt of a participant's seat: the records' contents, with which the sponsor opens what is delivered, even if
    /// order and records are gone by then. So call it as soon as the seat is there. Where the latest receipt says the same,
    /// nothing is saved.
    ///
    /// # Errors
    /// [`ClientError::OtherTerms`] where the order that the node shows is not the seat's; [`ClientError::NotFound`];
    /// [`ClientError::ReceiptNotSaved`].
    pub async fn save_seat_receipt(
        &self,
        study: &Address,
        participant: &Address,
        receipts: &Path,
    ) -> Result<PathBuf, ClientError> {
        let addresses = self.ledger.addresses();
        let seat = addresses.seat(&addresses.vault(study), participant);
        let state = self.ledger.purchase(&seat).await?.state;
        let order = self.ledger.order(&state.order).await?;
        let offer = Offer::of(&state.order, &order)?;
        if offer.terms()? != state.terms {
            return Err(ClientError::OtherTerms {
                purchase: seat,
                order: state.order,
                difference: "the order that the node shows has other terms than the seat"
                    .to_owned(),
            });
        }
        let records = self.listed_records(&offer.records).await?;
        let deployment = self.ledger.deployment();
        let receipt = PurchaseReceipt::of_seat(deployment, study, &offer, &records);
        let is_saved = |saved: &PurchaseReceipt| {
            saved.offer == receipt.offer && saved.records == receipt.records
        };
        if let Some(path) = PurchaseReceipt::latest_path(receipts, &seat)
            && PurchaseReceipt::read(&path).is_ok_and(|saved| is_saved(&saved))
        {
            return Ok(path);
        }
        receipt.save(receipts)
    }
}

/// Requirements, creators and address, as the ledger has them.
fn tail(terms: &StudyTerms, url: &str) -> Vec<u8> {
    let mut tail = Vec::new();
    for (group, fact) in &terms.requirements {
        tail.push(*group);
        tail.extend_from_slice(fact);
    }
    for creator in &terms.creators {
        tail.extend_from_slice(creator.as_ref());
    }
    tail.extend_from_slice(url.as_bytes());
    tail
}

fn count(items: usize) -> Result<u8, ClientError> {
    u8::try_from(items).map_err(|_| {
        ClientError::Argument(format!(
            "a study can't have {items} requirements or creators"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_pays_for_whole_seats() {
        for (lamports, seat, seats) in [(0, 10, 0), (9, 10, 0), (29, 10, 2), (29, 0, 0)] {
            let vault = Address::default();
            let budget = Budget {
                vault,
                lamports,
                seat,
            };
            assert_eq!(budget.seats(), seats, "{lamports} of {seat}");
        }
    }
}
