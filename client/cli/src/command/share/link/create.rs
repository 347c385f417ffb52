//! Making links.

use clap::Args;
use generion_client::{NewLink, locator::StoreUrl, rpc::url::redacted};
use solana_address::Address;

use super::{args::Shown, view::LinkReport};
use crate::{
    args::{name::Name, parse::store_url, time::Expiry},
    command::each::in_order,
    context::Context,
    output::{failure::Failure, report::Output, time, waiting},
    prompt::consent::Plan,
};

#[derive(Args)]
pub struct CreateArgs {
    /// The records: addresses, or the first characters of them; each gets a link of its own
    #[arg(value_name = "RECORD", required = true, num_args = 1.., value_delimiter = ',')]
    records: Vec<Name>,
    /// Document store that gets the copy; of several, separated by commas, the first one
    #[arg(long, value_name = "URL", env = "GENERION_STORE", hide_env_values = true, required = true,
          value_delimiter = ',', value_parser = store_url)]
    store: Vec<StoreUrl>,
    /// When the link ends: a duration such as 30days, a date such as 2027-01-31, or a time such as 2027-01-31T12:00:00Z; at
    /// most 366 days ahead
    #[arg(long, value_name = "WHEN", default_value = "7days", value_parser = Expiry::parse)]
    expires: Expiry,
    /// Label of the link, at most 80 characters, which everybody who sees the link can read [default: none]
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    label: String,
    #[command(flatten)]
    shown: Shown,
    /// Have the wallet sign the upload, for a store that takes uploads from listed wallets only; the store then learns your
    /// wallet
    #[arg(long)]
    upload_as_wallet: bool,
}

/// Makes a link to a copy of each of the records.
pub async fn create(context: &Context, args: CreateArgs) -> Result<Output, Failure> {
    let records = context.records(&args.records).await?;
    in_order(records, async |record| {
        create_one(context, &args, record).await
    })
    .await
}

async fn create_one(
    context: &Context,
    args: &CreateArgs,
    record: Address,
) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let now = context.ledger().unix_time().await?;
    let expiry = args.expires.unix_time(now);
    let Some(expiry) = u64::try_from(expiry).ok().filter(|_| expiry > now) else {
        return Err(Failure::new(
            format!(
                "the link would end at {}, which is past",
                time::show(expiry)
            ),
            "Pass a later time as --expires.",
        ));
    };
    // The command line takes at least one.
    let store = args.store[0].clone();
    let owner = context.opener().await?;
    let plan = Plan::new(format!(
        "Put an encrypted copy of record {record} into {}, and make a link to it",
        redacted(store.as_str())
    ))
    .notes(format!("until {}", time::show(expiry as i64)))
    .notes("everybody who has the link can read the copy, and its label without opening it")
    .notes("this can't be undone: people who have opened the link keep their copy, even after the link ends or is revoked");
    consent.to(plan).await?;
    let make = async {
        let keys = context.client.link_keys(&*owner, false).await?;
        let wallet = match args.upload_as_wallet {
            true => Some(context.wallet().await?),
            false => None,
        };
        let new = NewLink {
            record,
            store,
            expiry,
            label: args.label.clone(),
        };
        let _waiting = waiting::until_done("making the link");
        let uploader = wallet.map(|wallet| wallet as _);
        let link = context.client.create_link(&*owner, &keys, &new, uploader);
        Output::new(&LinkReport::new(&link.await?, &args.shown)?)
    };
    context.free_unless_dry_run(make).await
}
