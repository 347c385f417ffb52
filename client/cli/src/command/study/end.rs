//! The end of a study: setting it, and closing the study after it.

use generion_client::rpc::amount::Sol;
use serde::Serialize;
use solana_address::Address;

use crate::{
    args::time::Expiry,
    context::{Context, wallets::Signers},
    output::{
        failure::Failure,
        paid_out::paid_out,
        report::{Output, Report},
        text::Text,
        time,
        view::TransactionView,
    },
    prompt::consent::Plan,
};

#[derive(Serialize)]
struct Updated {
    study: String,
    closes_at: i64,
    transaction: TransactionView,
}

/// Extends a study, or, without a time, ends it.
pub async fn update(
    context: &Context,
    study: Address,
    closes: Option<Expiry>,
) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let wallet = context.sole_signer().await?;
    context.require_funds_of(&Signers::sole(wallet), 0).await?;
    let closes_at = match closes {
        Some(closes) => Some(closes.unix_time(context.ledger().unix_time().await?)),
        None => None,
    };
    let update = context
        .client
        .update_study(wallet, &study, closes_at)
        .await?;
    let plan = Plan::new(match closes_at {
        Some(closes_at) => format!("Extend study {study} until {}", time::show(closes_at)),
        None => format!("End study {study} in 5 minutes"),
    });
    let plan = match closes_at {
        Some(_) => plan,
        None => plan.notes("it can't be opened again; seats that are there are still delivered"),
    };
    let dry_run = context.dry_run_before_asking(update.dry_run()).await?;
    consent.to(plan).await?;
    if let Some(dry_run) = dry_run {
        return Ok(dry_run);
    }
    let sent = update.send().await?;
    Output::new(&Updated {
        study: study.to_string(),
        closes_at: sent.outcome,
        transaction: context.transaction(&sent.confirmed),
    })
}

impl Report for Updated {
    fn describe(&self, text: &mut Text) {
        text.field("study", &self.study)
            .field("over at", time::show(self.closes_at));
        self.transaction.describe(text);
    }
}

#[derive(Serialize)]
struct Closed {
    study: String,
    /// Rent that went back to its payer.
    returned_lamports: u64,
    transaction: TransactionView,
}

pub async fn close(context: &Context, study: Address) -> Result<Output, Failure> {
    let wallet = context.sole_signer().await?;
    context.require_funds_of(&Signers::sole(wallet), 0).await?;
    let closing = context.client.close_study(wallet, &study).await?;
    if let Some(dry_run) = context.dry_run(closing.dry_run()).await? {
        return Ok(dry_run);
    }
    let confirmed = closing.send().await?.confirmed;
    Output::new(&Closed {
        study: study.to_string(),
        returned_lamports: paid_out(&confirmed),
        transaction: context.transaction(&confirmed),
    })
}

impl Report for Closed {
    fn describe(&self, text: &mut Text) {
        text.field("closed", &self.study)
            .field("rent back", Sol(self.returned_lamports));
        self.transaction.describe(text);
    }
}
