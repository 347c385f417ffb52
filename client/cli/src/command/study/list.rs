//! Listing and showing studies.

use std::path::PathBuf;

use clap::Args;
use generion_client::{KeyedAccount, accounts::StudyAccount, rpc::amount::Sol};
use serde::Serialize;
use solana_address::Address;

use super::{
    file,
    view::{DescriptionView, StudyView},
};
use crate::{
    args::parse::address,
    context::Context,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        time,
    },
};

#[derive(Args)]
pub struct ListArgs {
    /// Only studies of this wallet
    #[arg(long, value_name = "WALLET", value_parser = address)]
    sponsor: Option<Address>,
    /// Only studies that are open and whose budget pays for a further seat
    #[arg(long)]
    open: bool,
}

#[derive(Serialize)]
struct Studies {
    studies: Vec<StudyView>,
}

/// Lists the studies that match: first those that pay for most further seats.
pub async fn list(context: &Context, args: ListArgs) -> Result<Output, Failure> {
    let ledger = context.ledger();
    let mut listed = ledger.list::<StudyAccount>(&[]).await?;
    if let Some(sponsor) = args.sponsor {
        listed.retain(|study| study.account.state.sponsor == sponsor);
    }
    if args.open {
        let now = ledger.unix_time().await?;
        listed.retain(|study| study.account.state.closes_at > now);
    }
    let budgets = context.client.budgets(&listed).await?;
    let studies = listed.iter().zip(&budgets);
    let mut studies: Vec<_> = studies
        .map(|(study, budget)| StudyView::new(study, budget))
        .collect();
    studies.retain(|study| !args.open || study.seats_left > 0);
    studies.sort_by(|a, b| (b.seats_left, &a.address).cmp(&(a.seats_left, &b.address)));
    let is_empty = studies.is_empty();
    Output::listed(&Studies { studies }, is_empty)
}

impl Report for Studies {
    fn describe(&self, text: &mut Text) {
        let rows = self.studies.iter().map(|study| {
            [
                study.address.clone(),
                study.sponsor.clone(),
                study.admission.to_owned(),
                Sol(study.reward_lamports).to_string(),
                study.seats_left.to_string(),
                time::show(study.closes_at),
            ]
        });
        text.table(
            [
                "STUDY",
                "SPONSOR",
                "ADMISSION",
                "REWARD",
                "SEATS",
                "OVER AT",
            ],
            rows,
            "no studies",
        );
    }
}

#[derive(Serialize)]
struct Shown {
    study: StudyView,
    /// What the sponsor says, whose signature was checked; `null`: no description was passed.
    description: Option<DescriptionView>,
}

pub async fn show(
    context: &Context,
    study: Address,
    description: Option<PathBuf>,
) -> Result<Output, Failure> {
    let Some(path) = description else {
        return Output::found(&Shown {
            study: read(context, study).await?,
            description: None,
        });
    };
    let file = file::read(&path)?;
    if file.description().study != study {
        return Err(Failure::new(
            format!(
                "{} describes study {}, not {study}",
                path.display(),
                file.description().study
            ),
            "Pass the description of this study.",
        ));
    }
    let agreed = context.client.agreed_study(&file).await?;
    let budget = context
        .client
        .budget(&agreed.address, &agreed.account.state)
        .await?;
    Output::found(&Shown {
        study: StudyView::new(&agreed, &budget),
        description: DescriptionView::new(file.description()),
    })
}

/// Reads a study and its budget.
pub async fn read(context: &Context, address: Address) -> Result<StudyView, Failure> {
    let account: StudyAccount = context.ledger().get(&address).await?;
    let budget = context.client.budget(&address, &account.state).await?;
    Ok(StudyView::new(&KeyedAccount { address, account }, &budget))
}

impl Report for Shown {
    fn describe(&self, text: &mut Text) {
        if let Some(description) = &self.description {
            description.describe(text);
        }
        self.study.describe(text);
    }
}
