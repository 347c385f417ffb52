//! `apply`: its effects, and each of its refusals.

use generion::{
    GenerionError,
    constants::MAX_LETTER_LEN,
    events::StudyApplied,
    state::{Application, Order, Study},
};
use generion_interface::{
    accounts::{ApplicationAccount, OrderAccount},
    events::Event,
};
use solana_instruction::error::InstructionError;

use crate::{
    research::{Research, StudyEdit},
    support::{paid, with_account},
};

/// A participant applies: what is written, what moves, and what is logged. The order is not counted.
#[test]
fn a_participant_applies() {
    let mut research = Research::selective(1);
    let participant = research.scene.world.user();
    let order = research.order_of(&participant, 1);
    let before: OrderAccount = research.scene.world.read(&order);
    let apply = research.apply(&participant, order);
    let application = apply.accounts[4].pubkey;
    let signers = [&participant.wallet, &research.scene.sponsor.wallet];
    let landed = research.scene.world.lands(apply, &signers);
    let world = &research.scene.world;
    let (study, payer) = (research.study, research.scene.sponsor.address());
    let ApplicationAccount { state, letter } = world.read(&application);
    let expected = Application {
        version: 1,
        bump: state.bump,
        reserved: [0; 6],
        created_at: world.time(),
        study,
        order,
        participant: participant.address(),
        rent_payer: payer,
    };
    assert_eq!((state, letter), (expected, vec![0x1e; 304]));
    let event = StudyApplied {
        application,
        study,
        order,
        participant: participant.address(),
        rent_payer: payer,
        created_at: world.time().into(),
    };
    landed.assert_did(
        &paid(payer, application, world.rent(&application)),
        &[application],
        Event::StudyApplied(event),
    );
    assert_eq!(world.read::<OrderAccount>(&order), before);
    assert_eq!(world.account(&application).data.len(), 156 + 304);
}

/// The longest letter, beside a payer of its own, fits; one wallet has one application at a time.
#[test]
fn a_letter_has_1_to_736_bytes() {
    let mut research = Research::selective(2);
    let participant = research.scene.world.user();
    let order = research.order_of(&participant, 1);
    let mut apply = research.apply(&participant, order);
    let signers = [&participant.wallet, &research.scene.sponsor.wallet];
    for (len, error) in [
        (0, Some(GenerionError::LetterLength)),
        (MAX_LETTER_LEN + 1, Some(GenerionError::LetterLength)),
        (MAX_LETTER_LEN, None),
        (1, Some(GenerionError::AccountAlreadyExists)),
    ] {
        apply.data.truncate(33);
        apply.data.resize(33 + len, 7);
        let world = &mut research.scene.world;
        match error {
            Some(error) => world.refuses(apply.clone(), &signers, error),
            None => {
                let landed = world.lands(apply.clone(), &signers);
                // Two compute-budget instructions more have 52 bytes.
                assert!(landed.bytes + 52 <= 1_232, "{}", landed.bytes);
            }
        }
    }
}

/// `apply` is refused for a study or an order whose terms differ, and for an order of another seller or for other buyers.
#[test]
fn refuses_another_study_or_order() {
    let mut research = Research::selective(3);
    let participant = research.scene.world.user();
    let thief = research.scene.world.user();
    let order = research.order_of(&participant, 1);
    let apply = research.apply(&participant, order);
    let (study, sponsor) = (research.study, &research.scene.sponsor);
    let signers = [&participant.wallet, &sponsor.wallet];
    let world = &mut research.scene.world;
    let original = world.account(&study);
    let edits: [(StudyEdit, GenerionError); 3] = [
        (|study| study.admission = 0, GenerionError::WrongAdmission),
        (
            |study| study.description_hash[0] ^= 1,
            GenerionError::DescriptionChanged,
        ),
        (|study| study.reward += 1, GenerionError::StudyTermsDiffer),
    ];
    for (edit, error) in edits {
        world.edit(&study, edit);
        world.refuses(apply.clone(), &signers, error);
        world.svm.set_account(study, original.clone()).unwrap();
    }
    let own = participant.address();
    world.edit(&study, |study: &mut Study| study.sponsor = own);
    world.refuses(apply.clone(), &signers, GenerionError::OwnStudy);
    world.svm.set_account(study, original).unwrap();
    let addresses = world.instructions.addresses;
    let theirs = addresses.application(&study, &thief.address());
    let stolen = with_account(&with_account(&apply, 0, thief.address()), 4, theirs);
    let by_thief = [&thief.wallet, &sponsor.wallet];
    world.refuses(stolen, &by_thief, GenerionError::WrongSeller);
    let elsewhere = with_account(&apply, 4, theirs);
    world.refuses_with(elsewhere, &signers, InstructionError::InvalidSeeds);
    let before = world.account(&order);
    world.edit(&order, |order: &mut Order| order.open = 0);
    world.refuses(apply.clone(), &signers, GenerionError::OrderNotOpen);
    world.svm.set_account(order, before.clone()).unwrap();
    world.edit(&order, |order: &mut Order| {
        order.only_buyer = Default::default()
    });
    world.refuses(apply.clone(), &signers, GenerionError::BuyerNotAllowed);
    world.svm.set_account(order, before).unwrap();
    let closes_at = research.state().closes_at;
    let world = &mut research.scene.world;
    world.set_time(closes_at);
    let signers = [&participant.wallet, &research.scene.sponsor.wallet];
    world.refuses(apply.clone(), &signers, GenerionError::StudyOver);
    world.set_time(closes_at - 1);
    world.lands(apply, &signers);
}
