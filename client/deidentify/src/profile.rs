//! Profiles: what may stay, as data.

mod path;

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    sync::LazyLock,
};

use generion_fhir::{Element, ElementType, Primitive, definitions, terminology};
use serde::Deserialize;
use thiserror::Error;

use self::path::Path;

/// The built-in profile's file.
const SAFE_HARBOR: &str = include_str!("safe-harbor-document-1.json");

static DEFAULT: LazyLock<Profile> =
    LazyLock::new(|| Profile::read(SAFE_HARBOR).expect("a test reads the built-in profile"));

/// What may stay of a document, in which form. Whatever no rule is for is dropped.
///
/// It is read from a JSON file in the form of Microsoft's FHIR de-identification tools (`configuration-sample.json`):
/// `fhirPathRules` of `path` and `method`, of which the first that fits an element decides, and `parameters`. What differs:
///
/// * An element without a rule is dropped, where those tools keep it.
/// * `keep` on an element that has elements itself says that it may be there. Its elements have rules of their own.
/// * A value stays only if it is what its type says: a code of its value set or of a listed code system, a number as
///   measurements have it, a text that the rule's `values` list. So no rule keeps free text.
/// * A path is `Type.element.element`, with `.ofType(type)` at its end for one type of a choice, or `nodesByType('Type')`, or
///   `nodesByType('Type').element`.
/// * The methods are `keep`, `redact`, `generalize` with `to: year`, `round` with `significantDigits`, `pseudonymize`, and
///   `substitute` with `replaceWith`, a code.
#[derive(Debug)]
pub struct Profile {
    name: String,
    /// By the type that an element is defined in, and its name in JSON.
    methods: HashMap<(&'static str, String), Method>,
    age_limit: u16,
    extensions: Vec<CodesOfExtension>,
    code_systems: Vec<CodeSystem>,
    rare_codes: Vec<CodeSystem>,
    age_codes: Vec<CodeSystem>,
}

/// What happens to an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Keep,
    /// If it is one of these.
    KeepListed(Vec<String>),
    Redact,
    Year,
    Round(usize),
    Pseudonymize,
    Substitute(String),
}

/// Why a file is no profile.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidProfile {
    /// It is no JSON, or not of a profile's form.
    #[error("the profile is not as profiles are: {0}")]
    Form(String),
    /// A rule does not fit FHIR R4 or what can be done.
    #[error("rule {number} of the profile, of {path}: {why}")]
    Rule {
        /// The rule, counted from 1.
        number: usize,
        /// Its path.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// A code system is neither known, nor are its codes listed.
    #[error("the codes of {0} are not known here: list them with the system")]
    CodeSystem(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct File {
    fhir_version: String,
    profile: String,
    #[serde(default, rename = "source")]
    _source: String,
    fhir_path_rules: Vec<Rule>,
    parameters: Parameters,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Rule {
    path: String,
    method: String,
    to: Option<String>,
    significant_digits: Option<usize>,
    values: Option<String>,
    replace_with: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Parameters {
    age_limit: u16,
    #[serde(default)]
    values: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    extensions: Vec<CodesOfExtension>,
    #[serde(default)]
    code_systems: Vec<CodeSystem>,
    #[serde(default)]
    rare_codes: Vec<CodeSystem>,
    #[serde(default)]
    age_codes: Vec<CodeSystem>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct CodesOfExtension {
    url: String,
    value_code: Vec<String>,
}

/// Codes, each as it is, or as a beginning with `*`. The system may be a beginning with `*`, too.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct CodeSystem {
    system: String,
    codes: Option<Vec<String>>,
}

impl CodeSystem {
    fn has(&self, system: &str, code: &str) -> bool {
        let codes = self.codes.iter().flatten();
        fits(&self.system, system) && codes.into_iter().any(|known| fits(known, code))
    }
}

fn fits(pattern: &str, text: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => text.starts_with(start),
        None => text == pattern,
    }
}

impl Profile {
    /// The built-in profile, `safe-harbor-document/1`.
    pub fn safe_harbor() -> &'static Self {
        &DEFAULT
    }

    /// The built-in profile's file, to start another one from.
    pub fn safe_harbor_file() -> &'static str {
        SAFE_HARBOR
    }

    /// Reads a profile.
    ///
    /// # Errors
    /// [`InvalidProfile`].
    pub fn read(file: &str) -> Result<Self, InvalidProfile> {
        let form = |why: String| InvalidProfile::Form(why);
        let file: File = serde_json::from_str(file).map_err(|error| form(error.to_string()))?;
        if file.fhir_version != "R4" {
            return Err(form("its fhirVersion is not R4".to_owned()));
        }
        let is_named = (1..=64).contains(&file.profile.len())
            && file.profile.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-./".contains(&byte)
            });
        if !is_named {
            return Err(form(
                "its name is not of lower-case letters, digits, hyphens, dots and strokes"
                    .to_owned(),
            ));
        }
        let mut methods = HashMap::new();
        for (index, rule) in file.fhir_path_rules.iter().enumerate() {
            let applied = apply(rule, &file.parameters.values, &mut methods);
            applied.map_err(|why| InvalidProfile::Rule {
                number: index + 1,
                path: rule.path.clone(),
                why,
            })?;
        }
        let parameters = file.parameters;
        for of in &parameters.code_systems {
            let is_known = of.system.ends_with('*') || terminology::is_terminology(&of.system);
            if of.codes.is_none() && !is_known {
                return Err(InvalidProfile::CodeSystem(of.system.clone()));
            }
        }
        Ok(Self {
            name: file.profile,
            methods,
            age_limit: parameters.age_limit,
            extensions: parameters.extensions,
            code_systems: parameters.code_systems,
            rare_codes: parameters.rare_codes,
            age_codes: parameters.age_codes,
        })
    }

    /// Its name with its version, which the fact `deidentified` has.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn method(&self, element: &Element) -> Option<&Method> {
        self.methods.get(&(element.owner, element.name.clone()))
    }

    /// Whether a code is of a listed code system, and not on the list of rare ones.
    pub(crate) fn keeps_code(&self, system: &str, code: &str) -> bool {
        let is_listed = self.code_systems.iter().any(|of| match of.codes {
            Some(_) => of.has(system, code),
            None => fits(&of.system, system) && terminology::is_code(system, code),
        });
        is_listed && !self.rare_codes.iter().any(|of| of.has(system, code))
    }

    pub(crate) fn is_age_code(&self, system: &str, code: &str) -> bool {
        self.age_codes.iter().any(|of| of.has(system, code))
    }

    /// The greatest age that may be told, in years.
    pub(crate) fn age_limit(&self) -> u16 {
        self.age_limit
    }

    pub(crate) fn keeps_extension(&self, url: &str, code: &str) -> bool {
        self.extensions
            .iter()
            .any(|of| of.url == url && of.value_code.iter().any(|known| known == code))
    }
}

fn apply(
    rule: &Rule,
    values: &BTreeMap<String, Vec<String>>,
    methods: &mut HashMap<(&'static str, String), Method>,
) -> Result<(), String> {
    let method = method(rule, values)?;
    let path: Path = rule.path.parse()?;
    let mut found = false;
    for of in definitions().types() {
        for element in of.elements().filter(|element| path.fits(element)) {
            found = true;
            let key = (element.owner, element.name.clone());
            if let Entry::Vacant(free) = methods.entry(key) {
                is_possible(element, &method)?;
                free.insert(method.clone());
            }
        }
    }
    match found {
        true => Ok(()),
        false => Err("FHIR R4 has no such element".to_owned()),
    }
}

fn method(rule: &Rule, values: &BTreeMap<String, Vec<String>>) -> Result<Method, String> {
    let missing = |what: &str| format!("{} needs {what}", rule.method);
    Ok(match rule.method.as_str() {
        "keep" => match &rule.values {
            None => Method::Keep,
            Some(list) => {
                let list = values.get(list);
                Method::KeepListed(list.ok_or("there is no such list of values")?.clone())
            }
        },
        "redact" => Method::Redact,
        "generalize" => match rule.to.as_deref() {
            Some("year") => Method::Year,
            _ => return Err(missing("`to: year`")),
        },
        "round" => {
            let digits = rule
                .significant_digits
                .filter(|digits| (1..=9).contains(digits));
            Method::Round(digits.ok_or_else(|| missing("`significantDigits`, 1 to 9"))?)
        }
        "pseudonymize" => Method::Pseudonymize,
        "substitute" => {
            let code = rule.replace_with.clone();
            Method::Substitute(code.ok_or_else(|| missing("`replaceWith`"))?)
        }
        other => return Err(format!("there is no method {other} here")),
    })
}

fn is_possible(element: &Element, method: &Method) -> Result<(), String> {
    use Primitive::{Boolean, Code, Date, Number, Text, Url};
    // Their parts are judged together, whatever a rule says of one.
    let is_judged_together = matches!(element.owner, "Coding" | "Extension")
        || (element.owner == "Quantity" && element.name != "value")
        || (element.owner == "Reference" && element.name != "reference");
    let kind = match element.of {
        ElementType::Primitive(_, kind) => Some(kind),
        _ => None,
    };
    let is_possible = match (method, kind) {
        (Method::Redact, _) => true,
        (Method::Keep, None) => true,
        (Method::Keep, Some(kind)) => matches!(kind, Boolean | Code | Number) || is_judged_together,
        (Method::KeepListed(_), kind) => matches!(kind, Some(Text | Code)),
        (Method::Year, kind) => kind == Some(Date),
        (Method::Round(_), kind) => kind == Some(Number),
        (Method::Pseudonymize, kind) => {
            let is_fitting = matches!(
                (element.owner, element.name.as_str()),
                ("Reference", "reference") | ("Bundle.entry", "fullUrl")
            );
            matches!(kind, Some(Text | Url)) && is_fitting
        }
        (Method::Substitute(code), kind) => {
            let set = element.value_set;
            kind == Some(Code) && set.is_some_and(|set| definitions().is_in_value_set(set, code))
        }
    };
    match is_possible {
        true => Ok(()),
        false => Err(format!(
            "this can't be done to {}.{}",
            element.owner, element.name
        )),
    }
}

#[cfg(test)]
mod tests;
