//! The report of an agent's work.

use generion_client::{
    ConfirmedTransaction, DeliveredPart, Locked, Tally,
    rpc::{amount::Sol, explorer::Explorer},
};
use serde::Serialize;
use solana_address::Address;

use crate::output::{count::Count, report::Report, text::Text, view::TransactionView};

/// A transaction that delivered records.
#[derive(Serialize)]
pub struct Transaction {
    deliveries: Vec<Part>,
    /// Purchases that it completed and locked; they can be opened once they are settled.
    locked: Vec<LockedPurchase>,
    transaction: TransactionView,
}

#[derive(Serialize)]
struct LockedPurchase {
    purchase: String,
    settle_by_at: i64,
}

#[derive(Serialize)]
struct Part {
    purchase: String,
    /// Index in the order of the first record.
    first: usize,
    records: usize,
}

impl Transaction {
    /// The event in one line.
    pub fn text(&self) -> String {
        format!(
            "delivered to {} in transaction {}: {} locked, fee {}",
            Count(self.deliveries.len() as u64, "purchase"),
            self.transaction.signature,
            self.locked.len(),
            Sol(self.transaction.fee_lamports)
        )
    }

    pub fn new(
        parts: &[DeliveredPart],
        confirmed: &ConfirmedTransaction,
        locked: &[Locked],
        explorer: &Explorer,
    ) -> Self {
        let part = |part: &DeliveredPart| Part {
            purchase: part.purchase.to_string(),
            first: part.first,
            records: part.count,
        };
        Self {
            deliveries: parts.iter().map(part).collect(),
            locked: locked
                .iter()
                .map(|locked| LockedPurchase {
                    purchase: locked.purchase.to_string(),
                    settle_by_at: locked.settle_by,
                })
                .collect(),
            transaction: TransactionView::new(confirmed, explorer),
        }
    }

    pub fn describe(&self, text: &mut Text) {
        for part in &self.deliveries {
            text.field(
                "delivered",
                format_args!(
                    "{} of {} from position {}",
                    Count(part.records as u64, "record"),
                    part.purchase,
                    part.first
                ),
            );
        }
        for locked in &self.locked {
            text.field("locked", &locked.purchase);
        }
        self.transaction.describe(text);
    }
}

/// A purchase that was settled.
#[derive(Serialize)]
pub struct SettledPurchase {
    purchase: String,
    earned_lamports: u64,
    transaction: TransactionView,
}

impl SettledPurchase {
    pub fn new(
        purchase: &Address,
        confirmed: &ConfirmedTransaction,
        earned: u64,
        explorer: &Explorer,
    ) -> Self {
        Self {
            purchase: purchase.to_string(),
            earned_lamports: earned,
            transaction: TransactionView::new(confirmed, explorer),
        }
    }

    /// The event in one line.
    pub fn text(&self) -> String {
        format!(
            "settled purchase {}: earned {}",
            self.purchase,
            Sol(self.earned_lamports)
        )
    }

    pub fn describe(&self, text: &mut Text) {
        text.field("settled", &self.purchase)
            .field("earned", Sol(self.earned_lamports));
        self.transaction.describe(text);
    }
}

/// A purchase that is gone without this run having settled it.
#[derive(Serialize)]
pub struct GonePurchase {
    purchase: String,
    /// Whether another agent or an earlier run settled it; `false`: it was refunded; `null`: the nodes' history
    /// doesn't say.
    settled: Option<bool>,
    /// Whether the secret may be public. If so, the buyer has the keys, and a refund means that the price is lost.
    shown: bool,
}

impl GonePurchase {
    pub fn new(purchase: &Address, settled: Option<bool>, shown: bool) -> Self {
        Self {
            purchase: purchase.to_string(),
            settled,
            shown,
        }
    }

    /// The line as text for people.
    pub fn text(&self) -> String {
        let Self {
            purchase,
            settled,
            shown,
        } = self;
        match (settled, shown) {
            (Some(true), _) => format!("purchase {purchase} was settled by another agent or run"),
            (Some(false), false) => format!("purchase {purchase} was refunded"),
            (Some(false), true) => format!(
                "purchase {purchase} was REFUNDED after its settlement was sent: its buyer may be able to open it, and the price is lost"
            ),
            (None, _) => format!(
                "purchase {purchase} is gone: it was settled and closed, or refunded; the nodes don't show which"
            ),
        }
    }

    /// Whether the seller may have lost the price.
    pub const fn is_loss(&self) -> bool {
        self.shown && !matches!(self.settled, Some(true))
    }
}

/// Totals of all transactions.
#[derive(Default, Serialize)]
pub struct Totals {
    transactions: usize,
    /// Transactions that failed on the ledger, for instance because another agent was faster.
    failed_transactions: usize,
    /// Purchases that were delivered in full.
    locked_purchases: usize,
    settled_purchases: usize,
    records: usize,
    earned_lamports: u64,
    fee_lamports: u64,
    given_up_purchases: usize,
    /// Settlements that were started and are not finished; the next run continues them.
    unfinished_settlements: usize,
}

impl From<&Tally> for Totals {
    fn from(tally: &Tally) -> Self {
        Self {
            transactions: tally.transactions,
            failed_transactions: tally.failed_transactions,
            locked_purchases: tally.locked,
            settled_purchases: tally.settled,
            records: tally.records,
            earned_lamports: tally.earned,
            fee_lamports: tally.fees,
            given_up_purchases: tally.given_up,
            unfinished_settlements: tally.unfinished,
        }
    }
}

impl Report for Totals {
    fn describe(&self, text: &mut Text) {
        text.field(
            "in total",
            format_args!(
                "{} settled, {} delivered in {} ({} failed)",
                Count(self.settled_purchases as u64, "purchase"),
                Count(self.records as u64, "record"),
                Count(self.transactions as u64, "transaction"),
                self.failed_transactions
            ),
        )
        .field("earned", Sol(self.earned_lamports))
        .field("fees", Sol(self.fee_lamports));
        if self.unfinished_settlements > 0 {
            text.field(
                "NOT finished",
                format_args!(
                    "{}: run this again soon to continue them",
                    Count(self.unfinished_settlements as u64, "settlement")
                ),
            );
        }
    }
}
