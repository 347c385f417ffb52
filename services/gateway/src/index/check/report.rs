//! What a check has found.

use std::fmt;

use serde::Serialize;

/// Differences that a report names one by one.
pub const NAMED_DIFFERENCES: usize = 1_000;

/// What a check has found. Numbers of the ledger are texts: a client's numbers may end at 2^53.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// Whether the index is equal to the ledger.
    pub is_equal: bool,
    /// The slot of the ledger's state at the least.
    pub ledger_slot: String,
    /// The slot that the index says it has followed.
    pub indexed_slot: Option<String>,
    /// Accounts that were compared.
    pub compared: u64,
    /// Accounts on the ledger that are malformed, or not at their own address; the index leaves them out.
    pub left_out: u64,
    /// Accounts of the index that nodes disagree on.
    pub disputed: u64,
    /// How many accounts differ.
    pub different: u64,
    /// The first of them, by address.
    pub differences: Vec<Difference>,
}

/// A difference between the index and the ledger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// The account's address.
    pub address: String,
    /// What differs.
    pub what: What,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The index does not have it.
    Missing,
    /// The ledger does not have it.
    Gone,
    /// Its balance or its data are unlike.
    Contents,
    /// A column, by its name, is not what the data say.
    Column(&'static str),
}

impl CheckReport {
    /// Adds a difference.
    pub(super) fn differs(&mut self, address: [u8; 32], what: What) {
        self.different += 1;
        if self.differences.len() < NAMED_DIFFERENCES {
            let address = solana_address::Address::new_from_array(address).to_string();
            self.differences.push(Difference { address, what });
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = &self.address;
        match self.what {
            What::Missing => write!(f, "{address}: on the ledger, and not in the index"),
            What::Gone => write!(f, "{address}: in the index, and not on the ledger"),
            What::Contents => write!(f, "{address}: balance or data differ"),
            What::Column(name) => {
                write!(f, "{address}: the column {name} is not what the data say")
            }
        }
    }
}

impl fmt::Display for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for difference in &self.differences {
            writeln!(f, "{difference}")?;
        }
        let unnamed = self.different - u64::try_from(self.differences.len()).unwrap_or(u64::MAX);
        if unnamed > 0 {
            writeln!(f, "and {unnamed} more")?;
        }
        if self.left_out > 0 {
            let count = self.left_out;
            writeln!(
                f,
                "{count} accounts on the ledger can't be read, and are left out"
            )?;
        }
        if self.disputed > 0 {
            writeln!(f, "{} accounts are disputed between nodes", self.disputed)?;
        }
        let (compared, slot) = (self.compared, &self.ledger_slot);
        match self.is_equal {
            true => write!(
                f,
                "the index is equal to the ledger: {compared} accounts, at slot {slot}"
            ),
            false => write!(
                f,
                "the index differs from the ledger in {} of {compared} accounts, at slot {slot}",
                self.different
            ),
        }
    }
}
