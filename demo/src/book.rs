//! Double-entry bookkeeping: the expected balance of every wallet, to compare with the ledger's.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use generion_client::{ConfirmedTransaction, Ledger};
use solana_address::Address;

use crate::narrator::grouped;

/// The expected balances of the story's wallets, in lamports.
#[derive(Default)]
pub struct Book {
    names: BTreeMap<Address, &'static str>,
    balances: BTreeMap<Address, i128>,
}

impl Book {
    /// Opens an account for a wallet with its balance at the start.
    pub fn open(&mut self, wallet: Address, name: &'static str, lamports: u64) {
        self.names.insert(wallet, name);
        self.balances.insert(wallet, lamports.into());
    }

    /// A wallet paid for a transaction.
    pub fn fee(&mut self, wallet: &Address, confirmed: &ConfirmedTransaction) {
        self.gives(wallet, confirmed.fee);
    }

    /// A wallet gave lamports away: rent, or a price.
    pub fn gives(&mut self, wallet: &Address, lamports: u64) {
        *self.balances.entry(*wallet).or_default() -= i128::from(lamports);
    }

    /// A wallet got lamports.
    pub fn gets(&mut self, wallet: &Address, lamports: u64) {
        *self.balances.entry(*wallet).or_default() += i128::from(lamports);
    }

    /// Compares every wallet with the ledger, to the lamport.
    pub async fn compare(&self, ledger: &Ledger) -> Result<()> {
        for (wallet, expected) in &self.balances {
            let actual = ledger.lamports(wallet).await?;
            let name = self.name(wallet);
            ensure!(
                i128::from(actual) == *expected,
                "{name} ({wallet}) holds {} lamports, the story says {expected}",
                grouped(actual)
            );
        }
        Ok(())
    }

    /// The name of a wallet.
    pub fn name(&self, wallet: &Address) -> &'static str {
        self.names.get(wallet).copied().unwrap_or("somebody")
    }

    /// The number of wallets.
    pub fn len(&self) -> usize {
        self.balances.len()
    }
}
