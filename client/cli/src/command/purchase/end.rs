//! Ending purchases: refunding them, and closing them once they are settled.

use std::path::{Path, PathBuf};

use clap::Args;
use generion_client::{PurchaseReceipt, accounts::PurchaseAccount, rpc::amount::Sol};
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;

use crate::{
    args::name::Name,
    command::{
        each::in_order,
        purchase::{read::read, receipts::Receipts},
    },
    context::{Context, wallets::Signers},
    output::{
        failure::Failure,
        paid_out::paid_out,
        report::{Output, Report},
        text::Text,
        view::TransactionView,
    },
    prompt::consent::Plan,
};

#[derive(Args)]
pub struct CloseArgs {
    /// The purchases: addresses, or the first characters of them
    #[arg(value_name = "PURCHASE", required = true, num_args = 1.., value_delimiter = ',')]
    purchases: Vec<Name>,
    #[command(flatten)]
    receipts: Receipts,
    /// Close the purchase without saving its keys in its receipt: its records can't be opened any more
    #[arg(long, conflicts_with = "receipts")]
    discard_keys: bool,
}

#[derive(Serialize)]
struct Refunded {
    purchase: String,
    buyer: String,
    /// The price, the rent, and anything else that the purchase held.
    refunded_lamports: u64,
    transaction: TransactionView,
}

pub async fn refund(context: &Context, address: Address) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let wallet = context.sole_signer().await?;
    let purchase = read(context, address).await?;
    context.require_funds_of(&Signers::sole(wallet), 0).await?;
    let refund = context.client.refund(wallet, &address).await?;
    let dry_run = context.dry_run_before_asking(refund.dry_run()).await?;
    let plan = Plan::new(format!("Refund purchase {address}")).pays(
        purchase.price_lamports,
        format!("and the rent, from escrow to buyer {}", purchase.buyer),
    );
    consent.to(plan).await?;
    if let Some(dry_run) = dry_run {
        return Ok(dry_run);
    }
    let confirmed = refund.send().await?.confirmed;
    Output::new(&Refunded {
        purchase: purchase.address,
        buyer: purchase.buyer,
        refunded_lamports: paid_out(&confirmed),
        transaction: context.transaction(&confirmed),
    })
}

impl Report for Refunded {
    fn describe(&self, text: &mut Text) {
        text.field("refunded", &self.purchase).field(
            "back",
            format_args!("{} to {}", Sol(self.refunded_lamports), self.buyer),
        );
        self.transaction.describe(text);
    }
}

#[derive(Serialize)]
struct Closed {
    purchase: String,
    /// The receipt that the keys were saved in; `null`: they were discarded.
    receipt: Option<PathBuf>,
    /// Rent that went back to the buyer.
    returned_lamports: u64,
    transaction: TransactionView,
}

pub async fn close(context: &Context, args: CloseArgs) -> Result<Output, Failure> {
    let CloseArgs {
        purchases,
        receipts,
        discard_keys,
    } = args;
    let purchases = context.purchases(&purchases).await?;
    let receipts = match discard_keys {
        true => None,
        false => Some(receipts.path(context)?),
    };
    in_order(purchases, async |purchase| {
        let receipts = receipts.as_deref();
        match (close_open(context, purchase, receipts).await, receipts) {
            (Err(failure), Some(receipts)) => {
                let closed = closed_already(context, &purchase, receipts).await;
                Err(closed.unwrap_or(failure))
            }
            (result, _) => result,
        }
    })
    .await
}

async fn close_open(
    context: &Context,
    address: Address,
    receipts: Option<&Path>,
) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let wallet = context.sole_signer().await?;
    context.require_funds_of(&Signers::sole(wallet), 0).await?;
    let closing = context.client.close_purchase(wallet, &address);
    let dry_run = context.dry_run_before_asking(closing.dry_run()).await?;
    // The keys are saved before the user is asked: a purchase whose keys can't be saved must not be closed.
    let receipt = match receipts {
        Some(receipts) if dry_run.is_some() => Some(receipts.to_owned()),
        Some(receipts) => Some(
            context
                .client
                .export_keys(wallet, &address, receipts)
                .await?,
        ),
        None => None,
    };
    let plan = Plan::new(format!("Close purchase {address}")).notes(match &receipt {
        Some(path) => format!("its keys are saved in {}", path.display()),
        None => {
            "its records can't be opened again; you keep what you have opened before".to_owned()
        }
    });
    let plan = plan.notes(format!(
        "its rent is returned to wallet {}",
        wallet.pubkey()
    ));
    consent.to(plan).await?;
    if let Some(dry_run) = dry_run {
        return Ok(dry_run);
    }
    let confirmed = closing.send().await?.confirmed;
    Output::new(&Closed {
        purchase: address.to_string(),
        receipt,
        returned_lamports: paid_out(&confirmed),
        transaction: context.transaction(&confirmed),
    })
}

/// The failure for a purchase that is already closed and whose keys were saved; `None`: it is not closed.
async fn closed_already(context: &Context, purchase: &Address, receipts: &Path) -> Option<Failure> {
    let ledger = context.ledger();
    let saved = PurchaseReceipt::load_all(receipts, ledger.deployment(), purchase);
    let has_keys = |receipt: &PurchaseReceipt| receipt.delivered.is_some();
    if !saved.iter().flatten().any(has_keys) {
        return None;
    }
    let found = ledger.find::<PurchaseAccount>(purchase).await;
    matches!(found, Ok(None)).then(|| {
        Failure::new(
            format!(
                "purchase {purchase} is already closed; its keys are in {}",
                receipts.display()
            ),
            "There is nothing left to do: `generion purchase open` can still open it.",
        )
    })
}

impl Report for Closed {
    fn describe(&self, text: &mut Text) {
        text.field("closed", &self.purchase);
        match &self.receipt {
            Some(path) => text.field("keys saved in", path.display()),
            None => text.field("keys", "gone"),
        };
        text.field("rent back", Sol(self.returned_lamports));
        self.transaction.describe(text);
    }
}
