//! Closing orders.

use generion_client::{events::Event, rpc::amount::Sol};
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
struct Closed {
    order: String,
    /// `false`: sales are stopped, and the order stays until its `pending_purchases` are delivered or refunded.
    closed: bool,
    pending_purchases: u32,
    /// Rent that was returned to its payer.
    returned_lamports: u64,
    transaction: TransactionView,
}

/// Stops the sales of an order, and closes it if no purchase is pending.
pub async fn close(context: &Context, address: Address) -> Result<Output, Failure> {
    let signers = context.signers().await?;
    context.require_funds_of(&signers, 0).await?;
    let closing = context
        .client
        .close_order(signers.wallet, signers.payer, &address)
        .await?;
    if let Some(dry_run) = context.dry_run(closing.dry_run()).await? {
        return Ok(dry_run);
    }
    let confirmed = closing.send().await?.confirmed;
    let mut report = Closed {
        order: address.to_string(),
        closed: false,
        pending_purchases: 0,
        returned_lamports: paid_out(&confirmed),
        transaction: context.transaction(&confirmed),
    };
    for event in &confirmed.events {
        match event {
            Event::OrderClosed(_) => report.closed = true,
            Event::SalesStopped(stopped) => {
                report.pending_purchases = stopped.pending_purchases.get()
            }
            _ => {}
        }
    }
    Output::new(&report)
}

impl Report for Closed {
    fn describe(&self, text: &mut Text) {
        text.field("order", &self.order);
        if self.closed {
            text.field("state", "closed")
                .field("rent back", Sol(self.returned_lamports));
        } else {
            text.field(
                "state",
                format_args!(
                    "sales are stopped; close the order again once {} delivered or refunded",
                    match self.pending_purchases {
                        1 => "1 purchase is".to_owned(),
                        pending => format!("{pending} purchases are"),
                    }
                ),
            );
        }
        self.transaction.describe(text);
    }
}
