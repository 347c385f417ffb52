//! Which cells may be shown.

use std::collections::{BTreeMap, BTreeSet};

use solana_address::Address;

/// The least number of wallets behind a figure that is shown.
pub const MIN_WALLETS: usize = 11;
/// No wallet has more than one in so many values of a cell.
const MAX_SHARE: usize = 3;

/// What a figure is made of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// Wallet and record of each value, and the value where there is one.
    pub values: Vec<(Address, Address, Option<f64>)>,
}

impl Cell {
    /// The wallets behind the figure.
    pub fn wallets(&self) -> BTreeSet<Address> {
        self.values.iter().map(|(wallet, ..)| *wallet).collect()
    }

    /// The records behind the figure.
    pub fn records(&self) -> BTreeSet<Address> {
        self.values.iter().map(|(_, record, _)| *record).collect()
    }

    /// Whether it may be shown.
    pub fn may_be_shown(&self) -> bool {
        let mut of_wallet = BTreeMap::<Address, usize>::new();
        for (wallet, ..) in &self.values {
            *of_wallet.entry(*wallet).or_default() += 1;
        }
        let greatest = of_wallet.values().copied().max().unwrap_or_default();
        of_wallet.len() >= MIN_WALLETS && greatest * MAX_SHARE <= self.values.len()
    }

    /// The values that do not belong to the records of `part`.
    pub fn without(&self, part: &Self) -> Self {
        let records = part.records();
        let values = self.values.iter();
        Self {
            values: values
                .filter(|(_, record, _)| !records.contains(record))
                .copied()
                .collect(),
        }
    }

    /// Whether a part may be shown beside this cell: what is left is nothing, or could be shown, too.
    pub fn may_show_part(&self, part: &Self) -> bool {
        let rest = self.without(part);
        part.may_be_shown() && (rest.values.is_empty() || rest.may_be_shown())
    }

    fn add(&mut self, other: &Self) {
        self.values.extend_from_slice(&other.values);
    }
}

/// Which cells of a table are shown, whose total is known. A cell that `may` not be shown is suppressed. If the suppressed ones
/// together are not a cell that could be shown, or if there is only one, the smallest of the others is suppressed, too, until
/// they are: otherwise the total without the shown ones would reveal them.
pub fn shown<K: Ord + Clone>(
    cells: &BTreeMap<K, Cell>,
    may: impl Fn(&K, &Cell) -> bool,
) -> BTreeSet<K> {
    let mut shown: BTreeSet<K> = cells
        .iter()
        .filter(|(key, cell)| may(key, cell))
        .map(|(key, _)| key.clone())
        .collect();
    while shown.len() < cells.len() && !is_hidden(cells, &shown) {
        let smallest = shown
            .iter()
            .min_by_key(|key| (cells[key].wallets().len(), (*key).clone()))
            .cloned();
        match smallest {
            Some(key) => shown.remove(&key),
            None => break,
        };
    }
    shown
}

/// Whether the cells that are not shown reveal nothing by what the total leaves for them.
fn is_hidden<K: Ord>(cells: &BTreeMap<K, Cell>, shown: &BTreeSet<K>) -> bool {
    let mut rest = Cell::default();
    let suppressed = cells.iter().filter(|(key, _)| !shown.contains(key));
    let count = suppressed.map(|(_, cell)| rest.add(cell)).count();
    count > 1 && rest.may_be_shown()
}
