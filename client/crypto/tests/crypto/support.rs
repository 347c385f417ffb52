//! Keys and records for the tests. The random generators have fixed seeds, so that a failure can be repeated.

use ed25519_dalek::{Signer, SigningKey};
use generion_crypto::{
    Capsule, capsule,
    keys::{EncryptionSecret, PurchaseKey, PurchaseSecret, StudySecret},
    rand_core::{CryptoRng, Error, RngCore, impls},
    record::RecordElement,
    settle::Sale,
};
use generion_interface::{Deployment, GenesisHash};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use solana_address::Address;

pub const PROGRAM: Address = address(2);
pub const ORDER: Address = address(3);
pub const OWNER: Address = address(4);
pub const CREATOR: Address = address(5);
pub const PURCHASE: Address = address(6);
pub const STUDY: Address = address(7);
pub const DEPLOYMENT: Deployment = Deployment {
    genesis: GenesisHash([9; 32]),
    program_id: PROGRAM,
};

pub const fn address(byte: u8) -> Address {
    Address::new_from_array([byte; 32])
}

pub fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(4711)
}

/// A broken random generator, which returns the same bytes again and again.
pub struct Repeat<'a>(pub &'a [u8]);

impl RngCore for Repeat<'_> {
    fn next_u32(&mut self) -> u32 {
        impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        dest.iter_mut()
            .zip(self.0.iter().cycle())
            .for_each(|(to, from)| *to = *from);
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

impl CryptoRng for Repeat<'_> {}

pub fn wallet(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

pub fn wallet_address(wallet: &SigningKey) -> Address {
    wallet.verifying_key().to_bytes().into()
}

/// The encryption secret of the wallet with this seed.
pub fn encryption_secret(seed: u8, index: u32) -> EncryptionSecret {
    let wallet = wallet(seed);
    EncryptionSecret::derive_from_wallet::<()>(
        &wallet_address(&wallet),
        &DEPLOYMENT,
        index,
        |line| Ok(wallet.sign(line).to_bytes()),
    )
    .unwrap()
}

/// The purchase secret of the wallet with this seed.
pub fn purchase_secret(seed: u8, order: &Address) -> PurchaseSecret {
    let wallet = wallet(seed);
    PurchaseSecret::derive_from_wallet::<()>(&wallet_address(&wallet), &DEPLOYMENT, order, |line| {
        Ok(wallet.sign(line).to_bytes())
    })
    .unwrap()
}

/// The study secret of the wallet with this seed.
pub fn study_secret(seed: u8, study: &Address) -> StudySecret {
    let wallet = wallet(seed);
    StudySecret::derive_from_wallet::<()>(&wallet_address(&wallet), &DEPLOYMENT, study, |line| {
        Ok(wallet.sign(line).to_bytes())
    })
    .unwrap()
}

/// The sale that the tests are about.
pub fn sale(buyer_key: PurchaseKey) -> Sale {
    Sale {
        deployment: DEPLOYMENT,
        purchase: PURCHASE,
        deadline: 1_790_000_000,
        buyer_key,
        terms: [10; 32],
    }
}

/// Makes a record for an owner. Returns its element and its capsule.
pub fn record(owner: &EncryptionSecret, rng: &mut ChaCha20Rng) -> (RecordElement, Capsule) {
    let element = RecordElement::random(rng);
    let (capsule, _) = capsule::seal(&element, &owner.public_key(), rng);
    (element, capsule)
}

/// Copies of `bytes`, each with the lowest bit of one byte flipped.
pub fn flips(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len()).map(|index| {
        let mut bytes = bytes.to_vec();
        bytes[index] ^= 1;
        bytes
    })
}

/// A capsule from its bytes.
pub fn capsule_from(bytes: &[u8]) -> Capsule {
    let (ephemeral, masked) = bytes.split_at(32);
    Capsule {
        ephemeral: ephemeral.try_into().unwrap(),
        masked: masked.try_into().unwrap(),
    }
}
