//! The plan from every state of the ledger, and its cost.
#![allow(clippy::single_range_in_vec_init)] // a list of ranges may have one

use super::*;

const ID: Address = Address::new_from_array([1; 32]);
const AUTHORITY: Address = Address::new_from_array([2; 32]);
const STRANGER: Address = Address::new_from_array([3; 32]);
const BUFFER: Address = Address::new_from_array([4; 32]);
const PAYER: Address = Address::new_from_array([5; 32]);

/// 25 bytes, so that writes of 10 are three.
fn target() -> Target {
    let binary: Vec<u8> = (1..=25).collect();
    Target {
        program_id: ID,
        authority: AUTHORITY,
        buffer: BUFFER,
        max_len: binary.len(),
        has_program_key: true,
        binary,
    }
}

fn nothing() -> Observed {
    Observed {
        slot: 100,
        program: ProgramState::Absent {
            lamports: 0,
            data_lamports: 0,
        },
        buffer: BufferState::Absent { lamports: 0 },
        payer_lamports: 1_000_000,
    }
}

fn deployed(code: &[u8], slot: u64, authority: Option<Address>) -> ProgramState {
    ProgramState::Deployed {
        slot,
        authority,
        code: code.to_vec(),
        lamports: 5_000,
    }
}

fn buffer(code: &[u8]) -> BufferState {
    BufferState::Present {
        lamports: 3_000,
        authority: Some(AUTHORITY),
        code: code.to_vec(),
    }
}

#[track_caller]
fn step(observed: &Observed) -> Step {
    target().next_step(observed, 10).unwrap()
}

#[track_caller]
fn refusal(observed: &Observed) -> String {
    target().next_step(observed, 10).unwrap_err().to_string()
}

fn write(chunks: &[Range<usize>]) -> Step {
    Step::Write(chunks.to_vec())
}

/// One after the other, the steps lead to the program and end there.
#[test]
fn a_first_deployment_goes_from_buffer_to_program() {
    let mut observed = nothing();
    assert_eq!(step(&observed), Step::CreateBuffer);
    observed.buffer = buffer(&[0; 25]);
    assert_eq!(step(&observed), write(&[0..10, 10..20, 20..25]));
    let mut half = target().binary;
    half[10..20].fill(0);
    observed.buffer = buffer(&half);
    assert_eq!(step(&observed), write(&[10..20]));
    // Another byte than the binary's is as good as none.
    half = target().binary;
    half[24] = 0;
    observed.buffer = buffer(&half);
    assert_eq!(step(&observed), write(&[20..25]));
    observed.buffer = buffer(&target().binary);
    assert_eq!(step(&observed), Step::Deploy);
    observed.program = deployed(&target().binary, 101, Some(AUTHORITY));
    observed.buffer = BufferState::Absent { lamports: 0 };
    assert_eq!(step(&observed), Step::Done);
}

#[test]
fn an_upgrade_replaces_what_is_there() {
    let mut observed = nothing();
    observed.program = deployed(&[9; 25], 50, Some(AUTHORITY));
    assert_eq!(step(&observed), Step::CreateBuffer);
    observed.buffer = buffer(&target().binary);
    assert_eq!(step(&observed), Step::Upgrade);
    // Room that is left over is zeros.
    observed.program = deployed(
        &[&target().binary[..], &[0; 9]].concat(),
        101,
        Some(AUTHORITY),
    );
    assert_eq!(step(&observed), Step::Done);
    observed.program = deployed(
        &[&target().binary[..], &[0, 1]].concat(),
        50,
        Some(AUTHORITY),
    );
    assert_eq!(step(&observed), Step::Upgrade);
}

/// The loader takes one change of a program a slot.
#[test]
fn a_program_is_changed_once_a_slot() {
    let mut observed = nothing();
    observed.buffer = buffer(&target().binary);
    observed.program = deployed(&[9; 25], 100, Some(AUTHORITY));
    assert_eq!(step(&observed), Step::AwaitSlot);
    observed.program = deployed(&[9; 5], 100, Some(AUTHORITY));
    assert_eq!(step(&observed), Step::AwaitSlot);
    observed.slot = 101;
    assert_eq!(step(&observed), Step::Extend(10_240));
}

#[test]
fn a_program_that_is_too_short_is_extended_first() {
    let mut observed = nothing();
    observed.program = deployed(&[9; 24], 50, Some(AUTHORITY));
    assert_eq!(step(&observed), Step::Extend(10_240));

    let long = Target {
        binary: vec![1; 30_000],
        max_len: 30_000,
        ..target()
    };
    assert_eq!(long.next_step(&observed, 10).unwrap(), Step::Extend(29_976));
    // Towards the longest program less than 10 KiB are left.
    let longest = MAX_ACCOUNT_LEN - State::size_of_programdata_metadata();
    let long = Target {
        binary: vec![1; longest],
        max_len: longest,
        ..target()
    };
    observed.program = deployed(&vec![9; longest - 7], 50, Some(AUTHORITY));
    assert_eq!(long.next_step(&observed, 1_000).unwrap(), Step::Extend(7));
    let too_long = Target {
        binary: vec![1; longest + 1],
        ..long
    };
    let error = too_long.next_step(&observed, 1_000).unwrap_err();
    assert!(matches!(error, DeployError::TooLong { .. }), "{error}");
}

#[test]
fn what_can_not_be_changed_is_refused_by_name() {
    let mut observed = nothing();
    for (program, text) in [
        (deployed(&[9; 25], 50, None), "is final"),
        (
            deployed(&[9; 25], 50, Some(STRANGER)),
            "may upgrade program",
        ),
        (ProgramState::Closed, "was closed"),
        (
            ProgramState::Foreign { owner: STRANGER },
            "not an upgradeable program",
        ),
        (
            ProgramState::Absent {
                lamports: 0,
                data_lamports: 1,
            },
            "sent lamports to",
        ),
    ] {
        observed.program = program;
        let error = refusal(&observed);
        assert!(
            error.contains(text) && error.contains(&ID.to_string()),
            "{error}"
        );
    }
    // A state that is right already needs nobody's permission.
    for authority in [None, Some(STRANGER)] {
        observed.program = deployed(&target().binary, 50, authority);
        assert_eq!(step(&observed), Step::Done);
    }
}

#[test]
fn a_first_deployment_takes_the_programs_keypair() {
    let without = Target {
        has_program_key: false,
        ..target()
    };
    let error = without.next_step(&nothing(), 10).unwrap_err();
    assert!(matches!(error, DeployError::NoProgramKey(ID)), "{error}");
    let mut observed = nothing();
    observed.program = deployed(&[9; 25], 50, Some(AUTHORITY));
    assert_eq!(
        without.next_step(&observed, 10).unwrap(),
        Step::CreateBuffer
    );
}

#[test]
fn somebody_elses_buffer_is_not_used() {
    let mut observed = nothing();
    let mut foreign = buffer(&[0; 25]);
    if let BufferState::Present { authority, .. } = &mut foreign {
        *authority = Some(STRANGER);
    }
    for (buffer, text) in [
        (foreign, "another wallet writes to it"),
        (buffer(&[0; 24]), "room for 24 bytes"),
        (BufferState::Foreign { owner: STRANGER }, "belongs to"),
    ] {
        observed.buffer = buffer;
        let error = refusal(&observed);
        assert!(
            error.contains(text) && error.contains(&BUFFER.to_string()),
            "{error}"
        );
    }
}

const PRICES: Prices = Prices {
    wallet: 10,
    program: 1_000,
    program_data: 4_000,
    buffer: 3_000,
    write_fee: 5,
    deploy_fee: 8,
    other_fee: 7,
};

fn plan(observed: &Observed) -> Result<Plan> {
    target().plan(&PAYER, observed, 10, &PRICES)
}

#[test]
fn the_cost_is_told_before() {
    let expected = Plan {
        kind: Kind::Deploy,
        writes: 3,
        all_writes: 3,
        extension: 0,
        fees: 3 * 5 + 7 + 8,
        rent: 5_000,
        lent: 3_000,
        // 3,000 lent; then 1,000 for the program's account, 3,000 back, 4,000 for its data.
        needed: 3_000 + 2_000 + 30 + 10,
    };
    assert_eq!(plan(&nothing()).unwrap(), expected);

    // The costs of an earlier run are not asked for again.
    let mut half = nothing();
    half.buffer = buffer(&[&target().binary[..20], &[0; 5]].concat());
    let expected = Plan {
        writes: 1,
        fees: 5 + 8,
        lent: 0,
        needed: 2_000 + 13 + 10,
        ..expected
    };
    assert_eq!(plan(&half).unwrap(), expected);

    let mut upgrade = nothing();
    upgrade.program = deployed(&[9; 25], 50, Some(AUTHORITY));
    let expected = Plan {
        kind: Kind::Upgrade,
        writes: 3,
        fees: 3 * 5 + 2 * 7,
        rent: 0,
        lent: 3_000,
        needed: 3_000 + 29 + 10,
        ..expected
    };
    assert_eq!(plan(&upgrade).unwrap(), expected);

    // Its account grows, and the prices are those of the longer one.
    upgrade.program = deployed(&[9; 24], 50, Some(AUTHORITY));
    let prices = Prices {
        program_data: 6_000,
        ..PRICES
    };
    let expected = Plan {
        extension: 10_240,
        fees: 3 * 5 + 3 * 7,
        rent: 2_000,
        needed: 3_000 + 2_000 + 36 + 10,
        ..expected
    };
    let extended = target().plan(&PAYER, &upgrade, 10, &prices).unwrap();
    assert_eq!(extended, expected);

    upgrade.program = deployed(&target().binary, 50, None);
    let done = plan(&upgrade).unwrap();
    assert_eq!((done.kind, done.needed), (Kind::UpToDate, 0));
}

#[test]
fn too_little_is_refused_to_the_lamport() {
    let needed = plan(&nothing()).unwrap().needed;
    let mut observed = nothing();
    observed.payer_lamports = needed;
    plan(&observed).unwrap();
    observed.payer_lamports = needed - 1;
    match plan(&observed) {
        Err(DeployError::NotEnough {
            payer,
            held,
            needed: told,
        }) => assert_eq!((payer, held, told), (PAYER, needed - 1, needed)),
        other => panic!("{other:?}"),
    }
}
