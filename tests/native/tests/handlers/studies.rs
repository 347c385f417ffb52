//! What a sponsor does with a study.

use anchor_lang::prelude::ProgramError;
use generion::{
    CreateStudyArgs, GenerionError, constants,
    curve::IDENTITY,
    state::{Study, User},
};
use generion_interface::{
    Instructions,
    accounts::{PurchaseAccount, StudyAccount},
};
use generion_native::{
    runtime::NOW,
    world::{
        ADMITTER, CREATOR, PRICE, RESEARCHER, SPONSOR, public_key,
        studies::{BUDGET, CLOSES_AT, DESCRIPTION, NEXT_STUDY, URL, created, tail},
    },
};

use crate::{Case, read};

/// An honest `create_study` with other arguments.
fn creating(edit: impl FnOnce(&mut CreateStudyArgs)) -> Case {
    let mut args = created(0, 1, 2);
    edit(&mut args);
    let data = Instructions::default()
        .create_study(RESEARCHER, SPONSOR, args)
        .data;
    Case::with_data(13, data)
}

/// The same with another tail.
fn with_tail(edit: impl FnOnce(&mut Vec<u8>)) -> Case {
    creating(|args| edit(&mut args.tail.0))
}

/// Where the second requirement begins in the honest tail, the second creator, and the address.
const SECOND: usize = 33;
const CREATORS: usize = 4 * 33;
const ADDRESS: usize = CREATORS + 64;

#[test]
fn a_study_is_written_as_its_sponsor_calls_for_it() {
    let before: User = read(&Case::new(13).named[2].account);
    let ledger = Case::new(13).lands();
    let study: StudyAccount = ledger.read(3);
    let expected = Study {
        version: 1,
        bump: study.state.bump,
        vault_bump: study.state.vault_bump,
        admission: 0,
        record_count: 1,
        group_count: 2,
        requirement_count: 4,
        creator_count: 2,
        id: NEXT_STUDY,
        reward: PRICE,
        created_at: NOW,
        closes_at: CLOSES_AT,
        delivery_window: 3600,
        seats: 0,
        sponsor: RESEARCHER,
        admitter: ADMITTER,
        rent_payer: SPONSOR,
        study_key: public_key(7),
        description_hash: DESCRIPTION,
    };
    assert_eq!(study.state, expected);
    assert_eq!(study.tail, tail(2));
    let criteria = study.criteria();
    assert_eq!(criteria.requirements.len(), 4);
    assert_eq!(criteria.creators[0], CREATOR);
    assert_eq!(criteria.url, URL.as_bytes());
    let after: User = ledger.read(2);
    assert_eq!(
        after,
        User {
            next_study_id: NEXT_STUDY + 1,
            ..before
        }
    );
    // The vault's address is where a client looks for it.
    let address = ledger.account(3).address;
    let bump = study.state.vault_bump;
    let seeds: [&[u8]; 3] = [b"vault", address.as_ref(), &[bump]];
    let derived = solana_address::Address::create_program_address(&seeds, &generion::ID);
    let addresses = generion_interface::Addresses::default();
    assert_eq!(derived, Ok(addresses.vault(&address)));
    assert_eq!(study.state.vault(&address), addresses.vault(&address));
}

#[test]
fn a_sponsor_admits_unless_another_wallet_is_named() {
    let ledger = creating(|args| args.admitter = None).lands();
    assert_eq!(ledger.read::<StudyAccount>(3).state.admitter, RESEARCHER);
}

#[test]
fn a_study_by_selection_needs_no_criteria() {
    let ledger = creating(|args| {
        (args.admission, args.record_count) = (1, 24);
        (args.requirement_count, args.creator_count) = (0, 0);
        args.tail.0.clear();
    })
    .lands();
    let study: StudyAccount = ledger.read(3);
    assert_eq!((study.state.group_count, study.tail), (0, vec![]));
}

#[test]
fn a_study_has_terms_within_the_limits() {
    let minimum: u64 = 128 * 5_080;
    creating(|args| args.reward = minimum).lands();
    creating(|args| args.reward = minimum - 1).refused(GenerionError::PriceTooLow);
    creating(|args| args.delivery_window = 599).refused(GenerionError::DeliveryWindow);
    creating(|args| args.closes_at = NOW + 1).lands();
    creating(|args| args.closes_at = NOW).refused(GenerionError::ClosesInPast);
    for bad in [IDENTITY, [0xff; 32]] {
        creating(|args| args.study_key = bad).refused(GenerionError::InvalidPoint);
    }
    for id in [NEXT_STUDY - 1, NEXT_STUDY + 1] {
        Case::with_bytes(13, 1, &id.to_le_bytes()).refused(GenerionError::NotNextStudyId);
    }
    Case::new(13)
        .edit(2, |user: &mut User| user.wallet = SPONSOR)
        .refused(GenerionError::WrongUser);
    Case::new(13)
        .edit(2, |user: &mut User| user.next_study_id = 7)
        .refused_with(ProgramError::InvalidSeeds);
}

#[test]
fn a_studys_parts_have_their_lengths() {
    let error = GenerionError::StudyLength;
    for records in [0, 25] {
        creating(|args| args.record_count = records).refused(error);
    }
    // One requirement, one creator more than the tail has.
    with_tail(|tail| tail.truncate(CREATORS - 1)).refused(error);
    with_tail(|tail| tail.truncate(ADDRESS - 1)).refused(error);
    with_tail(|tail| tail.truncate(ADDRESS)).lands();
    let address = |bytes: &[u8]| {
        with_tail(|tail| {
            tail.truncate(ADDRESS);
            tail.extend(bytes);
        })
    };
    address(&[b'x'; 128]).lands();
    address(&[b'x'; 129]).refused(error);
    address(b"!~").lands();
    for bad in [b' ', 0x7f, 0, 0xe4] {
        address(&[b'x', bad]).refused(error);
    }
    // The whole tail: 16 requirements of 33 bytes, 152 left.
    let long = |url: usize| {
        creating(|args| {
            (args.admission, args.requirement_count, args.creator_count) = (1, 16, 1);
            args.tail.0.clear();
            for index in 1..=16 {
                args.tail.0.push(0);
                args.tail.0.extend([index; 32]);
            }
            args.tail.0.extend([7; 32]);
            args.tail.0.extend(vec![b'x'; url]);
        })
    };
    assert_eq!(16 * 33 + 32 + 120, constants::MAX_STUDY_TAIL);
    long(120).lands();
    long(121).refused(error);
}

#[test]
fn requirements_rise_and_have_groups_without_gaps() {
    let error = GenerionError::RequirementOrder;
    let hashes = |hashes: &[(u8, u8)]| {
        let hashes = hashes.to_vec();
        creating(move |args| {
            (args.admission, args.requirement_count, args.creator_count) = (1, 0, 0);
            args.tail.0.clear();
            for (group, byte) in hashes {
                args.requirement_count += 1;
                args.tail.0.push(group);
                args.tail.0.extend([byte; 32]);
            }
        })
    };
    hashes(&[(0, 1)]).lands();
    hashes(&[(0, 0)]).refused(error);
    hashes(&[(0, 2), (0, 2)]).refused(error);
    // The same fact for two groups.
    hashes(&[(0, 2), (1, 2)]).refused(error);
    hashes(&[(0, 2), (0, 1)]).refused(error);
    hashes(&[(1, 1)]).refused(error);
    hashes(&[(1, 1), (0, 2)]).lands();
    hashes(&[(0, 1), (2, 2)]).refused(error);
    let all: Vec<_> = (0..8).map(|group| (group, 8 - group)).rev().collect();
    let ledger = hashes(&all).lands();
    assert_eq!(ledger.read::<StudyAccount>(3).state.group_count, 8);
    hashes(&[(8, 1)]).refused(error);
    let mut nine = all;
    nine.push((8, 9));
    hashes(&nine).refused(error);
    // By all bytes.
    with_tail(|tail| {
        let first = tail[1..SECOND].to_vec();
        tail[SECOND + 1..2 * SECOND].copy_from_slice(&first);
        tail[2 * SECOND - 1] ^= 1;
        tail[SECOND - 1] |= 1;
        tail[2 * SECOND - 1] &= !1;
    })
    .refused(error);
}

#[test]
fn creators_rise() {
    let error = GenerionError::CreatorOrder;
    with_tail(|tail| tail.copy_within(CREATORS..CREATORS + 32, CREATORS + 32)).refused(error);
    with_tail(|tail| tail[CREATORS..CREATORS + 32].fill(0xdd)).refused(error);
}

#[test]
fn open_admission_asks_for_something_that_can_be_shown() {
    let error = GenerionError::OpenAdmission;
    let of = |records: u8, groups: u8| creating(move |args| *args = created(0, records, groups));
    of(1, 3).lands();
    of(3, 1).lands();
    of(1, 4).refused(error);
    of(2, 2).refused(error);
    of(4, 1).refused(error);
    of(1, 0).refused(error);
    creating(|args| {
        args.creator_count = 0;
        args.tail.0.truncate(CREATORS);
    })
    .refused(error);
    for admission in [2, 255] {
        creating(|args| args.admission = admission).refused(GenerionError::WrongAdmission);
    }
    creating(|args| *args = created(1, 24, 4)).lands();
}

/// An `update_study` of a study that closes at a time.
fn updating(closes_at: i64, update: Option<i64>) -> Case {
    let data = match update {
        Some(later) => [&[14, 1][..], &later.to_le_bytes()].concat(),
        None => vec![14, 0],
    };
    Case::with_data(14, data).edit(1, |study: &mut StudyAccount| {
        study.state.closes_at = closes_at
    })
}

#[test]
fn a_study_is_extended_and_ended() {
    let before: StudyAccount = read(&Case::new(14).named[1].account);
    let closes = |case: Case, at: i64| {
        let after: StudyAccount = case.lands().read(1);
        let state = Study {
            closes_at: at,
            ..before.state
        };
        assert_eq!((after.state, &after.tail), (state, &before.tail));
    };
    closes(updating(CLOSES_AT, Some(CLOSES_AT + 1)), CLOSES_AT + 1);
    closes(updating(CLOSES_AT, Some(i64::MAX)), i64::MAX);
    closes(updating(CLOSES_AT, None), NOW + 300);
    closes(updating(i64::MAX, None), NOW + 300);
    closes(updating(NOW + 301, None), NOW + 300);
    closes(updating(NOW + 301, Some(NOW + 302)), NOW + 302);
}

#[test]
fn an_end_is_never_undone() {
    let error = GenerionError::ClosingTime;
    for update in [None, Some(CLOSES_AT)] {
        updating(NOW + 300, update).refused(error);
        updating(NOW + 1, update).refused(error);
        updating(NOW, update).refused(GenerionError::StudyOver);
        updating(i64::MIN, update).refused(GenerionError::StudyOver);
    }
    for later in [CLOSES_AT, CLOSES_AT - 1, i64::MIN] {
        updating(CLOSES_AT, Some(later)).refused(error);
    }
    Case::new(14)
        .edit(1, |study: &mut StudyAccount| study.state.sponsor = SPONSOR)
        .refused(GenerionError::WrongSponsor);
}

/// The case with the study at this position over in a second.
fn not_over(case: Case, index: usize) -> Case {
    case.edit(index, |study: &mut StudyAccount| {
        study.state.closes_at = NOW + 1
    })
}

/// The case with the study at this position closed, and lamports that somebody has sent there.
fn gone(mut case: Case, index: usize) -> Case {
    let account = &mut case.named[index].account;
    account.owner = Default::default();
    account.data.clear();
    case
}

#[test]
fn a_budget_is_withdrawn_when_the_study_is_over_or_gone() {
    Case::new(15).lands();
    gone(Case::new(15), 1).lands();
    not_over(Case::new(15), 1).refused(GenerionError::StudyNotOver);
    let lamports = |lamports: u64| Case::with_bytes(15, 9, &lamports.to_le_bytes());
    lamports(BUDGET).lands();
    lamports(BUDGET + 1).refused(GenerionError::BudgetExhausted);
    lamports(u64::MAX).refused(GenerionError::BudgetExhausted);
    lamports(0).refused(GenerionError::BudgetExhausted);
    // Another study's id, another study, another vault, another sponsor.
    Case::with_bytes(15, 1, &[1]).refused_with(ProgramError::InvalidSeeds);
    for index in [0, 1, 2] {
        let mut case = Case::new(15);
        case.named[index].account.address = [0x77; 32].into();
        case.refused_with(ProgramError::InvalidSeeds);
    }
    // An account of another program at the study's address, which no program can make.
    let mut foreign = Case::new(15);
    foreign.named[1].account.owner = [0x77; 32].into();
    foreign.refused_with(ProgramError::IllegalOwner);
}

#[test]
fn a_settled_seat_is_closed_when_the_study_is_over_or_gone() {
    let held = i128::from(Case::new(20).named[3].account.lamports);
    let ledger = Case::new(20).lands();
    ledger.assert_closed(3);
    assert_eq!(ledger.gained(2), held);
    gone(Case::new(20), 1).lands().assert_closed(3);
    not_over(Case::new(20), 1).refused(GenerionError::StudyNotOver);
    for status in [0, 1] {
        Case::new(20)
            .edit(3, |seat: &mut PurchaseAccount| seat.state.status = status)
            .refused(GenerionError::NotSettled);
    }
    Case::new(20)
        .edit(3, |seat: &mut PurchaseAccount| seat.state.buyer = SPONSOR)
        .refused(GenerionError::WrongBuyer);
    // Of another sponsor, of another study, and with a vault that is none.
    Case::with_bytes(20, 1, &[1]).refused_with(ProgramError::InvalidSeeds);
    for index in [0, 1] {
        let mut case = Case::new(20);
        case.named[index].account.address = [0x77; 32].into();
        case.refused_with(ProgramError::InvalidSeeds);
    }
    let mut case = Case::new(20);
    case.named[2].account.address = SPONSOR;
    case.edit(3, |seat: &mut PurchaseAccount| seat.state.buyer = SPONSOR)
        .refused_with(ProgramError::InvalidSeeds);
}

#[test]
fn a_study_that_is_over_is_closed() {
    let held = i128::from(Case::new(21).named[1].account.lamports);
    let ledger = Case::new(21).lands();
    ledger.assert_closed(1);
    assert_eq!(ledger.gained(2), held);
    not_over(Case::new(21), 1).refused(GenerionError::StudyNotOver);
    let changed = |edit: fn(&mut StudyAccount)| Case::new(21).edit(1, edit);
    changed(|study| study.state.sponsor = SPONSOR).refused(GenerionError::WrongSponsor);
    changed(|study| study.state.rent_payer = ADMITTER).refused(GenerionError::WrongRentPayer);
}
