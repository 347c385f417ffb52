//! Collects the values that a document reveals, each once, in limited memory.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use super::{
    json::{Digest, Text},
    kind::RevealedKind,
    markup::{last_segment, one_line, shorten, words},
};

/// Characters of a value that are kept.
const KEPT: usize = 1000;
/// Characters of a value that a short list shows.
const BRIEF: usize = 60;
/// The memory for all values, in bytes. Values that don't fit are counted.
const MEMORY: usize = 16 << 20;
/// The memory of a value besides its texts, in bytes: its place in the list and in the index.
const OVERHEAD: usize = 160;
/// Values of a kind that a short list has.
const SOME: usize = 3;
/// Values that a short list has in all.
const SHORT: usize = 20;

/// A value that a document reveals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevealedValue {
    /// The kind of the value.
    pub kind: RevealedKind,
    /// The place of its first occurrence, as in `Patient.name[0].family`.
    pub path: String,
    /// The value in one line, without markup; a value of more than 1000 characters is cut, and ends with an ellipsis.
    pub text: String,
    /// The number of occurrences.
    pub occurrences: u64,
    /// Whether the value is about the document's subject, as far as the document shows it.
    pub is_subject: bool,
}

impl RevealedValue {
    /// The value in few words.
    pub fn brief(&self) -> String {
        let text = match self.kind {
            RevealedKind::UncheckedExtension => last_segment(&self.text),
            _ => &self.text,
        };
        shorten(text, BRIEF)
    }
}

/// The values of a document, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct Collection {
    values: Vec<RevealedValue>,
    places: HashMap<(RevealedKind, Digest), usize>,
    /// The values that did not fit, by kind: the number of occurrences, which may be of one value.
    unlisted: BTreeMap<RevealedKind, u64>,
    memory: usize,
}

impl Collection {
    pub(super) fn add(&mut self, kind: RevealedKind, is_subject: bool, path: &str, text: &Text) {
        if let Some(place) = self.places.get(&(kind, text.digest)) {
            let known = &mut self.values[*place];
            known.occurrences += 1;
            if is_subject && !known.is_subject {
                self.memory = self.memory.saturating_sub(known.path.len()) + path.len();
                known.is_subject = true;
                known.path = path.to_owned();
            }
            return;
        }
        // Of a text that doesn't fit in any case, nothing is made first.
        let least = path.len() + OVERHEAD;
        let said = (self.memory + least <= MEMORY).then(|| said(kind, text));
        let memory = least + said.as_ref().map_or(0, String::len);
        let Some(said) = said.filter(|_| self.memory + memory <= MEMORY) else {
            *self.unlisted.entry(kind).or_default() += 1;
            return;
        };
        self.memory += memory;
        self.places.insert((kind, text.digest), self.values.len());
        self.values.push(RevealedValue {
            kind,
            path: path.to_owned(),
            text: said,
            occurrences: 1,
            is_subject,
        });
    }

    /// Returns the values: those about the subject first, then by kind, then in the order of the document; and the number of
    /// those that did not fit, by kind.
    pub(super) fn finish(mut self) -> (Vec<RevealedValue>, BTreeMap<RevealedKind, u64>) {
        self.values
            .sort_by_key(|value| (Reverse(value.is_subject), value.kind));
        (self.values, self.unlisted)
    }
}

/// Some values of each kind, as many as fit in a short list, in the order of the whole one.
pub(super) fn some_of_each(values: &[RevealedValue]) -> Vec<&RevealedValue> {
    let mut ranks: HashMap<RevealedKind, usize> = HashMap::new();
    let mut ranked: Vec<_> = values
        .iter()
        .enumerate()
        .map(|(place, value)| {
            let rank = ranks.entry(value.kind).or_default();
            *rank += 1;
            (*rank, place)
        })
        .filter(|(rank, _)| *rank <= SOME)
        .collect();
    // The first of each kind before the second of any.
    ranked.sort_unstable();
    ranked.truncate(SHORT);
    let mut places: Vec<_> = ranked.into_iter().map(|(_, place)| place).collect();
    places.sort_unstable();
    places.into_iter().map(|place| &values[place]).collect()
}

fn said(kind: RevealedKind, text: &Text) -> String {
    let said = match kind {
        RevealedKind::Narrative => words(&text.start),
        _ => one_line(&text.start),
    };
    // A text that would be empty without markup is shown as it is.
    let said = if said.is_empty() {
        text.start.clone()
    } else {
        said
    };
    let mut said = shorten(&said, KEPT);
    if !text.is_whole && !said.ends_with('…') {
        said.push('…');
    }
    said.shrink_to_fit();
    said
}
