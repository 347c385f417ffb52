//! The people who take part, with wallets and keys, and the address of each account. Derived values are cached, because
//! deriving them takes longer than a step.

use std::collections::HashMap;

use generion_crypto::{
    Capsule,
    capsule::{self, CapsuleRandomness},
    keys::{EncryptionKey, EncryptionSecret, PurchaseKey, PurchaseSecret},
    record::RecordElement,
};
use generion_program_tests::DEPLOYMENT;
use generion_test_support::Person;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore, SeedableRng},
};
use sha2::{Digest, Sha256};
use solana_address::Address;
use solana_keypair::Keypair;

use crate::{
    spoil::{malformed, spoil_capsule},
    step::{At, Draft, Key, OnlyBuyer, OrderId, PEOPLE, RecordId, Terms, Who},
};

/// These people own records and sell them.
pub const PATIENTS: [Who; 4] = [Who(0), Who(1), Who(2), Who(3)];
/// These people write records.
pub const CLINICS: [Who; 2] = [Who(4), Who(5)];
/// These people get shares.
pub const DOCTORS: [Who; 2] = [Who(6), Who(7)];
/// These people buy orders.
pub const BUYERS: [Who; 3] = [Who(8), Who(9), Who(10)];
/// Pays for others.
pub const PAYER: Who = Who(11);
/// Takes no part in anything.
pub const STRANGER: Who = Who(12);
/// Holds too little for any account.
pub const PAUPER: Who = Who(13);

/// All people.
pub fn everybody() -> impl Iterator<Item = Who> {
    (0..PEOPLE.len() as u8).map(Who)
}

/// The wallets, keys and addresses. They are the same in every run, so that steps mean the same in every run.
pub struct Cast {
    people: Vec<Person>,
    secrets: HashMap<(Who, u32), EncryptionSecret>,
    purchase_keys: HashMap<(Who, OrderId), PurchaseKey>,
    addresses: HashMap<At, (Address, u8)>,
}

impl Cast {
    pub fn new() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(0x9e_6e);
        let people = everybody()
            .map(|_| {
                let mut seed = [0; 32];
                rng.fill_bytes(&mut seed);
                Person::new(Keypair::new_from_array(seed), DEPLOYMENT)
            })
            .collect();
        Self {
            people,
            secrets: HashMap::new(),
            purchase_keys: HashMap::new(),
            addresses: HashMap::new(),
        }
    }

    pub fn wallet(&self, who: Who) -> &Keypair {
        &self.person(who).wallet
    }

    fn person(&self, who: Who) -> &Person {
        &self.people[usize::from(who.0)]
    }

    /// The address of an account.
    pub fn address(&mut self, at: At) -> Address {
        self.derived(at).0
    }

    /// The canonical bump of an account's address.
    pub fn bump(&mut self, at: At) -> u8 {
        self.derived(at).1
    }

    /// Address and bump, from the seeds in section 4 of the protocol.
    fn derived(&mut self, at: At) -> (Address, u8) {
        if let Some(known) = self.addresses.get(&at) {
            return *known;
        }
        let derived = match at {
            At::Wallet(who) => (self.person(who).address(), 0),
            At::User(wallet) => self.find(b"user", At::Wallet(wallet), &[]),
            At::Record(id) => {
                let contents = self.contents(id);
                self.find(b"record", At::Wallet(id.owner), &contents)
            }
            At::Order(OrderId(seller, id)) => {
                self.find(b"order", At::Wallet(seller), &id.to_le_bytes())
            }
            At::Purchase(order, buyer) => {
                let buyer = self.address(At::Wallet(buyer));
                self.find(b"purchase", At::Order(order), buyer.as_ref())
            }
            At::Share(record, recipient) => {
                let recipient = self.address(At::Wallet(recipient));
                self.find(b"share", At::Record(record), recipient.as_ref())
            }
        };
        self.addresses.insert(at, derived);
        derived
    }

    fn find(&mut self, name: &[u8], parent: At, last: &[u8]) -> (Address, u8) {
        let parent = self.address(parent);
        let seeds = [name, parent.as_ref(), last];
        let count = if last.is_empty() { 2 } else { 3 };
        Address::find_program_address(&seeds[..count], &generion::ID)
    }

    /// The contents whose hash is in a record's address.
    fn contents(&mut self, id: RecordId) -> [u8; 32] {
        let Drawn {
            data_public_key,
            capsule,
            facts_root,
            locator,
            ..
        } = self.drawn(id.draft);
        Sha256::new()
            .chain_update(b"generion/record/v1")
            .chain_update(self.address(At::Wallet(id.owner)))
            .chain_update(self.address(At::Wallet(id.creator)))
            .chain_update(self.key(id.key))
            .chain_update(data_public_key)
            .chain_update(capsule.ephemeral)
            .chain_update(capsule.masked)
            .chain_update(facts_root)
            .chain_update(locator)
            .finalize()
            .into()
    }

    /// The values that follow from a draft. They are the same each time.
    pub fn drawn(&mut self, draft: Draft) -> Drawn {
        let mut rng = ChaCha20Rng::seed_from_u64(draft.seed);
        let element = RecordElement::random(&mut rng);
        let key = EncryptionKey::from_bytes(&self.key(draft.key)).expect("capsules are for keys");
        let (capsule, randomness) = capsule::seal(&element, &key, &mut rng);
        let [mut data_public_key, mut facts_root] = [[0; 32]; 2];
        rng.fill_bytes(&mut data_public_key);
        rng.fill_bytes(&mut facts_root);
        Drawn {
            data_public_key,
            capsule: spoil_capsule(capsule, draft.spoilt),
            randomness,
            facts_root,
            locator: vec![draft.seed as u8; usize::from(draft.locator_len)],
        }
    }

    /// The hash of the terms that a purchase names, as in section 6 of the protocol.
    pub fn terms(&mut self, terms: &Terms) -> [u8; 32] {
        let mut label = [0; 64];
        label[..terms.label.len()].copy_from_slice(terms.label.as_bytes());
        let only_buyer = match terms.only_buyer {
            OnlyBuyer::Wallet(who) => self.address(At::Wallet(who)),
            OnlyBuyer::Anyone | OnlyBuyer::Zeros => Address::default(),
        };
        let mut hash = Sha256::new()
            .chain_update(b"generion/terms/v1")
            .chain_update(self.address(At::Order(terms.order)))
            .chain_update(self.address(At::Wallet(terms.order.0)))
            .chain_update(terms.price.to_le_bytes())
            .chain_update(terms.window.to_le_bytes())
            .chain_update(label)
            .chain_update(only_buyer);
        for record in &terms.records {
            hash.update(self.address(At::Record(*record)));
        }
        hash.finalize().into()
    }

    /// The bytes of a key.
    pub fn key(&mut self, key: Key) -> [u8; 32] {
        match key {
            Key::Encryption(who, index) => self.encryption_key(who, index).to_bytes(),
            Key::Purchase(who, order) => self.purchase_key(who, order).to_bytes(),
            Key::Malformed(kind) => malformed(kind),
        }
    }

    /// A person's secret with this index.
    pub fn secret(&mut self, who: Who, index: u32) -> &EncryptionSecret {
        let person = &mut self.people[usize::from(who.0)];
        self.secrets.entry((who, index)).or_insert_with(|| {
            person.key_index = index;
            person.secret()
        })
    }

    /// The secret of an encryption key.
    pub fn secret_of(&mut self, key: Key) -> &EncryptionSecret {
        let Key::Encryption(who, index) = key else {
            unreachable!("{key:?} opens no record")
        };
        self.secret(who, index)
    }

    pub fn encryption_key(&mut self, who: Who, index: u32) -> EncryptionKey {
        self.secret(who, index).public_key()
    }

    pub fn purchase_key(&mut self, who: Who, order: OrderId) -> PurchaseKey {
        let address = self.address(At::Order(order));
        let person = &self.people[usize::from(who.0)];
        *self
            .purchase_keys
            .entry((who, order))
            .or_insert_with(|| person.purchase_secret(&address).public_key())
    }

    /// The secret of a purchase key.
    pub fn purchase_secret(&mut self, key: Key) -> PurchaseSecret {
        let Key::Purchase(who, order) = key else {
            unreachable!("{key:?} is for no purchase")
        };
        let address = self.address(At::Order(order));
        self.person(who).purchase_secret(&address)
    }
}

/// The random values of a record.
pub struct Drawn {
    pub data_public_key: [u8; 32],
    pub capsule: Capsule,
    pub randomness: CapsuleRandomness,
    pub facts_root: [u8; 32],
    pub locator: Vec<u8>,
}
