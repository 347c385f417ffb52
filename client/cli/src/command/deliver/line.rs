//! The lines that a watching agent prints.

use generion_client::{
    AgentEvent, SettleEvent,
    rpc::{amount::Sol, explorer::Explorer},
};
use serde::Serialize;

use crate::{
    command::deliver::report::{GonePurchase, SettledPurchase, Transaction},
    output::{failure::Failure, time},
};

/// One line of a watching agent. For programs it is a JSON object with the kind of event in `event`.
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
    /// The settlement was signed and sent; it had been sent `before` times already.
    Settling {
        purchase: String,
        signature: String,
        before: u32,
    },
    /// The status of the settlement is unknown; it is sent again.
    Undecided {
        purchase: String,
        #[serde(flatten)]
        failure: Failure,
    },
    Settled(SettledPurchase),
    Gone(GonePurchase),
    /// A settlement was started and is not finished; the next run continues it.
    Unfinished {
        purchase: String,
    },
    /// The purchase is not final yet, or the nodes don't agree on it yet.
    Waiting {
        purchase: String,
        retry_ms: u64,
        #[serde(flatten)]
        failure: Failure,
    },
    /// A transaction failed: it cost its fee and changed nothing.
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
    /// The line for an event; `None`: the event is not printed.
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
                confirmed,
                locked,
            } => Self::Delivered(Transaction::new(&parts, &confirmed, &locked, explorer)),
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
                confirmed,
                earned,
            } => Self::Settled(SettledPurchase::new(
                &purchase, &confirmed, earned, explorer,
            )),
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
    /// Why something has to wait, for lines that say so.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Postponed { failure, .. }
            | Self::Waiting { failure, .. }
            | Self::Undecided { failure, .. } => Some(&failure.message),
            _ => None,
        }
    }

    /// The line as text for people.
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
                    "the settlement of purchase {purchase} is not confirmed yet: sent again ({before}) as transaction {signature}"
                ),
            },
            Self::Undecided { purchase, failure } => format!(
                "the status of the settlement of purchase {purchase} is unknown; it is sent again: {}",
                failure.message
            ),
            Self::Settled(settled) => settled.text(),
            Self::Gone(gone) => gone.text(),
            Self::Unfinished { purchase } => format!(
                "the settlement of purchase {purchase} is NOT finished: run this again soon to continue it"
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
                "a transaction failed, and cost a fee of {}: {}",
                Sol(*fee_lamports),
                failure.message
            ),
            Self::Postponed {
                purchase,
                retry_ms,
                failure,
            } => format!(
                "retrying purchase {purchase} in {} s: {}",
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
                "no connection to the node ({reason}); retrying in {} s",
                seconds(*retry_ms)
            ),
        }
    }
}

fn seconds(millis: u64) -> f64 {
    millis as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use generion_client::{ClientError, ConfirmedTransaction, DeliveredPart, Locked};
    use serde_json::{Value, json};
    use solana_address::Address;
    use solana_signature::Signature;

    use super::*;

    fn purchase() -> Address {
        Address::new_from_array([1; 32])
    }

    fn confirmed() -> ConfirmedTransaction {
        ConfirmedTransaction {
            signature: Signature::from([1; 64]),
            slot: 7,
            fee: 5_000,
            compute_units: 3_000,
            events: Vec::new(),
        }
    }

    fn error() -> Arc<ClientError> {
        Arc::new(ClientError::PurchaseState {
            purchase: purchase(),
            state: "it is not final yet",
        })
    }

    /// The line as JSON and as text.
    fn json_and_text(event: AgentEvent) -> (Value, String) {
        let line = Line::new(event, &Explorer::Unknown).unwrap();
        (serde_json::to_value(&line).unwrap(), line.text())
    }

    #[test]
    fn a_sale_is_reported_from_its_delivery_to_its_price() {
        let parts = vec![DeliveredPart {
            purchase: purchase(),
            first: 0,
            count: 2,
        }];
        let locked = vec![Locked {
            purchase: purchase(),
            settle_by: 60,
        }];
        let (line, text) = json_and_text(AgentEvent::Delivered {
            parts,
            confirmed: confirmed(),
            locked,
        });
        let address = purchase().to_string();
        assert_eq!(line["event"], "delivered");
        assert_eq!(
            line["deliveries"],
            json!([{ "purchase": address, "first": 0, "records": 2 }])
        );
        assert_eq!(
            line["locked"],
            json!([{ "purchase": address, "settle_by_at": 60 }])
        );
        assert!(
            text.contains("1 purchase") && text.contains("1 locked"),
            "{text}"
        );

        for (before, expected) in [(0, "settling purchase"), (2, "is not confirmed yet")] {
            let event = SettleEvent::Sent {
                signature: Signature::from([2; 64]),
                before,
                price: 0,
            };
            let (line, text) = json_and_text(AgentEvent::Settling {
                purchase: purchase(),
                event,
            });
            assert_eq!(
                (&line["event"], &line["before"]),
                (&json!("settling"), &json!(before))
            );
            assert!(text.contains(expected), "{text}");
        }

        let (line, text) = json_and_text(AgentEvent::Settled {
            purchase: purchase(),
            earned: 5,
            confirmed: confirmed(),
        });
        assert_eq!(
            (&line["event"], &line["earned_lamports"]),
            (&json!("settled"), &json!(5))
        );
        assert_eq!(line["transaction"]["slot"], 7);
        assert!(text.ends_with("earned 0.000000005 SOL"), "{text}");
    }

    #[test]
    fn the_ends_of_a_purchase_that_is_gone_differ() {
        for (settled, shown, expected, is_loss) in [
            (
                Some(true),
                true,
                "was settled by another agent or run",
                false,
            ),
            (Some(false), false, "was refunded", false),
            (
                Some(false),
                true,
                "REFUNDED after its settlement was sent",
                true,
            ),
            (None, false, "the nodes don't show which", false),
            (None, true, "the nodes don't show which", true),
        ] {
            let (line, text) = json_and_text(AgentEvent::Gone {
                purchase: purchase(),
                settled,
                shown,
            });
            assert_eq!(
                (&line["settled"], &line["shown"]),
                (&json!(settled), &json!(shown))
            );
            assert!(text.contains(expected), "{text}");
            let gone = GonePurchase::new(&purchase(), settled, shown);
            assert_eq!(gone.is_loss(), is_loss, "{text}");
        }
    }

    /// A reason that repeats is printed once, so lines are compared by their reason.
    #[test]
    fn what_has_to_wait_has_a_reason() {
        let retry_in = Duration::from_millis(1_500);
        let waiting = AgentEvent::Waiting {
            purchase: purchase(),
            error: error(),
            retry_in,
        };
        let postponed = AgentEvent::Postponed {
            purchase: purchase(),
            error: error(),
            retry_in,
        };
        let undecided = AgentEvent::Settling {
            purchase: purchase(),
            event: SettleEvent::Undecided {
                error: ClientError::PurchaseState {
                    purchase: purchase(),
                    state: "it is not final yet",
                },
            },
        };
        for (event, name) in [
            (waiting, "waiting"),
            (postponed, "postponed"),
            (undecided, "undecided"),
        ] {
            let line = Line::new(event, &Explorer::Unknown).unwrap();
            assert_eq!(line.reason(), Some(&*error().to_string()));
            let json = serde_json::to_value(&line).unwrap();
            assert_eq!(json["event"], name);
            assert_eq!(json["message"], error().to_string());
            if name != "undecided" {
                assert_eq!(json["retry_ms"], 1_500);
                assert!(line.text().contains("1.5 s"), "{}", line.text());
            }
        }
        let unfinished = Line::new(
            AgentEvent::Unfinished {
                purchase: purchase(),
            },
            &Explorer::Unknown,
        );
        assert_eq!(unfinished.unwrap().reason(), None);
    }
}
