//! Orders: records that are for sale.

mod create;
mod read;
mod reveal;

use std::collections::{BTreeSet, HashMap};

use clap::{Args, Subcommand};
use generion_client::{
    Filter, KeyedAccount,
    accounts::{OrderAccount, RecordAccount},
    events::Event,
    rpc::amount::Sol,
};
use serde::Serialize;
use solana_address::Address;

use self::{
    create::{CreateArgs, create},
    read::read,
};
use crate::{
    args::{name::Name, parse::address},
    command::each::in_order,
    context::Context,
    output::{
        failure::Failure,
        paid_out::paid_out,
        report::{Output, Report},
        text::Text,
        view::{OrderView, TransactionView},
    },
};

#[derive(Subcommand)]
pub enum OrderCommand {
    /// Put verified records up for sale
    Create(CreateArgs),
    /// List all orders
    List(ListArgs),
    /// List the numbers of a wallet's orders
    Ids {
        /// The seller [default: your wallet]
        #[arg(long, value_name = "WALLET", value_parser = address)]
        seller: Option<Address>,
    },
    /// Show an order and its records
    #[command(visible_alias = "get")]
    Show {
        /// The orders: addresses, the first characters of them, or numbers; another wallet's also as SELLER/NUMBER
        #[arg(value_name = "ORDER", required = true, num_args = 1.., value_delimiter = ',')]
        orders: Vec<Name>,
    },
    /// Stop selling an order, and close it if no purchase is pending
    #[command(visible_alias = "delete")]
    Close {
        /// The orders: addresses, the first characters of them, or numbers; another wallet's also as SELLER/NUMBER
        #[arg(value_name = "ORDER", required = true, num_args = 1.., value_delimiter = ',')]
        orders: Vec<Name>,
    },
}

#[derive(Args)]
pub struct ListArgs {
    /// Only orders of this wallet
    #[arg(long, value_name = "WALLET", value_parser = address)]
    seller: Option<Address>,
    /// Only orders that are open for sale
    #[arg(long)]
    open: bool,
}

impl OrderCommand {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Create(args) => create(context, args).await,
            Self::List(args) => list(context, args).await,
            Self::Ids { seller } => ids(context, seller).await,
            Self::Show { orders } => {
                let orders = context.orders(&orders).await?;
                in_order(orders, async |order| {
                    Output::found(&read(context, order).await?)
                })
                .await
            }
            Self::Close { orders } => {
                let orders = context.orders(&orders).await?;
                in_order(orders, async |order| close(context, order).await).await
            }
        }
    }
}

#[derive(Serialize)]
struct Orders {
    orders: Vec<OrderView>,
}

async fn list(context: &Context, args: ListArgs) -> Result<Output, Failure> {
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

async fn ids(context: &Context, seller: Option<Address>) -> Result<Output, Failure> {
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

async fn close(context: &Context, address: Address) -> Result<Output, Failure> {
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
