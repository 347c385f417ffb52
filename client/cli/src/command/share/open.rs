//! Opens shared records.

use std::path::PathBuf;

use clap::Args;
use generion_client::KeyedAccount;
use serde::Serialize;
use solana_address::Address;

use crate::{
    args::name::Name,
    command::each::in_order,
    context::Context,
    files::destination::To,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        view::{DocumentView, ShareView},
    },
};

#[derive(Args)]
pub struct OpenArgs {
    /// The shares: addresses, or the first characters of them (`generion share list`)
    #[arg(value_name = "SHARE", required = true, num_args = 1.., value_delimiter = ',')]
    shares: Vec<Name>,
    #[command(flatten)]
    to: To,
}

#[derive(Serialize)]
struct Opened {
    share: ShareView,
    /// The wallet that wrote the record.
    creator: String,
    /// Whether the creator is the owner, so that nobody else vouches for the record.
    self_issued: bool,
    document: DocumentView,
    /// `null`: the document went to standard output.
    path: Option<PathBuf>,
}

/// Writes the documents of shared records to a file or a folder.
pub async fn open(context: &Context, args: OpenArgs) -> Result<Output, Failure> {
    let shares = context.shares(&args.shares).await?;
    args.to.require_room_for(shares.len())?;
    in_order(shares, async |share| {
        open_one(context, share, &args.to).await
    })
    .await
}

async fn open_one(context: &Context, address: Address, to: &To) -> Result<Output, Failure> {
    let destination = to.open()?;
    let recipient = context.opener().await?;
    let share = KeyedAccount {
        address,
        account: context.ledger().share(&address).await?,
    };
    let locator = context
        .client
        .open_share_into(&*recipient, &address, destination.staged())
        .await?;
    let record = context.ledger().record(&share.account.record).await?.state;
    let beside = destination.is_stdout();
    let path = destination.finish(&share.account.record, &locator.media_type)?;
    Output::found(&Opened {
        share: ShareView::from(&share),
        creator: record.creator.to_string(),
        self_issued: record.is_self_issued(),
        document: DocumentView::from(&locator),
        path,
    })
    .map(|output| output.beside(beside))
}

impl Report for Opened {
    fn describe(&self, text: &mut Text) {
        text.field("record", &self.share.record)
            .field("shared by", &self.share.owner)
            .field(
                "creator",
                self.creator.clone()
                    + if self.self_issued {
                        " (SELF-ISSUED)"
                    } else {
                        ""
                    },
            )
            .field("expires", self.share.expiry());
        self.document.describe(text);
        if let Some(path) = &self.path {
            text.field("written to", path.display());
        }
    }
}
