use std::path::PathBuf;

use clap::{Args, Subcommand};
use generion_client::{
    CheckedRecord, Filter, KeySource, Listed, NewDocument, accounts::RecordAccount, events::Event,
};
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;
use url::Url;

use crate::{
    cli::{address, store_url},
    command::import::ImportArgs,
    consent::Plan,
    context::Context,
    destination::{Destination, To, file_error},
    failure::Failure,
    fhir::{self, Guess},
    output::{Output, Report, Text},
    time,
    view::{DocumentView, RecordView, TransactionView},
};

#[derive(Subcommand)]
pub enum RecordCommand {
    /// Encrypt a document to its owner, upload it and write the record
    Create(CreateArgs),
    /// Write a folder of documents as records, each once, however often it is interrupted
    Import(ImportArgs),
    /// List records: by default those of the acting wallet
    List(ListArgs),
    /// List the ids of a wallet's records
    Ids {
        /// The owner [default: the acting wallet]
        #[arg(long, value_name = "WALLET", value_parser = address)]
        owner: Option<Address>,
    },
    /// Show a record
    #[command(visible_alias = "get")]
    Show {
        /// The record
        #[arg(value_parser = address)]
        record: Address,
    },
    /// Check all that the owner must before verifying, and write the document to a file; signs nothing
    Check {
        #[command(flatten)]
        checked: CheckArgs,
        #[command(flatten)]
        to: To,
    },
    /// Check a record as its owner, then sign for it
    Verify(VerifyArgs),
    /// Open one's own record into a file
    Open {
        /// The record
        #[arg(value_parser = address)]
        record: Address,
        #[command(flatten)]
        to: To,
    },
    /// Delete a record from the ledger; its document stays in its store until it is erased there
    Delete {
        /// The record
        #[arg(value_parser = address)]
        record: Address,
    },
}

#[derive(Args)]
pub struct CreateArgs {
    /// The document
    file: PathBuf,
    /// The wallet that it is for; it has published an encryption key
    #[arg(long, value_name = "WALLET", value_parser = address)]
    owner: Address,
    /// The document store
    #[arg(long, value_name = "URL", env = "GENERION_STORE", value_parser = store_url)]
    store: Url,
    /// Media type of the document [default: guessed]
    #[arg(long, value_name = "TYPE")]
    media_type: Option<String>,
    /// What the document is, such as fhir:Observation/4548-4; only who can open it learns this [default: guessed]
    #[arg(long)]
    kind: Option<String>,
    /// Who can erase the document from its store [default: the owner]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    erase_authority: Option<Address>,
    /// Publish the hash of the encrypted document: buyers can check it before they pay, and anyone can look for it
    #[arg(long)]
    disclose_hash: bool,
}

#[derive(Args)]
pub struct ListArgs {
    /// Records of this wallet
    #[arg(long, value_name = "WALLET", value_parser = address)]
    owner: Option<Address>,
    /// Records that this wallet wrote
    #[arg(long, value_name = "WALLET", value_parser = address)]
    creator: Option<Address>,
    /// Only those that their owner has yet to verify
    #[arg(long)]
    unverified: bool,
}

#[derive(Args)]
pub struct CheckArgs {
    /// The record
    #[arg(value_parser = address)]
    record: Address,
    /// Who should be able to erase the document from its store [default: the acting wallet]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    erase_authority: Option<Address>,
}

#[derive(Args)]
pub struct VerifyArgs {
    #[command(flatten)]
    checked: CheckArgs,
    /// Also write the document to this file
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Replaces the file if it is there
    #[arg(long, requires = "to")]
    force: bool,
}

impl RecordCommand {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Create(args) => create(context, args).await,
            Self::Import(args) => args.run(context).await,
            Self::List(args) => list(context, args).await,
            Self::Ids { owner } => ids(context, owner).await,
            Self::Show { record } => Output::new(&read(context, record).await?),
            Self::Check { checked, to } => check(context, checked, to).await,
            Self::Verify(args) => verify(context, args).await,
            Self::Open { record, to } => open(context, record, to).await,
            Self::Delete { record } => delete(context, record).await,
        }
    }
}

impl Report for RecordView {
    fn describe(&self, text: &mut Text) {
        self.describe(text);
    }
}

async fn read(context: &Context, address: Address) -> Result<RecordView, Failure> {
    let account = context.ledger().record(&address).await?;
    Ok(RecordView::from(&Listed { address, account }))
}

#[derive(Serialize)]
struct Created {
    record: RecordView,
    document: DocumentCreated,
    transaction: TransactionView,
}

/// What went into the locator.
#[derive(Serialize)]
struct DocumentCreated {
    url: String,
    media_type: String,
    kind: String,
}

async fn create(context: &Context, args: CreateArgs) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let signers = context.signers().await?;
    let payer = signers.payer.pubkey();
    let guess = fhir::guess(&args.file).map_err(|error| file_error(&args.file, error))?;
    let Guess { media_type, kind } = Guess {
        media_type: args.media_type.unwrap_or(guess.media_type),
        kind: args.kind.unwrap_or(guess.kind),
    };
    let document = NewDocument {
        path: args.file,
        owner: args.owner,
        media_type: media_type.clone(),
        kind: kind.clone(),
        store: args.store,
        erase_authority: args.erase_authority,
        disclose_hash: args.disclose_hash,
    };
    // Asked before the user is: without a key there is nothing to agree to.
    context.ledger().user(&document.owner).await?;
    let rent = context.ledger().rent(document.account()?).await?;
    context.require_funds(&payer, rent).await?;
    let plan = Plan::new(format!(
        "Write a record to wallet {} from {}",
        document.owner,
        document.path.display()
    ))
    .notes(format!(
        "a document of kind {kind} ({media_type}), encrypted, in the store {}",
        document.store
    ))
    .pays(
        rent,
        format!("of rent, back when the record is deleted, from wallet {payer}"),
    );
    consent.to(plan).await?;

    let created = context
        .client
        .create_record(signers.wallet, signers.payer, &document)
        .await?;
    Output::new(&Created {
        record: read(context, created.address)
            .await
            .map_err(|failure| failure.after(&created.landed))?,
        document: DocumentCreated {
            url: created.document.into(),
            media_type,
            kind,
        },
        transaction: context.transaction(&created.landed).await,
    })
}

impl Report for Created {
    fn describe(&self, text: &mut Text) {
        self.record.describe(text);
        text.field("kind", &self.document.kind)
            .field("media type", &self.document.media_type)
            .field("stored at", &self.document.url);
        self.transaction.describe(text);
    }
}

#[derive(Serialize)]
struct Records {
    records: Vec<RecordView>,
}

async fn list(context: &Context, args: ListArgs) -> Result<Output, Failure> {
    let mut filters: Vec<_> = args
        .creator
        .map(Filter::record_creator)
        .into_iter()
        .collect();
    match args.owner {
        Some(owner) => filters.push(Filter::record_owner(owner)),
        None if filters.is_empty() => {
            filters.push(Filter::record_owner(context.wallet().await?.pubkey()))
        }
        None => {}
    }
    Output::new(&Records {
        records: listed(context, &filters, args.unverified).await?,
    })
}

async fn listed(
    context: &Context,
    filters: &[Filter],
    unverified: bool,
) -> Result<Vec<RecordView>, Failure> {
    let records = context.ledger().list::<RecordAccount>(filters).await?;
    let mut records: Vec<_> = records
        .iter()
        .map(RecordView::from)
        .filter(|record| !(unverified && record.verified))
        .collect();
    records.sort_by(|a, b| (&a.owner, a.id).cmp(&(&b.owner, b.id)));
    Ok(records)
}

impl Report for Records {
    fn describe(&self, text: &mut Text) {
        let rows = self.records.iter().map(|record| {
            [
                record.id.to_string(),
                record.address.clone(),
                record.owner.clone(),
                record.creator.clone(),
                time::show(record.created_at),
                record.marks(),
            ]
        });
        text.table(
            ["ID", "RECORD", "OWNER", "CREATOR", "CREATED", "STATE"],
            rows,
            "no records",
        );
    }
}

#[derive(Serialize)]
struct Ids {
    owner: String,
    ids: Vec<u64>,
}

async fn ids(context: &Context, owner: Option<Address>) -> Result<Output, Failure> {
    let owner = context.address_or_own(owner).await?;
    let records = listed(context, &[Filter::record_owner(owner)], false).await?;
    Output::new(&Ids {
        owner: owner.to_string(),
        ids: records.iter().map(|record| record.id).collect(),
    })
}

impl Report for Ids {
    fn describe(&self, text: &mut Text) {
        for id in &self.ids {
            text.line(id);
        }
        if self.ids.is_empty() {
            text.line("no records");
        }
    }
}

/// A record that was checked or opened, and perhaps verified.
#[derive(Serialize)]
struct Opened {
    record: RecordView,
    document: DocumentView,
    /// The plain document; `null`: it was not kept, or went to standard output.
    path: Option<PathBuf>,
    /// `null`: nothing was signed.
    transaction: Option<TransactionView>,
}

async fn check(context: &Context, args: CheckArgs, to: To) -> Result<Output, Failure> {
    let destination = to.open()?;
    let owner = context.opener().await?;
    let checked = checked(context, &*owner, &args, &destination).await?;
    let beside = destination.is_stdout();
    let path = destination.finish()?;
    Output::new(&Opened {
        record: RecordView::from(&checked.record),
        document: DocumentView::from(&checked.locator),
        path,
        transaction: None,
    })
    .map(|output| output.beside(beside))
}

async fn verify(context: &Context, args: VerifyArgs) -> Result<Output, Failure> {
    let destination = match args.to {
        Some(path) => To::new(path, args.force).open()?,
        None => Destination::nowhere()?,
    };
    let consent = context.consent()?;
    let signers = context.signers().await?;
    context.require_funds(&signers.payer.pubkey(), 0).await?;
    let owner = context.keys(signers.wallet).await?;
    let checked = checked(context, &*owner, &args.checked, &destination).await?;
    // Refused before anybody is asked.
    context
        .rehearse(async |client| {
            client
                .verify_record(signers.wallet, signers.payer, &checked)
                .await
        })
        .await?;
    let plan = Plan::new(format!("Sign for record {}", checked.record.address))
        .notes(format!(
            "written by wallet {}{}",
            checked.record.account.state.creator,
            if checked.self_issued { ", SELF-ISSUED" } else { "" }
        ))
        .notes(format!(
            "a document of kind {} ({}), which was fetched, opened and checked",
            checked.locator.kind, checked.locator.media_type
        ))
        .notes("for good: everybody sees that you stand by it, and its creator can't withdraw it any more");
    consent.to(plan).await?;
    let landed = context
        .client
        .verify_record(signers.wallet, signers.payer, &checked)
        .await?;
    let beside = destination.is_stdout();
    let path = destination
        .finish()
        .map_err(|failure| failure.after(&landed))?;
    Output::new(&Opened {
        record: read(context, checked.record.address)
            .await
            .map_err(|failure| failure.after(&landed))?,
        document: DocumentView::from(&checked.locator),
        path,
        transaction: Some(context.transaction(&landed).await),
    })
    .map(|output| output.beside(beside))
}

async fn checked(
    context: &Context,
    owner: &dyn KeySource,
    args: &CheckArgs,
    destination: &Destination,
) -> Result<CheckedRecord, Failure> {
    let erase_authority = args.erase_authority.unwrap_or(owner.wallet());
    Ok(context
        .client
        .check_record(owner, &args.record, &erase_authority, &destination.staged())
        .await?)
}

async fn open(context: &Context, record: Address, to: To) -> Result<Output, Failure> {
    let destination = to.open()?;
    let owner = context.opener().await?;
    let locator = context
        .client
        .open_record(&*owner, &record, &destination.staged())
        .await?;
    let record = read(context, record).await?;
    let beside = destination.is_stdout();
    let path = destination.finish()?;
    Output::new(&Opened {
        record,
        document: DocumentView::from(&locator),
        path,
        transaction: None,
    })
    .map(|output| output.beside(beside))
}

impl Report for Opened {
    fn describe(&self, text: &mut Text) {
        self.record.describe(text);
        self.document.describe(text);
        if let Some(path) = &self.path {
            text.field("written to", path.display());
        }
        if let Some(transaction) = &self.transaction {
            transaction.describe(text);
        }
    }
}

#[derive(Serialize)]
struct Deleted {
    record: String,
    /// Rent that went back to whoever paid it.
    returned_lamports: u64,
    rent_payer: String,
    transaction: TransactionView,
}

async fn delete(context: &Context, address: Address) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let signers = context.signers().await?;
    let record = context.ledger().record(&address).await?;
    context.require_funds(&signers.payer.pubkey(), 0).await?;
    context
        .rehearse(async |client| {
            client
                .delete_record(signers.wallet, signers.payer, &address)
                .await
        })
        .await?;
    let plan = Plan::new(format!("Delete record {address} of wallet {}", record.state.owner))
        .notes("its document can't be opened through the ledger any more, and stays in its store until it is erased there")
        .notes(format!("the rent goes back to wallet {}", record.state.rent_payer));
    consent.to(plan).await?;
    let landed = context
        .client
        .delete_record(signers.wallet, signers.payer, &address)
        .await?;
    let returned = landed.events.iter().map(|event| match event {
        Event::RecordDeleted(deleted) => deleted.lamports.get(),
        _ => 0,
    });
    Output::new(&Deleted {
        record: address.to_string(),
        returned_lamports: returned.sum(),
        rent_payer: record.state.rent_payer.to_string(),
        transaction: context.transaction(&landed).await,
    })
}

impl Report for Deleted {
    fn describe(&self, text: &mut Text) {
        text.field("deleted", &self.record).field(
            "rent back",
            format_args!("{} lamports to {}", self.returned_lamports, self.rent_payer),
        );
        self.transaction.describe(text);
    }
}
