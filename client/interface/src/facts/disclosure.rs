use sha2::{Digest, Sha256};

/// Number of leaves of a tree, and so the largest number of facts of a document.
pub const LEAVES: usize = 32;
/// Number of levels of a tree above its leaves.
const DEPTH: usize = LEAVES.ilog2() as usize;

/// Shows that a fact belongs to a record, without revealing another fact: the salt of the fact's leaf, and the siblings
/// on the way from the leaf to the root. A disclosure does not contain the fact or its hash; the verifier supplies
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// The leaf's salt.
    pub salt: [u8; 32],
    /// The siblings, one for each level, from the leaf upwards.
    pub siblings: [[u8; 32]; DEPTH],
}

impl Disclosure {
    /// Bytes of a disclosure: the salt, then the siblings.
    pub const LEN: usize = 32 + 32 * DEPTH;

    /// Decodes a disclosure.
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Self {
        let (parts, _) = bytes.as_chunks();
        Self {
            salt: parts[0],
            siblings: core::array::from_fn(|level| parts[level + 1]),
        }
    }

    /// Encodes the disclosure.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        let (parts, _) = bytes.as_chunks_mut();
        parts[0] = self.salt;
        parts[1..].copy_from_slice(&self.siblings);
        bytes
    }

    /// Whether the fact with this hash is one of the facts under this root. Zeros are never a fact's hash.
    pub fn verify(&self, facts_root: &[u8; 32], fact_hash: &[u8; 32]) -> bool {
        let leaf = leaf_hash(&self.salt, fact_hash);
        let root = self
            .siblings
            .iter()
            .fold(leaf, |hash, sibling| node_hash(&hash, sibling));
        *fact_hash != [0; 32] && root == *facts_root
    }
}

/// The leaf of a fact: SHA-256 of 0, the salt and the fact's hash.
pub fn leaf_hash(salt: &[u8; 32], fact_hash: &[u8; 32]) -> [u8; 32] {
    hash(0, salt, fact_hash)
}

/// A node: SHA-256 of 1, the lesser child (by bytes) and the greater one. So a disclosure does not reveal on which side
/// of its sibling a node is.
pub fn node_hash(one: &[u8; 32], other: &[u8; 32]) -> [u8; 32] {
    hash(1, one.min(other), one.max(other))
}

fn hash(kind: u8, first: &[u8; 32], second: &[u8; 32]) -> [u8; 32] {
    Sha256::new()
        .chain_update([kind])
        .chain_update(first)
        .chain_update(second)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::{super::Fact, *};

    /// A tree of 32 leaves, with the disclosure of the first leaf.
    fn disclosed() -> (Disclosure, [u8; 32], [u8; 32]) {
        let fact_hash = Fact::new("year", "2026").unwrap().hash();
        let disclosure = Disclosure {
            salt: [1; 32],
            siblings: [2, 3, 4, 5, 6].map(|byte| [byte; 32]),
        };
        let mut root = leaf_hash(&[1; 32], &fact_hash);
        for byte in 2..=6 {
            root = node_hash(&root, &[byte; 32]);
        }
        (disclosure, root, fact_hash)
    }

    #[test]
    fn bytes_are_the_salt_and_the_siblings_upwards() {
        let (disclosure, ..) = disclosed();
        let bytes = disclosure.to_bytes();
        let expected: Vec<u8> = (1..=6).flat_map(|byte| [byte; 32]).collect();
        assert_eq!(bytes, *expected);
        assert_eq!(Disclosure::from_bytes(&bytes), disclosure);
    }

    #[test]
    fn a_disclosure_is_of_one_fact_and_one_root() {
        let (disclosure, root, fact_hash) = disclosed();
        assert!(disclosure.verify(&root, &fact_hash));
        let bytes = disclosure.to_bytes();
        for index in 0..Disclosure::LEN {
            let mut changed = bytes;
            changed[index] ^= 1;
            let changed = Disclosure::from_bytes(&changed);
            assert!(!changed.verify(&root, &fact_hash), "{index}");
        }
        for index in 0..32 {
            let (mut other_root, mut other_fact) = (root, fact_hash);
            other_root[index] ^= 1;
            other_fact[index] ^= 1;
            assert!(!disclosure.verify(&other_root, &fact_hash));
            assert!(!disclosure.verify(&root, &other_fact));
        }
    }

    /// A requirement that asks for nothing consists of zeros, and no fact may meet it.
    #[test]
    fn zeros_are_no_facts_hash() {
        let (disclosure, ..) = disclosed();
        let zeros = [0; 32];
        let leaf = leaf_hash(&disclosure.salt, &zeros);
        let root = disclosure
            .siblings
            .iter()
            .fold(leaf, |hash, sibling| node_hash(&hash, sibling));
        assert!(!disclosure.verify(&root, &zeros));
    }

    /// A node can't be used as a leaf, and the order of two children makes no difference.
    #[test]
    fn leaves_and_nodes_are_told_apart() {
        let (one, other) = ([1; 32], [2; 32]);
        assert_eq!(node_hash(&one, &other), node_hash(&other, &one));
        assert_ne!(leaf_hash(&one, &other), leaf_hash(&other, &one));
        assert_ne!(leaf_hash(&one, &other), node_hash(&one, &other));
    }
}
