//! Values of an Observation and of its components.

use std::collections::BTreeSet;

use super::{
    coding::{self, Coding},
    list::first,
};
use crate::{decimal, json::Object};

/// Most values of an object.
pub const MAX_VALUES: usize = 3;
/// Most codings of a component that are combined with its values.
const MAX_COMPONENT_CODINGS: usize = 6;
/// The system of units: UCUM.
const UCUM: &str = "http://unitsofmeasure.org";

/// The values of an Observation or of a component, as facts have them.
pub fn values(object: &Object<'_>) -> BTreeSet<String> {
    let (quantity, concept) = ("valueQuantity", "valueCodeableConcept");
    match (object.get(quantity), object.get(concept)) {
        (Some(_), None) => object
            .object(quantity)
            .and_then(quantity_value)
            .into_iter()
            .collect(),
        (None, Some(_)) => coding::of_member(object, concept).into_iter().collect(),
        _ => BTreeSet::new(),
    }
}

/// Coding and value of each component.
pub fn components(resource: &Object<'_>) -> impl Iterator<Item = String> {
    resource.objects("component").flat_map(|component| {
        let codings = component.object("code").into_iter();
        let codings = codings
            .flat_map(|concept| coding::of_concept(concept))
            .map(Coding::to_value)
            .filter(|coding| !coding.contains('='));
        let codings = first(MAX_COMPONENT_CODINGS, codings);
        let values = first(MAX_VALUES, values(component).into_iter());
        let pairs = codings
            .iter()
            .flat_map(|coding| values.iter().map(move |value| format!("{coding}={value}")));
        pairs.collect::<Vec<_>>()
    })
}

/// Comparator, decimal, space, unit.
fn quantity_value(quantity: &Object<'_>) -> Option<String> {
    let decimal = decimal::canonical(quantity.number("value")?)?;
    let comparator = match quantity.get("comparator") {
        None => "",
        Some(comparator) => comparator
            .as_str()
            .filter(|it| ["<", "<=", ">=", ">"].contains(it))?,
    };
    let unit = quantity.string("code").filter(|unit| is_unit(unit))?;
    (quantity.string("system") == Some(UCUM)).then(|| format!("{comparator}{decimal} {unit}"))
}

fn is_unit(text: &str) -> bool {
    let is_part = |byte: u8| (0x21..=0x7e).contains(&byte) && byte != b'|';
    !text.is_empty() && text.bytes().all(is_part)
}
