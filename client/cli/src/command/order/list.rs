//! Listing orders.

use std::collections::{BTreeSet, HashMap};

use clap::Args;
use generion_client::{
    Filter, KeyedAccount,
    accounts::{OrderAccount, RecordAccount},
    rpc::amount::Sol,
};
use serde::Serialize;
use solana_address::Address;

use crate::{
    args::parse::address,
    context::Context,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        view::OrderView,
    },
};

#[derive(Args)]
pub struct ListArgs {
    /// Only orders of this wallet
    #[arg(long, value_name = "WALLET", value_parser = address)]
    seller: Option<Address>,
    /// Only orders that are open for sale
    #[arg(long)]
    open: bool,
}

#[derive(Serialize)]
struct Orders {
    orders: Vec<OrderView>,
}

/// Lists the orders that match.
pub async fn list(context: &Context, args: ListArgs) -> Result<Output, Failure> {
    let filters: Vec<_> = args.seller.map(Filter::order_seller).into_iter().collect();
    let mut listed = context.ledger().list::<OrderAccount>(&filters).await?;
    listed.retain(|order| !args.open || order.account.state.is_open());
    let addresses = listed.iter().flat_map(|order| &order.account.records);
    let addresses: Vec<_> = addresses
        .collect::<BTreeSet<_>>()
        .into_iter()
        .copied()
        .collect();
    // The records of all orders are read together: one request for each order would take a minute with a distant node.
    let found = context.ledger().find_all(&addresses).await?;
    let records: HashMap<Address, Option<RecordAccount>> =
        addresses.into_iter().zip(found).collect();
    let record = |address: &Address| {
        let account = records.get(address)?.clone()?;
        Some(KeyedAccount {
            address: *address,
            account,
        })
    };
    let mut orders = Vec::new();
    for order in &listed {
        let records = order.account.records.iter().map(record);
        // A missing record means that its order was closed meanwhile, since records can be deleted only after their
        // order.
        if let Some(records) = records.collect::<Option<Vec<_>>>() {
            orders.push(OrderView::new(order, &records));
        }
    }
    orders.sort_by(|a, b| (&a.seller, a.id).cmp(&(&b.seller, b.id)));
    let is_empty = orders.is_empty();
    Output::listed(&Orders { orders }, is_empty)
}

impl Report for Orders {
    fn describe(&self, text: &mut Text) {
        let rows = self.orders.iter().map(|order| {
            [
                order.id.to_string(),
                order.address.clone(),
                order.seller.clone(),
                Sol(order.price_lamports).to_string(),
                order.record_count(),
                order.state().to_owned(),
                order.label.clone(),
            ]
        });
        text.table(
            [
                "ID", "ORDER", "SELLER", "PRICE", "RECORDS", "STATE", "LABEL",
            ],
            rows,
            "no orders",
        );
    }
}

#[derive(Serialize)]
struct Ids {
    seller: String,
    ids: Vec<u64>,
}

/// Lists the numbers of a wallet's orders.
pub async fn ids(context: &Context, seller: Option<Address>) -> Result<Output, Failure> {
    let seller = context.address_or_own(seller).await?;
    let orders = context
        .ledger()
        .list::<OrderAccount>(&[Filter::order_seller(seller)])
        .await?;
    let mut ids: Vec<_> = orders.iter().map(|order| order.account.state.id).collect();
    ids.sort_unstable();
    let is_empty = ids.is_empty();
    let listed = Ids {
        seller: seller.to_string(),
        ids,
    };
    Output::listed(&listed, is_empty)
}

impl Report for Ids {
    fn describe(&self, text: &mut Text) {
        for id in &self.ids {
            text.line(id);
        }
        if self.ids.is_empty() {
            text.line("no orders");
        }
    }
}
