//! Opening records.

use clap::Args;
use solana_address::Address;

use crate::{
    args::name::Name,
    command::{
        each::in_order,
        record::{opened::Opened, read::read},
    },
    context::Context,
    files::destination::To,
    output::{failure::Failure, report::Output, view::DocumentView},
};

#[derive(Args)]
pub struct OpenArgs {
    /// The records: addresses, or the first characters of them
    #[arg(value_name = "RECORD", required = true, num_args = 1.., value_delimiter = ',')]
    records: Vec<Name>,
    #[command(flatten)]
    to: To,
}

/// Writes the documents of records to a file or a folder.
pub async fn open(context: &Context, args: OpenArgs) -> Result<Output, Failure> {
    let records = context.records(&args.records).await?;
    args.to.require_room_for(records.len())?;
    in_order(records, async |record| {
        open_one(context, record, &args.to).await
    })
    .await
}

async fn open_one(context: &Context, record: Address, to: &To) -> Result<Output, Failure> {
    let destination = to.open()?;
    let owner = context.opener().await?;
    let locator = context
        .client
        .open_record_into(&*owner, &record, destination.staged())
        .await?;
    let beside = destination.is_stdout();
    let view = read(context, record).await?;
    let path = destination.finish(&record, &locator.media_type)?;
    Output::found(&Opened {
        record: view,
        document: DocumentView::from(&locator),
        creator_signature: None,
        erase_authority: None,
        content: None,
        facts_checked: None,
        path,
        transaction: None,
    })
    .map(|output| output.beside(beside))
}
