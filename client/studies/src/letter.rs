//! What a participant writes to a study's sponsor: where the ciphertexts are, which facts the records have, and a few words.
//! The text is padded, so that its length tells next to nothing, and sealed to the study's key (`generion_crypto::letter`).
//!
//! ```text
//! version 1 | number of documents | the documents, in the order's order | length of the words | the words in UTF-8 | zeros
//! document: number of stores | (length | store address)* | SHA-256 of the ciphertext | disclosure of the fact that
//!           ciphertext-sha256 is this hash | number of disclosures | (requirement | disclosure)*
//! ```
//!
//! Numbers, lengths and requirements are one byte each.

use core::str;

use generion_facts::Fact;
use generion_interface::{
    facts::Disclosure,
    locator::{MAX_STORES, StoreUrl},
};

/// The lengths to which a letter's text is padded, in bytes.
pub const LENGTHS: [usize; 3] = [256, 560, 688];
/// The longest words, in bytes.
pub const MAX_WORDS: usize = 255;
const VERSION: u8 = 1;

/// The disclosure of a fact that a study requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Position of the requirement on the ledger.
    pub requirement: u8,
    /// Salt and siblings.
    pub disclosure: Disclosure,
}

/// One document of the order that an applicant offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The stores that have the ciphertext: 1 to 3 different ones.
    pub stores: Vec<StoreUrl>,
    /// SHA-256 of the ciphertext, by which stores address it.
    pub sha256: [u8; 32],
    /// Shows that the record is of this ciphertext, so that the sponsor can look before it pays.
    pub ciphertext: Disclosure,
    /// The facts that the study asks for.
    pub shown: Vec<Shown>,
}

impl Document {
    /// Whether the disclosures lead to the record's root. `requirements` are group and hash of each requirement of the study.
    pub fn is_of(&self, facts_root: &[u8; 32], requirements: &[(u8, [u8; 32])]) -> bool {
        let ciphertext = Fact::new("ciphertext-sha256", &hex::encode(self.sha256));
        let is_ciphertext =
            ciphertext.is_some_and(|fact| self.ciphertext.verify(facts_root, &fact.hash()));
        let is_shown = |shown: &Shown| {
            let required = requirements.get(usize::from(shown.requirement));
            required.is_some_and(|(_, fact)| shown.disclosure.verify(facts_root, fact))
        };
        let has_group = |group: &u8| {
            let is_of_group = |shown: &Shown| {
                let required = requirements.get(usize::from(shown.requirement));
                required.is_some_and(|(of, _)| of == group)
            };
            self.shown.iter().any(is_of_group)
        };
        is_ciphertext
            && self.shown.iter().all(is_shown)
            && requirements.iter().all(|(group, _)| has_group(group))
    }
}

/// The text of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The documents of the order, in its order.
    pub documents: Vec<Document>,
    /// What the applicant has to say.
    pub words: String,
}

/// Why a letter can't be written or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// It takes more than the ledger holds. Holds its length in bytes.
    #[error(
        "the letter takes {0} bytes, and the ledger holds at most 688: write fewer words, or offer fewer records"
    )]
    TooLong(usize),
    /// A document names no store, more than three, or one of them twice.
    #[error("a document of a letter is in 1 to {MAX_STORES} different stores, not {0}")]
    Stores(usize),
    /// The bytes are not a letter's text.
    #[error("the letter is malformed: its writer's software is at fault")]
    Malformed,
    /// This software does not know the version.
    #[error("the letter has version {0}, this software knows version {VERSION}: update it")]
    UnknownVersion(u8),
}

impl Letter {
    /// The text, padded to the shortest of [`LENGTHS`] that holds it.
    ///
    /// # Errors
    /// [`LetterError::TooLong`], [`LetterError::Stores`].
    pub fn encode(&self) -> Result<Vec<u8>, LetterError> {
        let mut bytes = vec![VERSION];
        // What is counted in one byte can't be too long for it where the whole letter fits.
        bytes.push(self.documents.len().min(255) as u8);
        for document in &self.documents {
            are_stores(&document.stores)?;
            bytes.push(document.stores.len() as u8); // at most 3
            for store in &document.stores {
                let address = store.to_string();
                bytes.push(address.len().min(255) as u8);
                bytes.extend_from_slice(address.as_bytes());
            }
            bytes.extend_from_slice(&document.sha256);
            bytes.extend_from_slice(&document.ciphertext.to_bytes());
            bytes.push(document.shown.len().min(255) as u8);
            for shown in &document.shown {
                bytes.push(shown.requirement);
                bytes.extend_from_slice(&shown.disclosure.to_bytes());
            }
        }
        bytes.push(self.words.len().min(255) as u8);
        bytes.extend_from_slice(self.words.as_bytes());
        let length = padded(bytes.len()).ok_or(LetterError::TooLong(bytes.len()))?;
        if self.words.len() > MAX_WORDS {
            return Err(LetterError::TooLong(bytes.len()));
        }
        bytes.resize(length, 0);
        Ok(bytes)
    }

    /// Reads a padded text. It comes from a stranger: the addresses in it are followed by the rules for locators.
    ///
    /// # Errors
    /// [`LetterError`]. Only the form that [`Self::encode`] writes is taken.
    pub fn decode(bytes: &[u8]) -> Result<Self, LetterError> {
        let mut rest = bytes;
        let [version] = take(&mut rest)?;
        if version != VERSION {
            return Err(LetterError::UnknownVersion(version));
        }
        let [count] = take(&mut rest)?;
        let documents = (0..count).map(|_| document(&mut rest));
        let documents = documents.collect::<Result<_, _>>()?;
        let words = text(&mut rest)?.to_owned();
        let is_padding = rest.iter().all(|byte| *byte == 0);
        match is_padding && padded(bytes.len() - rest.len()) == Some(bytes.len()) {
            true => Ok(Self { documents, words }),
            false => Err(LetterError::Malformed),
        }
    }
}

fn document(rest: &mut &[u8]) -> Result<Document, LetterError> {
    let [count] = take(rest)?;
    let stores = (0..count).map(|_| {
        let address = text(rest)?;
        let store: StoreUrl = address.parse().map_err(|_| LetterError::Malformed)?;
        // An address has one spelling.
        let is_canonical = store.to_string() == address;
        is_canonical.then_some(store).ok_or(LetterError::Malformed)
    });
    let stores = stores.collect::<Result<Vec<_>, _>>()?;
    are_stores(&stores)?;
    let sha256 = take(rest)?;
    let ciphertext = disclosure(rest)?;
    let [count] = take(rest)?;
    let shown = (0..count).map(|_| {
        let [requirement] = take(rest)?;
        Ok(Shown {
            requirement,
            disclosure: disclosure(rest)?,
        })
    });
    Ok(Document {
        stores,
        sha256,
        ciphertext,
        shown: shown.collect::<Result<_, _>>()?,
    })
}

fn are_stores(stores: &[StoreUrl]) -> Result<(), LetterError> {
    let is_distinct = (1..stores.len()).all(|index| !stores[..index].contains(&stores[index]));
    match (1..=MAX_STORES).contains(&stores.len()) && is_distinct {
        true => Ok(()),
        false => Err(LetterError::Stores(stores.len())),
    }
}

fn padded(length: usize) -> Option<usize> {
    LENGTHS.into_iter().find(|padded| length <= *padded)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], LetterError> {
    let (bytes, after) = rest.split_first_chunk().ok_or(LetterError::Malformed)?;
    *rest = after;
    Ok(*bytes)
}

fn disclosure(rest: &mut &[u8]) -> Result<Disclosure, LetterError> {
    Ok(Disclosure::from_bytes(&take(rest)?))
}

fn text<'a>(rest: &mut &'a [u8]) -> Result<&'a str, LetterError> {
    let [length] = take(rest)?;
    let (text, after) = rest
        .split_at_checked(usize::from(length))
        .ok_or(LetterError::Malformed)?;
    *rest = after;
    str::from_utf8(text).map_err(|_| LetterError::Malformed)
}
