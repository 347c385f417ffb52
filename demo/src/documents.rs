//! The documents of the story: FHIR R4 examples of HL7 (see fixtures/README.md).

/// A document, and its kind as the locator says it.
#[derive(Clone, Copy)]
pub struct Document {
    /// The title in the story.
    pub title: &'static str,
    /// The kind, for the locator.
    pub kind: &'static str,
    /// The plain text.
    pub bytes: &'static [u8],
}

/// The media type of all documents.
pub const MEDIA_TYPE: &str = "application/fhir+json";

macro_rules! document {
    ($title:literal, $kind:literal, $file:literal) => {
        Document {
            title: $title,
            kind: $kind,
            bytes: include_bytes!(concat!("../../fixtures/fhir/", $file)),
        }
    };
}

/// The records of the hospital.
pub const HOSPITAL: [Document; 4] = [
    document!(
        "blood pressure",
        "fhir:Observation/85354-9",
        "Observation-blood-pressure.json"
    ),
    document!(
        "heart rate",
        "fhir:Observation/8867-4",
        "Observation-heart-rate.json"
    ),
    document!(
        "ischemic stroke",
        "fhir:Condition/422504002",
        "Condition-stroke.json"
    ),
    document!(
        "sputum culture, 17 parts",
        "fhir:Bundle/624-7",
        "Bundle-lri-example.json"
    ),
];

/// The records of the laboratory.
pub const LABORATORY: [Document; 3] = [
    document!(
        "oxygen saturation",
        "fhir:Observation/59408-5",
        "Observation-satO2.json"
    ),
    document!(
        "body mass index",
        "fhir:Observation/39156-5",
        "Observation-bmi.json"
    ),
    document!(
        "abdominal ultrasound",
        "fhir:DiagnosticReport/45036003",
        "DiagnosticReport-ultrasound.json"
    ),
];

/// The record of the cheat.
pub const CHEATS: Document = document!(
    "glucose in blood",
    "fhir:Observation/15074-8",
    "Observation-f001.json"
);
