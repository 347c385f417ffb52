//! Disclosures of facts: a record's owner shows that one fact belongs to the record, and nothing of its other facts. A record
//! has the root of a tree of 32 leaves, which are its facts' salted hashes and decoys.

use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};

use crate::curve;

/// Number of leaves of a tree, and so the largest number of facts of a document.
pub const LEAVES: usize = 32;
/// Number of levels of a tree above its leaves.
const DEPTH: usize = LEAVES.ilog2() as usize;
/// What a leaf's text begins with.
const LEAF: u8 = 0;
/// What a node's text begins with. So no leaf can stand for a node, or a node for a leaf.
const NODE: u8 = 1;

/// Shows that a fact belongs to a record, without revealing another fact: the salt of the fact's leaf, and the siblings
/// on the way from the leaf to the root. A disclosure does not contain the fact or its hash; the verifier supplies
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, SchemaRead, SchemaWrite, IdlType)]
#[repr(C)]
pub struct Disclosure {
    /// The leaf's salt.
    pub salt: [u8; 32],
    /// The siblings, one for each level, from the leaf upwards.
    pub siblings: [[u8; 32]; DEPTH],
}

/// A disclosure, and the study's requirement that it meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, SchemaRead, SchemaWrite, IdlType)]
#[repr(C)]
pub struct RequiredDisclosure {
    /// Position of the requirement among the study's requirements.
    pub requirement: u8,
    /// The disclosure of the required fact.
    pub disclosure: Disclosure,
}

impl Disclosure {
    /// Bytes of a disclosure: the salt, then the siblings.
    pub const LEN: usize = 192;

    /// Decodes a disclosure.
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Self {
        bytemuck::cast(*bytes)
    }

    /// Encodes the disclosure.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        bytemuck::cast(*self)
    }

    /// Whether the fact with this hash is one of the facts under this root. Zeros are never a fact's hash.
    pub fn verify(&self, facts_root: &[u8; 32], fact_hash: &[u8; 32]) -> bool {
        let leaf = leaf_hash(&self.salt, fact_hash);
        let root = self
            .siblings
            .iter()
            .fold(leaf, |node, sibling| node_hash(&node, sibling));
        *fact_hash != [0; 32] && root == *facts_root
    }
}

/// The leaf of a fact: SHA-256 of 0, the salt and the fact's hash.
pub fn leaf_hash(salt: &[u8; 32], fact_hash: &[u8; 32]) -> [u8; 32] {
    hash(LEAF, salt, fact_hash)
}

/// A node: SHA-256 of 1, the lesser child (by bytes) and the greater one. So a disclosure does not reveal on which side
/// of its sibling a node is.
pub fn node_hash(one: &[u8; 32], other: &[u8; 32]) -> [u8; 32] {
    hash(NODE, one.min(other), one.max(other))
}

/// SHA-256 of a byte and two pieces of 32 bytes. They are in one text, because the syscall charges for each.
#[inline(always)]
fn hash(kind: u8, first: &[u8; 32], second: &[u8; 32]) -> [u8; 32] {
    let mut text = [kind; 65];
    text[1..33].copy_from_slice(first);
    text[33..].copy_from_slice(second);
    curve::hash(&[&text])
}
