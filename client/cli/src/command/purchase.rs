//! Purchases, as their buyers see them.

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
    args::parse::address,
    command::purchase::read::read,
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
    /// Pay an order's price into escrow: the seller gets it by delivering, or it comes back
    Buy(BuyArgs),
    /// List purchases: by default those by and from the acting wallet
    List(ListArgs),
    /// Show a purchase
    #[command(visible_alias = "get")]
    Show {
        /// The purchase
        #[arg(value_parser = address)]
        purchase: Address,
    },
    /// Open all records of a delivered purchase into a folder, one file each
    Open(OpenArgs),
    /// Have the price go back: as the seller until the purchase is locked; as anyone from 300 s after the deadline or, once
    /// it is locked, after the time to settle
    Refund {
        /// The purchase
        #[arg(value_parser = address)]
        purchase: Address,
    },
    /// Save a settled purchase's keys beside its receipt, close it and take its rent back
    Close(CloseArgs),
}

#[derive(Args)]
pub struct ListArgs {
    /// Purchases from this wallet
    #[arg(long, value_name = "WALLET", value_parser = address)]
    seller: Option<Address>,
    /// Purchases by this wallet
    #[arg(long, value_name = "WALLET", value_parser = address)]
    buyer: Option<Address>,
    /// Purchases of this order
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    order: Option<Address>,
}

impl PurchaseCommand {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Buy(args) => buy::buy(context, args).await,
            Self::List(args) => list(context, args).await,
            Self::Show { purchase } => Output::found(&read(context, purchase).await?),
            Self::Open(args) => open::open(context, args).await,
            Self::Refund { purchase } => end::refund(context, purchase).await,
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
    let filters: Vec<_> = [
        args.seller.map(Filter::purchase_seller),
        args.buyer.map(Filter::purchase_buyer),
        args.order.map(Filter::purchase_order),
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
    Output::found(&Purchases {
        purchases: purchases.iter().map(PurchaseView::from).collect(),
    })
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
