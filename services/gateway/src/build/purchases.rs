//! Purchases, but for their settlement: its argument is a secret, which no gateway may see before the ledger does.

use generion::{
    DeliverArgs, GenerionError as Rule, PurchaseArgs,
    constants::{MAX_DELIVERY_BATCH, REFUND_GRACE},
    curve,
    proof::delivery::{DeliveryItem, DeliveryStatement},
    state::Purchase,
};
use generion_interface::{
    AccountToCreate,
    accounts::{OrderAccount, PurchaseAccount, RecordAccount},
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

const PURCHASE: &[&str] = &["buyer", "order", "purchase", "system_program"];
const DELIVER: &[&str] = &["order", "purchase", "record"];
const REFUND: &[&str] = &["authority", "buyer", "order", "purchase"];
const CLOSE: &[&str] = &["buyer", "purchase"];

impl Builder<'_> {
    /// A buyer pays into escrow, on the terms that the buyer agreed to.
    ///
    /// # Errors
    /// [`BuildError`].
    pub async fn purchase(
        &self,
        buyer: Address,
        order: Address,
        args: PurchaseArgs,
    ) -> Result<Unsigned, BuildError> {
        let purchase = self.addresses().purchase(&order, &buyer);
        let accounts = self
            .reader
            .read(&[order, purchase, buyer, self.payer(buyer)])
            .await?;
        let account: OrderAccount = accounts.get(&order)?;
        let state = account.state;
        let refuse = |rule: Rule, detail: String| Err(BuildError::rule(rule, detail));
        if !state.is_open() {
            return refuse(Rule::OrderNotOpen, Rule::OrderNotOpen.text().to_owned());
        }
        if state.seller == buyer {
            return refuse(Rule::OwnOrder, Rule::OwnOrder.text().to_owned());
        }
        if let Some(only) = state.only_buyer().filter(|only| **only != buyer) {
            return refuse(
                Rule::BuyerNotAllowed,
                format!("only wallet {only} may buy this order"),
            );
        }
        if account.terms(&order) != args.terms {
            let detail = format!("{}: read the order again", Rule::TermsChanged.text());
            return refuse(Rule::TermsChanged, detail);
        }
        if !curve::is_valid_key(&args.buyer_key) {
            return refuse(Rule::InvalidPoint, Rule::InvalidPoint.text().to_owned());
        }
        if accounts.find::<PurchaseAccount>(&purchase)?.is_some() {
            let detail =
                format!("wallet {buyer} has a purchase of this order: {purchase}. Close it first");
            return refuse(Rule::AccountAlreadyExists, detail);
        }
        let count = account.records.len();
        let effects = vec![
            format!(
                "Wallet {buyer} buys order {order} of wallet {}: {count} records for {}, which goes into escrow.",
                state.seller,
                Sol(state.price)
            ),
            format!(
                "The seller has {} to deliver. If nothing is delivered by then, the price can be refunded from {} later on.",
                duration::in_words(state.delivery_window.into()),
                duration::in_words(REFUND_GRACE.unsigned_abs())
            ),
            "Save the receipt before you sign: without it you can't read what you buy.".to_owned(),
        ];
        let instruction = self.instructions.purchase(buyer, order, args);
        let mut plan = Plan::new(instruction, PURCHASE, units::PURCHASE, buyer, effects);
        plan.price = state.price;
        plan.creates = Some(Created {
            address: purchase,
            account: AccountToCreate::Purchase(count),
            rent_payer: buyer,
            prefunded: accounts.lamports(&purchase),
        });
        self.finish(plan, &accounts).await
    }

    /// Somebody submits capsules that the seller has proven. They are public. `payer` pays the fee, and alone signs.
    ///
    /// # Errors
    /// [`BuildError`].
    pub async fn deliver(
        &self,
        payer: Address,
        purchase: Address,
        args: DeliverArgs,
    ) -> Result<Unsigned, BuildError> {
        let first = self.reader.read(&[purchase]).await?;
        let PurchaseAccount { state, capsules } = first.get(&purchase)?;
        let accounts = self
            .reader
            .read(&[state.order, payer, self.payer(payer)])
            .await?;
        let order: OrderAccount = accounts.get(&state.order)?;
        let count = args.capsules.0.len();
        let start = usize::from(args.first);
        let batch = order.records.get(start..start.saturating_add(count));
        let batch = batch.filter(|batch| (1..=MAX_DELIVERY_BATCH).contains(&batch.len()));
        let refuse = |rule: Rule| Err(BuildError::rule(rule, rule.text()));
        let Some(batch) = batch else {
            return refuse(Rule::BatchLength);
        };
        if state.is_settled() {
            return refuse(Rule::AlreadySettled);
        }
        if !state.is_pending() {
            return refuse(Rule::AlreadyDelivered);
        }
        if first.unix_time >= state.deadline.saturating_add(REFUND_GRACE) {
            return refuse(Rule::DeliveryTooLate);
        }
        if state.delivered_count > 0 && state.settle_key != args.settle_key {
            return refuse(Rule::SettleKeyChanged);
        }
        let delivered = capsules.iter().skip(start).take(count);
        if delivered.flatten().next().is_some() {
            return refuse(Rule::AlreadyDelivered);
        }
        self.check_delivery_proof(&purchase, &state, batch, &args)
            .await?;
        let is_last = usize::from(state.delivered_count) + count == usize::from(state.record_count);
        let mut effects = vec![format!(
            "Capsules of {count} records are delivered to the purchase {purchase} of wallet {}.",
            state.buyer
        )];
        if is_last {
            effects.push("They are the last ones, so the purchase is locked: the seller has 24 hours to settle it.".to_owned());
        }
        let units = units::deliver(count);
        let instruction = self.instructions.deliver(purchase, &state, batch, args);
        let plan = Plan::new(instruction, DELIVER, units, payer, effects);
        self.finish(plan, &accounts).await
    }

    async fn check_delivery_proof(
        &self,
        purchase: &Address,
        state: &Purchase,
        batch: &[Address],
        args: &DeliverArgs,
    ) -> Result<(), BuildError> {
        let accounts = self.reader.read(batch).await?;
        let records = batch.iter().map(|record| accounts.get(record));
        let records = records.collect::<Result<Vec<RecordAccount>, _>>()?;
        let items = batch.iter().zip(&records).zip(&args.capsules.0);
        let items = items.map(|((address, record), delivered)| DeliveryItem {
            record: address,
            capsule: &record.state.capsule,
            delivered,
        });
        let items: Vec<_> = items.collect();
        let Some(first) = records.first() else {
            return Ok(());
        };
        let statement = DeliveryStatement {
            program_id: &self.addresses().program_id,
            purchase,
            deadline: state.deadline,
            terms: &state.terms,
            owner_key: &first.state.owner_key,
            buyer_key: &state.buyer_key,
            settle_key: &args.settle_key,
            items: &items,
        };
        let verified = statement.verify(&args.proof);
        verified.map_err(|rule| BuildError::rule(rule, rule.text()))
    }

    /// The price goes back to the buyer.
    ///
    /// # Errors
    /// [`BuildError`].
    pub async fn refund(
        &self,
        authority: Address,
        purchase: Address,
    ) -> Result<Unsigned, BuildError> {
        let accounts = self
            .reader
            .read(&[purchase, authority, self.payer(authority)])
            .await?;
        let account = accounts.get::<PurchaseAccount>(&purchase)?;
        let state = account.state;
        if state.is_settled() {
            return Err(BuildError::rule(
                Rule::AlreadySettled,
                Rule::AlreadySettled.text(),
            ));
        }
        if state
            .require_refundable(&authority, accounts.unix_time)
            .is_err()
        {
            let due = account.refund_opens();
            let detail = format!(
                "{}: that is at Unix time {due}",
                Rule::RefundTooEarly.text()
            );
            return Err(BuildError::rule(Rule::RefundTooEarly, detail));
        }
        let effects = vec![format!(
            "Wallet {authority} ends the purchase {purchase}: the price of {} goes back to the buyer {}, and nothing is sold.",
            Sol(state.price),
            state.buyer
        )];
        let instruction = self.instructions.refund(authority, purchase, &state);
        let mut plan = Plan::new(instruction, REFUND, units::REFUND, authority, effects);
        plan.returns = Some((state.buyer, accounts.lamports(&purchase)));
        self.finish(plan, &accounts).await
    }

    /// The buyer closes a settled purchase.
    ///
    /// # Errors
    /// [`BuildError`].
    pub async fn close_purchase(
        &self,
        buyer: Address,
        purchase: Address,
    ) -> Result<Unsigned, BuildError> {
        let accounts = self
            .reader
            .read(&[purchase, buyer, self.payer(buyer)])
            .await?;
        let state = accounts.get::<PurchaseAccount>(&purchase)?.state;
        if state.buyer != buyer {
            let detail = format!(
                "the purchase is of buyer {}, and only that wallet closes it",
                state.buyer
            );
            return Err(BuildError::rule(Rule::WrongBuyer, detail));
        }
        if !state.is_settled() {
            return Err(BuildError::rule(Rule::NotSettled, Rule::NotSettled.text()));
        }
        let effects = vec![
            format!("Wallet {buyer} closes the purchase {purchase}."),
            "The keys to the records are then nowhere but in your receipt: save them first."
                .to_owned(),
        ];
        let instruction = self.instructions.close_purchase(buyer, purchase);
        let mut plan = Plan::new(instruction, CLOSE, units::CLOSE_PURCHASE, buyer, effects);
        plan.returns = Some((buyer, accounts.lamports(&purchase)));
        self.finish(plan, &accounts).await
    }
}
