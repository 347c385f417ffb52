//! Concepts, which FHIR calls CodeableConcept, and their codings.

use crate::json::Object;

/// A code of a code system. Both are printable ASCII, not empty, and without `|`.
#[derive(Clone, Copy)]
pub struct Coding<'a> {
    pub system: &'a str,
    pub code: &'a str,
}

impl<'a> Coding<'a> {
    fn of(object: &'a Object<'_>) -> Option<Self> {
        let (system, code) = (object.string("system")?, object.string("code")?);
        (is_part(system) && is_part(code)).then_some(Self { system, code })
    }

    /// As a fact has it.
    pub fn to_value(self) -> String {
        format!("{}|{}", self.system, self.code)
    }
}

fn is_part(text: &str) -> bool {
    let is_printable = |byte: u8| (0x20..=0x7e).contains(&byte) && byte != b'|';
    !text.is_empty() && text.bytes().all(is_printable)
}

/// The codings of a concept.
pub fn of_concept<'s>(concept: &'s Object<'_>) -> impl Iterator<Item = Coding<'s>> {
    of_list(concept, "coding")
}

/// The codings of a member that is an array of them.
pub fn of_list<'s>(object: &'s Object<'_>, name: &str) -> impl Iterator<Item = Coding<'s>> {
    object.objects(name).filter_map(|object| Coding::of(object))
}

/// The codings of a member that is a concept, as facts have them.
pub fn of_member(object: &Object<'_>, name: &str) -> Vec<String> {
    let concept = object.object(name).into_iter();
    let codings = concept.flat_map(|concept| of_concept(concept));
    codings.map(Coding::to_value).collect()
}
