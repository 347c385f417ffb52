//! Records that an instruction is about to write, and what stands in them.

use generion::{CreateRecordArgs, state::RecordContents};
use generion_crypto::{
    capsule::{self, RecordBinding},
    keys::EncryptionKey,
    locator,
    record::{RecordElement, RecordKey},
};
use generion_interface::{Instructions, Locator};
use rand_chacha::ChaCha20Rng;
use sha2::{Digest, Sha256};
use solana_address::Address;
use solana_instruction::Instruction;

use super::people::{CREATOR, SELLER, SPONSOR, rng, secret};

/// The seller's key, which records are made for.
fn owner_key() -> EncryptionKey {
    secret(1).public_key()
}

/// Where the record of these instruction data stands, after docs/PROTOCOL.md, section 4: by its contents, whatever they
/// are. `None` where the data end before the locator.
pub(super) fn address(data: &[u8]) -> Option<Address> {
    let owner_key = owner_key();
    let contents: [&[u8]; 7] = [
        b"generion/record/v1",
        SELLER.as_ref(),
        CREATOR.as_ref(),
        &owner_key.to_bytes(),
        data.get(1..97)?,
        data.get(145..177)?,
        data.get(181..)?,
    ];
    let contents = Sha256::digest(contents.concat());
    let seeds: [&[u8]; 3] = [b"record", SELLER.as_ref(), &contents];
    Some(Address::find_program_address(&seeds, &generion::ID).0)
}

/// The honest `create_record` of a record with a sealed locator, which nothing here opens.
pub fn create_record(sealed_locator: Vec<u8>) -> Instruction {
    let mut rng = rng(2);
    let rng = &mut rng;
    let owner_key = owner_key();
    let element = RecordElement::random(rng);
    let data_public_key = element.record_key(&SELLER, &CREATOR).data_public_key();
    let (capsule, randomness) = capsule::seal(&element, &owner_key, rng);
    let facts_root = [6; 32];
    let contents = RecordContents {
        owner: &SELLER,
        creator: &CREATOR,
        owner_key: &owner_key.to_bytes(),
        data_public_key: &data_public_key.0,
        capsule: &capsule,
        facts_root: &facts_root,
        locator: &sealed_locator,
    };
    let build = Instructions::default();
    let binding = RecordBinding {
        program_id: generion::ID,
        record: build.addresses.record(&contents),
        creator: CREATOR,
        owner_key,
        data_public_key,
    };
    let args = CreateRecordArgs {
        data_public_key: data_public_key.0,
        capsule,
        proof: capsule::prove(&binding, &capsule, &randomness, rng),
        facts_root,
        locator: sealed_locator,
    };
    build.create_record(&SELLER, &owner_key.to_bytes(), CREATOR, SPONSOR, args)
}

/// What opens a record, its locator, and that sealed.
pub(super) fn sealed_locator(
    element: &RecordElement,
    rng: &mut ChaCha20Rng,
) -> (RecordKey, Locator, Vec<u8>) {
    let record_key = element.record_key(&SELLER, &CREATOR);
    let store = "https://store.example".parse().expect("a store's address");
    let locator = Locator {
        stores: vec![store],
        sha256: [7; 32],
        size: 309,
        media_type: "application/fhir+json".to_owned(),
        kind: "fhir:Observation/4548-4".to_owned(),
        profile: "document/1".to_owned(),
        copy: None,
        signature: None,
    };
    let sealed = locator::seal(&locator, &record_key.data_public_key(), rng).expect("it is short");
    (record_key, locator, sealed)
}
