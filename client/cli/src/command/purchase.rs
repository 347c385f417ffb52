//! Purchases: buying, opening, refunding and closing them.

mod buy;
mod end;
mod open;
mod read;
mod receipts;

use clap::{Args, Subcommand};
use generion_client::{Filter, accounts::PurchaseAccount, rpc::amount::Sol};
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;

use self::{buy::BuyArgs, end::CloseArgs, open::OpenArgs};
use crate::{
    args::{name::Name, parse::address},
    command::{each::in_order, purchase::read::read},
    context::Context,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        time,
        view::PurchaseView,
    },
};

#[derive(Subcommand)]
pub enum PurchaseCommand {
    /// Pay an order's price into escrow; the seller gets it for delivering, otherwise you get it back
    Buy(BuyArgs),
    /// List purchases [default: those by you and from you]
    List(ListArgs),
    /// Show a purchase
    #[command(visible_alias = "get")]
    Show {
        /// The purchases: addresses, or the first characters of them
        #[arg(value_name = "PURCHASE", required = true, num_args = 1.., value_delimiter = ',')]
        purchases: Vec<Name>,
    },
    /// Open the records of a settled purchase, and write each document to a file
    Open(OpenArgs),
    /// Refund a purchase to its buyer: the seller can until the purchase is locked; anybody can from 5 minutes after
    /// the deadline or, once it is locked, after the time to settle
    Refund {
        /// The purchases: addresses, or the first characters of them
        #[arg(value_name = "PURCHASE", required = true, num_args = 1.., value_delimiter = ',')]
        purchases: Vec<Name>,
    },
    /// Close a settled purchase and get its rent back; its keys are saved beside its receipt first
    Close(CloseArgs),
}

#[derive(Args)]
pub struct ListArgs {
    /// Only purchases from this wallet
    #[arg(long, value_name = "WALLET", value_parser = address)]
    seller: Option<Address>,
    /// Only purchases by this wallet
    #[arg(long, value_name = "WALLET", value_parser = address)]
    buyer: Option<Address>,
    /// Only purchases of this order
    #[arg(long, value_name = "ORDER")]
    order: Option<Name>,
}

impl PurchaseCommand {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Buy(args) => buy::buy(context, args).await,
            Self::List(args) => list(context, args).await,
            Self::Show { purchases } => {
                let purchases = context.purchases(&purchases).await?;
                in_order(purchases, async |purchase| {
                    Output::found(&read(context, purchase).await?)
                })
                .await
            }
            Self::Open(args) => open::open(context, args).await,
            Self::Refund { purchases } => {
                let purchases = context.purchases(&purchases).await?;
                in_order(purchases, async |purchase| {
                    end::refund(context, purchase).await
                })
                .await
            }
            Self::Close(args) => end::close(context, args).await,
        }
    }
}

#[derive(Serialize)]
struct Purchases {
    purchases: Vec<PurchaseView>,
}

async fn list(context: &Context, args: ListArgs) -> Result<Output, Failure> {
    let ledger = context.ledger();
    let order = match &args.order {
        Some(name) => Some(context.order(name).await?),
        None => None,
    };
    let filters: Vec<_> = [
        args.seller.map(Filter::purchase_seller),
        args.buyer.map(Filter::purchase_buyer),
        order.map(Filter::purchase_order),
    ]
    .into_iter()
    .flatten()
    .collect();
    let purchases = if filters.is_empty() {
        let wallet = context.wallet().await?.pubkey();
        let mut purchases = ledger
            .list::<PurchaseAccount>(&[Filter::purchase_seller(wallet)])
            .await?;
        purchases.extend(
            ledger
                .list::<PurchaseAccount>(&[Filter::purchase_buyer(wallet)])
                .await?,
        );
        purchases
    } else {
        ledger.list(&filters).await?
    };
    let purchases: Vec<_> = purchases.iter().map(PurchaseView::from).collect();
    let is_empty = purchases.is_empty();
    Output::listed(&Purchases { purchases }, is_empty)
}

impl Report for Purchases {
    fn describe(&self, text: &mut Text) {
        let rows = self.purchases.iter().map(|purchase| {
            [
                purchase.address.clone(),
                purchase.order.clone(),
                purchase.buyer.clone(),
                Sol(purchase.price_lamports).to_string(),
                time::show(purchase.deadline_at),
                purchase.progress(),
            ]
        });
        text.table(
            ["PURCHASE", "ORDER", "BUYER", "PRICE", "DEADLINE", "STATE"],
            rows,
            "no purchases",
        );
    }
}
