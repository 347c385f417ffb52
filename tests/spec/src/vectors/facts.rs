use curve25519_dalek::RistrettoPoint;
use generion_crypto::{
    facts::{ContentFacts, FactsTree, Profile},
    record::{DataPublicKey, RecordElement},
};
use generion_interface::facts::{Disclosure, Fact, LEAVES, MAX_FACT_LEN};
use hkdf::Hkdf;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::support::{Tape, compress, hex, seed, wallet_address};

/// A tree, built from the text of the protocol.
struct Tree {
    facts: Vec<String>,
    salts: Vec<[u8; 32]>,
    /// From the sorted leaves to the root.
    levels: Vec<Vec<[u8; 32]>>,
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    Sha256::digest(parts.concat()).into()
}

fn node(one: &[u8; 32], other: &[u8; 32]) -> [u8; 32] {
    sha256(&[&[1], one.min(other), one.max(other)])
}

impl Tree {
    fn new(element: &[u8; 32], data_public_key: &[u8; 32], facts: &[String]) -> Self {
        let hkdf = Hkdf::<Sha256>::new(Some(b"generion/fact-salt/v1"), element);
        let expand = |info: &[&[u8]]| {
            let mut bytes = [0; 32];
            hkdf.expand(&info.concat(), &mut bytes).expect("32 bytes");
            bytes
        };
        let salts: Vec<_> = (0..32u8)
            .map(|i| expand(&[data_public_key, &[i]]))
            .collect();
        let mut leaves: Vec<_> = (0..32u8)
            .map(|i| {
                let hash = match facts.get(usize::from(i)) {
                    Some(fact) => sha256(&[fact.as_bytes()]),
                    None => expand(&[data_public_key, &[i], b"decoy"]),
                };
                sha256(&[&[0], &salts[usize::from(i)], &hash])
            })
            .collect();
        leaves.sort();
        let mut levels = vec![leaves];
        while levels.last().is_some_and(|level| level.len() > 1) {
            let level = levels.last().into_iter().flat_map(|level| level.chunks(2));
            levels.push(level.map(|pair| node(&pair[0], &pair[1])).collect());
        }
        Self {
            facts: facts.to_vec(),
            salts,
            levels,
        }
    }

    fn root(&self) -> [u8; 32] {
        self.levels[5][0]
    }

    /// `salt || siblings`.
    fn disclosure(&self, index: usize) -> [u8; 192] {
        let salt = self.salts[index];
        let hash = sha256(&[self.facts[index].as_bytes()]);
        let leaf = sha256(&[&[0], &salt, &hash]);
        let place = self.levels[0].iter().position(|known| *known == leaf);
        let place = place.expect("a leaf of the tree");
        let siblings = (0..5).map(|level| self.levels[level][(place >> level) ^ 1]);
        let parts: Vec<_> = [salt].into_iter().chain(siblings).collect();
        parts.concat().try_into().expect("192 bytes")
    }
}

pub(super) fn all() -> Value {
    let document_1 = Profile::Document1.facts(
        "fhir:Observation/4548-4",
        "application/fhir+json",
        &seed("ciphertext"),
        &ContentFacts::default(),
    );
    let full: Vec<_> = (0..LEAVES).map(|i| fact("n", &i.to_string())).collect();
    let cases = [
        ("of the profile document/1", document_1),
        ("none: decoys alone", vec![]),
        ("one", vec![fact("kind", "image")]),
        ("as many as there are leaves", full),
        (
            "the longest, and one with an equals sign in its value",
            vec![longest(), fact("value", "7.2=%")],
        ),
    ];
    let cases = cases.map(|(name, facts)| tree(name, facts));
    json!({
        "about": "Facts (docs/PROTOCOL.md, section 3): from `element` (M), `data_public_key` and the facts in their \
                  profile's order follow a salt each (and one for each decoy), the leaves, which are sorted, and the root. A \
                  disclosure is the salt and five siblings. `profiles` has the facts that follow from a document.",
        "cases": cases,
        "profiles": profiles(),
        "refused_facts": refused_facts(),
        "refused_lists": refused_lists(),
        "refused_disclosures": refused_disclosures(),
    })
}

fn fact(name: &str, value: &str) -> Fact {
    Fact::new(name, value).expect("a fact")
}

fn longest() -> Fact {
    fact("a", &"b".repeat(MAX_FACT_LEN - 2))
}

fn element(name: &str) -> (RecordElement, [u8; 32], [u8; 32]) {
    let mut tape = Tape::new(name);
    let element = RecordElement::random(&mut tape);
    let point = compress(&RistrettoPoint::from_uniform_bytes(&tape.given()));
    let key = element
        .record_key(&wallet_address("patient"), &wallet_address("clinic"))
        .data_public_key();
    (element, point, key.0)
}

fn tree(name: &str, facts: Vec<Fact>) -> Value {
    let (element, point, data_public_key) = element(name);
    let lines: Vec<_> = facts.iter().map(Fact::to_string).collect();
    let tree = Tree::new(&point, &data_public_key, &lines);
    let made = FactsTree::new(&element, &DataPublicKey(data_public_key), facts).expect("few");
    assert_eq!(made.root(), tree.root());
    let disclosures = made.facts().iter().enumerate().map(|(index, fact)| {
        let disclosure = made.disclose(fact).expect("a fact of the tree");
        assert_eq!(disclosure.to_bytes(), tree.disclosure(index));
        assert!(disclosure.verify(&tree.root(), &fact.hash()));
        json!({
            "fact": fact.as_str(),
            "fact_hash": hex(fact.hash()),
            "disclosure": hex(disclosure.to_bytes()),
        })
    });
    json!({
        "name": name,
        "element": hex(point),
        "data_public_key": hex(data_public_key),
        "facts": lines,
        "salts": tree.salts.iter().map(hex).collect::<Vec<_>>(),
        "leaves": tree.levels[0].iter().map(hex).collect::<Vec<_>>(),
        "root": hex(tree.root()),
        "disclosures": disclosures.collect::<Vec<_>>(),
    })
}

fn profiles() -> Vec<Value> {
    let long = "x".repeat(MAX_FACT_LEN);
    let cases = [
        ("fhir:Observation/4548-4", "application/fhir+json"),
        ("", "text/plain"),
        ("image", "Größe"),
        (&long, "text/plain; charset=utf-8"),
        ("a\tb", ""),
    ];
    let cases = cases.map(|(kind, media_type)| {
        let facts = Profile::Document1.facts(
            kind,
            media_type,
            &seed("ciphertext"),
            &ContentFacts::default(),
        );
        json!({
            "profile": Profile::Document1.name(),
            "kind": kind,
            "media_type": media_type,
            "ciphertext_sha256": hex(seed("ciphertext")),
            "facts": facts.iter().map(Fact::as_str).collect::<Vec<_>>(),
        })
    });
    cases.to_vec()
}

fn refused_facts() -> Vec<Value> {
    let too_long = format!("{}b", longest());
    let cases = [
        ("nothing", ""),
        ("no equals sign", "kind"),
        ("no value", "kind="),
        ("no name", "=image"),
        ("a capital in the name", "Kind=image"),
        ("an underscore in the name", "media_type=image"),
        ("a space in the name", "media type=image"),
        ("a tab in the value", "kind=a\tb"),
        ("a line break at the end", "kind=image\n"),
        ("a character beyond ASCII", "kind=Größe"),
        ("the character before the space", "kind=\u{1f}"),
        ("the character behind the tilde", "kind=\u{7f}"),
        ("a byte too long", &too_long),
    ];
    let cases = cases.map(|(name, text)| {
        assert!(text.parse::<Fact>().is_err(), "{name}");
        json!({"name": name, "text": text})
    });
    cases.to_vec()
}

fn refused_lists() -> Vec<Value> {
    let too_many = (0..=LEAVES).map(|i| fact("n", &i.to_string())).collect();
    let cases = [
        ("one fact twice", vec![fact("kind", "image"); 2]),
        ("one more than there are leaves", too_many),
    ];
    let cases = cases.map(|(name, facts): (_, Vec<Fact>)| {
        let lines: Vec<_> = facts.iter().map(Fact::to_string).collect();
        let (element, _, data_public_key) = element(name);
        assert!(FactsTree::new(&element, &DataPublicKey(data_public_key), facts).is_err());
        json!({"name": name, "facts": lines})
    });
    cases.to_vec()
}

/// Disclosures that show nothing for this root and this fact's hash.
fn refused_disclosures() -> Vec<Value> {
    let (element, point, data_public_key) = element("refused disclosures");
    let facts = vec![fact("kind", "image"), fact("gender", "female")];
    let lines: Vec<_> = facts.iter().map(Fact::to_string).collect();
    let tree = Tree::new(&point, &data_public_key, &lines);
    let made = FactsTree::new(&element, &DataPublicKey(data_public_key), facts).expect("few");
    assert_eq!(made.root(), tree.root());
    let (good, hash) = (tree.disclosure(0), sha256(&[lines[0].as_bytes()]));
    let flipped = |position: usize| {
        let mut changed = good;
        changed[position] ^= 1;
        changed
    };
    let swapped = {
        let mut changed = good;
        changed[32..96].rotate_left(32);
        changed
    };
    let leaf = sha256(&[&[0], &tree.salts[0], &hash]);
    let mut flat = good;
    flat[..32].copy_from_slice(&leaf);
    // A tree that somebody made with zeros for a fact's hash.
    let zero_leaf = sha256(&[&[0], &tree.salts[0], &[0; 32]]);
    let siblings = good[32..].chunks(32).map(|sibling| sibling.try_into());
    let with_zeros = siblings.fold(zero_leaf, |hash, sibling| {
        node(&hash, &sibling.expect("32 bytes"))
    });
    let mut other_root = tree.root();
    other_root[0] ^= 1;
    let cases = [
        ("another root", other_root, hash, good),
        ("another fact", tree.root(), sha256(&[b"kind=images"]), good),
        (
            "another fact of the same record",
            tree.root(),
            sha256(&[lines[1].as_bytes()]),
            good,
        ),
        (
            "zeros for the fact's hash, though the root is of such a leaf",
            with_zeros,
            [0; 32],
            good,
        ),
        ("another salt", tree.root(), hash, flipped(0)),
        ("another first sibling", tree.root(), hash, flipped(32)),
        ("another last sibling", tree.root(), hash, flipped(191)),
        (
            "two siblings in each other's place",
            tree.root(),
            hash,
            swapped,
        ),
        ("the leaf in the salt's place", tree.root(), hash, flat),
    ];
    let cases = cases.map(|(name, root, hash, bytes)| {
        let disclosure = Disclosure::from_bytes(&bytes);
        assert!(!disclosure.verify(&root, &hash), "{name}");
        json!({"name": name, "root": hex(root), "fact_hash": hex(hash), "disclosure": hex(bytes)})
    });
    cases.to_vec()
}
