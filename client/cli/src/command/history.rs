//! The audit trail of an account or a wallet.

mod change;
mod progress;
mod view;

use std::collections::HashMap;

use clap::Args;
use generion_client::accounts::RecordAccount;
use generion_history::{ChangeKind, History, HistoryNodes, HistoryRange, Moment};
use solana_address::Address;

use self::{
    progress::ProgressBars,
    view::{HistoryView, Shown},
};
use crate::{
    args::{name::Name, time::Expiry},
    context::Context,
    output::{failure::Failure, report::Output},
};

#[derive(Args)]
pub struct HistoryArgs {
    /// A wallet, or a record, share, order, purchase or User account, even a closed one
    #[arg(value_name = "ADDRESS")]
    name: Name,
    /// Leave out earlier changes: give a slot, a time such as 2027-01-31T00:00:00Z, or an age such as 30days
    #[arg(long, value_name = "WHEN", value_parser = When::parse)]
    since: Option<When>,
    /// Leave out later changes; takes the same forms
    #[arg(long, value_name = "WHEN", value_parser = When::parse)]
    until: Option<When>,
    /// Number of transactions to read at most for each address, latest first
    #[arg(long, value_name = "NUMBER", default_value_t = HistoryRange::default().limit)]
    limit: usize,
    /// Also show failed transactions, which changed nothing
    #[arg(long)]
    failed: bool,
}

/// A point in the ledger's history, as users type it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    At(Moment),
    /// This many seconds ago, by the ledger's clock.
    Ago(u32),
}

impl When {
    fn parse(text: &str) -> Result<Self, String> {
        if let Ok(slot) = text.parse() {
            return Ok(Self::At(Moment::Slot(slot)));
        }
        match Expiry::parse(text) {
            Ok(Expiry::At(time)) => Ok(Self::At(Moment::Time(time))),
            Ok(Expiry::In(seconds)) => Ok(Self::Ago(seconds)),
            Err(error) => Err(format!("{error}, or a slot such as 312000000")),
        }
    }

    fn moment(self, now: i64) -> Moment {
        match self {
            Self::At(moment) => moment,
            Self::Ago(seconds) => Moment::Time(now.saturating_sub(seconds.into())),
        }
    }
}

impl HistoryArgs {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        let address = context.account(&self.name).await?;
        let ledger = context.ledger();
        let is_ago = |when: Option<When>| matches!(when, Some(When::Ago(_)));
        let now = match is_ago(self.since) || is_ago(self.until) {
            true => ledger.unix_time().await?,
            false => 0,
        };
        let range = HistoryRange {
            since: self.since.map(|when| when.moment(now)),
            until: self.until.map(|when| when.moment(now)),
            limit: self.limit,
            failed: self.failed,
        };
        let bars = ProgressBars::new(ledger.progress());
        let on_progress = |progress| bars.show(progress);
        let nodes = HistoryNodes::new(ledger.nodes(), ledger.deployment())
            .min_context_slot(ledger.min_context_slot().unwrap_or_default())
            .patience(ledger.patience())
            .on_progress(&on_progress);
        let history = History::read(&nodes, &address, &range).await?;
        let shown = Shown {
            self_issued: self_issued(context, &history).await?,
            explorer: context.explorer().clone(),
            is_own_node: context.nodes().is_own(),
        };
        Output::found(&HistoryView::new(&history, &range, &shown))
    }
}

/// Whether the records that orders list are self-issued, for those that the ledger still has.
async fn self_issued(
    context: &Context,
    history: &History,
) -> Result<HashMap<Address, bool>, Failure> {
    let entries = history.entries.iter();
    let listed: Vec<_> = entries
        .filter(|entry| entry.kind == ChangeKind::OrderCreated && entry.failure.is_none())
        .flat_map(|entry| entry.details.records.iter().flatten().copied())
        .collect();
    let found = context.ledger().find_all::<RecordAccount>(&listed).await?;
    let known = listed
        .into_iter()
        .zip(found)
        .filter_map(|(address, record)| Some((address, record?.state.is_self_issued())));
    Ok(known.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_slot_a_time_or_a_while_ago() {
        let moment = |text| When::parse(text).map(|when| when.moment(1_000_000));
        assert_eq!(moment("312000000"), Ok(Moment::Slot(312_000_000)));
        assert_eq!(moment("1970-01-01T00:01:00Z"), Ok(Moment::Time(60)));
        assert_eq!(moment("1h"), Ok(Moment::Time(996_400)));
        let refused = moment("yesterday").unwrap_err();
        assert!(refused.contains("or a slot such as"), "{refused}");
    }
}
