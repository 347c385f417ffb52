//! Records, and the documents behind them.

mod create;
mod import;
mod list;
mod open;
mod read;
mod remove;

use clap::Subcommand;
use generion_client::{Filter, accounts::RecordAccount};
use serde::Serialize;
use solana_address::Address;

use self::{
    create::CreateArgs,
    import::ImportArgs,
    list::ListArgs,
    open::{CheckArgs, VerifyArgs},
};
use crate::{
    args::parse::address,
    command::record::read::read,
    context::Context,
    files::destination::To,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        view::RecordView,
    },
};

#[derive(Subcommand)]
pub enum RecordCommand {
    /// Encrypt a document to its owner, upload it and write the record
    Create(CreateArgs),
    /// Write a folder of documents as records, each once, however often it is interrupted
    Import(ImportArgs),
    /// List records, the newest first: by default those of the acting wallet. Those by creators that you trust come before
    /// what nobody asked for
    List(ListArgs),
    /// List the addresses of a wallet's records, one a line
    #[command(visible_alias = "ids")]
    Addresses {
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
    /// Delete a record from the ledger; its document stays in its stores until it is erased there
    Delete {
        /// The record
        #[arg(value_parser = address)]
        record: Address,
    },
    /// Erase a record's document from all its stores for good, as its erase authority
    Erase {
        /// The record, one of the acting wallet's
        #[arg(value_parser = address)]
        record: Address,
    },
}

impl RecordCommand {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Create(args) => create::create(context, args).await,
            Self::Import(args) => args.run(context).await,
            Self::List(args) => list::list(context, args).await,
            Self::Addresses { owner } => addresses(context, owner).await,
            Self::Show { record } => Output::found(&read(context, record).await?),
            Self::Check { checked, to } => open::check(context, checked, to).await,
            Self::Verify(args) => open::verify(context, args).await,
            Self::Open { record, to } => open::open(context, record, to).await,
            Self::Delete { record } => remove::delete(context, record).await,
            Self::Erase { record } => remove::erase(context, record).await,
        }
    }
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
    records.sort_by(|a, b| {
        (&a.owner, a.created_at, &a.address).cmp(&(&b.owner, b.created_at, &b.address))
    });
    Ok(records)
}

#[derive(Serialize)]
struct RecordAddresses {
    owner: String,
    addresses: Vec<String>,
}

async fn addresses(context: &Context, owner: Option<Address>) -> Result<Output, Failure> {
    let owner = context.address_or_own(owner).await?;
    let records = listed(context, &[Filter::record_owner(owner)], false).await?;
    Output::found(&RecordAddresses {
        owner: owner.to_string(),
        addresses: records.into_iter().map(|record| record.address).collect(),
    })
}

impl Report for RecordAddresses {
    fn describe(&self, text: &mut Text) {
        for address in &self.addresses {
            text.line(address);
        }
        if self.addresses.is_empty() {
            text.line("no records");
        }
    }
}
