//! Records, and the documents behind them.

mod check;
mod compare;
mod copy;
mod create;
mod facts;
mod import;
mod list;
mod open;
mod opened;
mod read;
mod remove;
mod verify;
mod write;

use clap::Subcommand;
use generion_client::{Filter, accounts::RecordAccount};
use serde::Serialize;
use solana_address::Address;

use self::{
    check::CheckArgs, compare::CompareArgs, create::CreateArgs, import::ImportArgs, list::ListArgs,
    open::OpenArgs, verify::VerifyArgs,
};
use crate::{
    args::{name::Name, parse::address},
    command::each::in_order,
    command::record::read::read,
    context::Context,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        view::RecordView,
    },
};

#[derive(Subcommand)]
pub enum RecordCommand {
    /// Write a record: encrypt a document for its owner and upload it
    Create(CreateArgs),
    /// Write a record for each document in a folder; an interrupted import continues where it ended
    Import(ImportArgs),
    /// List records, newest first, those by creators that you trust before others [default: your records]
    List(ListArgs),
    /// List the addresses of a wallet's records, one per line
    #[command(visible_alias = "ids")]
    Addresses {
        /// The owner [default: your wallet]
        #[arg(long, value_name = "WALLET", value_parser = address)]
        owner: Option<Address>,
    },
    /// Show a record
    #[command(visible_alias = "get")]
    Show {
        /// The records: addresses, or the first characters of them
        #[arg(value_name = "RECORD", required = true, num_args = 1.., value_delimiter = ',')]
        records: Vec<Name>,
        /// List the facts that you could disclose, which opens the record
        ///
        /// A fact is a statement of the record's creator that follows from the document, such as its code or year. A document
        /// whose content they follow from is fetched and checked, and not kept.
        #[arg(long)]
        facts: bool,
    },
    /// Check records as their owner should before verifying them, and write their documents to files; nothing is signed
    Check(CheckArgs),
    /// Check a record of yours, then sign that it is right
    Verify(VerifyArgs),
    /// Open records of yours, and write their documents to files
    Open(OpenArgs),
    /// Compare a record of yours with its research copy: list the dropped, generalized and kept values, and refuse a copy with
    /// any other value
    Compare(CompareArgs),
    /// Delete a record from the ledger; its document stays in its stores until you erase it
    Delete {
        /// The records: addresses, or the first characters of them
        #[arg(value_name = "RECORD", required = true, num_args = 1.., value_delimiter = ',')]
        records: Vec<Name>,
    },
    /// Erase a record's document from all its stores for good; your wallet must be its erase authority
    Erase {
        /// The records, which are yours: addresses, or the first characters of them
        #[arg(value_name = "RECORD", required = true, num_args = 1.., value_delimiter = ',')]
        records: Vec<Name>,
    },
}

impl RecordCommand {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Create(args) => create::create(context, args).await,
            Self::Import(args) => args.run(context).await,
            Self::List(args) => list::list(context, args).await,
            Self::Addresses { owner } => addresses(context, owner).await,
            Self::Show { records, facts } => {
                let records = context.records(&records).await?;
                in_order(records, async |record| match facts {
                    true => facts::facts(context, record).await,
                    false => Output::found(&read(context, record).await?),
                })
                .await
            }
            Self::Check(args) => check::check(context, args).await,
            Self::Verify(args) => verify::verify(context, args).await,
            Self::Open(args) => open::open(context, args).await,
            Self::Compare(args) => args.run(context).await,
            Self::Delete { records } => {
                let records = context.records(&records).await?;
                in_order(records, async |record| {
                    remove::delete(context, record).await
                })
                .await
            }
            Self::Erase { records } => {
                let records = context.records(&records).await?;
                in_order(records, async |record| remove::erase(context, record).await).await
            }
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
    let is_empty = records.is_empty();
    let listed = RecordAddresses {
        owner: owner.to_string(),
        addresses: records.into_iter().map(|record| record.address).collect(),
    };
    Output::listed(&listed, is_empty)
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
