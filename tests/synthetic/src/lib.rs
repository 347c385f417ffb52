//! A ledger that never was: accounts of the program, well-formed and at the addresses that follow from their contents,
//! as many as a server is to be tested or measured with. Keys and capsules in them are random bytes, no points.
//!
//! The same [`Size`] and seed give the same accounts, each of them without the others.
#![forbid(unsafe_code)]

use bytemuck::{Pod, Zeroable};
use generion::{
    constants::ACCOUNT_VERSION,
    state::{Order, Purchase, PurchaseStatus, Record, Share, User},
};
use generion_interface::{
    Addresses,
    accounts::{LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount},
};
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};
use solana_address::Address;

/// The first second of 2024: records are created within the three years that follow.
pub const FIRST_TIME: i64 = 1_704_067_200;
/// The seconds that times are spread over.
pub const TIME_SPAN: i64 = 3 * 365 * 86_400;
/// Clinics that write the records.
pub const CREATORS: u64 = 200;
/// Different labels of orders.
pub const LABELS: u64 = 40;
/// A sealed locator's length where it names one store.
const LOCATOR_BYTES: usize = 304;

/// How many accounts of each kind there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Users.
    pub users: u64,
    /// Records.
    pub records: u64,
    /// Orders.
    pub orders: u64,
    /// Purchases.
    pub purchases: u64,
    /// Shares.
    pub shares: u64,
}

impl Size {
    /// So many records, and of the others as many as go with them: a twentieth as many users, a tenth orders and shares, and
    /// three purchases for ten orders.
    pub const fn of_records(records: u64) -> Self {
        Self {
            users: records.div_ceil(20),
            records,
            orders: records.div_ceil(10),
            purchases: (records * 3).div_ceil(100),
            shares: records.div_ceil(10),
        }
    }

    /// All accounts.
    pub const fn total(&self) -> u64 {
        self.users + self.records + self.orders + self.purchases + self.shares
    }
}

/// An account as a node would show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntheticAccount {
    /// Its address, which follows from its contents.
    pub address: Address,
    /// Its balance: rent, and the price where that is in escrow.
    pub lamports: u64,
    /// Its data.
    pub data: Vec<u8>,
}

/// A made-up ledger.
#[derive(Clone, Copy, Debug)]
pub struct SyntheticLedger {
    size: Size,
    seed: u64,
    addresses: Addresses,
}

/// What an account's random numbers are drawn for.
#[derive(Clone, Copy)]
enum Stream {
    Wallet,
    Creator,
    User,
    Record,
    Order,
    Purchase,
    Share,
}

impl SyntheticLedger {
    /// Of a size, under the program id that this build is for.
    pub fn new(size: Size, seed: u64) -> Self {
        Self {
            size,
            seed,
            addresses: Addresses::default(),
        }
    }

    /// Its size.
    pub const fn size(&self) -> Size {
        self.size
    }

    /// All accounts: users, records, orders, purchases, shares.
    pub fn accounts(self) -> impl Iterator<Item = SyntheticAccount> {
        let Size {
            users,
            records,
            orders,
            purchases,
            shares,
        } = self.size;
        ((0..users).map(move |index| self.user(index)))
            .chain((0..records).map(move |index| self.record(index)))
            .chain((0..orders).map(move |index| self.order(index)))
            .chain((0..purchases).map(move |index| self.purchase(index)))
            .chain((0..shares).map(move |index| self.share(index)))
    }

    /// The wallet of a user.
    pub fn wallet(&self, index: u64) -> Address {
        let mut random = self.random(Stream::Wallet, index);
        Address::new_from_array(bytes(&mut random))
    }

    /// The wallet of a clinic.
    pub fn creator(&self, index: u64) -> Address {
        let mut random = self.random(Stream::Creator, index);
        Address::new_from_array(bytes(&mut random))
    }

    /// A label, as orders have them.
    pub fn label(index: u64) -> String {
        format!("Observations of year {index}")
    }

    /// A user's account.
    pub fn user(&self, index: u64) -> SyntheticAccount {
        let mut random = self.random(Stream::User, index);
        let user = User {
            version: ACCOUNT_VERSION,
            reserved: [0; 2],
            key_index: below(&mut random, 3).try_into().unwrap_or_default(),
            next_study_id: 0,
            wallet: self.wallet(index),
            ..random_header(&mut random)
        };
        account(
            self.addresses.user(&user.wallet),
            0,
            User::DISCRIMINATOR,
            &user,
            None,
        )
    }

    /// A record. One in twenty is written by its owner, seven in ten are verified.
    pub fn record(&self, index: u64) -> SyntheticAccount {
        let mut random = self.random(Stream::Record, index);
        let owner = self.wallet(below(&mut random, self.size.users));
        let creator = match below(&mut random, 20) {
            0 => owner,
            _ => self.creator(below(&mut random, CREATORS)),
        };
        let record = Record {
            version: ACCOUNT_VERSION,
            verified: u8::from(below(&mut random, 10) < 7),
            reserved: 0,
            key_index: 0,
            created_at: time(&mut random),
            listings: below(&mut random, 3),
            owner,
            creator,
            rent_payer: creator,
            ..random_header(&mut random)
        };
        let mut locator = vec![0; LOCATOR_BYTES];
        random.fill_bytes(&mut locator);
        let address = self.addresses.record(&record.contents(&locator));
        let tail = Tail {
            len: locator.len(),
            bytes: locator,
        };
        account(
            address,
            0,
            RecordAccount::DISCRIMINATOR,
            &record,
            Some(tail),
        )
    }

    /// An order of one to eight records. One in ten is for one buyer alone, four in five are open.
    pub fn order(&self, index: u64) -> SyntheticAccount {
        let mut random = self.random(Stream::Order, index);
        let mut label = [0; 64];
        let text = Self::label(below(&mut random, LABELS));
        label[..text.len()].copy_from_slice(text.as_bytes());
        let order = Order {
            version: ACCOUNT_VERSION,
            open: u8::from(below(&mut random, 5) > 0),
            reserved: 0,
            pending_purchases: 0,
            id: index,
            created_at: time(&mut random),
            seller: self.seller(index),
            price: price(&mut random),
            delivery_window: 86_400,
            label,
            only_buyer: match below(&mut random, 10) {
                0 => self.wallet(below(&mut random, self.size.users)),
                _ => Address::default(),
            },
            settled_purchases: 0,
            ..random_header(&mut random)
        };
        let mut records: Vec<_> = (0..=below(&mut random, 8))
            .map(|_| self.record(below(&mut random, self.size.records)).address)
            .collect();
        records.sort_unstable();
        records.dedup();
        let tail = Tail {
            len: records.len(),
            bytes: records.iter().flat_map(Address::to_bytes).collect(),
        };
        let address = self.addresses.order(&order.seller, order.id);
        account(address, 0, OrderAccount::DISCRIMINATOR, &order, Some(tail))
    }

    /// A purchase of the order with the same index.
    pub fn purchase(&self, index: u64) -> SyntheticAccount {
        let mut random = self.random(Stream::Purchase, index);
        let seller = self.seller(index);
        let statuses = [
            PurchaseStatus::Pending,
            PurchaseStatus::Locked,
            PurchaseStatus::Settled,
        ];
        let status = statuses[usize::try_from(below(&mut random, 3)).unwrap_or_default()];
        let purchase = Purchase {
            version: ACCOUNT_VERSION,
            status: status as u8,
            record_count: 1,
            delivered_count: u8::from(status != PurchaseStatus::Pending),
            seat: 0,
            reserved: [0; 2],
            price: price(&mut random),
            deadline: time(&mut random),
            settle_by: 0,
            order: self.addresses.order(&seller, index),
            seller,
            buyer: self.wallet(below(&mut random, self.size.users)),
            ..random_header(&mut random)
        };
        let mut capsule = vec![0; 64];
        if status != PurchaseStatus::Pending {
            random.fill_bytes(&mut capsule);
        }
        let address = self.addresses.purchase(&purchase.order, &purchase.buyer);
        let escrow = match status {
            PurchaseStatus::Settled => 0,
            _ => purchase.price,
        };
        let tail = Tail {
            len: 1,
            bytes: capsule,
        };
        account(
            address,
            escrow,
            PurchaseAccount::DISCRIMINATOR,
            &purchase,
            Some(tail),
        )
    }

    /// A share of the record with the same index. Half of them expire.
    pub fn share(&self, index: u64) -> SyntheticAccount {
        let mut random = self.random(Stream::Share, index);
        let created_at = time(&mut random);
        let share = Share {
            version: ACCOUNT_VERSION,
            reserved: [0; 2],
            key_index: 0,
            created_at,
            expires_at: match below(&mut random, 2) {
                0 => 0,
                _ => created_at + 30 * 86_400,
            },
            record: self.record(index % self.size.records).address,
            owner: self.wallet(below(&mut random, self.size.users)),
            recipient: self.wallet(below(&mut random, self.size.users)),
            ..random_header(&mut random)
        };
        let address = self.addresses.share(&share.record, &share.recipient);
        account(address, 0, Share::DISCRIMINATOR, &share, None)
    }

    fn seller(&self, order: u64) -> Address {
        self.wallet(order % self.size.users)
    }

    fn random(&self, stream: Stream, index: u64) -> ChaCha8Rng {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.seed.to_le_bytes());
        seed[8] = stream as u8;
        seed[16..24].copy_from_slice(&index.to_le_bytes());
        ChaCha8Rng::from_seed(seed)
    }
}

/// What follows an account's fixed part.
struct Tail {
    len: usize,
    bytes: Vec<u8>,
}

fn account(
    address: Address,
    escrow: u64,
    discriminator: [u8; 8],
    header: &impl Pod,
    tail: Option<Tail>,
) -> SyntheticAccount {
    let mut data = discriminator.to_vec();
    data.extend(bytemuck::bytes_of(header));
    if let Some(tail) = tail {
        data.extend(u32::try_from(tail.len).unwrap_or(u32::MAX).to_le_bytes());
        data.extend(tail.bytes);
    }
    let bytes = u64::try_from(data.len()).unwrap_or(u64::MAX);
    SyntheticAccount {
        address,
        lamports: (128 + bytes) * 6_960 + escrow,
        data,
    }
}

/// A header full of random bytes.
fn random_header<H: Pod + Zeroable>(random: &mut ChaCha8Rng) -> H {
    let mut header = H::zeroed();
    random.fill_bytes(bytemuck::bytes_of_mut(&mut header));
    header
}

fn bytes(random: &mut ChaCha8Rng) -> [u8; 32] {
    let mut bytes = [0; 32];
    random.fill_bytes(&mut bytes);
    bytes
}

fn below(random: &mut ChaCha8Rng, limit: u64) -> u64 {
    random.next_u64() % limit
}

fn time(random: &mut ChaCha8Rng) -> i64 {
    FIRST_TIME + i64::try_from(random.next_u64() % TIME_SPAN.unsigned_abs()).unwrap_or_default()
}

/// From 0.001 to 1 SOL, in steps of a thousandth.
fn price(random: &mut ChaCha8Rng) -> u64 {
    (1 + below(random, 1_000)) * 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_account_is_read_at_its_address() {
        let ledger = SyntheticLedger::new(Size::of_records(60), 1);
        let addresses = Addresses::default();
        let program = addresses.program_id;
        let mut kinds = [0; 5];
        for account in ledger.accounts() {
            let (at, data) = (&account.address, &account.data);
            let read = [
                User::read(&addresses, at, &program, data).is_ok(),
                RecordAccount::read(&addresses, at, &program, data).is_ok(),
                OrderAccount::read(&addresses, at, &program, data).is_ok(),
                PurchaseAccount::read(&addresses, at, &program, data).is_ok(),
                Share::read(&addresses, at, &program, data).is_ok(),
            ];
            let kind = read.iter().position(|is_read| *is_read);
            kinds[kind.expect("it is an account of the program")] += 1;
        }
        assert_eq!(kinds, [3, 60, 6, 2, 6]);
    }

    #[test]
    fn the_same_seed_gives_the_same_accounts_and_another_one_others() {
        let size = Size::of_records(20);
        let of_seed = |seed| -> Vec<_> { SyntheticLedger::new(size, seed).accounts().collect() };
        assert_eq!(of_seed(1), of_seed(1));
        assert!(
            of_seed(1)
                .iter()
                .all(|account| !of_seed(2).contains(account))
        );
    }
}
