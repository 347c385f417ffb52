//! `close_seat`: its effects, and each of its refusals.

use generion::{GenerionError, events::SeatClosed};
use generion_interface::events::Event;
use generion_program_tests::code_of;
use solana_instruction::error::InstructionError;

use crate::{
    research::{Research, SEAT_RENT},
    support::{paid, with_account},
};

/// A settled seat is closed when the study is over, and when it is gone; the rent is budget again.
#[test]
fn a_settled_seat_is_closed() {
    for gone in [false, true] {
        let mut research = Research::open(1, 1, 1);
        research.fund_seats(1);
        let participant = research.scene.world.user();
        let (order, seat) = research.joined(&participant);
        research.paid(&participant, &seat);
        research.end();
        if gone {
            let close = research.close_study();
            research
                .scene
                .world
                .lands(close, &[&research.researcher.wallet]);
        }
        let close = research.close_seat(&participant);
        let landed = research
            .scene
            .world
            .lands(close, &[&research.researcher.wallet]);
        let event = SeatClosed {
            purchase: seat,
            order,
            seller: participant.address(),
            buyer: research.vault,
            study: research.study,
            lamports: SEAT_RENT.into(),
        };
        landed.assert_did(
            &paid(seat, research.vault, SEAT_RENT),
            &[seat],
            Event::SeatClosed(event),
        );
        assert!(research.scene.world.is_closed(&seat));
    }
}

/// Not while participants can join, not before it is settled, and by nobody else.
#[test]
fn a_seat_shows_that_its_participant_was_paid() {
    let mut research = Research::open(2, 1, 1);
    research.fund_seats(3);
    let [participant, other] = [(); 2].map(|()| research.scene.world.user());
    let (_, seat) = research.joined(&participant);
    let (_, pending) = research.joined(&other);
    research.paid(&participant, &seat);
    let close = research.close_seat(&participant);
    let signers = [&research.researcher.wallet];
    let error = GenerionError::StudyNotOver;
    research.scene.world.refuses(close.clone(), &signers, error);
    // During the notice, too: the same wallet could join again and be paid twice.
    let end = research.update(None);
    research.scene.world.lands(end, &signers);
    research.scene.world.refuses(close.clone(), &signers, error);
    let order = research.order_of(&participant, 1);
    let again = research.join(&participant, order);
    let error = GenerionError::AccountAlreadyExists;
    research
        .scene
        .world
        .refuses(again.clone(), &[&participant.wallet], error);
    research.end();
    let signers = [&research.researcher.wallet];
    let error = GenerionError::StudyOver;
    research
        .scene
        .world
        .refuses(again.clone(), &[&participant.wallet], error);
    let unsettled = research.close_seat(&other);
    let world = &mut research.scene.world;
    world.refuses(unsettled, &signers, GenerionError::NotSettled);
    let stranger = &research.scene.stranger;
    for (index, address, error) in [
        (0, stranger.address(), InstructionError::InvalidSeeds),
        (1, stranger.address(), InstructionError::InvalidSeeds),
        (2, stranger.address(), code_of(GenerionError::WrongBuyer)),
        (3, pending, code_of(GenerionError::NotSettled)),
    ] {
        let wrong = with_account(&close, index, address);
        let by = match index {
            0 => [&stranger.wallet],
            _ => signers,
        };
        world.refuses_with(wrong, &by, error);
    }
    let mut other_id = close.clone();
    other_id.data[1] = 1;
    world.refuses_with(other_id, &signers, InstructionError::InvalidSeeds);
    world.lands(close, &signers);
    world.refuses(again, &[&participant.wallet], GenerionError::StudyOver);
}

/// Nobody closes a seat as a purchase: the vault never signs.
#[test]
fn a_seat_is_not_closed_as_a_purchase() {
    let mut research = Research::open(3, 1, 1);
    research.fund_seats(1);
    let participant = research.scene.world.user();
    let (_, seat) = research.joined(&participant);
    research.paid(&participant, &seat);
    let instructions = research.scene.world.instructions;
    let mut close = instructions.close_purchase(research.vault, seat);
    close.accounts[0].is_signer = false;
    let world = &mut research.scene.world;
    let stranger = [&research.scene.stranger.wallet];
    world.refuses_with(close, &stranger, InstructionError::MissingRequiredSignature);
    let close = instructions.close_purchase(research.researcher.address(), seat);
    let signers = [&research.researcher.wallet];
    world.refuses(close, &signers, GenerionError::WrongBuyer);
}
