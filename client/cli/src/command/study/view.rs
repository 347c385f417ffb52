//! Studies as reports show them: what the ledger says, and what the sponsor says in the description.

use generion_client::{
    Budget, KeyedAccount,
    accounts::StudyAccount,
    rpc::{amount::Sol, duration},
    studies::description::Description,
};
use serde::Serialize;
use solana_address::Address;

use crate::output::{text::Text, time};

/// A study on the ledger, with its budget.
#[derive(Serialize)]
pub struct StudyView {
    pub address: String,
    pub id: u64,
    pub sponsor: String,
    /// `open`: the program admits everybody who shows the required facts; `selection`: the admitter chooses.
    pub admission: &'static str,
    /// The wallet that admits participants by selection.
    pub admitter: String,
    pub reward_lamports: u64,
    pub delivery_window_seconds: u32,
    /// Number of records that each participant sells.
    pub record_count: u8,
    /// The accepted creators; empty: anyone but the owner.
    pub creators: Vec<String>,
    pub requirements: Vec<RequirementView>,
    /// Number of seats that were ever made.
    pub seats_made: u32,
    pub vault: String,
    pub budget_lamports: u64,
    /// Number of further seats that the budget pays for.
    pub seats_left: u64,
    pub created_at: i64,
    /// The study is over from this time on.
    pub closes_at: i64,
    /// SHA-256 of the signed description.
    pub description_sha256: String,
    /// The address that the sponsor gives for the description. Asking it tells its operator that somebody looks.
    pub url: String,
}

/// A fact that a record can show to meet a requirement.
#[derive(Serialize)]
pub struct RequirementView {
    /// One fact of each group is enough.
    pub group: u8,
    /// SHA-256 of the fact, which the description has in words.
    pub fact_sha256: String,
}

impl StudyView {
    pub fn new(
        KeyedAccount { address, account }: &KeyedAccount<StudyAccount>,
        budget: &Budget,
    ) -> Self {
        let (state, criteria) = (&account.state, account.criteria());
        let requirements = criteria.requirements.iter();
        Self {
            address: address.to_string(),
            id: state.id,
            sponsor: state.sponsor.to_string(),
            admission: match state.admission {
                0 => "open",
                _ => "selection",
            },
            admitter: state.admitter.to_string(),
            reward_lamports: state.reward,
            delivery_window_seconds: state.delivery_window,
            record_count: state.record_count,
            creators: criteria.creators.iter().map(Address::to_string).collect(),
            requirements: requirements
                .map(|one| RequirementView {
                    group: one.group,
                    fact_sha256: hex::encode(one.fact_hash),
                })
                .collect(),
            seats_made: state.seats,
            vault: budget.vault.to_string(),
            budget_lamports: budget.lamports,
            seats_left: budget.seats(),
            created_at: state.created_at,
            closes_at: state.closes_at,
            description_sha256: hex::encode(state.description_hash),
            url: String::from_utf8_lossy(criteria.url).into_owned(),
        }
    }

    pub fn describe(&self, text: &mut Text) {
        text.field("study", &self.address)
            .detail("number", self.id)
            .field("sponsor", &self.sponsor)
            .field("admission", self.admission)
            .detail("admitter", &self.admitter)
            .field("reward", Sol(self.reward_lamports))
            .field("records", self.record_count)
            .field(
                "delivered within",
                duration::in_words(self.delivery_window_seconds.into()),
            );
        for creator in &self.creators {
            text.field("accepts records by", creator);
        }
        text.field("requirements", self.requirements.len())
            .field("seats made", self.seats_made)
            .field("budget", Sol(self.budget_lamports))
            .field("further seats", self.seats_left)
            .detail("vault", &self.vault)
            .detail("created", time::show(self.created_at))
            .field("over at", time::show(self.closes_at))
            .detail("description", &self.description_sha256)
            .detail("address", &self.url);
    }
}

/// What a sponsor says of a study, in its first language or in English.
#[derive(Serialize)]
pub struct DescriptionView {
    /// The language of the texts, as a BCP 47 tag.
    pub language: String,
    pub title: String,
    pub purpose: String,
    pub sponsor: String,
    pub contact: String,
    pub asked: String,
    pub use_of_data: String,
    pub retention: String,
    pub criteria: String,
    /// The approval of an ethics committee; `null`: the description names none.
    pub ethics: Option<String>,
    pub requirements: Vec<RequiredFact>,
    /// A condition in FHIRPath, which this software does not evaluate; `null`: none.
    pub fhirpath: Option<String>,
}

/// A required fact in words.
#[derive(Serialize)]
pub struct RequiredFact {
    pub group: u8,
    pub fact: String,
}

impl DescriptionView {
    /// `None`: the description has no text, which readers refuse.
    pub fn new(description: &Description) -> Option<Self> {
        let (language, text) = description.text("en")?;
        let requirements = description.requirements.iter();
        Some(Self {
            language: language.to_owned(),
            title: text.title.clone(),
            purpose: text.purpose.clone(),
            sponsor: text.sponsor.clone(),
            contact: text.contact.clone(),
            asked: text.asked.clone(),
            use_of_data: text.use_of_data.clone(),
            retention: text.retention.clone(),
            criteria: text.criteria.clone(),
            ethics: text.ethics.clone(),
            requirements: requirements
                .map(|required| RequiredFact {
                    group: required.group,
                    fact: required.fact.to_string(),
                })
                .collect(),
            fhirpath: description.fhirpath.clone(),
        })
    }

    pub fn describe(&self, text: &mut Text) {
        text.field("title", &self.title)
            .field("purpose", &self.purpose)
            .field("organisation", &self.sponsor)
            .field("contact", &self.contact)
            .field("asks for", &self.asked)
            .field("records", &self.criteria)
            .field("use of the data", &self.use_of_data)
            .field("kept for", &self.retention);
        if let Some(ethics) = &self.ethics {
            text.field("ethics approval", ethics);
        }
        for required in &self.requirements {
            text.field(&format!("fact of group {}", required.group), &required.fact);
        }
        if let Some(condition) = &self.fhirpath {
            text.field("condition", condition);
        }
    }
}
