//! `admit`: its effects, and each of its refusals.

use generion::{GenerionError, events::ParticipantAdmitted, state::Order};
use generion_interface::{
    accounts::{ApplicationAccount, OrderAccount},
    events::Event,
};
use generion_program_tests::{PRICE, WINDOW, code_of};
use solana_address::Address;

use crate::{
    research::{Research, SEAT_RENT, StudyEdit},
    support::with_account,
};

/// An applicant gets a seat, and the application's rent goes back to its payer.
#[test]
fn an_applicant_is_admitted() {
    let mut research = Research::selective(1);
    research.fund_seats(2);
    let participant = research.scene.world.user();
    let (order, application) = research.applied(&participant);
    let rent = research.scene.world.lamports(&application);
    let admit = research.admit(application);
    let seat = admit.accounts[6].pubkey;
    let signers = [&research.scene.stranger.wallet, &research.admitter.wallet];
    let landed = research.scene.world.lands(admit, &signers);
    let Research { study, vault, .. } = research;
    let sponsor = research.scene.sponsor.address();
    let state = research.seat(&seat);
    let deadline = research.scene.world.time() + i64::from(WINDOW);
    assert_eq!((state.seat, state.status, state.deadline), (1, 0, deadline));
    assert_eq!((state.order, state.buyer), (order, vault));
    assert_eq!(state.seller, participant.address());
    let event = ParticipantAdmitted {
        purchase: seat,
        order,
        seller: participant.address(),
        buyer: vault,
        buyer_key: research.state().study_key,
        price: PRICE.into(),
        deadline: deadline.into(),
        study,
        seats: 1.into(),
        application,
        rent_payer: sponsor,
        lamports: rent.into(),
        record_count: 1,
    };
    let cost = i128::from(PRICE + SEAT_RENT);
    landed.assert_did(
        &[
            (vault, -cost),
            (seat, cost),
            (application, -i128::from(rent)),
            (sponsor, rent.into()),
        ],
        &[study, order, seat, application],
        Event::ParticipantAdmitted(event),
    );
    research.paid(&participant, &seat);
    assert!(research.seat(&seat).is_settled());
}

/// The admitter may be the rent payer.
#[test]
fn a_rent_payer_stands_in_two_places() {
    let mut research = Research::selective(2);
    research.fund_seats(1);
    let participant = research.scene.world.user();
    let order = research.order_of(&participant, 1);
    let apply = with_account(
        &research.apply(&participant, order),
        1,
        research.admitter.address(),
    );
    let application = apply.accounts[4].pubkey;
    let signers = [&participant.wallet, &research.admitter.wallet];
    research.scene.world.lands(apply, &signers);
    let admit = research.admit(application);
    research
        .scene
        .world
        .lands(admit, &[&research.admitter.wallet]);
    assert!(research.scene.world.is_closed(&application));
}

/// `admit` is refused for terms other than the order's, and for each account of another study, order or participant.
#[test]
fn refuses_other_terms_and_accounts() {
    let mut research = Research::selective(3);
    research.fund_seats(2);
    let participant = research.scene.world.user();
    let (order, application) = research.applied(&participant);
    let other = research.scene.world.user();
    let (other_order, other_application) = research.applied(&other);
    let admit = research.admit(application);
    let addresses = research.scene.world.instructions.addresses;
    let other_seat = addresses.seat(&research.vault, &other.address());
    let stranger = research.scene.stranger.address();
    let signers = [&research.admitter.wallet];
    let by_sponsor = with_account(&admit, 0, research.researcher.address());
    let world = &mut research.scene.world;
    let error = GenerionError::WrongAdmitter;
    world.refuses(by_sponsor, &[&research.researcher.wallet], error);

    let mut other_terms = admit.clone();
    other_terms.data[32] ^= 1;
    world.refuses(other_terms, &signers, GenerionError::TermsChanged);
    // The node shows one order, and the application has another.
    let terms = world.read::<OrderAccount>(&other_order).terms(&other_order);
    let mut swapped = admit.clone();
    swapped.data[1..].copy_from_slice(&terms);
    world.refuses(swapped, &signers, GenerionError::TermsChanged);
    for (index, address, error) in [
        (2, stranger, code_of(GenerionError::WrongStudy)),
        (4, stranger, code_of(GenerionError::WrongRentPayer)),
        (5, other_order, code_of(GenerionError::WrongOrder)),
        (3, other_application, code_of(GenerionError::WrongOrder)),
        (
            6,
            other_seat,
            solana_instruction::error::InstructionError::InvalidSeeds,
        ),
    ] {
        world.refuses_with(with_account(&admit, index, address), &signers, error);
    }
    let study = research.study;
    let original = world.account(&study);
    let edits: [(StudyEdit, GenerionError); 3] = [
        (|study| study.reward += 1, GenerionError::StudyTermsDiffer),
        (
            |study| study.delivery_window += 1,
            GenerionError::StudyTermsDiffer,
        ),
        (|study| study.closes_at = 0, GenerionError::StudyOver),
    ];
    for (edit, error) in edits {
        world.edit(&study, edit);
        world.refuses(admit.clone(), &signers, error);
        world.svm.set_account(study, original.clone()).unwrap();
    }
    let original = world.account(&order);
    world.edit(&order, |order: &mut Order| {
        order.seller = Address::default()
    });
    world.refuses(admit.clone(), &signers, GenerionError::WrongSeller);
    world.svm.set_account(order, original.clone()).unwrap();
    world.edit(&order, |order: &mut Order| {
        order.only_buyer = Address::default()
    });
    world.refuses(admit.clone(), &signers, GenerionError::BuyerNotAllowed);
    world.svm.set_account(order, original.clone()).unwrap();
    // Another record at the same order, which only a node could show.
    world.replace(&order, |account| account.data[212] ^= 1);
    world.refuses(admit.clone(), &signers, GenerionError::TermsChanged);
    world.svm.set_account(order, original).unwrap();
    world.lands(admit.clone(), &signers);
    assert!(world.is_closed(&application));
    // Not twice, even if the application were still there.
    let again = with_account(&admit, 3, application);
    let closed = solana_instruction::error::InstructionError::AccountDataTooSmall;
    world.refuses_with(again, &signers, closed);
}

/// An order that stopped its sales, and one that is closed; a vault without the price.
#[test]
fn refuses_an_order_that_is_closed_and_an_empty_vault() {
    let mut research = Research::selective(4);
    let participant = research.scene.world.user();
    let (order, application) = research.applied(&participant);
    let admit = research.admit(application);
    let signers = [&research.admitter.wallet];
    let error = GenerionError::BudgetExhausted;
    research.scene.world.refuses(admit.clone(), &signers, error);
    research.fund(PRICE + SEAT_RENT - 1);
    let signers = [&research.admitter.wallet];
    research.scene.world.refuses(admit.clone(), &signers, error);
    let stranger = &research.scene.stranger;
    let give =
        solana_system_interface::instruction::transfer(&stranger.address(), &research.vault, 1);
    research.scene.world.lands(give, &[&stranger.wallet]);
    let before = research.scene.world.account(&order);
    let world = &mut research.scene.world;
    world.edit(&order, |order: &mut Order| order.open = 0);
    world.refuses(admit.clone(), &signers, GenerionError::OrderNotOpen);
    world.svm.set_account(order, before).unwrap();
    let close = research.scene.close_order(&order);
    research.scene.world.lands(close, &[&participant.wallet]);
    let closed = solana_instruction::error::InstructionError::AccountDataTooSmall;
    let signers = [&research.admitter.wallet];
    research.scene.world.refuses_with(admit, &signers, closed);
    let state = research
        .scene
        .world
        .read::<ApplicationAccount>(&application)
        .state;
    assert_eq!(state.order, order);
}
