//! Facts and their disclosures: a second reader and a second tree agree.

use std::{collections::BTreeSet, sync::LazyLock};

use arbitrary::{Arbitrary, Unstructured};
use curve25519_dalek::ristretto::RistrettoPoint;
use generion_crypto::{
    facts::{ContentFacts, FactsTree, Profile},
    record::{DataPublicKey, RecordElement},
};
use generion_interface::facts::{Disclosure, Fact};
use rand_chacha::rand_core::RngCore;
use sha2::{Digest, Sha256};

use generion_native::{memory::within, world::rng};

/// The data public key of the document that the facts are about.
const DATA_PUBLIC_KEY: DataPublicKey = DataPublicKey([3; 32]);
/// The places of the fact's hash and the disclosure in a statement's bytes. The root comes first.
const HASH: usize = 32;
const DISCLOSURE: usize = 64;
const LEN: usize = DISCLOSURE + Disclosure::LEN;

static HONEST: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let (element, _) = element();
    let facts =
        ["kind=image", "gender=female", "value=7.2 %"].map(|text| text.parse().expect("a fact"));
    let tree = FactsTree::new(&element, &DATA_PUBLIC_KEY, facts.to_vec()).expect("three facts");
    let statement = |fact: &Fact| {
        let disclosure = tree.disclose(fact).expect("one of the tree's").to_bytes();
        [&tree.root()[..], &fact.hash(), &disclosure].concat()
    };
    tree.facts().iter().map(statement).collect()
});

/// An element, and its bytes.
fn element() -> (RecordElement, [u8; 32]) {
    let mut uniform = [0; 64];
    rng(11).fill_bytes(&mut uniform);
    let bytes = RistrettoPoint::from_uniform_bytes(&uniform).compress();
    (RecordElement::random(&mut rng(11)), bytes.to_bytes())
}

/// Facts as text, changes to an honest disclosure, lists of facts, and inputs of a profile.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = ["kind=image", "a-1=~ =", "=", "A=a", "a=\u{e4}"]
        .map(|text| [&[0], text.as_bytes()].concat())
        .to_vec();
    seeds.push([&[0], &[b'a'; 126][..], b"=b"].concat());
    seeds.extend(
        (0..=255)
            .step_by(51)
            .map(|byte| [&[1], &[byte; 12][..]].concat()),
    );
    seeds.push(b"\x02kind=image\ngender=female\nkind=image".to_vec());
    seeds.push([&[2], "n=1\n".repeat(40).as_bytes()].concat());
    seeds.push((0..40).fold(vec![2], |mut list, number| {
        list.extend(format!("n={number}\n").bytes());
        list
    }));
    seeds.push(b"\x03fhir:Observation/4548-4\napplication/fhir+json".to_vec());
    seeds
}

/// The first byte selects the meaning of the rest: a fact, changes to an honest disclosure, facts line by line, or kind and
/// media type for a profile.
pub fn run(input: &[u8]) {
    let Some((kind, bytes)) = input.split_first() else {
        return;
    };
    match (kind % 4, str::from_utf8(bytes)) {
        (0, Ok(text)) => fact(text),
        (1, _) => disclosed(&mut Unstructured::new(bytes)),
        (2, Ok(text)) => tree(text.lines().filter_map(|line| line.parse().ok()).collect()),
        (3, Ok(text)) => profile(text),
        _ => {}
    }
}

fn fact(text: &str) {
    let parsed = within(2 * text.len() + 256, "a fact", || text.parse::<Fact>());
    let expected = second_reader(text);
    assert_eq!(parsed.is_ok(), expected.is_some(), "{text:?}");
    if let (Ok(fact), Some((name, value))) = (parsed, expected) {
        assert_eq!(
            (fact.name(), fact.value(), fact.as_str()),
            (name, value, text)
        );
        assert_eq!(Fact::new(name, value).as_ref(), Some(&fact));
        assert_eq!(fact.hash(), sha256(&[text.as_bytes()]));
    }
}

/// docs/PROTOCOL.md, section 3: name and value of a fact.
fn second_reader(text: &str) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == b'=')?;
    let (name, value) = (&text[..at], &text[at + 1..]);
    let holds = text.len() <= 128
        && !name.is_empty()
        && !value.is_empty()
        && name
            .chars()
            .all(|it| matches!(it, 'a'..='z' | '0'..='9' | '-'))
        && value.chars().all(|it| (' '..='~').contains(&it));
    holds.then_some((name, value))
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    Sha256::digest(parts.concat()).into()
}

/// A change to a statement.
#[derive(Debug, Arbitrary)]
enum Move {
    /// Bits of a byte.
    Flip(u16, u8),
    /// Two pieces of 32 bytes exchanged.
    Swap(u8, u8),
    /// One piece in the place of another.
    Copy(u8, u8),
    /// Zeros in a piece's place.
    Clear(u8),
    /// The root that follows from the other bytes.
    Root,
}

/// A disclosure is valid only for its fact and root. The second tree agrees, and only the honest disclosure has the honest
/// root.
fn disclosed(source: &mut Unstructured) {
    let honest = &HONEST[usize::from(source.arbitrary::<u8>().unwrap_or_default()) % HONEST.len()];
    let mut bytes = honest.clone();
    let piece = |index: u8| usize::from(index) % (LEN / 32) * 32;
    let mut made = false;
    for _ in 0..8 {
        let Ok(change) = source.arbitrary() else {
            break;
        };
        match change {
            Move::Flip(position, mask) => bytes[usize::from(position) % LEN] ^= mask,
            Move::Swap(left, right) => {
                for offset in 0..32 {
                    bytes.swap(piece(left) + offset, piece(right) + offset);
                }
            }
            Move::Copy(from, to) => bytes.copy_within(piece(from)..piece(from) + 32, piece(to)),
            Move::Clear(at) => bytes[piece(at)..piece(at) + 32].fill(0),
            Move::Root => {
                let root = second_root(&bytes);
                bytes[..HASH].copy_from_slice(&root);
                made = true;
            }
        }
    }
    let disclosure = Disclosure::from_bytes(bytes[DISCLOSURE..].try_into().expect("its bytes"));
    assert_eq!(disclosure.to_bytes(), bytes[DISCLOSURE..]);
    let hash = bytes[HASH..DISCLOSURE].try_into().expect("32 bytes");
    let shown = disclosure.verify(bytes[..HASH].try_into().expect("32 bytes"), hash);
    assert_eq!(
        shown,
        *hash != [0; 32] && bytes[..HASH] == second_root(&bytes)
    );
    // Nobody can find another disclosure for an honest root.
    if bytes[..HASH] == honest[..HASH] {
        assert_eq!(shown, bytes == *honest);
    }
    assert!(made || !shown || bytes == *honest);
}

/// The root that follows from hash and disclosure.
fn second_root(bytes: &[u8]) -> [u8; 32] {
    let leaf = sha256(&[
        &[0],
        &bytes[DISCLOSURE..DISCLOSURE + 32],
        &bytes[HASH..DISCLOSURE],
    ]);
    bytes[DISCLOSURE + 32..]
        .chunks(32)
        .fold(leaf, |node, sibling| match node[..] < *sibling {
            true => sha256(&[&[1], &node, sibling]),
            false => sha256(&[&[1], sibling, &node]),
        })
}

/// HKDF-SHA256 to 32 bytes: RFC 5869's two steps, each an HMAC. Keys here are shorter than a block of 64 bytes.
fn hkdf(salt: &[u8], ikm: &[u8], info: &[u8]) -> [u8; 32] {
    let hmac = |key: &[u8], message: &[u8]| {
        let pad = |with: u8| {
            let mut block = [with; 64];
            for (byte, key) in block.iter_mut().zip(key) {
                *byte ^= key;
            }
            block
        };
        sha256(&[&pad(0x5c), &sha256(&[&pad(0x36), message])])
    };
    hmac(&hmac(salt, ikm), &[info, &[1]].concat())
}

/// A list's tree has the root of the second tree, and each of its facts can be disclosed.
fn tree(facts: Vec<Fact>) {
    let (element, bytes) = element();
    let distinct: BTreeSet<_> = facts.iter().map(Fact::as_str).collect();
    let fits = facts.len() <= 32 && distinct.len() == facts.len();
    let made = FactsTree::new(&element, &DATA_PUBLIC_KEY, facts.clone());
    assert_eq!(made.is_ok(), fits);
    let Ok(tree) = made else { return };
    let DataPublicKey(key) = DATA_PUBLIC_KEY;
    let expand = |info: &[&[u8]]| hkdf(b"generion/fact-salt/v1", &bytes, &info.concat());
    let mut level: Vec<[u8; 32]> = (0..32)
        .map(|index: u8| {
            let salt = expand(&[&key, &[index]]);
            let hash = match facts.get(usize::from(index)) {
                Some(fact) => sha256(&[fact.as_str().as_bytes()]),
                None => expand(&[&key, &[index], b"decoy"]),
            };
            sha256(&[&[0], &salt, &hash])
        })
        .collect();
    level.sort();
    while level.len() > 1 {
        let pairs = level.chunks(2);
        level = pairs
            .map(|pair| {
                let (lesser, greater) = (pair[0].min(pair[1]), pair[0].max(pair[1]));
                sha256(&[&[1], &lesser, &greater])
            })
            .collect();
    }
    assert_eq!(tree.root(), level[0]);
    for fact in &facts {
        let disclosure = tree.disclose(fact).expect("it is one of them");
        assert!(disclosure.verify(&level[0], &fact.hash()));
    }
    let other = Fact::new("z", "other").expect("a fact");
    assert!(facts.contains(&other) || tree.disclose(&other).is_none());
}

/// A profile gives facts for every content of a stranger's locator.
fn profile(text: &str) {
    let (kind, media_type) = text.split_once('\n').unwrap_or((text, ""));
    let facts = Profile::Document1.facts(kind, media_type, &[0xab; 32], &ContentFacts::default());
    let expected: Vec<String> = [("kind", kind), ("media-type", media_type)]
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .filter(|line| second_reader(line).is_some())
        .chain([format!("ciphertext-sha256={}", "ab".repeat(32))])
        .collect();
    let facts: Vec<&str> = facts.iter().map(Fact::as_str).collect();
    assert_eq!(facts, expected);
}
