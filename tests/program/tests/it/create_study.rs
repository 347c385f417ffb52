//! `create_study`: its effects, and each of its refusals.

use generion::{
    CreateStudyArgs, GenerionError,
    constants::{ACCOUNT_VERSION, MAX_STUDY_TAIL},
    events::StudyCreated,
    state::{Study, User},
};
use generion_interface::{accounts::StudyAccount, events::Event};
use generion_program_tests::{PRICE, WINDOW, World};

use crate::{
    research::{DESCRIPTION, EMPTY, OPEN_FOR, Research, tail},
    support::{invalid_keys, paid},
};

/// A sponsor calls for data: what is written, what moves, and what is logged.
#[test]
fn a_study_is_created() {
    let mut research = Research::without_study(1);
    let before = research.scene.world.user_of(&research.researcher);
    let args = research.args(1, 2, |_| {});
    let create = research.create_study(args.clone());
    let study = create.accounts[3].pubkey;
    let signers = [&research.researcher.wallet, &research.scene.sponsor.wallet];
    let landed = research.scene.world.lands(create.clone(), &signers);

    let world = &research.scene.world;
    let (sponsor, payer) = (
        research.researcher.address(),
        research.scene.sponsor.address(),
    );
    let StudyAccount { state, tail } = world.read(&study);
    let expected = Study {
        version: ACCOUNT_VERSION,
        bump: state.bump,
        vault_bump: state.vault_bump,
        admission: 0,
        record_count: 1,
        group_count: 2,
        requirement_count: 2,
        creator_count: 1,
        id: 0,
        reward: PRICE,
        created_at: world.time(),
        closes_at: world.time() + OPEN_FOR,
        delivery_window: WINDOW,
        seats: 0,
        sponsor,
        admitter: research.admitter.address(),
        rent_payer: payer,
        study_key: args.study_key,
        description_hash: DESCRIPTION,
    };
    assert_eq!((state, &tail), (expected, &args.tail.0));
    assert_eq!(
        state.vault(&study),
        world.instructions.addresses.vault(&study)
    );
    let event = StudyCreated {
        study,
        sponsor,
        admitter: state.admitter,
        rent_payer: payer,
        study_key: state.study_key,
        description_hash: DESCRIPTION,
        id: 0,
        reward: PRICE,
        created_at: state.created_at,
        closes_at: state.closes_at,
        delivery_window: WINDOW,
        admission: 0,
        record_count: 1,
        requirement_count: 2,
        creator_count: 1,
        tail: tail.clone(),
    };
    let user = create.accounts[2].pubkey;
    landed.assert_did(
        &paid(payer, study, world.rent(&study)),
        &[user, study],
        Event::StudyCreated(event),
    );
    assert_eq!(world.account(&study).data.len(), 220 + tail.len());
    let after = world.user_of(&research.researcher);
    assert_eq!(
        after,
        User {
            next_study_id: 1,
            ..before
        }
    );
}

/// The longest tail, beside a payer of its own and two compute-budget instructions, fits into a transaction.
#[test]
fn the_longest_study_fits() {
    let mut research = Research::without_study(2);
    let create = research.create_study(longest(&research, MAX_STUDY_TAIL));
    let compute_budget = |data: Vec<u8>| solana_instruction::Instruction {
        program_id: solana_address::Address::from_str_const(
            "ComputeBudget111111111111111111111111111111",
        ),
        accounts: vec![],
        data,
    };
    let limit = compute_budget([&[2][..], &20_000_u32.to_le_bytes()].concat());
    let price = compute_budget([&[3][..], &0_u64.to_le_bytes()].concat());
    let signers = [&research.scene.sponsor.wallet, &research.researcher.wallet];
    let landed = research
        .scene
        .world
        .send(&[limit, price, create], &signers)
        .expect("it lands");
    assert_eq!(landed.bytes, 549 + MAX_STUDY_TAIL);
    let mut other = Research::without_study(3);
    let signers = [&other.researcher.wallet, &other.scene.sponsor.wallet];
    let create = other.create_study(longest(&other, MAX_STUDY_TAIL + 1));
    let error = GenerionError::StudyLength;
    other.scene.world.refuses(create, &signers, error);
}

/// A study whose tail has this length: 16 requirements, one creator, and an address.
fn longest(research: &Research, len: usize) -> CreateStudyArgs {
    research.args(1, 0, |args| {
        (args.admission, args.requirement_count) = (1, 16);
        args.tail.0.clear();
        for hash in 1..=16 {
            args.tail.0.push(0);
            args.tail.0.extend([hash; 32]);
        }
        args.tail.0.extend([7; 32]);
        args.tail.0.resize(len, b'x');
    })
}

/// `create_study` is refused for each field outside its limits, by that field's error.
#[test]
fn refuses_what_no_study_is() {
    let mut research = Research::without_study(4);
    let clinic = research.scene.clinic.address();
    type Change = Box<dyn Fn(&mut CreateStudyArgs)>;
    let now = research.scene.world.time();
    let mut cases: Vec<(Change, GenerionError)> = vec![
        (
            Box::new(|args| args.record_count = 0),
            GenerionError::StudyLength,
        ),
        (
            Box::new(|args| args.record_count = 25),
            GenerionError::StudyLength,
        ),
        (
            Box::new(|args| args.requirement_count = 255),
            GenerionError::StudyLength,
        ),
        (
            Box::new(|args| args.creator_count = 3),
            GenerionError::StudyLength,
        ),
        (
            Box::new(|args| args.tail.0.push(b' ')),
            GenerionError::StudyLength,
        ),
        (
            Box::new(|args| args.admission = 2),
            GenerionError::WrongAdmission,
        ),
        (
            Box::new(|args| args.tail.0[0] = 1),
            GenerionError::RequirementOrder,
        ),
        (
            Box::new(|args| args.tail.0[1..33].fill(0)),
            GenerionError::RequirementOrder,
        ),
        (
            Box::new(|args| args.record_count = 4),
            GenerionError::OpenAdmission,
        ),
        (
            Box::new(|args| args.reward = EMPTY - 1),
            GenerionError::PriceTooLow,
        ),
        (
            Box::new(|args| args.delivery_window = 599),
            GenerionError::DeliveryWindow,
        ),
        (
            Box::new(|args| args.delivery_window = 2_592_001),
            GenerionError::DeliveryWindow,
        ),
        (
            Box::new(move |args| args.closes_at = now),
            GenerionError::ClosesInPast,
        ),
        (
            Box::new(|args| args.closes_at = i64::MIN),
            GenerionError::ClosesInPast,
        ),
    ];
    cases.push((
        Box::new(move |args| {
            args.creator_count = 2;
            args.tail.0 = tail(1, &clinic);
            let at = 33;
            let creator = args.tail.0[at..at + 32].to_vec();
            args.tail.0.splice(at..at, creator);
        }),
        GenerionError::CreatorOrder,
    ));
    for key in invalid_keys() {
        cases.push((
            Box::new(move |args| args.study_key = key),
            GenerionError::InvalidPoint,
        ));
    }
    let signers = [&research.researcher.wallet, &research.scene.sponsor.wallet];
    for (change, error) in cases {
        let create = research.create_study(research.args(1, 1, change));
        research.scene.world.refuses(create, &signers, error);
    }
    let mut create = research.create_study(research.args(1, 1, |_| {}));
    create.data[1] = 1;
    let error = GenerionError::NotNextStudyId;
    research.scene.world.refuses(create, &signers, error);
}

/// Ids rise, and none is used twice, even if the study is closed.
#[test]
fn an_id_is_used_once() {
    let mut research = Research::open(5, 1, 1);
    research.end();
    let close = research.close_study();
    let first = research.study;
    let signers = [&research.researcher.wallet, &research.scene.sponsor.wallet];
    research.scene.world.lands(close, &signers[..1]);
    let again = research.create_study(research.args(1, 1, |args| args.id = 0));
    let error = solana_instruction::error::InstructionError::InvalidSeeds;
    research.scene.world.refuses_with(again, &signers, error);
    let next = research.create_study(research.args(1, 1, |_| {}));
    assert_ne!(next.accounts[3].pubkey, first);
    research.scene.world.lands(next, &signers);
    assert_eq!(next_id(&research.scene.world, &research), 2);
}

fn next_id(world: &World, research: &Research) -> u64 {
    world.user_of(&research.researcher).next_study_id
}
