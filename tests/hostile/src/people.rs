use std::convert::Infallible;

use generion::{
    CreateOrderArgs, CreateRecordArgs, DeliverArgs, ID, PurchaseArgs, SetEncryptionKeyArgs,
    SettleArgs, ShareRecordArgs, args::Capsules, state::RecordContents, state::User,
};
use generion_crypto::{
    capsule::{self, RecordBinding},
    delivery::{self, Delivery, DeliveryRecord},
    keys::{EncryptionKey, EncryptionSecret, PurchaseKey, PurchaseSecret},
    record::{DataPublicKey, RecordElement},
    settle::{Sale, SettleSecret},
};
use generion_interface::{
    Deployment,
    accounts::{OrderAccount, PurchaseAccount, RecordAccount},
    attestation::KeyAttestation,
};
use rand_core::OsRng;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{SOL, Validator};

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
    deployment: Deployment,
}

/// A record that is ready to be sent.
pub struct NewRecord {
    /// Where it will be.
    pub address: Address,
    /// Its arguments.
    pub args: CreateRecordArgs,
    /// Its group element.
    pub element: RecordElement,
    owner_key: EncryptionKey,
}

impl Person {
    /// The wallet's address.
    pub fn address(&self) -> Address {
        self.wallet.pubkey()
    }

    /// The encryption secret at an index.
    pub fn secret_at(&self, index: u32) -> EncryptionSecret {
        EncryptionSecret::derive_from_wallet(&self.address(), &self.deployment, index, |line| {
            self.sign(line)
        })
        .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The encryption secret at the present index.
    pub fn secret(&self) -> EncryptionSecret {
        self.secret_at(self.key_index)
    }

    /// The secret for a purchase of an order.
    pub fn purchase_secret(&self, order: &Address) -> PurchaseSecret {
        PurchaseSecret::derive_from_wallet(&self.address(), &self.deployment, order, |line| {
            self.sign(line)
        })
        .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The wallet's word for a key of whoever's.
    pub fn attest(&self, index: u32, key: [u8; 32]) -> [u8; 64] {
        let line = KeyAttestation {
            deployment: self.deployment,
            wallet: self.address(),
            index,
            key,
        };
        let signed = line.sign(|line| self.sign(line));
        signed.unwrap_or_else(|error| panic!("{error}")).0
    }

    /// What publishes the key at the present index.
    pub fn published_key(&self) -> SetEncryptionKeyArgs {
        let encryption_key = self.secret().public_key().to_bytes();
        SetEncryptionKeyArgs {
            key_index: self.key_index,
            encryption_key,
            attestation: self.attest(self.key_index, encryption_key),
        }
    }

    fn sign(&self, line: &[u8]) -> Result<[u8; 64], Infallible> {
        Ok(self.wallet.sign_message(line).into())
    }
}

impl Validator {
    /// Somebody with 2 SOL.
    pub fn person(&self) -> Person {
        Person {
            wallet: self.wallet(2 * SOL),
            key_index: 0,
            deployment: self.deployment,
        }
    }

    /// Somebody with 2 SOL and a published encryption key.
    pub fn user(&self) -> Person {
        let person = self.person();
        self.publish_key(&person);
        person
    }

    /// Publishes a person's key at its present index.
    pub fn publish_key(&self, person: &Person) {
        let wallet = person.address();
        let publish = self
            .instructions
            .set_encryption_key(wallet, wallet, person.published_key());
        self.lands(&[publish], &[&person.wallet]);
    }

    /// Makes a record by `creator` for `owner`'s published key.
    pub fn new_record(&self, creator: &Person, owner: &Person) -> NewRecord {
        let user: User = self.read(&self.instructions.addresses.user(&owner.address()));
        let owner_key = EncryptionKey::from_bytes(&user.encryption_key).expect("a key");
        self.new_record_for(creator, owner, owner_key)
    }

    /// Makes a record by `creator` for `owner`, and for whatever key.
    pub fn new_record_for(
        &self,
        creator: &Person,
        owner: &Person,
        owner_key: EncryptionKey,
    ) -> NewRecord {
        let element = RecordElement::random(&mut OsRng);
        let data_public_key = element
            .record_key(&owner.address(), &creator.address())
            .data_public_key();
        self.new_record_of(creator, owner, owner_key, element, data_public_key)
    }

    fn new_record_of(
        &self,
        creator: &Person,
        owner: &Person,
        owner_key: EncryptionKey,
        element: RecordElement,
        data_public_key: DataPublicKey,
    ) -> NewRecord {
        let (capsule, randomness) = capsule::seal(&element, &owner_key, &mut OsRng);
        let (facts_root, locator) = ([6; 32], vec![5; 240]);
        let address = self.instructions.addresses.record(&RecordContents {
            owner: &owner.address(),
            creator: &creator.address(),
            owner_key: &owner_key.to_bytes(),
            data_public_key: &data_public_key.0,
            capsule: &capsule,
            facts_root: &facts_root,
            locator: &locator,
        });
        let binding = RecordBinding {
            program_id: ID,
            record: address,
            creator: creator.address(),
            owner_key,
            data_public_key,
        };
        let proof = capsule::prove(&binding, &capsule, &randomness, &mut OsRng);
        NewRecord {
            address,
            args: CreateRecordArgs {
                data_public_key: data_public_key.0,
                capsule,
                proof,
                facts_root,
                locator,
            },
            element,
            owner_key,
        }
    }

    /// Has a creator write a record whose capsule does not hold the key that its document is said to be encrypted to.
    pub fn mismatched_record(&self, creator: &Person, owner: &Person) -> Address {
        let [element, other] = [(); 2].map(|()| RecordElement::random(&mut OsRng));
        let key = other
            .record_key(&owner.address(), &creator.address())
            .data_public_key();
        let owner_key = owner.secret().public_key();
        let record = self.new_record_of(creator, owner, owner_key, element, key);
        let create = self.create_record(creator, owner, &record);
        self.lands(&[create], &[&creator.wallet]);
        record.address
    }

    /// The instruction that writes a record that `creator` pays for.
    pub fn create_record(
        &self,
        creator: &Person,
        owner: &Person,
        record: &NewRecord,
    ) -> Instruction {
        let creator = creator.address();
        let key = record.owner_key.to_bytes();
        self.instructions.create_record(
            &owner.address(),
            &key,
            creator,
            creator,
            record.args.clone(),
        )
    }

    /// Has a person write a record about itself, which needs no verification.
    pub fn own_record(&self, owner: &Person) -> Address {
        let record = self.new_record(owner, owner);
        let create = self.create_record(owner, owner, &record);
        self.lands(&[create], &[&owner.wallet]);
        record.address
    }

    /// The instruction that shares a record for a key, at its recipient's index.
    pub fn share(
        &self,
        owner: &Person,
        element: &RecordElement,
        record: Address,
        recipient: &Person,
        key: EncryptionKey,
    ) -> Instruction {
        let (capsule, _) = capsule::seal(element, &key, &mut OsRng);
        let args = ShareRecordArgs {
            key_index: recipient.key_index,
            capsule,
            expires_at: 0,
        };
        let owner = owner.address();
        self.instructions
            .share_record(owner, owner, record, &recipient.address(), args)
    }

    /// Puts records up for sale at [`PRICE`]: the order.
    pub fn order(&self, seller: &Person, records: &[Address]) -> Address {
        let user: User = self.read(&self.instructions.addresses.user(&seller.address()));
        let args = CreateOrderArgs {
            id: user.next_order_id,
            price: PRICE,
            delivery_window: WINDOW,
            only_buyer: None,
            label: "blood pressure, 2026".into(),
        };
        let wallet = seller.address();
        let order = self.instructions.addresses.order(&wallet, args.id);
        let mut records = records.to_vec();
        records.sort_unstable();
        let create = self
            .instructions
            .create_order(wallet, wallet, &records, args);
        self.lands(&[create], &[&seller.wallet]);
        order
    }

    /// Buys an order on its terms: the purchase.
    pub fn buy(&self, buyer: &Person, order: &Address) -> Address {
        let args = PurchaseArgs {
            buyer_key: buyer.purchase_secret(order).public_key().to_bytes(),
            terms: self.read::<OrderAccount>(order).terms(order),
        };
        let buy = self.instructions.purchase(buyer.address(), *order, args);
        self.lands(&[buy], &[&buyer.wallet]);
        let addresses = self.instructions.addresses;
        addresses.purchase(order, &buyer.address())
    }

    /// A sale as the ledger shows it.
    pub fn sale(&self, purchase: &Address) -> Sale {
        let state = self.read::<PurchaseAccount>(purchase).state;
        Sale {
            deployment: self.deployment,
            purchase: *purchase,
            deadline: state.deadline,
            buyer_key: PurchaseKey::from_bytes(&state.buyer_key).expect("a key"),
            terms: self.read::<OrderAccount>(&state.order).terms(&state.order),
        }
    }

    /// All records of a purchase, proven for a sale as whoever believes it to be.
    pub fn prove(&self, seller: &Person, sale: &Sale) -> Delivery {
        let state = self.read::<PurchaseAccount>(&sale.purchase).state;
        self.prove_from(seller, sale, 0, usize::from(state.record_count))
    }

    /// The same of some records, from a position on.
    pub fn prove_from(&self, seller: &Person, sale: &Sale, first: usize, count: usize) -> Delivery {
        let state = self.read::<PurchaseAccount>(&sale.purchase).state;
        let order: OrderAccount = self.read(&state.order);
        let record = |record: &Address| DeliveryRecord {
            record: *record,
            capsule: self.read::<RecordAccount>(record).state.capsule,
        };
        let batch = &order.records[first..first + count];
        let records: Vec<_> = batch.iter().map(record).collect();
        delivery::deliver(&seller.secret(), sale, &records, &mut OsRng)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The instruction that delivers a purchase in full.
    pub fn deliver(&self, purchase: &Address, delivery: &Delivery) -> Instruction {
        let state = self.read::<PurchaseAccount>(purchase).state;
        let records = self.read::<OrderAccount>(&state.order).records;
        let args = DeliverArgs {
            settle_key: delivery.settle_key.to_bytes(),
            first: 0,
            proof: delivery.proof,
            capsules: Capsules(delivery.capsules.clone()),
        };
        self.instructions.deliver(*purchase, &state, &records, args)
    }

    /// Locks a purchase: its secret `s`, which nobody was shown.
    pub fn lock(&self, seller: &Person, payer: &Person, purchase: &Address) -> SettleSecret {
        let sale = self.sale(purchase);
        let delivery = self.prove(seller, &sale);
        self.lands(&[self.deliver(purchase, &delivery)], &[&payer.wallet]);
        SettleSecret::derive(&seller.secret(), &sale).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The instruction that settles a purchase.
    pub fn settle(&self, purchase: &Address, secret: &SettleSecret) -> Instruction {
        let state = self.read::<PurchaseAccount>(purchase).state;
        let args = SettleArgs {
            settle_secret: *secret.to_bytes(),
        };
        self.instructions.settle(*purchase, &state, args)
    }

    /// The instruction that has the price go back.
    pub fn refund(&self, authority: &Person, purchase: &Address) -> Instruction {
        let state = self.read::<PurchaseAccount>(purchase).state;
        self.instructions
            .refund(authority.address(), *purchase, &state)
    }
}
