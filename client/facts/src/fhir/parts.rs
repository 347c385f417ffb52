//! The resource of a document, and its patient.

use super::resource_type::ResourceType;
use crate::json::{Object, Value};

/// What a document consists of.
pub struct Parts<'v, 'a> {
    pub resource: &'v Object<'a>,
    pub kind: &'static ResourceType,
    /// There is one in a Bundle.
    pub patient: Option<&'v Object<'a>>,
}

impl<'v, 'a> Parts<'v, 'a> {
    /// `None`: the document is neither a resource of a known type nor a Bundle of one and its patient.
    pub fn of(document: &'v Value<'a>) -> Option<Self> {
        let object = document.as_object()?;
        if object.string("resourceType")? == "Bundle" {
            return Self::of_bundle(object);
        }
        Some(Self {
            resource: object,
            kind: ResourceType::of(object)?,
            patient: None,
        })
    }

    fn of_bundle(bundle: &'v Object<'a>) -> Option<Self> {
        if bundle.string("type")? != "collection" {
            return None;
        }
        let [one, other] = bundle.items("entry") else {
            return None;
        };
        let entries = [one.as_object()?, other.as_object()?];
        let resources = [
            entries[0].object("resource")?,
            entries[1].object("resource")?,
        ];
        let is_patient =
            resources.map(|resource| resource.string("resourceType") == Some("Patient"));
        let place = is_patient.iter().position(|is_patient| *is_patient)?;
        let resource = resources[1 - place];
        // `None` for a second patient.
        let kind = ResourceType::of(resource)?;
        let reference = resource.object(kind.subject)?.string("reference")?;
        let url = entries[place].string("fullUrl")?;
        is_of(reference, url).then_some(Self {
            resource,
            kind,
            patient: Some(resources[place]),
        })
    }
}

/// Whether a reference names the entry with this `fullUrl`.
fn is_of(reference: &str, url: &str) -> bool {
    let is_relative = || {
        let base = url.strip_suffix(reference);
        reference.starts_with("Patient/") && base.is_some_and(|base| base.ends_with('/'))
    };
    !reference.is_empty() && (reference == url || is_relative())
}
