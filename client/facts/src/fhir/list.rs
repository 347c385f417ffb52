use std::collections::BTreeSet;

use crate::fact::Fact;

/// Facts in the order of the profile.
#[derive(Default)]
pub struct FactList(Vec<Fact>);

impl FactList {
    /// Adds the facts of one name: each once, sorted by bytes, the first `max` of them. What is no fact is left out.
    pub fn add(&mut self, name: &str, max: usize, values: impl IntoIterator<Item = String>) {
        let facts = values
            .into_iter()
            .filter_map(|value| Fact::new(name, &value));
        self.0.extend(first(max, facts));
    }

    pub fn into_facts(self) -> Vec<Fact> {
        self.0
    }
}

/// The first `max` of different items in their order. Of endless items no more than `max` are held.
pub fn first<T: Ord>(max: usize, items: impl Iterator<Item = T>) -> BTreeSet<T> {
    let mut kept = BTreeSet::new();
    for item in items {
        kept.insert(item);
        if kept.len() > max {
            kept.pop_last();
        }
    }
    kept
}
