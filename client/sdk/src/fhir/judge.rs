//! Decides which values are known to be harmless, and the kinds of the others. A decision depends on the place that FHIR R4
//! gives to a value, and on the value itself. A value that isn't recognized is reported.

use generion_fhir::{Element, ElementType, Primitive, Type, definitions, terminology, units};

use super::{
    json::{Scalar, Text},
    kind::RevealedKind as Kind,
};

/// Types and groups whose numbers measure or count something.
const MEASURING: [&str; 8] = [
    "SampledData",
    "Timing.repeat",
    "Observation",
    "Observation.component",
    "Immunization.protocolApplied",
    "ImmunizationRecommendation.recommendation",
    "MedicationRequest.dispenseRequest",
    "VisionPrescription.lensSpecification",
];
/// Types whose value, unit and code belong together.
const QUANTITIES: [&str; 5] = ["Quantity", "Age", "Count", "Distance", "Duration"];
/// Elements with numbers of devices, batches and specimens.
const SERIAL_NUMBERS: [&str; 8] = [
    "serialNumber",
    "lotNumber",
    "batchNumber",
    "distinctIdentifier",
    "deviceIdentifier",
    "carrierAIDC",
    "carrierHRF",
    "udi",
];
/// Elements with the name of a person, an organization or a place, where they are text.
const NAMES: [&str; 5] = [
    "name",
    "alias",
    "authorString",
    "publisher",
    "contactString",
];
/// Digits before the point that a number with a unit has at most. Longer ones are telephone numbers and the like.
const DIGITS_WITH_UNIT: usize = 7;
/// Without a unit it is a score, a count or a part of a ratio, or else the number of a patient.
const DIGITS_WITHOUT_UNIT: usize = 4;
/// The largest number of digits of a harmless number: a measured number has few digits, a computed one may have more.
const DIGITS: usize = 17;

/// The place of a value.
#[derive(Clone, Copy, Default)]
pub(super) struct Scope {
    /// The kind of everything within, such as a name or an address.
    within: Option<Kind>,
    /// Whether the values within are about the document's subject.
    pub(super) is_subject: bool,
}

impl Scope {
    /// The scope of a resource.
    pub(super) fn of_resource(of: &Type) -> Self {
        Self {
            within: None,
            is_subject: matches!(of.name, "Patient" | "Person"),
        }
    }

    /// The scope of an element that has elements itself.
    pub(super) fn inside(self, element: &Element, of: &str) -> Self {
        let within = match of {
            "HumanName" => Some(Kind::Name),
            "ContactPoint" => Some(Kind::Contact),
            "Address" => Some(Kind::Address),
            "Identifier" => Some(Kind::Identifier),
            "Attachment" if element.name == "photo" => Some(Kind::Photo),
            "Attachment" | "Signature" => Some(Kind::Attachment),
            "Annotation" => Some(Kind::FreeText),
            "Reference" | "Coding" | "CodeableConcept" => None,
            _ => self.within,
        };
        let is_of_subject = matches!(
            element.name.as_str(),
            "subject" | "patient" | "beneficiary" | "for"
        );
        Self {
            within,
            is_subject: match of {
                // It leads to somebody else, or is said of somebody else.
                "Reference" => is_of_subject,
                "Patient.contact" => false,
                _ => self.is_subject,
            },
        }
    }
}

/// Whether an element is judged with its siblings, in [`together`].
pub(super) fn is_deferred(of: &Type, element: &Element) -> bool {
    (of.name == "Coding" && matches!(element.name.as_str(), "system" | "code"))
        || (QUANTITIES.contains(&of.name)
            && matches!(element.name.as_str(), "value" | "unit" | "system" | "code"))
}

/// The kind of a value; `None` if the value is known to be harmless.
pub(super) fn alone(of: &Type, element: &Element, scope: Scope, value: &Scalar) -> Option<Kind> {
    let ElementType::Primitive(_, primitive) = element.of else {
        return misplaced(value);
    };
    let text = match (primitive, value) {
        (_, Scalar::Null | Scalar::Boolean) => return None,
        (Primitive::Number, Scalar::Number(number)) => {
            let is_measured =
                MEASURING.contains(&of.name) && is_measure(number, DIGITS_WITHOUT_UNIT);
            // The latitude and longitude of an address are one.
            let place = scope.within.filter(|within| *within == Kind::Address);
            return (!is_measured).then_some(place.unwrap_or(Kind::UncheckedNumber));
        }
        (Primitive::Boolean | Primitive::Number, _) | (_, Scalar::Number(_)) => {
            return misplaced(value);
        }
        (_, Scalar::Text(text)) => text,
    };
    if text.start.is_empty() {
        return None;
    }
    let whole = text.whole().unwrap_or_default();
    match primitive {
        Primitive::Code => {
            (!terminology::is_known_code(element, whole)).then_some(Kind::UncheckedCode)
        }
        Primitive::Date => date(element, whole),
        Primitive::Time => Some(if is_date(whole) {
            Kind::Date
        } else {
            Kind::UncheckedText
        }),
        Primitive::Id | Primitive::Uuid => Some(Kind::Id),
        Primitive::Url => url(of, element, scope, whole),
        Primitive::Base64 => Some(scope.within.unwrap_or(Kind::Attachment)),
        Primitive::Xhtml => Some(Kind::Narrative),
        Primitive::Text => Some(words(of, element, scope)),
        // Taken care of above.
        Primitive::Boolean | Primitive::Number => misplaced(value),
    }
}

/// The kinds of values that have a meaning only together: a code with its system, a number with its unit.
pub(super) fn together(of: &Type, values: &[(&Element, Scalar)]) -> Vec<Option<Kind>> {
    let text = |name: &str| match values.iter().find(|(element, _)| element.name == name) {
        Some((_, Scalar::Text(text))) => text.whole(),
        _ => None,
    };
    let has = |name: &str| values.iter().any(|(element, _)| element.name == name);
    let system = text("system");
    let is_code = text("code")
        .is_some_and(|code| system.is_some_and(|system| terminology::is_code(system, code)));
    let is_unit = text("unit").is_some_and(units::is_unit);
    let is_quantity = QUANTITIES.contains(&of.name);
    let digits = match (is_unit || is_code, has("unit") || has("code")) {
        (true, _) => DIGITS_WITH_UNIT,
        (false, false) => DIGITS_WITHOUT_UNIT,
        // Of a unit that isn't known.
        (false, true) => 0,
    };
    let judge = |element: &Element, value: &Scalar| match (element.name.as_str(), value) {
        (_, Scalar::Null) => None,
        (_, Scalar::Text(text)) if text.start.is_empty() => None,
        ("value", Scalar::Number(number)) => {
            (!is_measure(number, digits)).then_some(Kind::UncheckedNumber)
        }
        ("unit", Scalar::Text(_)) => (!is_unit).then_some(Kind::UncheckedUnit),
        ("system", Scalar::Text(_)) => {
            (!system.is_some_and(terminology::is_terminology)).then_some(Kind::UncheckedUrl)
        }
        ("code", Scalar::Text(_)) if is_quantity => (!is_code).then_some(Kind::UncheckedUnit),
        ("code", Scalar::Text(_)) => (!is_code).then_some(Kind::UncheckedCode),
        _ => misplaced(value),
    };
    values
        .iter()
        .map(|(element, value)| judge(element, value))
        .collect()
}

/// A value of another type than FHIR R4 has at its place.
pub(super) fn misplaced(value: &Scalar) -> Option<Kind> {
    match value {
        Scalar::Text(text) if text.start.is_empty() => None,
        Scalar::Text(_) => Some(Kind::UncheckedText),
        Scalar::Number(_) => Some(Kind::UncheckedNumber),
        Scalar::Boolean | Scalar::Null => None,
    }
}

fn date(element: &Element, text: &str) -> Option<Kind> {
    if is_year(text) {
        return None;
    }
    Some(match element.name.as_str() {
        _ if !is_date(text) => Kind::UncheckedText,
        "birthDate" | "bornDate" | "deceasedDateTime" | "deceasedDate" => Kind::BirthDate,
        _ => Kind::Date,
    })
}

fn url(of: &Type, element: &Element, scope: Scope, url: &str) -> Option<Kind> {
    // The target of a reference, and the target of a request.
    let names_a_type = matches!(
        (of.name, element.name.as_str()),
        ("Reference", "type") | ("Bundle.entry.request", "url")
    );
    let is_type = names_a_type && definitions().resource(url).is_some();
    if is_type || definitions().is_profile(url) || terminology::is_terminology(url) {
        return None;
    }
    Some(match scope.within {
        // Whose numbers these are is said by a URL, and is no number.
        Some(Kind::Identifier) => Kind::UncheckedUrl,
        Some(within) => within,
        None if of.name == "Extension" && element.name == "url" => Kind::UncheckedExtension,
        None if url.starts_with("urn:uuid:") => Kind::Id,
        None => Kind::UncheckedUrl,
    })
}

fn words(of: &Type, element: &Element, scope: Scope) -> Kind {
    match (of.name, element.name.as_str()) {
        // An element's name within its document.
        (_, "id") => Kind::Id,
        ("Reference", "reference") => Kind::Reference,
        ("Reference", "display") => Kind::Name,
        ("Coding", "display") | ("CodeableConcept", "text") => Kind::CodeWords,
        ("Annotation", "authorString") => Kind::Name,
        _ => match scope.within {
            Some(within) => within,
            None if SERIAL_NUMBERS.contains(&element.name.as_str()) => Kind::SerialNumber,
            None if NAMES.contains(&element.name.as_str()) => Kind::Name,
            None => Kind::FreeText,
        },
    }
}

/// A number as results have it, with so many digits before the point. Its text is that of JSON.
fn is_measure(number: &Text, digits: usize) -> bool {
    let number = number.start.trim_start_matches('-');
    let number = number.split(['e', 'E']).next().unwrap_or_default();
    let (before, after) = number.split_once('.').unwrap_or((number, ""));
    before.len() <= digits && before.len() + after.len() <= DIGITS
}

fn is_year(text: &str) -> bool {
    text.len() == 4
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && ("1800".."2200").contains(&text)
}

/// Whether a text has the form of a date or time; the date need not exist.
fn is_date(text: &str) -> bool {
    text.len() <= 40
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"-:.+TZ".contains(&byte))
}
