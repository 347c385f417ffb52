//! Disclosures of facts, as the program verifies them.

use generion::{
    curve,
    proof::disclosure::{Disclosure, LEAVES, leaf_hash, node_hash},
};

/// A tree of 32 leaves, with the disclosure of the first leaf.
fn disclosed() -> (Disclosure, [u8; 32], [u8; 32]) {
    let fact_hash = curve::hash(&[b"year=2026"]);
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

/// A tree whose leaves are these, and the siblings of the first one.
fn tree(mut level: Vec<[u8; 32]>, first: [u8; 32]) -> ([u8; 32], [[u8; 32]; 5]) {
    level.sort_unstable();
    let mut place = level.iter().position(|leaf| *leaf == first).unwrap();
    let siblings = core::array::from_fn(|_| {
        let sibling = level[place ^ 1];
        let pairs = level.chunks(2);
        level = pairs.map(|pair| node_hash(&pair[0], &pair[1])).collect();
        place /= 2;
        sibling
    });
    (level[0], siblings)
}

/// A whole tree of one fact and decoys: the fact is shown, and a decoy only by those who know what is hashed in it, which
/// is no fact's hash.
#[test]
fn a_decoy_is_no_fact() {
    let fact_hash = curve::hash(&[b"gender=female"]);
    let salts: Vec<[u8; 32]> = (0..LEAVES).map(|i| [i as u8; 32]).collect();
    let decoy = |i: usize| curve::hash(&[b"decoy", &[i as u8]]);
    let leaves: Vec<_> = (0..LEAVES)
        .map(|i| match i {
            0 => leaf_hash(&salts[0], &fact_hash),
            _ => leaf_hash(&salts[i], &decoy(i)),
        })
        .collect();
    let (root, siblings) = tree(leaves.clone(), leaves[0]);
    let disclosure = Disclosure {
        salt: salts[0],
        siblings,
    };
    assert!(disclosure.verify(&root, &fact_hash));
    for i in 1..LEAVES {
        let (same_root, siblings) = tree(leaves.clone(), leaves[i]);
        assert_eq!(same_root, root);
        let of_decoy = Disclosure {
            salt: salts[i],
            siblings,
        };
        // Nobody can show a fact with it.
        assert!(!of_decoy.verify(&root, &fact_hash), "{i}");
        assert!(!of_decoy.verify(&root, &[0; 32]), "{i}");
        // The text that the decoy is the hash of is known to nobody.
        assert!(of_decoy.verify(&root, &decoy(i)), "{i}");
    }
}

/// Two children of a node are no salt and fact's hash, and a leaf's parts are no children.
#[test]
fn a_node_is_no_leaf_and_a_leaf_is_no_node() {
    let (disclosure, root, fact_hash) = disclosed();
    // The leaf and its sibling in the places of salt and fact's hash: one level less leads to the root.
    let leaf = leaf_hash(&disclosure.salt, &fact_hash);
    let [first, ..] = disclosure.siblings;
    for (salt, hash) in [(leaf, first), (first, leaf)] {
        for last in [[0; 32], first, leaf, root] {
            let mut siblings = disclosure.siblings;
            siblings.rotate_left(1);
            siblings[4] = last;
            let node_as_leaf = Disclosure { salt, siblings };
            assert!(!node_as_leaf.verify(&root, &hash));
        }
    }
    // A root that was made of a node in a leaf's place is of no disclosure with that fact.
    let made = disclosure
        .siblings
        .iter()
        .fold(node_hash(&disclosure.salt, &fact_hash), |node, sibling| {
            node_hash(&node, sibling)
        });
    assert!(!disclosure.verify(&made, &fact_hash));
}
