//! The ledger's time, as enough nodes show it.

use super::{error::WitnessError, local_clock::seconds, read::Question, witnesses::Witnesses};

/// The ledger's clock as enough nodes show it, and this machine's, in seconds since the Unix epoch.
///
/// The nodes are read one after the other, so their clocks may be some seconds apart. Use [`Self::latest`] to decide whether it
/// is *too late*, and [`Self::earliest`] to decide whether it is *late enough*, so that no node can make its user act too early
/// or too late. A node can name any later time, and so keep its user from acting; it can't name a time that is more than
/// [`WitnessOptions::clock_tolerance`](super::WitnessOptions::clock_tolerance) from the clock of another operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerClock {
    /// The earliest of the nodes' clocks.
    pub nodes_earliest: i64,
    /// The latest of the nodes' clocks.
    pub nodes_latest: i64,
    /// This machine's clock when they were read.
    pub local: i64,
    /// The slot that all nodes have reached.
    pub slot: u64,
    /// The nodes that show this, without the secrets in their addresses.
    pub nodes: Vec<String>,
}

impl LedgerClock {
    /// The time to use when deciding whether it is too late for something: the latest of all clocks, this machine's included. A
    /// node that shows a past state can't make it earlier than this machine's clock. A machine whose clock is ahead refuses
    /// more than necessary.
    pub fn latest(&self) -> i64 {
        self.nodes_latest.max(self.local)
    }

    /// The time to use when deciding whether the ledger would allow something already: the earliest of the nodes' clocks.
    pub const fn earliest(&self) -> i64 {
        self.nodes_earliest
    }
}

impl Witnesses {
    /// The time on this machine, in seconds since the Unix epoch.
    pub fn local_time(&self) -> i64 {
        self.options.local_clock.unix_time()
    }

    /// The time on the ledger, in its final state.
    ///
    /// # Errors
    /// Those of [`Self::agreed`]; clocks that are further apart than the tolerance are a contradiction.
    pub async fn clock(&self) -> Result<LedgerClock, WitnessError> {
        let tolerance = seconds(self.options.clock_tolerance).unsigned_abs();
        let agreement = self
            .ask(Question {
                addresses: &[],
                subject: "the ledger's clock",
                project: &|state| state.unix_time,
                is_same: &|one, other| one.abs_diff(*other) <= tolerance,
                describe: &|time| format!("it is {time} (Unix time)"),
            })
            .await?;
        let earliest = agreement.values.iter().min().copied();
        let latest = agreement.values.iter().max().copied();
        let local = self.local_time();
        Ok(LedgerClock {
            // An agreement has at least one node.
            nodes_earliest: earliest.unwrap_or(local),
            nodes_latest: latest.unwrap_or(local),
            local,
            slot: agreement.slot,
            nodes: agreement.nodes,
        })
    }
}
