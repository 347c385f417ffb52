//! The people of most tests, and short ways to what they do.

use generion::{CreateOrderArgs, state};
use generion_interface::accounts::{OrderAccount, PurchaseAccount, RecordAccount};
use generion_program_tests::{NewRecord, PRICE, WINDOW, World};
use generion_test_support::Person;
use solana_address::Address;
use solana_instruction::{Instruction, error::InstructionError};

/// Anchor's `ConstraintMut`: an account is not writable.
pub const NOT_WRITABLE: InstructionError = InstructionError::Custom(2000);
/// Anchor's `ConstraintDuplicateMutableAccount`: an account stands in two places.
pub const DUPLICATE: InstructionError = InstructionError::Custom(2040);

/// Anchor's `ConstraintExecutable`: an account is no program.
pub const CONSTRAINT_EXECUTABLE: InstructionError = InstructionError::Custom(2007);

/// What Anchor answers where accounts are missing. The runtime's crate has another name for it, but the same number.
#[allow(deprecated)]
pub const MISSING_ACCOUNT: InstructionError = InstructionError::NotEnoughAccountKeys;

/// A ledger and its people. Only the patient and the doctor have published a key.
pub struct Scene {
    pub world: World,
    pub clinic: Person,
    pub patient: Person,
    pub doctor: Person,
    pub buyer: Person,
    /// Pays rents and fees for others.
    pub sponsor: Person,
    /// Has no part in anything.
    pub stranger: Person,
}

impl Scene {
    pub fn new(seed: u64) -> Self {
        let mut world = World::new(seed);
        let [clinic, buyer, sponsor, stranger] = std::array::from_fn(|_| world.person());
        let (patient, doctor) = (world.user(), world.user());
        Self {
            world,
            clinic,
            patient,
            doctor,
            buyer,
            sponsor,
            stranger,
        }
    }

    /// A record by the clinic for the patient, paid for by the sponsor and not verified yet.
    #[track_caller]
    pub fn unverified_record(&mut self) -> NewRecord {
        let record = self.world.new_record(&self.clinic, &self.patient);
        let create = self.create_record(&record);
        self.world
            .lands(create, &[&self.clinic.wallet, &self.sponsor.wallet]);
        record
    }

    /// The same, verified.
    #[track_caller]
    pub fn record(&mut self) -> NewRecord {
        let record = self.unverified_record();
        let verify = self
            .world
            .instructions
            .verify_record(self.patient.address(), record.address);
        self.world.lands(verify, &[&self.patient.wallet]);
        record
    }

    /// So many verified records of the patient, in the order in which an order lists them: by address.
    #[track_caller]
    pub fn records(&mut self, count: usize) -> Vec<Address> {
        let mut records: Vec<_> = (0..count).map(|_| self.record().address).collect();
        records.sort_unstable();
        records
    }

    /// The instruction by which the clinic writes a record to the patient at the sponsor's cost.
    pub fn create_record(&self, record: &NewRecord) -> Instruction {
        let [patient, clinic, sponsor] =
            [&self.patient, &self.clinic, &self.sponsor].map(Person::address);
        let mut create = self.world.instructions.create_record(
            &patient,
            &record.owner_key,
            clinic,
            sponsor,
            record.args.clone(),
        );
        // A test may have changed the arguments since: then the address is that of the original.
        create.accounts[3].pubkey = record.address;
        create
    }

    /// The instruction by which the patient sells records at the sponsor's cost, with changed arguments.
    pub fn create_order(
        &self,
        records: &[Address],
        change: impl FnOnce(&mut CreateOrderArgs),
    ) -> Instruction {
        let next_id = self.world.user_of(&self.patient).next_order_id;
        let mut args = order_args(next_id);
        change(&mut args);
        let (seller, payer) = (self.patient.address(), self.sponsor.address());
        let instructions = self.world.instructions;
        let mut instruction = instructions.create_order(seller, payer, records, args);
        // Whatever id the arguments name, the address is the one that the program expects.
        instruction.accounts[3].pubkey = instructions.addresses.order(&seller, next_id);
        instruction
    }

    /// An order of these records of the patient, paid for by the sponsor; its address.
    #[track_caller]
    pub fn order_of(
        &mut self,
        records: &[Address],
        change: impl FnOnce(&mut CreateOrderArgs),
    ) -> Address {
        let create = self.create_order(records, change);
        let order = create.accounts[3].pubkey;
        self.world
            .lands(create, &[&self.patient.wallet, &self.sponsor.wallet]);
        order
    }

    /// An order of `count` fresh records of the patient, paid for by the sponsor; its address.
    #[track_caller]
    pub fn order(&mut self, count: usize) -> Address {
        let records = self.records(count);
        self.order_of(&records, |_| {})
    }

    /// The records of an order.
    #[track_caller]
    pub fn listed(&self, order: &Address) -> Vec<Address> {
        self.world.read::<OrderAccount>(order).records
    }

    /// An order of `count` records and its purchase by the buyer; their addresses.
    #[track_caller]
    pub fn sold(&mut self, count: usize) -> (Address, Address) {
        let order = self.order(count);
        (order, self.world.buy(&self.buyer, &order).0)
    }

    /// A purchase's fixed fields.
    #[track_caller]
    pub fn purchase_state(&self, purchase: &Address) -> state::Purchase {
        self.world.read::<PurchaseAccount>(purchase).state
    }

    /// The instruction that delivers `count` records of a purchase of the patient's order from position `first` on.
    #[track_caller]
    pub fn delivery(&mut self, purchase: &Address, first: usize, count: usize) -> Instruction {
        let delivery = self.world.prove(&self.patient, purchase, first, count);
        self.world.deliver(purchase, first, &delivery)
    }

    /// The instruction that settles a purchase of the patient's order with the patient's secret.
    #[track_caller]
    pub fn settle(&self, purchase: &Address) -> Instruction {
        self.world.settle(&self.patient, purchase)
    }

    /// An order of `count` records, bought and delivered in full, but not settled; order and purchase.
    #[track_caller]
    pub fn locked(&mut self, count: usize) -> (Address, Address) {
        let (order, purchase) = self.sold(count);
        let deliver = self.delivery(&purchase, 0, count);
        self.world.lands(deliver, &[&self.stranger.wallet]);
        (order, purchase)
    }

    /// An order of `count` records, bought, delivered and settled; order and purchase.
    #[track_caller]
    pub fn settled(&mut self, count: usize) -> (Address, Address) {
        let (order, purchase) = self.locked(count);
        let settle = self.settle(&purchase);
        self.world.lands(settle, &[&self.stranger.wallet]);
        (order, purchase)
    }

    /// The instruction by which the buyer closes a purchase.
    pub fn close_purchase(&self, purchase: Address) -> Instruction {
        let instructions = &self.world.instructions;
        instructions.close_purchase(self.buyer.address(), purchase)
    }

    /// The instruction that stops sales of an order, or closes it with all its records.
    pub fn close_order(&self, order: &Address) -> Instruction {
        let OrderAccount { state, records } = self.world.read(order);
        self.world
            .instructions
            .close_order(*order, &state, &records)
    }

    /// The instruction by which `authority` has a purchase refunded.
    pub fn refund(&self, authority: &Person, purchase: &Address) -> Instruction {
        let state = self.world.read::<PurchaseAccount>(purchase).state;
        self.world
            .instructions
            .refund(authority.address(), *purchase, &state)
    }

    /// The instruction by which `authority` deletes a record.
    pub fn delete_record(&self, authority: &Person, record: &Address) -> Instruction {
        let state = self.world.read::<RecordAccount>(record).state;
        self.world
            .instructions
            .delete_record(authority.address(), *record, &state)
    }

    /// Lets time pass until a deadline or delay, given as a Unix time.
    pub fn at(&mut self, unix_timestamp: i64) -> &mut Self {
        self.world.set_time(unix_timestamp);
        self
    }
}

/// Arguments of an order that the program takes.
pub fn order_args(id: u64) -> CreateOrderArgs {
    CreateOrderArgs {
        id,
        price: PRICE,
        delivery_window: WINDOW,
        only_buyer: None,
        label: "blood pressure, 2026".into(),
    }
}

/// What moves where `from` pays `lamports` to `to`.
pub fn paid(from: Address, to: Address, lamports: u64) -> [(Address, i128); 2] {
    [(from, -i128::from(lamports)), (to, i128::from(lamports))]
}

/// An instruction with another account in one place, under the same flags.
pub fn with_account(instruction: &Instruction, index: usize, address: Address) -> Instruction {
    let mut changed = instruction.clone();
    changed.accounts[index].pubkey = address;
    changed
}

/// Points that nobody can encrypt to: the identity, its encoding that is not reduced, a negative field element, and
/// one that is on no curve.
pub fn invalid_keys() -> [[u8; 32]; 4] {
    let mut not_reduced = [0xff; 32];
    (not_reduced[0], not_reduced[31]) = (0xed, 0x7f);
    let mut negative = [0; 32];
    negative[0] = 1;
    [[0; 32], not_reduced, negative, [0xff; 32]]
}

/// The account state behind a record's address.
pub fn record_state(world: &World, record: &Address) -> state::Record {
    world.read::<RecordAccount>(record).state
}
