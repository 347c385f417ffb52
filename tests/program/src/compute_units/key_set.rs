use std::collections::BTreeMap;

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use sha2::{Digest, Sha256};
use solana_address::Address;

use super::shared::{MAX, ORDERS};
use generion_test_support::Person;

use crate::vm::World;

/// A set of random keys, and a ledger with everything that the cases start from.
pub(super) struct KeySet {
    number: u64,
    world: World,
    /// The clinic, which writes the patient's records.
    pub clinic: Person,
    /// The patient, who owns and sells the records.
    pub patient: Person,
    /// The doctor, whom records are shared with.
    pub doctor: Person,
    /// The buyer of every order.
    pub buyer: Person,
    /// A wallet that pays rent for others, and has no other part.
    pub sponsor: Person,
    /// A person who has no User account yet.
    pub newcomer: Person,
    /// The patient's verified records, sorted by address.
    pub records: Vec<Address>,
    /// The patient's orders, by their number of records.
    pub orders: BTreeMap<usize, Address>,
    /// The buyer's pending purchase of each order.
    pub purchases: BTreeMap<usize, Address>,
}

impl KeySet {
    /// The keys with this number, on a copy of an empty ledger.
    pub fn new(vm: &World, number: u64) -> Self {
        let mut world = vm.clone();
        let mut draw = |who: &str| {
            world.rng = generator(number, who);
            world.person()
        };
        let [clinic, patient, doctor, buyer, sponsor, newcomer] = [
            "clinic", "patient", "doctor", "buyer", "sponsor", "newcomer",
        ]
        .map(&mut draw);
        world.publish_key(&patient);
        world.publish_key(&doctor);
        let mut records: Vec<Address> = (0..MAX)
            .map(|index| {
                world.rng = generator(number, &format!("record {index}"));
                world.verified_record(&clinic, &patient)
            })
            .collect();
        records.sort_unstable();
        let mut orders = BTreeMap::new();
        let mut purchases = BTreeMap::new();
        for count in ORDERS {
            let create = world.create_order(&patient, &records[..count]);
            let order = create.accounts[3].pubkey;
            world.lands(create, &[&patient.wallet]);
            orders.insert(count, order);
            purchases.insert(count, world.buy(&buyer, &order).0);
        }
        Self {
            number,
            world,
            clinic,
            patient,
            doctor,
            buyer,
            sponsor,
            newcomer,
            records,
            orders,
            purchases,
        }
    }

    /// A copy of the ledger for the cases of this name. Its random numbers depend on the name.
    pub fn world(&self, name: &str) -> World {
        let mut world = self.world.clone();
        world.rng = generator(self.number, name);
        world
    }
}

/// The random generator for one purpose with one set of keys.
pub(super) fn generator(number: u64, purpose: &str) -> ChaCha20Rng {
    let seed = Sha256::new()
        .chain_update(b"generion/compute-units")
        .chain_update(number.to_le_bytes())
        .chain_update(purpose);
    ChaCha20Rng::from_seed(seed.finalize().into())
}
