//! Joining a study with open admission.

use clap::Args;
use generion_client::{JoinOptions, Joining, KeyedAccount, Participant, accounts::PurchaseAccount};
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
        view::{PurchaseView, TransactionView},
    },
};

#[derive(Args)]
pub struct JoinArgs {
    #[command(flatten)]
    take_part: TakePart,
    /// Join for the last seat, too: if somebody takes it before you, your facts become public for nothing
    #[arg(long)]
    accept_last_seat: bool,
    /// Make the order in a transaction of its own where it has to be: everybody sees then that you want to join, before
    /// your seat is sure
    #[arg(long)]
    accept_separate_order: bool,
}

#[derive(Serialize)]
struct JoinReport {
    study: String,
    /// The participant's seat, which is delivered as any other purchase.
    seat: PurchaseView,
    /// What became public, as `record ADDRESS: FACT`; empty: the seat was there already.
    disclosed: Vec<String>,
    /// `null`: the seat was there already.
    transaction: Option<TransactionView>,
}

pub async fn join(context: &Context, args: JoinArgs) -> Result<Output, Failure> {
    // The ledger is never asked what a joining transaction would do: that would publish what it discloses.
    context.refuse_dry_run("generion study join")?;
    let options = JoinOptions {
        accept_last_seat: args.accept_last_seat,
        accept_separate_order: args.accept_separate_order,
    };
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
            .join_study(participant, file, records, options)
            .await
    };
    let mut step = next().await?;
    if let Joining::Joined(seat) = step {
        return report(study, &seat, Vec::new(), None);
    }
    let mut plan = plan("Join", file.description());
    for shown in &offering.shown {
        plan = plan.notes(format!("everybody learns that {shown}"));
    }
    plan = plan.notes(format!(
        "everybody learns that wallet {} takes part, and with which records",
        signers.wallet.pubkey()
    ));
    let accounts = match &step {
        Joining::Join(joining) => joining.new_accounts(),
        Joining::OrderFirst(order) => order.new_accounts(),
        Joining::Joined(_) => &[],
    };
    let rent = context.rent_of(accounts).await?;
    context.require_funds_of(&signers, rent).await?;
    if rent > 0 {
        plan = plan.pays(rent, "of rent, back when the order is closed");
    }
    consent.to(plan).await?;
    if let Joining::OrderFirst(order) = step {
        order.send().await?;
        step = next().await?;
    }
    match step {
        Joining::Joined(seat) => report(study, &seat, Vec::new(), None),
        Joining::OrderFirst(_) => Err(order_not_shown()),
        Joining::Join(joining) => {
            let sent = joining.send().await?;
            let address = sent.outcome.seat;
            let account = context.ledger().purchase(&address).await;
            let account = account.map_err(|error| Failure::from(error).after(&sent.confirmed))?;
            let seat = KeyedAccount { address, account };
            let transaction = context.transaction(&sent.confirmed);
            report(study, &seat, offering.shown, Some(transaction))
        }
    }
}

fn report(
    study: Address,
    seat: &KeyedAccount<PurchaseAccount>,
    disclosed: Vec<String>,
    transaction: Option<TransactionView>,
) -> Result<Output, Failure> {
    Output::new(&JoinReport {
        study: study.to_string(),
        seat: PurchaseView::from(seat),
        disclosed,
        transaction,
    })
}

impl Report for JoinReport {
    fn describe(&self, text: &mut Text) {
        text.field("study", &self.study);
        self.seat.describe(text);
        for shown in &self.disclosed {
            text.field("now public", shown);
        }
        match &self.transaction {
            Some(transaction) => transaction.describe(text),
            None => {
                text.line("you have this seat already: nothing was sent");
            }
        }
    }
}
