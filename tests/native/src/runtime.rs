//! Runs the program natively: its real dispatch over memory as the loader lays it out.
//!
//! System calls do nothing here: a new account has to exist already, and no event is logged. Everything that a handler does to
//! its accounts is real. `tests/program` runs the program in the VM.

use core::mem::offset_of;

use generion::ledger::{self, native::Ledger};
use pinocchio::account::{AccountView, MAX_PERMITTED_DATA_INCREASE, NOT_BORROWED, RuntimeAccount};
use solana_address::Address;

use crate::memory::within;

/// An account of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its address.
    pub address: Address,
    /// The program that it belongs to.
    pub owner: Address,
    /// Its balance.
    pub lamports: u64,
    /// Its data.
    pub data: Vec<u8>,
}

/// An account as a transaction names it.
#[derive(Clone, Debug)]
pub struct Named {
    /// The account. If its address appeared before, it is that same account, whatever this field holds.
    pub account: Account,
    /// Whether it signed.
    pub signer: bool,
    /// Whether the program may change it.
    pub writable: bool,
}

/// The result of an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The program's answer: 0, or the number of its error.
    pub code: u64,
    /// The accounts afterwards, each once. A ledger would discard them after a failed instruction.
    pub accounts: Vec<Account>,
}

/// The ledger's clock while an instruction runs: Unix time in seconds.
pub const NOW: i64 = 1_790_010_000;

/// Memory that an instruction may allocate in addition to a copy of its data. The VM has 32 KiB; here the curve's tables for
/// the largest batch come in addition, which a system call has there.
const MEMORY: usize = 64 << 10;

const HEADER: usize = size_of::<RuntimeAccount>();

/// Runs one instruction under the program id of this build.
pub fn execute(named: &[Named], data: &[u8]) -> Outcome {
    let mut input = Input::default();
    input.push(&(named.len() as u64).to_le_bytes());
    let mut starts = Vec::with_capacity(named.len());
    for (index, Named { account, .. }) in named.iter().enumerate() {
        let earlier = named[..index]
            .iter()
            .position(|other| other.account.address == account.address);
        match earlier {
            Some(earlier) => input.push(&[earlier as u8, 0, 0, 0, 0, 0, 0, 0]),
            None => {
                starts.push(input.len);
                let all = || {
                    let same = |other: &&Named| other.account.address == account.address;
                    named.iter().filter(same)
                };
                let signer = all().any(|named| named.signer);
                let writable = all().any(|named| named.writable);
                input.push_account(account, signer, writable);
                input.skip(MAX_PERMITTED_DATA_INCREASE);
                input.align();
                input.skip(8); // rent epoch
            }
        }
    }

    let mut instruction = Input::default();
    instruction.push(&(data.len() as u64).to_le_bytes());
    instruction.push(data);
    instruction.push(generion::ID.as_ref());

    ledger::native::set(Ledger {
        now: NOW,
        lamports_per_byte: 5_080,
    });
    let code = {
        let (input, instruction) = (input.start(), instruction.start());
        // SAFETY: both are aligned to 8 bytes and laid out as the loader lays them out; the data follow their
        // length. Nothing else refers to them while the program runs.
        within(MEMORY + data.len(), "the program", || unsafe {
            generion::__anchor_dispatch(input, instruction.add(8))
        })
    };
    let accounts = starts
        .into_iter()
        .map(|start| input.account(start))
        .collect();
    Outcome { code, accounts }
}

/// Calls `show` with a view of the account, which is writable.
pub fn with_view<T>(account: &Account, show: impl FnOnce(AccountView) -> T) -> T {
    let mut input = Input::default();
    input.push_account(account, false, true);
    // SAFETY: a header with the account's data behind it, which nothing else refers to while it is shown. Views are
    // loaded and compared in `show`; none of the types that it is for can leave it with a borrow.
    show(unsafe { AccountView::new_unchecked(input.start().cast()) })
}

/// Memory aligned to 8 bytes.
#[derive(Default)]
struct Input {
    words: Vec<u64>,
    len: usize,
}

impl Input {
    fn push(&mut self, bytes: &[u8]) {
        let start = self.len;
        self.skip(bytes.len());
        self.bytes_mut()[start..start + bytes.len()].copy_from_slice(bytes);
    }

    fn push_account(&mut self, account: &Account, signer: bool, writable: bool) {
        // The system program is the only program that instructions name.
        let executable = account.address == Address::default();
        self.push(&[
            NOT_BORROWED,
            signer.into(),
            writable.into(),
            executable.into(),
        ]);
        self.push(&[0; 4]);
        self.push(account.address.as_ref());
        self.push(account.owner.as_ref());
        self.push(&account.lamports.to_le_bytes());
        self.push(&(account.data.len() as u64).to_le_bytes());
        self.push(&account.data);
    }

    fn skip(&mut self, len: usize) {
        self.len += len;
        self.words.resize(self.len.div_ceil(8), 0);
    }

    fn align(&mut self) {
        self.len = self.len.next_multiple_of(8);
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        bytemuck::cast_slice_mut(&mut self.words)
    }

    fn start(&mut self) -> *mut u8 {
        self.words.as_mut_ptr().cast()
    }

    /// The account whose header begins at `start`.
    fn account(&self, start: usize) -> Account {
        let bytes: &[u8] = bytemuck::cast_slice(&self.words);
        let header = &bytes[start..start + HEADER];
        let address = |offset: usize| {
            Address::new_from_array(header[offset..offset + 32].try_into().expect("32 bytes"))
        };
        let number = |offset: usize| {
            u64::from_le_bytes(header[offset..offset + 8].try_into().expect("8 bytes"))
        };
        let len = usize::try_from(number(offset_of!(RuntimeAccount, data_len))).expect("a length");
        Account {
            address: address(offset_of!(RuntimeAccount, address)),
            owner: address(offset_of!(RuntimeAccount, owner)),
            lamports: number(offset_of!(RuntimeAccount, lamports)),
            data: bytes[start + HEADER..start + HEADER + len].to_vec(),
        }
    }
}
