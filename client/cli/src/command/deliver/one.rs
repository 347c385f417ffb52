//! Delivering one purchase: delivery, lock and settlement.

use std::cell::RefCell;

use generion_client::{
    Belief, Client, ClientError, DeliveredBatch, DeliveryReport, KeySource, Marker, Sale,
    SettleEnd, SettleEvent, rpc::causes::with_causes, rpc::explorer::Explorer,
};
use serde::Serialize;
use solana_address::Address;

use crate::{
    command::deliver::{args::DeliverArgs, seller::Seller, settlement::Settlement},
    context::{Context, wallets::Signers},
    output::{
        failure::{Failure, warn},
        format::Format,
        report::{Output, Report},
        text::Text,
        time,
        view::TransactionView,
    },
};

#[derive(Serialize)]
struct Delivered {
    deliveries: Vec<Delivery>,
}

#[derive(Serialize)]
struct Delivery {
    purchase: String,
    batches: Vec<Batch>,
    settlement: Settlement,
}

#[derive(Serialize)]
struct Batch {
    /// Index in the order of the batch's first record.
    first: usize,
    records: usize,
    transaction: TransactionView,
}

impl Batch {
    fn new(batch: &DeliveredBatch, explorer: &Explorer) -> Self {
        Self {
            first: batch.first,
            records: batch.count,
            transaction: TransactionView::new(&batch.confirmed, explorer),
        }
    }
}

/// Delivers the missing records of a purchase and settles it, or continues its settlement if one is in progress.
pub(super) async fn deliver(
    context: &Context,
    seller: &Seller<'_>,
    args: &DeliverArgs,
    purchase: &Address,
) -> Result<Output, Failure> {
    let keys = seller.keys().await?;
    let cost = cost(context, seller, &*keys, args, purchase);
    let work = deliver_and_settle(context, seller, &*keys, args, purchase);
    context.unless_dry_run(cost, work).await
}

async fn deliver_and_settle(
    context: &Context,
    seller: &Seller<'_>,
    keys: &dyn KeySource,
    args: &DeliverArgs,
    purchase: &Address,
) -> Result<Output, Failure> {
    // A settlement in progress is continued before anything that can fail: its secret may already be public.
    if let Some(end) = go_on(context, seller, keys, purchase).await? {
        return report(context, purchase, &DeliveryReport::default(), &end);
    }
    let offers = args.offers(context)?;
    let belief = offers.belief();
    context
        .require_funds_of(&Signers::sole(seller.payer), 0)
        .await?;
    let sale = unsettled(context, keys, belief, purchase).await?;
    let delivery = match sale.account.state.is_locked() {
        true => DeliveryReport::default(),
        false => {
            let prepared = context.client.deliver(keys, seller.payer, &sale);
            prepared.send().await?
        }
    };
    let waiting = WaitingNotice::new(context.format());
    let end = context
        .client
        .settle(keys, &sale, &seller.settler(), |event| {
            waiting.observe(event)
        })
        .await
        .map_err(|error| after_lock(error, &sale, &delivery))?;
    report(context, purchase, &delivery, &end)
}

/// Continues a settlement that an earlier run started. `None`: there is none, or it belonged to an earlier purchase at
/// the same address.
async fn go_on(
    context: &Context,
    seller: &Seller<'_>,
    keys: &dyn KeySource,
    purchase: &Address,
) -> Result<Option<SettleEnd>, Failure> {
    let deployment = context.ledger().deployment();
    let markers = seller.markers.list(deployment, &keys.wallet())?;
    let waiting = WaitingNotice::new(context.format());
    let mut last = None;
    for marker in markers
        .iter()
        .filter(|marker: &&Marker| marker.purchase == *purchase)
    {
        let end = context
            .client
            .resume_settlement(keys, marker, &seller.settler(), |event| {
                waiting.observe(event)
            })
            .await?;
        last = Some(end);
    }
    Ok(last.filter(|end| !matches!(end, SettleEnd::Replaced { .. })))
}

async fn unsettled(
    context: &Context,
    keys: &dyn KeySource,
    belief: Belief<'_>,
    purchase: &Address,
) -> Result<Sale, Failure> {
    let sale = context.client.sale(keys, purchase, belief).await?;
    match sale.account.state.is_settled() {
        false => Ok(sale),
        true => Err(Failure::new(
            format!("purchase {purchase} is settled already"),
            "There is nothing left to do.",
        )),
    }
}

/// The highest cost of the delivery and its settlement, in lamports, from a dry run that reveals nothing.
async fn cost(
    context: &Context,
    seller: &Seller<'_>,
    keys: &dyn KeySource,
    args: &DeliverArgs,
    purchase: &Address,
) -> Result<u64, Failure> {
    let offers = args.offers(context)?;
    let sale = unsettled(context, keys, offers.belief(), purchase).await?;
    match sale.account.state.is_locked() {
        true => Ok(Client::settle_reserve(1)),
        false => {
            let prepared = context.client.deliver(keys, seller.payer, &sale);
            Ok(prepared.dry_run().await?)
        }
    }
}

/// The failure of a settlement after its delivery was confirmed.
fn after_lock(error: ClientError, sale: &Sale, delivery: &DeliveryReport) -> Failure {
    let failure = Failure::from(error);
    if delivery.batches.is_empty() {
        return failure;
    }
    Failure {
        message: format!(
            "purchase {} is delivered and locked, but not settled yet: {}",
            sale.purchase, failure.message
        ),
        advice: format!(
            "{} Run the same command again before the time to settle ends: it settles what is locked.",
            failure.advice
        ),
        ..failure
    }
}

fn report(
    context: &Context,
    purchase: &Address,
    delivery: &DeliveryReport,
    end: &SettleEnd,
) -> Result<Output, Failure> {
    let explorer = context.explorer();
    let batches = delivery.batches.iter();
    let output = Output::new(&Delivered {
        deliveries: vec![Delivery {
            purchase: purchase.to_string(),
            batches: batches.map(|batch| Batch::new(batch, explorer)).collect(),
            settlement: Settlement::new(end, explorer),
        }],
    })?;
    Ok(output.with_failure(unpaid(purchase, end)))
}

/// The failure for a settlement that did not pay the price.
pub(super) fn unpaid(purchase: &Address, end: &SettleEnd) -> Option<Failure> {
    let message = match end {
        SettleEnd::Settled { .. } | SettleEnd::Gone { confirmed: Some(_) } => return None,
        SettleEnd::Gone { confirmed: None } => format!(
            "purchase {purchase} is gone: it was settled and closed by its buyer, or the price was refunded"
        ),
        SettleEnd::Replaced { deadline } => format!(
            "purchase {purchase} is gone; its buyer has bought the order again, with the deadline {}",
            time::show(*deadline)
        ),
    };
    Some(Failure::new(
        message,
        format!("`generion history {purchase}` shows what happened to it."),
    ))
}

impl Report for Delivered {
    fn describe(&self, text: &mut Text) {
        for delivery in &self.deliveries {
            text.field("delivered", &delivery.purchase);
            for batch in &delivery.batches {
                text.field(
                    "records",
                    format_args!("{} from position {}", batch.records, batch.first),
                );
                batch.transaction.describe(text);
            }
            delivery.settlement.describe(text);
        }
    }
}

/// Warns on standard error why a settlement takes long, each reason once.
struct WaitingNotice {
    format: Format,
    last: RefCell<String>,
}

impl WaitingNotice {
    fn new(format: Format) -> Self {
        Self {
            format,
            last: RefCell::default(),
        }
    }

    fn observe(&self, event: SettleEvent) {
        let text = match event {
            SettleEvent::Sent { before: 0, .. } => return,
            SettleEvent::Sent { before, .. } => {
                format!(
                    "the settlement is not confirmed yet: it was signed and sent again, {before} times so far"
                )
            }
            SettleEvent::Undecided { error } => {
                let reason = with_causes(&error);
                format!("the status of the settlement is unknown; it is sent again: {reason}")
            }
            _ => return,
        };
        if *self.last.borrow() != text {
            warn(self.format, &text);
            self.last.replace(text);
        }
    }
}
