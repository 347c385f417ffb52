//! Which of the wallet's records match a study.

use std::path::Path;

use generion_client::studies::matching::{Match, Mismatch};
use serde::Serialize;
use solana_address::Address;

use super::file;
use crate::{
    context::Context,
    output::{
        count::Count,
        failure::Failure,
        report::{Output, Report},
        text::Text,
    },
};

#[derive(Serialize)]
struct Matched {
    study: String,
    /// Number of records that each participant sells.
    record_count: u8,
    matches: Vec<MatchView>,
    others: Vec<Other>,
}

/// A record that matches.
#[derive(Serialize)]
pub struct MatchView {
    record: String,
    /// The facts that it shows, which joining an open study makes public.
    facts: Vec<String>,
}

#[derive(Serialize)]
struct Other {
    record: String,
    reasons: Vec<String>,
}

impl From<&Match> for MatchView {
    fn from(found: &Match) -> Self {
        Self {
            record: found.record.to_string(),
            facts: found.shown.iter().map(|one| one.fact.to_string()).collect(),
        }
    }
}

pub async fn find(context: &Context, path: &Path) -> Result<Output, Failure> {
    let file = file::read(path)?;
    let description = file.description();
    context.client.agreed_study(&file).await?;
    let keys = context.opener().await?;
    let judged = context.client.match_study(&*keys, description).await?;
    let other = |(record, reasons): &(Address, Vec<Mismatch>)| Other {
        record: record.to_string(),
        reasons: reasons.iter().map(Mismatch::to_string).collect(),
    };
    Output::found(&Matched {
        study: description.study.to_string(),
        record_count: description.records,
        matches: judged.matches.iter().map(MatchView::from).collect(),
        others: judged.others.iter().map(other).collect(),
    })
}

impl Report for Matched {
    fn describe(&self, text: &mut Text) {
        text.field("study", &self.study).field(
            "asks for",
            format_args!("{} of each participant", Count(self.record_count, "record")),
        );
        let rows = self
            .matches
            .iter()
            .map(|found| [found.record.clone(), found.facts.join(", ")]);
        text.table(["RECORD", "SHOWS"], rows, "none of your records match");
        if !self.others.is_empty() {
            let rows = self
                .others
                .iter()
                .map(|other| [other.record.clone(), other.reasons.join("; ")]);
            text.table(["RECORD", "DOES NOT MATCH BECAUSE"], rows, "");
        }
    }
}
