//! Writing a document as a record.

use std::{
    io::{BufReader, IsTerminal, stderr, stdin},
    path::PathBuf,
    str::FromStr,
};

use clap::Args;
use generion_client::DocumentFile;
use serde::Serialize;
use solana_signer::Signer;
use url::Url;

use crate::{
    args::addressee::Addressee,
    command::record::{
        copy::{CopyArgs, CopyCreated},
        read::read,
        write::{DocumentCreated, WriteArgs, bytes},
    },
    context::Context,
    document::fhir::{self, Guess},
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        view::{RecordView, TransactionView},
    },
    prompt::consent::{Consent, Plan},
};

#[derive(Args)]
pub struct CreateArgs {
    /// The document: a file, a pipe, or /dev/stdin
    file: PathBuf,
    /// The record's owner: a wallet that has published an encryption key, or its card (`generion user card`)
    #[arg(long, value_name = "WALLET_OR_CARD", value_parser = Addressee::from_str)]
    owner: Addressee,
    /// Media type of the document, such as application/pdf [default: guessed]
    #[arg(long, value_name = "TYPE")]
    media_type: Option<String>,
    /// Kind of the document, such as fhir:Observation/4548-4; only those who can open the record see it [default: guessed]
    #[arg(long)]
    kind: Option<String>,
    /// Also write a record of an empty document; --yes does not agree to that
    #[arg(long)]
    allow_empty: bool,
    #[command(flatten)]
    copy: CopyArgs,
    #[command(flatten)]
    write: WriteArgs,
}

#[derive(Serialize)]
struct Created {
    record: RecordView,
    document: DocumentCreated,
    transaction: TransactionView,
    /// The research copy, which is another record; `null`: there is none.
    research_copy: Option<CopyCreated>,
}

pub async fn create(context: &Context, args: CreateArgs) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let signers = context.signers().await?;
    let payer = signers.payer.pubkey();
    // Opened once: a pipe can't be read twice, and the path may lead to another file later.
    let file = DocumentFile::open(&args.file)?;
    require_content(&file, args.allow_empty)?;
    let guess = fhir::guess_in(BufReader::new(file.reader()?));
    let guess = Guess {
        media_type: args.media_type.unwrap_or(guess.media_type),
        kind: args.kind.unwrap_or(guess.kind),
    };
    let document = args.write.document(args.file, *args.owner.wallet(), guess);
    let (media_type, kind) = (document.media_type.clone(), document.kind.clone());
    let copy = args
        .copy
        .prepare(context, &signers, &args.write, &document, &file)?;
    let rent = context.ledger().rent(document.account()?).await?;
    let rent = rent.saturating_add(match &copy {
        Some(copy) => copy.rent(context).await?,
        None => 0,
    });
    context.require_funds_of(&signers, rent).await?;
    let card = args.owner.card();
    // The recipient is looked up before the user is asked: without a key nothing can be written.
    let recipient = context.recipient(&args.owner).await?;
    let placeholder = context
        .client
        .record_placeholder(signers.wallet, signers.payer, &document, card)
        .await?;
    let dry_run = context.dry_run_before_asking(placeholder.dry_run()).await?;
    if let Some(copy) = &copy {
        copy.check(context, &signers, &args.owner).await?;
    }
    let mut plan = Plan::new(format!(
        "Write a record for wallet {} from {}",
        document.owner,
        document.path.display()
    ))
    .notes(format!(
        "encrypted to its key {}: {}",
        recipient.index, recipient.evidence
    ))
    .notes(format!(
        "the document: {}, kind {kind} ({media_type}), encrypted, in the store {}",
        bytes(file.length()),
        args.write.stores()
    ))
    .pays(
        rent,
        format!("of rent, back when the record is deleted, from wallet {payer}"),
    );
    if let Some(copy) = &copy {
        plan = copy.notes(plan);
    }
    match file.length() {
        // An empty document is asked about even with `--yes`.
        0 if !args.allow_empty => {
            Consent::new(false, context.format())?
                .in_words(plan, EMPTY)
                .await?;
        }
        _ => consent.to(plan).await?,
    }
    if let Some(dry_run) = dry_run {
        return Ok(dry_run);
    }

    // The copy first: the original names it.
    let copied = match &copy {
        Some(copy) => Some(copy.write(context, &signers, &args.owner).await?),
        None => None,
    };
    let created = context.client.create_record_with_copy(
        signers.wallet,
        signers.payer,
        &document,
        &file,
        card,
        copied.as_ref().and_then(|copied| copied.named),
    );
    let created = created.await.map_err(|error| {
        let failure = Failure::from(error);
        match &copied {
            Some(copied) => copied.without_original(failure),
            None => failure,
        }
    })?;
    Output::new(&Created {
        record: read(context, created.address)
            .await
            .map_err(|failure| failure.after(&created.confirmed))?,
        document: DocumentCreated {
            urls: created.documents.iter().map(Url::to_string).collect(),
            media_type,
            kind,
            plain_size: file.length(),
            signed: created.signature.is_some(),
        },
        transaction: context.transaction(&created.confirmed),
        research_copy: copied.map(|copied| copied.view),
    })
}

/// The word that the user types to agree to a record of an empty document.
const EMPTY: &str = "EMPTY";

/// Fails for an empty document if there is no terminal to ask on: a program that failed may have left it.
fn require_content(file: &DocumentFile, is_allowed: bool) -> Result<(), Failure> {
    let can_ask = stdin().is_terminal() && stderr().is_terminal();
    match file.length() {
        0 if !is_allowed && !can_ask => Err(Failure::new(
            format!("{} has 0 bytes", file.path().display()),
            "Check the program that wrote it, or pass --allow-empty if you do want a record of an empty document.",
        )),
        _ => Ok(()),
    }
}

impl Report for Created {
    fn describe(&self, text: &mut Text) {
        self.record.describe(text);
        self.document.describe(text);
        self.transaction.describe(text);
        if let Some(copy) = &self.research_copy {
            let mut other = Text::default();
            copy.describe(&mut other);
            text.then(other);
        }
    }
}
