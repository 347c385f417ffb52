//! Shares: records that their owners let others read.

mod create;
mod link;
mod list;
mod open;
mod revoke;

use clap::Subcommand;

use self::{
    create::{CreateArgs, create},
    link::LinkCommand,
    list::{ListArgs, list},
    open::{OpenArgs, open},
    revoke::revoke,
};
use crate::{
    args::name::Name,
    command::each::in_order,
    context::Context,
    output::{failure::Failure, report::Output},
};

#[derive(Subcommand)]
pub enum ShareCommand {
    /// Share a verified record with another user
    Create(CreateArgs),
    /// List shares [default: those by you and with you]
    List(ListArgs),
    /// Open records that were shared with you, and write their documents to files
    Open(OpenArgs),
    /// Revoke a share; a recipient who has opened it keeps the document
    Revoke {
        /// The shares: addresses, or the first characters of them
        #[arg(value_name = "SHARE", required = true, num_args = 1.., value_delimiter = ',')]
        shares: Vec<Name>,
    },
    #[command(flatten)]
    ByLink(LinkCommand),
}

impl ShareCommand {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Create(args) => create(context, args).await,
            Self::List(args) => list(context, args).await,
            Self::Open(args) => open(context, args).await,
            Self::ByLink(command) => command.run(context).await,
            Self::Revoke { shares } => {
                let shares = context.shares(&shares).await?;
                in_order(shares, async |share| revoke(context, share).await).await
            }
        }
    }
}
