//! The facts of a record, which its owner could disclose.

use generion_client::{CheckedFacts, RecordFacts, facts::Fact};
use serde::Serialize;
use solana_address::Address;

use crate::{
    command::record::read::read,
    context::Context,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        view::RecordView,
    },
};

/// A record with its facts.
#[derive(Serialize)]
struct RecordFactsView {
    record: RecordView,
    /// The profile by which its facts follow from its document.
    profile: String,
    /// Whether its facts match the document; `null`: this software doesn't know their profile.
    facts_checked: Option<bool>,
    facts: Vec<FactView>,
}

#[derive(Serialize)]
struct FactView {
    name: String,
    value: String,
}

impl From<&Fact> for FactView {
    fn from(fact: &Fact) -> Self {
        Self {
            name: fact.name().to_owned(),
            value: fact.value().to_owned(),
        }
    }
}

/// Opens a record of yours, and lists its facts.
pub async fn facts(context: &Context, record: Address) -> Result<Output, Failure> {
    let owner = context.opener().await?;
    let RecordFacts { checked, facts } = context.client.record_facts(&*owner, &record).await?;
    let (profile, facts_checked) = match checked {
        CheckedFacts::Right(profile) => (profile.to_string(), Some(true)),
        CheckedFacts::Unknown(profile) => (profile, None),
    };
    Output::found(&RecordFactsView {
        record: read(context, record).await?,
        profile,
        facts_checked,
        facts: facts.iter().map(FactView::from).collect(),
    })
}

impl Report for RecordFactsView {
    fn describe(&self, text: &mut Text) {
        self.record.describe(text);
        text.field("profile", &self.profile);
        if self.facts_checked.is_none() {
            text.field(
                "facts",
                "not checked: this software doesn't know their profile",
            );
            return;
        }
        text.field("facts", "they match the document");
        let rows = self.facts.iter();
        text.table(
            ["fact", "value"],
            rows.map(|fact| [fact.name.clone(), fact.value.clone()]),
            "no facts",
        );
    }
}
