//! The types of resources from which facts follow, and the places of their parts.

use super::coding::{self, Coding};
use crate::json::{Object, Value};

/// A type of resources.
pub struct ResourceType {
    pub name: &'static str,
    /// The member that names the patient.
    pub subject: &'static str,
    /// A concept.
    pub code: &'static str,
    pub category: Category,
    /// In the order of preference. A path has one or two names.
    pub dates: &'static [&'static [&'static str]],
    pub status: Status,
    pub verification: Option<StatusConcept>,
    /// Whether it has values, components and interpretations.
    pub has_values: bool,
}

/// The form of `category`.
pub enum Category {
    None,
    Concept,
    Concepts,
    /// The codes of an AllergyIntolerance.
    Strings,
}

/// The place of a status.
pub enum Status {
    /// `status`, which has to be one of these strings.
    String(&'static [&'static str]),
    /// A concept, which may be absent.
    Concept(StatusConcept),
}

/// A status that is a concept.
pub struct StatusConcept {
    pub member: &'static str,
    pub system: &'static str,
    pub codes: &'static [&'static str],
}

/// The code system of the categories of an AllergyIntolerance, and its codes.
const ALLERGY_CATEGORIES: &str = "http://hl7.org/fhir/allergy-intolerance-category";
const ALLERGY_CATEGORY_CODES: [&str; 4] = ["food", "medication", "environment", "biologic"];

impl Category {
    /// As facts have them.
    pub fn codings(&self, resource: &Object<'_>) -> Vec<String> {
        const NAME: &str = "category";
        match self {
            Self::None => Vec::new(),
            Self::Concept => coding::of_member(resource, NAME),
            Self::Concepts => resource
                .objects(NAME)
                .flat_map(|concept| coding::of_concept(concept))
                .map(Coding::to_value)
                .collect(),
            Self::Strings => resource
                .items(NAME)
                .iter()
                .filter_map(Value::as_str)
                .filter(|code| ALLERGY_CATEGORY_CODES.contains(code))
                .map(|code| format!("{ALLERGY_CATEGORIES}|{code}"))
                .collect(),
        }
    }
}

const ONSET: &[&[&str]] = &[
    &["onsetDateTime"],
    &["onsetPeriod", "start"],
    &["recordedDate"],
];

/// All of them.
static TYPES: [ResourceType; 8] = [
    ResourceType {
        name: "Observation",
        subject: "subject",
        code: "code",
        category: Category::Concepts,
        dates: &[
            &["effectiveDateTime"],
            &["effectivePeriod", "start"],
            &["effectiveInstant"],
            &["issued"],
        ],
        status: Status::String(&["preliminary", "final", "amended", "corrected"]),
        verification: None,
        has_values: true,
    },
    ResourceType {
        name: "Condition",
        subject: "subject",
        code: "code",
        category: Category::Concepts,
        dates: ONSET,
        status: Status::Concept(StatusConcept {
            member: "clinicalStatus",
            system: "http://terminology.hl7.org/CodeSystem/condition-clinical",
            codes: &[
                "active",
                "recurrence",
                "relapse",
                "inactive",
                "remission",
                "resolved",
            ],
        }),
        verification: Some(StatusConcept {
            member: "verificationStatus",
            system: "http://terminology.hl7.org/CodeSystem/condition-ver-status",
            codes: &["confirmed"],
        }),
        has_values: false,
    },
    ResourceType {
        name: "Immunization",
        subject: "patient",
        code: "vaccineCode",
        category: Category::None,
        dates: &[&["occurrenceDateTime"], &["recorded"]],
        status: Status::String(&["completed"]),
        verification: None,
        has_values: false,
    },
    ResourceType {
        name: "Procedure",
        subject: "subject",
        code: "code",
        category: Category::Concept,
        dates: &[&["performedDateTime"], &["performedPeriod", "start"]],
        status: Status::String(&["in-progress", "on-hold", "stopped", "completed"]),
        verification: None,
        has_values: false,
    },
    ResourceType {
        name: "MedicationRequest",
        subject: "subject",
        code: "medicationCodeableConcept",
        category: Category::Concepts,
        dates: &[&["authoredOn"]],
        status: Status::String(&["active", "on-hold", "completed", "stopped"]),
        verification: None,
        has_values: false,
    },
    ResourceType {
        name: "MedicationStatement",
        subject: "subject",
        code: "medicationCodeableConcept",
        category: Category::Concept,
        dates: &[
            &["effectiveDateTime"],
            &["effectivePeriod", "start"],
            &["dateAsserted"],
        ],
        status: Status::String(&["active", "completed", "stopped", "on-hold"]),
        verification: None,
        has_values: false,
    },
    ResourceType {
        name: "AllergyIntolerance",
        subject: "patient",
        code: "code",
        category: Category::Strings,
        dates: ONSET,
        status: Status::Concept(StatusConcept {
            member: "clinicalStatus",
            system: "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
            codes: &["active", "inactive", "resolved"],
        }),
        verification: Some(StatusConcept {
            member: "verificationStatus",
            system: "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
            codes: &["confirmed"],
        }),
        has_values: false,
    },
    ResourceType {
        name: "DiagnosticReport",
        subject: "subject",
        code: "code",
        category: Category::Concepts,
        dates: &[
            &["effectiveDateTime"],
            &["effectivePeriod", "start"],
            &["issued"],
        ],
        status: Status::String(&[
            "partial",
            "preliminary",
            "final",
            "amended",
            "corrected",
            "appended",
        ]),
        verification: None,
        has_values: false,
    },
];

impl ResourceType {
    /// The type of a resource; `None`: no facts follow from it.
    pub fn of(resource: &Object<'_>) -> Option<&'static Self> {
        let name = resource.string("resourceType")?;
        TYPES.iter().find(|kind| kind.name == name)
    }
}
