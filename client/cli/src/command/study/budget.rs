//! The budget of a study: adding to it, and taking back what is left.

use generion_client::rpc::amount::Sol;
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;

use crate::{
    context::{Context, wallets::Signers},
    output::{
        failure::Failure,
        paid_out::paid_out,
        report::{Output, Report},
        text::Text,
        view::TransactionView,
    },
    prompt::consent::Plan,
};

#[derive(Serialize)]
struct Funded {
    study: String,
    vault: String,
    /// What is in the vault now.
    budget_lamports: u64,
    /// The number of further seats that it pays for.
    seats: u64,
    transaction: TransactionView,
}

pub async fn fund(context: &Context, study: Address, amount: u64) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let wallet = context.sole_signer().await?;
    context
        .require_funds_of(&Signers::sole(wallet), amount)
        .await?;
    let funding = context.client.fund_study(wallet, &study, amount).await?;
    let budget = funding.outcome;
    let plan = Plan::new(format!("Add to the budget of study {study}"))
        .pays(
            amount,
            format!("from wallet {} to vault {}", wallet.pubkey(), budget.vault),
        )
        .notes(format!(
            "the budget then pays for {} further seats of {} each, rent included",
            budget.seats(),
            Sol(budget.seat)
        ))
        .notes("the sponsor gets back what is left when the study is over");
    let dry_run = context.dry_run_before_asking(funding.dry_run()).await?;
    consent.to(plan).await?;
    if let Some(dry_run) = dry_run {
        return Ok(dry_run);
    }
    let confirmed = funding.send().await?.confirmed;
    Output::new(&Funded {
        study: study.to_string(),
        vault: budget.vault.to_string(),
        budget_lamports: budget.lamports,
        seats: budget.seats(),
        transaction: context.transaction(&confirmed),
    })
}

impl Report for Funded {
    fn describe(&self, text: &mut Text) {
        text.field("study", &self.study)
            .detail("vault", &self.vault)
            .field("budget", Sol(self.budget_lamports))
            .field("further seats", self.seats);
        self.transaction.describe(text);
    }
}

#[derive(Serialize)]
struct Withdrawn {
    study: String,
    withdrawn_lamports: u64,
    transaction: TransactionView,
}

pub async fn withdraw(
    context: &Context,
    number: u64,
    amount: Option<u64>,
) -> Result<Output, Failure> {
    let wallet = context.sole_signer().await?;
    context.require_funds_of(&Signers::sole(wallet), 0).await?;
    let withdrawal = context
        .client
        .withdraw_budget(wallet, number, amount)
        .await?;
    if let Some(dry_run) = context.dry_run(withdrawal.dry_run()).await? {
        return Ok(dry_run);
    }
    let confirmed = withdrawal.send().await?.confirmed;
    let study = context.ledger().addresses().study(&wallet.pubkey(), number);
    Output::new(&Withdrawn {
        study: study.to_string(),
        withdrawn_lamports: paid_out(&confirmed),
        transaction: context.transaction(&confirmed),
    })
}

impl Report for Withdrawn {
    fn describe(&self, text: &mut Text) {
        text.field("study", &self.study)
            .field("back", Sol(self.withdrawn_lamports));
        self.transaction.describe(text);
    }
}
