//! Buying an order: its price goes into escrow.

use std::path::PathBuf;

use clap::Args;
use generion_client::{
    AccountToCreate, BuyOptions, Sent,
    accounts::PurchaseAccount,
    rpc::text::quoted,
    rpc::{amount, duration},
};
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;

use crate::{
    args::name::Name,
    command::purchase::{read::read, receipts::Receipts},
    context::{Context, wallets::Signers},
    output::{
        count::Count,
        failure::Failure,
        report::{Output, Report},
        text::Text,
        view::{PurchaseView, TransactionView},
    },
    prompt::consent::Plan,
};

/// Seconds that a lock can last beyond the delivery window: a purchase can be locked up to 300 s after the deadline,
/// the time to settle is a day, and refunds start 300 s later.
const LONGEST_LOCK: u64 = 300 + 86_400 + 300;

#[derive(Args)]
pub struct BuyArgs {
    /// The order: its address, the first characters of it, or SELLER/NUMBER
    order: Name,
    #[command(flatten)]
    receipts: Receipts,
    /// Also buy records that nobody but their seller vouches for
    #[arg(long)]
    accept_self_issued: bool,
    /// Highest price to pay, such as 0.25SOL
    #[arg(long, value_name = "AMOUNT", value_parser = amount::parse)]
    max_price: Option<u64>,
}

#[derive(Serialize)]
struct Bought {
    purchase: PurchaseView,
    self_issued_records: usize,
    /// The receipt, without which the purchase can't be opened.
    receipt: PathBuf,
    transaction: TransactionView,
}

pub async fn buy(context: &Context, args: BuyArgs) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let wallet = context.sole_signer().await?;
    context.require_whole(&args.order)?;
    let address = context.order(&args.order).await?;
    let (ledger, buyer) = (context.ledger(), wallet.pubkey());
    let receipts = args.receipts.path(context)?;
    let options = BuyOptions {
        accept_self_issued: args.accept_self_issued,
        max_price: args.max_price,
    };
    refuse_second(context, &address, &buyer).await?;
    let shown = context.client.offer(&address, &buyer, &options).await?;
    let offer = &shown.offer;
    let price = offer.price;
    let rent = ledger
        .rent(AccountToCreate::Purchase(shown.records.len()))
        .await?;
    context
        .require_funds_of(&Signers::sole(wallet), price.saturating_add(rent))
        .await?;
    let self_issued_records = shown
        .records
        .iter()
        .filter(|record| record.account.state.is_self_issued())
        .count();

    let window = offer.delivery_window;
    let mut plan = Plan::new(format!(
        "Buy order {address}: {}, {}",
        Count(shown.records.len(), "record"),
        quoted(&offer.label)
    ))
    .pays(
        price,
        format!(
            "into escrow: seller {} gets it for delivering within {}, otherwise you can get it back",
            offer.seller,
            duration::in_words(window.into())
        ),
    )
    .notes(format!(
        "a seller who delivers but doesn't settle can hold it for up to {}",
        duration::in_words(u64::from(window) + LONGEST_LOCK)
    ))
    .notes(format!(
        "the records' addresses prove who wrote them; that they are verified, and since when, is the word of {}",
        context.nodes().first()
    ))
    .pays(
        rent,
        format!("of rent, back when the purchase is closed, from wallet {buyer}"),
    );
    if self_issued_records > 0 {
        plan = plan.notes(format!(
            "SELF-ISSUED: {self_issued_records} of {}, which nobody but their seller vouches for",
            Count(shown.records.len(), "record")
        ));
    }
    // The purchase is exactly of the offer that was shown: nothing is read again from here on.
    let purchase = context.client.buy(wallet, &shown, &receipts)?;
    let dry_run = context.dry_run_before_asking(purchase.dry_run()).await?;
    consent.to(plan).await?;
    if let Some(dry_run) = dry_run {
        return Ok(dry_run);
    }
    let Sent {
        outcome: bought,
        confirmed,
    } = purchase.send().await?;
    Output::new(&Bought {
        purchase: read(context, bought.purchase)
            .await
            .map_err(|failure| failure.after(&confirmed))?,
        self_issued_records,
        receipt: bought.receipt,
        transaction: context.transaction(&confirmed),
    })
}

/// Fails before the user is asked to pay if the wallet already has a purchase of this order: it can have one at a
/// time.
async fn refuse_second(context: &Context, order: &Address, buyer: &Address) -> Result<(), Failure> {
    let ledger = context.ledger();
    let address = ledger.addresses().purchase(order, buyer);
    let Some(purchase) = ledger.find::<PurchaseAccount>(&address).await? else {
        return Ok(());
    };
    let advice = if purchase.state.is_settled() {
        "It is settled: open it with `generion purchase open`, or close it to buy again."
    } else if purchase.state.is_locked() {
        "It is delivered and locked: wait until its seller settles it, or get a refund once the time to settle is over."
    } else {
        "Wait for its delivery, or get a refund after its deadline."
    };
    Err(Failure::new(
        format!("wallet {buyer} has already bought order {order}: purchase {address}"),
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
