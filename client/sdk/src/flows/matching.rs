//! Which of the participant's records match a study, and what they disclose.

use std::path::Path;

use generion::proof::disclosure::RequiredDisclosure;
use generion_crypto::{
    facts::FactsTree,
    record::{DataPublicKey, RecordElement},
};
use generion_interface::{accounts::RecordAccount, facts::Fact};
use generion_studies::{
    description::Description,
    matching::{Candidate, Judgement, Match, judge},
};
use solana_address::Address;
use solana_signer::Signer;

use super::facts::CheckedFacts;
use crate::{
    client::Client,
    error::ClientError,
    ledger::{KeyedAccount, filter::Filter},
    wallet::KeySource,
};

/// A participant of a study, with what it takes to offer records.
#[derive(Clone, Copy)]
pub struct Participant<'a> {
    /// The wallet.
    pub wallet: &'a (dyn Signer + Sync),
    /// The wallet's encryption secrets.
    pub keys: &'a dyn KeySource,
    /// Pays fees, and the rent of new accounts.
    pub payer: &'a (dyn Signer + Sync),
    /// The file of the wallet's offers.
    pub offers: &'a Path,
}

/// A record of the participant's, with what it takes to disclose its facts.
pub(super) struct Opened {
    pub record: KeyedAccount<RecordAccount>,
    pub tree: FactsTree,
}

impl Client {
    /// Which of a wallet's records match a study, and why the others don't. Documents from whose content facts follow are
    /// fetched and opened; nothing is left of them, and nobody learns what is compared with what.
    ///
    /// # Errors
    /// Those of listing and opening the records. A record that can't be opened is a [`Judgement`]'s unchecked one.
    pub async fn match_study(
        &self,
        keys: &dyn KeySource,
        description: &Description,
    ) -> Result<Judgement, ClientError> {
        let filter = Filter::record_owner(keys.wallet());
        let mut candidates = Vec::new();
        for record in self.ledger.list::<RecordAccount>(&[filter]).await? {
            let facts = match self.record_facts(keys, &record.address).await {
                Ok(facts) => match facts.checked {
                    CheckedFacts::Right(_) => Some(facts.facts),
                    CheckedFacts::Unknown(_) => None,
                },
                Err(ClientError::Node(error)) => return Err(ClientError::Node(error)),
                Err(_) => None,
            };
            candidates.push(candidate(&record, facts));
        }
        candidates.sort_by_key(|candidate| candidate.record);
        Ok(Judgement::of(description, &candidates))
    }

    /// Opens the records and judges them: as many as the study asks for, in the order in which an order lists them.
    pub(super) async fn opened_matches(
        &self,
        keys: &dyn KeySource,
        description: &Description,
        records: &[Address],
    ) -> Result<Vec<(Match, Opened)>, ClientError> {
        let mut addresses = records.to_vec();
        addresses.sort_unstable();
        addresses.dedup();
        if addresses.len() != usize::from(description.records) {
            return Err(ClientError::Argument(format!(
                "study {} asks each participant for {} records, and {} are named",
                description.study,
                description.records,
                addresses.len()
            )));
        }
        let mut opened = Vec::with_capacity(addresses.len());
        let mut owner_key = None;
        for address in &addresses {
            let record = self.listed_record(address).await?;
            let key = record.account.state.owner_key;
            if *owner_key.get_or_insert(key) != key {
                let rule = generion::GenerionError::MixedOwnerKeys;
                return Err(ClientError::Argument(rule.to_string()));
            }
            let facts = self.record_facts(keys, address).await?;
            let facts = match facts.checked {
                CheckedFacts::Right(_) => Some(facts.facts),
                CheckedFacts::Unknown(_) => None,
            };
            let found = judge(description, &candidate(&record, facts.clone()));
            let found = found.map_err(|why| {
                let why: Vec<_> = why.iter().map(ToString::to_string).collect();
                ClientError::Argument(format!(
                    "record {address} does not match study {}: {}",
                    description.study,
                    why.join("; ")
                ))
            })?;
            let element = self.open_own_capsule(keys, &record)?;
            let tree = tree(&record, &element, facts.unwrap_or_default())?;
            opened.push((found, Opened { record, tree }));
        }
        Ok(opened)
    }
}

fn candidate(record: &KeyedAccount<RecordAccount>, facts: Option<Vec<Fact>>) -> Candidate {
    let state = &record.account.state;
    Candidate {
        record: record.address,
        owner: state.owner,
        creator: state.creator,
        verified: state.is_verified(),
        facts,
    }
}

fn tree(
    record: &KeyedAccount<RecordAccount>,
    element: &RecordElement,
    facts: Vec<Fact>,
) -> Result<FactsTree, ClientError> {
    let key = DataPublicKey(record.account.state.data_public_key);
    FactsTree::new(element, &key, facts)
        .ok()
        .filter(|tree| tree.root() == record.account.state.facts_root)
        .ok_or(ClientError::FactsMismatch(record.address))
}

/// By record, then by group.
pub(super) fn disclosures(
    opened: &[(Match, Opened)],
) -> Result<Vec<RequiredDisclosure>, ClientError> {
    let mut disclosures = Vec::new();
    for (found, one) in opened {
        for shown in &found.shown {
            let disclosure = one.tree.disclose(&shown.fact);
            let disclosure = disclosure.ok_or(ClientError::FactsMismatch(one.record.address))?;
            disclosures.push(RequiredDisclosure {
                requirement: shown.requirement,
                disclosure,
            });
        }
    }
    Ok(disclosures)
}
