use std::{path::PathBuf, str::FromStr};

use clap::{Args, Subcommand};
use generion_client::{
    AccountToCreate, Filter, KeyedAccount, Sent, rpc::amount::Sol, state::Share,
};
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;

use crate::{
    args::{addressee::Addressee, name::Name, parse::address, time::Expiry},
    command::each::in_order,
    context::Context,
    files::destination::To,
    output::{
        failure::Failure,
        paid_out::paid_out,
        report::{Output, Report},
        text::Text,
        time,
        view::{DocumentView, ShareView, TransactionView},
    },
    prompt::consent::Plan,
};

#[derive(Subcommand)]
pub enum ShareCommand {
    /// Share a verified record with another user
    Create(CreateArgs),
    /// List shares [default: those by you and with you]
    List(ListArgs),
    /// Open a record that was shared with you, and write its document to a file
    Open {
        /// The share: its address, or the first characters of it (`generion share list`)
        share: Name,
        #[command(flatten)]
        to: To,
    },
    /// Revoke a share; who has opened it keeps what they have read
    Revoke {
        /// The shares: addresses, or the first characters of them
        #[arg(value_name = "SHARE", required = true, num_args = 1.., value_delimiter = ',')]
        shares: Vec<Name>,
    },
}

#[derive(Args)]
pub struct CreateArgs {
    /// The records: addresses, or the first characters of them
    #[arg(value_name = "RECORD", required = true, num_args = 1.., value_delimiter = ',')]
    records: Vec<Name>,
    /// Who to share the record with: a wallet that has published an encryption key, or its card (`generion user card`)
    #[arg(long, value_name = "WALLET_OR_CARD", value_parser = Addressee::from_str)]
    with: Addressee,
    /// When it should no longer be used: a duration such as 30days, a date such as 2027-01-31, or a time such as
    /// 2027-01-31T12:00:00Z
    #[arg(long, value_name = "WHEN", value_parser = Expiry::parse)]
    expires: Option<Expiry>,
}

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

impl ShareCommand {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Create(args) => {
                let records = context.records(&args.records).await?;
                in_order(records, async |record| create(context, &args, record).await).await
            }
            Self::List(args) => list(context, args).await,
            Self::Open { share, to } => {
                let share = context.share(&share).await?;
                open(context, share, to).await
            }
            Self::Revoke { shares } => {
                let shares = context.shares(&shares).await?;
                in_order(shares, async |share| revoke(context, share).await).await
            }
        }
    }
}

#[derive(Serialize)]
struct Created {
    share: ShareView,
    transaction: TransactionView,
}

async fn create(context: &Context, args: &CreateArgs, record: Address) -> Result<Output, Failure> {
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
    .notes("this can't be undone: who has opened the record keeps what they have read, even after the share expires or is revoked")
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

#[derive(Serialize)]
struct Shares {
    shares: Vec<ShareView>,
}

async fn list(context: &Context, args: ListArgs) -> Result<Output, Failure> {
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

#[derive(Serialize)]
struct Opened {
    share: ShareView,
    /// The wallet that wrote the record.
    creator: String,
    /// Whether the creator is the owner, so that nobody else vouches for the record.
    self_issued: bool,
    document: DocumentView,
    /// `null`: the document went to standard output.
    path: Option<PathBuf>,
}

async fn open(context: &Context, address: Address, to: To) -> Result<Output, Failure> {
    let destination = to.open()?;
    let recipient = context.opener().await?;
    let share = KeyedAccount {
        address,
        account: context.ledger().share(&address).await?,
    };
    let locator = context
        .client
        .open_share_into(&*recipient, &address, destination.staged())
        .await?;
    let record = context.ledger().record(&share.account.record).await?.state;
    let beside = destination.is_stdout();
    let path = destination.finish(&share.account.record, &locator.media_type)?;
    Output::found(&Opened {
        share: ShareView::from(&share),
        creator: record.creator.to_string(),
        self_issued: record.is_self_issued(),
        document: DocumentView::from(&locator),
        path,
    })
    .map(|output| output.beside(beside))
}

impl Report for Opened {
    fn describe(&self, text: &mut Text) {
        text.field("record", &self.share.record)
            .field("shared by", &self.share.owner)
            .field(
                "creator",
                self.creator.clone()
                    + if self.self_issued {
                        " (SELF-ISSUED)"
                    } else {
                        ""
                    },
            )
            .field("expires", self.share.expiry());
        self.document.describe(text);
        if let Some(path) = &self.path {
            text.field("written to", path.display());
        }
    }
}

#[derive(Serialize)]
struct Revoked {
    share: String,
    /// Rent that was returned to its payer.
    returned_lamports: u64,
    rent_payer: String,
    transaction: TransactionView,
}

async fn revoke(context: &Context, address: Address) -> Result<Output, Failure> {
    let signers = context.signers().await?;
    let share = context.ledger().share(&address).await?;
    context.require_funds_of(&signers, 0).await?;
    let revocation = context
        .client
        .revoke_share(signers.wallet, signers.payer, &address)
        .await?;
    if let Some(dry_run) = context.dry_run(revocation.dry_run()).await? {
        return Ok(dry_run);
    }
    let confirmed = revocation.send().await?.confirmed;
    Output::new(&Revoked {
        share: address.to_string(),
        returned_lamports: paid_out(&confirmed),
        rent_payer: share.rent_payer.to_string(),
        transaction: context.transaction(&confirmed),
    })
}

impl Report for Revoked {
    fn describe(&self, text: &mut Text) {
        text.field("revoked", &self.share).field(
            "rent back",
            format_args!("{} to {}", Sol(self.returned_lamports), self.rent_payer),
        );
        self.transaction.describe(text);
    }
}
