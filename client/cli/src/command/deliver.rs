//! Delivering and settling purchases: one, all pending ones, or all as they come.

mod all;
pub mod args;
mod line;
mod one;
mod report;
mod seller;
mod settlement;
pub mod watch;

use crate::{
    command::{
        deliver::{args::DeliverArgs, seller::Seller},
        each::in_order,
    },
    context::Context,
    output::{failure::Failure, report::Output},
};

/// Delivers one purchase, or all pending ones.
pub async fn run(args: DeliverArgs, context: &Context) -> Result<Output, Failure> {
    if args.which.all {
        context.refuse_dry_run("generion deliver --all")?;
    }
    let seller = Seller::new(context).await?;
    if args.which.purchases.is_empty() {
        return all::deliver_all(&args, context, &seller).await;
    }
    let purchases = context.purchases(&args.which.purchases).await?;
    in_order(purchases, async |purchase| {
        one::deliver(context, &seller, &args, &purchase).await
    })
    .await
}
