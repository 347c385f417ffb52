//! `close_study`: its effects, and each of its refusals.

use generion::{GenerionError, events::StudyClosed};
use generion_interface::events::Event;
use generion_program_tests::{PRICE, code_of};
use solana_instruction::error::InstructionError;

use crate::{
    matrix::{self, Case, Role},
    research::{OPEN_FOR, Research, SEAT_RENT},
    support::paid,
};

/// A study that is over is closed; its seats live on, and its budget stays where it is.
#[test]
fn a_study_is_closed() {
    // It is over before the participant's time to deliver is.
    let mut research = Research::new(1, 1, 1, |args| args.closes_at -= OPEN_FOR - 800);
    research.fund_seats(2);
    let participant = research.scene.world.user();
    let (_, seat) = research.joined(&participant);
    let close = research.close_study();
    let signers = [&research.researcher.wallet];
    let error = GenerionError::StudyNotOver;
    research.scene.world.refuses(close.clone(), &signers, error);
    let closes_at = research.state().closes_at;
    research.scene.world.set_time(closes_at - 1);
    research.scene.world.refuses(close.clone(), &signers, error);
    research.scene.world.set_time(closes_at);
    let rent = research.scene.world.rent(&research.study);
    let landed = research.scene.world.lands(close, &signers);
    let sponsor = research.scene.sponsor.address();
    let event = StudyClosed {
        study: research.study,
        sponsor: research.researcher.address(),
        seats: 1.into(),
        rent_payer: sponsor,
        lamports: rent.into(),
    };
    landed.assert_did(
        &paid(research.study, sponsor, rent),
        &[research.study],
        Event::StudyClosed(event),
    );
    assert!(research.scene.world.is_closed(&research.study));
    assert_eq!(research.budget(), PRICE + SEAT_RENT);
    research.paid(&participant, &seat);
}

/// A refund after the study is gone goes to the vault, and from there to the sponsor.
#[test]
fn a_refund_outlives_the_study() {
    let mut research = Research::open(2, 1, 1);
    research.fund_seats(1);
    let participant = research.scene.world.user();
    let (_, seat) = research.joined(&participant);
    research.end();
    let close = research.close_study();
    research
        .scene
        .world
        .lands(close, &[&research.researcher.wallet]);
    assert_eq!(research.budget(), 0);
    let refund = research.scene.refund(&research.scene.stranger, &seat);
    research
        .scene
        .world
        .lands(refund, &[&research.scene.stranger.wallet]);
    let all = PRICE + SEAT_RENT;
    assert_eq!(research.budget(), all);
    let withdraw = research.withdraw(all);
    research
        .scene
        .world
        .lands(withdraw, &[&research.researcher.wallet]);
    assert_eq!(research.budget(), 0);
}

/// Every account in every wrong way.
#[test]
fn refuses_wrong_accounts_and_data() {
    let mut research = Research::open(3, 1, 1);
    let other = research.scene.world.user();
    let own = std::mem::replace(&mut research.researcher, other);
    let theirs = research.create_study(research.args(1, 1, |_| {}));
    let other_study = theirs.accounts[3].pubkey;
    let signers = [&research.researcher.wallet, &research.scene.sponsor.wallet];
    research.scene.world.lands(theirs, &signers);
    research.researcher = own;
    research.end();
    let valid = research.close_study();
    matrix::check(
        &mut research.scene.world,
        &research.scene.stranger,
        Case {
            valid: &valid,
            signers: &[&research.researcher.wallet],
            roles: &[
                Role::Signer,
                Role::Stored,
                Role::Wallet(GenerionError::WrongRentPayer),
            ],
            others: &[(1, other_study, code_of(GenerionError::WrongSponsor))],
            swapped: &[(1, 2, InstructionError::AccountDataTooSmall)],
            truncated: &matrix::cut_short,
        },
    );
}
