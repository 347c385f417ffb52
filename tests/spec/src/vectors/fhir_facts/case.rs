use generion_crypto::facts::{ContentFacts, Profile};
use serde_json::{Value, json};

use super::super::support::{hex, seed};

/// A document, and the facts that follow from its content.
pub struct Case {
    name: &'static str,
    document: Vec<u8>,
    /// How many spaces follow the document.
    spaces: usize,
    facts: Vec<String>,
}

pub fn case(name: &'static str, document: impl Into<Vec<u8>>, facts: &[&str]) -> Case {
    Case {
        name,
        document: document.into(),
        spaces: 0,
        facts: facts.iter().map(ToString::to_string).collect(),
    }
}

/// An Observation with more members.
pub fn observation(members: &str) -> String {
    format!(r#"{{"resourceType":"Observation","status":"final",{members}}}"#)
}

/// A Condition with more members.
pub fn condition(members: &str) -> String {
    format!(r#"{{"resourceType":"Condition",{members}}}"#)
}

impl Case {
    /// The same, with spaces behind the document up to this length.
    pub fn filled(mut self, length: usize) -> Self {
        self.spaces = length - self.document.len();
        self
    }

    pub fn to_json(&self) -> Value {
        let mut document = self.document.clone();
        document.resize(document.len() + self.spaces, b' ');
        let content = ContentFacts::of(Some(&document));
        let (kind, media_type) = ("fhir", "application/fhir+json");
        let facts = |profile: Profile| -> Vec<String> {
            let facts = profile.facts(kind, media_type, &seed("ciphertext"), &content);
            facts.iter().map(ToString::to_string).collect()
        };
        let expected = [facts(Profile::Document1), self.facts.clone()].concat();
        assert_eq!(facts(Profile::FhirR4_1), expected, "{}", self.name);
        let mut json = json!({"name": self.name, "facts": self.facts});
        match str::from_utf8(&self.document) {
            Ok(text) => json["document"] = text.into(),
            Err(_) => json["document_hex"] = hex(&self.document),
        }
        if self.spaces > 0 {
            json["spaces"] = self.spaces.into();
        }
        json
    }
}
