//! Creating a study.

use std::path::PathBuf;

use clap::Args;
use generion_client::{NewStudy, Sent, rpc::amount::Sol, studies::description::Admission};
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;

use super::{file, list::read, view::StudyView};
use crate::{
    args::{parse::address, time::Expiry},
    context::Context,
    output::{
        count::Count,
        failure::Failure,
        report::{Output, Report},
        text::Text,
        time,
        view::TransactionView,
    },
    prompt::consent::Plan,
};

#[derive(Args)]
pub struct CreateArgs {
    /// File with the signed description (`generion study describe`)
    description: PathBuf,
    /// When the study is over: a duration from now such as 90days, or a date such as 2027-01-31
    #[arg(long, value_name = "WHEN", value_parser = Expiry::parse)]
    closes: Expiry,
    /// Wallet that admits participants by selection [default: your wallet]
    #[arg(long, value_name = "WALLET", value_parser = address)]
    admitter: Option<Address>,
    /// Public address of the description, which the ledger shows to everybody, up to 128 characters [default: none]
    #[arg(
        long,
        value_name = "URL",
        default_value = "",
        hide_default_value = true
    )]
    description_url: String,
}

#[derive(Serialize)]
struct Created {
    study: StudyView,
    transaction: TransactionView,
}

pub async fn create(context: &Context, args: CreateArgs) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let signers = context.signers().await?;
    let file = file::read(&args.description)?;
    let description = file.description();
    let new = NewStudy {
        closes_at: args.closes.unix_time(context.ledger().unix_time().await?),
        admitter: args.admitter,
        url: args.description_url,
    };
    let creation = context
        .client
        .create_study(signers.wallet, signers.payer, &file, &new)
        .await?;
    let rent = context.rent_of(creation.new_accounts()).await?;
    context.require_funds_of(&signers, rent).await?;
    let plan = Plan::new(format!("Create study {}", description.study))
        .notes(match description.admission {
            Admission::Open => {
                "everybody who shows the required facts gets a seat while the budget lasts"
                    .to_owned()
            }
            Admission::Selection => "participants apply, and you choose".to_owned(),
        })
        .notes(format!(
            "each participant gets {} for {}",
            Sol(description.reward),
            Count(description.records, "record")
        ))
        .notes(format!(
            "it is over at {}; nothing else of it can be changed",
            time::show(new.closes_at)
        ))
        .pays(
            rent,
            format!(
                "of rent, back when the study is closed, from wallet {}",
                signers.payer.pubkey()
            ),
        );
    let dry_run = context.dry_run_before_asking(creation.dry_run()).await?;
    consent.to(plan).await?;
    if let Some(dry_run) = dry_run {
        return Ok(dry_run);
    }
    let Sent {
        outcome: study,
        confirmed,
    } = creation.send().await?;
    let study = read(context, study)
        .await
        .map_err(|failure| failure.after(&confirmed))?;
    Output::new(&Created {
        study,
        transaction: context.transaction(&confirmed),
    })
}

impl Report for Created {
    fn describe(&self, text: &mut Text) {
        self.study.describe(text);
        self.transaction.describe(text);
    }
}
