//! What an applicant writes: read only in the form in which it is written.

use generion_interface::{
    facts::{Disclosure, Fact, leaf_hash, node_hash},
    locator::StoreUrl,
};
use generion_studies::letter::{Document, LENGTHS, Letter, LetterError, MAX_WORDS, Shown};

use crate::support::fact;

const SHA256: [u8; 32] = [0xab; 32];

/// A tree of two leaves, each of them below siblings that nobody knows. Returns the root and both disclosures.
fn tree(facts: [&Fact; 2]) -> ([u8; 32], [Disclosure; 2]) {
    let salts = [[1; 32], [2; 32]];
    let leaves = [0, 1].map(|place: usize| leaf_hash(&salts[place], &facts[place].hash()));
    let above = [[3; 32], [4; 32], [5; 32], [6; 32]];
    let root = above
        .iter()
        .fold(node_hash(&leaves[0], &leaves[1]), |node, sibling| {
            node_hash(&node, sibling)
        });
    let disclosures = [0, 1].map(|place: usize| Disclosure {
        salt: salts[place],
        siblings: [leaves[1 - place], above[0], above[1], above[2], above[3]],
    });
    (root, disclosures)
}

fn store(text: &str) -> StoreUrl {
    text.parse().unwrap()
}

fn letter(shown: usize, words: &str) -> Letter {
    let disclosure = Disclosure {
        salt: [7; 32],
        siblings: [[8; 32]; 5],
    };
    Letter {
        documents: vec![Document {
            stores: vec![store("https://store.example")],
            sha256: SHA256,
            ciphertext: disclosure,
            shown: vec![
                Shown {
                    requirement: 1,
                    disclosure
                };
                shown
            ],
        }],
        words: words.to_owned(),
    }
}

#[test]
fn a_letter_is_padded_and_read_back() {
    for (shown, words, length) in [
        (0, "", 256 + 304),
        (1, "", 560),
        (1, "I would like to take part.", 560),
        (2, "", 688),
        (0, &*"x".repeat(MAX_WORDS), 560),
    ] {
        let letter = letter(shown, words);
        let bytes = letter.encode().unwrap();
        assert!(LENGTHS.contains(&bytes.len()));
        if shown > 0 {
            assert_eq!(bytes.len(), length, "{shown}");
        }
        assert_eq!(Letter::decode(&bytes), Ok(letter));
    }
    // Both lengths below say nothing about what is in them.
    let [short, long] = ["", "Hello"].map(|words| letter(1, words).encode().unwrap().len());
    assert_eq!(short, long);
}

#[test]
fn what_does_not_fit_is_refused() {
    assert_eq!(letter(3, "").encode(), Err(LetterError::TooLong(830)));
    let long = letter(0, &"x".repeat(MAX_WORDS + 1)).encode();
    assert!(matches!(long, Err(LetterError::TooLong(_))), "{long:?}");
    for count in [0, 4] {
        let mut wrong = letter(1, "");
        wrong.documents[0].stores = (0..count)
            .map(|index| store(&format!("https://s{index}.example")))
            .collect();
        assert_eq!(wrong.encode(), Err(LetterError::Stores(count)));
    }
    let mut twice = letter(1, "");
    twice.documents[0].stores = vec![store("https://s.example"); 2];
    assert_eq!(twice.encode(), Err(LetterError::Stores(2)));
}

/// No two texts of bytes are the same letter, and none is read in part.
#[test]
fn only_the_written_form_is_read() {
    let written = letter(1, "Hello");
    let bytes = written.encode().unwrap();
    for length in 0..bytes.len() {
        assert!(Letter::decode(&bytes[..length]).is_err(), "{length}");
    }
    let mut version = bytes.clone();
    version[0] = 2;
    assert_eq!(
        Letter::decode(&version),
        Err(LetterError::UnknownVersion(2))
    );
    let mut padding = bytes.clone();
    *padding.last_mut().unwrap() = 1;
    assert_eq!(Letter::decode(&padding), Err(LetterError::Malformed));
    let mut long = bytes.clone();
    long.resize(LENGTHS[2], 0);
    assert_eq!(Letter::decode(&long), Err(LetterError::Malformed));
    // The address of the store begins at byte 4: it has one spelling, and UTF-8 is UTF-8.
    assert_eq!(&bytes[4..12], b"https://");
    for byte in [b'H', 0xff] {
        let mut address = bytes.clone();
        address[4] = byte;
        assert_eq!(Letter::decode(&address), Err(LetterError::Malformed));
    }
    for flipped in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[flipped] ^= 1;
        assert_ne!(
            Letter::decode(&changed).ok(),
            Some(written.clone()),
            "{flipped}"
        );
    }
}

#[test]
fn a_document_is_of_the_record_that_it_is_shown_of() {
    let ciphertext = fact(&format!("ciphertext-sha256={}", hex::encode(SHA256)));
    let year = fact("year=2026");
    let (root, [of_ciphertext, of_year]) = tree([&ciphertext, &year]);
    let requirements = [(0, year.hash()), (0, fact("year=2025").hash())];
    let document = Document {
        stores: vec![store("https://store.example")],
        sha256: SHA256,
        ciphertext: of_ciphertext,
        shown: vec![Shown {
            requirement: 0,
            disclosure: of_year,
        }],
    };
    assert!(document.is_of(&root, &requirements));
    let wrong = [
        Document {
            sha256: [0; 32],
            ..document.clone()
        },
        Document {
            ciphertext: of_year,
            ..document.clone()
        },
        Document {
            shown: Vec::new(),
            ..document.clone()
        },
        Document {
            shown: vec![Shown {
                requirement: 1,
                disclosure: of_year,
            }],
            ..document.clone()
        },
        Document {
            shown: vec![Shown {
                requirement: 9,
                disclosure: of_year,
            }],
            ..document.clone()
        },
        Document {
            shown: vec![Shown {
                requirement: 0,
                disclosure: of_ciphertext,
            }],
            ..document.clone()
        },
    ];
    for (index, wrong) in wrong.iter().enumerate() {
        assert!(!wrong.is_of(&root, &requirements), "{index}");
    }
    assert!(!document.is_of(&[0; 32], &requirements));
    // A second group is not shown.
    let two = [requirements[0], (1, fact("gender=female").hash())];
    assert!(!document.is_of(&root, &two));
}
