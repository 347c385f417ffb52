use core::fmt;

use solana_address::Address;

use super::document::{Admission, Description};

/// What the ledger says of a study, as far as its description says it, too. Nothing of it ever changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudyTerms {
    /// Address of the study.
    pub study: Address,
    /// `B`, the study's key.
    pub study_key: [u8; 32],
    /// How participants get a seat.
    pub admission: Admission,
    /// What each participant is paid, in lamports.
    pub reward: u64,
    /// The time to deliver, in seconds.
    pub delivery_window: u32,
    /// The number of records that each participant sells.
    pub records: u8,
    /// The accepted creators.
    pub creators: Vec<Address>,
    /// Group and hash of each requirement.
    pub requirements: Vec<(u8, [u8; 32])>,
}

/// What a description says otherwise than the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The study's address.
    Study,
    /// The study's key.
    StudyKey,
    /// The way of admission.
    Admission,
    /// The reward.
    Reward,
    /// The time to deliver.
    DeliveryWindow,
    /// The number of records.
    Records,
    /// The accepted creators.
    Creators,
    /// A requirement that the description does not have in words: the hash of a fact about one person, for example, by which a
    /// sponsor finds this person. Or the description has one that the ledger does not ask for.
    Requirements,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Study => "study",
            Self::StudyKey => "study key",
            Self::Admission => "way of admission",
            Self::Reward => "reward",
            Self::DeliveryWindow => "delivery window",
            Self::Records => "number of records",
            Self::Creators => "accepted creators",
            Self::Requirements => "requirements",
        })
    }
}

impl Description {
    /// What the description says of the study's account.
    pub fn terms(&self) -> StudyTerms {
        let requirements = self.requirements.iter();
        StudyTerms {
            study: self.study,
            study_key: self.study_key,
            admission: self.admission,
            reward: self.reward,
            delivery_window: self.delivery_window,
            records: self.records,
            creators: self.creators.clone(),
            requirements: requirements
                .map(|required| (required.group, required.fact.hash()))
                .collect(),
        }
    }

    /// Compares the description with what the ledger says of the study. `None`: they agree.
    pub fn difference(&self, ledger: &StudyTerms) -> Option<Difference> {
        let own = self.terms();
        [
            (own.study == ledger.study, Difference::Study),
            (own.study_key == ledger.study_key, Difference::StudyKey),
            (own.admission == ledger.admission, Difference::Admission),
            (own.reward == ledger.reward, Difference::Reward),
            (
                own.delivery_window == ledger.delivery_window,
                Difference::DeliveryWindow,
            ),
            (own.records == ledger.records, Difference::Records),
            (own.creators == ledger.creators, Difference::Creators),
            (
                own.requirements == ledger.requirements,
                Difference::Requirements,
            ),
        ]
        .into_iter()
        .find_map(|(is_same, difference)| (!is_same).then_some(difference))
    }
}
