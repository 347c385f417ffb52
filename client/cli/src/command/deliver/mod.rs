//! The keys of purchases: of one, of all that are pending, or of all that come.

mod told;
mod watch;

use std::cell::RefCell;

use clap::Args;
use generion_client::{Agent, AgentEvent, AgentOptions, DeliveryReport, KeySource, Tally, Wallet};
use serde::Serialize;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use self::told::{Totals, Transaction};
use crate::{
    amount::Sol,
    cli::address,
    context::Context,
    explorer::Explorer,
    failure::Failure,
    output::{Output, Report, Text},
    view::TransactionView,
};

#[derive(Args)]
pub struct DeliverArgs {
    #[command(flatten)]
    which: Which,
    /// Transactions on their way at a time
    #[arg(long, value_name = "COUNT", default_value_t = AgentOptions::default().in_flight as u16,
          value_parser = clap::value_parser!(u16).range(1..=64))]
    in_flight: u16,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The purchase
    #[arg(value_parser = address)]
    purchase: Option<Address>,
    /// Delivers all pending purchases from the seller, once, several in a transaction
    #[arg(long)]
    all: bool,
    /// Delivers all pending purchases and those that come, until it is ended
    #[arg(long)]
    watch: bool,
}

/// Whose keys are delivered, and who pays the fees. With a key file and a fee payer, the seller's wallet is not there.
struct Seller<'a> {
    context: &'a Context,
    wallet: Option<&'a Keypair>,
    payer: &'a Keypair,
}

impl<'a> Seller<'a> {
    async fn new(context: &'a Context) -> Result<Self, Failure> {
        let wallet = match context.key_file().await? {
            Some(_) => None,
            None => Some(context.wallet().await?),
        };
        Ok(Self {
            context,
            wallet,
            payer: context.fee_payer().await?,
        })
    }

    async fn keys(&self) -> Result<Box<dyn KeySource + '_>, Failure> {
        if let Some(wallet) = self.wallet {
            return Ok(Box::new(Wallet { signer: wallet }));
        }
        match self.context.key_file().await? {
            Some(file) => Ok(Box::new(file)),
            None => Err(Failure::new(
                "there are no keys to deliver",
                "Pass the seller's wallet (-k) or key file (--key-file).",
            )),
        }
    }
}

impl DeliverArgs {
    /// Whether it goes on until the user ends it.
    pub const fn is_watch(&self) -> bool {
        self.which.watch
    }

    /// Delivers one purchase, or all that are pending.
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        if self.which.all && context.is_dry_run() {
            return Err(Failure::no_dry_run("generion deliver --all"));
        }
        let seller = Seller::new(context).await?;
        context.require_funds(&seller.payer.pubkey(), 0).await?;
        match self.which.purchase {
            Some(purchase) => {
                let keys = seller.keys().await?;
                let delivery = context
                    .client
                    .deliver(&*keys, seller.payer, &purchase)
                    .await?;
                let explorer = context.explorer().await;
                Output::new(&Delivered {
                    deliveries: vec![Delivery::new(&purchase, &delivery, explorer)],
                })
            }
            None => self.all(context, &seller).await,
        }
    }

    async fn all(&self, context: &Context, seller: &Seller<'_>) -> Result<Output, Failure> {
        let report = RefCell::new(AllDelivered::default());
        let keys = seller.keys().await?;
        let explorer = context.explorer().await;
        let agent = Agent::new(
            &context.client,
            &*keys,
            seller.payer,
            self.options(),
            |event| report.borrow_mut().note(event, explorer),
        );
        let tally = agent.run_once().await?;
        let mut report = report.into_inner();
        report.totals = Totals::from(&tally);
        let failure = report.failure(&tally);
        Output::new(&report).map(|output| output.with_failure(failure))
    }

    fn options(&self) -> AgentOptions {
        AgentOptions {
            in_flight: self.in_flight.into(),
            ..AgentOptions::default()
        }
    }
}

#[derive(Serialize)]
struct Delivered {
    deliveries: Vec<Delivery>,
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

impl Delivery {
    fn new(purchase: &Address, report: &DeliveryReport, explorer: &Explorer) -> Self {
        let batch = |batch: &generion_client::DeliveredBatch| Batch {
            first: batch.first,
            records: batch.count,
            transaction: TransactionView::new(&batch.landed, explorer),
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
    }
}

/// What one run over all pending purchases did.
#[derive(Default, Serialize)]
struct AllDelivered {
    transactions: Vec<Transaction>,
    /// Purchases that could not be delivered, and why.
    failures: Vec<Undelivered>,
    totals: Totals,
}

#[derive(Serialize)]
struct Undelivered {
    purchase: String,
    #[serde(flatten)]
    failure: Failure,
}

impl AllDelivered {
    fn note(&mut self, event: AgentEvent, explorer: &Explorer) {
        match event {
            AgentEvent::Delivered {
                parts,
                landed,
                earned,
            } => self
                .transactions
                .push(Transaction::new(&parts, &landed, earned, explorer)),
            AgentEvent::GivenUp { purchase, error } => self.failures.push(Undelivered {
                purchase: purchase.to_string(),
                failure: Failure::from(&*error),
            }),
            _ => {}
        }
    }

    fn failure(&self, tally: &Tally) -> Option<Failure> {
        let first = self.failures.first()?;
        let (failed, total) = (tally.given_up, tally.given_up + tally.settled);
        Some(Failure::new(
            format!(
                "{failed} of {total} purchases were not delivered; the first: {}",
                first.failure.message
            ),
            first.failure.advice.clone(),
        ))
    }
}

impl Report for AllDelivered {
    fn describe(&self, text: &mut Text) {
        for transaction in &self.transactions {
            transaction.describe(text);
        }
        for Undelivered { purchase, failure } in &self.failures {
            text.field("NOT delivered", purchase)
                .field("because", &failure.message)
                .field("advice", &failure.advice);
        }
        match self.transactions.is_empty() && self.failures.is_empty() {
            true => {
                text.line("nothing to deliver");
            }
            false => self.totals.describe(text),
        }
    }
}
