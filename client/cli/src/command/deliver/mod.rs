//! The keys of purchases: of one, of all that are pending, or of all that come.

mod line;
mod one;
mod settlement;
mod told;
mod watch;

use std::{cell::RefCell, io, path::PathBuf};

use clap::Args;
use generion_client::{
    Agent, AgentEvent, AgentOptions, Belief, KeySource, Markers, Offers, SettleOptions, Settler,
    Tally, Wallet,
};
use serde::Serialize;
use solana_address::Address;
use solana_keypair::Keypair;

use self::told::{GonePurchase, SettledPurchase, Totals, Transaction};
use crate::{
    cli::address,
    context::Context,
    destination::file_error,
    explorer::Explorer,
    failure::Failure,
    output::{Output, Report, Text},
};

#[derive(Args)]
pub struct DeliverArgs {
    #[command(flatten)]
    which: Which,
    /// File of what was offered, as `order create` keeps it: other terms are not delivered [default: offers.json in the data
    /// folder]
    #[arg(
        long,
        value_name = "FILE",
        env = "GENERION_ORDERS",
        hide_env_values = true
    )]
    orders: Option<PathBuf>,
    /// Deliver whatever the ledger shows in place of what the file says
    #[arg(long)]
    any_order: bool,
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
    /// Deliver and settle all purchases from the seller that are not settled, once, several in a transaction
    #[arg(long)]
    all: bool,
    /// Deliver and settle all purchases that are there and that come, until it is ended
    #[arg(long)]
    watch: bool,
}

/// Whose keys are delivered, and who pays the fees. With a key file and a fee payer, the seller's wallet is not there.
struct Seller<'a> {
    context: &'a Context,
    wallet: Option<&'a Keypair>,
    payer: &'a Keypair,
    markers: Markers,
}

impl<'a> Seller<'a> {
    async fn new(context: &'a Context) -> Result<Self, Failure> {
        let wallet = match context.key_file().await? {
            Some(_) => None,
            None => Some(context.wallet().await?),
        };
        context.create_data()?;
        Ok(Self {
            context,
            wallet,
            payer: context.fee_payer().await?,
            markers: Markers::new(context.data().settlements()),
        })
    }

    /// Who pays for settling: never a wallet app, of which this program knows none.
    fn settler(&self) -> Settler<'_> {
        Settler {
            payer: self.payer,
            markers: &self.markers,
            options: SettleOptions::default(),
        }
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

/// What was offered, as this run believes.
enum Believed {
    Offers(Offers),
    Ledger,
}

impl Believed {
    const fn belief(&self) -> Belief<'_> {
        match self {
            Self::Offers(offers) => Belief::Offers(offers),
            Self::Ledger => Belief::Ledger,
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
        match &self.which.purchase {
            Some(purchase) => one::deliver(context, &seller, &self, purchase).await,
            None => self.all(context, &seller).await,
        }
    }

    async fn all(&self, context: &Context, seller: &Seller<'_>) -> Result<Output, Failure> {
        let report = RefCell::new(AllDelivered::default());
        let keys = seller.keys().await?;
        let offers = self.offers_or_resume(context, seller, &*keys).await?;
        let explorer = context.explorer();
        let agent = Agent::new(
            &context.client,
            &*keys,
            seller.settler(),
            offers.belief(),
            self.options(),
            |event| report.borrow_mut().note(event, explorer),
        );
        let tally = agent.run_once().await?;
        let mut report = report.into_inner();
        report.totals = Totals::from(&tally);
        let failure = report.failure(&tally);
        Output::new(&report).map(|output| output.with_failure(failure))
    }

    /// What this run goes by. Where that can't be told, settlements that were begun are gone on with first: their secrets may
    /// be shown already, and the offers have no part in them any more.
    async fn offers_or_resume(
        &self,
        context: &Context,
        seller: &Seller<'_>,
        keys: &dyn KeySource,
    ) -> Result<Believed, Failure> {
        match self.offers(context) {
            Ok(offers) => Ok(offers),
            Err(failure) => {
                context
                    .client
                    .resume_settlements(keys, &seller.settler(), |_, _| {})
                    .await?;
                Err(failure)
            }
        }
    }

    /// What this run goes by.
    fn offers(&self, context: &Context) -> Result<Believed, Failure> {
        if self.any_order {
            return Ok(Believed::Ledger);
        }
        let path = context.offers_path(self.orders.clone())?;
        if self.orders.is_some() && !path.exists() {
            // A file that was named has to be there: a slip in its name would have nothing delivered.
            let absent = io::Error::new(io::ErrorKind::NotFound, "it is not there");
            return Err(file_error(&path, absent));
        }
        let offers = Offers::load(&path, context.ledger().deployment())?;
        Ok(Believed::Offers(offers))
    }

    fn options(&self) -> AgentOptions {
        AgentOptions {
            in_flight: self.in_flight.into(),
            ..AgentOptions::default()
        }
    }
}

/// What one run over all pending purchases did.
#[derive(Default, Serialize)]
struct AllDelivered {
    transactions: Vec<Transaction>,
    settlements: Vec<SettledPurchase>,
    /// Purchases that ended otherwise meanwhile.
    gone: Vec<GonePurchase>,
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
                confirmed,
                locked,
            } => self
                .transactions
                .push(Transaction::new(&parts, &confirmed, &locked, explorer)),
            AgentEvent::Settled {
                purchase,
                confirmed,
                earned,
            } => self.settlements.push(SettledPurchase::new(
                &purchase, &confirmed, earned, explorer,
            )),
            AgentEvent::Gone {
                purchase,
                settled,
                shown,
            } => self.gone.push(GonePurchase::new(&purchase, settled, shown)),
            AgentEvent::GivenUp { purchase, error } => self.failures.push(Undelivered {
                purchase: purchase.to_string(),
                failure: Failure::from(&*error),
            }),
            _ => {}
        }
    }

    fn failure(&self, tally: &Tally) -> Option<Failure> {
        let Some(first) = self.failures.first() else {
            let lost = self.gone.iter().find(|gone| gone.is_loss())?;
            return Some(Failure::new(
                lost.text(),
                "`generion history` tells what became of it.",
            ));
        };
        let (failed, total) = (tally.given_up, tally.given_up + tally.settled);
        Some(Failure::new(
            format!(
                "{failed} of {total} purchases were not delivered and settled; the first: {}",
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
        for settlement in &self.settlements {
            settlement.describe(text);
        }
        for gone in &self.gone {
            text.line(gone.text());
        }
        for Undelivered { purchase, failure } in &self.failures {
            text.field("NOT delivered", purchase)
                .field("because", &failure.message)
                .field("advice", &failure.advice);
        }
        let is_idle =
            self.transactions.is_empty() && self.settlements.is_empty() && self.gone.is_empty();
        match is_idle && self.failures.is_empty() {
            true => {
                text.line("nothing to deliver");
            }
            false => self.totals.describe(text),
        }
    }
}
