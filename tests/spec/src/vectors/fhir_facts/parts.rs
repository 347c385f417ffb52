//! The resource and its patient.

use super::case::{Case, case, observation};

/// An Observation of a patient in the year 2026.
fn of(reference: &str) -> String {
    observation(&format!(
        r#""subject":{{"reference":"{reference}"}},"effectiveDateTime":"2026-05-04""#
    ))
}

/// A Bundle of an Observation and a patient.
fn bundle(reference: &str, url: &str, patient: &str) -> String {
    let entries = [
        format!(r#"{{"resource":{}}}"#, of(reference)),
        format!(r#"{{"fullUrl":"{url}","resource":{{"resourceType":"Patient"{patient}}}}}"#),
    ];
    collection(&entries.join(","))
}

fn collection(entries: &str) -> String {
    format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{entries}]}}"#)
}

/// A Bundle with a patient who has these members.
fn patient(members: &str) -> String {
    let url = "https://clinic.example/fhir/Patient/1";
    bundle("Patient/1", url, &format!(",{members}"))
}

/// The facts of the Observation, and of the patient.
fn facts(of_patient: &[&'static str]) -> Vec<&'static str> {
    let of_observation = [
        "resource=Observation",
        "status=final",
        "year=2026",
        "month=2026-05",
    ];
    [&of_observation, of_patient].concat()
}

pub(super) fn all() -> Vec<Case> {
    let url = "https://clinic.example/fhir/Patient/1";
    let female = r#","gender":"female""#;
    let known = facts(&["gender=female"]);
    let one = format!(r#"{{"resource":{}}}"#, of("Patient/1"));
    let who = format!(
        r#"{{"fullUrl":"{url}","resource":{{"resourceType":"Patient","gender":"female"}}}}"#
    );
    let birth = |date: &str| patient(&format!(r#""birthDate":"{date}""#));
    let address = |list: &str| patient(&format!(r#""address":[{list}]"#));
    vec![
        case(
            "a resource of another type",
            r#"{"resourceType":"Encounter","status":"finished"}"#,
            &[],
        ),
        case(
            "a type in other letters",
            r#"{"resourceType":"observation","status":"final"}"#,
            &[],
        ),
        case(
            "a patient alone",
            r#"{"resourceType":"Patient","gender":"female"}"#,
            &[],
        ),
        case(
            "a Bundle, with a relative reference",
            bundle("Patient/1", url, female),
            &known,
        ),
        case(
            "a Bundle, with an absolute reference",
            bundle(url, url, female),
            &known,
        ),
        case(
            "a Bundle, with a URN",
            bundle("urn:uuid:1", "urn:uuid:1", female),
            &known,
        ),
        case(
            "the patient first",
            collection(&format!("{who},{one}")),
            &known,
        ),
        case(
            "a reference to another patient",
            bundle("Patient/2", url, female),
            &[],
        ),
        case(
            "a reference that ends another path",
            bundle("Patient/1", "https://clinic.example/fhirPatient/1", female),
            &[],
        ),
        case(
            "a reference without the type",
            bundle("1", url, female),
            &[],
        ),
        case(
            "a reference to a version",
            bundle("Patient/1/_history/1", url, female),
            &[],
        ),
        case("an empty reference", bundle("", "", female), &[]),
        case(
            "a patient without a fullUrl",
            collection(&format!(
                r#"{one},{{"resource":{{"resourceType":"Patient"}}}}"#
            )),
            &[],
        ),
        case(
            "a reference by an identifier",
            collection(&format!(
                r#"{{"resource":{}}},{who}"#,
                observation(r#""subject":{"identifier":{"value":"Patient/1"}}"#)
            )),
            &[],
        ),
        case("a Bundle without a patient", collection(&one), &[]),
        case(
            "two resources beside the patient",
            collection(&format!("{one},{one},{who}")),
            &[],
        ),
        case("two patients", collection(&format!("{who},{who}")), &[]),
        case(
            "null as a third entry",
            collection(&format!("{one},{who},null")),
            &[],
        ),
        case(
            "a Bundle of another type",
            bundle("Patient/1", url, female).replace("collection", "transaction"),
            &[],
        ),
        case(
            "a Bundle in a Bundle",
            collection(&format!(
                r#"{{"resource":{}}},{who}"#,
                bundle("Patient/1", url, female)
            )),
            &[],
        ),
        case(
            "the subject of an Immunization is its patient",
            collection(&format!(
                r#"{{"resource":{{"resourceType":"Immunization","status":"completed","patient":{{"reference":"Patient/1"}},"subject":{{"reference":"Patient/2"}}}}}},{who}"#
            )),
            &["resource=Immunization", "status=completed", "gender=female"],
        ),
        case(
            "a contained patient",
            observation(
                r##""contained":[{"resourceType":"Patient","id":"p","gender":"female"}],"subject":{"reference":"#p"}"##,
            ),
            &["resource=Observation", "status=final"],
        ),
        case(
            "an unknown gender",
            patient(r#""gender":"unknown""#),
            &facts(&["gender=unknown"]),
        ),
        case(
            "a gender that FHIR doesn't have",
            patient(r#""gender":"f""#),
            &facts(&[]),
        ),
        case(
            "a date of birth",
            birth("1974-12-25"),
            &facts(&["birth-year=1974", "birth-decade=1970"]),
        ),
        case(
            "a year of birth",
            birth("1974"),
            &facts(&["birth-year=1974", "birth-decade=1970"]),
        ),
        case(
            "a date of birth with a time",
            birth("1974-12-25T10:00:00Z"),
            &facts(&[]),
        ),
        case(
            "89 in the document's year",
            birth("1937-01-01"),
            &facts(&["birth-year=1937", "birth-decade=1930"]),
        ),
        case(
            "90 in the document's year, after the document's day",
            birth("1936-12-31"),
            &facts(&[]),
        ),
        case(
            "born in the document's year",
            birth("2026-12-31"),
            &facts(&["birth-year=2026", "birth-decade=2020"]),
        ),
        case("born after the document's year", birth("2027"), &facts(&[])),
        case(
            "a date of birth, and no date of the document",
            collection(&format!(
                r#"{{"resource":{}}},{}"#,
                observation(r#""subject":{"reference":"Patient/1"}"#),
                who.replace(r#""gender""#, r#""birthDate":"1974","gender""#)
            )),
            &["resource=Observation", "status=final", "gender=female"],
        ),
        case(
            "a country",
            address(r#"{"country":"DE","city":"Köln"}"#),
            &facts(&["country=DE"]),
        ),
        case(
            "the country of the home, beside others",
            address(
                r#"{"use":"work","country":"FR"},{"use":"home","country":"DEU"},{"use":"old","country":"US"}"#,
            ),
            &facts(&["country=DEU"]),
        ),
        case(
            "homes in one country, and one without a country",
            address(r#"{"country":"DE"},{"city":"Köln"},{"use":"home","country":"DE"}"#),
            &facts(&["country=DE"]),
        ),
        case(
            "homes in two countries",
            address(r#"{"country":"DE"},{"country":"FR"}"#),
            &facts(&[]),
        ),
        case(
            "a country in words, and in small letters",
            address(r#"{"country":"Germany"},{"country":"de"}"#),
            &facts(&[]),
        ),
        case(
            "an address whose use is null",
            address(r#"{"use":null,"country":"DE"}"#),
            &facts(&[]),
        ),
        case(
            "an address that is no array",
            patient(r#""address":{"country":"DE"}"#),
            &facts(&[]),
        ),
    ]
}
