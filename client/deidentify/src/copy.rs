//! Research copies.

use generion_fhir::{ElementType, Primitive, Type, definitions};

use crate::{
    date,
    error::{DeidentifyError, NotDeidentified, Unreadable},
    json::{self, Node},
    profile::Profile,
    pseudonym::PseudonymKey,
    references::{Pseudonyms, Resources, resource_type},
    report::Report,
    walk::{Dates, Walk},
};

/// A document without the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResearchCopy {
    /// The document, JSON without whitespace.
    pub document: Vec<u8>,
    /// What was done to the original.
    pub report: Report,
}

/// Makes the research copy of a document: a FHIR R4 resource in JSON, or a Bundle. What the profile does not keep is dropped.
/// The same document, profile, key and year make the same copy, and a copy is its own copy.
///
/// `year` is the present one, or the year in which the copy will be written. A date more than 89 years before it, or before
/// the last date of the document, tells of an age over 89 and is dropped. A date of birth is also dropped where the copy has
/// no other date, because then nothing in it says how old the person was.
///
/// Where FHIR asks for an element that was dropped, the extension `data-absent-reason` with `masked` takes its place. The
/// copy's `meta` has the security labels `PSEUDED`, `REDACTED` and `ABSTRED` of HL7's v3-ObservationValue and nothing else. A
/// Bundle becomes a `collection`, because other types need what is dropped here.
///
/// # Errors
/// [`DeidentifyError`].
pub fn deidentify(
    document: &[u8],
    profile: &Profile,
    key: &PseudonymKey,
    year: u16,
) -> Result<ResearchCopy, DeidentifyError> {
    let (copy, report) = apply(
        &json::read(document)?,
        profile,
        Pseudonyms::Key(key),
        Some(year),
    )?;
    Ok(ResearchCopy {
        document: json::write(&copy).into_bytes(),
        report,
    })
}

/// Refuses a document that a profile would change, so that nobody attests that it is de-identified. Pseudonyms count as such
/// by their form: without the creator's key nobody can tell more. `year` is that in which the record was written.
///
/// # Errors
/// [`NotDeidentified`] with the elements that the profile would change.
pub fn require_deidentified(
    document: &[u8],
    profile: &Profile,
    year: Option<u16>,
) -> Result<(), NotDeidentified> {
    let document = json::read(document).map_err(DeidentifyError::from)?;
    let (copy, report) = apply(&document, profile, Pseudonyms::Present, year)?;
    if copy == document {
        return Ok(());
    }
    let mut paths: Vec<_> = report.changes().map(|(path, ..)| path.to_owned()).collect();
    paths.dedup();
    if paths.is_empty() {
        // Only the labels are missing.
        paths.push("meta".to_owned());
    }
    Err(NotDeidentified::Changed {
        profile: profile.name().to_owned(),
        paths,
    })
}

fn apply(
    document: &Node,
    profile: &Profile,
    pseudonyms: Pseudonyms,
    year: Option<u16>,
) -> Result<(Node, Report), DeidentifyError> {
    let name = resource_type(document).ok_or(Unreadable::NoResource)?;
    let of = definitions().resource(name).ok_or(Unreadable::NoResource)?;
    let resources = Resources::of(document);
    let copy = |dates: Dates| {
        let mut walk = Walk::new(profile, pseudonyms, &resources, dates);
        let copy = walk.document(of, document)?;
        let mut years = Vec::new();
        find_years(of, &copy, false, &mut years);
        Ok::<_, DeidentifyError>((copy, walk.report, years))
    };
    let all = Dates {
        oldest: None,
        births: true,
    };
    // The last date that the copy has decides which others are too old.
    let (_, _, years) = copy(all)?;
    let dates = years.iter().filter(|year| !year.is_birth);
    let last = dates.map(|year| year.year).max();
    let oldest = |last: u16| last.max(year.unwrap_or(0)) - profile.age_limit();
    let some = Dates {
        oldest: last.map(oldest),
        births: last.is_some(),
    };
    let (node, report, years) = copy(some)?;
    // Without a date that is left, nothing says how old the person was.
    let is_undated = some.births && !years.is_empty() && years.iter().all(|year| year.is_birth);
    match is_undated {
        false => Ok((node, report)),
        true => {
            let (node, report, _) = copy(Dates {
                births: false,
                ..some
            })?;
            Ok((node, report))
        }
    }
}

/// A year that a copy has.
struct Year {
    year: u16,
    is_birth: bool,
}

fn find_years(of: &Type, copy: &Node, is_birth: bool, years: &mut Vec<Year>) {
    for (name, value) in copy.as_object().into_iter().flatten() {
        let Some(element) = definitions().element(of, name) else {
            continue;
        };
        let is_birth = is_birth || date::is_birth(&element.name);
        let items = match value {
            Node::List(items) => items.as_slice(),
            value => core::slice::from_ref(value),
        };
        for item in items {
            match element.of {
                ElementType::Primitive(_, Primitive::Date) => {
                    let year = item.as_text().and_then(date::year);
                    years.extend(year.map(|year| Year { year, is_birth }));
                }
                ElementType::Primitive(..) => {}
                ElementType::Complex(name) => {
                    if let Some(of) = definitions().complex(name) {
                        find_years(of, item, is_birth, years);
                    }
                }
                ElementType::Resource => {
                    let own = resource_type(item).and_then(|name| definitions().resource(name));
                    if let Some(of) = own {
                        find_years(of, item, false, years);
                    }
                }
            }
        }
    }
}
