mod reveal;

use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
};

use clap::{ArgAction, Args, Subcommand};
use generion_client::{
    AccountToCreate, Filter, KeyedAccount, NewOrder, Offers, Sent,
    accounts::{OrderAccount, RecordAccount},
    events::Event,
    rpc::text::quoted,
    rpc::{
        amount::{self, Sol},
        duration,
    },
};
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;

use crate::{
    args::{name::Name, parse::address, time::parse_seconds},
    command::{
        each::in_order,
        order::reveal::{Extent, RevealedRecord},
    },
    context::Context,
    output::{
        count::Count,
        failure::Failure,
        paid_out::paid_out,
        report::{Output, Report},
        text::Text,
        time,
        view::{OrderView, RecordView, TransactionView},
    },
    prompt::consent::Plan,
};

#[derive(Subcommand)]
pub enum OrderCommand {
    /// Put verified records up for sale
    Create(CreateArgs),
    /// List all orders
    List(ListArgs),
    /// List the numbers of a wallet's orders
    Ids {
        /// The seller [default: your wallet]
        #[arg(long, value_name = "WALLET", value_parser = address)]
        seller: Option<Address>,
    },
    /// Show an order and its records
    #[command(visible_alias = "get")]
    Show {
        /// The orders: addresses, the first characters of them, or numbers; another wallet's also as SELLER/NUMBER
        #[arg(value_name = "ORDER", required = true, num_args = 1.., value_delimiter = ',')]
        orders: Vec<Name>,
    },
    /// Stop selling an order, and close it if no purchase is pending
    #[command(visible_alias = "delete")]
    Close {
        /// The orders: addresses, the first characters of them, or numbers; another wallet's also as SELLER/NUMBER
        #[arg(value_name = "ORDER", required = true, num_args = 1.., value_delimiter = ',')]
        orders: Vec<Name>,
    },
}

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
    /// File to save the offer in; `generion deliver` compares purchases with it [default: offers.json in the data
    /// folder]
    #[arg(
        long,
        value_name = "FILE",
        env = "GENERION_ORDERS",
        hide_env_values = true
    )]
    orders: Option<PathBuf>,
    /// Agree that buyers learn the names, addresses and everything else in the documents that may identify somebody;
    /// --yes does not agree to that
    #[arg(long)]
    reveal_identifiers: bool,
    /// List everything that the documents reveal, instead of some values of each kind
    #[arg(long)]
    full: bool,
}

#[derive(Args)]
pub struct ListArgs {
    /// Only orders of this wallet
    #[arg(long, value_name = "WALLET", value_parser = address)]
    seller: Option<Address>,
    /// Only orders that are open for sale
    #[arg(long)]
    open: bool,
}

impl OrderCommand {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Create(args) => create(context, args).await,
            Self::List(args) => list(context, args).await,
            Self::Ids { seller } => ids(context, seller).await,
            Self::Show { orders } => {
                let orders = context.orders(&orders).await?;
                in_order(orders, async |order| {
                    Output::found(&read(context, order).await?)
                })
                .await
            }
            Self::Close { orders } => {
                let orders = context.orders(&orders).await?;
                in_order(orders, async |order| close(context, order).await).await
            }
        }
    }
}

/// An order with its records.
#[derive(Serialize)]
pub struct OrderWithRecords {
    #[serde(flatten)]
    pub order: OrderView,
    pub records: Vec<RecordView>,
}

pub async fn read(context: &Context, address: Address) -> Result<OrderWithRecords, Failure> {
    let order = KeyedAccount {
        address,
        account: context.ledger().order(&address).await?,
    };
    let records = context
        .client
        .listed_records(&order.account.records)
        .await?;
    Ok(OrderWithRecords {
        order: OrderView::new(&order, &records),
        records: records.iter().map(RecordView::from).collect(),
    })
}

impl Report for OrderWithRecords {
    fn describe(&self, text: &mut Text) {
        let order = &self.order;
        text.field("order", &order.address)
            .field("seller", &order.seller)
            .field("label", &order.label)
            .field("state", order.state())
            .field("price", Sol(order.price_lamports))
            .field("for", order.only_buyer.as_deref().unwrap_or("anyone"))
            .field(
                "delivered within",
                duration::in_words(order.delivery_window_seconds.into()),
            )
            .field(
                "purchases",
                format_args!(
                    "{} pending, {} settled",
                    order.pending_purchases, order.settled_purchases
                ),
            )
            .field("created", time::show(order.created_at))
            .field("records", order.record_count());
        let rows = self.records.iter().map(|record| {
            [
                record.address.clone(),
                record.creator.clone(),
                record.marks(),
            ]
        });
        text.table(["RECORD", "CREATOR", "STATE"], rows, "no records");
    }
}

#[derive(Serialize)]
struct Created {
    order: OrderWithRecords,
    revealed: Vec<RevealedRecord>,
    /// The file with the saved offer, which deliveries compare purchases with.
    offers: PathBuf,
    transaction: TransactionView,
}

async fn create(context: &Context, args: CreateArgs) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let signers = context.signers().await?;
    let (seller, payer) = (signers.wallet.pubkey(), signers.payer.pubkey());
    let CreateArgs {
        records,
        price,
        window: delivery_window,
        label,
        only_buyer,
        orders,
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
        "whoever pays that wallet {} gets the keys to the documents",
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
    let offers = context.offers_path(orders)?;
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

#[derive(Serialize)]
struct Orders {
    orders: Vec<OrderView>,
}

async fn list(context: &Context, args: ListArgs) -> Result<Output, Failure> {
    let filters: Vec<_> = args.seller.map(Filter::order_seller).into_iter().collect();
    let mut listed = context.ledger().list::<OrderAccount>(&filters).await?;
    listed.retain(|order| !args.open || order.account.state.is_open());
    let addresses = listed.iter().flat_map(|order| &order.account.records);
    let addresses: Vec<_> = addresses
        .collect::<BTreeSet<_>>()
        .into_iter()
        .copied()
        .collect();
    // The records of all orders are read together: one request for each order would take a minute with a distant node.
    let found = context.ledger().find_all(&addresses).await?;
    let records: HashMap<Address, Option<RecordAccount>> =
        addresses.into_iter().zip(found).collect();
    let record = |address: &Address| {
        let account = records.get(address)?.clone()?;
        Some(KeyedAccount {
            address: *address,
            account,
        })
    };
    let mut orders = Vec::new();
    for order in &listed {
        let records = order.account.records.iter().map(record);
        // A missing record means that its order was closed meanwhile, since records can be deleted only after their
        // order.
        if let Some(records) = records.collect::<Option<Vec<_>>>() {
            orders.push(OrderView::new(order, &records));
        }
    }
    orders.sort_by(|a, b| (&a.seller, a.id).cmp(&(&b.seller, b.id)));
    let is_empty = orders.is_empty();
    Output::listed(&Orders { orders }, is_empty)
}

impl Report for Orders {
    fn describe(&self, text: &mut Text) {
        let rows = self.orders.iter().map(|order| {
            [
                order.id.to_string(),
                order.address.clone(),
                order.seller.clone(),
                Sol(order.price_lamports).to_string(),
                order.record_count(),
                order.state().to_owned(),
                order.label.clone(),
            ]
        });
        text.table(
            [
                "ID", "ORDER", "SELLER", "PRICE", "RECORDS", "STATE", "LABEL",
            ],
            rows,
            "no orders",
        );
    }
}

#[derive(Serialize)]
struct Ids {
    seller: String,
    ids: Vec<u64>,
}

async fn ids(context: &Context, seller: Option<Address>) -> Result<Output, Failure> {
    let seller = context.address_or_own(seller).await?;
    let orders = context
        .ledger()
        .list::<OrderAccount>(&[Filter::order_seller(seller)])
        .await?;
    let mut ids: Vec<_> = orders.iter().map(|order| order.account.state.id).collect();
    ids.sort_unstable();
    let is_empty = ids.is_empty();
    let listed = Ids {
        seller: seller.to_string(),
        ids,
    };
    Output::listed(&listed, is_empty)
}

impl Report for Ids {
    fn describe(&self, text: &mut Text) {
        for id in &self.ids {
            text.line(id);
        }
        if self.ids.is_empty() {
            text.line("no orders");
        }
    }
}

#[derive(Serialize)]
struct Closed {
    order: String,
    /// `false`: sales are stopped, and the order stays until its `pending_purchases` are delivered or refunded.
    closed: bool,
    pending_purchases: u32,
    /// Rent that was returned to its payer.
    returned_lamports: u64,
    transaction: TransactionView,
}

async fn close(context: &Context, address: Address) -> Result<Output, Failure> {
    let signers = context.signers().await?;
    context.require_funds_of(&signers, 0).await?;
    let closing = context
        .client
        .close_order(signers.wallet, signers.payer, &address)
        .await?;
    if let Some(dry_run) = context.dry_run(closing.dry_run()).await? {
        return Ok(dry_run);
    }
    let confirmed = closing.send().await?.confirmed;
    let mut report = Closed {
        order: address.to_string(),
        closed: false,
        pending_purchases: 0,
        returned_lamports: paid_out(&confirmed),
        transaction: context.transaction(&confirmed),
    };
    for event in &confirmed.events {
        match event {
            Event::OrderClosed(_) => report.closed = true,
            Event::SalesStopped(stopped) => {
                report.pending_purchases = stopped.pending_purchases.get()
            }
            _ => {}
        }
    }
    Output::new(&report)
}

impl Report for Closed {
    fn describe(&self, text: &mut Text) {
        text.field("order", &self.order);
        if self.closed {
            text.field("state", "closed")
                .field("rent back", Sol(self.returned_lamports));
        } else {
            text.field(
                "state",
                format_args!(
                    "sales are stopped; close the order again once {} delivered or refunded",
                    match self.pending_purchases {
                        1 => "1 purchase is".to_owned(),
                        pending => format!("{pending} purchases are"),
                    }
                ),
            );
        }
        self.transaction.describe(text);
    }
}
