//! Applying for a study that selects its participants.

use clap::Args;
use generion_client::{Applying, Participant};
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;

use super::participant::{Offering, TakePart, order_not_shown, plan};
use crate::{
    context::Context,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        view::TransactionView,
    },
};

#[derive(Args)]
pub struct ApplyArgs {
    #[command(flatten)]
    take_part: TakePart,
    /// What you want to tell the sponsor, who alone can read it
    #[arg(long, value_name = "TEXT", default_value = "")]
    words: String,
}

#[derive(Serialize)]
struct ApplyReport {
    study: String,
    /// `applied`: the sponsor has not admitted you; `admitted`: you have a seat to deliver.
    state: &'static str,
    /// The application or the seat.
    address: String,
    /// `null`: it was there already.
    transaction: Option<TransactionView>,
}

pub async fn apply(context: &Context, args: ApplyArgs) -> Result<Output, Failure> {
    context.refuse_dry_run("generion study apply")?;
    let offering = args.take_part.choose(context).await?;
    let consent = context.consent()?;
    let signers = context.signers().await?;
    let keys = context.keys(signers.wallet).await?;
    let participant = Participant {
        wallet: signers.wallet,
        keys: &*keys,
        payer: signers.payer,
        offers: &offering.offers,
    };
    let Offering { file, records, .. } = &offering;
    let study = file.description().study;
    let next = async || {
        context
            .client
            .apply_for_study(participant, file, records, &args.words)
            .await
    };
    let mut step = next().await?;
    let mut plan = plan("Apply for", file.description());
    for shown in &offering.shown {
        plan = plan.notes(format!("the sponsor learns that {shown}"));
    }
    plan = plan.notes(format!(
        "everybody learns that wallet {} applied, and with which records",
        signers.wallet.pubkey()
    ));
    let accounts = match &step {
        Applying::Admitted(seat) => return report(study, "admitted", seat.address, None),
        Applying::Applied(found) => return report(study, "applied", found.address, None),
        Applying::Apply(applying) => applying.new_accounts(),
        Applying::OrderFirst(order) => order.new_accounts(),
    };
    let rent = context.rent_of(accounts).await?;
    context.require_funds_of(&signers, rent).await?;
    plan = plan.pays(
        rent,
        "of rent, back when the application and the order are closed",
    );
    consent.to(plan).await?;
    if let Applying::OrderFirst(order) = step {
        order.send().await?;
        step = next().await?;
    }
    match step {
        Applying::Admitted(seat) => report(study, "admitted", seat.address, None),
        Applying::Applied(found) => report(study, "applied", found.address, None),
        Applying::OrderFirst(_) => Err(order_not_shown()),
        Applying::Apply(applying) => {
            let sent = applying.send().await?;
            let transaction = context.transaction(&sent.confirmed);
            let address = sent.outcome.application;
            report(study, "applied", address, Some(transaction))
        }
    }
}

fn report(
    study: Address,
    state: &'static str,
    address: Address,
    transaction: Option<TransactionView>,
) -> Result<Output, Failure> {
    Output::new(&ApplyReport {
        study: study.to_string(),
        state,
        address: address.to_string(),
        transaction,
    })
}

impl Report for ApplyReport {
    fn describe(&self, text: &mut Text) {
        text.field("study", &self.study)
            .field("state", self.state)
            .field(
                match self.state {
                    "admitted" => "seat",
                    _ => "application",
                },
                &self.address,
            );
        match &self.transaction {
            Some(transaction) => transaction.describe(text),
            None => {
                text.line("nothing was sent");
            }
        }
    }
}
