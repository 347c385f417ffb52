//! A small ledger that everything here happens on: a seller with three records, two orders, a pending and a settled
//! purchase, and a share.

use std::{collections::BTreeMap, sync::LazyLock};

use curve25519_dalek::scalar::Scalar;
use generion::{
    CreateOrderArgs, CreateRecordArgs, DeliverArgs, PurchaseArgs, ShareRecordArgs,
    args::Capsules,
    proof::Capsule,
    state::{Order, Purchase, Record, Share, User},
};
use generion_crypto::{
    capsule::{self, RecordBinding},
    delivery::{self, DeliveryRecord},
    keys::{EncryptionSecret, KeyUse, PurchaseSecret, SecretKey},
    locator,
    record::{RecordElement, RecordKey},
};
use generion_interface::{
    Addresses, Instructions, Locator,
    accounts::{OrderAccount, PurchaseAccount, RecordAccount},
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use solana_address::Address;
use solana_instruction::Instruction;

use crate::{
    layout::Encode,
    native::{self, Account, Named},
};

/// The seller, who owns the records.
pub const SELLER: Address = Address::new_from_array([1; 32]);
/// A clinic that writes records.
pub const CREATOR: Address = Address::new_from_array([2; 32]);
/// Pays the rents.
pub const SPONSOR: Address = Address::new_from_array([3; 32]);
/// The buyer of the pending purchase.
pub const BUYER: Address = Address::new_from_array([4; 32]);
/// The buyer of the settled one.
pub const EARLIER_BUYER: Address = Address::new_from_array([5; 32]);
/// A doctor that a record is shared with.
pub const DOCTOR: Address = Address::new_from_array([6; 32]);

/// Price of an order, in lamports.
pub const PRICE: u64 = 5_000_000;
/// What every account of the program holds beside a price: more than any rent here.
const RENT: u64 = 7_000_000;
const WINDOW: u32 = 3600;

/// The clock: after the deadline and the grace of the pending purchase.
pub const NOW: i64 = 1_790_010_000;

/// Number of instructions; tags are 0 to one less.
pub const TAGS: u8 = 12;

/// The ledger.
pub struct World {
    accounts: BTreeMap<Address, Account>,
    /// The honest instruction of each tag.
    pub instructions: Vec<Instruction>,
    /// Opens the first record.
    pub record_key: RecordKey,
    /// The first record's locator.
    pub locator: Locator,
    /// The same, sealed.
    pub sealed_locator: Vec<u8>,
    /// The accounts' data, one of each kind and state.
    pub data: Vec<Vec<u8>>,
}

/// The ledger, made once, and the same in every run.
pub static WORLD: LazyLock<World> = LazyLock::new(World::new);

/// A random generator with a fixed seed.
pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// A secret with a fixed seed.
pub fn secret<U: KeyUse>(seed: u64) -> SecretKey<U> {
    SecretKey::from_bytes(&Scalar::random(&mut rng(seed)).to_bytes()).expect("not zero")
}

impl World {
    fn new() -> Self {
        let mut rng = rng(1);
        let rng = &mut rng;
        let build = Instructions::default();
        let addresses = build.addresses;
        let (seller, doctor): (EncryptionSecret, EncryptionSecret) = (secret(1), secret(2));
        let buyer: PurchaseSecret = secret(3);
        let elements: Vec<_> = (0..3).map(|_| RecordElement::random(rng)).collect();
        let record_key = elements[0].record_key(&SELLER, &CREATOR);
        let locator = Locator {
            url: "https://store.example/v1/documents/7".to_owned(),
            sha256: [7; 32],
            size: 309,
            media_type: "application/fhir+json".to_owned(),
            kind: "fhir:Observation/4548-4".to_owned(),
        };
        let sealed_locator =
            locator::seal(&locator, &record_key.data_public_key(), rng).expect("it is short");

        let records: Vec<_> = elements
            .iter()
            .zip(0..)
            .map(|(element, id)| RecordAccount {
                state: Record {
                    version: 1,
                    bump: bump(&[b"record", SELLER.as_ref(), &u64::to_le_bytes(id)]),
                    verified: u8::from(id < 2),
                    reserved: 0,
                    key_index: 4,
                    id,
                    created_at: 1_790_000_000,
                    listings: [2, 1, 0][id as usize],
                    owner: SELLER,
                    creator: CREATOR,
                    rent_payer: SPONSOR,
                    owner_key: seller.public_key().to_bytes(),
                    data_public_key: element.record_key(&SELLER, &CREATOR).data_public_key().0,
                    capsule: capsule::seal(element, &seller.public_key(), rng).0,
                    ciphertext_hash: [0; 32],
                },
                locator: sealed_locator.clone(),
            })
            .collect();
        let order =
            |id: u64, record_ids: &[u64], pending_purchases, settled_purchases| OrderAccount {
                state: Order {
                    version: 1,
                    bump: bump(&[b"order", SELLER.as_ref(), &id.to_le_bytes()]),
                    open: 1,
                    reserved: 0,
                    delivery_window: WINDOW,
                    id,
                    price: PRICE,
                    created_at: 1_790_000_100,
                    pending_purchases,
                    settled_purchases,
                    seller: SELLER,
                    rent_payer: SPONSOR,
                    label: Order::pad_label("HbA1c, Zürich").expect("it is short"),
                },
                record_ids: record_ids.to_vec(),
            };
        let (open, idle) = (order(0, &[0, 1], 1, 1), order(1, &[0], 0, 0));
        let order_address = addresses.order(&SELLER, 0);
        let purchase =
            |buyer: Address, status, capsules: Vec<Option<Capsule>>, key| PurchaseAccount {
                state: Purchase {
                    version: 1,
                    bump: bump(&[b"purchase", order_address.as_ref(), buyer.as_ref()]),
                    status,
                    record_count: 2,
                    delivered_count: capsules.iter().flatten().count() as u8,
                    reserved: [0; 3],
                    price: PRICE,
                    deadline: 1_790_004_000,
                    order: order_address,
                    seller: SELLER,
                    buyer,
                    buyer_key: key,
                },
                capsules,
            };
        let pending = purchase(BUYER, 0, vec![None, None], buyer.public_key().to_bytes());
        let earlier_key = secret::<generion_crypto::keys::ForPurchase>(4).public_key();
        let delivered = elements[..2]
            .iter()
            .map(|element| Some(capsule::seal(element, &earlier_key, rng).0))
            .collect();
        let settled = purchase(EARLIER_BUYER, 1, delivered, earlier_key.to_bytes());
        let shared = addresses.record(&SELLER, 0);
        let share = Share {
            version: 1,
            bump: bump(&[b"share", shared.as_ref(), DOCTOR.as_ref()]),
            reserved: [0; 2],
            key_index: 0,
            created_at: 1_790_000_200,
            expires_at: 0,
            record: shared,
            owner: SELLER,
            recipient: DOCTOR,
            rent_payer: SPONSOR,
            recipient_key: doctor.public_key().to_bytes(),
            capsule: capsule::seal(&elements[0], &doctor.public_key(), rng).0,
        };
        let user =
            |wallet: Address, key: &EncryptionSecret, key_index, next_record_id, next_order_id| {
                User {
                    version: 1,
                    bump: bump(&[b"user", wallet.as_ref()]),
                    reserved: [0; 2],
                    key_index,
                    next_record_id,
                    next_order_id,
                    record_count: next_record_id,
                    wallet,
                    encryption_key: key.public_key().to_bytes(),
                }
            };
        let users = [
            user(SELLER, &seller, 4, 3, 2),
            user(DOCTOR, &doctor, 0, 0, 0),
        ];

        let mut ledger = Ledger(BTreeMap::new());
        for user in &users {
            ledger.put(addresses.user(&user.wallet), user, 0);
        }
        for record in &records {
            ledger.put(addresses.record(&SELLER, record.state.id), record, 0);
        }
        for order in [&open, &idle] {
            ledger.put(addresses.order(&SELLER, order.state.id), order, 0);
        }
        let [pending_address, settled_address] =
            [BUYER, EARLIER_BUYER].map(|buyer| addresses.purchase(&order_address, &buyer));
        ledger.put(pending_address, &pending, PRICE);
        ledger.put(settled_address, &settled, 0);
        ledger.put(addresses.share(&shared, &DOCTOR), &share, 0);
        let data = ledger
            .0
            .values()
            .map(|account| account.data.clone())
            .collect();

        let new_element = RecordElement::random(rng);
        let data_public_key = new_element.record_key(&SELLER, &CREATOR).data_public_key();
        let (new_capsule, randomness) = capsule::seal(&new_element, &seller.public_key(), rng);
        let binding = RecordBinding {
            program_id: generion::ID,
            record: addresses.record(&SELLER, 3),
            creator: CREATOR,
            owner_key: seller.public_key(),
            data_public_key,
        };
        let create = CreateRecordArgs {
            id: 3,
            data_public_key: data_public_key.0,
            capsule: new_capsule,
            proof: capsule::prove(&binding, &new_capsule, &randomness, rng),
            ciphertext_hash: [0; 32],
            locator: sealed_locator.clone(),
        };
        let batch: Vec<_> = records[..2]
            .iter()
            .map(|record| DeliveryRecord {
                record: addresses.record(&SELLER, record.state.id),
                capsule: record.state.capsule,
            })
            .collect();
        let (id, key) = (generion::ID, buyer.public_key());
        let delivery = delivery::deliver(&id, &pending_address, &seller, &key, &batch, rng)
            .expect("an honest batch");
        let deliver = DeliverArgs {
            first: 0,
            proof: delivery.proof,
            capsules: Capsules(delivery.capsules),
        };
        let share_args = ShareRecordArgs {
            capsule: share.capsule,
            expires_at: 1_900_000_000,
        };
        let order_args = CreateOrderArgs {
            id: 2,
            price: PRICE,
            delivery_window: WINDOW,
            label: "HbA1c, Zürich".to_owned(),
        };
        let purchase_args = PurchaseArgs {
            buyer_key: earlier_key.to_bytes(),
            price: PRICE,
            delivery_window: WINDOW,
            record_count: 1,
        };
        let instructions = vec![
            build.set_encryption_key(SELLER, SPONSOR, public_key(5)),
            build.create_record(&SELLER, CREATOR, SPONSOR, create),
            build.verify_record(SELLER, addresses.record(&SELLER, 2)),
            build.delete_record(SELLER, addresses.record(&SELLER, 2), &records[2].state),
            build.share_record(
                SELLER,
                SPONSOR,
                addresses.record(&SELLER, 1),
                &DOCTOR,
                share_args,
            ),
            build.revoke_share(addresses.share(&shared, &DOCTOR), &share),
            build.create_order(SELLER, SPONSOR, &[0, 1], order_args),
            build.close_order(addresses.order(&SELLER, 1), &idle.state, &[0]),
            build.purchase(BUYER, addresses.order(&SELLER, 1), purchase_args),
            build.deliver(pending_address, &pending.state, &[0, 1], deliver),
            build.refund(SELLER, pending_address, &pending.state),
            build.close_purchase(EARLIER_BUYER, settled_address),
        ];
        Self {
            accounts: ledger.0,
            instructions,
            record_key,
            locator,
            sealed_locator,
            data,
        }
    }

    /// The account at an address: a wallet where the program has none.
    pub fn account(&self, address: &Address) -> Account {
        self.accounts.get(address).cloned().unwrap_or(Account {
            address: *address,
            owner: Address::default(),
            lamports: 1_000_000_000,
            data: Vec::new(),
        })
    }

    /// Runs the honest instruction of a tag with other data.
    pub fn execute(&self, tag: u8, data: &[u8]) -> native::Outcome {
        native::execute(&self.named(tag, data), data)
    }

    /// The accounts of the honest instruction of a tag, to be run with other data. What it creates is there already, empty
    /// and as large as the data asks for: the system call that would make it so does nothing natively.
    pub fn named(&self, tag: u8, data: &[u8]) -> Vec<Named> {
        let metas = &self.instructions[usize::from(tag)].accounts;
        let mut named: Vec<_> = metas
            .iter()
            .map(|meta| Named {
                account: self.account(&meta.pubkey),
                signer: meta.is_signer,
                writable: meta.is_writable,
            })
            .collect();
        let created = match tag {
            1 => Some((3, 300 + data.len().saturating_sub(189))),
            4 => Some((4, 256)),
            6 => Some((3, 180 + 8 * 2)),
            8 => Some((2, 164 + 64)),
            _ => None,
        };
        if let Some((index, size)) = created {
            let account: &mut Named = &mut named[index];
            account.account.lamports = 0;
            account.account.data = vec![0; size];
        }
        named
    }
}

struct Ledger(BTreeMap<Address, Account>);

impl Ledger {
    fn put(&mut self, address: Address, state: &impl Encode, extra: u64) {
        let account = Account {
            address,
            owner: generion::ID,
            lamports: RENT + extra,
            data: state.encode(),
        };
        self.0.insert(address, account);
    }
}

fn bump(seeds: &[&[u8]]) -> u8 {
    Address::find_program_address(seeds, &Addresses::default().program_id).1
}

/// The public key of the secret with a seed.
pub fn public_key(seed: u64) -> [u8; 32] {
    secret::<generion_crypto::keys::Encryption>(seed)
        .public_key()
        .to_bytes()
}
