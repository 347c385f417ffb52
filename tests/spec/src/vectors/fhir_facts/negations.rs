//! What says that something is not so, or may say it.

use super::case::{Case, case, condition, observation};

const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/condition-clinical";
const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/condition-ver-status";

/// A coding in JSON.
fn coding(system: &str, code: &str) -> String {
    format!(r#"{{"system":"{system}","code":"{code}"}}"#)
}

/// A member that is a concept with these codings.
fn concept(name: &str, codings: &[String]) -> String {
    format!(r#""{name}":{{"coding":[{}]}}"#, codings.join(","))
}

fn of(kind: &str, status: &str) -> String {
    format!(r#"{{"resourceType":"{kind}","status":"{status}"}}"#)
}

fn request(members: &str) -> String {
    format!(r#"{{"resourceType":"MedicationRequest","status":"active"{members}}}"#)
}

pub(super) fn all() -> Vec<Case> {
    let verified = |code: &str| {
        condition(&concept(
            "verificationStatus",
            &[coding(VERIFICATION, code)],
        ))
    };
    let clinical = |codes: &[&str]| {
        let codings: Vec<_> = codes.iter().map(|code| coding(CLINICAL, code)).collect();
        condition(&concept("clinicalStatus", &codings))
    };
    let order = r#","intent":"order""#;
    let condition_facts = ["resource=Condition"];
    let bare = ["resource=Observation", "status=final"];
    let requested = ["resource=MedicationRequest", "status=active"];
    vec![
        case(
            "a modifierExtension",
            observation(r#""modifierExtension":[{"url":"https://example.org"}]"#),
            &[],
        ),
        case(
            "an empty modifierExtension in a contained resource",
            observation(r#""contained":[{"resourceType":"Device","modifierExtension":[]}]"#),
            &[],
        ),
        case(
            "a modifierExtension of the patient",
            r#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Observation","status":"final","subject":{"reference":"urn:a"}}},{"fullUrl":"urn:a","resource":{"resourceType":"Patient","modifierExtension":null}}]}"#,
            &[],
        ),
        case(
            "implicitRules",
            observation(r#""implicitRules":"https://example.org""#),
            &[],
        ),
        case(
            "an extension, which modifies nothing",
            observation(r#""extension":[{"url":"https://example.org"}],"_status":{"id":"a"}"#),
            &bare,
        ),
        case(
            "an Observation that was cancelled",
            of("Observation", "cancelled"),
            &[],
        ),
        case(
            "an Observation that is registered",
            of("Observation", "registered"),
            &[],
        ),
        case(
            "an Observation entered in error",
            of("Observation", "entered-in-error"),
            &[],
        ),
        case(
            "an Observation of unknown status",
            of("Observation", "unknown"),
            &[],
        ),
        case(
            "a status that R4 doesn't have",
            of("Observation", "Final"),
            &[],
        ),
        case(
            "an Observation without a status",
            r#"{"resourceType":"Observation"}"#,
            &[],
        ),
        case(
            "a status that is null, with an extension",
            r#"{"resourceType":"Observation","status":null,"_status":{"extension":[]}}"#,
            &[],
        ),
        case(
            "an Observation of a device, by its reference",
            observation(r#""subject":{"reference":"https://hospital.example/Device/1"}"#),
            &[],
        ),
        case(
            "an Observation of a group, by a relative reference",
            observation(r#""subject":{"reference":"Group/1"}"#),
            &[],
        ),
        case(
            "an Observation of a location, by its type",
            observation(r#""subject":{"type":"Location","reference":"urn:a"}"#),
            &[],
        ),
        case(
            "an Observation of a patient, by its type",
            observation(r#""subject":{"type":"Patient","reference":"urn:MyDevice/1"}"#),
            &bare,
        ),
        case(
            "a Condition that was refuted, in the first version",
            condition(r#""status":"refuted""#),
            &[],
        ),
        case(
            "an Observation of something else than the patient",
            observation(r#""focus":[{"reference":"urn:a"}]"#),
            &[],
        ),
        case(
            "a Procedure that was not done",
            of("Procedure", "not-done"),
            &[],
        ),
        case(
            "a Procedure in preparation",
            of("Procedure", "preparation"),
            &[],
        ),
        case(
            "a Procedure that was stopped",
            of("Procedure", "stopped"),
            &["resource=Procedure", "status=stopped"],
        ),
        case(
            "a Procedure that was not done, in an earlier version",
            r#"{"resourceType":"Procedure","status":"completed","notDone":false}"#,
            &[],
        ),
        case(
            "an Immunization that was not done",
            of("Immunization", "not-done"),
            &[],
        ),
        case(
            "an Immunization with a subpotent dose",
            r#"{"resourceType":"Immunization","status":"completed","isSubpotent":true}"#,
            &[],
        ),
        case(
            "an Immunization with a full dose",
            r#"{"resourceType":"Immunization","status":"completed","isSubpotent":false}"#,
            &["resource=Immunization", "status=completed"],
        ),
        case(
            "medication that is not taken",
            of("MedicationStatement", "not-taken"),
            &[],
        ),
        case(
            "medication that is not taken, in an earlier version",
            r#"{"resourceType":"MedicationStatement","status":"active","taken":"n"}"#,
            &[],
        ),
        case(
            "medication that is intended",
            of("MedicationStatement", "intended"),
            &[],
        ),
        case(
            "medication that is taken",
            of("MedicationStatement", "active"),
            &["resource=MedicationStatement", "status=active"],
        ),
        case("a prescription", request(order), &requested),
        case("a prescription without an intent", request(""), &[]),
        case("a plan", request(r#","intent":"plan""#), &[]),
        case(
            "a prescription that forbids",
            request(&format!(r#"{order},"doNotPerform":true"#)),
            &[],
        ),
        case(
            "a prescription that does not forbid",
            request(&format!(r#"{order},"doNotPerform":false"#)),
            &requested,
        ),
        case(
            "a prescription that may forbid",
            request(&format!(r#"{order},"_doNotPerform":{{"extension":[]}}"#)),
            &[],
        ),
        case(
            "a prescription that forbids in words",
            request(&format!(r#"{order},"doNotPerform":"false""#)),
            &[],
        ),
        case(
            "a draft of a report",
            of("DiagnosticReport", "registered"),
            &[],
        ),
        case(
            "a part of a report",
            of("DiagnosticReport", "partial"),
            &["resource=DiagnosticReport", "status=partial"],
        ),
        case(
            "a Condition without any status",
            r#"{"resourceType":"Condition"}"#,
            &condition_facts,
        ),
        case(
            "a Condition that is confirmed",
            verified("confirmed"),
            &condition_facts,
        ),
        case("a Condition that was refuted", verified("refuted"), &[]),
        case(
            "a Condition that is considered",
            verified("differential"),
            &[],
        ),
        case(
            "a Condition that was refuted in words",
            condition(r#""verificationStatus":{"text":"refuted"}"#),
            &[],
        ),
        case(
            "a Condition that was refuted, in an earlier version",
            condition(r#""verificationStatus":"refuted""#),
            &[],
        ),
        case(
            "a verification status of another system",
            condition(&concept(
                "verificationStatus",
                &[coding("http://snomed.info/sct", "confirmed")],
            )),
            &[],
        ),
        case(
            "a verification status that is null",
            condition(r#""verificationStatus":null"#),
            &[],
        ),
        case(
            "a Condition that is confirmed and refuted",
            condition(&concept(
                "verificationStatus",
                &[
                    coding(VERIFICATION, "confirmed"),
                    coding(VERIFICATION, "refuted"),
                ],
            )),
            &[],
        ),
        case(
            "a Condition that is confirmed in two systems",
            condition(&concept(
                "verificationStatus",
                &[
                    coding("http://snomed.info/sct", "410605003"),
                    coding(VERIFICATION, "confirmed"),
                    coding(VERIFICATION, "confirmed"),
                ],
            )),
            &condition_facts,
        ),
        case(
            "a Condition that is over",
            clinical(&["resolved"]),
            &["resource=Condition", "status=resolved"],
        ),
        case(
            "a Condition that is active and over",
            clinical(&["active", "resolved"]),
            &[],
        ),
        case("a clinical status without codes", clinical(&[]), &[]),
        case(
            "an allergy that is not confirmed",
            format!(
                r#"{{"resourceType":"AllergyIntolerance",{}}}"#,
                concept(
                    "verificationStatus",
                    &[coding(
                        "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
                        "unconfirmed"
                    )]
                )
            ),
            &[],
        ),
        case(
            "an allergy with its states and categories",
            format!(
                r#"{{"resourceType":"AllergyIntolerance",{},{},"category":["medication","food","food","other"]}}"#,
                concept(
                    "clinicalStatus",
                    &[coding(
                        "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
                        "active"
                    )]
                ),
                concept(
                    "verificationStatus",
                    &[coding(
                        "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
                        "confirmed"
                    )]
                )
            ),
            &[
                "resource=AllergyIntolerance",
                "category=http://hl7.org/fhir/allergy-intolerance-category|food",
                "category=http://hl7.org/fhir/allergy-intolerance-category|medication",
                "status=active",
            ],
        ),
    ]
}
