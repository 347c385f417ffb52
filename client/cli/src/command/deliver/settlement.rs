use generion_client::{
    SettleEnd,
    rpc::{amount::Sol, explorer::Explorer},
};
use serde::Serialize;

use crate::output::{paid_out::paid_out, text::Text, view::TransactionView};

/// The outcome of a settlement.
#[derive(Serialize)]
pub struct Settlement {
    /// `settled`; `gone`: settled and closed, or refunded; `replaced`: a later purchase is at its address.
    end: &'static str,
    /// Lamports that `transaction` paid to the seller.
    earned_lamports: u64,
    /// `null`: no transaction of this run is known to have settled it.
    transaction: Option<TransactionView>,
}

impl Settlement {
    pub fn new(end: &SettleEnd, explorer: &Explorer) -> Self {
        let (end, confirmed) = match end {
            SettleEnd::Settled { confirmed } => ("settled", confirmed.as_ref()),
            SettleEnd::Gone { confirmed } => ("gone", confirmed.as_ref()),
            SettleEnd::Replaced { .. } => ("replaced", None),
        };
        Self {
            end,
            earned_lamports: confirmed.map_or(0, paid_out),
            transaction: confirmed.map(|confirmed| TransactionView::new(confirmed, explorer)),
        }
    }

    pub fn describe(&self, text: &mut Text) {
        match &self.transaction {
            Some(transaction) => {
                text.field("settled", "the buyer can open it")
                    .field("earned", Sol(self.earned_lamports));
                transaction.describe(text);
            }
            None if self.end == "settled" => {
                text.field(
                    "settled",
                    "settled by another transaction: the price is paid",
                );
            }
            None => {
                text.field("settled", "unknown: the purchase is gone");
            }
        }
    }
}
