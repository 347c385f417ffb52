use generion_client::{AgentEvent, DeliveredPart, Landed, Tally};
use serde::Serialize;

use crate::{
    amount::{Count, Sol},
    explorer::Explorer,
    failure::Failure,
    output::{Report, Text},
    time,
    view::TransactionView,
};

/// A transaction that delivered.
#[derive(Serialize)]
pub struct Transaction {
    deliveries: Vec<Part>,
    earned_lamports: u64,
    transaction: TransactionView,
}

#[derive(Serialize)]
struct Part {
    purchase: String,
    /// Position in the order of the first record.
    first: usize,
    records: usize,
}

impl Transaction {
    pub fn new(parts: &[DeliveredPart], landed: &Landed, earned: u64, explorer: &Explorer) -> Self {
        let part = |part: &DeliveredPart| Part {
            purchase: part.purchase.to_string(),
            first: part.first,
            records: part.count,
        };
        Self {
            deliveries: parts.iter().map(part).collect(),
            earned_lamports: earned,
            transaction: TransactionView::new(landed, explorer),
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
        text.field("earned", Sol(self.earned_lamports));
        self.transaction.describe(text);
    }
}

/// What all transactions together did.
#[derive(Default, Serialize)]
pub struct Totals {
    transactions: usize,
    /// Transactions that failed on the ledger, for instance because another agent was faster.
    failed_transactions: usize,
    settled_purchases: usize,
    records: usize,
    earned_lamports: u64,
    fee_lamports: u64,
    given_up_purchases: usize,
}

impl From<&Tally> for Totals {
    fn from(tally: &Tally) -> Self {
        Self {
            transactions: tally.transactions,
            failed_transactions: tally.failed_transactions,
            settled_purchases: tally.settled,
            records: tally.records,
            earned_lamports: tally.earned,
            fee_lamports: tally.fees,
            given_up_purchases: tally.given_up,
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
        .field("fees", format_args!("{} lamports", self.fee_lamports));
    }
}

/// One line of a watching agent, for programs: a JSON object with the name of what happened in `event`.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Line {
    Found {
        purchase: String,
        order: String,
        price_lamports: u64,
        deadline_at: i64,
    },
    Delivered(Transaction),
    /// By somebody else, or refunded.
    Gone {
        purchase: String,
        settled: bool,
    },
    /// A transaction that cost its fee and did nothing.
    Failed {
        fee_lamports: u64,
        #[serde(flatten)]
        failure: Failure,
    },
    Postponed {
        purchase: String,
        retry_ms: u64,
        #[serde(flatten)]
        failure: Failure,
    },
    GivenUp {
        purchase: String,
        #[serde(flatten)]
        failure: Failure,
    },
    CaughtUp,
    Lost {
        reason: String,
        retry_ms: u64,
    },
}

impl Line {
    pub fn new(event: AgentEvent, explorer: &Explorer) -> Self {
        let millis =
            |duration: std::time::Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        match event {
            AgentEvent::Found { purchase } => Self::Found {
                purchase: purchase.address.to_string(),
                order: purchase.account.state.order.to_string(),
                price_lamports: purchase.account.state.price,
                deadline_at: purchase.account.state.deadline,
            },
            AgentEvent::Delivered {
                parts,
                landed,
                earned,
            } => Self::Delivered(Transaction::new(&parts, &landed, earned, explorer)),
            AgentEvent::Gone { purchase, settled } => Self::Gone {
                purchase: purchase.to_string(),
                settled,
            },
            AgentEvent::Failed { error, fee } => Self::Failed {
                fee_lamports: fee,
                failure: Failure::from(&*error),
            },
            AgentEvent::Postponed {
                purchase,
                error,
                retry_in,
            } => Self::Postponed {
                purchase: purchase.to_string(),
                retry_ms: millis(retry_in),
                failure: Failure::from(&*error),
            },
            AgentEvent::GivenUp { purchase, error } => Self::GivenUp {
                purchase: purchase.to_string(),
                failure: Failure::from(&*error),
            },
            AgentEvent::CaughtUp => Self::CaughtUp,
            AgentEvent::Lost { reason, retry_in } => Self::Lost {
                reason,
                retry_ms: millis(retry_in),
            },
        }
    }
}

impl Line {
    /// For people.
    pub fn text(&self) -> String {
        match self {
            Self::Found {
                purchase,
                price_lamports,
                deadline_at,
                ..
            } => format!(
                "found purchase {purchase}: {}, to be delivered by {}",
                Sol(*price_lamports),
                time::show(*deadline_at)
            ),
            Self::Delivered(Transaction {
                deliveries,
                earned_lamports,
                transaction,
            }) => format!(
                "delivered {} in transaction {}: earned {}, fee {} lamports",
                Count(deliveries.len() as u64, "purchase"),
                transaction.signature,
                Sol(*earned_lamports),
                transaction.fee_lamports
            ),
            Self::Gone { purchase, settled } => match settled {
                true => format!("purchase {purchase} was delivered by another agent"),
                false => format!("purchase {purchase} was refunded"),
            },
            Self::Failed {
                fee_lamports,
                failure,
            } => format!(
                "a transaction failed ({fee_lamports} lamports of fee): {}",
                failure.message
            ),
            Self::Postponed {
                purchase,
                retry_ms,
                failure,
            } => format!(
                "purchase {purchase} is tried again in {} s: {}",
                *retry_ms as f64 / 1000.0,
                failure.message
            ),
            Self::GivenUp { purchase, failure } => {
                format!(
                    "purchase {purchase} is NOT delivered: {} {}",
                    failure.message, failure.advice
                )
            }
            Self::CaughtUp => "waiting for purchases".to_owned(),
            Self::Lost { reason, retry_ms } => format!(
                "no connection to the node ({reason}); the next try is in {} s",
                *retry_ms as f64 / 1000.0
            ),
        }
    }
}
