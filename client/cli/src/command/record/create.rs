//! Writing a document as a record.

use std::{
    io::{BufReader, IsTerminal, stderr, stdin},
    path::PathBuf,
    str::FromStr,
};

use clap::Args;
use generion_client::{DocumentFile, NewDocument, locator::StoreUrl, rpc::url::redacted};
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;
use url::Url;

use crate::{
    args::{
        addressee::Addressee,
        parse::{address, store_url},
    },
    command::record::read::read,
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
    write: WriteArgs,
}

/// Options for writing records, shared by `create` and `import`.
#[derive(Args)]
pub struct WriteArgs {
    /// Document stores to upload to, one to three, separated by commas
    #[arg(long, value_name = "URL", env = "GENERION_STORE", hide_env_values = true, required = true,
          value_delimiter = ',', value_parser = store_url)]
    store: Vec<StoreUrl>,
    /// Number of stores that must accept the document [default: all]
    #[arg(long, value_name = "NUMBER")]
    needed_stores: Option<usize>,
    /// Wallet that can erase the document from its stores [default: the owner]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    erase_authority: Option<Address>,
    /// Don't sign the record. Without a signature, readers have to trust their nodes about its creator
    #[arg(long)]
    unsigned: bool,
}

impl WriteArgs {
    /// A document to write with these options.
    pub fn document(&self, path: PathBuf, owner: Address, guess: Guess) -> NewDocument {
        NewDocument {
            path,
            owner,
            media_type: guess.media_type,
            kind: guess.kind,
            stores: self.store.clone(),
            needed_stores: self.needed_stores,
            erase_authority: self.erase_authority,
            sign: !self.unsigned,
        }
    }

    /// The stores, as text.
    pub fn stores(&self) -> String {
        let stores: Vec<_> = self
            .store
            .iter()
            .map(|store| redacted(store.as_str()))
            .collect();
        stores.join(" and ")
    }
}

#[derive(Serialize)]
struct Created {
    record: RecordView,
    document: DocumentCreated,
    transaction: TransactionView,
}

/// The locator's description of the document.
#[derive(Serialize)]
struct DocumentCreated {
    urls: Vec<String>,
    media_type: String,
    kind: String,
    /// Size of the plain document in bytes.
    plain_size: u64,
    /// Whether the creator signed for the record.
    signed: bool,
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
    let rent = context.ledger().rent(document.account()?).await?;
    context.require_funds_of(&signers, rent).await?;
    let card = args.owner.card();
    // The recipient is looked up before the user is asked: without a key nothing can be written.
    let recipient = context.recipient(&args.owner).await?;
    let placeholder = context
        .client
        .record_placeholder(signers.wallet, signers.payer, &document, card)
        .await?;
    let dry_run = context.dry_run_before_asking(placeholder.dry_run()).await?;
    let plan = Plan::new(format!(
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

    let created = context
        .client
        .create_record_from(signers.wallet, signers.payer, &document, &file, card)
        .await?;
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

fn bytes(count: u64) -> String {
    match count {
        1 => "1 byte".to_owned(),
        count => format!("{count} bytes"),
    }
}

impl Report for Created {
    fn describe(&self, text: &mut Text) {
        self.record.describe(text);
        text.field("kind", &self.document.kind)
            .field("media type", &self.document.media_type)
            .field("plain size", bytes(self.document.plain_size));
        for url in &self.document.urls {
            text.field("stored at", url);
        }
        self.transaction.describe(text);
    }
}
