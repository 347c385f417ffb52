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
    let used = used_contained(resource, place);
    let Node::List(contained) = &mut resource[place].1 else {
        return 0;
    };
    let before = contained.len();
    let mut is_used = used.into_iter();
    contained.retain(|_| is_used.next().unwrap_or(false));
    let dropped = before - contained.len();
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

/// Which contained resources something leads to: a reference of the resource itself, or of a contained one that is led to. One
/// that refers to what contains it may stay, too. Each is looked at once.
fn used_contained(resource: &Members, place: usize) -> Vec<bool> {
    let contained = resource[place].1.items();
    let mut by_id: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, one) in contained.iter().enumerate() {
        if let Some(id) = one.get("id").and_then(Node::as_text) {
            by_id.entry(id).or_default().push(index);
        }
    }
    let references: Vec<BTreeSet<String>> = contained
        .iter()
        .map(|one| {
            let mut own = BTreeSet::new();
            local_references(one, &mut own);
            own
        })
        .collect();
    let mut led_to = BTreeSet::new();
    let others = resource
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != place);
    others.for_each(|(_, (_, value))| local_references(value, &mut led_to));

    let mut is_used: Vec<bool> = references.iter().map(|own| own.contains("#")).collect();
    let own = references
        .iter()
        .zip(&is_used)
        .filter(|(_, is_used)| **is_used);
    let mut open: Vec<&String> = own.flat_map(|(own, _)| own).chain(&led_to).collect();
    while let Some(reference) = open.pop() {
        let id = reference.strip_prefix('#').unwrap_or_default();
        // Taken out, so that it is followed once.
        for index in by_id.remove(id).into_iter().flatten() {
            if !core::mem::replace(&mut is_used[index], true) {
                open.extend(&references[index]);
            }
        }
    }
    is_used
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
