use std::str::FromStr;

use generion_fhir::{Element, ElementType, Type, definitions};

/// Which elements a rule is for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Path {
    /// `nodesByType('Type')`: all elements of a type.
    OfType(String),
    /// An element of a type or of a group, and one type of its choice.
    Element {
        owner: &'static str,
        name: String,
        of_type: Option<String>,
    },
}

impl Path {
    pub(super) fn fits(&self, element: &Element) -> bool {
        match self {
            Self::OfType(name) => {
                is_of_type(element, name)
                    // A group is of the type that it is based on.
                    || matches!(element.of, ElementType::Complex(group) if group.contains('.')
                        && definitions().complex(group).is_some_and(|of| of.base == name))
            }
            Self::Element {
                owner,
                name,
                of_type,
            } => {
                element.owner == *owner
                    && stem(element) == name
                    && of_type.as_ref().is_none_or(|of| is_of_type(element, of))
            }
        }
    }
}

fn is_of_type(element: &Element, name: &str) -> bool {
    match element.of {
        ElementType::Complex(of) | ElementType::Primitive(of, _) => of == name,
        ElementType::Resource => name == "Resource",
    }
}

/// The name without the type of a choice.
fn stem(element: &Element) -> &str {
    element.defined.trim_end_matches("[x]")
}

impl FromStr for Path {
    type Err = String;

    fn from_str(path: &str) -> Result<Self, String> {
        let wrong = || "the path is neither Type.element nor nodesByType('Type')".to_owned();
        if let Some(rest) = path.strip_prefix("nodesByType('") {
            let (name, rest) = rest.split_once("')").ok_or_else(wrong)?;
            return match rest.strip_prefix('.') {
                None if rest.is_empty() => Ok(Self::OfType(name.to_owned())),
                None => Err(wrong()),
                Some(element) => element_of(name, element),
            };
        }
        let (name, rest) = path.split_once('.').ok_or_else(wrong)?;
        element_of(name, rest)
    }
}

fn element_of(name: &str, path: &str) -> Result<Path, String> {
    let (path, of_type) = match path.split_once(".ofType(") {
        None => (path, None),
        Some((path, of)) => {
            let of = of.strip_suffix(')');
            let of = of.ok_or_else(|| "ofType ends the path".to_owned())?;
            (path, Some(of.to_owned()))
        }
    };
    let (groups, last) = path
        .rsplit_once('.')
        .map_or((None, path), |(groups, last)| (Some(groups), last));
    let unknown = |name: &str| format!("FHIR R4 has no {name}");
    let mut of = definitions().complex(name).ok_or_else(|| unknown(name))?;
    for step in groups.into_iter().flat_map(|groups| groups.split('.')) {
        of = group(of, step)?;
    }
    if !of.elements().any(|element| stem(element) == last) {
        return Err(format!("{} does not define {last}", of.name));
    }
    Ok(Path::Element {
        owner: of.name,
        name: last.to_owned(),
        of_type,
    })
}

fn group(of: &'static Type, step: &str) -> Result<&'static Type, String> {
    let element = of.elements().find(|element| element.name == step);
    let element = element.ok_or_else(|| format!("{} does not define {step}", of.name))?;
    match element.of {
        ElementType::Complex(group) if group.contains('.') => definitions().complex(group),
        _ => None,
    }
    .ok_or_else(|| format!("{step} is of a data type, whose elements have rules with nodesByType"))
}
