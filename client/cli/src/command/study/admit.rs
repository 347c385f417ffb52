//! Admitting applicants.

use clap::Args;
use generion_client::Applicant;
use serde::Serialize;
use solana_address::Address;

use super::applications::judged;
use crate::{
    args::{name::Name, parse::address},
    command::each::in_order,
    context::{Context, wallets::Signers},
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        view::TransactionView,
    },
    prompt::consent::Plan,
};

#[derive(Args)]
pub struct AdmitArgs {
    /// The study: its address, the first characters of it, or its number
    study: Name,
    /// Wallets of the applicants to admit
    #[arg(value_name = "WALLET", required = true, num_args = 1.., value_delimiter = ',', value_parser = address)]
    participants: Vec<Address>,
}

#[derive(Serialize)]
struct Admitted {
    study: String,
    participant: String,
    seat: String,
    transaction: TransactionView,
}

pub async fn admit(context: &Context, args: AdmitArgs) -> Result<Output, Failure> {
    let study = context.study(&args.study).await?;
    let judged = judged(context, study).await?;
    in_order(args.participants, async |participant| {
        let found = judged
            .iter()
            .find(|(application, _)| application.account.state.participant == participant);
        match found {
            Some((_, Ok(applicant))) => admit_one(context, study, applicant).await,
            Some((_, Err(error))) => Err(error.into()),
            None => Err(Failure::new(
                format!("wallet {participant} has no application for study {study}"),
                "See who applied with `generion study applications`.",
            )),
        }
    })
    .await
}

async fn admit_one(
    context: &Context,
    study: Address,
    applicant: &Applicant,
) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let wallet = context.sole_signer().await?;
    context.require_funds_of(&Signers::sole(wallet), 0).await?;
    // Nobody else looks before the price is paid into escrow.
    context.client.has_ciphertexts(applicant).await?;
    let participant = applicant.application.account.state.participant;
    let admission = context.client.admit(wallet, applicant)?;
    let dry_run = context.dry_run_before_asking(admission.dry_run()).await?;
    let plan = Plan::new(format!("Admit wallet {participant} to study {study}")).pays(
        applicant.offer.price,
        "from the study's budget into escrow, until the participant delivers",
    );
    consent.to(plan).await?;
    if let Some(dry_run) = dry_run {
        return Ok(dry_run);
    }
    let sent = admission.send().await?;
    Output::new(&Admitted {
        study: study.to_string(),
        participant: participant.to_string(),
        seat: sent.outcome.to_string(),
        transaction: context.transaction(&sent.confirmed),
    })
}

impl Report for Admitted {
    fn describe(&self, text: &mut Text) {
        text.field("study", &self.study)
            .field("admitted", &self.participant)
            .field("seat", &self.seat);
        self.transaction.describe(text);
    }
}
