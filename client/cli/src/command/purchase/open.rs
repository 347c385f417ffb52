//! What was bought, as files.

use std::path::{Path, PathBuf};

use clap::Args;
use generion_client::{CheckedFacts, CreatorSignature, OpenedRecord};
use serde::Serialize;
use solana_address::Address;

use super::Receipts;
use crate::{
    cli::address,
    context::Context,
    destination,
    failure::Failure,
    output::{Output, Report, Text},
    view::DocumentView,
};

#[derive(Args)]
pub struct OpenArgs {
    /// The purchase
    #[arg(value_parser = address)]
    purchase: Address,
    /// Folder to write the documents to, each under its record's address
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Replace files that are there and differ
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    receipts: Receipts,
}

#[derive(Serialize)]
struct Opened {
    purchase: String,
    documents: Vec<OpenedDocument>,
}

#[derive(Serialize)]
struct OpenedDocument {
    record: String,
    creator: String,
    /// Its creator is the seller.
    self_issued: bool,
    /// Whether its creator signed for it, which is checked.
    signed: bool,
    /// Whether its facts are the document's; `null`: they are of a profile that this software doesn't know.
    facts_checked: Option<bool>,
    document: DocumentView,
    path: PathBuf,
}

pub async fn open(context: &Context, args: OpenArgs) -> Result<Output, Failure> {
    let OpenArgs {
        purchase,
        to,
        force,
        receipts: Receipts { receipts },
    } = args;
    let wallet = context.wallet().await?;
    std::fs::create_dir_all(&to).map_err(|error| destination::file_error(&to, error))?;
    let staging = destination::staging_beside(&to.join("document"))?;
    let folder = staging.path().join("documents");
    let opened = context
        .client
        .open_purchase(wallet, &purchase, &receipts, &folder)
        .await;

    // What could be opened is kept, whatever became of the rest.
    let kept = keep(&folder, &to, force);
    let opened = opened.map_err(|error| {
        let mut failure = Failure::from(error);
        if let Ok(count @ 1..) = kept {
            failure.message.push_str(&format!(
                " ({count} other records were opened into {})",
                to.display()
            ));
        }
        failure
    })?;
    kept?;
    let view = |record: OpenedRecord| OpenedDocument {
        record: record.address.to_string(),
        creator: record.creator.to_string(),
        self_issued: record.self_issued,
        signed: matches!(record.signature, CreatorSignature::Signed(_)),
        facts_checked: match record.facts {
            CheckedFacts::Right(_) => Some(true),
            CheckedFacts::Unknown(_) => None,
        },
        document: DocumentView::from(&record.locator),
        path: to.join(record.address.to_string()),
    };
    Output::new(&Opened {
        purchase: purchase.to_string(),
        documents: opened.into_iter().map(view).collect(),
    })
}

/// Gives opened documents their places; how many there are. One that is there already, the same to the last byte, is
/// fine: an earlier run opened it.
fn keep(folder: &Path, to: &Path, force: bool) -> Result<usize, Failure> {
    let (mut count, mut refused) = (0, None);
    let entries = match folder.read_dir() {
        Ok(entries) => entries,
        // Nothing was opened.
        Err(_) => return Ok(0),
    };
    for entry in entries {
        let entry = entry.map_err(|error| destination::file_error(folder, error))?;
        let path = to.join(entry.file_name());
        let is_there = destination::is_same(&entry.path(), &path)
            .map_err(|error| destination::file_error(&path, error))?;
        match if is_there {
            Ok(())
        } else {
            destination::place(&entry.path(), &path, force)
        } {
            Ok(()) => count += 1,
            Err(failure) => refused = Some(failure),
        }
    }
    refused.map_or(Ok(count), Err)
}

impl Report for Opened {
    fn describe(&self, text: &mut Text) {
        let rows = self.documents.iter().map(|opened| {
            [
                opened.path.display().to_string(),
                opened.creator.clone()
                    + if opened.self_issued {
                        " (SELF-ISSUED)"
                    } else {
                        ""
                    },
                opened.document.media_type.clone(),
                opened.document.kind.clone(),
            ]
        });
        text.table(
            ["FILE", "CREATOR", "MEDIA TYPE", "KIND"],
            rows,
            "no records",
        );
    }
}
