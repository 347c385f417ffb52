use generion::{
    CreateOrderArgs, CreateRecordArgs, DeliverArgs, ID, PurchaseArgs, SetEncryptionKeyArgs,
    SettleArgs,
    args::Capsules,
    proof::capsule::CapsuleProof,
    state::{RecordContents, User},
};
use generion_crypto::{
    capsule::{self, RecordBinding},
    delivery::{self, Delivery, DeliveryRecord},
    keys::{EncryptionKey, EncryptionSecret, PurchaseKey, PurchaseSecret},
    record::RecordElement,
    settle::{Sale, SettleSecret},
};
use generion_interface::{
    Deployment, GenesisHash,
    accounts::{OrderAccount, PurchaseAccount, RecordAccount},
    attestation::KeyAttestation,
};
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

/// What these people's keys are for: the program never looks at the cluster, so that any will do.
pub const DEPLOYMENT: Deployment = Deployment {
    genesis: GenesisHash::LOCALNET,
    program_id: ID,
};

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
        EncryptionSecret::derive_from_wallet(&self.address(), &DEPLOYMENT, self.key_index, |line| {
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
        PurchaseSecret::derive_from_wallet(&self.address(), &DEPLOYMENT, order, |line| {
            self.sign(line)
        })
        .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The key at the present index, as it is published.
    pub fn published_key(&self) -> SetEncryptionKeyArgs {
        let encryption_key = self.key().to_bytes();
        let statement = KeyAttestation {
            deployment: DEPLOYMENT,
            wallet: self.address(),
            index: self.key_index,
            key: encryption_key,
        };
        let (attestation, _) = statement
            .sign(|line| self.sign(line))
            .unwrap_or_else(|error| panic!("{error}"));
        SetEncryptionKeyArgs {
            key_index: self.key_index,
            encryption_key,
            attestation,
        }
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
            .set_encryption_key(wallet, wallet, person.published_key())
    }

    /// A person's User account.
    #[track_caller]
    pub fn user_of(&self, person: &Person) -> User {
        self.read(&self.instructions.addresses.user(&person.address()))
    }

    /// Makes a record by `creator` for `owner`.
    pub fn new_record(&self, creator: &Person, owner: &Person) -> NewRecord {
        let element = RecordElement::random(&mut OsRng);
        let data_public_key = element
            .record_key(&owner.address(), &creator.address())
            .data_public_key();
        let (capsule, randomness) = capsule::seal(&element, &owner.key(), &mut OsRng);
        let mut args = CreateRecordArgs {
            data_public_key: data_public_key.0,
            capsule,
            // Made below: it is about the address, which follows from the rest.
            proof: CapsuleProof {
                challenge: [0; 16],
                response: [0; 32],
            },
            facts_root: [6; 32],
            locator: vec![5; 304],
        };
        let address = self.record_address(creator, owner, &args);
        let binding = RecordBinding {
            program_id: ID,
            record: address,
            creator: creator.address(),
            owner_key: owner.key(),
            data_public_key,
        };
        args.proof = capsule::prove(&binding, &capsule, &randomness, &mut OsRng);
        NewRecord {
            address,
            args,
            element,
        }
    }

    fn record_address(&self, creator: &Person, owner: &Person, args: &CreateRecordArgs) -> Address {
        self.instructions.addresses.record(&RecordContents {
            owner: &owner.address(),
            creator: &creator.address(),
            owner_key: &owner.key().to_bytes(),
            data_public_key: &args.data_public_key,
            capsule: &args.capsule,
            facts_root: &args.facts_root,
            locator: &args.locator,
        })
    }

    /// The instruction that writes a record that `creator` pays for.
    pub fn create_record(
        &self,
        creator: &Person,
        owner: &Person,
        record: &NewRecord,
    ) -> Instruction {
        let creator = creator.address();
        self.instructions.create_record(
            &owner.address(),
            &owner.key().to_bytes(),
            creator,
            creator,
            record.args.clone(),
        )
    }

    /// Has a person write a record about itself, which needs no verification; its address.
    #[track_caller]
    pub fn own_record(&self, owner: &Person) -> Address {
        let record = self.new_record(owner, owner);
        self.lands(
            &[self.create_record(owner, owner, &record)],
            &[&owner.wallet],
        );
        record.address
    }

    /// Records that a person wrote about itself, in the order of their addresses.
    #[track_caller]
    pub fn own_records(&self, owner: &Person, count: usize) -> Vec<Address> {
        let mut records: Vec<_> = (0..count).map(|_| self.own_record(owner)).collect();
        records.sort_unstable();
        records
    }

    /// The instruction that sells records at [`PRICE`], and the order's address.
    pub fn create_order(&self, seller: &Person, records: &[Address]) -> (Instruction, Address) {
        let args = CreateOrderArgs {
            id: self.user_of(seller).next_order_id,
            price: PRICE,
            delivery_window: WINDOW,
            only_buyer: None,
            label: "blood pressure, 2026".into(),
        };
        let seller = seller.address();
        let order = self.instructions.addresses.order(&seller, args.id);
        let create = self
            .instructions
            .create_order(seller, seller, records, args);
        (create, order)
    }

    /// The instruction that buys an order on its terms, and the purchase's address.
    pub fn purchase(&self, buyer: &Person, order: &Address) -> (Instruction, Address) {
        let args = PurchaseArgs {
            buyer_key: buyer.purchase_secret(order).public_key().to_bytes(),
            terms: self.read::<OrderAccount>(order).terms(order),
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
        let records = self.own_records(seller, count);
        let (create, order) = self.create_order(seller, &records);
        self.lands(&[create], &[&seller.wallet]);
        let (buy, purchase) = self.purchase(buyer, &order);
        self.lands(&[buy], &[&buyer.wallet]);
        (order, purchase)
    }

    /// A purchase as the ledger shows it.
    #[track_caller]
    pub fn sale(&self, purchase: &Address) -> Sale {
        let state = self.read::<PurchaseAccount>(purchase).state;
        Sale {
            deployment: DEPLOYMENT,
            purchase: *purchase,
            deadline: state.deadline,
            buyer_key: PurchaseKey::from_bytes(&state.buyer_key).expect("the program checked it"),
            terms: state.terms,
        }
    }

    /// A proven batch of `count` records of a purchase from position `first` on.
    pub fn prove(
        &self,
        seller: &Person,
        purchase: &Address,
        first: usize,
        count: usize,
    ) -> Delivery {
        let state = self.read::<PurchaseAccount>(purchase).state;
        let records = self.read::<OrderAccount>(&state.order).records;
        let records: Vec<DeliveryRecord> = records[first..first + count]
            .iter()
            .map(|record| DeliveryRecord {
                record: *record,
                capsule: self.read::<RecordAccount>(record).state.capsule,
            })
            .collect();
        delivery::deliver(&seller.secret(), &self.sale(purchase), &records, &mut OsRng)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The instruction that delivers a batch.
    pub fn deliver(&self, purchase: &Address, first: usize, delivery: &Delivery) -> Instruction {
        let state = self.read::<PurchaseAccount>(purchase).state;
        let records = self.read::<OrderAccount>(&state.order).records;
        let args = DeliverArgs {
            settle_key: delivery.settle_key.to_bytes(),
            first: first as u8,
            proof: delivery.proof,
            capsules: Capsules(delivery.capsules.clone()),
        };
        let batch = &records[first..first + delivery.capsules.len()];
        self.instructions.deliver(*purchase, &state, batch, args)
    }

    /// The seller's secret for a purchase.
    pub fn settle_secret(&self, seller: &Person, purchase: &Address) -> SettleSecret {
        SettleSecret::derive(&seller.secret(), &self.sale(purchase))
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The instruction that settles a purchase.
    pub fn settle(&self, seller: &Person, purchase: &Address) -> Instruction {
        let state = self.read::<PurchaseAccount>(purchase).state;
        let args = SettleArgs {
            settle_secret: *self.settle_secret(seller, purchase).to_bytes(),
        };
        self.instructions.settle(*purchase, &state, args)
    }
}
