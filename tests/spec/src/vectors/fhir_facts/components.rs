//! Components, and a document with as many facts as fit.

use super::{
    case::{Case, case, observation},
    values::{codings, facts, quantity},
};

pub(super) fn all() -> Vec<Case> {
    let component = |code: &str, value: &str| format!(r#"{{"code":{code},{value}}}"#);
    let all =
        |components: &[String]| observation(&format!(r#""component":[{}]"#, components.join(",")));
    let (one, two) = (
        codings(&[("s", "1")]),
        codings(&[("t", "2"), ("s", "1=0"), ("s", "2")]),
    );
    let coded = format!(
        r#""valueCodeableConcept":{}"#,
        codings(&[("v", "d"), ("v", "b"), ("v", "a"), ("v", "c=")])
    );
    let seven = codings(&[
        ("c", "7"),
        ("c", "6"),
        ("c", "5"),
        ("c", "4"),
        ("c", "3"),
        ("c", "2"),
        ("c", "1"),
    ]);
    let long = "c".repeat(124);
    let with_long = codings(&[
        ("c", &long),
        ("c", "1"),
        ("c", "2"),
        ("c", "3"),
        ("c", "4"),
        ("c", "5"),
        ("d", "6"),
    ]);
    vec![
        case(
            "components: a quantity, two codes, one with an equals sign",
            all(&[
                component(&two, &quantity("80")),
                component(&one, &quantity("120")),
            ]),
            &facts(
                &[],
                &[
                    "component=s|1=120 mg/dL",
                    "component=s|2=80 mg/dL",
                    "component=t|2=80 mg/dL",
                ],
            ),
        ),
        case(
            "a component with coded values",
            all(&[component(&one, &coded)]),
            &facts(
                &[],
                &[
                    "component=s|1=v|a",
                    "component=s|1=v|b",
                    "component=s|1=v|c=",
                ],
            ),
        ),
        case(
            "more components than are kept",
            all(&[
                component(&seven, &coded),
                component(&codings(&[("b", "1")]), &quantity("5")),
            ]),
            &facts(
                &[],
                &[
                    "component=b|1=5 mg/dL",
                    "component=c|1=v|a",
                    "component=c|1=v|b",
                    "component=c|1=v|c=",
                    "component=c|2=v|a",
                    "component=c|2=v|b",
                ],
            ),
        ),
        case(
            "a component whose seventh code doesn't count, though the sixth is too long",
            all(&[component(&with_long, &quantity("5"))]),
            &facts(
                &[],
                &[
                    "component=c|1=5 mg/dL",
                    "component=c|2=5 mg/dL",
                    "component=c|3=5 mg/dL",
                    "component=c|4=5 mg/dL",
                    "component=c|5=5 mg/dL",
                ],
            ),
        ),
        case(
            "components without code or value, and null",
            all(&[
                component(&one, r#""dataAbsentReason":{}"#),
                format!("{{{}}}", quantity("5")),
                "null".to_owned(),
            ]),
            &facts(&[], &[]),
        ),
        case("as many facts as there are leaves", most(), &MOST),
    ]
}

/// A Bundle with as many facts as a document can have.
fn most() -> String {
    let concepts = |count: usize| {
        let codes: Vec<_> = (0..count).map(|code| code.to_string()).collect();
        codings(
            &codes
                .iter()
                .map(|code| ("s", &code[..]))
                .collect::<Vec<_>>(),
        )
    };
    let interpretation = concepts(9).replace(
        r#""s""#,
        r#""http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation""#,
    );
    let observation = observation(&format!(
        r#""subject":{{"reference":"urn:a"}},"issued":"2026-05-04T10:00:00Z","code":{code},"category":[{code}],"valueCodeableConcept":{code},"interpretation":[{interpretation}],"component":[{{"code":{code},"valueCodeableConcept":{code}}}]"#,
        code = concepts(9)
    ));
    let patient = r#"{"resourceType":"Patient","gender":"male","birthDate":"1980-01","address":[{"country":"US"}]}"#;
    format!(
        r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"resource":{observation}}},{{"fullUrl":"urn:a","resource":{patient}}}]}}"#
    )
}

const MOST: [&str; 29] = [
    "resource=Observation",
    "code=s|0",
    "code=s|1",
    "code=s|2",
    "code=s|3",
    "code=s|4",
    "code=s|5",
    "category=s|0",
    "category=s|1",
    "category=s|2",
    "status=final",
    "year=2026",
    "month=2026-05",
    "value=s|0",
    "value=s|1",
    "value=s|2",
    "interpretation=0",
    "interpretation=1",
    "interpretation=2",
    "component=s|0=s|0",
    "component=s|0=s|1",
    "component=s|0=s|2",
    "component=s|1=s|0",
    "component=s|1=s|1",
    "component=s|1=s|2",
    "gender=male",
    "birth-year=1980",
    "birth-decade=1980",
    "country=US",
];
