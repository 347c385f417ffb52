use generion::{constants::RECORD_SEED, state::RecordContents};
use generion_crypto::{Capsule, capsule, locator, record::RecordElement};
use generion_interface::Addresses;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use solana_address::Address;

use super::{
    locators::{long_locator, short_locator},
    support::{
        Tape, address, base58, deployment, encryption_secret, hex, program, seed, wallet_address,
    },
};

/// The values that a record's creator chooses.
#[derive(Clone)]
pub(super) struct Contents {
    pub(super) owner: Address,
    pub(super) creator: Address,
    pub(super) owner_key: [u8; 32],
    pub(super) data_public_key: [u8; 32],
    pub(super) capsule: Capsule,
    pub(super) facts_root: [u8; 32],
    pub(super) locator: Vec<u8>,
}

impl Contents {
    pub(super) fn borrowed(&self) -> RecordContents<'_> {
        RecordContents {
            owner: &self.owner,
            creator: &self.creator,
            owner_key: &self.owner_key,
            data_public_key: &self.data_public_key,
            capsule: &self.capsule,
            facts_root: &self.facts_root,
            locator: &self.locator,
        }
    }

    pub(super) fn address(&self, program: &Address) -> Address {
        Addresses::new(*program).record(&self.borrowed())
    }

    fn to_json(&self, name: &str, program: &Address) -> Value {
        let text = [
            b"generion/record/v1".as_slice(),
            self.owner.as_ref(),
            self.creator.as_ref(),
            &self.owner_key,
            &self.data_public_key,
            self.capsule.as_bytes(),
            &self.facts_root,
            &self.locator,
        ]
        .concat();
        let hash: [u8; 32] = Sha256::digest(&text).into();
        assert_eq!(self.borrowed().hash(), hash);
        let seeds = [RECORD_SEED, self.owner.as_ref(), &hash];
        let (address, bump) = Address::find_program_address(&seeds, program);
        assert_eq!(self.address(program), address);
        json!({
            "name": name,
            "program_id": base58(program),
            "owner": base58(&self.owner),
            "creator": base58(&self.creator),
            "owner_key": hex(self.owner_key),
            "data_public_key": hex(self.data_public_key),
            "capsule": hex(self.capsule.as_bytes()),
            "facts_root": hex(self.facts_root),
            "locator": hex(&self.locator),
            "text": hex(text),
            "contents": hex(hash),
            "address": base58(&address),
            "bump": bump,
        })
    }
}

/// A record that its owner can decrypt, with a locator of the short length.
pub(super) fn record(name: &str, owner: &str, creator: &str) -> Contents {
    let owner_key = encryption_secret(owner, &deployment(), 0).public_key();
    let (owner, creator) = (wallet_address(owner), wallet_address(creator));
    let mut tape = Tape::new(name);
    let element = RecordElement::random(&mut tape);
    let data_public_key = element.record_key(&owner, &creator).data_public_key();
    let (capsule, _) = capsule::seal(&element, &owner_key, &mut tape);
    let locator = locator::seal(&short_locator(), &data_public_key, &mut tape).expect("short");
    Contents {
        owner,
        creator,
        owner_key: owner_key.to_bytes(),
        data_public_key: data_public_key.0,
        capsule,
        facts_root: seed("facts root"),
        locator,
    }
}

pub(super) fn all() -> Value {
    let record = record("a record", "patient", "clinic");
    let with = |change: &dyn Fn(&mut Contents)| {
        let mut changed = record.clone();
        change(&mut changed);
        changed
    };
    let long = {
        let key = generion_crypto::record::DataPublicKey(record.data_public_key);
        let mut tape = Tape::new("a long locator");
        locator::seal(&long_locator(), &key, &mut tape).expect("long")
    };
    let (own, other) = (program(), address("another program"));
    let cases = [
        ("a record with a short locator", own, record.clone()),
        (
            "a record with a long locator",
            own,
            with(&|c| c.locator = long.clone()),
        ),
        ("under another program", other, record.clone()),
        (
            "another owner",
            own,
            with(&|c| c.owner = wallet_address("doctor")),
        ),
        (
            "another creator",
            own,
            with(&|c| c.creator = wallet_address("laboratory")),
        ),
        (
            "another owner key",
            own,
            with(&|c| c.owner_key = seed("key")),
        ),
        (
            "another data public key",
            own,
            with(&|c| c.data_public_key[0] ^= 1),
        ),
        (
            "another ephemeral half",
            own,
            with(&|c| c.capsule.ephemeral[0] ^= 1),
        ),
        (
            "another masked half",
            own,
            with(&|c| c.capsule.masked[31] ^= 1),
        ),
        ("other facts", own, with(&|c| c.facts_root = [0; 32])),
        (
            "a flipped bit in the locator",
            own,
            with(&|c| c.locator[0] ^= 1),
        ),
        (
            "a byte less in the locator",
            own,
            with(&|c| {
                c.locator.pop();
            }),
        ),
        ("a locator of one byte", own, with(&|c| c.locator = vec![0])),
        (
            "a locator of 512 bytes",
            own,
            with(&|c| c.locator = vec![0xff; 512]),
        ),
    ];
    let cases: Vec<_> = cases
        .iter()
        .map(|(name, program, contents)| contents.to_json(name, program))
        .collect();
    let addresses: std::collections::BTreeSet<_> = cases
        .iter()
        .map(|case| case["address"].to_string())
        .collect();
    assert_eq!(addresses.len(), cases.len());
    json!({
        "about": "Records' addresses (docs/PROTOCOL.md, section 4): `contents` is SHA-256 of `text`, and the last seed of \
                  `address`. Each case but the first differs from the first in what its name says; keys, capsules and \
                  locators of those need not be valid.",
        "cases": cases,
    })
}
