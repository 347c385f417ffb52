use generion::{
    CreateOrderArgs, CreateRecordArgs, DeliverArgs, ID, PurchaseArgs, SettleArgs,
    args::Capsules,
    proof::{Capsule, capsule::CapsuleProof},
    state::{RecordContents, User},
};
use generion_crypto::{
    capsule::{self, RecordBinding},
    delivery::{self, Delivery, DeliveryRecord},
    keys::PurchaseKey,
    record::RecordElement,
    settle::{Sale, SettleSecret},
};
use generion_interface::accounts::{OrderAccount, PurchaseAccount, RecordAccount};
use solana_address::Address;
use solana_instruction::Instruction;

use generion_test_support::Person;

use crate::{executed::Executed, person::DEPLOYMENT, vm::World};

/// The default price of an order, in lamports.
pub const PRICE: u64 = 250_000_000;
/// The default delivery window, in seconds.
pub const WINDOW: u32 = 3_600;
/// The default length of a sealed locator, in bytes. Most locators have it.
pub const LOCATOR_LEN: usize = 304;

/// A record that is ready to be sent.
pub struct NewRecord {
    /// The address that it will have.
    pub address: Address,
    /// Its arguments.
    pub args: CreateRecordArgs,
    /// Its group element.
    pub element: RecordElement,
    /// `X`, the owner's key that the record is made for.
    pub owner_key: [u8; 32],
}

impl World {
    /// Makes a record by `creator` for the current key of `owner`, with a locator of [`LOCATOR_LEN`] bytes.
    pub fn new_record(&mut self, creator: &Person, owner: &Person) -> NewRecord {
        self.new_record_with(creator, owner, |_| {}, |_| {})
    }

    /// Like [`Self::new_record`], but `change` changes the arguments before address and proof are made.
    pub fn new_record_of(
        &mut self,
        creator: &Person,
        owner: &Person,
        change: impl FnOnce(&mut CreateRecordArgs),
    ) -> NewRecord {
        self.new_record_with(creator, owner, change, |_| {})
    }

    /// Like [`Self::new_record`], but the proof is about the binding that `change` returns.
    pub fn new_record_bound_to(
        &mut self,
        creator: &Person,
        owner: &Person,
        change: impl FnOnce(&mut RecordBinding),
    ) -> NewRecord {
        self.new_record_with(creator, owner, |_| {}, change)
    }

    fn new_record_with(
        &mut self,
        creator: &Person,
        owner: &Person,
        change_args: impl FnOnce(&mut CreateRecordArgs),
        change_binding: impl FnOnce(&mut RecordBinding),
    ) -> NewRecord {
        let element = RecordElement::random(&mut self.rng);
        let data_public_key = element
            .record_key(&owner.address(), &creator.address())
            .data_public_key();
        let owner_key = owner.key();
        let (capsule, randomness) = capsule::seal(&element, &owner_key, &mut self.rng);
        let mut args = CreateRecordArgs {
            data_public_key: data_public_key.0,
            capsule,
            proof: CapsuleProof {
                challenge: [0; 16],
                response: [0; 32],
            },
            facts_root: [6; 32],
            locator: vec![5; LOCATOR_LEN],
        };
        change_args(&mut args);
        let owner_key_bytes = owner_key.to_bytes();
        let address = self.record_address(creator, owner, &owner_key_bytes, &args);
        let mut binding = RecordBinding {
            program_id: ID,
            record: address,
            creator: creator.address(),
            owner_key,
            data_public_key: generion_crypto::record::DataPublicKey(args.data_public_key),
        };
        change_binding(&mut binding);
        args.proof = capsule::prove(&binding, &args.capsule, &randomness, &mut self.rng);
        NewRecord {
            address,
            args,
            element,
            owner_key: owner_key_bytes,
        }
    }

    /// The address of a record by `creator` for a key of `owner`, which follows from its contents.
    pub fn record_address(
        &self,
        creator: &Person,
        owner: &Person,
        owner_key: &[u8; 32],
        args: &CreateRecordArgs,
    ) -> Address {
        self.instructions.addresses.record(&RecordContents {
            owner: &owner.address(),
            creator: &creator.address(),
            owner_key,
            data_public_key: &args.data_public_key,
            capsule: &args.capsule,
            facts_root: &args.facts_root,
            locator: &args.locator,
        })
    }

    /// A person's User account.
    #[track_caller]
    pub fn user_of(&self, person: &Person) -> User {
        self.read(&self.instructions.addresses.user(&person.address()))
    }

    /// The instruction that creates a record, which `creator` pays for.
    pub fn create_record(
        &self,
        creator: &Person,
        owner: &Person,
        record: &NewRecord,
    ) -> Instruction {
        self.instructions.create_record(
            &owner.address(),
            &record.owner_key,
            creator.address(),
            creator.address(),
            record.args.clone(),
        )
    }

    /// Creates a record, which its owner verifies. Returns its address.
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

    /// Creates this many verified records. Returns them sorted by address, as an order lists them.
    #[track_caller]
    pub fn verified_records(
        &mut self,
        creator: &Person,
        owner: &Person,
        count: usize,
    ) -> Vec<Address> {
        let mut records: Vec<_> = (0..count)
            .map(|_| self.verified_record(creator, owner))
            .collect();
        records.sort_unstable();
        records
    }

    /// The instruction that offers records, sorted by address, to anyone for [`PRICE`].
    pub fn create_order(&self, seller: &Person, records: &[Address]) -> Instruction {
        let id = self.user_of(seller).next_order_id;
        let args = CreateOrderArgs {
            id,
            price: PRICE,
            delivery_window: WINDOW,
            only_buyer: None,
            label: "blood pressure, 2026".into(),
        };
        self.instructions
            .create_order(seller.address(), seller.address(), records, args)
    }

    /// Creates an order of `count` new records of a clinic. Returns its address.
    #[track_caller]
    pub fn order(&mut self, clinic: &Person, seller: &Person, count: usize) -> Address {
        let records = self.verified_records(clinic, seller, count);
        let instruction = self.create_order(seller, &records);
        let order = instruction.accounts[3].pubkey;
        self.lands(instruction, &[&seller.wallet]);
        order
    }

    /// The instruction that buys an order on its terms.
    pub fn purchase(&self, buyer: &Person, order: &Address) -> Instruction {
        let args = PurchaseArgs {
            buyer_key: buyer.purchase_secret(order).public_key().to_bytes(),
            terms: self.read::<OrderAccount>(order).terms(order),
        };
        self.instructions.purchase(buyer.address(), *order, args)
    }

    /// Buys an order. Returns the address of the purchase, and what the transaction did.
    #[track_caller]
    pub fn buy(&mut self, buyer: &Person, order: &Address) -> (Address, Executed) {
        let instruction = self.purchase(buyer, order);
        let purchase = instruction.accounts[2].pubkey;
        let landed = self.lands(instruction, &[&buyer.wallet]);
        (purchase, landed)
    }

    /// The sale that the seller sees in a purchase on the ledger.
    #[track_caller]
    pub fn sale(&self, purchase: &Address) -> Sale {
        let state = self.read::<PurchaseAccount>(purchase).state;
        Sale {
            deployment: DEPLOYMENT,
            purchase: *purchase,
            deadline: state.deadline,
            buyer_key: PurchaseKey::from_bytes(&state.buyer_key).expect("the program checked it"),
            terms: self.read::<OrderAccount>(&state.order).terms(&state.order),
        }
    }

    /// A proven batch of `count` records of a purchase, which begins at position `first`.
    #[track_caller]
    pub fn prove(
        &mut self,
        seller: &Person,
        purchase: &Address,
        first: usize,
        count: usize,
    ) -> Delivery {
        let state = self.read::<PurchaseAccount>(purchase).state;
        let records = self.read::<OrderAccount>(&state.order).records;
        let batch: Vec<DeliveryRecord> = records[first..first + count]
            .iter()
            .map(|record| DeliveryRecord {
                record: *record,
                capsule: self.read::<RecordAccount>(record).state.capsule,
            })
            .collect();
        delivery::deliver(
            &seller.secret(),
            &self.sale(purchase),
            &batch,
            &mut self.rng,
        )
        .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The instruction that delivers a batch.
    #[track_caller]
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

    /// `s`, the seller's secret that settles a purchase.
    #[track_caller]
    pub fn settle_secret(&self, seller: &Person, purchase: &Address) -> [u8; 32] {
        let secret = SettleSecret::derive(&seller.secret(), &self.sale(purchase))
            .unwrap_or_else(|error| panic!("{error}"));
        *secret.to_bytes()
    }

    /// The instruction that settles a purchase with the seller's secret.
    #[track_caller]
    pub fn settle(&self, seller: &Person, purchase: &Address) -> Instruction {
        self.settle_with(purchase, self.settle_secret(seller, purchase))
    }

    /// The instruction that settles a purchase with any secret.
    #[track_caller]
    pub fn settle_with(&self, purchase: &Address, settle_secret: [u8; 32]) -> Instruction {
        let state = self.read::<PurchaseAccount>(purchase).state;
        self.instructions
            .settle(*purchase, &state, SettleArgs { settle_secret })
    }

    /// The delivered capsules of a purchase.
    #[track_caller]
    pub fn delivered(&self, purchase: &Address) -> Vec<Capsule> {
        self.read::<PurchaseAccount>(purchase)
            .capsules
            .into_iter()
            .flatten()
            .collect()
    }

    /// The group elements that the buyer of a settled purchase decrypts, in the order of the records.
    #[track_caller]
    pub fn opened(&self, buyer: &Person, purchase: &Address) -> Vec<RecordElement> {
        let PurchaseAccount { state, capsules } = self.read(purchase);
        assert!(state.is_settled(), "{purchase} is not settled");
        let bought = buyer.purchase_secret(&state.order);
        let settled = SettleSecret::from_bytes(&state.settle_key).expect("a canonical scalar");
        let open = |capsule: Option<Capsule>| {
            delivery::open_settled(&capsule.expect("delivered"), &bought, &settled)
                .unwrap_or_else(|error| panic!("{error}"))
        };
        capsules.into_iter().map(open).collect()
    }
}
