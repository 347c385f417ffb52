//! Checking records before their owner verifies them.

use clap::Args;
use generion_client::{CheckedFacts, CheckedRecord, CreatorSignature, KeySource};
use solana_address::Address;

use crate::{
    args::{name::Name, parse::address},
    command::{each::in_order, record::opened::Opened},
    context::Context,
    document::content::Content,
    files::destination::{Destination, To},
    output::{
        failure::Failure,
        report::Output,
        view::{DocumentView, RecordView},
    },
};

#[derive(Args)]
pub struct CheckArgs {
    /// The records: addresses, or the first characters of them
    #[arg(value_name = "RECORD", required = true, num_args = 1.., value_delimiter = ',')]
    records: Vec<Name>,
    /// Wallet that should be able to erase the documents from their stores [default: yours]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    erase_authority: Option<Address>,
    #[command(flatten)]
    to: To,
}

/// Checks records, and writes their documents to a file or a folder.
pub async fn check(context: &Context, args: CheckArgs) -> Result<Output, Failure> {
    let records = context.records(&args.records).await?;
    args.to.require_room_for(records.len())?;
    in_order(records, async |record| {
        check_one(context, &args, record).await
    })
    .await
}

async fn check_one(
    context: &Context,
    args: &CheckArgs,
    record: Address,
) -> Result<Output, Failure> {
    let destination = args.to.open()?;
    let owner = context.opener().await?;
    let authority = args.erase_authority.unwrap_or(owner.wallet());
    let checked = checked(context, &*owner, &record, &authority, &destination).await?;
    let content = content(&destination, &checked)?;
    let beside = destination.is_stdout();
    let path = destination.finish(&record, &checked.locator.media_type)?;
    Output::found(&Opened {
        record: RecordView::from(&checked.record),
        document: DocumentView::from(&checked.locator),
        creator_signature: Some(signature(&checked)),
        erase_authority: Some(authority.to_string()),
        content: Some(content),
        facts_checked: facts(&checked),
        path,
        transaction: None,
    })
    .map(|output| output.beside(beside))
}

/// Fetches, opens and checks a record; its document is staged at the destination.
pub async fn checked(
    context: &Context,
    owner: &dyn KeySource,
    record: &Address,
    erase_authority: &Address,
    destination: &Destination,
) -> Result<CheckedRecord, Failure> {
    Ok(context
        .client
        .check_record_into(owner, record, erase_authority, destination.staged())
        .await?)
}

/// Reads the document and compares it with its creator's description.
pub fn content(destination: &Destination, checked: &CheckedRecord) -> Result<Content, Failure> {
    let document = destination.staged();
    let content = Content::of(document, &checked.locator);
    Ok(content.map_err(|error| document.error(error))?)
}

/// The evidence of a record's creator.
pub fn signature(checked: &CheckedRecord) -> String {
    match checked.signature {
        CreatorSignature::Signed(envelope) => {
            format!("its creator signed it, as {envelope}; no node has to be trusted for that")
        }
        CreatorSignature::None => {
            "its creator did not sign it; only the nodes say that the wallet wrote it".to_owned()
        }
    }
}

/// Whether the facts were checked; wrong ones were an error before.
pub fn facts(checked: &CheckedRecord) -> Option<bool> {
    match checked.facts {
        CheckedFacts::Right(_) => Some(true),
        CheckedFacts::Unknown(_) => None,
    }
}
