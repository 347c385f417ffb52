use super::*;

fn with_rule(rule: &str) -> String {
    format!(
        r#"{{"fhirVersion":"R4","profile":"test/1","fhirPathRules":[{rule}],
            "parameters":{{"ageLimit":89,"values":{{"states":["TX"]}}}}}}"#
    )
}

fn refusal(rule: &str) -> String {
    match Profile::read(&with_rule(rule)).unwrap_err() {
        InvalidProfile::Rule { number: 1, why, .. } => why,
        other => panic!("{other}"),
    }
}

/// Whichever spelling of ICD-10 a document has, the same codes are rare.
#[test]
fn all_systems_of_icd_10_have_the_same_rare_codes() {
    let profile = Profile::safe_harbor();
    let is_icd_10 = |of: &&CodeSystem| of.system.contains("icd-10");
    let rare = |system: &str| {
        let of = profile.rare_codes.iter().find(|of| of.system == system);
        of.and_then(|of| of.codes.clone()).unwrap_or_default()
    };
    let first = rare("http://hl7.org/fhir/sid/icd-10");
    assert!(first.len() > 10 && first.iter().all(|code| code.ends_with('*')));
    let systems: Vec<_> = profile.code_systems.iter().filter(is_icd_10).collect();
    assert_eq!(systems.len(), 6);
    for of in systems {
        assert_eq!(rare(&of.system), first, "{}", of.system);
    }
}

#[test]
fn the_built_in_profile_is_one() {
    let profile = Profile::read(SAFE_HARBOR).unwrap();
    assert_eq!(profile.name(), "safe-harbor-document/1");
    assert_eq!(profile.age_limit(), 89);
    assert!(profile.keeps_code("http://loinc.org", "4548-4"));
    assert!(!profile.keeps_code("http://loinc.org", "4548-5"));
    assert!(!profile.keeps_code("https://clinic.example/codes", "4548-4"));
    assert!(profile.keeps_code("http://hl7.org/fhir/sid/icd-10", "I63.5"));
    // Of a rare disease.
    assert!(!profile.keeps_code("http://hl7.org/fhir/sid/icd-10", "E75.2"));
    assert!(!profile.keeps_code("http://hl7.org/fhir/sid/us-ssn", "078-05-1120"));
    assert!(profile.is_age_code("http://loinc.org", "30525-0"));
}

#[test]
fn the_first_rule_that_fits_decides() {
    let profile = Profile::read(&with_rule(
        r#"{"path":"Observation.value.ofType(Quantity)","method":"redact"},
           {"path":"nodesByType('Quantity')","method":"keep"},
           {"path":"Observation.component.referenceRange.low","method":"redact"}"#,
    ))
    .unwrap();
    let method = |of: &str, name: &str| {
        let of = definitions().complex(of).unwrap();
        profile
            .method(definitions().element(of, name).unwrap())
            .cloned()
    };
    assert_eq!(method("Observation", "valueQuantity"), Some(Method::Redact));
    assert_eq!(method("Observation", "valueRange"), None);
    assert_eq!(
        method("Observation.component", "valueQuantity"),
        Some(Method::Keep)
    );
    // A group that is that of another element.
    assert_eq!(
        method("Observation.referenceRange", "low"),
        Some(Method::Keep)
    );
}

#[test]
fn no_rule_keeps_what_it_can_not_judge() {
    for (rule, why) in [
        (
            r#"{"path":"Observation.value.ofType(string)","method":"keep"}"#,
            "this can't be done to Observation.valueString",
        ),
        (
            r#"{"path":"nodesByType('dateTime')","method":"keep"}"#,
            "this can't be done to ",
        ),
        (
            r#"{"path":"nodesByType('Identifier').value","method":"pseudonymize"}"#,
            "this can't be done to Identifier.value",
        ),
        (
            r#"{"path":"Bundle.type","method":"substitute","replaceWith":"Mara"}"#,
            "this can't be done to Bundle.type",
        ),
        (
            r#"{"path":"Patient.birthDate","method":"dateShift"}"#,
            "there is no method dateShift here",
        ),
        (
            r#"{"path":"Patient.birthDate","method":"generalize"}"#,
            "generalize needs `to: year`",
        ),
        (
            r#"{"path":"nodesByType('Quantity').value","method":"round"}"#,
            "round needs `significantDigits`, 1 to 9",
        ),
        (
            r#"{"path":"nodesByType('Address').state","method":"keep","values":"none"}"#,
            "there is no such list of values",
        ),
        (
            r#"{"path":"Patient.quill","method":"keep"}"#,
            "Patient does not define quill",
        ),
        (
            r#"{"path":"Patient.name.family","method":"redact"}"#,
            "name is of a data type, whose elements have rules with nodesByType",
        ),
        (
            r#"{"path":"nodesByType('Quill')","method":"redact"}"#,
            "FHIR R4 has no such element",
        ),
        (
            r#"{"path":"Quill.name","method":"redact"}"#,
            "FHIR R4 has no Quill",
        ),
        (
            r#"{"path":"Patient","method":"redact"}"#,
            "the path is neither Type.element nor nodesByType('Type')",
        ),
    ] {
        let refused = refusal(rule);
        assert!(refused.starts_with(why), "{rule}: {refused}");
    }
    assert!(
        Profile::read(&with_rule(
            r#"{"path":"nodesByType('Address').state","method":"keep","values":"states"}"#
        ))
        .is_ok()
    );
}

#[test]
fn a_file_of_another_form_is_refused() {
    let form = |file: &str| match Profile::read(file).unwrap_err() {
        InvalidProfile::Form(why) => why,
        other => panic!("{other}"),
    };
    assert!(form("{").contains("EOF"));
    assert!(form(&with_rule("").replace("R4", "STU3")).contains("R4"));
    assert!(form(&with_rule("").replace("test/1", "Test 1")).contains("lower-case"));
    assert!(form(&with_rule("").replace("ageLimit", "quill")).contains("quill"));
    let systems = with_rule("").replace(
        r#""ageLimit":89"#,
        r#""ageLimit":89,"codeSystems":[{"system":"https://clinic.example"}]"#,
    );
    assert_eq!(
        Profile::read(&systems).unwrap_err(),
        InvalidProfile::CodeSystem("https://clinic.example".to_owned())
    );
    let listed = systems.replace(
        r#""https://clinic.example""#,
        r#""https://clinic.example","codes":["A1"]"#,
    );
    let profile = Profile::read(&listed).unwrap();
    assert!(profile.keeps_code("https://clinic.example", "A1"));
    assert!(!profile.keeps_code("https://clinic.example", "A2"));
}
