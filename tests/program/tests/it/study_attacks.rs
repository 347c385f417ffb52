//! What hostile participants, sponsors and bystanders try at studies.

use generion::{GenerionError, constants::VAULT_SEED};
use generion_interface::accounts::OrderAccount;
use generion_program_tests::{PRICE, code_of};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_system_interface::instruction::transfer;

use crate::{
    research::{EMPTY, Research, SEAT_RENT},
    support::with_account,
};

/// Leave and join again: as often as nobody was paid, and never after.
#[test]
fn leave_and_join_again() {
    let mut research = Research::open(1, 1, 1);
    research.fund_seats(1);
    let participant = research.scene.world.user();
    let (order, seat) = research.joined(&participant);
    for _ in 0..3 {
        let refund = research.scene.refund(&participant, &seat);
        research.scene.world.lands(refund, &[&participant.wallet]);
        assert_eq!(research.budget(), PRICE + SEAT_RENT);
        let again = research.join(&participant, order);
        research.scene.world.lands(again, &[&participant.wallet]);
    }
    research.paid(&participant, &seat);
    let refund = research.scene.refund(&participant, &seat);
    let signers = [&participant.wallet];
    let error = GenerionError::AlreadySettled;
    research.scene.world.refuses(refund, &signers, error);
    research.fund_seats(1);
    let again = research.join(&participant, order);
    let error = GenerionError::AccountAlreadyExists;
    research.scene.world.refuses(again, &signers, error);
    assert_eq!(research.state().seats, 4);
}

/// The last seat raced: one wins, and the other's order is for sale as before.
#[test]
fn the_last_seat_raced() {
    let mut research = Research::open(2, 1, 1);
    research.fund_seats(1);
    let [one, other] = [(); 2].map(|()| research.scene.world.user());
    let (first, second) = (research.order_of(&one, 1), research.order_of(&other, 1));
    let joins = [research.join(&one, first), research.join(&other, second)];
    let [winning, losing] = joins;
    research.scene.world.lands(winning, &[&one.wallet]);
    let error = GenerionError::BudgetExhausted;
    research
        .scene
        .world
        .refuses(losing, &[&other.wallet], error);
    let state = research.scene.world.read::<OrderAccount>(&second).state;
    assert_eq!((state.open, state.pending_purchases), (1, 0));
}

/// A withdrawal raced with a join: neither ending nor withdrawing makes a join fail that was signed with more than 300
/// seconds left.
#[test]
fn a_withdrawal_raced_with_a_join() {
    let mut research = Research::open(3, 1, 1);
    research.fund_seats(1);
    let participant = research.scene.world.user();
    let order = research.order_of(&participant, 1);
    let join = research.join(&participant, order);
    let withdraw = research.withdraw(PRICE);
    let end = research.update(None);
    let researcher = [&research.researcher.wallet];
    let error = code_of(GenerionError::StudyNotOver);
    let world = &mut research.scene.world;
    world.refuses_at(&[end.clone(), withdraw.clone()], &researcher, 1, error);
    world.lands(end, &researcher);
    let now = world.time();
    world.set_time(now + 299);
    world.refuses(withdraw, &researcher, GenerionError::StudyNotOver);
    world.lands(join, &[&participant.wallet]);
}

/// A sponsor's own study without requirements, combined with another study's vault.
#[test]
fn somebody_elses_vault() {
    let mut research = Research::selective(4);
    research.fund_seats(2);
    let victim = research.vault;
    let thief = research.scene.world.user();
    let researcher = std::mem::replace(&mut research.researcher, thief);
    let create = research.create_study(research.args(1, 1, |args| args.admission = 1));
    research.study = create.accounts[3].pubkey;
    let signers = [&research.researcher.wallet, &research.scene.sponsor.wallet];
    research.scene.world.lands(create, &signers);
    // An accomplice's order for the victim's vault.
    let accomplice = research.scene.world.user();
    let order = research.order_of(&accomplice, 1);
    let apply = research.apply(&accomplice, order);
    let signers = [&accomplice.wallet, &research.scene.sponsor.wallet];
    let error = GenerionError::BuyerNotAllowed;
    research.scene.world.refuses(apply, &signers, error);
    research.vault = research
        .scene
        .world
        .instructions
        .addresses
        .vault(&research.study);
    let (_, application) = research.applied(&accomplice);
    let admit = with_account(&research.admit(application), 2, victim);
    let error = GenerionError::WrongStudy;
    research
        .scene
        .world
        .refuses(admit, &[&research.admitter.wallet], error);
    assert_eq!(
        research.scene.world.lamports(&victim),
        2 * (PRICE + SEAT_RENT)
    );
    assert_ne!(researcher.address(), research.researcher.address());
}

/// The vault that another deployment of the program has for the same study: it can't pay, and an order for it is not taken.
#[test]
fn another_deployments_vault() {
    let mut research = Research::open(7, 1, 1);
    research.fund_seats(1);
    let elsewhere = Address::new_from_array([0x0d; 32]);
    let seeds = [VAULT_SEED, research.study.as_ref()];
    let (foreign, _) = Address::find_program_address(&seeds, &elsewhere);
    let own = std::mem::replace(&mut research.vault, foreign);
    research.fund_seats(1);
    let participant = research.scene.world.user();
    let order = research.order_of(&participant, 1);
    let join = research.join(&participant, order);
    let place = join.accounts.iter().position(|meta| meta.pubkey == own);
    let place = place.expect("the vault pays");
    let signers = [&participant.wallet];
    let world = &mut research.scene.world;
    world.refuses(join.clone(), &signers, GenerionError::BuyerNotAllowed);
    let by_foreign = with_account(&join, place, foreign);
    world.refuses(by_foreign, &signers, GenerionError::WrongStudy);
    for vault in [own, foreign] {
        assert_eq!(world.lamports(&vault), PRICE + SEAT_RENT);
    }
}

/// The participant closes the order and deletes the record as soon as it is paid: the seat is settled all the same, and its
/// capsules stay.
#[test]
fn a_record_deleted_after_settling() {
    let mut research = Research::open(5, 1, 1);
    research.fund_seats(1);
    let participant = research.scene.world.user();
    let (order, seat) = research.joined(&participant);
    let records = research.scene.listed(&order);
    research.paid(&participant, &seat);
    let close = research.scene.close_order(&order);
    research.scene.world.lands(close, &[&participant.wallet]);
    let delete = research.scene.delete_record(&participant, &records[0]);
    research.scene.world.lands(delete, &[&participant.wallet]);
    assert!(research.seat(&seat).is_settled());
    assert_eq!(research.scene.world.delivered(&seat).len(), 1);
}

/// Somebody has sent lamports to the addresses of order and seat: with a fixed limit of compute units, a join with one fact
/// lands all the same.
#[test]
fn two_prefunded_addresses_with_a_fixed_limit() {
    let mut research = Research::open(6, 1, 1);
    research.fund_seats(1);
    let participant = research.scene.world.user();
    let record = research.record_of(&participant);
    let offer = research.offer(&participant, &[record], |_| {});
    let order = offer.accounts[3].pubkey;
    let join = research.join_with(&participant, order, &[record], |_| {});
    let seat = join.accounts[4].pubkey;
    for address in [order, seat] {
        let give = transfer(&research.scene.stranger.address(), &address, EMPTY);
        research
            .scene
            .world
            .lands(give, &[&research.scene.stranger.wallet]);
    }
    let limit = Instruction {
        program_id: Address::from_str_const("ComputeBudget111111111111111111111111111111"),
        accounts: vec![],
        data: [&[2][..], &25_000_u32.to_le_bytes()].concat(),
    };
    let all = [limit, offer, join];
    let landed = research.scene.world.send(&all, &[&participant.wallet]);
    assert!(landed.is_ok(), "{landed:?}");
}

/// Compute units and bytes of what a patient's client sends: the least of several, since a search for bumps takes more.
#[test]
fn a_join_costs_little() {
    let mut least = [u64::MAX; 3];
    for groups in 1..=3 {
        let mut research = Research::open(100, 1, groups);
        research.fund_seats(12);
        let groups = usize::from(groups);
        for _ in 0..12 {
            let participant = research.scene.world.user();
            let record = research.record_of(&participant);
            let offer = research.offer(&participant, &[record], |_| {});
            let order = offer.accounts[3].pubkey;
            let join = research.join_with(&participant, order, &[record], |_| {});
            let both = [offer, join];
            let landed = research.scene.world.send(&both, &[&participant.wallet]);
            let landed = landed.expect("it lands");
            assert_eq!(landed.bytes, 702 + 193 * (groups - 1));
            least[groups - 1] = least[groups - 1].min(landed.compute_units);
        }
    }
    println!("create_order and join_study, 1 to 3 facts: {least:?} compute units");
    assert!(least[0] <= 8_200, "{least:?}");
}
