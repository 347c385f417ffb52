//! Which records match, and why the others don't.

use generion_studies::{
    description::Admission,
    matching::{Candidate, Judgement, Mismatch, judge},
};
use solana_address::Address;

use crate::support::{CLINIC, HBA1C, address, description, fact, required};

const OWNER: Address = address(40);

fn candidate(facts: &[&str]) -> Candidate {
    Candidate {
        record: address(50),
        owner: OWNER,
        creator: CLINIC,
        verified: true,
        facts: Some(facts.iter().map(|text| fact(text)).collect()),
    }
}

fn hba1c(year: u32) -> Candidate {
    candidate(&[
        "resource=Observation",
        &format!("code={HBA1C}"),
        &format!("year={year}"),
    ])
}

#[test]
fn a_record_matches_by_one_fact_of_each_group() {
    let description = description();
    let found = judge(&description, &hba1c(2026)).unwrap();
    assert_eq!(found.record, address(50));
    let shown: Vec<_> = found
        .shown
        .iter()
        .map(|shown| shown.fact.to_string())
        .collect();
    assert_eq!(shown, [format!("code={HBA1C}"), "year=2026".to_owned()]);
    for shown in &found.shown {
        let required = &description.requirements[usize::from(shown.requirement)];
        assert_eq!(required.fact, shown.fact);
    }
}

#[test]
fn every_reason_is_named() {
    let description = description();
    let mut record = hba1c(2024);
    assert_eq!(judge(&description, &record), Err(vec![Mismatch::Group(1)]));
    record.verified = false;
    record.creator = address(60);
    let reasons = vec![
        Mismatch::NotVerified,
        Mismatch::Creator(address(60)),
        Mismatch::Group(1),
    ];
    assert_eq!(judge(&description, &record), Err(reasons));
    let mut own = hba1c(2026);
    own.creator = OWNER;
    assert_eq!(judge(&description, &own), Err(vec![Mismatch::SelfIssued]));
    let mut unknown = hba1c(2026);
    unknown.facts = None;
    assert_eq!(
        judge(&description, &unknown),
        Err(vec![Mismatch::Unchecked])
    );
    let none = candidate(&["resource=Observation"]);
    let groups = vec![Mismatch::Group(0), Mismatch::Group(1)];
    assert_eq!(judge(&description, &none), Err(groups));
    for reason in [
        Mismatch::NotVerified,
        Mismatch::SelfIssued,
        Mismatch::Creator(CLINIC),
        Mismatch::Unchecked,
        Mismatch::Group(3),
    ] {
        assert!(!reason.to_string().is_empty());
    }
}

/// Somebody who joins again shows the same fact, although another one would do as well.
#[test]
fn the_same_fact_is_shown_each_time() {
    let mut description = description();
    description
        .requirements
        .extend(["gender=female", "country=CH"].map(|text| required(2, text)));
    description.sort();
    let year = "year=2026";
    let code = format!("code={HBA1C}");
    let one = judge(
        &description,
        &candidate(&[&code, year, "gender=female", "country=CH"]),
    );
    let other = judge(
        &description,
        &candidate(&["country=CH", "gender=female", year, &code]),
    );
    assert_eq!(one, other);
    assert_eq!(one.unwrap().shown.len(), 3);
}

#[test]
fn a_study_without_creators_accepts_all_but_the_owner() {
    let mut description = description();
    description.admission = Admission::Selection;
    description.creators.clear();
    let mut record = hba1c(2026);
    record.creator = address(60);
    assert!(judge(&description, &record).is_ok());
    record.creator = OWNER;
    assert_eq!(
        judge(&description, &record),
        Err(vec![Mismatch::SelfIssued])
    );
}

#[test]
fn a_wallet_needs_as_many_records_as_the_study_asks_for() {
    let mut description = description();
    let candidates = [hba1c(2024), hba1c(2025), hba1c(2026)];
    let judgement = Judgement::of(&description, &candidates);
    assert_eq!((judgement.matches.len(), judgement.others.len()), (2, 1));
    for (records, is_enough) in [(1, true), (2, true), (3, false)] {
        description.records = records;
        assert_eq!(judgement.is_enough(&description), is_enough);
    }
}
