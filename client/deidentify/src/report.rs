//! What was done to a document, by element and never with a value.

use std::collections::BTreeMap;

use core::fmt;

/// What was done to an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// It was dropped.
    Redacted,
    /// It was dropped where FHIR asks for a value: the extension `data-absent-reason` with `masked` took its place.
    Masked,
    /// A date became its year, an age over 89 the category "90 or more".
    Generalized,
    /// A number was rounded.
    Rounded,
    /// A reference became a pseudonym.
    Pseudonymized,
    /// It became what the profile says.
    Substituted,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Redacted => "redacted",
            Self::Masked => "masked",
            Self::Generalized => "generalized",
            Self::Rounded => "rounded",
            Self::Pseudonymized => "pseudonymized",
            Self::Substituted => "substituted",
        })
    }
}

/// What was done to a document: how often, by element and action. Elements are named as FHIR does, e.g.
/// `Observation.component.code.text`; those that FHIR R4 does not define are counted as `?`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    changes: BTreeMap<(String, Action), usize>,
}

impl Report {
    pub(crate) fn add(&mut self, path: String, action: Action) {
        *self.changes.entry((path, action)).or_default() += 1;
    }

    /// Adds what was done to another document.
    pub fn add_all(&mut self, other: &Self) {
        for (change, count) in &other.changes {
            *self.changes.entry(change.clone()).or_default() += count;
        }
    }

    /// Element, action and how often, by element.
    pub fn changes(&self) -> impl Iterator<Item = (&str, Action, usize)> {
        self.changes
            .iter()
            .map(|((path, action), count)| (path.as_str(), *action, *count))
    }

    /// Whether nothing was done.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How often something was done.
    pub fn count(&self, action: Action) -> usize {
        let of = self.changes().filter(|(_, done, _)| *done == action);
        of.map(|(_, _, count)| count).sum()
    }
}
