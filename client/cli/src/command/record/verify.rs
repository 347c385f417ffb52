//! Verifying records: their owner signs that they are right.

use std::path::PathBuf;

use clap::Args;
use generion_client::{CheckedRecord, GenerionError};
use solana_address::Address;

use crate::{
    args::{name::Name, parse::address},
    command::{
        each::in_order,
        record::{
            check::{checked, content, facts, signature},
            opened::Opened,
            read::read,
        },
    },
    context::Context,
    files::{
        destination::{Destination, To},
        trusted_creators::TrustedCreators,
    },
    output::{failure::Failure, report::Output, view::DocumentView},
    prompt::consent::Plan,
};

#[derive(Args)]
pub struct VerifyArgs {
    /// The records: addresses, or the first characters of them
    #[arg(value_name = "RECORD", required = true, num_args = 1.., value_delimiter = ',')]
    records: Vec<Name>,
    /// Wallet that should be able to erase the document from its stores [default: yours]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    erase_authority: Option<Address>,
    /// Also write the document to this file, or to this existing folder, where each document is named after its record
    #[arg(long, value_name = "FILE_OR_DIR")]
    to: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long, requires = "to")]
    force: bool,
}

/// Checks records, then signs that they are right.
pub async fn verify(context: &Context, args: VerifyArgs) -> Result<Output, Failure> {
    for name in &args.records {
        context.require_whole(name)?;
    }
    let records = context.records(&args.records).await?;
    let to = args.to.clone().map(|path| To::new(path, args.force));
    if let Some(to) = &to {
        to.require_room_for(records.len())?;
    }
    in_order(records, async |record| {
        verify_one(context, &args, to.as_ref(), record).await
    })
    .await
}

async fn verify_one(
    context: &Context,
    args: &VerifyArgs,
    to: Option<&To>,
    record: Address,
) -> Result<Output, Failure> {
    let destination = match to {
        Some(to) => to.open()?,
        None => Destination::nowhere()?,
    };
    let consent = context.consent()?;
    let signers = context.signers().await?;
    context.require_funds_of(&signers, 0).await?;
    let owner = context.keys(signers.wallet).await?;
    let authority = args.erase_authority.unwrap_or(owner.wallet());
    let checked = checked(context, &*owner, &record, &authority, &destination).await?;
    if checked.record.account.state.is_verified() {
        return Err(Failure {
            rule: Some(format!("{:?}", GenerionError::AlreadyVerified)),
            ..Failure::new(
                format!("record {record} is verified already"),
                "There is nothing left to do.",
            )
        });
    }
    let content = content(&destination, &checked)?;
    let verification = context
        .client
        .verify_record(signers.wallet, signers.payer, &checked);
    let dry_run = context
        .dry_run_before_asking(verification.dry_run())
        .await?;
    let plan = Plan::new(format!("Sign that record {} is right", checked.record.address))
        .notes(format!(
            "written by wallet {}{}",
            checked.record.account.state.creator,
            creator_marks(context, &checked)?
        ))
        .notes(signature(&checked))
        .notes(format!(
            "its document of kind {} ({}) was fetched, opened and checked",
            checked.locator.kind, checked.locator.media_type
        ))
        .notes(format!("its content: {}", content.in_words()))
        .notes("this can't be undone: everybody sees that you vouch for the record, and its creator can't withdraw it any more");
    consent.to(plan).await?;
    if let Some(dry_run) = dry_run {
        return Ok(dry_run);
    }
    let confirmed = verification.send().await?.confirmed;
    let beside = destination.is_stdout();
    let path = destination
        .finish(&record, &checked.locator.media_type)
        .map_err(|failure| failure.after(&confirmed))?;
    Output::new(&Opened {
        record: read(context, checked.record.address)
            .await
            .map_err(|failure| failure.after(&confirmed))?,
        document: DocumentView::from(&checked.locator),
        creator_signature: Some(signature(&checked)),
        erase_authority: Some(authority.to_string()),
        content: Some(content),
        facts_checked: facts(&checked),
        path,
        transaction: Some(context.transaction(&confirmed)),
    })
    .map(|output| output.beside(beside))
}

/// The details of a record's creator to show to the user.
fn creator_marks(context: &Context, checked: &CheckedRecord) -> Result<&'static str, Failure> {
    let creators = TrustedCreators::read(context.data())?;
    let creator = &checked.record.account.state.creator;
    Ok(if checked.self_issued {
        ", SELF-ISSUED"
    } else if creators.has(creator) {
        ", which you trust"
    } else if creators.is_empty() {
        ""
    } else {
        ", which is NOT one that you trust (`generion user trusted`)"
    })
}
