//! Leaving a study before it has paid for a seat.

use generion_client::rpc::amount::Sol;
use serde::Serialize;
use solana_address::Address;

use crate::{
    context::Context,
    output::{
        failure::Failure,
        paid_out::paid_out,
        report::{Output, Report},
        text::Text,
        view::TransactionView,
    },
};

#[derive(Serialize)]
struct LeaveReport {
    study: String,
    /// The application that was withdrawn; `null`: there was none.
    application: Option<String>,
    /// The orders that were closed.
    orders: Vec<String>,
    /// Rent that went back to its payers.
    returned_lamports: u64,
    transaction: TransactionView,
}

pub async fn leave(context: &Context, study: Address) -> Result<Output, Failure> {
    let signers = context.signers().await?;
    context.require_funds_of(&signers, 0).await?;
    let leaving = context
        .client
        .leave_study(signers.wallet, signers.payer, &study)
        .await?;
    if let Some(dry_run) = context.dry_run(leaving.dry_run()).await? {
        return Ok(dry_run);
    }
    let sent = leaving.send().await?;
    Output::new(&LeaveReport {
        study: study.to_string(),
        application: sent.outcome.application.map(|one| one.to_string()),
        orders: sent.outcome.orders.iter().map(Address::to_string).collect(),
        returned_lamports: paid_out(&sent.confirmed),
        transaction: context.transaction(&sent.confirmed),
    })
}

impl Report for LeaveReport {
    fn describe(&self, text: &mut Text) {
        text.field("study", &self.study);
        if let Some(application) = &self.application {
            text.field("withdrawn", application);
        }
        for order in &self.orders {
            text.field("closed order", order);
        }
        text.field("rent back", Sol(self.returned_lamports));
        self.transaction.describe(text);
    }
}
