//! Health links: copies of records for everybody who has the link, until it expires or is revoked.

mod args;
mod create;
mod list;
mod open;
mod revoke;
mod show;
mod view;

use clap::Subcommand;

use self::{
    create::{CreateArgs, create},
    list::{ListArgs, list},
    open::{OpenArgs, open},
    revoke::{RevokeArgs, revoke},
    show::{ShowArgs, show},
};
use crate::{
    context::Context,
    output::{failure::Failure, report::Output},
};

#[derive(Subcommand)]
pub enum LinkCommand {
    /// Share a copy of a record by a SMART Health Link and its QR code, with people who have no wallet
    Link(CreateArgs),
    /// List the links that you made, on any device, and that have not ended
    Links(ListArgs),
    /// Show a link again, and its QR code
    ShowLink(ShowArgs),
    /// Open anybody's SMART Health Link, and write its document to a file
    OpenLink(OpenArgs),
    /// Revoke links: erase their copies, so that nobody can open them any more
    RevokeLink(RevokeArgs),
}

impl LinkCommand {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Link(args) => create(context, args).await,
            Self::Links(args) => list(context, args).await,
            Self::ShowLink(args) => show(context, args).await,
            Self::RevokeLink(args) => revoke(context, args).await,
            Self::OpenLink(args) => open(context, args).await,
        }
    }
}
