//! `join_study`: its effects, and each of its refusals.

use generion::{
    GenerionError,
    args::Disclosures,
    constants::ACCOUNT_VERSION,
    curve::IDENTITY,
    events::StudyJoined,
    state::{Order, Purchase, Record, Study},
};
use generion_interface::{
    accounts::{OrderAccount, PurchaseAccount},
    events::Event,
};
use generion_program_tests::{PRICE, code_of};
use solana_address::Address;
use solana_instruction::error::InstructionError;

use crate::{
    research::{DESCRIPTION, Research, SEAT_RENT},
    support::{paid, with_account},
};

/// A participant shows the facts and takes a seat: what is written, what moves, and what is logged.
#[test]
fn a_participant_takes_a_seat() {
    for (records, groups) in [(1, 1), (1, 2), (1, 3), (3, 1)] {
        let mut research = Research::open(1, records, groups);
        let participant = research.scene.world.user();
        let order = research.order_of(&participant, records.into());
        research.fund(10 * PRICE);
        let join = research.join(&participant, order);
        let seat = join.accounts[4].pubkey;
        let OrderAccount {
            state,
            records: listed,
        } = research.scene.world.read(&order);
        let signers = [&research.scene.stranger.wallet, &participant.wallet];
        let landed = research.scene.world.lands(join, &signers);

        let rent = SEAT_RENT + 64 * 6_960 * u64::from(records - 1);
        let Research { study, vault, .. } = research;
        let made = research.scene.world.read::<PurchaseAccount>(&seat);
        let expected = Purchase {
            version: ACCOUNT_VERSION,
            bump: made.state.bump,
            status: 0,
            record_count: records,
            delivered_count: 0,
            seat: 1,
            reserved: [0; 2],
            price: PRICE,
            deadline: research.scene.world.time() + 1_000,
            settle_by: 0,
            order,
            seller: participant.address(),
            buyer: vault,
            buyer_key: research.state().study_key,
            settle_key: IDENTITY,
            terms: state.terms(&order, &listed).hash(),
        };
        assert_eq!(made.state, expected);
        assert_eq!(made.capsules, vec![None; records.into()]);
        let event = StudyJoined {
            purchase: seat,
            order,
            seller: participant.address(),
            buyer: vault,
            buyer_key: expected.buyer_key,
            price: PRICE.into(),
            deadline: expected.deadline.into(),
            study,
            seats: 1.into(),
            record_count: records,
        };
        landed.assert_did(
            &paid(vault, seat, PRICE + rent),
            &[study, order, seat],
            Event::StudyJoined(event),
        );
        let after = research.scene.world.read::<OrderAccount>(&order).state;
        assert_eq!(
            after,
            Order {
                pending_purchases: 1,
                ..state
            }
        );
    }
}

/// The study is open by open admission, and has the description that the participant agreed to.
#[test]
fn refuses_another_study_than_was_agreed_to() {
    let mut research = Research::open(3, 1, 1);
    research.fund_seats(2);
    let participant = research.scene.world.user();
    let order = research.order_of(&participant, 1);
    let join = research.join(&participant, order);
    let signers = [&participant.wallet];
    let study = research.study;
    let mut with = |edit: fn(&mut Study), error| {
        let before = research.scene.world.account(&study);
        research.scene.world.edit(&study, edit);
        research.scene.world.refuses(join.clone(), &signers, error);
        research.scene.world.svm.set_account(study, before).unwrap();
    };
    with(|study| study.admission = 1, GenerionError::WrongAdmission);
    with(|study| study.reward += 1, GenerionError::StudyTermsDiffer);
    with(
        |study| study.record_count = 2,
        GenerionError::StudyTermsDiffer,
    );
    with(
        |study| study.delivery_window += 1,
        GenerionError::StudyTermsDiffer,
    );
    with(|study| study.seats = u32::MAX, GenerionError::Arithmetic);
    let records = research.scene.listed(&order);
    let other = research.join_with(&participant, order, &records, |args| {
        args.description_hash = [0xdf; 32]
    });
    let world = &mut research.scene.world;
    world.refuses(other, &signers, GenerionError::DescriptionChanged);
    let closes_at = research.state().closes_at;
    let world = &mut research.scene.world;
    world.set_time(closes_at);
    world.refuses(join.clone(), &signers, GenerionError::StudyOver);
    world.set_time(closes_at - 1);
    world.refuses(join, &signers, GenerionError::SeatDeadline);
    let join = research.join(&participant, order);
    research.scene.world.lands(join, &signers);
}

/// The deadline is from now to the window from now.
#[test]
fn refuses_a_deadline_out_of_range() {
    let mut research = Research::open(4, 1, 1);
    research.fund_seats(1);
    let participant = research.scene.world.user();
    let order = research.order_of(&participant, 1);
    let records = research.scene.listed(&order);
    let now = research.scene.world.time();
    let window = i64::from(research.state().delivery_window);
    for deadline in [i64::MIN, -1, 0, now - 1, now + window + 1, i64::MAX] {
        let join = research.join_with(&participant, order, &records, |args| {
            args.deadline = deadline
        });
        let error = GenerionError::SeatDeadline;
        research
            .scene
            .world
            .refuses(join, &[&participant.wallet], error);
    }
    let last = research.join_with(&participant, order, &records, |args| {
        args.deadline = now + window
    });
    research.scene.world.lands(last, &[&participant.wallet]);
}

/// Every bit of a disclosure counts, its group, and its record.
#[test]
fn refuses_what_is_not_disclosed() {
    let mut research = Research::open(5, 1, 2);
    research.fund_seats(1);
    let participant = research.scene.world.user();
    let order = research.order_of(&participant, 1);
    let records = research.scene.listed(&order);
    let honest = research.disclosures(&records, 2);
    let other = research.record_of(&participant);
    let others = research.disclosures(&[other], 2);
    let with = |disclosures: Vec<_>| {
        research.join_with(&participant, order, &records, |args| {
            args.disclosures = Disclosures(disclosures)
        })
    };
    let invalid = GenerionError::DisclosureInvalid;
    let count = GenerionError::DisclosureCount;
    let mut refused = vec![
        (with(vec![]), count),
        (with(honest[..1].to_vec()), count),
        (with([&honest[..], &honest[..1]].concat()), count),
        (with(vec![honest[1], honest[0]]), invalid),
        (with(vec![honest[0], honest[0]]), invalid),
        (with(vec![honest[0], others[1]]), invalid),
        (with(others), invalid),
    ];
    for index in 0..193 {
        let mut changed = honest.clone();
        bytemuck::bytes_of_mut(&mut changed[1])[index] ^= 1;
        refused.push((with(changed), invalid));
    }
    let signers = [&participant.wallet];
    for (join, error) in refused {
        research.scene.world.refuses(join, &signers, error);
    }
    let join = with_account(&research.join(&participant, order), 6, other);
    research
        .scene
        .world
        .refuses(join, &signers, GenerionError::WrongRecord);
    let mut fewer = research.join(&participant, order);
    fewer.accounts.pop();
    research.scene.world.refuses(fewer, &signers, count);
    let join = research.join(&participant, order);
    research
        .scene
        .world
        .edit(&records[0], |record: &mut Record| {
            record.creator = Address::new_from_array([3; 32])
        });
    let error = GenerionError::CreatorNotAccepted;
    research.scene.world.refuses(join.clone(), &signers, error);
    let clinic = research.scene.clinic.address();
    research
        .scene
        .world
        .edit(&records[0], |record: &mut Record| {
            (record.creator, record.owner) = (clinic, clinic)
        });
    research.scene.world.refuses(join, &signers, error);
}

/// The order is the participant's, for this study's vault, and open; the sponsor takes no part.
#[test]
fn refuses_an_order_that_is_not_for_the_study() {
    let mut research = Research::open(6, 1, 1);
    research.fund_seats(3);
    let participant = research.scene.world.user();
    let thief = research.scene.world.user();
    let order = research.order_of(&participant, 1);
    let records = research.scene.listed(&order);
    let stolen = research.join(&thief, order);
    let world = &mut research.scene.world;
    world.refuses(stolen, &[&thief.wallet], GenerionError::WrongSeller);

    for only_buyer in [None, Some(thief.address()), Some(research.study)] {
        let record = research.record_of(&participant);
        let offer = research.offer(&participant, &[record], |args| args.only_buyer = only_buyer);
        let order = offer.accounts[3].pubkey;
        research.scene.world.lands(offer, &[&participant.wallet]);
        let join = research.join(&participant, order);
        let error = GenerionError::BuyerNotAllowed;
        research
            .scene
            .world
            .refuses(join, &[&participant.wallet], error);
    }
    let join = research.join(&participant, order);
    research
        .scene
        .world
        .edit(&order, |order: &mut Order| order.open = 0);
    let error = GenerionError::OrderNotOpen;
    research
        .scene
        .world
        .refuses(join, &[&participant.wallet], error);

    // The study's sponsor, with a record of its own by the clinic.
    let sponsor = research.researcher;
    research.researcher = research.scene.world.person();
    let order = research.order_of(&sponsor, 1);
    let join = research.join(&sponsor, order);
    let world = &mut research.scene.world;
    world.refuses(join, &[&sponsor.wallet], GenerionError::OwnStudy);
    assert_eq!(DESCRIPTION, research.state().description_hash);
    assert_eq!(records.len(), 1);
}

/// A wallet has one seat.
#[test]
fn refuses_a_second_seat() {
    let mut research = Research::open(7, 1, 1);
    research.fund_seats(2);
    let participant = research.scene.world.user();
    let (_, seat) = research.joined(&participant);
    let order = research.order_of(&participant, 1);
    let again = research.join(&participant, order);
    let error = GenerionError::AccountAlreadyExists;
    let signers = [&participant.wallet];
    research.scene.world.refuses(again.clone(), &signers, error);
    research.paid(&participant, &seat);
    research.scene.world.refuses(again, &signers, error);
}

/// Another study's vault, and another's seat.
#[test]
fn refuses_accounts_of_another_study() {
    let mut research = Research::open(11, 1, 1);
    research.fund_seats(2);
    let participant = research.scene.world.user();
    let order = research.order_of(&participant, 1);
    let join = research.join(&participant, order);
    let other = research.create_study(research.args(1, 1, |_| {}));
    let other_study = other.accounts[3].pubkey;
    let signers = [&research.researcher.wallet, &research.scene.sponsor.wallet];
    research.scene.world.lands(other, &signers);
    let addresses = research.scene.world.instructions.addresses;
    let other_vault = addresses.vault(&other_study);
    let signers = [&participant.wallet];
    let wrong = code_of(GenerionError::WrongStudy);
    let seeds = InstructionError::InvalidSeeds;
    let purchase = addresses.purchase(&order, &participant.address());
    for (index, address, error) in [
        (1, other_study, wrong.clone()),
        (2, other_vault, wrong),
        (
            4,
            addresses.seat(&other_vault, &participant.address()),
            seeds.clone(),
        ),
        (4, purchase, seeds),
    ] {
        let join = with_account(&join, index, address);
        research.scene.world.refuses_with(join, &signers, error);
    }
}
