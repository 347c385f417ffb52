//! The options of participants, and what they agree to.

use std::path::PathBuf;

use clap::{ArgAction, Args};
use generion_client::{
    rpc::{amount::Sol, duration},
    studies::description::{Description, DescriptionFile},
};
use solana_address::Address;
use solana_signer::Signer;

use super::file;
use crate::{
    args::{name::Name, offers::OffersFile},
    context::Context,
    output::{count::Count, failure::Failure},
    prompt::consent::Plan,
};

/// The options that joining and applying have in common.
#[derive(Args)]
pub struct TakePart {
    /// File with the study's signed description
    description: PathBuf,
    /// Your records to sell to the study [default: the first ones that match]
    #[arg(long = "record", value_name = "RECORD", num_args = 1.., action = ArgAction::Append, value_delimiter = ',')]
    records: Vec<Name>,
    #[command(flatten)]
    offers_file: OffersFile,
}

/// What is offered, and to which study.
pub struct Offering {
    pub file: DescriptionFile,
    pub records: Vec<Address>,
    /// What each record shows, in words.
    pub shown: Vec<String>,
    pub offers: PathBuf,
}

impl TakePart {
    /// Reads the description, and chooses records that match it.
    pub async fn choose(self, context: &Context) -> Result<Offering, Failure> {
        let file = file::read(&self.description)?;
        let description = file.description();
        let wallet = context.wallet().await?;
        let keys = context.keys(wallet).await?;
        let judged = context.client.match_study(&*keys, description).await?;
        let named = context.records(&self.records).await?;
        let mut records = named.clone();
        if named.is_empty() {
            let matching = judged.matches.iter().map(|found| found.record);
            records.extend(matching.take(usize::from(description.records)));
            if records.len() < usize::from(description.records) {
                return Err(Failure::new(
                    format!(
                        "{} of wallet {} match study {}, which asks for {}",
                        Count(records.len() as u64, "record"),
                        wallet.pubkey(),
                        description.study,
                        description.records
                    ),
                    "Nothing was sent. See why the others don't match with `generion study match`.",
                ));
            }
        }
        let matching = judged.matches.iter();
        let shown = matching.filter(|found| records.contains(&found.record));
        let shown = shown.flat_map(|found| {
            let facts = found.shown.iter();
            facts.map(|shown| format!("record {}: {}", found.record, shown.fact))
        });
        let shown = shown.collect();
        Ok(Offering {
            records,
            shown,
            offers: context.offers_path(self.offers_file.orders)?,
            file,
        })
    }
}

/// What a participant agrees to, in the sponsor's words and in this software's.
pub fn plan(action: &str, description: &Description) -> Plan {
    let mut plan = Plan::new(format!("{action} study {}", description.study));
    if let Some((_, text)) = description.text("en") {
        plan = plan
            .notes(format!("title: {}", text.title))
            .notes(format!("organisation: {}, {}", text.sponsor, text.contact))
            .notes(format!("purpose: {}", text.purpose))
            .notes(format!("use of the data: {}", text.use_of_data))
            .notes(format!("kept for: {}", text.retention));
    }
    plan.notes(format!(
        "you get {} for {}, which you deliver within {}",
        Sol(description.reward),
        Count(description.records, "record"),
        duration::in_words(description.delivery_window.into())
    ))
    .notes("the sponsor gets the keys to the documents, and can keep what it opens")
}

/// The order that joining or applying goes on with is not there, although it was made.
pub fn order_not_shown() -> Failure {
    Failure::new(
        "the node does not show the order that was made",
        "Run the command again: what was made is not made twice.",
    )
}
