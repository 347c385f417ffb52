//! Reading one order to show it.

use generion_client::{KeyedAccount, rpc::amount::Sol, rpc::duration};
use serde::Serialize;
use solana_address::Address;

use crate::{
    context::Context,
    output::{
        failure::Failure,
        report::Report,
        text::Text,
        time,
        view::{OrderView, RecordView},
    },
};

/// An order with its records.
#[derive(Serialize)]
pub struct OrderWithRecords {
    #[serde(flatten)]
    pub order: OrderView,
    pub records: Vec<RecordView>,
}

/// Reads an order and its records from the ledger.
pub async fn read(context: &Context, address: Address) -> Result<OrderWithRecords, Failure> {
    let order = KeyedAccount {
        address,
        account: context.ledger().order(&address).await?,
    };
    let records = context
        .client
        .listed_records(&order.account.records)
        .await?;
    Ok(OrderWithRecords {
        order: OrderView::new(&order, &records),
        records: records.iter().map(RecordView::from).collect(),
    })
}

impl Report for OrderWithRecords {
    fn describe(&self, text: &mut Text) {
        let order = &self.order;
        text.field("order", &order.address)
            .field("seller", &order.seller)
            .field("label", &order.label)
            .field("state", order.state())
            .field("price", Sol(order.price_lamports))
            .field("for", order.only_buyer.as_deref().unwrap_or("anyone"))
            .field(
                "delivered within",
                duration::in_words(order.delivery_window_seconds.into()),
            )
            .field(
                "purchases",
                format_args!(
                    "{} pending, {} settled",
                    order.pending_purchases, order.settled_purchases
                ),
            )
            .field("created", time::show(order.created_at))
            .field("records", order.record_count());
        let rows = self.records.iter().map(|record| {
            [
                record.address.clone(),
                record.creator.clone(),
                record.marks(),
            ]
        });
        text.table(["RECORD", "CREATOR", "STATE"], rows, "no records");
    }
}
