//! `withdraw_budget`: its effects, and each of its refusals.

use generion::{GenerionError, events::BudgetWithdrawn};
use generion_interface::events::Event;
use generion_program_tests::PRICE;
use solana_instruction::error::InstructionError;
use solana_system_interface::instruction::transfer;

use crate::{
    research::{EMPTY, OPEN_FOR, Research, SEAT_RENT},
    support::{paid, with_account},
};

/// The researcher withdraws an amount, and gets this much.
#[track_caller]
fn withdraws(research: &mut Research, lamports: u64, gets: u64) {
    let before = research.budget();
    let withdraw = research.withdraw(lamports);
    // The stranger pays the fee, so that the researcher's balance shows the withdrawal alone.
    let signers = [&research.scene.stranger.wallet, &research.researcher.wallet];
    let landed = research.scene.world.lands(withdraw, &signers);
    let event = BudgetWithdrawn {
        study: research.study,
        sponsor: research.researcher.address(),
        lamports: gets.into(),
    };
    landed.assert_did(
        &paid(research.vault, research.researcher.address(), gets),
        &[],
        Event::BudgetWithdrawn(event),
    );
    assert_eq!(research.budget(), before - gets);
}

/// When the study is over, in parts and to the end; when it is gone, too.
#[test]
fn a_budget_is_withdrawn() {
    let mut research = Research::open(1, 1, 1);
    research.fund(10 * PRICE);
    research.end();
    withdraws(&mut research, PRICE, PRICE);
    let close = research.close_study();
    research
        .scene
        .world
        .lands(close, &[&research.researcher.wallet]);
    withdraws(&mut research, 2 * PRICE, 2 * PRICE);
    // Somebody gives a lamport to the address of the study that is gone.
    let give = transfer(&research.scene.stranger.address(), &research.study, EMPTY);
    research
        .scene
        .world
        .lands(give, &[&research.scene.stranger.wallet]);
    withdraws(&mut research, 7 * PRICE, 7 * PRICE);
    assert_eq!(research.budget(), 0);
    // And what comes later.
    research.fund(EMPTY);
    withdraws(&mut research, EMPTY, EMPTY);
}

/// A remainder below the rent minimum goes along, so a gift blocks nobody.
#[test]
fn a_remainder_goes_along() {
    let mut research = Research::open(2, 1, 1);
    research.fund(PRICE + EMPTY);
    research.end();
    withdraws(&mut research, PRICE, PRICE);
    research.fund(PRICE - EMPTY);
    let give = transfer(&research.scene.stranger.address(), &research.vault, 1);
    research
        .scene
        .world
        .lands(give, &[&research.scene.stranger.wallet]);
    withdraws(&mut research, PRICE, PRICE + 1);
    research.fund(PRICE);
    withdraws(&mut research, PRICE - EMPTY + 1, PRICE);
}

/// The budget of an open study stays, also during the notice; nobody gets more than there is.
#[test]
fn the_budget_of_an_open_study_stays() {
    let mut research = Research::open(3, 1, 1);
    research.fund(PRICE);
    let withdraw = research.withdraw(1_000_000);
    let end = research.update(None);
    let signers = [&research.researcher.wallet];
    let error = GenerionError::StudyNotOver;
    let world = &mut research.scene.world;
    world.refuses(withdraw.clone(), &signers, error);
    world.lands(end, &signers);
    world.refuses(withdraw.clone(), &signers, error);
    let now = world.time();
    world.set_time(now + 299);
    world.refuses(withdraw.clone(), &signers, error);
    world.set_time(now + 300);
    let error = GenerionError::BudgetExhausted;
    for lamports in [0, PRICE + 1, u64::MAX] {
        let withdraw = research.withdraw(lamports);
        research.scene.world.refuses(withdraw, &signers, error);
    }
    research.scene.world.lands(withdraw, &signers);
}

/// What is in a seat's escrow is not the sponsor's.
#[test]
fn the_escrow_of_a_seat_is_not_the_sponsors() {
    let mut research = Research::new(4, 1, 1, |args| args.closes_at -= OPEN_FOR - 800);
    research.fund_seats(1);
    let participant = research.scene.world.user();
    let (_, seat) = research.joined(&participant);
    research.end();
    let signers = [&research.researcher.wallet];
    let error = GenerionError::BudgetExhausted;
    let all = research.withdraw(1);
    research.scene.world.refuses(all, &signers, error);
    let close = research.close_seat(&participant);
    let world = &mut research.scene.world;
    world.refuses(close.clone(), &signers, GenerionError::NotSettled);
    research.paid(&participant, &seat);
    let signers = [&research.researcher.wallet];
    research.scene.world.lands(close, &signers);
    withdraws(&mut research, SEAT_RENT, SEAT_RENT);
}

/// Study and vault are the sponsor's own, by their addresses.
#[test]
fn refuses_other_addresses() {
    let mut research = Research::open(5, 1, 1);
    research.fund(PRICE);
    research.end();
    let valid = research.withdraw(PRICE);
    let stranger = &research.scene.stranger;
    let seeds = InstructionError::InvalidSeeds;
    let world = &mut research.scene.world;
    for index in [1, 2] {
        let other = with_account(&valid, index, stranger.address());
        let signers = [&research.researcher.wallet];
        world.refuses_with(other, &signers, seeds.clone());
    }
    let thief = with_account(&valid, 0, stranger.address());
    world.refuses_with(thief, &[&stranger.wallet], seeds.clone());
    let mut other_id = valid.clone();
    other_id.data[1] = 1;
    let signers = [&research.researcher.wallet];
    world.refuses_with(other_id, &signers, seeds);
    let mut unsigned = valid.clone();
    unsigned.accounts[0].is_signer = false;
    let error = InstructionError::MissingRequiredSignature;
    world.refuses_with(unsigned, &[&stranger.wallet], error);
    world.lands(valid, &signers);
}
