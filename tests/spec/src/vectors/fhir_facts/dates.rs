//! Dates.

use super::case::{Case, case, condition, observation};

pub(super) fn all() -> Vec<Case> {
    let valid = [
        ("a year", "2026", vec!["year=2026"]),
        ("a month", "2026-05", vec!["year=2026", "month=2026-05"]),
        ("a day", "2026-05-31", vec!["year=2026", "month=2026-05"]),
        (
            "a day that its month doesn't have",
            "2026-02-31",
            vec!["year=2026", "month=2026-02"],
        ),
        (
            "a time, in the year that is written, not in UTC's",
            "2026-01-01T00:30:00+02:00",
            vec!["year=2026", "month=2026-01"],
        ),
        (
            "a leap second with a fraction",
            "2016-12-31T23:59:60.123456789012345678901Z",
            vec!["year=2016", "month=2016-12"],
        ),
        (
            "the greatest offset",
            "2026-05-31T10:00:00-14:00",
            vec!["year=2026", "month=2026-05"],
        ),
        (
            "the first year",
            "0001-01",
            vec!["year=0001", "month=0001-01"],
        ),
        ("a time without a zone", "2026-05-31T10:00:00", vec![]),
        ("a time without seconds", "2026-05-31T10:00Z", vec![]),
        ("a time of 24 hours", "2026-05-31T24:00:00Z", vec![]),
        (
            "a time with a point and no fraction",
            "2026-05-31T10:00:00.Z",
            vec![],
        ),
        ("a time of a month", "2026-05T10:00:00Z", vec![]),
        ("an offset of 15 hours", "2026-05-31T10:00:00+15:00", vec![]),
        ("a month 13", "2026-13", vec![]),
        ("a day 00", "2026-05-00", vec![]),
        ("the year 0000", "0000-05", vec![]),
        ("a year of five digits", "12026", vec![]),
        ("a space behind a date", "2026-05-31 ", vec![]),
        ("digits of another script", "２０２６", vec![]),
    ];
    let valid = valid.map(|(name, date, dates)| {
        let document = observation(&format!(r#""effectiveDateTime":"{date}""#));
        case(
            name,
            document,
            &[&["resource=Observation", "status=final"], &dates[..]].concat(),
        )
    });
    let observed = |members: &str| observation(members);
    let others = [
        case(
            "the first of several dates",
            observed(
                r#""issued":"2024-01-01T00:00:00Z","effectivePeriod":{"start":"2025-01","end":"2026"}"#,
            ),
            &[
                "resource=Observation",
                "status=final",
                "year=2025",
                "month=2025-01",
            ],
        ),
        case(
            "the next date where the first is not valid",
            observed(
                r#""effectiveDateTime":"yesterday","effectivePeriod":{"end":"2026"},"effectiveInstant":null,"issued":"2024-01-01T00:00:00Z""#,
            ),
            &[
                "resource=Observation",
                "status=final",
                "year=2024",
                "month=2024-01",
            ],
        ),
        case(
            "a date as a number",
            observed(r#""effectiveDateTime":2026"#),
            &["resource=Observation", "status=final"],
        ),
        case(
            "the onset of a Condition goes before its record",
            condition(r#""onsetPeriod":{"start":"2001"},"recordedDate":"2026-05-04""#),
            &["resource=Condition", "year=2001"],
        ),
        case(
            "the record of a Condition without an onset",
            condition(
                r#""onsetString":"childhood","abatementDateTime":"2025","recordedDate":"2026-05-04""#,
            ),
            &["resource=Condition", "year=2026", "month=2026-05"],
        ),
        case(
            "when a prescription was written",
            r#"{"resourceType":"MedicationRequest","status":"active","intent":"order","authoredOn":"2026-05"}"#,
            &[
                "resource=MedicationRequest",
                "status=active",
                "year=2026",
                "month=2026-05",
            ],
        ),
        case(
            "when a Procedure began",
            r#"{"resourceType":"Procedure","status":"completed","performedPeriod":{"start":"2026-05-04"}}"#,
            &[
                "resource=Procedure",
                "status=completed",
                "year=2026",
                "month=2026-05",
            ],
        ),
        case(
            "when a vaccine was given",
            r#"{"resourceType":"Immunization","status":"completed","recorded":"2026","occurrenceDateTime":"2025-05"}"#,
            &[
                "resource=Immunization",
                "status=completed",
                "year=2025",
                "month=2025-05",
            ],
        ),
    ];
    valid.into_iter().chain(others).collect()
}
