//! Orders: records that are for sale.

mod close;
mod create;
mod list;
mod read;
mod reveal;

use clap::Subcommand;
use solana_address::Address;

use self::{
    close::close,
    create::{CreateArgs, create},
    list::{ListArgs, ids, list},
    read::read,
};
use crate::{
    args::{name::Name, parse::address},
    command::each::in_order,
    context::Context,
    output::{failure::Failure, report::Output},
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
