//! Goes through a document as FHIR R4 defines it, from element to element, and copies what the profile keeps.

mod parts;
mod values;

use std::collections::HashMap;

use generion_fhir::{Element, ElementType, Type, definitions};

use self::parts::{contradicts_an_invariant, data_absent_reason, is_empty, says_something};
pub(crate) use self::parts::{is_mask, label, masked};
use crate::{
    date::is_birth,
    error::DeidentifyError,
    json::{Members, Node, member},
    profile::{Method, Profile},
    references::{Pseudonyms, Resources, contained_ids, resource_type, tidy_contained},
    report::{Action, Report},
};

/// Which dates stay, as years.
#[derive(Clone, Copy)]
pub(crate) struct Dates {
    /// Those from this year on, or all.
    pub(crate) oldest: Option<u16>,
    /// Whether those stay that tell when somebody was born.
    pub(crate) births: bool,
}

/// Elements that tell an age where they are no dates: `onset[x]` and so on.
const AGES: [&str; 6] = [
    "onset[x]",
    "abatement[x]",
    "performed[x]",
    "age[x]",
    "deceased[x]",
    "age",
];

/// Where a resource stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Own,
    Contained,
}

pub(crate) struct Walk<'a> {
    profile: &'a Profile,
    pseudonyms: Pseudonyms<'a>,
    resources: &'a Resources,
    dates: Dates,
    path: Vec<String>,
    /// New ids of the resources that the present one contains.
    contained: HashMap<String, String>,
    /// Whether the present group says by a code that its value is an age.
    is_age: bool,
    /// Whether the present element is an age or a range of ages.
    is_within_age: bool,
    is_birth: bool,
    pub(crate) report: Report,
}

type Copied = Result<Option<Node>, DeidentifyError>;

impl<'a> Walk<'a> {
    pub(crate) fn new(
        profile: &'a Profile,
        pseudonyms: Pseudonyms<'a>,
        resources: &'a Resources,
        dates: Dates,
    ) -> Self {
        Self {
            profile,
            pseudonyms,
            resources,
            dates,
            path: Vec::new(),
            contained: HashMap::new(),
            is_age: false,
            is_within_age: false,
            is_birth: false,
            report: Report::default(),
        }
    }

    pub(crate) fn document(
        &mut self,
        of: &'static Type,
        document: &Node,
    ) -> Result<Node, DeidentifyError> {
        self.path.push(of.name.to_owned());
        let members = document.as_object().map_or(&[][..], Vec::as_slice).to_vec();
        self.resource(of, &members, Place::Own)
    }

    fn resource(
        &mut self,
        of: &'static Type,
        resource: &Members,
        place: Place,
    ) -> Result<Node, DeidentifyError> {
        let outer = (place == Place::Own)
            .then(|| core::mem::replace(&mut self.contained, contained_ids(resource)));
        let mut copied = vec![("resourceType".to_owned(), Node::text(of.name))];
        let id = member(resource, "id").and_then(Node::as_text);
        if place == Place::Contained {
            let id = id.and_then(|id| self.contained.get(id));
            copied.extend(id.map(|id| ("id".to_owned(), Node::text(id))));
        } else {
            let labels = label();
            if member(resource, "meta").is_some_and(|meta| *meta != labels) {
                self.note("meta", Action::Redacted);
            }
            copied.push(("meta".to_owned(), labels));
            if id.is_some() {
                self.note("id", Action::Redacted);
            }
        }
        let rest: Members = resource
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "resourceType" | "id" | "meta"))
            .cloned()
            .collect();
        copied.extend(self.members(of, &rest)?);
        if let Some(outer) = outer {
            self.contained = outer;
            if tidy_contained(&mut copied) > 0 {
                self.note("contained", Action::Redacted);
            }
        }
        if of.name == "Bundle" {
            drop_repeated_addresses(&mut copied);
        }
        Ok(Node::Object(copied))
    }

    /// The elements of a type that stay.
    fn members(
        &mut self,
        of: &'static Type,
        members: &Members,
    ) -> Result<Members, DeidentifyError> {
        let outer_age = self.is_age;
        if matches!(of.name, "Observation" | "Observation.component") {
            self.is_age = self.is_age_coded(members);
        }
        let mut copied = Members::new();
        for (name, value) in members {
            let (plain, is_beside) = name
                .strip_prefix('_')
                .map_or((name.as_str(), false), |plain| (plain, true));
            let Some(element) = definitions().element(of, plain) else {
                self.note("?", Action::Redacted);
                continue;
            };
            // What stands beside a value is looked at with it.
            if is_beside && member(members, plain).is_some() {
                continue;
            }
            if is_empty(value) {
                continue;
            }
            self.path.push(element.name.clone());
            let outer_birth = self.is_birth;
            self.is_birth |= is_birth(&element.name);
            let outer_within = self.is_within_age;
            self.is_within_age |=
                AGES.contains(&element.defined) || (self.is_age && element.defined == "value[x]");
            let found = match is_beside {
                true => Ok(None),
                false => self.element(of, element, value),
            };
            self.is_birth = outer_birth;
            self.is_within_age = outer_within;
            let kept = match found? {
                Some(kept) => Some(kept),
                None => self.dropped(element, value)?,
            };
            self.path.pop();
            copied.extend(kept);
        }
        self.is_age = outer_age;
        Ok(copied)
    }

    /// What takes the place of an element that does not stay.
    fn dropped(
        &mut self,
        element: &Element,
        value: &Node,
    ) -> Result<Option<(String, Node)>, DeidentifyError> {
        let is_meant = self.profile.method(element) == Some(&Method::Redact);
        let reason = data_absent_reason(value, self.profile);
        if definitions().is_modifier(element) && !is_meant && reason.is_none() {
            return Err(DeidentifyError::Modifier {
                path: self.path.join("."),
            });
        }
        if !definitions().is_mandatory(element) {
            self.report.add(self.path.join("."), Action::Redacted);
            return Ok(None);
        }
        if reason.is_none() {
            self.report.add(self.path.join("."), Action::Masked);
        }
        let mask = masked(reason.as_deref());
        let mask = match element.is_list {
            true => Node::List(vec![mask]),
            false => mask,
        };
        let name = match element.of {
            ElementType::Primitive(..) => format!("_{}", element.name),
            _ => element.name.clone(),
        };
        Ok(Some((name, mask)))
    }

    fn element(
        &mut self,
        of: &'static Type,
        element: &'static Element,
        value: &Node,
    ) -> Result<Option<(String, Node)>, DeidentifyError> {
        if element.name == "modifierExtension" {
            return Err(DeidentifyError::Modifier {
                path: self.path.join("."),
            });
        }
        let Some(method) = self.profile.method(element) else {
            return Ok(None);
        };
        let copied = match (value, element.is_list) {
            (Node::List(items), true) => {
                let mut copied = Vec::new();
                for item in items {
                    match self.value(element, method, item)? {
                        Some(item) => copied.push(item),
                        None if is_empty(item) || is_mask(item) => {}
                        None => self.report.add(self.path.join("."), Action::Redacted),
                    }
                }
                (!copied.is_empty()).then_some(Node::List(copied))
            }
            (Node::List(_), false) | (_, true) => None,
            (value, false) => self.value(element, method, value)?,
        };
        // The type of an instant needs more than a year.
        let name = match (element.of, copied.is_some()) {
            (ElementType::Primitive("instant", _), true) => {
                let date = element.name.strip_suffix("Instant");
                let date = date.map(|stem| format!("{stem}DateTime"));
                date.filter(|name| definitions().element(of, name).is_some())
            }
            _ => Some(element.name.clone()),
        };
        Ok(name.zip(copied))
    }

    fn value(&mut self, element: &'static Element, method: &Method, value: &Node) -> Copied {
        if *method == Method::Redact {
            return Ok(None);
        }
        match (element.of, value) {
            (ElementType::Primitive(_, kind), value) => {
                Ok(self.primitive(element, kind, method, value))
            }
            (ElementType::Resource, Node::Object(resource)) => {
                let Some(own) = resource_type(value).and_then(|name| definitions().resource(name))
                else {
                    return Ok(None);
                };
                let place = match element.name.as_str() {
                    "contained" => Place::Contained,
                    _ => Place::Own,
                };
                self.path.push(own.name.to_owned());
                let copied = self.resource(own, resource, place);
                self.path.pop();
                copied.map(Some)
            }
            (ElementType::Complex(name), Node::Object(members)) => {
                self.complex(element, name, members)
            }
            _ => Ok(None),
        }
    }

    fn complex(&mut self, element: &Element, name: &'static str, members: &Members) -> Copied {
        let copied = match name {
            "Coding" => self.coding(members),
            "Reference" => self.reference(members),
            "Extension" => self.extension(members),
            "Quantity" | "Age" | "Count" | "Distance" | "Duration" => {
                self.quantity(element, members)
            }
            _ => {
                let Some(of) = definitions().complex(name) else {
                    return Ok(None);
                };
                Some(self.members(of, members)?)
            }
        };
        let copied = copied.filter(|copied| !contradicts_an_invariant(name, copied));
        let copied = copied.map(Node::Object);
        // An object of nothing but masks says nothing.
        Ok(copied.filter(says_something))
    }

    /// Reports an element of the present one.
    fn note(&mut self, name: &str, action: Action) {
        self.report
            .add(format!("{}.{name}", self.path.join(".")), action);
    }
}

/// A bundle has each address once (bdl-7), and an entry has a resource.
fn drop_repeated_addresses(bundle: &mut Members) {
    let Some((_, Node::List(entries))) = bundle.iter_mut().find(|(name, _)| name == "entry") else {
        return;
    };
    entries.retain(|entry| entry.get("resource").is_some());
    let mut seen = std::collections::HashSet::new();
    for entry in entries.iter_mut() {
        let Node::Object(members) = entry else {
            continue;
        };
        members.retain(|(name, value)| {
            name != "fullUrl"
                || value
                    .as_text()
                    .is_some_and(|url| seen.insert(url.to_owned()))
        });
    }
    if entries.is_empty() {
        bundle.retain(|(name, _)| name != "entry");
    }
}
