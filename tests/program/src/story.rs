use generion::{
    CreateOrderArgs, CreateRecordArgs, DeliverArgs, ID, PurchaseArgs, args::Capsules,
    proof::Capsule, state::User,
};
use generion_crypto::{
    capsule::{self, RecordBinding},
    delivery::{self, Delivery, DeliveryRecord},
    record::RecordElement,
};
use generion_interface::accounts::{OrderAccount, PurchaseAccount, RecordAccount};
use solana_address::Address;
use solana_instruction::Instruction;

use crate::{Landed, Person, World};

/// Lamports that an order costs where nothing else is said.
pub const PRICE: u64 = 250_000_000;
/// Seconds to deliver where nothing else is said.
pub const WINDOW: u32 = 3_600;

/// A record that is ready to be sent.
pub struct NewRecord {
    /// Where it will be.
    pub address: Address,
    /// Its arguments.
    pub args: CreateRecordArgs,
    /// Its group element.
    pub element: RecordElement,
}

impl World {
    /// Makes a record by `creator` for `owner` at the owner's next id, with a 240-byte locator.
    pub fn new_record(&mut self, creator: &Person, owner: &Person) -> NewRecord {
        self.new_record_bound_to(creator, owner, |_| {})
    }

    /// As [`Self::new_record`], but with a capsule, and its proof, for what `change` makes of the binding.
    pub fn new_record_bound_to(
        &mut self,
        creator: &Person,
        owner: &Person,
        change: impl FnOnce(&mut RecordBinding),
    ) -> NewRecord {
        let id = self.user_of(owner).next_record_id;
        let address = self.instructions.addresses.record(&owner.address(), id);
        let element = RecordElement::random(&mut self.rng);
        let data_public_key = element
            .record_key(&owner.address(), &creator.address())
            .data_public_key();
        let mut binding = RecordBinding {
            program_id: ID,
            record: address,
            creator: creator.address(),
            owner_key: owner.key(),
            data_public_key,
        };
        change(&mut binding);
        let (capsule, randomness) = capsule::seal(&element, &binding.owner_key, &mut self.rng);
        let proof = capsule::prove(&binding, &capsule, &randomness, &mut self.rng);
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

    /// A person's User account.
    #[track_caller]
    pub fn user_of(&self, person: &Person) -> User {
        self.read(&self.instructions.addresses.user(&person.address()))
    }

    /// The instruction that writes a record that `creator` pays for.
    pub fn create_record(
        &self,
        creator: &Person,
        owner: &Person,
        record: &NewRecord,
    ) -> Instruction {
        self.instructions.create_record(
            &owner.address(),
            creator.address(),
            creator.address(),
            record.args.clone(),
        )
    }

    /// Writes a record and has its owner verify it; its address.
    #[track_caller]
    pub fn verified_record(&mut self, creator: &Person, owner: &Person) -> Address {
        let record = self.new_record(creator, owner);
        let create = self.create_record(creator, owner, &record);
        self.lands(create, &[&creator.wallet]);
        if creator.address() != owner.address() {
            let verify = self
                .instructions
                .verify_record(owner.address(), record.address);
            self.lands(verify, &[&owner.wallet]);
        }
        record.address
    }

    /// The instruction that sells records at [`PRICE`].
    pub fn create_order(&self, seller: &Person, record_ids: &[u64]) -> Instruction {
        let id = self.user_of(seller).next_order_id;
        let args = CreateOrderArgs {
            id,
            price: PRICE,
            delivery_window: WINDOW,
            label: "blood pressure, 2026".into(),
        };
        self.instructions
            .create_order(seller.address(), seller.address(), record_ids, args)
    }

    /// An order of `count` fresh records by a clinic; its address.
    #[track_caller]
    pub fn order(&mut self, clinic: &Person, seller: &Person, count: usize) -> Address {
        let ids: Vec<u64> = (0..count)
            .map(|_| {
                let record = self.verified_record(clinic, seller);
                self.read::<RecordAccount>(&record).state.id
            })
            .collect();
        let instruction = self.create_order(seller, &ids);
        let order = instruction.accounts[3].pubkey;
        self.lands(instruction, &[&seller.wallet]);
        order
    }

    /// The instruction that buys an order on its terms.
    pub fn purchase(&self, buyer: &Person, order: &Address) -> Instruction {
        let OrderAccount { state, record_ids } = self.read(order);
        let args = PurchaseArgs {
            buyer_key: buyer.purchase_secret(order).public_key().to_bytes(),
            price: state.price,
            delivery_window: state.delivery_window,
            record_count: record_ids.len() as u8,
        };
        self.instructions.purchase(buyer.address(), *order, args)
    }

    /// Buys an order; the purchase's address and what the transaction used.
    #[track_caller]
    pub fn buy(&mut self, buyer: &Person, order: &Address) -> (Address, Landed) {
        let instruction = self.purchase(buyer, order);
        let purchase = instruction.accounts[2].pubkey;
        let landed = self.lands(instruction, &[&buyer.wallet]);
        (purchase, landed)
    }

    /// A proven batch of `count` records of a purchase from position `first` on.
    pub fn prove(
        &mut self,
        seller: &Person,
        buyer: &Person,
        purchase: &Address,
        first: usize,
        count: usize,
    ) -> Delivery {
        let state = self.read::<PurchaseAccount>(purchase).state;
        let records: Vec<DeliveryRecord> = self.read::<OrderAccount>(&state.order).record_ids
            [first..first + count]
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
        delivery::deliver(
            &ID,
            purchase,
            &seller.secret(),
            &key,
            &records,
            &mut self.rng,
        )
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

    /// The capsules of a purchase that are delivered.
    pub fn delivered(&self, purchase: &Address) -> Vec<Capsule> {
        self.read::<PurchaseAccount>(purchase)
            .capsules
            .into_iter()
            .flatten()
            .collect()
    }
}
