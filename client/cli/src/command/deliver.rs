use clap::Args;
use generion_client::{DeliveryReport, Filter, Wallet, accounts::PurchaseAccount};
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;

use crate::{
    amount::Sol,
    cli::address,
    context::Context,
    failure::Failure,
    output::{Output, Report, Text},
    view::TransactionView,
};

#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct DeliverArgs {
    /// The purchase
    #[arg(value_parser = address)]
    purchase: Option<Address>,
    /// Delivers all pending purchases from the acting wallet, once
    #[arg(long)]
    all: bool,
}

#[derive(Serialize)]
struct Delivered {
    deliveries: Vec<Delivery>,
    /// Purchases that could not be delivered, and why.
    failures: Vec<Undelivered>,
}

#[derive(Serialize)]
struct Delivery {
    purchase: String,
    earned_lamports: u64,
    batches: Vec<Batch>,
}

#[derive(Serialize)]
struct Batch {
    /// Position in the order of the batch's first record.
    first: usize,
    records: usize,
    transaction: TransactionView,
}

#[derive(Serialize)]
struct Undelivered {
    purchase: String,
    #[serde(flatten)]
    failure: Failure,
}

impl DeliverArgs {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        let signers = context.signers()?;
        let keys = Wallet {
            signer: &signers.wallet,
        };
        let purchases = match self.purchase {
            Some(purchase) => vec![purchase],
            None => pending(context, signers.wallet.pubkey()).await?,
        };
        if !purchases.is_empty() {
            context.require_funds(&signers.payer().pubkey(), 0).await?;
        }
        let mut report = Delivered {
            deliveries: Vec::new(),
            failures: Vec::new(),
        };
        for purchase in purchases {
            match context
                .client
                .deliver(&keys, signers.payer(), &purchase)
                .await
            {
                Ok(delivery) => report.deliveries.push(Delivery::new(&purchase, &delivery)),
                Err(error) if self.purchase.is_some() => return Err(error.into()),
                Err(error) => {
                    report.failures.push(Undelivered {
                        purchase: purchase.to_string(),
                        failure: error.into(),
                    });
                }
            }
        }
        let failure = report.failures.first().map(|first| {
            let (failed, total) = (
                report.failures.len(),
                report.failures.len() + report.deliveries.len(),
            );
            Failure::new(
                format!(
                    "{failed} of {total} purchases were not delivered; the first: {}",
                    first.failure.message
                ),
                first.failure.advice.clone(),
            )
        });
        Output::new(&report).map(|output| output.with_failure(failure))
    }
}

async fn pending(context: &Context, seller: Address) -> Result<Vec<Address>, Failure> {
    let purchases = context
        .ledger()
        .list::<PurchaseAccount>(&[Filter::purchase_seller(seller)])
        .await?;
    let mut pending: Vec<_> = purchases
        .into_iter()
        .filter(|purchase| !purchase.account.state.is_settled())
        .collect();
    // The most urgent first.
    pending.sort_by_key(|purchase| purchase.account.state.deadline);
    Ok(pending
        .into_iter()
        .map(|purchase| purchase.address)
        .collect())
}

impl Delivery {
    fn new(purchase: &Address, report: &DeliveryReport) -> Self {
        let batch = |batch: &generion_client::DeliveredBatch| Batch {
            first: batch.first,
            records: batch.count,
            transaction: TransactionView::from(&batch.landed),
        };
        Self {
            purchase: purchase.to_string(),
            earned_lamports: report.earned,
            batches: report.batches.iter().map(batch).collect(),
        }
    }
}

impl Report for Delivered {
    fn describe(&self, text: &mut Text) {
        for delivery in &self.deliveries {
            text.field("delivered", &delivery.purchase)
                .field("earned", Sol(delivery.earned_lamports));
            for batch in &delivery.batches {
                text.field(
                    "records",
                    format_args!("{} from position {}", batch.records, batch.first),
                );
                batch.transaction.describe(text);
            }
        }
        for Undelivered { purchase, failure } in &self.failures {
            text.field("NOT delivered", purchase)
                .field("because", &failure.message)
                .field("advice", &failure.advice);
        }
        if self.deliveries.is_empty() && self.failures.is_empty() {
            text.line("nothing to deliver");
        }
    }
}
