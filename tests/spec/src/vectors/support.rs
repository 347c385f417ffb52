//! Addresses, wallets and random bytes that follow from names, and the JSON form of values.

use curve25519_dalek::{RistrettoPoint, Scalar, ristretto::CompressedRistretto};
use ed25519_dalek::{Signer, SigningKey};
use generion_crypto::{
    Capsule,
    keys::{EncryptionSecret, PurchaseSecret, StudySecret},
    rand_core::{CryptoRng, Error, RngCore, impls},
};
use generion_interface::{Deployment, GenesisHash};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use serde_json::Value;
use sha2::{Digest, Sha256};
use solana_address::Address;

/// The committed program id, which does not depend on the id of this build.
pub(super) fn program() -> Address {
    include_str!("../../../../programs/generion/program-id.txt")
        .trim()
        .parse()
        .expect("an address")
}

/// The committed program on a cluster that does not exist.
pub(super) fn deployment() -> Deployment {
    Deployment {
        genesis: GenesisHash(seed("genesis")),
        program_id: program(),
    }
}

/// The committed program on Solana's main cluster.
pub(super) fn on_mainnet() -> Deployment {
    let genesis = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d";
    Deployment {
        genesis: genesis.parse().expect("a genesis hash"),
        program_id: program(),
    }
}

/// 32 bytes that follow from a name.
pub(super) fn seed(name: &str) -> [u8; 32] {
    Sha256::digest(format!("generion/vectors/v1/{name}")).into()
}

/// 64 bytes that follow from a name.
pub(super) fn bytes_of_64(name: &str) -> [u8; 64] {
    let halves = [seed(name), seed(&format!("{name}, second half"))];
    halves.concat().try_into().expect("64 bytes")
}

/// An address without a key.
pub(super) fn address(name: &str) -> Address {
    Address::new_from_array(seed(name))
}

/// The wallet of a person.
pub(super) fn wallet(name: &str) -> SigningKey {
    SigningKey::from_bytes(&seed(name))
}

pub(super) fn wallet_address(name: &str) -> Address {
    address_of(&wallet(name))
}

pub(super) fn address_of(wallet: &SigningKey) -> Address {
    wallet.verifying_key().to_bytes().into()
}

/// The encryption secret of a person.
pub(super) fn encryption_secret(
    name: &str,
    deployment: &Deployment,
    index: u32,
) -> EncryptionSecret {
    let wallet = wallet(name);
    EncryptionSecret::derive_from_wallet::<()>(&address_of(&wallet), deployment, index, |line| {
        Ok(wallet.sign(line).to_bytes())
    })
    .expect("a wallet that signs plain text")
}

/// A person's secret for the purchase of an order.
pub(super) fn purchase_secret(
    name: &str,
    deployment: &Deployment,
    order: &Address,
) -> PurchaseSecret {
    let wallet = wallet(name);
    PurchaseSecret::derive_from_wallet::<()>(&address_of(&wallet), deployment, order, |line| {
        Ok(wallet.sign(line).to_bytes())
    })
    .expect("a wallet that signs plain text")
}

/// A sponsor's secret for a study.
pub(super) fn study_secret(name: &str, study: &Address) -> StudySecret {
    let wallet = wallet(name);
    StudySecret::derive_from_wallet::<()>(&address_of(&wallet), &deployment(), study, |line| {
        Ok(wallet.sign(line).to_bytes())
    })
    .expect("a wallet that signs plain text")
}

/// A random number generator with a seed, which records its output.
pub(super) struct Tape {
    random: ChaCha20Rng,
    given: Vec<u8>,
}

impl Tape {
    pub(super) fn new(name: &str) -> Self {
        Self {
            random: ChaCha20Rng::from_seed(seed(name)),
            given: Vec::new(),
        }
    }

    /// The output since the last call.
    pub(super) fn given<const N: usize>(&mut self) -> [u8; N] {
        std::mem::take(&mut self.given)
            .try_into()
            .expect("as many bytes as the protocol says")
    }
}

impl RngCore for Tape {
    fn next_u32(&mut self) -> u32 {
        impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        self.random.fill_bytes(dest);
        self.given.extend_from_slice(dest);
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

impl CryptoRng for Tape {}

pub(super) fn hex(bytes: impl AsRef<[u8]>) -> Value {
    hex::encode(bytes).into()
}

pub(super) fn base58(address: &Address) -> Value {
    address.to_string().into()
}

pub(super) fn genesis(deployment: &Deployment) -> Value {
    deployment.genesis.to_string().into()
}

/// 64-bit integers are strings, because not all JSON implementations support them as numbers.
pub(super) fn decimal(number: impl ToString) -> Value {
    number.to_string().into()
}

pub(super) fn compress(point: &RistrettoPoint) -> [u8; 32] {
    point.compress().to_bytes()
}

pub(super) fn scalar(bytes: &[u8; 32]) -> Scalar {
    Scalar::from_canonical_bytes(*bytes).expect("a canonical scalar")
}

pub(super) fn capsule_from(bytes: &[u8]) -> Capsule {
    bytemuck::pod_read_unaligned(bytes)
}

/// Invalid point encodings in a half of a capsule: the position, the reason, and the bytes.
pub(super) fn spoiled_halves() -> Vec<(Half, String, [u8; 32])> {
    let halves = [(Half::Ephemeral, "ephemeral"), (Half::Masked, "masked")];
    let spoiled = halves.into_iter().flat_map(|(half, called)| {
        let all = not_points().into_iter();
        all.map(move |(reason, bytes)| (half, format!("{called} half: {reason}"), bytes))
    });
    spoiled.collect()
}

/// A half of a capsule.
#[derive(Clone, Copy)]
pub(super) enum Half {
    Ephemeral,
    Masked,
}

impl Half {
    pub(super) fn of(self, capsule: &mut Capsule) -> &mut [u8; 32] {
        match self {
            Self::Ephemeral => &mut capsule.ephemeral,
            Self::Masked => &mut capsule.masked,
        }
    }
}

/// Invalid point encodings, each with the reason.
pub(super) fn not_points() -> Vec<(&'static str, [u8; 32])> {
    let mut field_order = [0xff; 32];
    (field_order[0], field_order[31]) = (0xed, 0x7f);
    let mut minus_one = field_order;
    minus_one[0] = 0xec;
    let mut no_square = [0; 32];
    while CompressedRistretto(no_square).decompress().is_some() {
        no_square[0] += 2;
    }
    let mut high_bit = compress(&curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT);
    high_bit[31] |= 0x80;
    let all = vec![
        ("zero, written as the order of the field", field_order),
        ("negative: the field element -1", minus_one),
        ("no square root, so no point", no_square),
        ("a point with the highest bit set", high_bit),
        ("beyond the field: all bits set", [0xff; 32]),
    ];
    for (name, bytes) in &all {
        assert!(
            CompressedRistretto(*bytes).decompress().is_none(),
            "{name} decodes"
        );
    }
    all
}
