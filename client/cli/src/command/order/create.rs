//! Offering records for sale.

use std::path::PathBuf;

use clap::{ArgAction, Args};
use generion_client::{
    AccountToCreate, NewOrder, Offers, Sent,
    rpc::{
        amount::{self, Sol},
        text::quoted,
    },
};
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;

use crate::{
    args::{name::Name, offers::OffersFile, parse::address, time::parse_seconds},
    command::order::{
        read::{OrderWithRecords, read},
        reveal::{self, Extent, RevealedRecord},
    },
    context::Context,
    output::{
        count::Count,
        failure::Failure,
        report::{Output, Report},
        text::Text,
        view::TransactionView,
    },
    prompt::consent::Plan,
};

#[derive(Args)]
pub struct CreateArgs {
    /// Your records to sell, all made for the same encryption key
    #[arg(long = "record", value_name = "RECORD", required = true, num_args = 1.., action = ArgAction::Append,
          value_delimiter = ',')]
    records: Vec<Name>,
    /// Price of one purchase, such as 0.25SOL or 250000000lamports
    #[arg(long, value_name = "AMOUNT", value_parser = amount::parse)]
    price: u64,
    /// Time that you have to deliver after a purchase, from 10min to 30days
    #[arg(long, value_name = "DURATION", value_parser = parse_seconds)]
    window: u32,
    /// Public description of the records, up to 64 bytes
    #[arg(long, value_name = "TEXT")]
    label: String,
    /// Sell to this wallet only; the wallet is public
    #[arg(long, value_name = "WALLET", value_parser = address)]
    only_buyer: Option<Address>,
    #[command(flatten)]
    offers_file: OffersFile,
    /// Agree that buyers learn the names, addresses and everything else in the documents that may identify somebody;
    /// --yes does not agree to that
    #[arg(long)]
    reveal_identifiers: bool,
    /// List everything that the documents reveal, instead of some values of each kind
    #[arg(long)]
    full: bool,
}

#[derive(Serialize)]
struct Created {
    order: OrderWithRecords,
    revealed: Vec<RevealedRecord>,
    /// The file with the saved offer, which deliveries compare purchases with.
    offers: PathBuf,
    transaction: TransactionView,
}

/// Offers records for sale.
pub async fn create(context: &Context, args: CreateArgs) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let signers = context.signers().await?;
    let (seller, payer) = (signers.wallet.pubkey(), signers.payer.pubkey());
    let CreateArgs {
        records,
        price,
        window: delivery_window,
        label,
        only_buyer,
        offers_file,
        reveal_identifiers,
        full,
    } = args;
    let mut records = context.records(&records).await?;
    records.sort_unstable();
    let keys = context.keys(signers.wallet).await?;
    let rent = context
        .ledger()
        .rent(AccountToCreate::Order(records.len()))
        .await?;
    context.require_funds_of(&signers, rent).await?;
    let mut plan = Plan::new(format!(
        "Offer {} of wallet {seller} for sale as {}",
        Count(records.len(), "record"),
        quoted(&label)
    ))
    .notes(format!(
        "everybody who pays {} to that wallet gets the keys to the documents",
        Sol(price)
    ))
    .pays(
        rent,
        format!("of rent, back when the order is closed, from wallet {payer}"),
    );
    if let Some(only_buyer) = only_buyer {
        plan = plan.notes(format!(
            "only wallet {only_buyer} can buy; everybody can see that"
        ));
    }
    let extent = if full {
        Extent::Full
    } else {
        Extent::SomeOfEachKind
    };
    let (plan, revealed) = reveal::look(context, &*keys, &records, extent, plan).await?;
    let order = NewOrder {
        records,
        price,
        delivery_window,
        label,
        only_buyer,
    };
    let creation = context
        .client
        .create_order(signers.wallet, &*keys, signers.payer, &order)
        .await?;
    let dry_run = context.dry_run_before_asking(creation.dry_run()).await?;
    reveal::agree(context, consent, plan, &revealed, reveal_identifiers).await?;
    if let Some(dry_run) = dry_run {
        return Ok(dry_run);
    }
    let offers = context.offers_path(offers_file.orders)?;
    let deployment = context.ledger().deployment();
    // The offer is saved before the order is sent, because an order without a saved offer would never be delivered, and
    // a saved offer without an order does no harm. An earlier offer at the same address is replaced only after the order
    // was confirmed, since a node can lie about the next id.
    let is_first = Offers::load(&offers, deployment)?
        .get(&creation.outcome.order)
        .is_err();
    if is_first {
        Offers::add(&offers, deployment, &creation.outcome)?;
    }
    let Sent {
        outcome: offer,
        confirmed,
    } = creation.send().await?;
    if !is_first {
        Offers::add(&offers, deployment, &offer)
            .map_err(|error| Failure::from(error).after(&confirmed))?;
    }
    let order = read(context, offer.order)
        .await
        .map_err(|failure| failure.after(&confirmed))?;
    Output::new(&Created {
        order,
        revealed,
        offers,
        transaction: context.transaction(&confirmed),
    })
}

impl Report for Created {
    fn describe(&self, text: &mut Text) {
        self.order.describe(text);
        text.field("offer saved in", self.offers.display());
        self.transaction.describe(text);
    }
}
