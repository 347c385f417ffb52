//! Unit tests of the program's handlers, run natively: what each instruction writes, where lamports go, and the rules of the
//! handlers. `tests/program` tests the same in the VM; here mutation testing needs no build of the program for the chain
//! (docs/MUTATION.md).

mod orders;
mod records;
mod sales;
mod seats;
mod studies;
mod users;

use anchor_lang::prelude::ProgramError;
use generion::GenerionError;
use generion_interface::accounts::LedgerAccount;
use generion_native::{
    layout::Encode,
    runtime::{Account, Named, Outcome, execute},
    world::WORLD,
};
use solana_address::Address;

/// An honest instruction, until a test changes it.
#[derive(Clone)]
struct Case {
    named: Vec<Named>,
    data: Vec<u8>,
}

impl Case {
    /// The honest instruction of a tag.
    fn new(tag: u8) -> Self {
        Self::with_data(tag, WORLD.instructions[usize::from(tag)].data.clone())
    }

    /// The same with other data, which determine a record's address.
    fn with_data(tag: u8, data: Vec<u8>) -> Self {
        Self {
            named: WORLD.named(tag, &data),
            data,
        }
    }

    /// The honest instruction of a tag with some bytes of its data replaced.
    fn with_bytes(tag: u8, at: usize, bytes: &[u8]) -> Self {
        let mut data = WORLD.instructions[usize::from(tag)].data.clone();
        data[at..at + bytes.len()].copy_from_slice(bytes);
        Self::with_data(tag, data)
    }

    /// Changes an account.
    fn edit<A: LedgerAccount + Encode>(mut self, index: usize, edit: impl FnOnce(&mut A)) -> Self {
        let account = &mut self.named[index].account;
        let mut state: A = read(account);
        edit(&mut state);
        account.data = state.encode();
        self
    }

    /// Runs the instruction, which must succeed and conserve lamports.
    #[track_caller]
    fn lands(self) -> Ledger {
        let Outcome { code, accounts } = execute(&self.named, &self.data);
        assert_eq!(code, 0);
        let sum = |accounts: &mut dyn Iterator<Item = u64>| accounts.sum::<u64>();
        let mut before: Vec<&Account> = Vec::new();
        for Named { account, .. } in &self.named {
            if before.iter().all(|other| other.address != account.address) {
                before.push(account);
            }
        }
        assert_eq!(
            sum(&mut before.iter().map(|account| account.lamports)),
            sum(&mut accounts.iter().map(|account| account.lamports))
        );
        Ledger {
            before: before.into_iter().cloned().collect(),
            accounts,
            named: self.named,
        }
    }

    /// Runs the instruction, which must fail with the error.
    #[track_caller]
    fn refused(self, error: GenerionError) {
        self.refused_with(error.into());
    }

    /// Runs the instruction, which must fail with an error that is not the program's own.
    #[track_caller]
    fn refused_with(self, error: ProgramError) {
        let Outcome { code, .. } = execute(&self.named, &self.data);
        let expected = u64::from(error.clone());
        assert_eq!(code, expected, "it was to be refused with {error:?}");
    }
}

/// The ledger after an instruction.
struct Ledger {
    named: Vec<Named>,
    before: Vec<Account>,
    accounts: Vec<Account>,
}

impl Ledger {
    /// The account at this position of the instruction.
    fn account(&self, index: usize) -> &Account {
        let address = self.named[index].account.address;
        let mut accounts = self.accounts.iter();
        accounts
            .find(|account| account.address == address)
            .expect("every account is left")
    }

    /// The decoded account at this position.
    fn read<A: LedgerAccount>(&self, index: usize) -> A {
        read(self.account(index))
    }

    /// Lamports that the account gained.
    fn gained(&self, index: usize) -> i128 {
        let account = self.account(index);
        let mut before = self.before.iter();
        let before = before.find(|other| other.address == account.address);
        i128::from(account.lamports) - i128::from(before.expect("it was there").lamports)
    }

    /// Asserts that the account is closed.
    #[track_caller]
    fn assert_closed(&self, index: usize) {
        let Account {
            owner,
            lamports,
            data,
            ..
        } = self.account(index);
        assert_eq!((*owner, *lamports, data.len()), (Address::default(), 0, 0));
    }
}

/// Decodes an account, whatever its owner: the system call that gives a new account to the program does nothing natively.
fn read<A: LedgerAccount>(account: &Account) -> A {
    A::decode(&generion::ID, &generion::ID, &account.data).expect("an account of the program")
}
