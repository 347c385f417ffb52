use std::collections::{BTreeMap, BTreeSet};

use curve25519_dalek::{ristretto::RistrettoPoint, scalar::Scalar};
use generion::{
    ID,
    proof::Capsule,
    state::{Share, User},
};
use generion_crypto::{capsule, keys::EncryptionSecret};
use generion_interface::{
    accounts::{LedgerAccount, PurchaseAccount, RecordAccount},
    decode::Decoded,
};
use solana_account::Account;
use solana_address::Address;

use crate::{
    captured::{Asked, Captured},
    node::Node,
    validator::Validator,
};

/// An accomplice of nodes: it has everything that they saw, and secrets of its own, such as a buyer's `b`, or the secret of
/// a key that a node showed instead of another.
#[derive(Default)]
pub struct Accomplice {
    secrets: Vec<Scalar>,
    captured: Vec<Captured>,
}

/// A record whose group element an accomplice has computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opened {
    /// The record's address. The record need not be on the ledger.
    pub record: Address,
}

/// A record to be opened.
struct Target {
    record: Address,
    owner: Address,
    creator: Address,
    data_public_key: [u8; 32],
}

/// Everything that the accomplice can use.
#[derive(Default)]
struct Known {
    targets: Vec<Target>,
    capsules: Vec<Capsule>,
    public_keys: BTreeSet<[u8; 32]>,
    settle_secrets: Vec<Scalar>,
    /// By User account.
    wallets: BTreeMap<Address, Address>,
}

impl Accomplice {
    /// Adds a secret: `x` or `b`, 32 canonical bytes.
    #[track_caller]
    pub fn has(&mut self, secret: &[u8; 32]) {
        let secret = Scalar::from_canonical_bytes(*secret).into_option();
        self.secrets.push(secret.expect("a canonical scalar"));
    }

    /// Adds everything that a node saw so far.
    pub fn saw(&mut self, node: &Node) {
        self.captured.extend(node.captured());
    }

    /// The records that it can open, of those on the ledger and those that were only sent. It tries all known secrets, and
    /// the sums that open deliveries, on all capsules: its own, those that nodes saw, and those on the ledger.
    pub fn opens(&self, validator: &Validator) -> BTreeSet<Opened> {
        let mut known = Known::default();
        known.read_ledger(&validator.accounts());
        known.read_captured(&self.captured);
        self.open(known)
    }

    /// The records on the ledger that it can open with dry runs and questions about fees alone.
    pub fn opens_what_was_simulated(&self, validator: &Validator) -> BTreeSet<Opened> {
        let mut known = Known::default();
        known.read_ledger(&validator.accounts());
        known.capsules.clear();
        let is_shown_only = |one: &&Captured| one.asked != Asked::ToSend;
        let shown_only: Vec<_> = self
            .captured
            .iter()
            .filter(is_shown_only)
            .cloned()
            .collect();
        known.read_captured(&shown_only);
        self.open(known)
    }

    fn open(&self, known: Known) -> BTreeSet<Opened> {
        let mut secrets = self.secrets.clone();
        secrets.extend(self.captured.iter().flat_map(|captured| {
            let decoded = captured.message.instructions().iter();
            decoded.flat_map(|instruction| known.secrets_in(&instruction.data))
        }));
        let sums: Vec<Scalar> = secrets
            .iter()
            .flat_map(|secret| known.settle_secrets.iter().map(move |s| secret + s))
            .collect();
        secrets.extend(sums);
        secrets.extend(&known.settle_secrets);
        let distinct: BTreeMap<[u8; 32], Scalar> = secrets
            .into_iter()
            .map(|secret| (secret.to_bytes(), secret))
            .collect();

        let mut opened = BTreeSet::new();
        for secret in distinct.keys() {
            let Some(secret) = EncryptionSecret::from_bytes(secret) else {
                continue;
            };
            for capsule in &known.capsules {
                let Ok(element) = capsule::open(capsule, &secret) else {
                    continue;
                };
                let is_opened = |target: &&Target| {
                    let key = element.record_key(&target.owner, &target.creator);
                    key.data_public_key().0 == target.data_public_key
                };
                opened.extend(known.targets.iter().filter(is_opened).map(|target| Opened {
                    record: target.record,
                }));
            }
        }
        opened
    }
}

impl Known {
    fn read_ledger(&mut self, accounts: &[(Address, Account)]) {
        for (address, account) in accounts {
            if let Some(record) = decode::<RecordAccount>(account) {
                let state = record.state;
                self.capsules.push(state.capsule);
                self.public_keys.insert(state.owner_key);
                self.targets.push(Target {
                    record: *address,
                    owner: state.owner,
                    creator: state.creator,
                    data_public_key: state.data_public_key,
                });
            } else if let Some(purchase) = decode::<PurchaseAccount>(account) {
                self.capsules.extend(purchase.capsules.iter().flatten());
                self.public_keys.insert(purchase.state.buyer_key);
                match purchase.state.is_settled() {
                    true => self
                        .settle_secrets
                        .extend(scalar(&purchase.state.settle_key)),
                    false => drop(self.public_keys.insert(purchase.state.settle_key)),
                }
            } else if let Some(user) = decode::<User>(account) {
                self.public_keys.insert(user.encryption_key);
                self.wallets.insert(*address, user.wallet);
            } else if let Some(share) = decode::<Share>(account) {
                self.capsules.push(share.capsule);
                self.public_keys.insert(share.recipient_key);
            }
        }
    }

    fn read_captured(&mut self, captured: &[Captured]) {
        for captured in captured {
            for instruction in captured.decoded() {
                match instruction {
                    Decoded::CreateRecord(create) => {
                        self.capsules.push(create.args.capsule);
                        // A dry run need not be of a record that anybody will write.
                        if captured.asked == Asked::ToSend
                            && let Some(owner) = self.wallets.get(&create.user)
                        {
                            self.targets.push(Target {
                                record: create.record,
                                owner: *owner,
                                creator: create.creator,
                                data_public_key: create.args.data_public_key,
                            });
                        }
                    }
                    Decoded::ShareRecord(share) => self.capsules.push(share.args.capsule),
                    Decoded::Deliver(deliver) => {
                        self.capsules.extend(&deliver.args.capsules.0);
                        self.public_keys.insert(deliver.args.settle_key);
                    }
                    Decoded::Settle(settle) => {
                        self.settle_secrets
                            .extend(scalar(&settle.args.settle_secret));
                    }
                    _ => {}
                }
            }
        }
    }

    /// Secrets of known public keys anywhere in the data, whatever their purpose.
    fn secrets_in(&self, data: &[u8]) -> Vec<Scalar> {
        data.windows(32)
            .filter_map(|window| scalar(window.first_chunk()?))
            .filter(|secret| {
                let key = RistrettoPoint::mul_base(secret).compress().to_bytes();
                *secret != Scalar::ZERO && self.public_keys.contains(&key)
            })
            .collect()
    }
}

fn decode<T: LedgerAccount>(account: &Account) -> Option<T> {
    T::decode(&ID, &account.owner, &account.data).ok()
}

fn scalar(bytes: &[u8; 32]) -> Option<Scalar> {
    Scalar::from_canonical_bytes(*bytes).into_option()
}
