//! A researcher's study, and short ways to what its people do.

use generion::{
    AdmitArgs, ApplyArgs, CloseSeatArgs, CreateOrderArgs, CreateStudyArgs, JoinStudyArgs,
    UpdateStudyArgs, WithdrawBudgetArgs,
    args::{Disclosures, Rest},
    proof::disclosure::RequiredDisclosure,
    state::{Purchase, Study},
};
use generion_interface::accounts::{
    ApplicationAccount, OrderAccount, PurchaseAccount, StudyAccount,
};
pub use generion_program_tests::study::{DESCRIPTION, study_tail as tail};
use generion_program_tests::{
    PRICE, WINDOW,
    study::{self, Trees},
};
use generion_test_support::Person;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_system_interface::instruction::transfer;

use crate::support::Scene;

/// Seconds for which the study is open.
pub const OPEN_FOR: i64 = 100_000;
/// Rent of a seat for one record.
pub const SEAT_RENT: u64 = 2_978_880;
/// The rent minimum of an empty account.
pub const EMPTY: u64 = 890_880;

/// A change of a study on the ledger.
pub type StudyEdit = fn(&mut Study);

/// A scene with a study that the scene's clinic's records are accepted in.
pub struct Research {
    pub scene: Scene,
    pub researcher: Person,
    pub admitter: Person,
    pub study: Address,
    pub vault: Address,
    /// The facts of each record.
    trees: Trees,
}

impl Research {
    /// An open study for some records with a fact of each group, whose vault holds nothing.
    pub fn open(seed: u64, records: u8, groups: u8) -> Self {
        Self::new(seed, records, groups, |_| {})
    }

    /// A study by selection for one record.
    pub fn selective(seed: u64) -> Self {
        Self::new(seed, 1, 1, |args| args.admission = 1)
    }

    pub fn new(
        seed: u64,
        records: u8,
        groups: u8,
        change: impl FnOnce(&mut CreateStudyArgs),
    ) -> Self {
        let mut research = Self::without_study(seed);
        let args = research.args(records, groups, change);
        let create = research.create_study(args);
        research.study = create.accounts[3].pubkey;
        research.vault = research
            .scene
            .world
            .instructions
            .addresses
            .vault(&research.study);
        let signers = [&research.researcher.wallet, &research.scene.sponsor.wallet];
        research.scene.world.lands(create, &signers);
        research
    }

    /// The people, before the study.
    pub fn without_study(seed: u64) -> Self {
        let mut scene = Scene::new(seed);
        let researcher = scene.world.user();
        let admitter = scene.world.person();
        Self {
            scene,
            researcher,
            admitter,
            study: Address::default(),
            vault: Address::default(),
            trees: Trees::new(),
        }
    }

    /// The arguments of the researcher's next study.
    pub fn args(
        &self,
        records: u8,
        groups: u8,
        change: impl FnOnce(&mut CreateStudyArgs),
    ) -> CreateStudyArgs {
        let world = &self.scene.world;
        let id = world.user_of(&self.researcher).next_study_id;
        let study = world
            .instructions
            .addresses
            .study(&self.researcher.address(), id);
        let mut args = CreateStudyArgs {
            id,
            reward: PRICE,
            closes_at: world.time() + OPEN_FOR,
            delivery_window: WINDOW,
            admission: 0,
            record_count: records,
            requirement_count: groups,
            creator_count: 1,
            study_key: self
                .researcher
                .purchase_secret(&study)
                .public_key()
                .to_bytes(),
            description_hash: DESCRIPTION,
            admitter: Some(self.admitter.address()),
            tail: Rest(tail(groups, &self.scene.clinic.address())),
        };
        change(&mut args);
        args
    }

    /// The instruction by which the researcher calls for data at the sponsor's cost.
    pub fn create_study(&self, args: CreateStudyArgs) -> Instruction {
        let (researcher, payer) = (self.researcher.address(), self.scene.sponsor.address());
        self.scene
            .world
            .instructions
            .create_study(researcher, payer, args)
    }

    /// The researcher sends lamports to the vault.
    #[track_caller]
    pub fn fund(&mut self, lamports: u64) {
        let fund = transfer(&self.researcher.address(), &self.vault, lamports);
        self.scene.world.lands(fund, &[&self.researcher.wallet]);
    }

    /// The researcher funds this many seats of one record.
    #[track_caller]
    pub fn fund_seats(&mut self, seats: u64) {
        self.fund(seats * (PRICE + SEAT_RENT));
    }

    /// A verified record of somebody by the clinic with four facts.
    #[track_caller]
    pub fn record_of(&mut self, owner: &Person) -> Address {
        let Scene { world, clinic, .. } = &mut self.scene;
        let (record, tree) = world.record_with_facts(clinic, owner);
        self.trees.insert(record, tree);
        record
    }

    /// The instruction by which somebody offers records to the study, with changed arguments.
    pub fn offer(
        &self,
        seller: &Person,
        records: &[Address],
        change: impl FnOnce(&mut CreateOrderArgs),
    ) -> Instruction {
        let world = &self.scene.world;
        let mut args = CreateOrderArgs {
            id: world.user_of(seller).next_order_id,
            price: PRICE,
            delivery_window: WINDOW,
            only_buyer: Some(self.vault),
            label: String::new(),
        };
        change(&mut args);
        let seller = seller.address();
        world
            .instructions
            .create_order(seller, seller, records, args)
    }

    /// An order of this many new records of somebody for the study.
    #[track_caller]
    pub fn order_of(&mut self, seller: &Person, count: usize) -> Address {
        let mut records: Vec<_> = (0..count).map(|_| self.record_of(seller)).collect();
        records.sort_unstable();
        let create = self.offer(seller, &records, |_| {});
        let order = create.accounts[3].pubkey;
        self.scene.world.lands(create, &[&seller.wallet]);
        order
    }

    /// What somebody discloses of records: a fact of each group of the study.
    pub fn disclosures(&self, records: &[Address], groups: u8) -> Vec<RequiredDisclosure> {
        study::disclosures(&self.trees, records, groups)
    }

    /// The instruction by which somebody joins with an order of these records, with changed arguments.
    pub fn join_with(
        &self,
        participant: &Person,
        order: Address,
        records: &[Address],
        change: impl FnOnce(&mut JoinStudyArgs),
    ) -> Instruction {
        let groups = self.state().group_count;
        let mut args = JoinStudyArgs {
            description_hash: DESCRIPTION,
            deadline: self.scene.world.time() + 1_000,
            disclosures: Disclosures(self.disclosures(records, groups)),
        };
        change(&mut args);
        let participant = participant.address();
        let instructions = &self.scene.world.instructions;
        instructions.join_study(participant, self.study, order, records, args)
    }

    /// The instruction by which somebody joins with an order that is there.
    #[track_caller]
    pub fn join(&self, participant: &Person, order: Address) -> Instruction {
        let OrderAccount { records, .. } = self.scene.world.read(&order);
        self.join_with(participant, order, &records, |_| {})
    }

    /// Somebody joins with a new order; order and seat.
    #[track_caller]
    pub fn joined(&mut self, participant: &Person) -> (Address, Address) {
        let count = self.state().record_count.into();
        let order = self.order_of(participant, count);
        let join = self.join(participant, order);
        let seat = join.accounts[4].pubkey;
        let signers = [&self.scene.stranger.wallet, &participant.wallet];
        self.scene.world.lands(join, &signers);
        (order, seat)
    }

    /// The instruction by which somebody applies with an order at the sponsor's cost.
    pub fn apply(&self, participant: &Person, order: Address) -> Instruction {
        let args = ApplyArgs {
            description_hash: DESCRIPTION,
            letter: Rest(vec![0x1e; 304]),
        };
        let (participant, payer) = (participant.address(), self.scene.sponsor.address());
        let instructions = &self.scene.world.instructions;
        instructions.apply(participant, payer, self.study, order, args)
    }

    /// Somebody applies with a new order; order and application.
    #[track_caller]
    pub fn applied(&mut self, participant: &Person) -> (Address, Address) {
        let order = self.order_of(participant, 1);
        let apply = self.apply(participant, order);
        let application = apply.accounts[4].pubkey;
        let signers = [&participant.wallet, &self.scene.sponsor.wallet];
        self.scene.world.lands(apply, &signers);
        (order, application)
    }

    /// The instruction by which the admitter accepts an application, on the terms of its order.
    #[track_caller]
    pub fn admit(&self, application: Address) -> Instruction {
        let world = &self.scene.world;
        let state = world.read::<ApplicationAccount>(&application).state;
        let terms = world.read::<OrderAccount>(&state.order).terms(&state.order);
        let admitter = self.admitter.address();
        let args = AdmitArgs { terms };
        world
            .instructions
            .admit(admitter, application, &state, args)
    }

    /// Somebody who joined or was admitted delivers and settles.
    #[track_caller]
    pub fn paid(&mut self, participant: &Person, seat: &Address) {
        let Scene {
            world, stranger, ..
        } = &mut self.scene;
        let count = world
            .read::<PurchaseAccount>(seat)
            .state
            .record_count
            .into();
        let delivery = world.prove(participant, seat, 0, count);
        let deliver = world.deliver(seat, 0, &delivery);
        world.lands(deliver, &[&stranger.wallet]);
        let settle = world.settle(participant, seat);
        world.lands(settle, &[&stranger.wallet]);
    }

    /// The researcher's instruction to extend the study or to end it.
    pub fn update(&self, closes_at: Option<i64>) -> Instruction {
        let args = UpdateStudyArgs { closes_at };
        let instructions = &self.scene.world.instructions;
        instructions.update_study(self.researcher.address(), self.study, args)
    }

    /// The researcher's instruction to take lamports out of the vault.
    pub fn withdraw(&self, lamports: u64) -> Instruction {
        let args = WithdrawBudgetArgs { id: 0, lamports };
        let instructions = &self.scene.world.instructions;
        instructions.withdraw_budget(self.researcher.address(), args)
    }

    /// The researcher's instruction to close somebody's seat.
    pub fn close_seat(&self, participant: &Person) -> Instruction {
        let args = CloseSeatArgs { id: 0 };
        let (researcher, participant) = (self.researcher.address(), participant.address());
        let instructions = &self.scene.world.instructions;
        instructions.close_seat(researcher, &participant, args)
    }

    /// The researcher's instruction to close the study.
    #[track_caller]
    pub fn close_study(&self) -> Instruction {
        let instructions = &self.scene.world.instructions;
        instructions.close_study(self.study, &self.state())
    }

    /// Somebody's instruction to withdraw an application.
    #[track_caller]
    pub fn withdraw_application(&self, authority: &Person, application: Address) -> Instruction {
        let world = &self.scene.world;
        let state = world.read::<ApplicationAccount>(&application).state;
        let authority = authority.address();
        world
            .instructions
            .withdraw_application(authority, application, &state)
    }

    /// Lets time pass until the study is over.
    pub fn end(&mut self) {
        let closes_at = self.state().closes_at;
        self.scene.world.set_time(closes_at);
    }

    /// The study's fields of fixed size.
    #[track_caller]
    pub fn state(&self) -> Study {
        self.scene.world.read::<StudyAccount>(&self.study).state
    }

    /// A seat's fields of fixed size.
    #[track_caller]
    pub fn seat(&self, seat: &Address) -> Purchase {
        self.scene.world.read::<PurchaseAccount>(seat).state
    }

    /// Lamports in the vault.
    pub fn budget(&self) -> u64 {
        self.scene.world.lamports(&self.vault)
    }
}
