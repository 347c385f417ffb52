//! Facts about the patient of a Bundle.

use super::{date::Date, list::FactList};
use crate::json::Object;

const GENDERS: [&str; 4] = ["male", "female", "other", "unknown"];
/// The greatest age that a year of birth may show.
const MAX_AGE: u16 = 89;

/// Adds the facts of a patient to those of a resource of this date.
pub fn add_facts(facts: &mut FactList, patient: &Object<'_>, date: Option<Date<'_>>) {
    let gender = patient
        .string("gender")
        .filter(|gender| GENDERS.contains(gender));
    facts.add("gender", 1, gender.map(str::to_owned));
    let birth = date.and_then(|date| birth_year(patient, date));
    facts.add("birth-year", 1, birth.map(str::to_owned));
    facts.add(
        "birth-decade",
        1,
        birth.map(|year| format!("{}0", &year[..3])),
    );
    facts.add("country", 1, country(patient).map(str::to_owned));
}

/// The year of birth, unless the patient could have been over 89 in the year of the date.
fn birth_year<'s>(patient: &'s Object<'_>, date: Date<'_>) -> Option<&'s str> {
    let birth = Date::of_day(patient.string("birthDate")?)?;
    let age = date.year_number().checked_sub(birth.year_number())?;
    (age <= MAX_AGE).then(|| birth.year())
}

/// The country of all homes.
fn country<'s>(patient: &'s Object<'_>) -> Option<&'s str> {
    let homes = patient.objects("address").filter(|address| {
        address
            .get("use")
            .is_none_or(|purpose| purpose.as_str() == Some("home"))
    });
    let mut countries = homes
        .filter_map(|address| address.string("country"))
        .filter(|country| is_code(country));
    let country = countries.next()?;
    countries.all(|other| other == country).then_some(country)
}

fn is_code(country: &str) -> bool {
    matches!(country.len(), 2 | 3) && country.bytes().all(|byte| byte.is_ascii_uppercase())
}
