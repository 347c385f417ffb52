//! The accounts of studies: their bytes, field by field, and lamports that somebody sends ahead to their addresses.

use generion::state::{Application, Purchase, Study};
use generion_interface::accounts::{ApplicationAccount, PurchaseAccount, StudyAccount};
use generion_program_tests::{Executed, PRICE};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_system_interface::instruction::transfer;

use crate::{
    layouts::assert_bytes,
    research::{Research, SEAT_RENT},
    support::paid,
};

/// A study, an application and a seat have exactly the published bytes.
#[test]
fn accounts_of_studies_have_the_published_layout() {
    let mut research = Research::selective(1);
    research.fund_seats(1);
    let participant = research.scene.world.user();
    let (order, application) = research.applied(&participant);
    let world = &research.scene.world;
    let [patient, sponsor, admitter, payer] = [
        &participant,
        &research.researcher,
        &research.admitter,
        &research.scene.sponsor,
    ]
    .map(|person| person.address());

    let StudyAccount { state, tail } = world.read(&research.study);
    let Study {
        bump,
        vault_bump,
        id,
        reward,
        created_at,
        closes_at,
        delivery_window,
        study_key,
        description_hash,
        ..
    } = state;
    let len = u32::try_from(tail.len()).expect("it is short");
    let parts: [&[u8]; 14] = [
        &[1, bump, vault_bump, 1, 1, 1, 1, 1],
        &id.to_le_bytes(),
        &reward.to_le_bytes(),
        &created_at.to_le_bytes(),
        &closes_at.to_le_bytes(),
        &delivery_window.to_le_bytes(),
        &0_u32.to_le_bytes(),
        sponsor.as_ref(),
        admitter.as_ref(),
        payer.as_ref(),
        &study_key,
        &description_hash,
        &len.to_le_bytes(),
        &tail,
    ];
    assert_bytes(world, &research.study, "Study", &parts, 0);

    let ApplicationAccount { state, letter } = world.read(&application);
    let Application {
        bump, created_at, ..
    } = state;
    let parts: [&[u8]; 8] = [
        &[1, bump, 0, 0, 0, 0, 0, 0],
        &created_at.to_le_bytes(),
        research.study.as_ref(),
        order.as_ref(),
        patient.as_ref(),
        payer.as_ref(),
        &304_u32.to_le_bytes(),
        &letter,
    ];
    assert_bytes(world, &application, "Application", &parts, 0);

    let admit = research.admit(application);
    let seat = admit.accounts[6].pubkey;
    let world = &mut research.scene.world;
    world.lands(
        admit,
        &[&research.scene.stranger.wallet, &research.admitter.wallet],
    );
    let PurchaseAccount { state, .. } = world.read(&seat);
    let Purchase {
        bump,
        price,
        deadline,
        terms,
        ..
    } = state;
    let parts: [&[u8]; 12] = [
        &[1, bump, 0, 1, 0, 1, 0, 0],
        &price.to_le_bytes(),
        &deadline.to_le_bytes(),
        &0_i64.to_le_bytes(),
        order.as_ref(),
        patient.as_ref(),
        research.vault.as_ref(),
        &study_key,
        &[0; 32],
        &terms,
        &1_u32.to_le_bytes(),
        &[0; 64],
    ];
    assert_bytes(world, &seat, "Purchase", &parts, PRICE);
}

/// Sends lamports ahead to the address that an instruction creates, and checks what its payer pays and what the account
/// holds: its rent, or what was sent if that is more, and `deposit`.
#[track_caller]
fn check(
    prepare: impl Fn() -> (Research, Instruction, usize, [Keypair; 2]),
    payer: impl Fn(&Research) -> Address,
    deposit: u64,
) {
    let lands = |ahead: u64| -> (Research, Address, Executed) {
        let (mut research, instruction, index, signers) = prepare();
        let target = instruction.accounts[index].pubkey;
        let world = &mut research.scene.world;
        if ahead > 0 {
            let stranger = &research.scene.stranger;
            let give = transfer(&stranger.address(), &target, ahead);
            world.lands(give, &[&stranger.wallet]);
        }
        let landed = world.lands(instruction, &[&signers[0], &signers[1]]);
        (research, target, landed)
    };
    let (twin, target, alone) = lands(0);
    let rent = twin.scene.world.rent(&target);
    let all = paid(payer(&twin), target, rent + deposit);
    assert_eq!(alone.changes.moved, all.into());
    let smallest = twin.scene.world.svm.minimum_balance_for_rent_exemption(0);
    for ahead in [smallest, rent - 1, rent, rent + 1, rent + 2 * PRICE] {
        let (research, target, landed) = lands(ahead);
        let world = &research.scene.world;
        let due = rent.saturating_sub(ahead) + deposit;
        let moved = match due {
            0 => Default::default(),
            due => paid(payer(&research), target, due).into(),
        };
        assert_eq!(landed.changes.moved, moved, "{ahead} lamports ahead");
        assert_eq!(world.lamports(&target), ahead.max(rent) + deposit);
        assert_eq!(
            world.account(&target).data,
            twin.scene.world.account(&target).data
        );
        assert_eq!(landed.events, alone.events);
    }
}

/// A study is created at an address that holds lamports.
#[test]
fn lamports_sent_ahead_into_a_study_address() {
    let prepare = || {
        let research = Research::without_study(2);
        let create = research.create_study(research.args(1, 1, |_| {}));
        let signers = [&research.scene.sponsor, &research.researcher]
            .map(|person| person.wallet.insecure_clone());
        (research, create, 3, signers)
    };
    check(prepare, |research| research.scene.sponsor.address(), 0);
}

/// An application is created at an address that holds lamports.
#[test]
fn lamports_sent_ahead_into_an_application_address() {
    let prepare = || {
        let mut research = Research::selective(3);
        let participant = research.scene.world.user();
        let order = research.order_of(&participant, 1);
        let apply = research.apply(&participant, order);
        let signers =
            [&research.scene.sponsor, &participant].map(|person| person.wallet.insecure_clone());
        (research, apply, 4, signers)
    };
    check(prepare, |research| research.scene.sponsor.address(), 0);
}

/// A seat is created at an address that holds lamports, with the full price in escrow. The vault pays less rent.
#[test]
fn lamports_sent_ahead_into_a_seat_address() {
    let prepare = || {
        let mut research = Research::open(4, 1, 1);
        research.fund(PRICE + 2 * SEAT_RENT);
        let participant = research.scene.world.user();
        let order = research.order_of(&participant, 1);
        let join = research.join(&participant, order);
        let signers =
            [&research.scene.stranger, &participant].map(|person| person.wallet.insecure_clone());
        (research, join, 4, signers)
    };
    check(prepare, |research| research.vault, PRICE);
}
