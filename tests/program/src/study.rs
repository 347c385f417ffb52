//! What the tests' studies ask for, and records that meet it.

use std::collections::BTreeMap;

use generion::proof::disclosure::RequiredDisclosure;
use generion_crypto::{facts::FactsTree, record::RecordElement};
use generion_interface::facts::Fact;
use generion_test_support::Person;
use solana_address::Address;

use crate::vm::World;

/// SHA-256 of the studies' description.
pub const DESCRIPTION: [u8; 32] = [0xde; 32];
/// The largest number of groups of requirements that [`study_tail`] knows a fact for.
const FACTS: u8 = 4;

/// The facts of each record, by its address.
pub type Trees = BTreeMap<Address, FactsTree>;

/// A fact of every record, in one of the groups.
pub fn fact(group: u8) -> Fact {
    Fact::new("code", &format!("http://loinc.org|{group}")).expect("it is short")
}

/// A study's tail: a requirement in each group, an accepted creator, and the address of the description.
pub fn study_tail(groups: u8, creator: &Address) -> Vec<u8> {
    let mut tail = Vec::new();
    for (group, hash) in requirements(groups) {
        tail.push(group);
        tail.extend(hash);
    }
    tail.extend(creator.as_ref());
    tail.extend(b"https://research.example/study.json");
    tail
}

fn requirements(groups: u8) -> Vec<(u8, [u8; 32])> {
    let mut requirements: Vec<_> = (0..groups)
        .map(|group| (group, fact(group).hash()))
        .collect();
    requirements.sort_by_key(|(_, hash)| *hash);
    requirements
}

/// The disclosures of these records to a study with this many groups: a fact of each group.
pub fn disclosures(trees: &Trees, records: &[Address], groups: u8) -> Vec<RequiredDisclosure> {
    let required = requirements(groups);
    let mut disclosures = Vec::new();
    for record in records {
        for group in 0..groups {
            let fact = fact(group);
            let place = required.iter().position(|(_, hash)| *hash == fact.hash());
            disclosures.push(RequiredDisclosure {
                requirement: place.expect("it is required") as u8,
                disclosure: trees[record].disclose(&fact).expect("every record has it"),
            });
        }
    }
    disclosures
}

impl World {
    /// Creates a record with four facts, which its owner verifies. Returns its address and the tree of its facts.
    #[track_caller]
    pub fn record_with_facts(&mut self, creator: &Person, owner: &Person) -> (Address, FactsTree) {
        let element = RecordElement::random(&mut self.rng);
        let key = element
            .record_key(&owner.address(), &creator.address())
            .data_public_key();
        let facts = (0..FACTS).map(fact).collect();
        let tree = FactsTree::new(&element, &key, facts).expect("they are few");
        let record = self.new_record_of(creator, owner, |args| args.facts_root = tree.root());
        let create = self.create_record(creator, owner, &record);
        self.lands(create, &[&creator.wallet]);
        let verify = self
            .instructions
            .verify_record(owner.address(), record.address);
        self.lands(verify, &[&owner.wallet]);
        (record.address, tree)
    }
}
