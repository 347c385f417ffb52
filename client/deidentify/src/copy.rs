//! Research copies.

use generion_fhir::definitions;

use crate::{
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
        Ok::<_, DeidentifyError>((copy, walk.report, walk.years))
    };
    // The last date that the copy has decides which others are too old.
    let (_, _, years) = copy(Dates::All)?;
    let last = years
        .iter()
        .filter(|year| !year.is_birth)
        .map(|year| year.year)
        .max();
    let oldest = |last: u16| last.max(year.unwrap_or(0)) - profile.age_limit();
    let dates = match last {
        Some(last) => Dates::Since(oldest(last)),
        None => Dates::NoBirth,
    };
    let (node, report, years) = copy(dates)?;
    if years.iter().all(|year| year.is_birth) && !years.is_empty() {
        let (node, report, _) = copy(Dates::NoBirth)?;
        return Ok((node, report));
    }
    Ok((node, report))
}
