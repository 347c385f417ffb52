//! The values that a seller's documents reveal, shown before the documents are sold.

use generion_client::{KeySource, Revealed, RevealedResource, RevealedValue};
use serde::Serialize;
use solana_address::Address;

use crate::{
    context::Context,
    output::{count::Count, failure::Failure},
    prompt::consent::{Consent, Plan},
};

/// The word that a seller types to agree that buyers may recognize the person.
const REVEAL: &str = "REVEAL";

/// The values of a document that identify a person.
#[derive(Serialize)]
pub struct RevealedRecord {
    record: String,
    /// Whether the document may identify somebody: it has values that are not known to be harmless, or it can't be
    /// read.
    is_identifying: bool,
    summary: String,
    /// Some values of each kind; all with `--full`.
    values: Vec<Value>,
    /// Number of values that are not listed.
    more_values: u64,
}

#[derive(Serialize)]
struct Value {
    kind: &'static str,
    /// Path of its first occurrence in the document.
    path: String,
    text: String,
    occurrences: u64,
    /// Whether the value is about the document's subject.
    is_subject: bool,
}

/// The number of revealed values to list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    SomeOfEachKind,
    Full,
}

/// Reads every document to be sold, and adds its revealed values to the plan.
pub async fn look(
    context: &Context,
    keys: &dyn KeySource,
    addresses: &[Address],
    extent: Extent,
    mut plan: Plan,
) -> Result<(Plan, Vec<RevealedRecord>), Failure> {
    let mut records = Vec::with_capacity(addresses.len());
    plan = plan.notes("buyers keep the documents for ever, and may pass them on");
    for address in addresses {
        let revealed = context.client.reveal(keys, address).await?;
        let record = RevealedRecord::new(address, &revealed, extent);
        plan = plan.notes(format!("record {address} reveals: {revealed}"));
        for value in &record.values {
            plan = plan.notes(value.line());
        }
        if record.more_values > 0 {
            plan = plan.notes(record.rest(extent));
        }
        records.push(record);
    }
    if records.iter().any(|record| record.is_identifying) {
        plan = plan.notes(
            "if you continue, you agree that buyers learn all of this, and can recognize the person",
        );
    }
    Ok((plan, records))
}

impl RevealedRecord {
    fn new(address: &Address, revealed: &Revealed, extent: Extent) -> Self {
        let values = match revealed {
            Revealed::Resource(resource) => values(resource, extent),
            Revealed::Opaque(_) => Vec::new(),
        };
        let more_values = match revealed {
            Revealed::Resource(resource) => {
                resource.counts().values().sum::<u64>() - values.len() as u64
            }
            Revealed::Opaque(_) => 0,
        };
        Self {
            record: address.to_string(),
            is_identifying: revealed.is_identifying(),
            summary: revealed.to_string(),
            values,
            more_values,
        }
    }

    /// The line about values that are not listed.
    fn rest(&self, extent: Extent) -> String {
        let values = Count(self.more_values, "more value");
        match extent {
            Extent::SomeOfEachKind => format!("  and {values}, which --full shows"),
            Extent::Full => format!("  and {values}, which are too many to be listed"),
        }
    }
}

fn values(resource: &RevealedResource, extent: Extent) -> Vec<Value> {
    let listed = |value: &RevealedValue, text: String| Value {
        kind: value.kind.words(),
        path: value.path.clone(),
        text,
        occurrences: value.occurrences,
        is_subject: value.is_subject,
    };
    match extent {
        Extent::SomeOfEachKind => {
            let some = resource.some_of_each();
            some.iter()
                .map(|value| listed(value, value.brief()))
                .collect()
        }
        Extent::Full => {
            let all = resource.values.iter();
            all.map(|value| listed(value, value.text.clone())).collect()
        }
    }
}

impl Value {
    fn line(&self) -> String {
        let Self {
            kind, path, text, ..
        } = self;
        match self.occurrences {
            1 => format!("  {kind}: {text} ({path})"),
            times => format!("  {kind}: {text} ({times} times, first in {path})"),
        }
    }
}

/// Asks the seller to agree that buyers may recognize the person; `--yes` does not agree to that.
pub async fn agree(
    context: &Context,
    consent: Consent,
    plan: Plan,
    revealed: &[RevealedRecord],
    is_agreed: bool,
) -> Result<(), Failure> {
    let is_identifying = revealed.iter().any(|record| record.is_identifying);
    if !is_identifying || is_agreed {
        // The plan is shown even if the seller agreed beforehand.
        return consent.to(plan).await;
    }
    if context.is_agreed() {
        let summaries: Vec<_> = revealed
            .iter()
            .filter(|record| record.is_identifying)
            .map(|record| record.summary.as_str())
            .collect();
        return Err(Failure::new(
            format!(
                "the documents may identify somebody: {}",
                summaries.join("; ")
            ),
            "Nothing was sent. Pass --reveal-identifiers as well if buyers may recognize the person.",
        ));
    }
    consent.in_words(plan, REVEAL).await
}
