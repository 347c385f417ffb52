use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::cells::{Cell, MIN_WALLETS};

/// What was behind each figure that a sponsor has published of a study. The sponsor keeps it, and does not publish it: it says
/// which wallets a later report may not reveal by what it differs in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The wallets and records of each cell.
    cells: BTreeMap<String, BTreeSet<(String, String)>>,
}

/// A cell would have changed by too few wallets since the last report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{cell} would differ from the last report by {wallets} wallets, and the difference of two reports must not be about fewer than {MIN_WALLETS}: publish one report when the study is over"
)]
pub struct TooFewNew {
    /// What the cell is about.
    pub cell: String,
    /// By how many wallets it differs.
    pub wallets: usize,
}

impl Published {
    pub(super) fn add(&mut self, name: String, cell: &Cell) {
        let values = cell.values.iter();
        let values = values.map(|(wallet, record, _)| (wallet.to_string(), record.to_string()));
        self.cells.insert(name, values.collect());
    }

    /// Whether another report may be published after this one. A cell that both show is the same in both, or has at least
    /// [`MIN_WALLETS`] new wallets and has lost nothing.
    ///
    /// # Errors
    /// [`TooFewNew`] of the first cell for which that does not hold.
    pub fn allows(&self, next: &Self) -> Result<(), TooFewNew> {
        for (name, after) in &next.cells {
            let Some(before) = self.cells.get(name) else {
                continue;
            };
            let wallets = |values: &BTreeSet<(String, String)>| -> BTreeSet<String> {
                values.iter().map(|(wallet, _)| wallet.clone()).collect()
            };
            let new = wallets(after).difference(&wallets(before)).count();
            let has_lost = !before.is_subset(after);
            if before != after && (has_lost || new < MIN_WALLETS) {
                return Err(TooFewNew {
                    cell: name.clone(),
                    wallets: new,
                });
            }
        }
        Ok(())
    }
}
