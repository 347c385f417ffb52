use generion::{
    CreateOrderArgs, CreateRecordArgs, DeliverArgs, ID, PurchaseArgs, args::Capsules, state::User,
};
use generion_crypto::{
    capsule::{self, RecordBinding},
    delivery::{self, Delivery, DeliveryRecord},
    keys::{EncryptionKey, EncryptionSecret, PurchaseSecret},
    record::RecordElement,
};
use generion_interface::accounts::{OrderAccount, PurchaseAccount, RecordAccount};
use rand_core::OsRng;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{Chain, SOL};

/// Lamports that an order costs.
pub const PRICE: u64 = 250_000_000;
/// Seconds to deliver.
pub const WINDOW: u32 = 3_600;

/// A wallet with lamports, and the keys that follow from it.
pub struct Person {
    /// The wallet.
    pub wallet: Keypair,
    /// Index of the encryption key.
    pub key_index: u32,
}

/// A record that is ready to be sent.
pub struct NewRecord {
    /// Where it will be.
    pub address: Address,
    /// Its arguments.
    pub args: CreateRecordArgs,
    /// Its group element.
    pub element: RecordElement,
}

impl Person {
    /// The wallet's address.
    pub fn address(&self) -> Address {
        self.wallet.pubkey()
    }

    /// The encryption secret at the present index.
    pub fn secret(&self) -> EncryptionSecret {
        EncryptionSecret::derive_from_wallet(&self.address(), &ID, self.key_index, |line| {
            self.sign(line)
        })
        .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The encryption key at the present index.
    pub fn key(&self) -> EncryptionKey {
        self.secret().public_key()
    }

    /// The secret for a purchase of an order.
    pub fn purchase_secret(&self, order: &Address) -> PurchaseSecret {
        PurchaseSecret::derive_from_wallet(&self.address(), &ID, order, |line| self.sign(line))
            .unwrap_or_else(|error| panic!("{error}"))
    }

    fn sign(&self, line: &[u8]) -> Result<[u8; 64], std::convert::Infallible> {
        Ok(self.wallet.sign_message(line).into())
    }
}

impl Chain {
    /// Somebody with 2 SOL.
    pub fn person(&self) -> Person {
        Person {
            wallet: self.wallet(2 * SOL),
            key_index: 0,
        }
    }

    /// Somebody with 2 SOL and a published encryption key.
    pub fn user(&self) -> Person {
        let person = self.person();
        self.lands(&[self.publish_key(&person)], &[&person.wallet]);
        person
    }

    /// The instruction that publishes a person's key at its present index.
    pub fn publish_key(&self, person: &Person) -> Instruction {
        let wallet = person.address();
        self.instructions
            .set_encryption_key(wallet, wallet, person.key().to_bytes())
    }

    /// A person's User account.
    #[track_caller]
    pub fn user_of(&self, person: &Person) -> User {
        self.read(&self.instructions.addresses.user(&person.address()))
    }

    /// Makes a record by `creator` for `owner` at the owner's next id.
    pub fn new_record(&self, creator: &Person, owner: &Person) -> NewRecord {
        let id = self.user_of(owner).next_record_id;
        let address = self.instructions.addresses.record(&owner.address(), id);
        let element = RecordElement::random(&mut OsRng);
        let data_public_key = element
            .record_key(&owner.address(), &creator.address())
            .data_public_key();
        let binding = RecordBinding {
            program_id: ID,
            record: address,
            creator: creator.address(),
            owner_key: owner.key(),
            data_public_key,
        };
        let (capsule, randomness) = capsule::seal(&element, &binding.owner_key, &mut OsRng);
        let proof = capsule::prove(&binding, &capsule, &randomness, &mut OsRng);
        let args = CreateRecordArgs {
            id,
            data_public_key: data_public_key.0,
            capsule,
            proof,
            ciphertext_hash: [6; 32],
            locator: vec![5; 240],
        };
        NewRecord {
            address,
            args,
            element,
        }
    }

    /// The instruction that writes a record that `creator` pays for.
    pub fn create_record(
        &self,
        creator: &Person,
        owner: &Person,
        record: &NewRecord,
    ) -> Instruction {
        let creator = creator.address();
        self.instructions
            .create_record(&owner.address(), creator, creator, record.args.clone())
    }

    /// Has a person write a record about itself, which needs no verification; its id.
    #[track_caller]
    pub fn own_record(&self, owner: &Person) -> u64 {
        let record = self.new_record(owner, owner);
        self.lands(
            &[self.create_record(owner, owner, &record)],
            &[&owner.wallet],
        );
        record.args.id
    }

    /// The instruction that sells records at [`PRICE`], and the order's address.
    pub fn create_order(&self, seller: &Person, record_ids: &[u64]) -> (Instruction, Address) {
        let args = CreateOrderArgs {
            id: self.user_of(seller).next_order_id,
            price: PRICE,
            delivery_window: WINDOW,
            label: "blood pressure, 2026".into(),
        };
        let seller = seller.address();
        let order = self.instructions.addresses.order(&seller, args.id);
        let create = self
            .instructions
            .create_order(seller, seller, record_ids, args);
        (create, order)
    }

    /// The instruction that buys an order on its terms, and the purchase's address.
    pub fn purchase(&self, buyer: &Person, order: &Address) -> (Instruction, Address) {
        let OrderAccount { state, record_ids } = self.read(order);
        let args = PurchaseArgs {
            buyer_key: buyer.purchase_secret(order).public_key().to_bytes(),
            price: state.price,
            delivery_window: state.delivery_window,
            record_count: record_ids.len() as u8,
        };
        let purchase = self
            .instructions
            .addresses
            .purchase(order, &buyer.address());
        let instruction = self.instructions.purchase(buyer.address(), *order, args);
        (instruction, purchase)
    }

    /// An order of `count` records of a seller's own, bought by `buyer`; order and purchase.
    #[track_caller]
    pub fn sold(&self, seller: &Person, buyer: &Person, count: usize) -> (Address, Address) {
        let ids: Vec<u64> = (0..count).map(|_| self.own_record(seller)).collect();
        let (create, order) = self.create_order(seller, &ids);
        self.lands(&[create], &[&seller.wallet]);
        let (buy, purchase) = self.purchase(buyer, &order);
        self.lands(&[buy], &[&buyer.wallet]);
        (order, purchase)
    }

    /// A proven batch of `count` records of a purchase from position `first` on.
    pub fn prove(
        &self,
        seller: &Person,
        buyer: &Person,
        purchase: &Address,
        first: usize,
        count: usize,
    ) -> Delivery {
        let state = self.read::<PurchaseAccount>(purchase).state;
        let ids = self.read::<OrderAccount>(&state.order).record_ids;
        let records: Vec<DeliveryRecord> = ids[first..first + count]
            .iter()
            .map(|id| {
                let record = self.instructions.addresses.record(&state.seller, *id);
                DeliveryRecord {
                    record,
                    capsule: self.read::<RecordAccount>(&record).state.capsule,
                }
            })
            .collect();
        let key = buyer.purchase_secret(&state.order).public_key();
        delivery::deliver(&ID, purchase, &seller.secret(), &key, &records, &mut OsRng)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The instruction that delivers a batch.
    pub fn deliver(&self, purchase: &Address, first: usize, delivery: &Delivery) -> Instruction {
        let state = self.read::<PurchaseAccount>(purchase).state;
        let ids = self.read::<OrderAccount>(&state.order).record_ids;
        let args = DeliverArgs {
            first: first as u8,
            proof: delivery.proof,
            capsules: Capsules(delivery.capsules.clone()),
        };
        let batch = &ids[first..first + delivery.capsules.len()];
        self.instructions.deliver(*purchase, &state, batch, args)
    }
}
