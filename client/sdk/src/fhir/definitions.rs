//! What is known of FHIR R4: its types with their elements, its codes, its profiles. The tables are HL7's definitions.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

const ELEMENTS: &str = include_str!("r4/elements.txt");
const VALUE_SETS: &str = include_str!("r4/value-sets.txt");
const CODE_SYSTEMS: &str = include_str!("r4/code-systems.txt");
const PROFILES: &str = include_str!("r4/profiles.txt");
/// What the URLs of HL7's own profiles and extensions begin with.
const PROFILE_URL: &str = "http://hl7.org/fhir/StructureDefinition/";
const VERSION: &str = "|4.0.1";

static DEFINITIONS: LazyLock<Definitions> = LazyLock::new(Definitions::read);

type Codes = HashSet<&'static str>;

/// The tables, read.
pub(super) struct Definitions {
    types: HashMap<&'static str, Type>,
    value_sets: HashMap<&'static str, Codes>,
    code_systems: HashMap<&'static str, Codes>,
    profiles: HashSet<&'static str>,
}

/// A resource, a complex type, or a group of elements within one.
pub(super) struct Type {
    pub(super) name: &'static str,
    /// Whose elements it has as well.
    base: &'static str,
    /// By their names in JSON, where a choice of types is several.
    elements: HashMap<String, Element>,
}

pub(super) struct Element {
    pub(super) name: String,
    pub(super) of: ElementType,
    pub(super) is_list: bool,
    /// The value set that its codes must be from.
    pub(super) value_set: Option<&'static str>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ElementType {
    /// Any resource.
    Resource,
    Complex(&'static str),
    Primitive(Primitive),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Primitive {
    Base64,
    Boolean,
    Code,
    Date,
    Id,
    Number,
    Text,
    Time,
    Url,
    Uuid,
    Xhtml,
}

impl Primitive {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "base64Binary" => Self::Base64,
            "boolean" => Self::Boolean,
            "code" => Self::Code,
            "date" | "dateTime" | "instant" => Self::Date,
            "id" => Self::Id,
            "decimal" | "integer" | "positiveInt" | "unsignedInt" => Self::Number,
            "string" | "markdown" => Self::Text,
            "time" => Self::Time,
            "uri" | "url" | "canonical" => Self::Url,
            "oid" | "uuid" => Self::Uuid,
            "xhtml" => Self::Xhtml,
            _ => return None,
        })
    }
}

pub(super) fn definitions() -> &'static Definitions {
    &DEFINITIONS
}

impl Definitions {
    fn read() -> Self {
        let mut types = HashMap::new();
        let mut open: Option<Type> = None;
        for line in lines(ELEMENTS) {
            if let Some(head) = line.strip_prefix('@') {
                let (name, base) = head.split_once('\t').unwrap_or((head, ""));
                let begun = Type {
                    name,
                    base,
                    elements: HashMap::new(),
                };
                types.extend(open.replace(begun).map(|done| (done.name, done)));
            } else if let Some(open) = &mut open {
                open.add(line);
            }
        }
        types.extend(open.map(|done| (done.name, done)));
        Self {
            types,
            value_sets: named(VALUE_SETS),
            code_systems: named(CODE_SYSTEMS),
            profiles: lines(PROFILES).collect(),
        }
    }

    pub(super) fn complex(&self, name: &str) -> Option<&Type> {
        self.types.get(name)
    }

    /// A type of resource that a document can be of.
    pub(super) fn resource(&self, name: &str) -> Option<&Type> {
        let found = self.types.get(name)?;
        let mut base = found.base;
        while !base.is_empty() && base != "Resource" {
            base = self.types.get(base)?.base;
        }
        (base == "Resource" && name != "DomainResource").then_some(found)
    }

    /// An element of a type, or of what it is based on.
    pub(super) fn element<'a>(&'a self, of: &'a Type, name: &str) -> Option<&'a Element> {
        of.elements
            .get(name)
            .or_else(|| self.element(self.types.get(of.base)?, name))
    }

    /// Whether a value set has a code. Those that list none, of media types and currencies, have none here.
    pub(super) fn is_in_value_set(&self, value_set: &str, code: &str) -> bool {
        self.value_sets
            .get(value_set)
            .is_some_and(|codes| codes.contains(code))
    }

    /// Whether a code is one of HL7's, or nothing where the system isn't.
    pub(super) fn is_in_code_system(&self, system: &str, code: &str) -> Option<bool> {
        self.code_systems
            .get(system)
            .map(|codes| codes.contains(code))
    }

    /// Whether a URL is that of one of HL7's own profiles or extensions.
    pub(super) fn is_profile(&self, url: &str) -> bool {
        let name = url.strip_prefix(PROFILE_URL);
        name.is_some_and(|name| {
            self.profiles
                .contains(name.strip_suffix(VERSION).unwrap_or(name))
        })
    }
}

impl Type {
    fn add(&mut self, line: &'static str) {
        let mut fields = line.split('\t');
        let name = fields.next().unwrap_or_default();
        let (name, is_list) = name
            .strip_suffix('*')
            .map_or((name, false), |name| (name, true));
        let (mut types, mut value_set) = (Vec::new(), None);
        for field in fields {
            match field.strip_prefix('=') {
                Some(set) => value_set = Some(set),
                None => types.push(field),
            }
        }
        for of in types {
            let json_name = match name.strip_suffix("[x]") {
                Some(name) => {
                    let (first, rest) = of.split_at(1);
                    format!("{name}{}{rest}", first.to_ascii_uppercase())
                }
                None => name.to_owned(),
            };
            let element = Element {
                name: json_name.clone(),
                of: match of {
                    "Resource" => ElementType::Resource,
                    of => Primitive::named(of)
                        .map_or(ElementType::Complex(of), ElementType::Primitive),
                },
                is_list,
                value_set: value_set.filter(|_| of == "code"),
            };
            self.elements.insert(json_name, element);
        }
    }
}

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#'))
}

fn named(table: &'static str) -> HashMap<&'static str, Codes> {
    lines(table)
        .filter_map(|line| line.split_once('\t'))
        .map(|(name, codes)| (name, codes.split('\t').collect()))
        .collect()
}
