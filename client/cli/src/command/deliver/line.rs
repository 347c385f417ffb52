//! What a watching agent tells, line by line.

use generion_client::{AgentEvent, SettleEvent};
use serde::Serialize;

use super::told::{GonePurchase, SettledPurchase, Transaction};
use crate::{amount::Sol, explorer::Explorer, failure::Failure, time};

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
    /// The settlement was signed and sent, `before` times before.
    Settling {
        purchase: String,
        signature: String,
        before: u32,
    },
    /// It can't be told how a settlement stands; it is sent on.
    Undecided {
        purchase: String,
        #[serde(flatten)]
        failure: Failure,
    },
    Settled(SettledPurchase),
    Gone(GonePurchase),
    /// A settlement that was begun and is not over: the next run goes on with it.
    Unfinished {
        purchase: String,
    },
    /// It is not final yet, or the nodes don't agree on it yet.
    Waiting {
        purchase: String,
        retry_ms: u64,
        #[serde(flatten)]
        failure: Failure,
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
    /// `None`: there is nothing to say about it.
    pub fn new(event: AgentEvent, explorer: &Explorer) -> Option<Self> {
        let millis =
            |duration: std::time::Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Some(match event {
            AgentEvent::Found { purchase } => Self::Found {
                purchase: purchase.address.to_string(),
                order: purchase.account.state.order.to_string(),
                price_lamports: purchase.account.state.price,
                deadline_at: purchase.account.state.deadline,
            },
            AgentEvent::Delivered {
                parts,
                landed,
                locked,
            } => Self::Delivered(Transaction::new(&parts, &landed, &locked, explorer)),
            AgentEvent::Settling {
                purchase,
                event:
                    SettleEvent::Sent {
                        signature, before, ..
                    },
            } => Self::Settling {
                purchase: purchase.to_string(),
                signature: signature.to_string(),
                before,
            },
            AgentEvent::Settling {
                purchase,
                event: SettleEvent::Undecided { error },
            } => Self::Undecided {
                purchase: purchase.to_string(),
                failure: Failure::from(&error),
            },
            AgentEvent::Settled {
                purchase,
                landed,
                earned,
            } => Self::Settled(SettledPurchase::new(&purchase, &landed, earned, explorer)),
            AgentEvent::Gone {
                purchase,
                settled,
                shown,
            } => Self::Gone(GonePurchase::new(&purchase, settled, shown)),
            AgentEvent::Unfinished { purchase } => Self::Unfinished {
                purchase: purchase.to_string(),
            },
            AgentEvent::Waiting {
                purchase,
                error,
                retry_in,
            } => Self::Waiting {
                purchase: purchase.to_string(),
                retry_ms: millis(retry_in),
                failure: Failure::from(&*error),
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
            _ => return None,
        })
    }
}

impl Line {
    /// Why something has to wait, if that is what it tells.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Postponed { failure, .. }
            | Self::Waiting { failure, .. }
            | Self::Undecided { failure, .. } => Some(&failure.message),
            _ => None,
        }
    }

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
            Self::Delivered(transaction) => transaction.text(),
            Self::Settling {
                purchase,
                signature,
                before,
            } => match before {
                0 => format!("settling purchase {purchase} by transaction {signature}"),
                before => format!(
                    "the settlement of purchase {purchase} has not landed yet: sent anew ({before}) as transaction {signature}"
                ),
            },
            Self::Undecided { purchase, failure } => format!(
                "it can't be told how the settlement of purchase {purchase} stands, it is sent on: {}",
                failure.message
            ),
            Self::Settled(settled) => settled.text(),
            Self::Gone(gone) => gone.text(),
            Self::Unfinished { purchase } => format!(
                "the settlement of purchase {purchase} is NOT over: start this again soon, it goes on with it"
            ),
            Self::Waiting {
                purchase,
                retry_ms,
                failure,
            } => format!(
                "purchase {purchase} waits {} s: {}",
                seconds(*retry_ms),
                failure.message
            ),
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
                seconds(*retry_ms),
                failure.message
            ),
            Self::GivenUp { purchase, failure } => {
                format!(
                    "purchase {purchase} is NOT delivered and settled: {} {}",
                    failure.message, failure.advice
                )
            }
            Self::CaughtUp => "waiting for purchases".to_owned(),
            Self::Lost { reason, retry_ms } => format!(
                "no connection to the node ({reason}); the next try is in {} s",
                seconds(*retry_ms)
            ),
        }
    }
}

fn seconds(millis: u64) -> f64 {
    millis as f64 / 1_000.0
}
