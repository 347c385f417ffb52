//! The tree of a record's facts, for who can open the record: its root stands on the ledger, and single facts of it can be
//! disclosed (docs/PROTOCOL.md, section 3).

mod profile;

use generion_interface::facts::{Disclosure, Fact, LEAVES, leaf_hash, node_hash};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

pub use profile::{Profile, UnknownProfile};

use crate::record::{DataPublicKey, RecordElement};

/// Salts and hashes of a record's facts. With them facts can be guessed, and checked against the root: they are as
/// confidential as the facts.
///
/// ```compile_fail,E0277
/// fn print(tree: generion_crypto::facts::FactsTree) { println!("{tree:?}") }
/// ```
pub struct FactsTree {
    facts: Vec<Fact>,
    /// One for each fact, by the facts' order.
    salts: Zeroizing<Vec<[u8; 32]>>,
    /// The leaves, sorted.
    leaves: Vec<[u8; 32]>,
}

/// More facts than a tree has leaves, or one twice, and how many they are: no profile yields such.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a record has at most {LEAVES} facts, no two the same, not {0}")]
pub struct TooManyFacts(pub usize);

impl FactsTree {
    /// The tree of a record's facts, which stand in their profile's order. Salts and decoys are HKDF-SHA256 with salt
    /// `generion/fact-salt/v1` and ikm `M`, to 32 bytes; with i the leaf's place before the leaves are sorted, the salt has
    /// the info data_public_key || i, and what a leaf without a fact has for the fact's hash has data_public_key || i ||
    /// `decoy`.
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

    /// The facts, in their profile's order.
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

    /// Discloses a fact; `None` if it is none of the record's.
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

/// The next level of a tree. There is a power of two of leaves, so that each has a neighbour.
fn above(level: &[[u8; 32]]) -> Vec<[u8; 32]> {
    let (pairs, _) = level.as_chunks();
    pairs
        .iter()
        .map(|[left, right]| node_hash(left, right))
        .collect()
}
