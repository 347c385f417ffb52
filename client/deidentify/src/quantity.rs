//! Numbers with their units, and ages among them.

use generion_fhir::units;

use crate::{
    decimal::{measure, rounded},
    json::{Members, Node, member},
    profile::Profile,
};

const UCUM: &str = "http://unitsofmeasure.org";
/// Units of time in years: in UCUM's notation and as people write them.
const YEARS: [(&str, f64); 6] = [
    ("a a_j a_t a_g year years yr yrs", 1.0),
    ("mo mo_j mo_s mo_g month months", 1.0 / 12.0),
    ("wk week weeks", 7.0 / 365.25),
    ("d day days", 1.0 / 365.25),
    ("h hour hours hr hrs", 1.0 / 8766.0),
    (
        "min minute minutes s second seconds sec",
        1.0 / (8766.0 * 3600.0),
    ),
];

/// What becomes of a quantity.
#[derive(Debug, PartialEq)]
pub(crate) enum Judged {
    Kept(Members),
    Rounded(Members),
    /// An age over the limit, which became "so many or more".
    Aged(Members),
    Dropped,
}

/// How a quantity is judged.
pub(crate) struct Rules<'a> {
    pub(crate) profile: &'a Profile,
    /// Significant digits, if its value is to be rounded.
    pub(crate) digits: Option<usize>,
    /// Whether it is said to be an age, by the code beside it.
    pub(crate) is_age: bool,
    /// Whether FHIR allows a comparator here.
    pub(crate) may_compare: bool,
}

/// Judges number, comparator, unit and code of a quantity together.
pub(crate) fn judge(quantity: &Members, rules: &Rules) -> Judged {
    let text = |name: &str| member(quantity, name).and_then(Node::as_text);
    let (unit, system, code) = (text("unit"), text("system"), text("code"));
    let is_unit = unit.is_some_and(units::is_unit);
    let is_coded = system
        .zip(code)
        .is_some_and(|(system, code)| rules.profile.keeps_code(system, code));
    let has_unit = ["unit", "code", "system"]
        .iter()
        .any(|name| member(quantity, name).is_some());
    let Some(Node::Number(written)) = member(quantity, "value") else {
        return Judged::Dropped;
    };
    // A number of a unit that isn't known says nothing.
    if (has_unit && !is_unit && !is_coded) || measure(written, has_unit).is_none() {
        return Judged::Dropped;
    }
    let comparator = match member(quantity, "comparator") {
        None => None,
        Some(Node::Text(text)) if ["<", "<=", ">=", ">"].contains(&text.as_str()) => Some(text),
        Some(_) => return Judged::Dropped,
    };
    let value = match rules.digits {
        None => written.clone(),
        Some(digits) => match rounded(written, digits) {
            Some(value) => value,
            None => return Judged::Dropped,
        },
    };
    let units = [code.filter(|_| is_coded), unit.filter(|_| is_unit)];
    let units: Vec<_> = units.into_iter().flatten().collect();
    // Years in tens, and other ages that nobody writes.
    if units.iter().any(|unit| is_scaled_time(unit)) {
        return Judged::Dropped;
    }
    // Where unit and code contradict each other, the greater one.
    let years = units.iter().filter_map(|unit| in_years(unit));
    let year = years
        .reduce(f64::max)
        .or((rules.is_age && units.is_empty()).then_some(1.0));
    if rules.is_age && year.is_none() {
        return Judged::Dropped;
    }
    let limit = f64::from(rules.profile.age_limit()) + 1.0;
    if year.is_some_and(|year| exceeds(&value, year, limit)) {
        let is_at_least = comparator.is_none_or(|comparator| comparator.starts_with('>'));
        return match rules.may_compare && is_at_least {
            true => Judged::Aged(at_least(rules.profile.age_limit() + 1)),
            false => Judged::Dropped,
        };
    }
    let is_rounded = value != *written;
    let mut kept = vec![("value".to_owned(), Node::Number(value))];
    let mut keep = |name: &str, text: Option<&str>| {
        kept.extend(text.map(|text| (name.to_owned(), Node::text(text))));
    };
    keep("comparator", comparator.map(String::as_str));
    keep("unit", unit.filter(|_| is_unit));
    keep("system", system.filter(|_| is_coded));
    keep("code", code.filter(|_| is_coded));
    match is_rounded {
        true => Judged::Rounded(kept),
        false => Judged::Kept(kept),
    }
}

/// Whether a number of years, or of parts of years, reaches the limit.
pub(crate) fn exceeds(number: &str, year: f64, limit: f64) -> bool {
    // Only compared: a float will do.
    number
        .parse::<f64>()
        .is_ok_and(|number| number * year >= limit)
}

/// Whether a unit is so many times a unit of time, such as `10*.a`.
fn is_scaled_time(unit: &str) -> bool {
    let mut parts = unit.split('.');
    !unit.contains('/') && unit.contains('.') && parts.any(|part| in_years(part).is_some())
}

fn in_years(unit: &str) -> Option<f64> {
    let unit = unit.to_lowercase();
    let found = YEARS
        .iter()
        .find(|(units, _)| units.split(' ').any(|one| one == unit));
    found.map(|(_, years)| *years)
}

/// The category of all greater ages.
pub(crate) fn at_least(years: u16) -> Members {
    [
        ("value", Node::Number(years.to_string())),
        ("comparator", Node::text(">=")),
        ("system", Node::text(UCUM)),
        ("code", Node::text("a")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

/// Whether a quantity is the category of all greater ages.
pub(crate) fn is_at_least(quantity: &Members) -> bool {
    let Some(Node::Number(years)) = member(quantity, "value") else {
        return false;
    };
    years
        .parse()
        .is_ok_and(|years| at_least(years) == *quantity)
}

/// Whether a quantity is an age that belongs to a category of all greater ages. One without a unit is.
pub(crate) fn is_category_of(quantity: &Members, category: &Members) -> bool {
    let text = |name: &str| member(quantity, name).and_then(Node::as_text);
    let year = ["code", "unit"]
        .into_iter()
        .filter_map(text)
        .find_map(in_years);
    let (Some(Node::Number(number)), Some(Node::Number(least))) =
        (member(quantity, "value"), member(category, "value"))
    else {
        return false;
    };
    // Rounded to it, or greater.
    let number = rounded(number, 3).unwrap_or_default();
    let has_unit = text("code").or(text("unit")).is_some();
    let year = year.or((!has_unit).then_some(1.0));
    least
        .parse()
        .is_ok_and(|least| year.is_some_and(|year| exceeds(&number, year, least)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn judged(quantity: &str, is_age: bool, may_compare: bool) -> String {
        let node = json::read(quantity.as_bytes()).unwrap();
        let rules = Rules {
            profile: Profile::safe_harbor(),
            digits: Some(3),
            is_age,
            may_compare,
        };
        match judge(node.as_object().unwrap(), &rules) {
            Judged::Dropped => "dropped".to_owned(),
            Judged::Kept(members) | Judged::Rounded(members) | Judged::Aged(members) => {
                json::write(&Node::Object(members))
            }
        }
    }

    const AT_LEAST_90: &str =
        r#"{"value":90,"comparator":">=","system":"http://unitsofmeasure.org","code":"a"}"#;

    #[test]
    fn a_number_stays_with_its_unit_or_not_at_all() {
        for (quantity, expected) in [
            (
                r#"{"value":7.20,"unit":"%","system":"http://unitsofmeasure.org","code":"%"}"#,
                r#"{"value":7.20,"unit":"%","system":"http://unitsofmeasure.org","code":"%"}"#,
            ),
            (
                r#"{"id":"MRN-1","value":83.914,"comparator":"<","unit":"Mara","system":"http://unitsofmeasure.org","code":"kg"}"#,
                r#"{"value":83.9,"comparator":"<","system":"http://unitsofmeasure.org","code":"kg"}"#,
            ),
            (
                r#"{"value":15,"unit":"lbs","code":"Mara"}"#,
                r#"{"value":15,"unit":"lbs"}"#,
            ),
            (r#"{"value":15}"#, r#"{"value":15}"#),
            (r#"{"value":482913}"#, "dropped"),
            (r#"{"value":15,"unit":"Mara"}"#, "dropped"),
            (r#"{"value":"15"}"#, "dropped"),
            (r#"{"value":15,"comparator":"Mara"}"#, "dropped"),
            (r#"{"unit":"kg"}"#, "dropped"),
        ] {
            assert_eq!(judged(quantity, false, true), expected, "{quantity}");
        }
    }

    #[test]
    fn no_age_over_89_stays() {
        for quantity in [
            r#"{"value":93,"unit":"years","system":"http://unitsofmeasure.org","code":"a"}"#,
            r#"{"value":90,"comparator":">","system":"http://unitsofmeasure.org","code":"a"}"#,
            // Rounded to 90.0.
            r#"{"value":89.96,"unit":"yr"}"#,
            r#"{"value":1116,"unit":"mo","system":"http://unitsofmeasure.org","code":"mo"}"#,
            r#"{"value":33000,"unit":"days"}"#,
            AT_LEAST_90,
        ] {
            assert_eq!(judged(quantity, false, true), AT_LEAST_90, "{quantity}");
            assert_eq!(judged(quantity, false, false), "dropped", "{quantity}");
        }
        // Less than 95 may be less than 90.
        let less = r#"{"value":95,"comparator":"<","unit":"a"}"#;
        assert_eq!(judged(less, false, true), "dropped");
        // By the code of the observation alone.
        assert_eq!(judged(r#"{"value":93}"#, true, true), AT_LEAST_90);
        assert_eq!(judged(r#"{"value":93}"#, false, true), r#"{"value":93}"#);
        for quantity in [
            r#"{"value":93,"unit":"years","system":"http://unitsofmeasure.org","code":"mo"}"#,
            r#"{"value":1116,"unit":"mo","system":"http://unitsofmeasure.org","code":"d"}"#,
        ] {
            assert_eq!(judged(quantity, false, true), AT_LEAST_90, "{quantity}");
        }
        assert_eq!(
            judged(r#"{"value":9.3,"unit":"10*.a"}"#, false, true),
            "dropped"
        );
        assert_eq!(
            judged(r#"{"value":1,"unit":"93.a"}"#, false, true),
            "dropped"
        );
        // No age is in kilograms.
        assert_eq!(judged(r#"{"value":93,"unit":"kg"}"#, true, true), "dropped");
        let younger = r#"{"value":89,"unit":"a"}"#;
        assert_eq!(judged(younger, true, true), younger);
    }
}
