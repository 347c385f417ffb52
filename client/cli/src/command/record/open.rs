//! Opening records, and checking them before their owner verifies them.

use std::path::PathBuf;

use clap::Args;
use generion_client::{CheckedFacts, CheckedRecord, CreatorSignature, GenerionError, KeySource};
use serde::Serialize;
use solana_address::Address;

use crate::{
    args::{name::Name, parse::address},
    command::{each::in_order, record::read::read},
    context::Context,
    document::content::Content,
    files::{
        destination::{Destination, To},
        trusted_creators::TrustedCreators,
    },
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        view::{DocumentView, RecordView, TransactionView},
    },
    prompt::consent::Plan,
};

#[derive(Args)]
pub struct CheckArgs {
    /// The record: its address, or the first characters of it
    record: Name,
    /// Wallet that should be able to erase the document from its stores [default: yours]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    erase_authority: Option<Address>,
}

#[derive(Args)]
pub struct VerifyArgs {
    /// The records: addresses, or the first characters of them
    #[arg(value_name = "RECORD", required = true, num_args = 1.., value_delimiter = ',')]
    records: Vec<Name>,
    /// Wallet that should be able to erase the document from its stores [default: yours]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    erase_authority: Option<Address>,
    /// Also write the document to this file
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long, requires = "to")]
    force: bool,
}

/// A record that was opened, checked or verified.
#[derive(Serialize)]
struct Opened {
    record: RecordView,
    document: DocumentView,
    /// Evidence of who wrote it; `null`: it was opened without checks.
    creator_signature: Option<String>,
    /// The erase authority that all of its stores name; `null`: it was opened without checks.
    erase_authority: Option<String>,
    /// What the document contains, compared with what its creator says; `null`: it was opened without checks.
    content: Option<Content>,
    /// Whether its facts match the document; `null`: this software doesn't know their profile.
    facts_checked: Option<bool>,
    /// Path of the plain document; `null`: it was not kept, or went to standard output.
    path: Option<PathBuf>,
    /// The verification; `null`: nothing was signed.
    transaction: Option<TransactionView>,
}

pub async fn check(context: &Context, args: CheckArgs, to: To) -> Result<Output, Failure> {
    let destination = to.open()?;
    let owner = context.opener().await?;
    let record = context.record(&args.record).await?;
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

pub async fn verify(context: &Context, args: VerifyArgs) -> Result<Output, Failure> {
    for name in &args.records {
        context.require_whole(name)?;
    }
    let records = context.records(&args.records).await?;
    if args.to.is_some() && records.len() > 1 {
        return Err(Failure::new(
            "one file can't take the documents of several records",
            "Pass one record, or leave out --to.",
        ));
    }
    in_order(records, async |record| {
        verify_one(context, &args, record).await
    })
    .await
}

async fn verify_one(
    context: &Context,
    args: &VerifyArgs,
    record: Address,
) -> Result<Output, Failure> {
    let destination = match &args.to {
        Some(path) => To::new(path.clone(), args.force).open()?,
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

/// Evidence of who wrote a record.
fn signature(checked: &CheckedRecord) -> String {
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
fn facts(checked: &CheckedRecord) -> Option<bool> {
    match checked.facts {
        CheckedFacts::Right(_) => Some(true),
        CheckedFacts::Unknown(_) => None,
    }
}

/// What to show the user about a record's creator.
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

/// Reads the document and compares it with what its creator says.
fn content(destination: &Destination, checked: &CheckedRecord) -> Result<Content, Failure> {
    let document = destination.staged();
    let content = Content::of(document, &checked.locator);
    Ok(content.map_err(|error| document.error(error))?)
}

async fn checked(
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

pub async fn open(context: &Context, record: Address, to: To) -> Result<Output, Failure> {
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

impl Report for Opened {
    fn describe(&self, text: &mut Text) {
        self.record.describe(text);
        self.document.describe(text);
        if let Some(content) = &self.content {
            text.field("content", content.in_words());
        }
        if let Some(signature) = &self.creator_signature {
            text.field("signature", signature);
            if let Some(authority) = &self.erase_authority {
                text.field("erasable by", authority);
            }
            text.field(
                "facts",
                match self.facts_checked {
                    Some(_) => "they match the document",
                    None => "not checked: this software doesn't know their profile",
                },
            );
        }
        if let Some(path) = &self.path {
            text.field("written to", path.display());
        }
        if let Some(transaction) = &self.transaction {
            transaction.describe(text);
        }
    }
}
