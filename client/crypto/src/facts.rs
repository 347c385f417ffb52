//! The tree of a record's facts, for those who can open the record. The root is on the ledger, and single facts can be
//! disclosed (docs/PROTOCOL.md, section 3).

use generion_interface::facts::{Disclosure, Fact, LEAVES, leaf_hash, node_hash};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

pub use generion_facts::{ContentFacts, MAX_CONTENT, Profile, UnknownProfile};

use crate::record::{DataPublicKey, RecordElement};

/// The salts and hashes of a record's facts. They are as confidential as the facts, because they allow to guess facts
/// and to check the guesses against the root.
///
/// ```compile_fail,E0277
/// fn print(tree: generion_crypto::facts::FactsTree) { println!("{tree:?}") }
/// ```
pub struct FactsTree {
    facts: Vec<Fact>,
    /// The salt and hash of each fact, in the order of the facts.
    salts: Zeroizing<Vec<[u8; 32]>>,
    /// The leaves, sorted.
    leaves: Vec<[u8; 32]>,
}

/// There are more facts than leaves, or a fact occurs twice. Holds the number of facts. No profile yields such facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a record has at most {LEAVES} facts, no two the same, not {0}")]
pub struct TooManyFacts(pub usize);

impl FactsTree {
    /// Makes the tree of a record's facts, which are in the order of their profile. With i as a leaf's position before
    /// sorting: the leaf's salt is 32 bytes of HKDF-SHA256 with salt `generion/fact-salt/v1`, ikm `M` and info
    /// `data_public_key || i`. A leaf without a fact has a decoy in place of the fact's hash, which is derived in the
    /// same way with info `data_public_key || i || "decoy"`.
    ///
    /// # Errors
    /// [`TooManyFacts`].
    pub fn new(
        element: &RecordElement,
        data_public_key: &DataPublicKey,
        facts: Vec<Fact>,
    ) -> Result<Self, TooManyFacts> {
        let is_distinct = (1..facts.len()).all(|index| !facts[..index].contains(&facts[index]));
        if facts.len() > LEAVES || !is_distinct {
            return Err(TooManyFacts(facts.len()));
        }
        let ikm = Zeroizing::new(element.point.compress().to_bytes());
        let hkdf = Hkdf::<Sha256>::new(Some(b"generion/fact-salt/v1"), ikm.as_ref());
        let expand = |index: u8, label: &[u8]| {
            let mut bytes = [0; 32];
            hkdf.expand_multi_info(&[&data_public_key.0, &[index], label], &mut bytes)
                .expect("32 bytes are within what HKDF-SHA256 gives");
            bytes
        };
        let mut salts = Zeroizing::new(Vec::with_capacity(LEAVES));
        let mut leaves = Vec::with_capacity(LEAVES);
        for index in 0..LEAVES {
            let place = index as u8; // below 32
            let fact = facts.get(index).map(Fact::hash);
            let salt = expand(place, b"");
            leaves.push(leaf_hash(
                &salt,
                &fact.unwrap_or_else(|| expand(place, b"decoy")),
            ));
            salts.push(salt);
        }
        salts.truncate(facts.len());
        leaves.sort_unstable();
        Ok(Self {
            facts,
            salts,
            leaves,
        })
    }

    /// The facts, in the order of their profile.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The root, for the ledger.
    pub fn root(&self) -> [u8; 32] {
        let mut level = self.leaves.clone();
        while level.len() > 1 {
            level = above(&level);
        }
        level[0]
    }

    /// Discloses a fact. `None` if the record does not have it.
    pub fn disclose(&self, fact: &Fact) -> Option<Disclosure> {
        let index = self.facts.iter().position(|known| known == fact)?;
        let salt = self.salts[index];
        let leaf = leaf_hash(&salt, &fact.hash());
        let mut place = self.leaves.iter().position(|known| *known == leaf)?;
        let mut level = self.leaves.clone();
        let siblings = core::array::from_fn(|_| {
            let sibling = level[place ^ 1];
            level = above(&level);
            place /= 2;
            sibling
        });
        Some(Disclosure { salt, siblings })
    }
}

/// The next level of a tree. The number of leaves is a power of two, so each node has a sibling.
fn above(level: &[[u8; 32]]) -> Vec<[u8; 32]> {
    let (pairs, _) = level.as_chunks();
    pairs
        .iter()
        .map(|[left, right]| node_hash(left, right))
        .collect()
}
