//! Sharing records.

use std::str::FromStr;

use clap::Args;
use generion_client::{AccountToCreate, KeyedAccount, Sent};
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;

use crate::{
    args::{addressee::Addressee, name::Name, time::Expiry},
    command::each::in_order,
    context::Context,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        time,
        view::{ShareView, TransactionView},
    },
    prompt::consent::Plan,
};

#[derive(Args)]
pub struct CreateArgs {
    /// The records: addresses, or the first characters of them
    #[arg(value_name = "RECORD", required = true, num_args = 1.., value_delimiter = ',')]
    records: Vec<Name>,
    /// Recipient of the share: a wallet that has published an encryption key, or its card (`generion user card`)
    #[arg(long, value_name = "WALLET_OR_CARD", value_parser = Addressee::from_str)]
    with: Addressee,
    /// When it should no longer be used: a duration such as 30days, a date such as 2027-01-31, or a time such as
    /// 2027-01-31T12:00:00Z
    #[arg(long, value_name = "WHEN", value_parser = Expiry::parse)]
    expires: Option<Expiry>,
}

#[derive(Serialize)]
struct Created {
    share: ShareView,
    transaction: TransactionView,
}

/// Shares each of the records with the same user.
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
    let signers = context.signers().await?;
    let payer = signers.payer.pubkey();
    let ledger = context.ledger();
    let recipient = context.recipient(&args.with).await?;
    let expires_at = match args.expires {
        Some(expiry) => expiry.unix_time(ledger.unix_time().await?),
        None => 0,
    };
    let rent = ledger.rent(AccountToCreate::Share).await?;
    context.require_funds_of(&signers, rent).await?;
    let keys = context.keys(signers.wallet).await?;
    let share = context
        .client
        .share_record(
            signers.wallet,
            &*keys,
            signers.payer,
            &record,
            &recipient,
            expires_at,
        )
        .await?;
    let dry_run = context.dry_run_before_asking(share.dry_run()).await?;
    let plan = Plan::new(format!(
        "Share record {} with wallet {}",
        record, recipient.wallet
    ))
    .notes(format!(
        "its encryption key {}: {}",
        recipient.index, recipient.evidence
    ))
    .notes(match expires_at {
        0 => "without an expiry".to_owned(),
        time => format!("until {}", time::show(time)),
    })
    .notes("this can't be undone: a recipient who has opened the record keeps the document, even after the share expires or is revoked")
    .pays(
        rent,
        format!("of rent, back when the share is revoked, from wallet {payer}"),
    );
    consent.to(plan).await?;
    if let Some(dry_run) = dry_run {
        return Ok(dry_run);
    }
    let Sent {
        outcome: address,
        confirmed,
    } = share.send().await?;
    let share = KeyedAccount {
        address,
        account: ledger
            .share(&address)
            .await
            .map_err(|error| Failure::from(error).after(&confirmed))?,
    };
    Output::new(&Created {
        share: ShareView::from(&share),
        transaction: context.transaction(&confirmed),
    })
}

impl Report for Created {
    fn describe(&self, text: &mut Text) {
        text.field("share", &self.share.address)
            .field("record", &self.share.record)
            .field("with", &self.share.recipient)
            .field("expires", self.share.expiry());
        self.transaction.describe(text);
    }
}
