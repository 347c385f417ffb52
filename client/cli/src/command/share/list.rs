//! Listing shares.

use clap::Args;
use generion_client::{Filter, state::Share};
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;

use crate::{
    args::{name::Name, parse::address},
    context::Context,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        view::ShareView,
    },
};

#[derive(Args)]
pub struct ListArgs {
    /// Only shares by this owner
    #[arg(long, value_name = "WALLET", value_parser = address)]
    owner: Option<Address>,
    /// Only shares with this wallet
    #[arg(long, value_name = "WALLET", value_parser = address)]
    recipient: Option<Address>,
    /// Only shares of this record
    #[arg(long, value_name = "RECORD")]
    record: Option<Name>,
}

#[derive(Serialize)]
struct Shares {
    shares: Vec<ShareView>,
}

/// Lists the shares that match, or those by and with the wallet.
pub async fn list(context: &Context, args: ListArgs) -> Result<Output, Failure> {
    let ledger = context.ledger();
    let record = match &args.record {
        Some(name) => Some(context.record(name).await?),
        None => None,
    };
    let filters: Vec<_> = [
        args.owner.map(Filter::share_owner),
        args.recipient.map(Filter::share_recipient),
        record.map(Filter::share_record),
    ]
    .into_iter()
    .flatten()
    .collect();
    let shares = if filters.is_empty() {
        let wallet = context.wallet().await?.pubkey();
        let mut shares = ledger.list::<Share>(&[Filter::share_owner(wallet)]).await?;
        shares.extend(
            ledger
                .list::<Share>(&[Filter::share_recipient(wallet)])
                .await?,
        );
        shares.sort_by_key(|share| share.address);
        shares.dedup();
        shares
    } else {
        ledger.list(&filters).await?
    };
    let shares: Vec<_> = shares.iter().map(ShareView::from).collect();
    let is_empty = shares.is_empty();
    Output::listed(&Shares { shares }, is_empty)
}

impl Report for Shares {
    fn describe(&self, text: &mut Text) {
        let rows = self.shares.iter().map(|share| {
            [
                share.address.clone(),
                share.record.clone(),
                share.owner.clone(),
                share.recipient.clone(),
                share.expiry(),
            ]
        });
        text.table(
            ["SHARE", "RECORD", "OWNER", "RECIPIENT", "EXPIRES"],
            rows,
            "no shares",
        );
    }
}
