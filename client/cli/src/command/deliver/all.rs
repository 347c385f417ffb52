//! Delivering all pending purchases from a seller, once.

use generion_client::{AgentEvent, Tally, rpc::explorer::Explorer};
use serde::Serialize;

use crate::{
    command::deliver::{
        args::DeliverArgs,
        report::{GonePurchase, SettledPurchase, Totals, Transaction},
        seller::Seller,
    },
    context::Context,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
    },
};

/// Delivers and settles all pending purchases.
pub async fn deliver_all(
    args: &DeliverArgs,
    context: &Context,
    seller: &Seller<'_>,
) -> Result<Output, Failure> {
    let mut report = AllDelivered::default();
    let keys = seller.keys().await?;
    let offers = args.offers_or_resume(context, seller, &*keys).await?;
    let explorer = context.explorer();
    let on_event = |event| report.note(event, explorer);
    let agent = args.agent(context, &*keys, seller, &offers, on_event);
    let tally = agent.run_once().await?;
    report.totals = Totals::from(&tally);
    let failure = report.failure(&tally);
    Output::new(&report).map(|output| output.with_failure(failure))
}

/// The report of one run over all pending purchases.
#[derive(Default, Serialize)]
struct AllDelivered {
    transactions: Vec<Transaction>,
    settlements: Vec<SettledPurchase>,
    /// Purchases that somebody else settled, or that were refunded, meanwhile.
    gone: Vec<GonePurchase>,
    /// Purchases that could not be delivered, with the reason.
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
                "`generion history` shows what happened to it.",
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
