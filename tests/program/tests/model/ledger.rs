//! Compares the ledger with the model, byte for byte, and with itself.

use std::collections::{BTreeMap, HashMap};

use generion_program_tests::World;
use solana_address::Address;
use vm_account::{AccountSharedData, ReadableAccount};

use crate::{
    cast::Cast,
    layout::{self, ORDER, PURCHASE, RECORD, SHARE, USER},
    model::Model,
    step::At,
};

/// Why a check failed, in words.
pub type Check = Result<(), String>;

/// What the ledger must hold, and what it held before.
pub struct Watch {
    /// Every address of the model, with lamports and bytes.
    expected: HashMap<Address, (At, u64, Vec<u8>)>,
    /// Accounts that existed before: sysvars, programs, the VM's own wallet. Their lamports never change.
    others: HashMap<Address, u64>,
    /// Lamports of all accounts.
    total: u128,
    /// The payments for each order, from its events.
    paid: HashMap<Address, u32>,
}

/// Accounts as they were before a step.
pub type Before = BTreeMap<Address, AccountSharedData>;

fn program_account(account: &AccountSharedData) -> bool {
    *account.owner() == generion::ID && !account.executable()
}

fn accounts(world: &World) -> impl Iterator<Item = (&Address, &AccountSharedData)> {
    world
        .svm
        .accounts_db()
        .inner
        .iter()
        .filter(|(_, account)| account.lamports() > 0)
}

impl Watch {
    pub fn new(world: &World, model: &Model, cast: &mut Cast) -> Self {
        let mut watch = Self {
            expected: HashMap::new(),
            others: HashMap::new(),
            total: accounts(world)
                .map(|(_, account)| u128::from(account.lamports()))
                .sum(),
            paid: HashMap::new(),
        };
        let wallets: Vec<At> = model.lamports.keys().copied().collect();
        watch.expect(model, cast, &wallets);
        watch.others = accounts(world)
            .filter(|(address, _)| !watch.expected.contains_key(address))
            .map(|(address, account)| (*address, account.lamports()))
            .collect();
        watch
    }

    /// Copies the state of these addresses from the model.
    pub fn expect(&mut self, model: &Model, cast: &mut Cast, touched: &[At]) {
        for at in touched {
            let address = cast.address(*at);
            match model.held(*at) {
                0 => drop(self.expected.remove(&address)),
                lamports => {
                    let bytes = layout::bytes(model, cast, *at);
                    self.expected.insert(address, (*at, lamports, bytes));
                }
            }
        }
    }

    /// Copies the whole state, so that addresses that no step names are compared as well.
    pub fn expect_all(&mut self, model: &Model, cast: &mut Cast) {
        let all: Vec<At> = model.lamports.keys().copied().collect();
        self.expect(model, cast, &all);
    }

    /// Every account of the ledger equals the model's to the last byte and lamport, and only the fee is gone.
    pub fn compare(&mut self, world: &World, model: &Model, cast: &mut Cast, fee: u64) -> Check {
        let (mut seen, mut total) = (0, 0);
        for (address, account) in accounts(world) {
            total += u128::from(account.lamports());
            let Some((at, lamports, bytes)) = self.expected.get(address) else {
                if self.others.get(address) != Some(&account.lamports()) {
                    let lamports = account.lamports();
                    return Err(format!(
                        "{address}, of which the model knows nothing, holds {lamports} lamports"
                    ));
                }
                continue;
            };
            seen += 1;
            if account.lamports() != *lamports {
                return Err(format!(
                    "{at:?} holds {} lamports, by the model {lamports}",
                    account.lamports()
                ));
            }
            if account.data() != &bytes[..] {
                return Err(format!(
                    "{at:?}: {}",
                    difference(model, cast, *at, account.data())
                ));
            }
            if program_account(account) == bytes.is_empty() {
                return Err(format!("{at:?} belongs to {}", account.owner()));
            }
        }
        if seen != self.expected.len() {
            let gone = self
                .expected
                .iter()
                .find(|(address, _)| world.lamports(address) == 0);
            return Err(format!(
                "{:?} is gone, but not by the model",
                gone.map(|(_, (at, ..))| at)
            ));
        }
        if total + u128::from(fee) != self.total {
            return Err(format!(
                "{} lamports became {total}, with a fee of {fee}",
                self.total
            ));
        }
        self.total = total;
        Ok(())
    }

    /// Counters equal what they count, and the lamports in escrow equal the pending prices, all as the ledger has them.
    pub fn consistent(&mut self, world: &World, model: &Model) -> Check {
        let mut records = HashMap::<[u8; 32], u64>::new();
        let mut listings = HashMap::<[u8; 32], u64>::new();
        let mut pending = HashMap::<[u8; 32], u32>::new();
        let (mut escrow, mut prices) = (0_u128, 0_u128);
        let programs = || accounts(world).filter(|(_, account)| program_account(account));
        for (address, account) in programs() {
            let data = account.data();
            match kind(data) {
                RECORD => *records.entry(bytes(data, 32)).or_default() += 1,
                ORDER => {
                    for at in (212..data.len()).step_by(32) {
                        *listings.entry(bytes(data, at)).or_default() += 1;
                    }
                }
                PURCHASE => {
                    let at = self.expected[address].0;
                    let surplus = model.surplus.get(&at).copied().unwrap_or(0);
                    let rent = model.rent[data.len()];
                    escrow += u128::from(account.lamports() - rent - surplus);
                    let [status, records, delivered] = bytes(data, 10);
                    let filled = data[236..]
                        .chunks(64)
                        .filter(|slot| **slot != [0; 64])
                        .count();
                    if usize::from(delivered) != filled || (status == 0) != (delivered < records) {
                        return Err(format!(
                            "{at:?} has {filled} of {records} capsules, counts {delivered}, and has status {status}"
                        ));
                    }
                    let settle_by = i64::from_le_bytes(bytes(data, 32));
                    let begun = bytes::<32>(data, 168) != [0; 32];
                    if (settle_by == 0) != (status == 0) || begun != (filled > 0) {
                        return Err(format!(
                            "{at:?} has {filled} capsules, status {status}, and is to be settled by {settle_by}"
                        ));
                    }
                    if status < 2 {
                        prices += u128::from(u64::from_le_bytes(bytes(data, 16)));
                        *pending.entry(bytes(data, 40)).or_default() += 1;
                    }
                }
                _ => {}
            }
        }
        if escrow != prices {
            return Err(format!(
                "{escrow} lamports are in escrow, for pending prices of {prices}"
            ));
        }
        for (address, account) in programs() {
            let data = account.data();
            let at = || self.expected[address].0;
            let (counter, says, counted) = match kind(data) {
                USER => (
                    "record_count",
                    u64::from_le_bytes(bytes(data, 32)),
                    records.get(&bytes::<32>(data, 40)).copied().unwrap_or(0),
                ),
                RECORD => (
                    "listings",
                    u64::from_le_bytes(bytes(data, 24)),
                    listings.get(address.as_array()).copied().unwrap_or(0),
                ),
                ORDER => {
                    let settled = u32::from_le_bytes(bytes(data, 204));
                    let paid = self.paid.get(address).copied().unwrap_or(0);
                    if settled != paid {
                        return Err(format!(
                            "{:?} counts {settled} settled purchases, {paid} were paid",
                            at()
                        ));
                    }
                    (
                        "pending_purchases",
                        u32::from_le_bytes(bytes(data, 12)).into(),
                        pending.get(address.as_array()).copied().unwrap_or(0).into(),
                    )
                }
                PURCHASE | SHARE => continue,
                other => return Err(format!("{address} is of an unknown kind, {other:x?}")),
            };
            if says != counted {
                return Err(format!(
                    "{:?} has {counter} {says}, but there are {counted}",
                    at()
                ));
            }
        }
        Ok(())
    }

    /// Without its signature, no wallet changed except by the amount that an account, in its state before the step,
    /// owes it. Returns the lamports that accounts paid out.
    pub fn consented(
        &mut self,
        world: &World,
        before: &Before,
        signed: &[Address],
        fee: (Address, u64),
    ) -> Result<u64, String> {
        let due = self.dues(world, before)?;
        for (address, account) in before {
            // Accounts that are not wallets hold what was sent to them; `compare` checks these.
            let Some((At::Wallet(who), ..)) = self.expected.get(address) else {
                continue;
            };
            let fee = if *address == fee.0 { fee.1 } else { 0 };
            let gained = i128::from(world.lamports(address)) - i128::from(account.lamports())
                + i128::from(fee);
            let due = due.get(address).copied().unwrap_or(0);
            if gained > i128::from(due) || gained < i128::from(due) && !signed.contains(address) {
                let signed = if signed.contains(address) { "" } else { "not " };
                return Err(format!(
                    "{who:?} was due {due} lamports, gained {gained}, and has {signed}signed"
                ));
            }
        }
        Ok(due.values().sum())
    }

    /// The lamports that accounts paid out, by the recipient that their own fields name.
    fn dues(&mut self, world: &World, before: &Before) -> Result<HashMap<Address, u64>, String> {
        let mut due = HashMap::new();
        for (address, account) in before.iter().filter(|(_, it)| program_account(it)) {
            let left = world.lamports(address);
            let out = account.lamports().saturating_sub(left);
            if out == 0 {
                continue;
            }
            let data = account.data();
            let settled = kind(data) == PURCHASE && left > 0;
            let whose = match kind(data) {
                RECORD => 96,
                ORDER => 32,
                SHARE => 128,
                PURCHASE if settled => 72,
                PURCHASE => 104,
                _ => return Err(format!("{out} lamports left {address}, which pays nobody")),
            };
            if settled {
                let price = u64::from_le_bytes(bytes(data, 16));
                if out != price {
                    let at = self.expected[address].0;
                    return Err(format!("{at:?} paid {out} lamports, its price is {price}"));
                }
                let order = Address::new_from_array(bytes(data, 40));
                *self.paid.entry(order).or_default() += 1;
            }
            *due.entry(Address::new_from_array(bytes(data, whose)))
                .or_default() += out;
        }
        Ok(due)
    }
}

fn kind(data: &[u8]) -> [u8; 8] {
    bytes(data, 0)
}

fn bytes<const N: usize>(data: &[u8], at: usize) -> [u8; N] {
    data[at..at + N].try_into().expect("N bytes")
}

/// The first field in which an account differs from the model's.
fn difference(model: &Model, cast: &mut Cast, at: At, data: &[u8]) -> String {
    let mut start = 0;
    for (name, expected) in layout::fields(model, cast, at) {
        let end = start + expected.len();
        let actual = data.get(start..end).unwrap_or_default();
        if actual != expected {
            return format!("{name} is {actual:02x?}, by the model {expected:02x?}");
        }
        start = end;
    }
    format!("it has {} bytes, by the model {start}", data.len())
}
