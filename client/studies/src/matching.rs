//! Which of a wallet's records meet a study's requirements, and why the others don't. It is decided on the owner's machine:
//! whether somebody matches is nobody else's business.

use core::fmt;

use generion_facts::Fact;
use solana_address::Address;

use crate::description::{Description, Requirement};

/// A record as its owner knows it, once it is opened and its facts are compared with its root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Address of the record.
    pub record: Address,
    /// The record's owner.
    pub owner: Address,
    /// The record's creator.
    pub creator: Address,
    /// Whether the owner has verified the record: only verified records can be sold.
    pub verified: bool,
    /// The facts of the document. `None`: by a profile that this software does not know, so they can't be checked.
    pub facts: Option<Vec<Fact>>,
}

/// Why a record does not meet a study's requirements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// The owner has not verified the record.
    NotVerified,
    /// The owner wrote the record.
    SelfIssued,
    /// The study does not accept records of this creator.
    Creator(Address),
    /// The record's facts can't be checked.
    Unchecked,
    /// The record has none of the facts of this group.
    Group(u8),
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotVerified => f.write_str("you have not verified the record"),
            Self::SelfIssued => f.write_str("you wrote the record yourself"),
            Self::Creator(creator) => {
                write!(f, "the study accepts no records of creator {creator}")
            }
            Self::Unchecked => f.write_str("this software can't check the record's facts"),
            Self::Group(group) => write!(f, "the record has no fact of requirement group {group}"),
        }
    }
}

/// A fact that a record shows to meet a study's requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Position of the requirement on the ledger.
    pub requirement: u8,
    /// The fact.
    pub fact: Fact,
}

/// How a record meets a study's requirements: one fact of each group, in the order of the groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Address of the record.
    pub record: Address,
    /// What the record shows.
    pub shown: Vec<Shown>,
}

/// Whether a record meets a study's requirements. If it has several facts of a group, the first requirement of the ledger
/// counts, so that somebody who joins again discloses the same.
///
/// # Errors
/// Every [`Mismatch`], in the order in which a person would look.
pub fn judge(description: &Description, candidate: &Candidate) -> Result<Match, Vec<Mismatch>> {
    let mut mismatches = Vec::new();
    if !candidate.verified {
        mismatches.push(Mismatch::NotVerified);
    }
    if candidate.creator == candidate.owner {
        mismatches.push(Mismatch::SelfIssued);
    } else if !description.creators.is_empty() && !description.creators.contains(&candidate.creator)
    {
        mismatches.push(Mismatch::Creator(candidate.creator));
    }
    let Some(facts) = &candidate.facts else {
        mismatches.push(Mismatch::Unchecked);
        return Err(mismatches);
    };
    let mut shown = Vec::new();
    for group in 0..description.groups() {
        let mut requirements = description.requirements.iter().zip(0u8..);
        let is_shown = |(required, _): &(&Requirement, u8)| {
            required.group == group && facts.contains(&required.fact)
        };
        match requirements.find(is_shown) {
            Some((required, requirement)) => shown.push(Shown {
                requirement,
                fact: required.fact.clone(),
            }),
            None => mismatches.push(Mismatch::Group(group)),
        }
    }
    match mismatches.is_empty() {
        true => Ok(Match {
            record: candidate.record,
            shown,
        }),
        false => Err(mismatches),
    }
}

/// What a wallet's records mean for a study.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The records that meet the requirements.
    pub matches: Vec<Match>,
    /// The others, and why not.
    pub others: Vec<(Address, Vec<Mismatch>)>,
}

impl Judgement {
    /// Judges all records of a wallet.
    pub fn of(description: &Description, candidates: &[Candidate]) -> Self {
        let mut judgement = Self {
            matches: Vec::new(),
            others: Vec::new(),
        };
        for candidate in candidates {
            match judge(description, candidate) {
                Ok(found) => judgement.matches.push(found),
                Err(why) => judgement.others.push((candidate.record, why)),
            }
        }
        judgement
    }

    /// Whether there are as many records as each participant sells.
    pub fn is_enough(&self, description: &Description) -> bool {
        self.matches.len() >= usize::from(description.records)
    }
}
