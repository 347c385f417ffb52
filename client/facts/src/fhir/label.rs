//! The labels of research copies.

use super::coding;
use crate::json::Value;

/// Code system of the labels: HL7's v3-ObservationValue.
const SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";
/// The labels: pseudonymized, redacted and abstracted.
const LABELS: [&str; 3] = ["PSEUDED", "REDACTED", "ABSTRED"];

/// Whether the security labels of a resource have all three.
pub fn is_deidentified(resource: &Value<'_>) -> bool {
    let meta = resource
        .as_object()
        .and_then(|object| object.object("meta"));
    let Some(meta) = meta else {
        return false;
    };
    LABELS.iter().all(|label| {
        coding::of_list(meta, "security")
            .any(|coding| coding.system == SYSTEM && coding.code == *label)
    })
}
