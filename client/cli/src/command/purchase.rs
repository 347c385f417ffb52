use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use generion_client::{
    BuyOptions, Filter, Listed, NewAccount, OpenedRecord, PurchaseReceipt,
    accounts::PurchaseAccount, events::Event,
};
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;

use crate::{
    amount::{self, Count, Sol},
    cli::address,
    consent::Plan,
    context::Context,
    destination,
    failure::Failure,
    output::{Output, Report, Text},
    time,
    view::{DocumentView, PurchaseView, TransactionView},
};

#[derive(Subcommand)]
pub enum PurchaseCommand {
    /// Pay an order's price into escrow: the seller gets it by delivering, or it comes back
    Buy(BuyArgs),
    /// List purchases: by default those by and from the acting wallet
    List(ListArgs),
    /// Show a purchase
    #[command(visible_alias = "get")]
    Show {
        /// The purchase
        #[arg(value_parser = address)]
        purchase: Address,
    },
    /// Open all records of a delivered purchase into a folder, one file each
    Open(OpenArgs),
    /// Have the price go back: as the seller at any time, as anyone from 300 s after the deadline
    Refund {
        /// The purchase
        #[arg(value_parser = address)]
        purchase: Address,
    },
    /// Save a settled purchase's keys beside its receipt, close it and take its rent back
    Close(CloseArgs),
}

/// Where receipts are.
#[derive(Args)]
pub struct Receipts {
    /// Folder that keeps what opening a purchase takes besides its keys; nothing in it is secret
    #[arg(long, value_name = "DIR", env = "GENERION_RECEIPTS")]
    receipts: PathBuf,
}

#[derive(Args)]
pub struct BuyArgs {
    /// The order
    #[arg(value_parser = address)]
    order: Address,
    #[command(flatten)]
    receipts: Receipts,
    /// Also buys records that nobody but their seller vouches for
    #[arg(long)]
    accept_self_issued: bool,
    /// The highest price that is paid, such as 0.25SOL
    #[arg(long, value_name = "AMOUNT", value_parser = amount::parse)]
    max_price: Option<u64>,
}

#[derive(Args)]
pub struct ListArgs {
    /// Purchases from this wallet
    #[arg(long, value_name = "WALLET", value_parser = address)]
    seller: Option<Address>,
    /// Purchases by this wallet
    #[arg(long, value_name = "WALLET", value_parser = address)]
    buyer: Option<Address>,
    /// Purchases of this order
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    order: Option<Address>,
}

#[derive(Args)]
pub struct OpenArgs {
    /// The purchase
    #[arg(value_parser = address)]
    purchase: Address,
    /// Folder to write the documents to, each under its record's address
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Replaces files that are there and differ
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    receipts: Receipts,
}

#[derive(Args)]
pub struct CloseArgs {
    /// The purchase
    #[arg(value_parser = address)]
    purchase: Address,
    /// Folder with its receipt, where its keys are saved first: with them it opens when it is closed, too. They stay
    /// encrypted to the buyer
    #[arg(
        long,
        value_name = "DIR",
        env = "GENERION_RECEIPTS",
        required_unless_present = "discard_keys"
    )]
    receipts: Option<PathBuf>,
    /// Closes it without: its records can't be opened any more
    #[arg(long, conflicts_with = "receipts")]
    discard_keys: bool,
}

impl PurchaseCommand {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Buy(args) => buy(context, args).await,
            Self::List(args) => list(context, args).await,
            Self::Show { purchase } => Output::new(&read(context, purchase).await?),
            Self::Open(args) => open(context, args).await,
            Self::Refund { purchase } => refund(context, purchase).await,
            Self::Close(args) => close(context, args).await,
        }
    }
}

impl Report for PurchaseView {
    fn describe(&self, text: &mut Text) {
        self.describe(text);
    }
}

async fn read(context: &Context, address: Address) -> Result<PurchaseView, Failure> {
    let account = context.ledger().purchase(&address).await?;
    Ok(PurchaseView::from(&Listed { address, account }))
}

#[derive(Serialize)]
struct Bought {
    purchase: PurchaseView,
    self_issued_records: usize,
    /// The file without which the purchase can't be opened.
    receipt: PathBuf,
    transaction: TransactionView,
}

async fn buy(context: &Context, args: BuyArgs) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let wallet = context.sole_signer().await?;
    let (ledger, buyer, address) = (context.ledger(), wallet.pubkey(), args.order);
    let mut options = BuyOptions {
        receipts: args.receipts.receipts,
        accept_self_issued: args.accept_self_issued,
        max_price: args.max_price,
    };
    refuse_second(context, &address, &buyer).await?;
    let offer = context.client.offer(&address, &options).await?;
    let price = offer.order.price;
    let rent = ledger
        .rent(NewAccount::Purchase(offer.records.len()))
        .await?;
    context
        .require_funds(&buyer, price.saturating_add(rent))
        .await?;
    let self_issued_records = offer
        .records
        .iter()
        .filter(|record| record.account.state.is_self_issued())
        .count();

    let window = offer.order.delivery_window;
    let mut plan = Plan::new(format!(
        "Buy order {address}: {}, {:?}",
        Count(offer.records.len(), "record"),
        offer.order.label()
    ))
    .pays(
        price,
        format!(
            "into escrow, for seller {}, or back to you if not delivered in {window} s",
            offer.order.seller
        ),
    )
    .pays(
        rent,
        format!("of rent, back when the purchase is closed, from wallet {buyer}"),
    );
    if self_issued_records > 0 {
        plan = plan.notes(format!(
            "SELF-ISSUED: {self_issued_records} of {}, which nobody but their seller vouches for",
            Count(offer.records.len(), "record")
        ));
    }
    consent.to(plan).await?;

    // What was agreed to is what was shown.
    options.max_price = Some(price);
    let (purchase, landed) = context.client.buy(wallet, &address, &options).await?;
    Output::new(&Bought {
        purchase: read(context, purchase)
            .await
            .map_err(|failure| failure.after(&landed))?,
        self_issued_records,
        receipt: PurchaseReceipt::path(&options.receipts, &purchase),
        transaction: context.transaction(&landed).await,
    })
}

/// A wallet has one purchase of an order at a time, and should not hear of it after it agreed to pay.
async fn refuse_second(context: &Context, order: &Address, buyer: &Address) -> Result<(), Failure> {
    let ledger = context.ledger();
    let address = ledger.addresses().purchase(order, buyer);
    let Some(purchase) = ledger.find::<PurchaseAccount>(&address).await? else {
        return Ok(());
    };
    let advice = if purchase.state.is_settled() {
        "It is settled: open it with `generion purchase open`, or close it to buy once more."
    } else {
        "Wait for its delivery, or have it refunded after its deadline."
    };
    Err(Failure::new(
        format!("wallet {buyer} bought order {order} already: purchase {address}"),
        advice,
    ))
}

impl Report for Bought {
    fn describe(&self, text: &mut Text) {
        self.purchase.describe(text);
        text.field(
            "self-issued",
            format_args!("{} of its records", self.self_issued_records),
        )
        .field("receipt", self.receipt.display());
        self.transaction.describe(text);
    }
}

#[derive(Serialize)]
struct Purchases {
    purchases: Vec<PurchaseView>,
}

async fn list(context: &Context, args: ListArgs) -> Result<Output, Failure> {
    let ledger = context.ledger();
    let filters: Vec<_> = [
        args.seller.map(Filter::purchase_seller),
        args.buyer.map(Filter::purchase_buyer),
        args.order.map(Filter::purchase_order),
    ]
    .into_iter()
    .flatten()
    .collect();
    let purchases = if filters.is_empty() {
        let wallet = context.wallet().await?.pubkey();
        let mut purchases = ledger
            .list::<PurchaseAccount>(&[Filter::purchase_seller(wallet)])
            .await?;
        purchases.extend(
            ledger
                .list::<PurchaseAccount>(&[Filter::purchase_buyer(wallet)])
                .await?,
        );
        purchases
    } else {
        ledger.list(&filters).await?
    };
    Output::new(&Purchases {
        purchases: purchases.iter().map(PurchaseView::from).collect(),
    })
}

impl Report for Purchases {
    fn describe(&self, text: &mut Text) {
        let rows = self.purchases.iter().map(|purchase| {
            [
                purchase.address.clone(),
                purchase.order.clone(),
                purchase.buyer.clone(),
                Sol(purchase.price_lamports).to_string(),
                time::show(purchase.deadline_at),
                purchase.state(),
            ]
        });
        text.table(
            ["PURCHASE", "ORDER", "BUYER", "PRICE", "DEADLINE", "STATE"],
            rows,
            "no purchases",
        );
    }
}

#[derive(Serialize)]
struct Opened {
    purchase: String,
    documents: Vec<OpenedDocument>,
}

#[derive(Serialize)]
struct OpenedDocument {
    record: String,
    creator: String,
    /// Its creator is the seller.
    self_issued: bool,
    document: DocumentView,
    path: PathBuf,
}

async fn open(context: &Context, args: OpenArgs) -> Result<Output, Failure> {
    let OpenArgs {
        purchase,
        to,
        force,
        receipts: Receipts { receipts },
    } = args;
    let wallet = context.wallet().await?;
    std::fs::create_dir_all(&to).map_err(|error| destination::file_error(&to, error))?;
    let staging = destination::staging_beside(&to.join("document"))?;
    let folder = staging.path().join("documents");
    let opened = context
        .client
        .open_purchase(wallet, &purchase, &receipts, &folder)
        .await;

    // What could be opened is kept, whatever became of the rest.
    let kept = keep(&folder, &to, force);
    let opened = opened.map_err(|error| {
        let mut failure = Failure::from(error);
        if let Ok(count @ 1..) = kept {
            failure.message.push_str(&format!(
                " ({count} other records were opened into {})",
                to.display()
            ));
        }
        failure
    })?;
    kept?;
    let view = |record: OpenedRecord| OpenedDocument {
        record: record.address.to_string(),
        creator: record.creator.to_string(),
        self_issued: record.self_issued,
        document: DocumentView::from(&record.locator),
        path: to.join(record.address.to_string()),
    };
    Output::new(&Opened {
        purchase: purchase.to_string(),
        documents: opened.into_iter().map(view).collect(),
    })
}

/// Gives opened documents their places; how many there are. One that is there already, the same to the last byte, is
/// fine: an earlier run opened it.
fn keep(folder: &Path, to: &Path, force: bool) -> Result<usize, Failure> {
    let (mut count, mut refused) = (0, None);
    let entries = match folder.read_dir() {
        Ok(entries) => entries,
        // Nothing was opened.
        Err(_) => return Ok(0),
    };
    for entry in entries {
        let entry = entry.map_err(|error| destination::file_error(folder, error))?;
        let path = to.join(entry.file_name());
        let is_there = destination::is_same(&entry.path(), &path)
            .map_err(|error| destination::file_error(&path, error))?;
        match if is_there {
            Ok(())
        } else {
            destination::place(&entry.path(), &path, force)
        } {
            Ok(()) => count += 1,
            Err(failure) => refused = Some(failure),
        }
    }
    refused.map_or(Ok(count), Err)
}

impl Report for Opened {
    fn describe(&self, text: &mut Text) {
        let rows = self.documents.iter().map(|opened| {
            [
                opened.path.display().to_string(),
                opened.creator.clone()
                    + if opened.self_issued {
                        " (SELF-ISSUED)"
                    } else {
                        ""
                    },
                opened.document.media_type.clone(),
                opened.document.kind.clone(),
            ]
        });
        text.table(
            ["FILE", "CREATOR", "MEDIA TYPE", "KIND"],
            rows,
            "no records",
        );
    }
}

#[derive(Serialize)]
struct Refunded {
    purchase: String,
    buyer: String,
    /// The price, the rent, and what else the purchase held.
    refunded_lamports: u64,
    transaction: TransactionView,
}

async fn refund(context: &Context, address: Address) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let wallet = context.sole_signer().await?;
    let purchase = read(context, address).await?;
    context.require_funds(&wallet.pubkey(), 0).await?;
    context
        .rehearse(async |client| client.refund(wallet, &address).await)
        .await?;
    let plan = Plan::new(format!("Refund purchase {address}")).pays(
        purchase.price_lamports,
        format!(
            "and the rent, out of escrow, back to buyer {}",
            purchase.buyer
        ),
    );
    consent.to(plan).await?;
    let landed = context.client.refund(wallet, &address).await?;
    let refunded = landed.events.iter().map(|event| match event {
        Event::Refunded(refunded) => refunded.lamports.get(),
        _ => 0,
    });
    Output::new(&Refunded {
        purchase: purchase.address,
        buyer: purchase.buyer,
        refunded_lamports: refunded.sum(),
        transaction: context.transaction(&landed).await,
    })
}

impl Report for Refunded {
    fn describe(&self, text: &mut Text) {
        text.field("refunded", &self.purchase).field(
            "back",
            format_args!("{} lamports to {}", self.refunded_lamports, self.buyer),
        );
        self.transaction.describe(text);
    }
}

#[derive(Serialize)]
struct Closed {
    purchase: String,
    /// The file that holds its keys now; `null`: they are gone.
    receipt: Option<PathBuf>,
    /// Rent that went back to the buyer.
    returned_lamports: u64,
    transaction: TransactionView,
}

async fn close(context: &Context, args: CloseArgs) -> Result<Output, Failure> {
    let address = args.purchase;
    let consent = context.consent()?;
    let wallet = context.sole_signer().await?;
    context.require_funds(&wallet.pubkey(), 0).await?;
    // Before the user is asked: what can't be saved is not to be closed.
    let receipt = match args.receipts.filter(|_| !args.discard_keys) {
        Some(receipts) => Some(context.client.export_keys(&address, &receipts).await?),
        None => None,
    };
    let plan = Plan::new(format!("Close purchase {address}")).notes(match &receipt {
        Some(path) => format!("its keys are saved in {}", path.display()),
        None => "its records can't be opened again; what was opened before stays yours".to_owned(),
    });
    let plan = plan.notes(format!("its rent goes back to wallet {}", wallet.pubkey()));
    consent.to(plan).await?;
    let landed = context.client.close_purchase(wallet, &address).await?;
    let returned = landed.events.iter().map(|event| match event {
        Event::PurchaseClosed(closed) => closed.lamports.get(),
        _ => 0,
    });
    Output::new(&Closed {
        purchase: address.to_string(),
        receipt,
        returned_lamports: returned.sum(),
        transaction: context.transaction(&landed).await,
    })
}

impl Report for Closed {
    fn describe(&self, text: &mut Text) {
        text.field("closed", &self.purchase);
        match &self.receipt {
            Some(path) => text.field("keys saved in", path.display()),
            None => text.field("keys", "gone"),
        };
        text.field(
            "rent back",
            format_args!("{} lamports", self.returned_lamports),
        );
        self.transaction.describe(text);
    }
}
