//! A copy beside its original, for whom both belong to.

use std::collections::{BTreeMap, HashMap, HashSet};

use core::fmt;

use thiserror::Error;

use crate::{
    date::year,
    decimal::is_rounded_from,
    error::Unreadable,
    json::{self, Members, Node, member},
    pseudonym::has_form,
    quantity,
    references::{Resources, resource_type},
    walk::{is_mask, label, masked},
};

/// What distinguishes a value of a copy from the original's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Difference {
    /// The copy has it as it is.
    Kept,
    /// The copy has less: the year of a date, a rounded number, a category of ages, a pseudonym.
    Generalized,
    /// The copy does not have it.
    Dropped,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kept => "kept",
            Self::Generalized => "generalized",
            Self::Dropped => "dropped",
        })
    }
}

/// A value of the original, and what the copy has of it. The texts are the documents' own: whoever shows them escapes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where the original has it, e.g. `Observation.component[1].code.text`.
    pub path: String,
    /// What distinguishes them.
    pub difference: Difference,
    /// The original's value.
    pub original: String,
    /// The copy's value.
    pub copy: Option<String>,
}

/// All values of an original, beside those of its copy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// In the original's order.
    pub lines: Vec<Line>,
}

impl Comparison {
    /// How many values there are of a kind.
    pub fn count(&self, difference: Difference) -> usize {
        let of = self.lines.iter();
        of.filter(|line| line.difference == difference).count()
    }
}

/// Why a document is no copy of another.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CompareError {
    /// The original can't be read.
    #[error("the original: {0}")]
    Original(Unreadable),
    /// The copy can't be read.
    #[error("the copy: {0}")]
    Copy(Unreadable),
    /// The copy has something that the original does not have, in that form or more exactly.
    #[error(
        "the copy has something at {path} that does not follow from the original: do not use it"
    )]
    Foreign {
        /// Where the copy has it.
        path: String,
    },
}

/// Compares a copy with its original: each value of the copy must be the original's, or a generalization of it. The profile
/// that made the copy need not be known.
///
/// # Errors
/// [`CompareError`].
pub fn compare(original: &[u8], copy: &[u8]) -> Result<Comparison, CompareError> {
    let original = json::read(original).map_err(CompareError::Original)?;
    let copy = json::read(copy).map_err(CompareError::Copy)?;
    let name = resource_type(&original).ok_or(CompareError::Original(Unreadable::NoResource))?;
    resource_type(&copy).ok_or(CompareError::Copy(Unreadable::NoResource))?;
    let resources = Resources::of(&original);
    let mut side_by_side = SideBySide {
        resources: &resources,
        state: State::default(),
        scope: Scope::default(),
        place: 0,
    };
    match side_by_side.follows(Some(&original), &copy, name, "") {
        Ok(()) => Ok(Comparison {
            lines: side_by_side.state.lines,
        }),
        Err(Foreign(path)) => Err(CompareError::Foreign { path }),
    }
}

/// The place of something that the original does not have.
struct Foreign(String);

type Follows = Result<(), Foreign>;

#[derive(Default)]
struct State {
    lines: Vec<Line>,
    /// What pseudonyms stand for, in the order in which they were found.
    found: Vec<String>,
    /// Pseudonyms by what they stand for, and the other way: each has one.
    pseudonyms: BTreeMap<String, String>,
    targets: BTreeMap<String, String>,
}

impl State {
    fn mark(&self) -> (usize, usize) {
        (self.lines.len(), self.found.len())
    }

    /// Forgets what was found since a mark.
    fn back_to(&mut self, (lines, found): (usize, usize)) {
        self.lines.truncate(lines);
        for target in self.found.drain(found..) {
            if let Some(pseudonym) = self.pseudonyms.remove(&target) {
                self.targets.remove(&pseudonym);
            }
        }
    }

    /// Whether a pseudonym stands for this and nothing else.
    fn stands_for(&mut self, pseudonym: &str, target: &str) -> bool {
        match (self.pseudonyms.get(target), self.targets.get(pseudonym)) {
            (None, None) => {
                self.found.push(target.to_owned());
                self.pseudonyms
                    .insert(target.to_owned(), pseudonym.to_owned());
                self.targets.insert(pseudonym.to_owned(), target.to_owned());
                true
            }
            (Some(known), Some(own)) => known == pseudonym && own == target,
            _ => false,
        }
    }
}

/// The resource whose contained ones are numbered.
#[derive(Clone, Default)]
struct Scope {
    /// Where the original has it.
    path: String,
    /// How many contained resources the copy has.
    contained: usize,
}

struct SideBySide<'a> {
    resources: &'a Resources,
    state: State,
    scope: Scope,
    /// The place of the contained resource that is looked at, among those of the copy, from 0.
    place: usize,
}

impl SideBySide<'_> {
    /// Whether a value of the copy follows from the original's, which is called `name` in both.
    fn follows(&mut self, original: Option<&Node>, copy: &Node, path: &str, name: &str) -> Follows {
        let foreign = || Foreign(path.to_owned());
        let original = original.ok_or_else(foreign)?;
        match (original, copy) {
            (Node::Object(_), Node::Object(_)) if *copy == masked(None) && !is_mask(original) => {
                self.drop_all(original, path);
                Ok(())
            }
            (Node::Object(one), Node::Object(other)) => self.members(one, other, path, name),
            (Node::List(items), Node::List(copies)) => self.items(items, copies, path, name),
            (Node::Object(_) | Node::List(_), _) | (_, Node::Object(_) | Node::List(_)) => {
                Err(foreign())
            }
            _ => self.scalar(original, copy, path, name),
        }
    }

    fn scalar(&mut self, original: &Node, copy: &Node, path: &str, name: &str) -> Follows {
        if original == copy {
            self.line(path, Difference::Kept, original, Some(copy));
            return Ok(());
        }
        let is_general = match (original, copy) {
            (Node::Text(one), Node::Text(other)) if matches!(name, "reference" | "fullUrl") => {
                self.is_pseudonym(one, other)
            }
            (Node::Text(one), Node::Text(other)) => {
                other.len() == 4 && year(one).is_some_and(|year| year.to_string() == *other)
            }
            (Node::Number(one), Node::Number(other)) => is_rounded_from(other, one),
            _ => false,
        };
        match is_general {
            true => {
                self.line(path, Difference::Generalized, original, Some(copy));
                Ok(())
            }
            false => Err(Foreign(path.to_owned())),
        }
    }

    /// Whether a reference became a pseudonym, or the number of a contained resource, the same one everywhere.
    fn is_pseudonym(&mut self, original: &str, copy: &str) -> bool {
        let target = match original.starts_with('#') {
            true => original.to_owned(),
            false => self.resources.target(original).to_owned(),
        };
        if let (Some(id), Some(number)) = (original.strip_prefix('#'), copy.strip_prefix("#c")) {
            let number = number.parse().unwrap_or(0);
            return copy == format!("#c{number}") && self.is_numbered(id, number);
        }
        has_form(copy) && self.state.stands_for(copy, &target)
    }

    /// Whether the contained resource with this id in the original is the one of this number in the copy. Numbers begin anew in
    /// each resource.
    fn is_numbered(&mut self, id: &str, number: usize) -> bool {
        let Scope { path, contained } = &self.scope;
        if !(1..=*contained).contains(&number) {
            return false;
        }
        let (number, id) = (format!("{path}#c{number}"), format!("{path}#{id}"));
        self.state.stands_for(&number, &id)
    }

    /// Items keep their order, and some are dropped.
    fn items(&mut self, items: &[Node], copies: &[Node], path: &str, name: &str) -> Follows {
        if let [copy] = copies
            && *copy == masked(None)
            && !items.iter().any(is_mask)
        {
            for (index, item) in items.iter().enumerate() {
                self.drop_all(item, &format!("{path}[{index}]"));
            }
            return Ok(());
        }
        let mut next = 0;
        for (place, copy) in copies.iter().enumerate() {
            let mut deepest = None;
            loop {
                let Some(item) = items.get(next) else {
                    // Where it failed with the item that it may be the copy of.
                    return Err(match deepest {
                        Some(foreign) if items.len() == copies.len() => foreign,
                        _ => Foreign(format!("{path}[{place}]")),
                    });
                };
                let mark = self.state.mark();
                let here = format!("{path}[{next}]");
                next += 1;
                if name == "contained" {
                    self.place = place;
                }
                match self.follows(Some(item), copy, &here, name) {
                    Ok(()) => break,
                    Err(foreign) => {
                        self.state.back_to(mark);
                        deepest = deepest.or(Some(foreign));
                        self.drop_all(item, &here);
                    }
                }
            }
        }
        for (index, item) in items.iter().enumerate().skip(next) {
            self.drop_all(item, &format!("{path}[{index}]"));
        }
        Ok(())
    }

    fn members(&mut self, original: &Members, copy: &Members, path: &str, name: &str) -> Follows {
        let is_resource = member(copy, "resourceType").is_some();
        if !is_resource || name == "contained" {
            return self.all_members(original, copy, path, name == "contained");
        }
        let contained = member(copy, "contained").map_or(0, |contained| contained.items().len());
        let own = Scope {
            path: path.to_owned(),
            contained,
        };
        let outer = core::mem::replace(&mut self.scope, own);
        let follows = self.all_members(original, copy, path, false);
        self.scope = outer;
        follows
    }

    fn all_members(
        &mut self,
        original: &Members,
        copy: &Members,
        path: &str,
        is_contained: bool,
    ) -> Follows {
        let place = self.place;
        let is_age = quantity::is_at_least(copy);
        if is_age && quantity::is_category_of(original, copy) && original != copy {
            let of = |members: &Members| Node::Object(members.clone());
            self.line(
                path,
                Difference::Generalized,
                &of(original),
                Some(&of(copy)),
            );
            return Ok(());
        }
        let is_resource = member(copy, "resourceType").is_some();
        let is_reference = member(copy, "reference").is_some();
        let is_bundle = member(copy, "resourceType").and_then(Node::as_text) == Some("Bundle");
        let originals: HashMap<&str, &Node> = original
            .iter()
            .map(|(name, value)| (name.as_str(), value))
            .collect();
        let of_original = |name: &str| originals.get(name).copied();
        let mut seen = HashSet::new();
        for (name, value) in copy {
            let here = format!("{path}.{name}");
            let plain = name.strip_prefix('_').unwrap_or(name);
            let own = of_original(name);
            let follows = match name.as_str() {
                "meta" if is_resource && *value == label() && own != Some(value) => continue,
                "id" if is_contained => match own.and_then(Node::as_text) {
                    Some(id) if value.as_text() == Some(&format!("c{}", place + 1)) => {
                        match self.is_numbered(id, place + 1) {
                            true => Ok(()),
                            false => Err(Foreign(here.clone())),
                        }
                    }
                    _ => self.follows(own, value, &here, name),
                },
                "type" if is_bundle && value.as_text() == Some("collection") => match own {
                    Some(one) if one != value => {
                        self.line(&here, Difference::Generalized, one, Some(value));
                        Ok(())
                    }
                    own => self.follows(own, value, &here, name),
                },
                "type" if is_reference && own.is_none() => {
                    let reference = of_original("reference").and_then(Node::as_text);
                    let leads_to = reference.and_then(|text| self.resources.target_type(text));
                    match leads_to.is_some() && leads_to == value.as_text() {
                        true => Ok(()),
                        false => Err(Foreign(here.clone())),
                    }
                }
                // In the place of a value.
                _ if plain != name && is_masked(value) && own.is_none() => {
                    match of_original(plain) {
                        Some(_) => Ok(()),
                        None => Err(Foreign(here.clone())),
                    }
                }
                _ if own.is_none() && name.ends_with("DateTime") => {
                    let stem = name.trim_end_matches("DateTime");
                    let instant = format!("{stem}Instant");
                    let there = format!("{path}.{instant}");
                    let own = of_original(&instant).ok_or(Foreign(here.clone()))?;
                    seen.insert(instant);
                    self.follows(Some(own), value, &there, name)
                }
                _ => self.follows(own, value, &here, name),
            };
            follows?;
            seen.insert(name.clone());
        }
        for (name, value) in original {
            if !seen.contains(name) {
                self.drop_all(value, &format!("{path}.{name}"));
            }
        }
        Ok(())
    }

    fn drop_all(&mut self, value: &Node, path: &str) {
        match value {
            Node::Object(members) => members
                .iter()
                .for_each(|(name, value)| self.drop_all(value, &format!("{path}.{name}"))),
            Node::List(items) => items
                .iter()
                .enumerate()
                .for_each(|(index, item)| self.drop_all(item, &format!("{path}[{index}]"))),
            Node::Null => {}
            value => self.line(path, Difference::Dropped, value, None),
        }
    }

    fn line(&mut self, path: &str, difference: Difference, original: &Node, copy: Option<&Node>) {
        let shown = |value: &Node| match value {
            Node::Text(text) => text.clone(),
            other => json::write(other),
        };
        self.state.lines.push(Line {
            path: path.to_owned(),
            difference,
            original: shown(original),
            copy: copy.map(shown),
        });
    }
}

/// Whether this stands beside values that were dropped although FHIR asks for them.
fn is_masked(value: &Node) -> bool {
    let mask = masked(None);
    *value == mask || *value == Node::List(vec![mask])
}
