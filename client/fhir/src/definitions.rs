//! What is known of FHIR R4: its types with their elements, its codes, its profiles. The tables are HL7's definitions.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

const ELEMENTS: &str = include_str!("r4/elements.txt");
const VALUE_SETS: &str = include_str!("r4/value-sets.txt");
const CODE_SYSTEMS: &str = include_str!("r4/code-systems.txt");
const PROFILES: &str = include_str!("r4/profiles.txt");
const MANDATORY: &str = include_str!("r4/mandatory.txt");
const MODIFIERS: &str = include_str!("r4/modifiers.txt");
/// What the URLs of HL7's own profiles and extensions begin with.
const PROFILE_URL: &str = "http://hl7.org/fhir/StructureDefinition/";
const VERSION: &str = "|4.0.1";

static DEFINITIONS: LazyLock<Definitions> = LazyLock::new(Definitions::read);

type Codes = HashSet<&'static str>;

/// The tables, read.
pub struct Definitions {
    types: HashMap<&'static str, Type>,
    mandatory: HashMap<&'static str, Codes>,
    modifiers: HashMap<&'static str, Codes>,
    value_sets: HashMap<&'static str, Codes>,
    code_systems: HashMap<&'static str, Codes>,
    profiles: HashSet<&'static str>,
}

/// A resource, a complex type, or a group of elements within one.
pub struct Type {
    /// Its name, such as `Observation.component`.
    pub name: &'static str,
    /// Whose elements it has as well.
    pub base: &'static str,
    /// By their names in JSON, where a choice of types is several.
    elements: HashMap<String, Element>,
}

/// An element of a type.
pub struct Element {
    /// The type that it is defined in, which may be a base of the type that has it.
    pub owner: &'static str,
    /// Its name in the definition, such as `value[x]`.
    pub defined: &'static str,
    /// Its name in JSON, such as `valueQuantity`.
    pub name: String,
    /// What its values are.
    pub of: ElementType,
    /// Whether it is a list.
    pub is_list: bool,
    /// The value set that its codes must be from.
    pub value_set: Option<&'static str>,
}

/// What an element's values are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ElementType {
    /// Any resource.
    Resource,
    /// Objects of this type.
    Complex(&'static str),
    /// Values without parts: their type, and which kind of types it is.
    Primitive(&'static str, Primitive),
}

/// Kinds of primitive types.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Primitive {
    /// `base64Binary`
    Base64,
    /// `boolean`
    Boolean,
    /// `code`
    Code,
    /// `date`, `dateTime`, `instant`
    Date,
    /// `id`
    Id,
    /// `decimal`, `integer`, `positiveInt`, `unsignedInt`
    Number,
    /// `string`, `markdown`
    Text,
    /// `time`
    Time,
    /// `uri`, `url`, `canonical`
    Url,
    /// `oid`, `uuid`
    Uuid,
    /// `xhtml`
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

/// The definitions.
pub fn definitions() -> &'static Definitions {
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
            mandatory: named(MANDATORY),
            modifiers: named(MODIFIERS),
        }
    }

    /// All types, in no order.
    pub fn types(&self) -> impl Iterator<Item = &Type> {
        self.types.values()
    }

    /// A type by its name.
    pub fn complex(&self, name: &str) -> Option<&Type> {
        self.types.get(name)
    }

    /// A type of resource that a document can be of.
    pub fn resource(&self, name: &str) -> Option<&Type> {
        let found = self.types.get(name)?;
        let mut base = found.base;
        while !base.is_empty() && base != "Resource" {
            base = self.types.get(base)?.base;
        }
        (base == "Resource" && name != "DomainResource").then_some(found)
    }

    /// An element of a type, or of what it is based on.
    pub fn element<'a>(&'a self, of: &'a Type, name: &str) -> Option<&'a Element> {
        of.elements
            .get(name)
            .or_else(|| self.element(self.types.get(of.base)?, name))
    }

    /// Whether values of a type must have an element.
    pub fn is_mandatory(&self, element: &Element) -> bool {
        is_listed(&self.mandatory, element)
    }

    /// Whether an element can change what the others mean, as a status does.
    pub fn is_modifier(&self, element: &Element) -> bool {
        is_listed(&self.modifiers, element)
    }

    /// Whether a value set has a code. Those that list none, of media types and currencies, have none here.
    pub fn is_in_value_set(&self, value_set: &str, code: &str) -> bool {
        self.value_sets
            .get(value_set)
            .is_some_and(|codes| codes.contains(code))
    }

    /// Whether a code is one of HL7's, or nothing where the system isn't.
    pub fn is_in_code_system(&self, system: &str, code: &str) -> Option<bool> {
        self.code_systems
            .get(system)
            .map(|codes| codes.contains(code))
    }

    /// Whether a URL is that of one of HL7's own profiles or extensions.
    pub fn is_profile(&self, url: &str) -> bool {
        let name = url.strip_prefix(PROFILE_URL);
        name.is_some_and(|name| {
            self.profiles
                .contains(name.strip_suffix(VERSION).unwrap_or(name))
        })
    }
}

impl Type {
    /// The elements that are defined for the type itself.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.elements.values()
    }

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
                owner: self.name,
                defined: name,
                name: json_name.clone(),
                of: match of {
                    "Resource" => ElementType::Resource,
                    of => Primitive::named(of).map_or(ElementType::Complex(of), |kind| {
                        ElementType::Primitive(of, kind)
                    }),
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

fn is_listed(table: &HashMap<&'static str, Codes>, element: &Element) -> bool {
    table
        .get(element.owner)
        .is_some_and(|names| names.contains(element.defined))
}

fn named(table: &'static str) -> HashMap<&'static str, Codes> {
    lines(table)
        .filter_map(|line| line.split_once('\t'))
        .map(|(name, codes)| (name, codes.split('\t').collect()))
        .collect()
}
