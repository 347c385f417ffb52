//! Research copies: documents that are labelled as de-identified, by the profile `safe-harbor-document/1`.

use generion_crypto::facts::{ContentFacts, Profile};
use serde_json::{Value, json};

const DEIDENTIFIED: &str = "deidentified=safe-harbor-document/1";

/// An Observation with this `meta`, and a date.
fn observation(meta: &str, date: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","meta":{meta},"status":"final","effectiveDateTime":"{date}"}}"#
    )
}

/// A `meta` with these labels.
fn labels(codes: &[&str]) -> String {
    let codings: Vec<_> = codes
        .iter()
        .map(|code| {
            format!(
                r#"{{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"{code}"}}"#
            )
        })
        .collect();
    format!(r#"{{"security":[{}]}}"#, codings.join(","))
}

fn case(name: &str, document: &str, facts: &[&str]) -> Value {
    let content = ContentFacts::of(Some(document.as_bytes()));
    let of = |profile: Profile| -> Vec<String> {
        let facts = profile.facts("fhir", "application/fhir+json", &[0; 32], &content);
        facts.iter().skip(3).map(ToString::to_string).collect()
    };
    assert_eq!(of(Profile::SafeHarborDocument1), facts, "{name}");
    let is_other = |fact: &String| fact.starts_with("deidentified=");
    assert!(!of(Profile::FhirR4_1).iter().any(is_other), "{name}");
    json!({"name": name, "document": document, "facts": facts})
}

pub(super) fn all() -> Vec<Value> {
    let all = ["PSEUDED", "REDACTED", "ABSTRED"];
    let facts = ["resource=Observation", "status=final", "year=2026"];
    let [resource, status, year] = facts;
    let other_system = labels(&all).replace("v3-ObservationValue", "v3-ActCode");
    vec![
        case(
            "a research copy",
            &observation(&labels(&all), "2026"),
            &[DEIDENTIFIED, resource, status, year],
        ),
        case(
            "labels in another order, with another one between them",
            &observation(
                &labels(&["ABSTRED", "HTEST", "REDACTED", "PSEUDED"]),
                "2026",
            ),
            &[DEIDENTIFIED, resource, status, year],
        ),
        case(
            "a month is no fact of this profile",
            &observation(&labels(&all), "2026-05-04"),
            &[DEIDENTIFIED, resource, status, year],
        ),
        case(
            "a copy of which nothing else follows",
            &format!(r#"{{"resourceType":"Patient","meta":{}}}"#, labels(&all)),
            &[DEIDENTIFIED],
        ),
        case(
            "a copy that says that something is not so",
            &observation(&labels(&all), "2026").replace("final", "cancelled"),
            &[DEIDENTIFIED],
        ),
        case(
            "a label is missing",
            &observation(&labels(&all[..2]), "2026"),
            &facts,
        ),
        case(
            "labels of another code system",
            &observation(&other_system, "2026"),
            &facts,
        ),
        case(
            "labels that are tags",
            &observation(&labels(&all).replace("security", "tag"), "2026"),
            &facts,
        ),
        case("no labels", &observation("{}", "2026"), &facts),
        case(
            "labels of the resource within a Bundle",
            &format!(
                r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"resource":{}}}]}}"#,
                observation(&labels(&all), "2026")
            ),
            &[],
        ),
        case("no JSON", "%PDF-1.7", &[]),
    ]
}
