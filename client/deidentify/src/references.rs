//! What references lead to, and what becomes of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use generion_fhir::definitions;

use crate::{
    json::{Members, Node, member},
    pseudonym::{PseudonymKey, has_form},
};

/// Where pseudonyms come from.
#[derive(Clone, Copy)]
pub(crate) enum Pseudonyms<'a> {
    /// New ones.
    Key(&'a PseudonymKey),
    /// Those that are there already.
    Present,
}

/// The resources that a document has.
#[derive(Default)]
pub(crate) struct Resources {
    /// Types by the addresses that the entries of a bundle have.
    full_urls: BTreeMap<String, Option<&'static str>>,
    /// The only address that ends in a type and an id.
    by_id: HashMap<String, Option<String>>,
}

impl Resources {
    /// Of a document.
    pub(crate) fn of(document: &Node) -> Self {
        let mut resources = Self::default();
        let entries = document.get("entry").map_or(&[][..], Node::items);
        for entry in entries {
            let Some(url) = entry.get("fullUrl").and_then(Node::as_text) else {
                continue;
            };
            let url = without_version(url);
            let of = entry.get("resource").and_then(resource_type);
            resources.full_urls.insert(url.to_owned(), of);
            if let Some(id) = type_and_id(url) {
                let one = resources.by_id.entry(id.to_owned());
                one.and_modify(|other| {
                    if other.as_deref() != Some(url) {
                        *other = None;
                    }
                })
                .or_insert_with(|| Some(url.to_owned()));
            }
        }
        resources
    }

    /// The address that a reference leads to, as far as the document tells.
    pub(crate) fn target<'a>(&'a self, reference: &'a str) -> &'a str {
        let reference = without_version(reference);
        match self.by_id.get(reference) {
            Some(Some(url)) => url,
            _ => reference,
        }
    }

    /// The type of resource that a reference leads to.
    pub(crate) fn target_type(&self, reference: &str) -> Option<&'static str> {
        let target = self.target(reference);
        if let Some(known) = self.full_urls.get(target) {
            return *known;
        }
        let named = target.split_once('?').map_or_else(
            || type_and_id(target)?.split_once('/').map(|(of, _)| of),
            |(of, _)| Some(of),
        )?;
        definitions().resource(named).map(|of| of.name)
    }
}

impl Pseudonyms<'_> {
    pub(crate) fn of(self, target: &str) -> String {
        match self {
            Self::Key(key) if key.is_own(target) => target.to_owned(),
            Self::Key(key) => key.pseudonym(target),
            Self::Present if has_form(target) => target.to_owned(),
            // Another text than the document's, which is enough to tell that it is none.
            Self::Present => "urn:uuid:".to_owned(),
        }
    }
}

/// The type of a resource, if it is one of R4's.
pub(crate) fn resource_type(resource: &Node) -> Option<&'static str> {
    let name = resource.get("resourceType")?.as_text()?;
    definitions().resource(name).map(|of| of.name)
}

fn without_version(url: &str) -> &str {
    let url = url.split_once("/_history/").map_or(url, |(url, _)| url);
    match url.split_once('#') {
        Some((url, _)) if !url.is_empty() => url,
        _ => url,
    }
}

/// `Patient/example`, if a reference ends in a type and an id.
fn type_and_id(url: &str) -> Option<&str> {
    let (rest, _) = url.rsplit_once('/')?;
    let of = rest.rsplit_once('/').map_or(rest, |(_, of)| of);
    definitions().resource(of)?;
    Some(&url[rest.len() - of.len()..])
}

/// New ids of contained resources, by their old ones: `c1`, `c2` in order.
pub(crate) fn contained_ids(resource: &Members) -> HashMap<String, String> {
    let contained = member(resource, "contained").map_or(&[][..], Node::items);
    contained
        .iter()
        .enumerate()
        .filter_map(|(index, one)| {
            let id = one.get("id")?.as_text()?;
            Some((id.to_owned(), format!("c{}", index + 1)))
        })
        .collect()
}

/// Drops contained resources that nothing refers to any more, which FHIR doesn't allow (dom-3), and numbers the others anew.
/// Returns how many were dropped.
pub(crate) fn tidy_contained(resource: &mut Members) -> usize {
    let Some(place) = resource.iter().position(|(name, _)| name == "contained") else {
        return 0;
    };
    let mut dropped = 0;
    loop {
        let mut used = BTreeSet::new();
        resource
            .iter()
            .for_each(|(_, value)| local_references(value, &mut used));
        let Node::List(contained) = &mut resource[place].1 else {
            return dropped;
        };
        let before = contained.len();
        contained.retain(|one| {
            let id = one.get("id").and_then(Node::as_text);
            let mut own = BTreeSet::new();
            local_references(one, &mut own);
            // One that refers to what contains it may stay.
            own.contains("#") || id.is_some_and(|id| used.contains(&format!("#{id}")))
        });
        dropped += before - contained.len();
        if contained.len() == before {
            break;
        }
    }
    let Node::List(contained) = &resource[place].1 else {
        return dropped;
    };
    let ids: HashMap<String, String> = contained
        .iter()
        .enumerate()
        .filter_map(|(index, one)| {
            let id = one.get("id")?.as_text()?.to_owned();
            Some((id, format!("c{}", index + 1)))
        })
        .collect();
    if contained.is_empty() {
        resource.remove(place);
    } else {
        resource
            .iter_mut()
            .for_each(|(name, value)| renumber(name, value, &ids, false));
    }
    dropped
}

fn local_references(value: &Node, used: &mut BTreeSet<String>) {
    match value {
        Node::List(items) => items.iter().for_each(|item| local_references(item, used)),
        Node::Object(members) => {
            for (name, value) in members {
                match value {
                    Node::Text(text) if name == "reference" && text.starts_with('#') => {
                        used.insert(text.clone());
                    }
                    _ => local_references(value, used),
                }
            }
        }
        _ => {}
    }
}

fn renumber(name: &str, value: &mut Node, ids: &HashMap<String, String>, is_contained: bool) {
    match value {
        Node::Text(text) if name == "reference" => {
            if let Some(id) = text.strip_prefix('#').and_then(|id| ids.get(id)) {
                *text = format!("#{id}");
            }
        }
        Node::Text(text) if name == "id" && is_contained => {
            if let Some(id) = ids.get(text.as_str()) {
                text.clone_from(id);
            }
        }
        Node::List(items) => {
            for item in items {
                match item {
                    Node::Object(members) => members.iter_mut().for_each(|(own, value)| {
                        renumber(own, value, ids, name == "contained");
                    }),
                    item => renumber(name, item, ids, false),
                }
            }
        }
        Node::Object(members) => members
            .iter_mut()
            .for_each(|(own, value)| renumber(own, value, ids, false)),
        _ => {}
    }
}
