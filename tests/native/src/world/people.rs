//! The people of the ledger, and their secrets.

use curve25519_dalek::scalar::Scalar;
use generion_crypto::keys::{KeyUse, SecretKey};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use solana_address::Address;

/// The seller, who owns the records.
pub const SELLER: Address = Address::new_from_array([1; 32]);
/// A clinic that creates records.
pub const CREATOR: Address = Address::new_from_array([2; 32]);
/// Pays the rents.
pub const SPONSOR: Address = Address::new_from_array([3; 32]);
/// The buyer of the pending purchase.
pub const BUYER: Address = Address::new_from_array([4; 32]);
/// The buyer of the settled purchase.
pub const EARLIER_BUYER: Address = Address::new_from_array([5; 32]);
/// A doctor that a record is shared with.
pub const DOCTOR: Address = Address::new_from_array([6; 32]);
/// The buyer of the locked purchase.
pub const WAITING_BUYER: Address = Address::new_from_array([8; 32]);
/// The sponsor of the studies.
pub const RESEARCHER: Address = Address::new_from_array([9; 32]);
/// Admits participants to the study by selection.
pub const ADMITTER: Address = Address::new_from_array([10; 32]);
/// Takes part in the studies.
pub const PARTICIPANT: Address = Address::new_from_array([11; 32]);
/// Is about to apply for the study by selection.
pub const APPLICANT: Address = Address::new_from_array([12; 32]);

/// A random generator with a fixed seed.
pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// A secret with a fixed seed.
pub fn secret<U: KeyUse>(seed: u64) -> SecretKey<U> {
    SecretKey::from_bytes(&Scalar::random(&mut rng(seed)).to_bytes()).expect("not zero")
}
