//! Codes and values.

use super::case::{Case, case, observation};

/// Codings in JSON.
pub(super) fn codings(pairs: &[(&str, &str)]) -> String {
    let codings = pairs
        .iter()
        .map(|(system, code)| format!(r#"{{"system":"{system}","code":"{code}"}}"#));
    format!(
        r#"{{"coding":[{}]}}"#,
        codings.collect::<Vec<_>>().join(",")
    )
}

fn of_code(pairs: &[(&str, &str)]) -> String {
    observation(&format!(r#""code":{}"#, codings(pairs)))
}

pub(super) fn quantity(value: &str) -> String {
    format!(
        r#""valueQuantity":{{"value":{value},"system":"http://unitsofmeasure.org","code":"mg/dL"}}"#
    )
}

/// The facts of an Observation, some of them before its status.
pub(super) fn facts(before: &[&'static str], behind: &[&'static str]) -> Vec<&'static str> {
    [&["resource=Observation"], before, &["status=final"], behind].concat()
}

pub(super) fn all() -> Vec<Case> {
    let value =
        |value: &str, fact: &[&'static str]| (observation(&quantity(value)), facts(&[], fact));
    let numbers = [
        ("a decimal", value("7.20", &["value=7.2 mg/dL"])),
        ("an exponent", value("-12.50E+2", &["value=-1250 mg/dL"])),
        (
            "a negative exponent",
            value("12e-3", &["value=0.012 mg/dL"]),
        ),
        ("minus zero", value("-0.00", &["value=0 mg/dL"])),
        (
            "zero with an exponent",
            value("0E99999999999999999999", &["value=0 mg/dL"]),
        ),
        (
            "18 digits",
            value("123456789012345.678", &["value=123456789012345.678 mg/dL"]),
        ),
        ("19 digits", value("1234567890123456.789", &[])),
        (
            "19 digits of which the last are zeros",
            value("1.000000000000000000", &["value=1 mg/dL"]),
        ),
        (
            "18 digits by an exponent",
            value("1e17", &["value=100000000000000000 mg/dL"]),
        ),
        ("19 digits by an exponent", value("1e18", &[])),
        (
            "18 digits behind the point",
            value("1e-17", &["value=0.00000000000000001 mg/dL"]),
        ),
        (
            "19 digits, of which one is before the point",
            value("1e-18", &[]),
        ),
        ("a number that no float holds", value("1E400", &[])),
        ("a number as a string", value(r#""7.2""#, &[])),
    ];
    let numbers = numbers.map(|(name, (document, facts))| case(name, document, &facts));
    numbers.into_iter().chain(codes()).chain(values()).collect()
}

fn codes() -> Vec<Case> {
    let loinc = "http://loinc.org";
    let many: Vec<_> = ["9", "8", "7", "10", "3", "2", "1"]
        .map(|code| ("s", code))
        .to_vec();
    let longest = "c".repeat(121);
    let too_long = "c".repeat(122);
    vec![
        case(
            "codes: each once, sorted by bytes",
            of_code(&[("b", "1"), ("a", "2"), ("b", "1"), ("a", "10")]),
            &facts(&["code=a|10", "code=a|2", "code=b|1"], &[]),
        ),
        case(
            "seven codes",
            of_code(&many),
            &facts(
                &[
                    "code=s|1",
                    "code=s|10",
                    "code=s|2",
                    "code=s|3",
                    "code=s|7",
                    "code=s|8",
                ],
                &[],
            ),
        ),
        case(
            "codes that are left out, and don't count",
            of_code(&[
                ("", "1"),
                ("s", ""),
                ("s|t", "1"),
                ("s", "1|2"),
                ("s", "größe"),
                ("s", "\\u0009"),
                ("s", &too_long),
                ("s", "x"),
            ]),
            &facts(&["code=s|x"], &[]),
        ),
        case(
            "the longest code",
            of_code(&[("s", &longest)]),
            &[
                "resource=Observation",
                &format!("code=s|{longest}"),
                "status=final",
            ],
        ),
        case(
            "spaces in a code, and an escape",
            of_code(&[("s ", " \\u0061 ")]),
            &facts(&["code=s | a "], &[]),
        ),
        case(
            "codings of other types",
            observation(
                r#""code":{"coding":[null,"x",[],{"system":"s"},{"system":1,"code":"x"},{"system":"s","code":null},{"system":"s","code":"y","version":"1","display":"Y"}]}"#,
            ),
            &facts(&["code=s|y"], &[]),
        ),
        case(
            "one coding in the place of an array",
            observation(r#""code":{"coding":{"system":"s","code":"x"}}"#),
            &facts(&[], &[]),
        ),
        case(
            "an array in the place of a concept",
            observation(&format!(r#""code":[{}]"#, codings(&[(loinc, "1")]))),
            &facts(&[], &[]),
        ),
        case(
            "categories of several concepts",
            observation(&format!(
                r#""category":[{},null,{},{}]"#,
                codings(&[("s", "d"), ("s", "c")]),
                codings(&[("s", "b"), ("s", "d")]),
                codings(&[("s", "a")])
            )),
            &facts(&["category=s|a", "category=s|b", "category=s|c"], &[]),
        ),
        case(
            "a category in the place of an array",
            observation(&format!(r#""category":{}"#, codings(&[("s", "a")]))),
            &facts(&[], &[]),
        ),
        case(
            "the category of a Procedure is one",
            format!(
                r#"{{"resourceType":"Procedure","status":"completed","category":{}}}"#,
                codings(&[("s", "a")])
            ),
            &["resource=Procedure", "category=s|a", "status=completed"],
        ),
        case(
            "a vaccine",
            format!(
                r#"{{"resourceType":"Immunization","status":"completed","code":{},"vaccineCode":{}}}"#,
                codings(&[("s", "a")]),
                codings(&[("http://hl7.org/fhir/sid/cvx", "104")])
            ),
            &[
                "resource=Immunization",
                "code=http://hl7.org/fhir/sid/cvx|104",
                "status=completed",
            ],
        ),
        case(
            "medication by a reference",
            r##"{"resourceType":"MedicationRequest","status":"active","intent":"order","contained":[{"resourceType":"Medication","id":"m","code":{"coding":[{"system":"s","code":"m"}]}}],"medicationReference":{"reference":"#m"}}"##,
            &["resource=MedicationRequest", "status=active"],
        ),
        case(
            "medication by its code",
            format!(
                r#"{{"resourceType":"MedicationStatement","status":"completed","medicationCodeableConcept":{}}}"#,
                codings(&[("s", "m")])
            ),
            &[
                "resource=MedicationStatement",
                "code=s|m",
                "status=completed",
            ],
        ),
    ]
}

fn values() -> Vec<Case> {
    let value = |members: &str| {
        observation(&format!(
            r#""valueQuantity":{{"value":5,"system":"http://unitsofmeasure.org","code":"mg/dL",{members}}}"#
        ))
    };
    let coded = codings(&[("s", "d"), ("s", "b"), ("s", "c"), ("s", "a")]);
    vec![
        case(
            "a comparator",
            value(r#""comparator":"<=""#),
            &facts(&[], &["value=<=5 mg/dL"]),
        ),
        case(
            "a comparator that R4 doesn't have",
            value(r#""comparator":"ad""#),
            &facts(&[], &[]),
        ),
        case(
            "a comparator that is null",
            value(r#""comparator":null"#),
            &facts(&[], &[]),
        ),
        case(
            "a unit in words, which is not read",
            value(r#""unit":"milligrams""#),
            &facts(&[], &["value=5 mg/dL"]),
        ),
        case(
            "a unit of another system",
            observation(
                r#""valueQuantity":{"value":5,"system":"http://snomed.info/sct","code":"258797006"}"#,
            ),
            &facts(&[], &[]),
        ),
        case(
            "no unit",
            observation(r#""valueQuantity":{"value":5,"unit":"mg"}"#),
            &facts(&[], &[]),
        ),
        case(
            "a unit with a space",
            observation(
                r#""valueQuantity":{"value":5,"system":"http://unitsofmeasure.org","code":"mg /dL"}"#,
            ),
            &facts(&[], &[]),
        ),
        case(
            "a unit with a bar",
            observation(
                r#""valueQuantity":{"value":5,"system":"http://unitsofmeasure.org","code":"{a|b}"}"#,
            ),
            &facts(&[], &[]),
        ),
        case(
            "the unit of numbers without a dimension",
            observation(
                r#""valueQuantity":{"value":5,"system":"http://unitsofmeasure.org","code":"1"}"#,
            ),
            &facts(&[], &["value=5 1"]),
        ),
        case(
            "coded values",
            observation(&format!(r#""valueCodeableConcept":{coded}"#)),
            &facts(&[], &["value=s|a", "value=s|b", "value=s|c"]),
        ),
        case(
            "a quantity and a coded value",
            observation(&format!(
                r#"{},"valueCodeableConcept":{coded}"#,
                quantity("5")
            )),
            &facts(&[], &[]),
        ),
        case(
            "a quantity beside null",
            observation(&format!(r#"{},"valueCodeableConcept":null"#, quantity("5"))),
            &facts(&[], &[]),
        ),
        case(
            "values of other kinds",
            observation(r#""valueString":"5","valueBoolean":true,"valueInteger":5"#),
            &facts(&[], &[]),
        ),
        case(
            "a value of another type than an Observation",
            format!(
                r#"{{"resourceType":"Procedure","status":"completed",{}}}"#,
                quantity("5")
            ),
            &["resource=Procedure", "status=completed"],
        ),
        case(
            "interpretations",
            observation(
                r#""interpretation":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"H"},{"system":"http://hl7.org/fhir/v2/0078","code":"HH"}]},{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"A"},{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"H"},{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"U"},{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"N"}]}]"#,
            ),
            &facts(
                &[],
                &["interpretation=A", "interpretation=H", "interpretation=N"],
            ),
        ),
    ]
}
