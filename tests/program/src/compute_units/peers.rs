//! The programs that Generion's is measured beside, of `tests/peers`: the same cases under the same names, on the same
//! ledger and with the same statistics.

mod anchor_v1;
mod floor;

use std::path::PathBuf;

use generion::{
    constants::RECORD_SEED,
    proof::{Capsule, capsule::CapsuleProof},
    state::RecordContents,
};
use generion_crypto::{
    capsule::{self, RecordBinding},
    record::RecordElement,
};
use solana_address::Address;
use solana_instruction::AccountMeta;

use super::{Table, in_workspace, measure_program};
use crate::{Person, World};

/// A program of `tests/peers`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// The hand-written lower bound.
    Floor,
    /// `create_record` and `purchase` in Anchor v1.
    AnchorV1,
}

impl Peer {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Floor, Self::AnchorV1];

    /// The package, and its folder in `tests/peers`.
    pub const fn package(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::AnchorV1 => "anchor-v1",
        }
    }

    /// Its committed table.
    pub fn committed_file(self) -> PathBuf {
        in_workspace(&format!(
            "tests/peers/{}/compute_units.json",
            self.package()
        ))
    }

    /// Measures its binary over the first `key_sets` sets of keys.
    ///
    /// # Panics
    /// Where a transaction of a case is refused, or bytes or rent are not the same for every set.
    pub fn measure(self, program: &[u8], key_sets: u64) -> Table {
        let (id, measure) = match self {
            Self::Floor => (floor::ID, floor::measure as fn(&World, u64) -> _),
            Self::AnchorV1 => (anchor_v1::ID, anchor_v1::measure as fn(&World, u64) -> _),
        };
        measure_program(id, program, key_sets, measure)
    }
}

/// The system program.
const SYSTEM: Address = Address::new_from_array([0; 32]);

fn signer(address: Address) -> AccountMeta {
    AccountMeta::new(address, true)
}

fn writable(address: Address) -> AccountMeta {
    AccountMeta::new(address, false)
}

fn readonly(address: Address) -> AccountMeta {
    AccountMeta::new_readonly(address, false)
}

/// Root of a record's facts: no program here looks into it.
const FACTS_ROOT: [u8; 32] = [6; 32];

/// What a creator computes for a record of a program.
struct Sealed {
    /// Where the record will be, by its contents.
    address: Address,
    bump: u8,
    data_public_key: [u8; 32],
    capsule: Capsule,
    proof: CapsuleProof,
}

impl Sealed {
    fn new(
        world: &mut World,
        program_id: Address,
        creator: &Person,
        owner: &Person,
        locator: &[u8],
    ) -> Self {
        let element = RecordElement::random(&mut world.rng);
        let data_public_key = element
            .record_key(&owner.address(), &creator.address())
            .data_public_key();
        let owner_key = owner.key();
        let (capsule, randomness) = capsule::seal(&element, &owner_key, &mut world.rng);
        let contents = RecordContents {
            owner: &owner.address(),
            creator: &creator.address(),
            owner_key: &owner_key.to_bytes(),
            data_public_key: &data_public_key.0,
            capsule: &capsule,
            facts_root: &FACTS_ROOT,
            locator,
        }
        .hash();
        let wallet = owner.address();
        let seeds = [RECORD_SEED, wallet.as_ref(), &contents];
        let (address, bump) = Address::find_program_address(&seeds, &program_id);
        let binding = RecordBinding {
            program_id,
            record: address,
            creator: creator.address(),
            owner_key,
            data_public_key,
        };
        let proof = capsule::prove(&binding, &capsule, &randomness, &mut world.rng);
        Self {
            address,
            bump,
            data_public_key: data_public_key.0,
            capsule,
            proof,
        }
    }
}
