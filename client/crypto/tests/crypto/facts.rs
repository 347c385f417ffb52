//! The tree of a record's facts: the disclosure of each fact, and every refusal.

use generion_crypto::{
    facts::{ContentFacts, FactsTree, Profile, TooManyFacts, UnknownProfile},
    record::{DataPublicKey, RecordElement},
};
use generion_interface::facts::{Disclosure, Fact, LEAVES, leaf_hash};

use crate::support::{Repeat, rng};

const KEY: DataPublicKey = DataPublicKey([11; 32]);

fn element() -> RecordElement {
    RecordElement::random(&mut Repeat(&[12; 64]))
}

fn facts(count: usize) -> Vec<Fact> {
    (0..count)
        .map(|index| Fact::new("code", &index.to_string()).unwrap())
        .collect()
}

fn tree(facts: Vec<Fact>) -> FactsTree {
    FactsTree::new(&element(), &KEY, facts).unwrap()
}

#[test]
fn every_fact_of_every_number_is_disclosed() {
    for count in 0..=LEAVES {
        let facts = facts(count);
        let tree = tree(facts.clone());
        let root = tree.root();
        assert_eq!(tree.facts(), facts);
        for (index, fact) in facts.iter().enumerate() {
            let disclosure = tree.disclose(fact).unwrap();
            assert!(disclosure.verify(&root, &fact.hash()), "{count} {index}");
            // The disclosure shows no other fact, and no other record.
            let other = &facts[(index + 1) % count];
            assert!(other == fact || !disclosure.verify(&root, &other.hash()));
            let mut other_root = root;
            other_root[0] ^= 1;
            assert!(!disclosure.verify(&other_root, &fact.hash()));
        }
        let absent = Fact::new("code", "absent").unwrap();
        assert_eq!(tree.disclose(&absent), None);
    }
}

#[test]
fn a_disclosure_changed_in_any_byte_is_none() {
    let facts = facts(5);
    let tree = tree(facts.clone());
    let bytes = tree.disclose(&facts[3]).unwrap().to_bytes();
    for index in 0..Disclosure::LEN {
        let mut changed = bytes;
        changed[index] ^= 1;
        let changed = Disclosure::from_bytes(&changed);
        assert!(!changed.verify(&tree.root(), &facts[3].hash()), "{index}");
    }
}

/// Two disclosures of a record contain the other's leaf only as a hash, and no salt but their own.
#[test]
fn a_disclosure_shows_no_other_salt() {
    let facts = facts(LEAVES);
    let tree = tree(facts.clone());
    let disclosures: Vec<_> = facts
        .iter()
        .map(|fact| tree.disclose(fact).unwrap())
        .collect();
    for (index, disclosure) in disclosures.iter().enumerate() {
        for (other, known) in disclosures.iter().enumerate() {
            let shown = disclosure.siblings.contains(&known.salt) || disclosure.salt == known.salt;
            assert_eq!(shown, index == other);
        }
    }
}

/// Otherwise the position of a leaf would show which fact of the profile it is.
#[test]
fn leaves_are_sorted() {
    let facts = facts(LEAVES);
    let tree = tree(facts.clone());
    let mut leaves: Vec<_> = facts
        .iter()
        .map(|fact| {
            (
                leaf_hash(&tree.disclose(fact).unwrap().salt, &fact.hash()),
                fact,
            )
        })
        .collect();
    leaves.sort_unstable();
    for pair in leaves.chunks(2) {
        let [(left, _), (_, right)] = pair else {
            panic!("pairs");
        };
        assert_eq!(tree.disclose(right).unwrap().siblings[0], *left);
    }
}

#[test]
fn the_root_depends_on_everything() {
    let [one, other] = ["1", "2"].map(|value| Fact::new("code", value).unwrap());
    let other_element = RecordElement::random(&mut rng());
    let root = |element: &RecordElement, key: u8, facts: &[&Fact]| {
        let facts = facts.iter().map(|fact| (*fact).clone()).collect();
        FactsTree::new(element, &DataPublicKey([key; 32]), facts)
            .unwrap()
            .root()
    };
    let roots = [
        root(&element(), 11, &[]),
        root(&element(), 11, &[&one]),
        root(&element(), 11, &[&other]),
        root(&element(), 11, &[&one, &other]),
        root(&element(), 11, &[&other, &one]),
        root(&element(), 12, &[&one]),
        root(&other_element, 11, &[&one]),
    ];
    for (index, root) in roots.iter().enumerate() {
        assert!(!roots[..index].contains(root), "{index}");
    }
    assert_eq!(roots[1], root(&element(), 11, &[&one]));
}

#[test]
fn too_many_facts_and_one_twice_are_refused() {
    let refusal = |facts| FactsTree::new(&element(), &KEY, facts).err();
    assert_eq!(refusal(facts(LEAVES)), None);
    assert_eq!(refusal(facts(LEAVES + 1)), Some(TooManyFacts(LEAVES + 1)));
    let mut twice = facts(3);
    twice.push(twice[0].clone());
    assert_eq!(refusal(twice), Some(TooManyFacts(4)));
}

#[test]
fn the_documents_profile_has_three_facts() {
    let profile: Profile = "document/1".parse().unwrap();
    assert_eq!(profile, Profile::Document1);
    assert_eq!(profile.to_string(), "document/1");
    let texts = |kind: &str, media_type: &str| -> Vec<String> {
        let facts = profile.facts(kind, media_type, &[0xab; 32], &ContentFacts::default());
        facts.iter().map(Fact::to_string).collect()
    };
    let hash = format!("ciphertext-sha256={}", "ab".repeat(32));
    assert_eq!(
        texts("fhir:Observation/4548-4", "application/fhir+json"),
        [
            "kind=fhir:Observation/4548-4",
            "media-type=application/fhir+json",
            &hash
        ]
    );
    // Left out, and not cut off.
    assert_eq!(texts("R\u{f6}ntgenbild", ""), [&*hash]);
    assert_eq!(texts(&"k".repeat(124), "m"), ["media-type=m", &hash]);
    assert_eq!(texts(&"k".repeat(123), "m").len(), 3);
}

#[test]
fn other_profiles_are_unknown() {
    for name in [
        "",
        "document",
        "document/2",
        "Document/1",
        "document/1 ",
        "fhir-r4/2",
        "fhir-r5/1",
    ] {
        assert_eq!(name.parse::<Profile>(), Err(UnknownProfile), "{name}");
    }
}
