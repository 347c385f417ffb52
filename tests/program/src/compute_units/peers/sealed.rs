//! What the cases of both peers share: accounts of instructions, and records as their creators make them.

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

use generion_test_support::Person;

use crate::vm::World;

/// The system program.
pub(super) const SYSTEM: Address = Address::new_from_array([0; 32]);

pub(super) fn signer(address: Address) -> AccountMeta {
    AccountMeta::new(address, true)
}

pub(super) fn writable(address: Address) -> AccountMeta {
    AccountMeta::new(address, false)
}

pub(super) fn readonly(address: Address) -> AccountMeta {
    AccountMeta::new_readonly(address, false)
}

/// Root of a record's facts: no program here looks into it.
pub(super) const FACTS_ROOT: [u8; 32] = [6; 32];

/// What a creator computes for a record of a program.
pub(super) struct Sealed {
    /// Where the record will be, by its contents.
    pub(super) address: Address,
    pub(super) bump: u8,
    pub(super) data_public_key: [u8; 32],
    pub(super) capsule: Capsule,
    pub(super) proof: CapsuleProof,
}

impl Sealed {
    pub(super) fn new(
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
