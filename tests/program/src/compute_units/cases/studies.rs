//! The researcher of these studies is the buyer of the key set, and the participant is its patient.

use generion::{
    AdmitArgs, ApplyArgs, CloseSeatArgs, CreateOrderArgs, CreateStudyArgs, JoinStudyArgs,
    UpdateStudyArgs, WithdrawBudgetArgs,
    args::{Disclosures, Rest},
    constants::{LABEL_LEN, MAX_LETTER_LEN, MAX_STUDY_TAIL, MAX_STUDY_URL_LEN},
};
use generion_interface::accounts::{ApplicationAccount, OrderAccount, StudyAccount};
use generion_test_support::Person;
use solana_address::Address;
use solana_instruction::Instruction;

use crate::{
    compute_units::{
        key_set::KeySet,
        shared::{ADMIT, CREATE_STUDY, JOIN_STUDY, facts, prefund, records, with_create_order},
        sheet::Sheet,
    },
    story::{PRICE, WINDOW},
    study::{DESCRIPTION, Trees, disclosures, study_tail},
    vm::World,
};

/// Lamports in the vault: enough for every case.
const BUDGET: u64 = 10 * PRICE;
/// Seconds for which the studies are open.
const OPEN_FOR: i64 = 100_000;
/// The lengths of the letters that clients send, in bytes.
const LETTERS: [usize; 3] = [304, 608, MAX_LETTER_LEN];

/// A study on a ledger of its own.
struct Study<'a> {
    keys: &'a KeySet,
    world: World,
    study: Address,
    vault: Address,
    trees: Trees,
}

impl<'a> Study<'a> {
    /// A study with a funded vault, whose participants sell this many records with a fact of each group.
    fn new(keys: &'a KeySet, name: &str, admission: u8, count: u8, groups: u8) -> Self {
        let mut world = keys.world(name);
        world.publish_key(&keys.buyer);
        let mut args = terms(keys, &world, study_tail(groups, &keys.clinic.address()));
        args.admission = admission;
        args.record_count = count;
        args.requirement_count = groups;
        args.creator_count = 1;
        let researcher = keys.buyer.address();
        let create = world
            .instructions
            .create_study(researcher, researcher, args);
        let study = create.accounts[3].pubkey;
        let vault = world.instructions.addresses.vault(&study);
        world.lands(create, &[&keys.buyer.wallet]);
        world.svm.airdrop(&vault, BUDGET).expect("an airdrop");
        Self {
            keys,
            world,
            study,
            vault,
            trees: Trees::new(),
        }
    }

    /// Creates this many records of the participant's. Returns them sorted by address.
    fn records(&mut self, count: u8) -> Vec<Address> {
        let mut records: Vec<_> = (0..count)
            .map(|_| {
                let (record, tree) = self
                    .world
                    .record_with_facts(&self.keys.clinic, &self.keys.patient);
                self.trees.insert(record, tree);
                record
            })
            .collect();
        records.sort_unstable();
        records
    }

    /// The instruction by which the participant offers records to the study.
    fn offer(&self, records: &[Address], label: String) -> Instruction {
        let args = CreateOrderArgs {
            id: self.world.user_of(&self.keys.patient).next_order_id,
            price: PRICE,
            delivery_window: WINDOW,
            only_buyer: Some(self.vault),
            label,
        };
        let seller = self.keys.patient.address();
        self.world
            .instructions
            .create_order(seller, seller, records, args)
    }

    /// Creates an order of this many new records. Returns its address and its records.
    fn order(&mut self, count: u8) -> (Address, Vec<Address>) {
        let records = self.records(count);
        let create = self.offer(&records, String::new());
        let order = create.accounts[3].pubkey;
        self.world.lands(create, &[&self.keys.patient.wallet]);
        (order, records)
    }

    /// The instruction by which the participant joins.
    fn join(&self, order: Address, records: &[Address], groups: u8) -> Instruction {
        let args = JoinStudyArgs {
            description_hash: DESCRIPTION,
            deadline: self.world.time() + i64::from(WINDOW),
            disclosures: Disclosures(disclosures(&self.trees, records, groups)),
        };
        self.world.instructions.join_study(
            self.keys.patient.address(),
            self.study,
            order,
            records,
            args,
        )
    }

    /// The instruction by which the participant applies with a letter of this length.
    fn apply(&self, order: Address, letter: usize) -> Instruction {
        let args = ApplyArgs {
            description_hash: DESCRIPTION,
            letter: Rest(vec![0x1e; letter]),
        };
        let participant = self.keys.patient.address();
        self.world
            .instructions
            .apply(participant, participant, self.study, order, args)
    }

    /// Lets the participant apply with an order of this many records. Returns the application's address.
    fn applied(&mut self, count: u8) -> Address {
        let (order, _) = self.order(count);
        let apply = self.apply(order, LETTERS[0]);
        let application = apply.accounts[4].pubkey;
        self.world.lands(apply, &[&self.keys.patient.wallet]);
        application
    }

    /// The instruction by which the researcher admits the participant.
    fn admit(&self, application: Address) -> Instruction {
        let state = self.world.read::<ApplicationAccount>(&application).state;
        let order = self.world.read::<OrderAccount>(&state.order);
        let args = AdmitArgs {
            terms: order.terms(&state.order),
        };
        let admitter = self.keys.buyer.address();
        self.world
            .instructions
            .admit(admitter, application, &state, args)
    }

    /// Lets time pass until the study is over.
    fn end(&mut self) {
        let now = self.world.time();
        self.world.set_time(now + OPEN_FOR);
    }

    /// Measures an instruction that the researcher signs.
    fn measure(
        mut self,
        case: (&'static str, String),
        sheet: &mut Sheet,
        instruction: Instruction,
    ) {
        let signers = [&self.keys.buyer.wallet];
        sheet.measure(case, &mut self.world, &[instruction], &signers);
    }
}

/// The terms of the researcher's next study, by selection, with this tail.
fn terms(keys: &KeySet, world: &World, tail: Vec<u8>) -> CreateStudyArgs {
    CreateStudyArgs {
        id: world.user_of(&keys.buyer).next_study_id,
        reward: PRICE,
        closes_at: world.time() + OPEN_FOR,
        delivery_window: WINDOW,
        admission: 1,
        record_count: 1,
        requirement_count: 0,
        creator_count: 0,
        study_key: keys
            .buyer
            .purchase_secret(&Address::new_from_array(DESCRIPTION))
            .public_key()
            .to_bytes(),
        description_hash: DESCRIPTION,
        admitter: None,
        tail: Rest(tail),
    }
}

pub(super) fn create_study(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = CREATE_STUDY;
    let mut fixture = keys.world(NAME);
    fixture.publish_key(&keys.buyer);
    let one = |payer: &Person, args, ahead, case: &str, sheet: &mut Sheet| {
        let mut world = fixture.clone();
        let researcher = keys.buyer.address();
        let create = world
            .instructions
            .create_study(researcher, payer.address(), args);
        let study = create.accounts[3].pubkey;
        if ahead {
            prefund(&mut world, &study);
        }
        let signers: &[_] = if payer.address() == researcher {
            &[&keys.buyer.wallet]
        } else {
            &[&keys.buyer.wallet, &payer.wallet]
        };
        sheet.measure_creation((NAME, case), &mut world, create, signers, &study);
    };
    let usual = || {
        let tail = study_tail(1, &keys.clinic.address());
        let mut args = terms(keys, &fixture, tail);
        (args.admission, args.requirement_count, args.creator_count) = (0, 1, 1);
        args
    };
    let longest = || {
        // As many accepted creators as fit beside the longest address of a description.
        let creators = (MAX_STUDY_TAIL - MAX_STUDY_URL_LEN) / size_of::<Address>();
        let mut tail: Vec<u8> = (1..=creators).flat_map(|i| [i as u8; 32]).collect();
        tail.extend([b'u'; MAX_STUDY_URL_LEN]);
        let mut args = terms(keys, &fixture, tail);
        args.creator_count = creators as u8;
        args
    };
    let (researcher, sponsor) = (&keys.buyer, &keys.sponsor);
    one(
        researcher,
        usual(),
        false,
        "1 requirement, 1 creator",
        sheet,
    );
    one(
        researcher,
        longest(),
        false,
        "17 creators, longest address",
        sheet,
    );
    let paid = "1 requirement, 1 creator, paid by a sponsor";
    one(sponsor, usual(), false, paid, sheet);
    let prefunded = "1 requirement, 1 creator, prefunded address";
    one(researcher, usual(), true, prefunded, sheet);
}

pub(super) fn update_study(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = "update_study";
    for (case, extends) in [("extends", true), ("ends", false)] {
        let study = Study::new(keys, NAME, 0, 1, 1);
        let args = UpdateStudyArgs {
            closes_at: extends.then(|| study.world.time() + 2 * OPEN_FOR),
        };
        let researcher = keys.buyer.address();
        let update = (study.world.instructions).update_study(researcher, study.study, args);
        study.measure((NAME, case.to_owned()), sheet, update);
    }
}

pub(super) fn withdraw_budget(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = "withdraw_budget";
    for (case, lamports) in [("a part", PRICE), ("all", BUDGET)] {
        let mut study = Study::new(keys, NAME, 0, 1, 1);
        study.end();
        let args = WithdrawBudgetArgs { id: 0, lamports };
        let withdraw = (study.world.instructions).withdraw_budget(keys.buyer.address(), args);
        study.measure((NAME, case.to_owned()), sheet, withdraw);
    }
}

pub(super) fn join_study(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = JOIN_STUDY;
    let signers = [&keys.patient.wallet];
    for (count, groups, ahead) in [
        (1, 1, false),
        (1, 2, false),
        (1, 3, false),
        (3, 1, false),
        (1, 1, true),
    ] {
        let mut study = Study::new(keys, NAME, 0, count, groups);
        let (order, listed) = study.order(count);
        let join = study.join(order, &listed, groups);
        let seat = join.accounts[4].pubkey;
        let prefunded = if ahead { ", prefunded address" } else { "" };
        if ahead {
            prefund(&mut study.world, &seat);
        }
        let case = format!("{}{prefunded}", facts(count, groups));
        sheet.measure_creation((NAME, case), &mut study.world, join, &signers, &seat);
    }
    for (groups, label) in [(1, 0), (2, 0), (3, 0), (1, LABEL_LEN)] {
        let mut study = Study::new(keys, NAME, 0, 1, groups);
        let listed = study.records(1);
        let create = study.offer(&listed, "l".repeat(label));
        let join = study.join(create.accounts[3].pubkey, &listed, groups);
        let case = (NAME, with_create_order(groups, label));
        sheet.measure(case, &mut study.world, &[create, join], &signers);
    }
}

pub(super) fn apply(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = "apply";
    for (letter, ahead) in LETTERS
        .map(|letter| (letter, false))
        .into_iter()
        .chain([(LETTERS[0], true)])
    {
        let mut study = Study::new(keys, NAME, 1, 1, 1);
        let (order, _) = study.order(1);
        let apply = study.apply(order, letter);
        let application = apply.accounts[4].pubkey;
        let prefunded = if ahead { ", prefunded address" } else { "" };
        if ahead {
            prefund(&mut study.world, &application);
        }
        let case = (NAME, format!("{letter}-byte letter{prefunded}"));
        let signers = [&keys.patient.wallet];
        sheet.measure_creation(case, &mut study.world, apply, &signers, &application);
    }
}

pub(super) fn admit(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = ADMIT;
    for (count, ahead) in [(1, false), (3, false), (1, true)] {
        let mut study = Study::new(keys, NAME, 1, count, 1);
        let application = study.applied(count);
        let admit = study.admit(application);
        let seat = admit.accounts[6].pubkey;
        let prefunded = if ahead { ", prefunded address" } else { "" };
        if ahead {
            prefund(&mut study.world, &seat);
        }
        let case = (NAME, format!("{}{prefunded}", records(count.into())));
        let signers = [&keys.buyer.wallet];
        sheet.measure_creation(case, &mut study.world, admit, &signers, &seat);
    }
}

pub(super) fn withdraw_application(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = "withdraw_application";
    let mut study = Study::new(keys, NAME, 1, 1, 1);
    let application = study.applied(1);
    let state = study.world.read::<ApplicationAccount>(&application).state;
    let withdraw =
        study
            .world
            .instructions
            .withdraw_application(keys.patient.address(), application, &state);
    let signers = [&keys.patient.wallet];
    let case = (NAME, "by the participant");
    sheet.measure(case, &mut study.world, &[withdraw], &signers);
}

pub(super) fn close_seat(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = "close_seat";
    let mut study = Study::new(keys, NAME, 0, 1, 1);
    let (order, listed) = study.order(1);
    let join = study.join(order, &listed, 1);
    let seat = join.accounts[4].pubkey;
    let (world, patient) = (&mut study.world, &keys.patient);
    world.lands(join, &[&patient.wallet]);
    let delivery = world.prove(patient, &seat, 0, 1);
    let deliver = world.deliver(&seat, 0, &delivery);
    world.lands(deliver, &[&patient.wallet]);
    let settle = world.settle(patient, &seat);
    world.lands(settle, &[&patient.wallet]);
    study.end();
    let close = study.world.instructions.close_seat(
        keys.buyer.address(),
        &patient.address(),
        CloseSeatArgs { id: 0 },
    );
    study.measure((NAME, records(1)), sheet, close);
}

pub(super) fn close_study(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = "close_study";
    let mut study = Study::new(keys, NAME, 0, 1, 1);
    study.end();
    let state = study.world.read::<StudyAccount>(&study.study).state;
    let close = study.world.instructions.close_study(study.study, &state);
    study.measure((NAME, "by the sponsor".to_owned()), sheet, close);
}
