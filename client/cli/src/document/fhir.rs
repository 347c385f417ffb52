//! Guessing a document's media type and kind, for its locator.

use std::io::Read;

use serde::Deserialize;
use serde_json::Value;

/// The media type of a resource in JSON.
pub const MEDIA_TYPE: &str = "application/fhir+json";

/// Media type and kind of a document.
#[derive(Debug, PartialEq, Eq)]
pub struct Guess {
    /// Such as `application/fhir+json`.
    pub media_type: String,
    /// Such as `fhir:Observation/4548-4`: resource type and first code.
    pub kind: String,
}

/// The parts of a FHIR resource that show its kind; the rest is skipped.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    resource_type: String,
    code: Option<Value>,
    vaccine_code: Option<Value>,
}

impl Resource {
    fn codes(&self) -> impl Iterator<Item = &str> {
        let concept = self.code.as_ref().or(self.vaccine_code.as_ref());
        let codings = concept.and_then(|concept| concept.get("coding")?.as_array());
        let codes = codings.into_iter().flatten();
        codes.filter_map(|coding| coding.get("code")?.as_str())
    }

    /// The kind: `fhir:`, type and first code.
    pub fn kind(&self) -> String {
        let resource_type = &self.resource_type;
        match self.codes().next() {
            Some(code) => format!("fhir:{resource_type}/{code}"),
            None => format!("fhir:{resource_type}"),
        }
    }

    /// Whether it has this resource type, and this code among its codes if one is given.
    pub fn is(&self, resource_type: &str, code: Option<&str>) -> bool {
        let has = |code| self.codes().any(|own| own == code);
        self.resource_type == resource_type && code.is_none_or(has)
    }
}

/// Parses a FHIR resource in JSON; `None`: it is not one.
pub fn resource(document: impl Read) -> Option<Resource> {
    serde_json::from_reader(document).ok()
}

/// Guesses the kind of a document: a FHIR resource in JSON, or any other document.
pub fn guess_in(document: impl Read) -> Guess {
    match resource(document) {
        Some(resource) => Guess {
            media_type: MEDIA_TYPE.to_owned(),
            kind: resource.kind(),
        },
        None => Guess {
            media_type: "application/octet-stream".to_owned(),
            kind: "document".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_guess(document: &str, media_type: &str, kind: &str) {
        let expected = Guess {
            media_type: media_type.to_owned(),
            kind: kind.to_owned(),
        };
        assert_eq!(guess_in(document.as_bytes()), expected);
    }

    #[test]
    fn fhir_resources_are_told_by_type_and_first_code() {
        let fhir = "application/fhir+json";
        let coded = r#"{"resourceType":"Observation","code":{"coding":[{"code":"4548-4"},{"code":"17855-8"}]}}"#;
        assert_guess(coded, fhir, "fhir:Observation/4548-4");
        let vaccine =
            r#"{"resourceType":"Immunization","vaccineCode":{"coding":[{"code":"104"}]}}"#;
        assert_guess(vaccine, fhir, "fhir:Immunization/104");
        assert_guess(r#"{"resourceType":"Patient"}"#, fhir, "fhir:Patient");
        assert_guess(
            r#"{"resourceType":"Observation","code":"plain"}"#,
            fhir,
            "fhir:Observation",
        );
    }

    #[test]
    fn anything_else_is_a_document() {
        for document in [
            "",
            "%PDF-1.7",
            "[]",
            r#"{"name":"no resource"}"#,
            r#"{"resourceType":"#,
        ] {
            assert_guess(document, "application/octet-stream", "document");
        }
    }
}
