//! Opening a purchase: its documents are written to files.

use std::path::{Path, PathBuf};

use clap::Args;
use generion_client::{CheckedFacts, CreatorSignature, OpenedRecord, StagedFile};
use serde::Serialize;
use solana_address::Address;

use crate::{
    args::name::Name,
    command::{each::in_order, purchase::receipts::Receipts},
    context::Context,
    files::destination,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        view::DocumentView,
    },
};

#[derive(Args)]
pub struct OpenArgs {
    /// The purchases: addresses, or the first characters of them
    #[arg(value_name = "PURCHASE", required = true, num_args = 1.., value_delimiter = ',')]
    purchases: Vec<Name>,
    /// Folder to write the documents to; each file is named after its record's address
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Replace existing files that differ
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
    /// Whether its creator is the seller.
    self_issued: bool,
    /// Whether its creator signed it; the signature was checked.
    signed: bool,
    /// Whether its facts match the document; `null`: this software doesn't know their profile.
    facts_checked: Option<bool>,
    document: DocumentView,
    path: PathBuf,
}

pub async fn open(context: &Context, args: OpenArgs) -> Result<Output, Failure> {
    let OpenArgs {
        purchases,
        to,
        force,
        receipts,
    } = args;
    let receipts = receipts.path(context)?;
    let purchases = context.purchases(&purchases).await?;
    in_order(purchases, async |purchase| {
        open_one(context, purchase, &to, force, &receipts).await
    })
    .await
}

async fn open_one(
    context: &Context,
    purchase: Address,
    to: &Path,
    force: bool,
    receipts: &Path,
) -> Result<Output, Failure> {
    let wallet = context.wallet().await?;
    let existing = destination::existing(force);
    // Documents that could be opened are kept even if others fail.
    let (mut count, mut refused) = (0_u64, None);
    let keep = |record: &OpenedRecord, document: StagedFile| {
        match destination::place_unless_same(document, &record.path, existing) {
            Ok(()) => count += 1,
            Err(failure) => refused = Some(failure),
        }
        Ok(())
    };
    let opened = context
        .client
        .open_purchase_into(wallet, &purchase, receipts, to, keep)
        .await;
    let opened = opened.map_err(|error| {
        let mut failure = Failure::from(error);
        if count > 0 {
            failure.message.push_str(&format!(
                " ({count} other records were opened into {})",
                to.display()
            ));
        }
        failure
    })?;
    if let Some(failure) = refused {
        return Err(failure);
    }
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
        path: record.path,
    };
    Output::found(&Opened {
        purchase: purchase.to_string(),
        documents: opened.into_iter().map(view).collect(),
    })
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
