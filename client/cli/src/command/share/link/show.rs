//! Showing a link again.

use clap::Args;

use super::{
    args::{Place, Shown},
    view::LinkReport,
};
use crate::{
    context::Context,
    output::{failure::Failure, report::Output},
};

#[derive(Args)]
pub struct ShowArgs {
    /// The link, by its first characters (`generion share links`)
    link: String,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    shown: Shown,
}

/// Shows a link that was made before, here or on another device.
pub async fn show(context: &Context, args: ShowArgs) -> Result<Output, Failure> {
    let found = args.place.links(context).await?;
    let index = found.find(&args.link)?;
    Output::found(&LinkReport::new(&found.own.links[index], &args.shown)?)
}
