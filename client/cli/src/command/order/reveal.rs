//! What sellers are told before they sell: what their documents say about them.

use generion_client::{KeySource, Revealed, RevealedResource, RevealedValue};
use serde::Serialize;
use solana_address::Address;

use crate::{
    context::Context,
    output::{count::Count, failure::Failure},
    prompt::consent::{Consent, Plan},
};

/// The word by which a seller agrees to be known to buyers.
const REVEAL: &str = "REVEAL";

/// What a document on sale tells about whom it is about.
#[derive(Serialize)]
pub struct RevealedRecord {
    record: String,
    /// Whether there is more in it than what is known to be harmless, or it can't be looked into.
    is_identifying: bool,
    summary: String,
    /// Some values of each kind, or all with `--full`.
    values: Vec<Value>,
    /// How many more values there are.
    more_values: u64,
}

#[derive(Serialize)]
struct Value {
    kind: &'static str,
    /// Where it is first.
    path: String,
    text: String,
    occurrences: u64,
    /// Whether it is said of whom the document is about.
    is_subject: bool,
}

/// How much of what a document reveals is listed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    SomeOfEachKind,
    Full,
}

/// Looks into every document that is to be sold.
pub async fn look(
    context: &Context,
    keys: &dyn KeySource,
    addresses: &[Address],
    extent: Extent,
    mut plan: Plan,
) -> Result<(Plan, Vec<RevealedRecord>), Failure> {
    let mut records = Vec::with_capacity(addresses.len());
    plan = plan.notes("buyers keep what they have read for ever, and may pass it on");
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
            "by going on you agree that buyers learn all of this, and with it whom the documents are about",
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

    /// What the list leaves out.
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

/// Has the seller agree to be known to buyers, which `--yes` alone does not.
pub async fn agree(
    context: &Context,
    consent: Consent,
    plan: Plan,
    revealed: &[RevealedRecord],
    is_agreed: bool,
) -> Result<(), Failure> {
    let is_identifying = revealed.iter().any(|record| record.is_identifying);
    if !is_identifying || is_agreed {
        // Shown all the same, so that who agreed beforehand sees what it was to.
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
            "Nothing was sent. Pass --reveal-identifiers as well if buyers may learn whom the documents are about.",
        ));
    }
    consent.in_words(plan, REVEAL).await
}
