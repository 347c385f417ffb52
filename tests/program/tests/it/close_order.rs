//! `close_order`: its effects, and each of its refusals.

use generion::{
    GenerionError,
    events::{OrderClosed, SalesStopped},
    state::{Order, Record},
};
use generion_interface::{accounts::OrderAccount, events::Event};
use generion_program_tests::code_of;
use solana_address::Address;
use solana_instruction::{AccountMeta, error::InstructionError};

use crate::{
    matrix::{self, Case, Role},
    support::{Scene, paid, record_state, with_account},
};

/// Closes an order of `records` for good, and checks all that it does.
#[track_caller]
fn closes(scene: &mut Scene, order: Address, records: &[Address], settled_purchases: u32) {
    let (seller, rent_payer) = (scene.patient.address(), scene.sponsor.address());
    let before: Vec<Record> = records
        .iter()
        .map(|record| record_state(&scene.world, record))
        .collect();
    let (close, rent) = (scene.close_order(&order), scene.world.rent(&order));

    let landed = scene.world.lands(close, &[&scene.patient.wallet]);

    let event = OrderClosed {
        order,
        seller,
        settled_purchases: settled_purchases.into(),
        rent_payer,
        lamports: rent.into(),
    };
    let written = [&[order], records].concat();
    landed.assert_did(
        &paid(order, rent_payer, rent),
        &written,
        Event::OrderClosed(event),
    );
    assert!(scene.world.is_closed(&order));
    for (record, before) in records.iter().zip(before) {
        let expected = Record {
            listings: before.listings - 1,
            ..before
        };
        assert_eq!(record_state(&scene.world, record), expected);
    }
}

/// Closing an order unlists its records and returns the rent to the payer.
#[test]
fn closes_and_unlists_and_the_payer_gets_the_rent() {
    let mut scene = Scene::new(1);
    let order = scene.order(3);
    let records = scene.listed(&order);
    closes(&mut scene, order, &records, 0);
}

/// While purchases are pending, the first call stops sales; a second call closes the order once they are gone.
#[test]
fn with_purchases_pending_takes_two_calls() {
    let mut scene = Scene::new(2);
    let (order, purchase) = scene.sold(2);
    let records = scene.listed(&order);
    let before: OrderAccount = scene.world.read(&order);
    let close = scene.close_order(&order);
    let signers = [&scene.patient.wallet.insecure_clone()];

    let landed = scene.world.lands(close.clone(), &signers);

    let event = SalesStopped {
        order,
        seller: scene.patient.address(),
        pending_purchases: 1.into(),
    };
    landed.assert_did(&[], &[order], Event::SalesStopped(event));
    let stopped = OrderAccount {
        state: Order {
            open: 0,
            ..before.state
        },
        ..before
    };
    assert_eq!(scene.world.read::<OrderAccount>(&order), stopped);
    let late = scene.world.purchase(&scene.doctor, &order);
    scene
        .world
        .refuses(late, &[&scene.doctor.wallet], GenerionError::OrderNotOpen);
    scene
        .world
        .refuses(close, &signers, GenerionError::PurchasesPending);

    // A locked purchase is pending still: without its order it could be neither settled nor refunded.
    let deliver = scene.delivery(&purchase, 0, 2);
    scene.world.lands(deliver, &[&scene.stranger.wallet]);
    let close = scene.close_order(&order);
    scene
        .world
        .refuses(close, &signers, GenerionError::PurchasesPending);
    let settle = scene.settle(&purchase);
    scene.world.lands(settle, &[&scene.stranger.wallet]);
    closes(&mut scene, order, &records, 1);
}

/// The call that stops sales works without the record accounts.
#[test]
fn stopping_sales_needs_no_records() {
    let mut scene = Scene::new(3);
    let (order, purchase) = scene.sold(1);
    let mut stop = scene.close_order(&order);
    stop.accounts.truncate(3);
    scene.world.lands(stop, &[&scene.patient.wallet]);
    let refund = scene.refund(&scene.patient, &purchase);
    scene.world.lands(refund, &[&scene.patient.wallet]);
    let records = scene.listed(&order);
    closes(&mut scene, order, &records, 0);
}

/// Every malformed variant in the matrix is refused.
#[test]
fn refuses_malformed() {
    let mut scene = Scene::new(4);
    let order = scene.order(2);
    let valid = scene.close_order(&order);
    let roles = [
        Role::Signer,
        Role::Stored,
        Role::Wallet(GenerionError::WrongRentPayer),
        Role::Listed,
        Role::Listed,
    ];
    let doctors_order = scene.world.order(&scene.clinic, &scene.doctor, 1);
    let doctors_record = scene.listed(&doctors_order)[0];
    let wrong_record = code_of(GenerionError::WrongRecord);
    let case = Case {
        valid: &valid,
        signers: &[&scene.patient.wallet],
        roles: &roles,
        others: &[
            (1, doctors_order, code_of(GenerionError::WrongSeller)),
            (3, doctors_record, wrong_record.clone()),
            (4, doctors_record, wrong_record.clone()),
        ],
        swapped: &[
            (1, 2, InstructionError::AccountDataTooSmall),
            (1, 3, InstructionError::InvalidAccountData),
            (1, 4, InstructionError::InvalidAccountData),
            (2, 3, code_of(GenerionError::WrongRentPayer)),
            (2, 4, code_of(GenerionError::WrongRentPayer)),
            (3, 4, wrong_record),
        ],
        truncated: &matrix::cut_short,
    };
    matrix::check(&mut scene.world, &scene.stranger, case);
    assert!(scene.world.is_closed(&order));
}

/// Only the seller can close an order.
#[test]
fn refuses_everybody_but_the_seller() {
    let mut scene = Scene::new(5);
    let order = scene.order(1);
    for person in [&scene.sponsor, &scene.buyer, &scene.doctor] {
        let close = with_account(&scene.close_order(&order), 0, person.address());
        scene
            .world
            .refuses(close, &[&person.wallet], GenerionError::WrongSeller);
    }
}

/// Records that are not the order's, too few, too many or in another order are refused.
#[test]
fn refuses_records_other_than_the_orders() {
    let mut scene = Scene::new(6);
    let order = scene.order(2);
    let other = scene.record().address;
    let doctors = scene.world.verified_record(&scene.clinic, &scene.doctor);
    let own = scene.listed(&order);
    let mut close = scene.close_order(&order);
    let lists = [
        &[][..],
        &own[..1],
        &[own[1], own[0]],
        &[own[0], own[0]],
        &[own[0], other],
        &[doctors, own[1]],
        &[own[0], own[1], other],
        &[own[0], own[1], own[1]],
    ];
    for list in lists {
        close.accounts.truncate(3);
        close
            .accounts
            .extend(list.iter().map(|record| AccountMeta::new(*record, false)));
        scene.world.refuses(
            close.clone(),
            &[&scene.patient.wallet],
            GenerionError::WrongRecord,
        );
    }
}

/// A listing counter can't go below zero.
#[test]
fn refuses_listings_below_zero() {
    let mut scene = Scene::new(7);
    let order = scene.order(1);
    let record = scene.listed(&order)[0];
    scene
        .world
        .edit::<Record>(&record, |record| record.listings = 0);
    let close = scene.close_order(&order);
    scene
        .world
        .refuses(close, &[&scene.patient.wallet], GenerionError::Arithmetic);
}
