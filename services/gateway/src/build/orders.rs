//! Orders.

use generion::{
    CreateOrderArgs, GenerionError as Rule,
    constants::MAX_ORDER_RECORDS,
    state::{Order, User},
};
use generion_interface::{
    AccountToCreate,
    accounts::{OrderAccount, RecordAccount},
};
use generion_rpc::{amount::Sol, duration};
use solana_address::Address;

use super::{
    builder::Builder,
    error::BuildError,
    plan::{Created, Plan},
    units,
    unsigned::Unsigned,
};

const CREATE: &[&str] = &[
    "seller",
    "payer",
    "user",
    "order",
    "system_program",
    "record",
];
const CLOSE: &[&str] = &["seller", "order", "rent_payer", "record"];

/// The terms of a seller's offer.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The records, in any order.
    pub records: Vec<Address>,
    /// The price, in lamports.
    pub price: u64,
    /// Seconds that the seller has to deliver.
    pub delivery_window: u32,
    /// The only wallet that may buy.
    pub only_buyer: Option<Address>,
    /// The public description.
    pub label: String,
}

impl Builder<'_> {
    /// A seller offers records for sale.
    ///
    /// # Errors
    /// [`BuildError`].
    pub async fn create_order(
        &self,
        seller: Address,
        offer: Offer,
    ) -> Result<Unsigned, BuildError> {
        let mut records = offer.records;
        records.sort_unstable();
        let refuse = |rule: Rule, detail: &str| Err(BuildError::rule(rule, detail));
        if !(1..=MAX_ORDER_RECORDS).contains(&records.len()) {
            return refuse(Rule::OrderLength, Rule::OrderLength.text());
        }
        if records.windows(2).any(|pair| pair[0] == pair[1]) {
            return refuse(Rule::RecordOrder, "a record is named twice");
        }
        if let Err(rule) = Order::pad_label(&offer.label) {
            return refuse(rule, rule.text());
        }
        if offer.only_buyer == Some(Address::default()) {
            return refuse(Rule::BuyerNotAllowed, Rule::BuyerNotAllowed.text());
        }
        let user = self.addresses().user(&seller);
        let payer = self.payer(seller);
        let asked = [&[user, seller, payer][..], &records].concat();
        let (accounts, rent_minimum) =
            tokio::try_join!(self.reader.read(&asked), self.reader.rent(0))?;
        let checked = Order::require_valid(
            records.len(),
            offer.price,
            offer.delivery_window,
            rent_minimum,
        );
        if let Err(rule) = checked {
            return refuse(rule, rule.text());
        }
        let user: User = accounts.find(&user)?.ok_or(BuildError::NoKey(seller))?;
        let mut owner_key = None;
        for address in &records {
            let state = accounts.get::<RecordAccount>(address)?.state;
            let refuse = |rule: Rule, what: &str| {
                Err(BuildError::rule(rule, format!("record {address}: {what}")))
            };
            if state.owner != seller {
                return refuse(Rule::WrongOwner, Rule::WrongOwner.text());
            }
            if !state.is_verified() {
                return refuse(Rule::NotVerified, Rule::NotVerified.text());
            }
            if *owner_key.get_or_insert(state.owner_key) != state.owner_key {
                return refuse(Rule::MixedOwnerKeys, Rule::MixedOwnerKeys.text());
            }
        }
        let id = user.next_order_id;
        let order = self.addresses().order(&seller, id);
        // Lamports that were sent there ahead count towards the rent.
        let prefunded = self.reader.read(&[order]).await?.lamports(&order);
        let count = records.len();
        let effects = vec![
            format!(
                "Wallet {seller} offers {count} of its records for {}, as order {order}: {}.",
                Sol(offer.price),
                list(&records)
            ),
            match offer.only_buyer {
                Some(buyer) => format!("Only wallet {buyer} may buy it."),
                None => "Anybody may buy it, any number of times.".to_owned(),
            },
            format!(
                "The seller has {} to deliver after each purchase; the records can't be deleted while they are listed.",
                duration::in_words(offer.delivery_window.into())
            ),
        ];
        let args = CreateOrderArgs {
            id,
            price: offer.price,
            delivery_window: offer.delivery_window,
            only_buyer: offer.only_buyer,
            label: offer.label,
        };
        let instruction = self
            .instructions
            .create_order(seller, payer, &records, args);
        let mut plan = Plan::new(
            instruction,
            CREATE,
            units::create_order(count),
            seller,
            effects,
        );
        plan.creates = Some(Created {
            address: order,
            account: AccountToCreate::Order(count),
            rent_payer: payer,
            prefunded,
        });
        self.finish(plan, &accounts).await
    }

    /// The seller closes an order, or stops its sales while purchases are pending.
    ///
    /// # Errors
    /// [`BuildError`].
    pub async fn close_order(
        &self,
        seller: Address,
        order: Address,
    ) -> Result<Unsigned, BuildError> {
        let accounts = self
            .reader
            .read(&[order, seller, self.payer(seller)])
            .await?;
        let account: OrderAccount = accounts.get(&order)?;
        let state = account.state;
        if state.seller != seller {
            let detail = format!(
                "the order is of seller {}, and only that wallet closes it",
                state.seller
            );
            return Err(BuildError::rule(Rule::WrongSeller, detail));
        }
        let pending = state.pending_purchases;
        let is_stopped = pending > 0;
        if is_stopped && !state.is_open() {
            let detail = format!(
                "{pending} purchases of the order are neither settled nor refunded: settle or refund them first"
            );
            return Err(BuildError::rule(Rule::PurchasesPending, detail));
        }
        let records: &[Address] = if is_stopped { &[] } else { &account.records };
        let effect = match is_stopped {
            true => format!(
                "Wallet {seller} stops the sales of order {order}. {pending} purchases are pending: close it again when \
                 they are settled or refunded."
            ),
            false => format!(
                "Wallet {seller} closes order {order}. Its {} records are no longer listed by it.",
                records.len()
            ),
        };
        let instruction = self.instructions.close_order(order, &state, records);
        let units = units::close_order(records.len());
        let mut plan = Plan::new(instruction, CLOSE, units, seller, vec![effect]);
        if !is_stopped {
            plan.returns = Some((state.rent_payer, accounts.lamports(&order)));
        }
        self.finish(plan, &accounts).await
    }
}

fn list(addresses: &[Address]) -> String {
    let texts: Vec<_> = addresses.iter().map(Address::to_string).collect();
    texts.join(", ")
}
