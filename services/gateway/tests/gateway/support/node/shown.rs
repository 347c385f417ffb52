use std::collections::{BTreeMap, BTreeSet};

use generion_synthetic_ledger::SyntheticAccount;
use solana_instruction::Instruction;
use solana_signature::Signature;

use super::transaction::{ShownTransaction, naming};

/// What a node shows, to be changed while it runs.
#[derive(Clone, Default)]
pub struct Shown {
    /// The confirmed slot.
    pub slot: u64,
    /// The finalized slot.
    pub finalized: u64,
    /// The first slot whose transactions are not deleted.
    pub first_available: u64,
    pub accounts: BTreeMap<[u8; 32], SyntheticAccount>,
    /// The oldest first.
    pub transactions: Vec<ShownTransaction>,
    /// Transactions that are listed, and not shown.
    pub hidden: BTreeSet<Signature>,
    /// Accounts that are left out of lists of all accounts.
    pub unlisted: BTreeSet<[u8; 32]>,
    /// Accounts that are denied wherever they are asked for.
    pub denied: BTreeSet<[u8; 32]>,
    /// Bytes behind which answers with all accounts are cut.
    pub cut_behind: Option<usize>,
    /// Whether it answers nothing at present.
    pub is_away: bool,
    /// Whether it takes questions and answers none.
    pub is_hanging: bool,
    /// Methods that it answers with an error.
    pub refused: BTreeSet<&'static str>,
}

impl Shown {
    /// A transaction lands that names accounts, and has made these of them. What it asked for can't be told.
    pub fn lands(&mut self, changed: Vec<SyntheticAccount>) -> Signature {
        let addresses: Vec<_> = changed.iter().map(|account| account.address).collect();
        let signature = self.lands_as(naming(&addresses));
        for account in changed {
            self.accounts.insert(account.address.to_bytes(), account);
        }
        signature
    }

    /// A transaction lands that closes an account.
    pub fn closes(&mut self, account: &SyntheticAccount) -> Signature {
        self.accounts.remove(&account.address.to_bytes());
        self.lands_as(naming(&[account.address]))
    }

    /// A transaction with this instruction lands in a slot of its own.
    pub fn lands_as(&mut self, instruction: Instruction) -> Signature {
        self.slot += 1;
        let transaction = ShownTransaction::new(self.slot, instruction);
        let signature = transaction.signature;
        self.transactions.push(transaction);
        signature
    }
}
