//! Listing records, newest first and in pages, those by trusted creators before others.

use clap::Args;
use generion_client::{Filter, RecordHead};
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;

use crate::{
    args::parse::address,
    context::Context,
    files::trusted_creators::TrustedCreators,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        time,
        view::RecordView,
    },
};

#[derive(Args)]
pub struct ListArgs {
    /// Only records of this wallet [default: yours; with your own wallet as --creator, anybody's]
    #[arg(long, value_name = "WALLET", value_parser = address)]
    owner: Option<Address>,
    /// Records of all wallets
    #[arg(long, conflicts_with = "owner")]
    any_owner: bool,
    /// Only records that this wallet wrote
    #[arg(long, value_name = "WALLET", value_parser = address)]
    creator: Option<Address>,
    /// Only records that their owner has not verified yet
    #[arg(long)]
    unverified: bool,
    /// Only records by creators that you trust (`generion user trust`)
    #[arg(long)]
    trusted: bool,
    /// Number of records on a page
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=100))]
    limit: u16,
    /// Page to show; page 1 has the newest records
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    page: u32,
}

#[derive(Serialize)]
struct Records {
    records: Vec<ListedRecord>,
    /// The page, from 1 on.
    page: u32,
    /// Number of records on all pages.
    total: usize,
    /// Number of those by creators that the user trusts.
    trusted_total: usize,
    #[serde(skip)]
    pages: usize,
    /// Whether the user trusts any creator, so that the list has two parts.
    #[serde(skip)]
    is_sorted: bool,
}

#[derive(Serialize)]
struct ListedRecord {
    #[serde(flatten)]
    record: RecordView,
    /// Whether its creator is the user or a creator that the user trusts.
    trusted_creator: bool,
}

pub async fn list(context: &Context, args: ListArgs) -> Result<Output, Failure> {
    let owner = match args.owner {
        Some(owner) => Some(owner),
        None if args.any_owner => None,
        // A creator who lists own records means the records for others.
        None => Some(context.wallet().await?.pubkey()).filter(|own| args.creator != Some(*own)),
    };
    let filters = [
        args.creator.map(Filter::record_creator),
        owner.map(Filter::record_owner),
    ];
    let filters: Vec<_> = filters.into_iter().flatten().collect();
    let creators = TrustedCreators::read(context.data())?;
    let is_trusted = |head: &RecordHead| creators.has(&head.creator) || head.creator == head.owner;
    let mut heads = context.ledger().record_heads(&filters).await?;
    heads.retain(|head| {
        !(args.unverified && head.is_verified) && (!args.trusted || is_trusted(head))
    });
    let is_sorted = !creators.is_empty();
    if is_sorted {
        // A stable sort keeps the order within each part.
        heads.sort_by_key(|head| !is_trusted(head));
    }
    let limit = usize::from(args.limit);
    let first = (args.page as usize - 1).saturating_mul(limit);
    let page: Vec<_> = heads.iter().skip(first).take(limit).copied().collect();
    let records = context.ledger().records_at(&page).await?;
    let records = records.iter().map(|listed| ListedRecord {
        trusted_creator: creators.has(&listed.account.state.creator)
            || listed.account.state.is_self_issued(),
        record: RecordView::from(listed),
    });
    let listed = Records {
        records: records.collect(),
        page: args.page,
        total: heads.len(),
        trusted_total: heads.iter().filter(|head| is_trusted(head)).count(),
        pages: heads.len().div_ceil(limit),
        is_sorted,
    };
    Output::listed(&listed, heads.is_empty())
}

impl Records {
    fn table(&self, text: &mut Text, is_wanted: impl Fn(&ListedRecord) -> bool, empty: &str) {
        let wanted = self.records.iter().filter(|listed| is_wanted(listed));
        let rows = wanted.map(|ListedRecord { record, .. }| {
            [
                record.address.clone(),
                record.owner.clone(),
                record.creator.clone(),
                time::show(record.created_at),
                record.marks(),
            ]
        });
        text.table(
            ["RECORD", "OWNER", "CREATOR", "CREATED", "STATE"],
            rows,
            empty,
        );
    }
}

impl Report for Records {
    fn describe(&self, text: &mut Text) {
        let is_unasked = |listed: &ListedRecord| !listed.trusted_creator;
        match self.is_sorted && self.records.iter().any(is_unasked) {
            false => self.table(text, |_| true, "no records"),
            true => {
                self.table(
                    text,
                    |listed| listed.trusted_creator,
                    "no records on this page by creators that you trust",
                );
                text.line("")
                    .line("By creators that you don't trust (`generion user trust`):");
                self.table(text, is_unasked, "no records");
            }
        }
        if self.pages > 1 {
            text.line("").line(format_args!(
                "page {} of {}, {} records in all (--page, --limit)",
                self.page, self.pages, self.total
            ));
        }
    }
}
