//! What sellers are told before they sell: what their documents say about them.

use generion_client::{KeySource, Revealed};
use serde::Serialize;
use solana_address::Address;

use crate::{
    consent::{Consent, Plan},
    context::Context,
    failure::Failure,
};

/// The word by which a seller agrees to be known to buyers.
const REVEAL: &str = "REVEAL";

/// What a document on sale tells about whom it is about.
#[derive(Serialize)]
pub struct RevealedRecord {
    record: String,
    /// Whether there are direct identifiers in it, or it can't be looked into.
    is_identifying: bool,
    summary: String,
}

/// Looks into every document that is to be sold.
pub async fn look(
    context: &Context,
    keys: &dyn KeySource,
    addresses: &[Address],
    mut plan: Plan,
) -> Result<(Plan, Vec<RevealedRecord>), Failure> {
    let mut records = Vec::with_capacity(addresses.len());
    plan = plan.notes("a buyer keeps what it read for ever, and may pass it on");
    for address in addresses {
        let revealed = context.client.reveal(keys, address).await?;
        plan = plan.notes(format!("record {address} reveals: {revealed}"));
        if let Revealed::Resource { identifiers, .. } = &revealed {
            for found in identifiers.iter().take(SHOWN_IDENTIFIERS) {
                plan = plan.notes(format!("  {}: {}", found.path, found.value));
            }
            if identifiers.len() > SHOWN_IDENTIFIERS {
                plan = plan.notes(format!(
                    "  and {} more",
                    identifiers.len() - SHOWN_IDENTIFIERS
                ));
            }
        }
        records.push(RevealedRecord {
            record: address.to_string(),
            is_identifying: revealed.is_identifying(),
            summary: revealed.to_string(),
        });
    }
    if records.iter().any(|record| record.is_identifying) {
        plan = plan.notes(
            "by going on you agree that whoever buys this learns whom it is about: all that is listed above",
        );
    }
    Ok((plan, records))
}

/// Identifiers of a document that are shown one by one.
const SHOWN_IDENTIFIERS: usize = 20;

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
            .map(|record| record.summary.as_str())
            .collect();
        return Err(Failure::new(
            format!(
                "the documents hold direct identifiers: {}",
                summaries.join("; ")
            ),
            "Pass --reveal-identifiers as well, if whoever buys them may know whom they are about; nothing was sent.",
        ));
    }
    consent.in_words(plan, REVEAL).await
}
