//! What a vault pays, and what comes back to it; and a sale to a study in two transactions.

use generion::{
    DeliverArgs, GenerionError,
    args::Capsules,
    state::{Order, Purchase},
};
use generion_crypto::{
    delivery::{self, DeliveryRecord},
    keys::PurchaseKey,
    settle::Sale,
};
use generion_interface::accounts::PurchaseAccount;
use generion_program_tests::{DEPLOYMENT, PRICE};

use crate::research::{EMPTY, Research, SEAT_RENT};

/// From the offer to the payment in two transactions: a delivery that was proven before the seat existed locks it.
#[test]
fn one_transaction_offers_joins_and_locks() {
    let mut research = Research::open(2, 1, 1);
    research.fund_seats(1);
    let participant = research.scene.world.user();
    let record = research.record_of(&participant);
    let offer = research.offer(&participant, &[record], |_| {});
    let order = offer.accounts[3].pubkey;
    let join = research.join_with(&participant, order, &[record], |_| {});
    let seat = join.accounts[4].pubkey;
    let state = Order {
        version: 1,
        bump: 0,
        open: 1,
        reserved: 0,
        pending_purchases: 0,
        id: 0,
        created_at: 0,
        rent_payer: participant.address(),
        seller: participant.address(),
        price: PRICE,
        delivery_window: research.state().delivery_window,
        label: [0; 64],
        only_buyer: research.vault,
        settled_purchases: 0,
    };
    let sale = Sale {
        deployment: DEPLOYMENT,
        purchase: seat,
        deadline: research.scene.world.time() + 1_000,
        buyer_key: PurchaseKey::from_bytes(&research.state().study_key).unwrap(),
        terms: state.terms(&order, &[record]).hash(),
    };
    let world = &mut research.scene.world;
    let batch = [DeliveryRecord {
        record,
        capsule: crate::support::record_state(world, &record).capsule,
    }];
    let delivery = delivery::deliver(&participant.secret(), &sale, &batch, &mut world.rng).unwrap();
    let purchase = Purchase {
        order,
        ..bytemuck::Zeroable::zeroed()
    };
    let args = DeliverArgs {
        settle_key: delivery.settle_key.to_bytes(),
        first: 0,
        proof: delivery.proof,
        capsules: Capsules(delivery.capsules),
    };
    let deliver = world.instructions.deliver(seat, &purchase, &[record], args);
    let all = [offer, join, deliver];
    let landed = world.send(&all, &[&participant.wallet]).expect("it lands");
    assert_eq!(landed.bytes, 887);
    assert!(world.read::<PurchaseAccount>(&seat).state.is_locked());

    let before = world.lamports(&participant.address());
    let settle = world.settle(&participant, &seat);
    world.lands(settle, &[&research.scene.stranger.wallet]);
    let world = &research.scene.world;
    assert_eq!(world.lamports(&participant.address()), before + PRICE);
    assert!(world.read::<PurchaseAccount>(&seat).state.is_settled());
    assert_eq!(world.lamports(&seat), SEAT_RENT);
}

/// The vault pays price and rent or nothing; a remainder below the rent minimum goes along, and comes back.
#[test]
fn a_remainder_goes_along() {
    let cost = PRICE + SEAT_RENT;
    for (budget, taken) in [
        (cost, Some(cost)),
        (cost + 1, Some(cost + 1)),
        (cost + EMPTY - 1, Some(cost + EMPTY - 1)),
        (cost + EMPTY, Some(cost)),
        (cost - 1, None),
    ] {
        let mut research = Research::open(8, 1, 1);
        research.fund(budget);
        let participant = research.scene.world.user();
        let order = research.order_of(&participant, 1);
        let join = research.join(&participant, order);
        let seat = join.accounts[4].pubkey;
        let signers = [&participant.wallet];
        let Some(taken) = taken else {
            let error = GenerionError::BudgetExhausted;
            research.scene.world.refuses(join, &signers, error);
            continue;
        };
        research.scene.world.lands(join, &signers);
        assert_eq!(research.scene.world.lamports(&seat), taken);
        assert_eq!(research.seat(&seat).price, PRICE);
        let refund = research.scene.refund(&participant, &seat);
        research.scene.world.lands(refund, &signers);
        assert_eq!(research.budget(), budget);
    }
    let mut empty = Research::open(9, 1, 1);
    let participant = empty.scene.world.user();
    let order = empty.order_of(&participant, 1);
    let join = empty.join(&participant, order);
    let error = GenerionError::BudgetExhausted;
    empty
        .scene
        .world
        .refuses(join, &[&participant.wallet], error);
}

/// Lamports that somebody sent ahead to the seat lower the rent, never the price, and end in the vault.
#[test]
fn a_prefunded_seat_is_made() {
    let cost = PRICE + SEAT_RENT;
    for (gift, paid) in [(EMPTY, cost - EMPTY), (SEAT_RENT, PRICE), (cost, PRICE)] {
        let mut research = Research::open(10, 1, 1);
        research.fund(paid);
        let participant = research.scene.world.user();
        let order = research.order_of(&participant, 1);
        let join = research.join(&participant, order);
        let seat = join.accounts[4].pubkey;
        let give = solana_system_interface::instruction::transfer(
            &research.scene.stranger.address(),
            &seat,
            gift,
        );
        research
            .scene
            .world
            .lands(give, &[&research.scene.stranger.wallet]);
        research.scene.world.lands(join, &[&participant.wallet]);
        assert_eq!(research.scene.world.lamports(&seat), gift + paid);
        assert_eq!(research.budget(), 0);
        research.paid(&participant, &seat);
        research.end();
        let close = research.close_seat(&participant);
        research
            .scene
            .world
            .lands(close, &[&research.researcher.wallet]);
        assert_eq!(research.budget(), gift + paid - PRICE);
    }
}
