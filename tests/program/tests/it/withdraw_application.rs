//! `withdraw_application`: its effects, and each of its refusals.

use generion::{GenerionError, events::ApplicationWithdrawn};
use generion_interface::events::Event;
use generion_program_tests::code_of;
use generion_test_support::Person;
use solana_address::Address;

use crate::{
    matrix::{self, Case, Role},
    research::Research,
    support::paid,
};

#[track_caller]
fn withdraws(research: &mut Research, application: Address, participant: &Person, by: &Person) {
    let rent = research.scene.world.lamports(&application);
    let withdraw = research.withdraw_application(by, application);
    let signers = [&research.scene.stranger.wallet, &by.wallet];
    let landed = research.scene.world.lands(withdraw, &signers);
    let sponsor = research.scene.sponsor.address();
    let event = ApplicationWithdrawn {
        application,
        study: research.study,
        participant: participant.address(),
        authority: by.address(),
        rent_payer: sponsor,
        lamports: rent.into(),
    };
    landed.assert_did(
        &paid(application, sponsor, rent),
        &[application],
        Event::ApplicationWithdrawn(event),
    );
}

/// The participant at any time, and again; after the end; and after the study is gone.
#[test]
fn a_participant_withdraws_at_any_time() {
    let mut research = Research::selective(1);
    let participant = research.scene.world.user();
    let (order, application) = research.applied(&participant);
    withdraws(&mut research, application, &participant, &participant);
    let apply = research.apply(&participant, order);
    let signers = [&participant.wallet, &research.scene.sponsor.wallet];
    research.scene.world.lands(apply, &signers);
    research.end();
    let close = research.close_study();
    research
        .scene
        .world
        .lands(close, &[&research.researcher.wallet]);
    withdraws(&mut research, application, &participant, &participant);
}

/// The rent payer once the study is over or gone, and nobody else ever.
#[test]
fn a_rent_payer_withdraws_after_the_end() {
    for gone in [false, true] {
        let mut research = Research::selective(2);
        let participant = research.scene.world.user();
        let (_, application) = research.applied(&participant);
        let refuses = |research: &mut Research, error| {
            let sponsor = &research.scene.sponsor;
            let withdraw = research.withdraw_application(sponsor, application);
            research
                .scene
                .world
                .refuses(withdraw, &[&sponsor.wallet], error);
        };
        refuses(&mut research, GenerionError::StudyNotOver);
        research.end();
        if gone {
            let close = research.close_study();
            research
                .scene
                .world
                .lands(close, &[&research.researcher.wallet]);
        }
        for by in [
            &research.researcher,
            &research.admitter,
            &research.scene.stranger,
        ] {
            let withdraw = research.withdraw_application(by, application);
            let error = GenerionError::WrongParticipant;
            research.scene.world.refuses(withdraw, &[&by.wallet], error);
        }
        let withdraw = research.withdraw_application(&research.scene.sponsor, application);
        research
            .scene
            .world
            .lands(withdraw, &[&research.scene.sponsor.wallet]);
        assert!(research.scene.world.is_closed(&application));
    }
}

/// Every account in every wrong way.
#[test]
fn refuses_wrong_accounts_and_data() {
    let mut research = Research::selective(3);
    let participant = research.scene.world.user();
    let (_, application) = research.applied(&participant);
    let other = research.scene.world.user();
    let (_, others) = research.applied(&other);
    let valid = research.withdraw_application(&participant, application);
    let wrong = code_of(GenerionError::WrongStudy);
    matrix::check(
        &mut research.scene.world,
        &research.scene.stranger,
        Case {
            valid: &valid,
            signers: &[&participant.wallet],
            roles: &[
                Role::Signer,
                Role::Wallet(GenerionError::WrongStudy),
                Role::Stored,
                Role::Wallet(GenerionError::WrongRentPayer),
            ],
            others: &[(2, others, code_of(GenerionError::WrongParticipant))],
            swapped: &[
                (
                    1,
                    2,
                    solana_instruction::error::InstructionError::InvalidAccountData,
                ),
                (1, 3, wrong),
                (
                    2,
                    3,
                    solana_instruction::error::InstructionError::AccountDataTooSmall,
                ),
            ],
            truncated: &matrix::cut_short,
        },
    );
}
