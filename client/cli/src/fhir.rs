//! Tells what a document is, for the locator that is sealed with it.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

use serde::Deserialize;
use serde_json::Value;

/// Media type and kind of a document.
#[derive(Debug, PartialEq, Eq)]
pub struct Guess {
    /// E.g. `application/fhir+json`.
    pub media_type: String,
    /// E.g. `fhir:Observation/4548-4`: resource type and first code.
    pub kind: String,
}

/// The parts of a FHIR resource that tell what it is; the rest is skipped, not kept.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    resource_type: String,
    code: Option<Value>,
    vaccine_code: Option<Value>,
}

/// What a file seems to be: a FHIR resource in JSON, or just a document. Fails only if it can't be opened.
pub fn guess(path: &Path) -> io::Result<Guess> {
    Ok(guess_from(BufReader::new(File::open(path)?)))
}

/// As [`guess`], of a document from its beginning. It need not be read to its end.
pub fn guess_from(document: impl Read) -> Guess {
    match serde_json::from_reader(document) {
        Ok(Resource {
            resource_type,
            code,
            vaccine_code,
        }) => {
            let concept = code.or(vaccine_code).unwrap_or_default();
            let code = concept.pointer("/coding/0/code").and_then(Value::as_str);
            let kind = match code {
                Some(code) => format!("fhir:{resource_type}/{code}"),
                None => format!("fhir:{resource_type}"),
            };
            Guess {
                media_type: "application/fhir+json".to_owned(),
                kind,
            }
        }
        Err(_) => Guess {
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
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), document).unwrap();
        let expected = Guess {
            media_type: media_type.to_owned(),
            kind: kind.to_owned(),
        };
        assert_eq!(guess(file.path()).unwrap(), expected);
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
