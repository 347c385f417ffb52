//! Who takes part, with wallets and keys; and where each account is. Derivations are kept: they cost more than a step.

use std::collections::HashMap;

use generion_crypto::keys::{EncryptionKey, EncryptionSecret, PurchaseKey};
use generion_program_tests::Person;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore, SeedableRng},
};
use solana_address::Address;
use solana_keypair::Keypair;

use crate::step::{At, Key, OrderId, RecordId, Who};

/// The cast. Roles are habits, not rights: now and then everybody does everything.
pub const NAMES: [&str; 14] = [
    "ada",
    "ben",
    "cleo",
    "dan",
    "clinic",
    "lab",
    "doctor",
    "hospital",
    "sponsor",
    "institute",
    "insurer",
    "payer",
    "stranger",
    "pauper",
];
/// Own records and sell them.
pub const PATIENTS: [Who; 4] = [Who(0), Who(1), Who(2), Who(3)];
/// Write records.
pub const CLINICS: [Who; 2] = [Who(4), Who(5)];
/// Get shares.
pub const DOCTORS: [Who; 2] = [Who(6), Who(7)];
/// Buy orders.
pub const BUYERS: [Who; 3] = [Who(8), Who(9), Who(10)];
/// Pays for others.
pub const PAYER: Who = Who(11);
/// Has no part in anything.
pub const STRANGER: Who = Who(12);
/// Holds too little for any account.
pub const PAUPER: Who = Who(13);

/// Everybody.
pub fn everybody() -> impl Iterator<Item = Who> {
    (0..NAMES.len() as u8).map(Who)
}

/// Wallets, keys and addresses of the cast. The same in every run, so that steps mean the same in every run.
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
                Person {
                    wallet: Keypair::new_from_array(seed),
                    key_index: 0,
                }
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

    /// The bump of an account's address: the canonical one.
    pub fn bump(&mut self, at: At) -> u8 {
        self.derived(at).1
    }

    /// Address and bump, from the seeds that the protocol's section 4 names.
    fn derived(&mut self, at: At) -> (Address, u8) {
        if let Some(known) = self.addresses.get(&at) {
            return *known;
        }
        let derived = match at {
            At::Wallet(who) => (self.person(who).address(), 0),
            At::User(wallet) => self.find(b"user", At::Wallet(wallet), &[]),
            At::Record(RecordId(owner, id)) => {
                self.find(b"record", At::Wallet(owner), &id.to_le_bytes())
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

    /// A key's bytes.
    pub fn key(&mut self, key: Key) -> [u8; 32] {
        match key {
            Key::Encryption(who, index) => self.encryption_key(who, index).to_bytes(),
            Key::Purchase(who, order) => self.purchase_key(who, order).to_bytes(),
            Key::Malformed(kind) => malformed(kind),
        }
    }

    /// Somebody's secret with this index.
    pub fn secret(&mut self, who: Who, index: u32) -> &EncryptionSecret {
        let person = &mut self.people[usize::from(who.0)];
        self.secrets.entry((who, index)).or_insert_with(|| {
            person.key_index = index;
            person.secret()
        })
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
}

/// Bytes that are no key: the identity, its encoding that is not reduced, a negative field element, one on no curve.
pub fn malformed(kind: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    match kind % 4 {
        0 => {}
        1 => {
            bytes = [0xff; 32];
            (bytes[0], bytes[31]) = (0xed, 0x7f);
        }
        2 => bytes[0] = 1,
        _ => bytes = [0xff; 32],
    }
    bytes
}
