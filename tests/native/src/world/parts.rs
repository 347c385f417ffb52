//! The parts that the ledger's sales and its studies have in common.

use generion_interface::Addresses;
use solana_address::Address;

use super::people::secret;
use crate::{layout::Encode, runtime::Account};

/// Price of an order, in lamports.
pub const PRICE: u64 = 5_000_000;
/// Lamports of every account of the program in addition to a price: more than any rent here.
const RENT: u64 = 7_000_000;
/// The delivery window of each order and study, in seconds.
pub const WINDOW: u32 = 3600;

/// An account of the program.
pub fn account(address: Address, state: &impl Encode, extra: u64) -> Account {
    Account {
        address,
        owner: generion::ID,
        lamports: RENT + extra,
        data: state.encode(),
    }
}

/// The bump of the program-derived address of these seeds.
pub fn bump(seeds: &[&[u8]]) -> u8 {
    Address::find_program_address(seeds, &Addresses::default().program_id).1
}

/// The public key of the secret with a seed.
pub fn public_key(seed: u64) -> [u8; 32] {
    secret::<generion_crypto::keys::Encryption>(seed)
        .public_key()
        .to_bytes()
}
