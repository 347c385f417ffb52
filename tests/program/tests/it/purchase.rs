//! `purchase`: its effects, and each of its refusals.

use generion::{
    GenerionError, PurchaseArgs,
    constants::{ACCOUNT_VERSION, PURCHASE_SEED},
    curve::IDENTITY,
    events::Purchased,
    state::{Order, Purchase, PurchaseStatus},
};
use generion_interface::{
    accounts::{OrderAccount, PurchaseAccount},
    events::Event,
};
use generion_program_tests::{PRICE, WINDOW};
use sha2::{Digest, Sha256};
use solana_address::Address;
use solana_instruction::{Instruction, error::InstructionError};

use crate::{
    matrix::{self, Case, Role},
    support::{NOT_WRITABLE, Scene, invalid_keys, paid},
};

/// The buyer's purchase with changed arguments.
fn buy_with(scene: &Scene, order: &Address, change: impl FnOnce(&mut PurchaseArgs)) -> Instruction {
    let buyer_key = scene.buyer.purchase_secret(order).public_key().to_bytes();
    let mut args = PurchaseArgs {
        buyer_key,
        terms: scene.world.read::<OrderAccount>(order).terms(order),
    };
    change(&mut args);
    scene
        .world
        .instructions
        .purchase(scene.buyer.address(), *order, args)
}

/// A purchase holds price and rent, stores its fields, and logs the event.
#[test]
fn puts_the_price_into_escrow() {
    let mut scene = Scene::new(1);
    let order = scene.order(2);
    let before: OrderAccount = scene.world.read(&order);
    let instruction = buy_with(&scene, &order, |_| {});
    let purchase = instruction.accounts[2].pubkey;
    let (seller, buyer) = (scene.patient.address(), scene.buyer.address());

    let landed = scene.world.lands(instruction, &[&scene.buyer.wallet]);

    let deadline = scene.world.time() + i64::from(WINDOW);
    let event = Purchased {
        purchase,
        order,
        seller,
        buyer,
        buyer_key: scene.buyer.purchase_secret(&order).public_key().to_bytes(),
        price: PRICE.into(),
        deadline: deadline.into(),
        record_count: 2,
    };
    let escrow = scene.world.rent(&purchase) + PRICE;
    landed.assert_did(
        &paid(buyer, purchase, escrow),
        &[order, purchase],
        Event::Purchased(event),
    );
    let seeds = [PURCHASE_SEED, order.as_ref(), buyer.as_ref()];
    let state = Purchase {
        version: ACCOUNT_VERSION,
        bump: Address::find_program_address(&seeds, &generion::ID).1,
        status: PurchaseStatus::Pending as u8,
        record_count: 2,
        delivered_count: 0,
        seat: 0,
        reserved: [0; 2],
        price: PRICE,
        deadline,
        settle_by: 0,
        order,
        seller,
        buyer,
        settle_key: IDENTITY,
        terms: terms_with(&scene, &order, |_| {}),
        buyer_key: scene.buyer.purchase_secret(&order).public_key().to_bytes(),
    };
    let expected = PurchaseAccount {
        state,
        capsules: vec![None; 2],
    };
    assert_eq!(scene.world.read::<PurchaseAccount>(&purchase), expected);
    let counted = OrderAccount {
        state: Order {
            pending_purchases: 1,
            ..before.state
        },
        ..before
    };
    assert_eq!(scene.world.read::<OrderAccount>(&order), counted);
}

/// Several buyers can buy one order at the same time.
#[test]
fn many_buyers_buy_one_order() {
    let mut scene = Scene::new(2);
    let order = scene.order(2);
    for (bought, person) in [&scene.buyer, &scene.doctor, &scene.stranger]
        .into_iter()
        .enumerate()
    {
        scene.world.buy(person, &order);
        let pending = scene
            .world
            .read::<OrderAccount>(&order)
            .state
            .pending_purchases;
        assert_eq!(pending as usize, bought + 1);
    }
}

/// Every malformed variant in the matrix is refused.
#[test]
fn refuses_malformed() {
    let mut scene = Scene::new(3);
    let order = scene.order(2);
    let valid = buy_with(&scene, &order, |_| {});
    let seeds = [
        PURCHASE_SEED,
        order.as_ref(),
        scene.buyer.address().as_ref(),
    ]
    .map(<[u8]>::to_vec);
    let roles = [
        Role::Signer,
        Role::Stored,
        Role::New(seeds.to_vec()),
        Role::System,
    ];
    let doctors_order = scene.world.order(&scene.clinic, &scene.doctor, 2);
    let case = Case {
        valid: &valid,
        signers: &[&scene.buyer.wallet],
        roles: &roles,
        others: &[(1, doctors_order, InstructionError::InvalidSeeds)],
        swapped: &[
            (1, 2, InstructionError::AccountDataTooSmall),
            (1, 3, NOT_WRITABLE),
            (2, 3, NOT_WRITABLE),
        ],
        truncated: &matrix::cut_short,
    };
    matrix::check(&mut scene.world, &scene.stranger, case);
}

/// The terms of an order, after docs/PROTOCOL.md, section 6: with a part changed, of `parts` the one at the index.
fn terms_with(scene: &Scene, order: &Address, change: impl FnOnce(&mut [Vec<u8>])) -> [u8; 32] {
    let OrderAccount { state, records } = scene.world.read(order);
    let mut parts = vec![
        b"generion/terms/v1".to_vec(),
        order.to_bytes().to_vec(),
        state.seller.to_bytes().to_vec(),
        state.price.to_le_bytes().to_vec(),
        state.delivery_window.to_le_bytes().to_vec(),
        state.label.to_vec(),
        state.only_buyer.to_bytes().to_vec(),
    ];
    parts.extend(records.iter().map(|record| record.to_bytes().to_vec()));
    change(&mut parts);
    Sha256::digest(parts.concat()).into()
}

/// A purchase whose terms differ from the order in any single value is refused.
#[test]
fn refuses_terms_other_than_the_orders() {
    let mut scene = Scene::new(4);
    let order = scene.order(3);
    let names = [
        "domain",
        "order",
        "seller",
        "price",
        "window",
        "label",
        "only buyer",
        "first record",
        "second record",
        "third record",
    ];
    let signers = [&scene.buyer.wallet];
    let mut refused = vec![[0; 32], [0xff; 32]];
    for (part, name) in names.iter().enumerate() {
        let length = match *name {
            "domain" => 17,
            "price" => 8,
            "window" => 4,
            "label" => 64,
            _ => 32,
        };
        // The first byte, and the last.
        for byte in [0, length - 1] {
            let change = |parts: &mut [Vec<u8>]| {
                assert_eq!(parts[part].len(), length, "{name}");
                parts[part][byte] ^= 1;
            };
            refused.push(terms_with(&scene, &order, change));
        }
    }
    // Two records in each other's place, one left out, one twice.
    refused.push(terms_with(&scene, &order, |parts| parts.swap(8, 9)));
    refused.push(terms_with(&scene, &order, |parts| parts[9].clear()));
    refused.push(terms_with(&scene, &order, |parts| {
        parts[9] = parts[8].repeat(2)
    }));
    let mut flipped = terms_with(&scene, &order, |_| {});
    flipped[31] ^= 0x80;
    refused.push(flipped);
    for terms in refused {
        let instruction = buy_with(&scene, &order, |args| args.terms = terms);
        scene
            .world
            .refuses(instruction, &signers, GenerionError::TermsChanged);
    }
    let honest = terms_with(&scene, &order, |_| {});
    let instruction = buy_with(&scene, &order, |args| args.terms = honest);
    scene.world.lands(instruction, &signers);
}

/// The terms of one order buy no other order, even one with equal values.
#[test]
fn refuses_the_terms_of_a_twin() {
    let mut scene = Scene::new(12);
    let records = scene.records(2);
    let [one, other] = [(), ()].map(|()| scene.order_of(&records, |_| {}));
    let twin = buy_with(&scene, &one, |_| {}).data[33..].to_vec();
    let instruction = buy_with(&scene, &other, |args| {
        args.terms.copy_from_slice(&twin);
    });
    scene.world.refuses(
        instruction,
        &[&scene.buyer.wallet],
        GenerionError::TermsChanged,
    );
}

/// Only the named buyer can buy an order for one buyer.
#[test]
fn an_order_for_one_buyer_is_sold_to_nobody_else() {
    let mut scene = Scene::new(13);
    let records = scene.records(1);
    let only = scene.buyer.address();
    let order = scene.order_of(&records, |args| args.only_buyer = Some(only));
    for person in [&scene.doctor, &scene.stranger, &scene.sponsor] {
        let instruction = scene.world.purchase(person, &order);
        scene.world.refuses(
            instruction,
            &[&person.wallet],
            GenerionError::BuyerNotAllowed,
        );
    }
    // Nor to one who says that it is for anyone, or for himself.
    for claimed in [[0; 32], scene.stranger.address().to_bytes()] {
        let terms = terms_with(&scene, &order, |parts| parts[6] = claimed.to_vec());
        let mut instruction = scene.world.purchase(&scene.stranger, &order);
        instruction.data[33..].copy_from_slice(&terms);
        scene.world.refuses(
            instruction,
            &[&scene.stranger.wallet],
            GenerionError::BuyerNotAllowed,
        );
    }
    // Nor to the seller.
    let own = scene.world.purchase(&scene.patient, &order);
    scene
        .world
        .refuses(own, &[&scene.patient.wallet], GenerionError::OwnOrder);
    scene.world.buy(&scene.buyer, &order);
}

/// Buyers' keys that are the identity or no valid point are refused.
#[test]
fn refuses_keys_that_nobody_can_encrypt_to() {
    let mut scene = Scene::new(5);
    let order = scene.order(2);
    for key in invalid_keys() {
        let instruction = buy_with(&scene, &order, |args| args.buyer_key = key);
        scene.world.refuses(
            instruction,
            &[&scene.buyer.wallet],
            GenerionError::InvalidPoint,
        );
    }
}

/// Sellers can't buy their own orders.
#[test]
fn refuses_the_seller() {
    let mut scene = Scene::new(6);
    let order = scene.order(2);
    let instruction = scene.world.purchase(&scene.patient, &order);
    scene.world.refuses(
        instruction,
        &[&scene.patient.wallet],
        GenerionError::OwnOrder,
    );
}

/// A buyer can have only one purchase of an order at a time, until the buyer closes it.
#[test]
fn refuses_a_second_open_purchase() {
    let mut scene = Scene::new(7);
    let (order, purchase) = scene.sold(2);
    let again = buy_with(&scene, &order, |_| {});
    scene.world.refuses(
        again.clone(),
        &[&scene.buyer.wallet],
        GenerionError::AccountAlreadyExists,
    );
    // A locked one holds the price, and a settled one the keys until the buyer closes it.
    let deliver = scene.delivery(&purchase, 0, 2);
    scene.world.lands(deliver, &[&scene.stranger.wallet]);
    scene.world.refuses(
        again.clone(),
        &[&scene.buyer.wallet],
        GenerionError::AccountAlreadyExists,
    );
    let settle = scene.settle(&purchase);
    scene.world.lands(settle, &[&scene.stranger.wallet]);
    scene.world.refuses(
        again,
        &[&scene.buyer.wallet],
        GenerionError::AccountAlreadyExists,
    );
}

/// An order whose sales are stopped, or that is closed, can't be bought.
#[test]
fn refuses_an_order_that_is_not_open_or_gone() {
    let mut scene = Scene::new(8);
    let (order, purchase) = scene.sold(2);
    let late = scene.world.purchase(&scene.doctor, &order);
    let close = scene.close_order(&order);
    scene.world.lands(close.clone(), &[&scene.patient.wallet]);
    scene.world.refuses(
        late.clone(),
        &[&scene.doctor.wallet],
        GenerionError::OrderNotOpen,
    );
    let refund = scene.refund(&scene.patient, &purchase);
    scene.world.lands(refund, &[&scene.patient.wallet]);
    scene.world.refuses(
        late.clone(),
        &[&scene.doctor.wallet],
        GenerionError::OrderNotOpen,
    );
    scene.world.lands(close, &[&scene.patient.wallet]);
    scene.world.refuses_with(
        late,
        &[&scene.doctor.wallet],
        InstructionError::AccountDataTooSmall,
    );
}

/// A deadline past the end of the clock's range is refused.
#[test]
fn refuses_a_deadline_past_the_clock() {
    let mut scene = Scene::new(9);
    let order = scene.order(2);
    let instruction = buy_with(&scene, &order, |_| {});
    scene.at(i64::MAX - i64::from(WINDOW) + 1);
    scene.world.refuses(
        instruction.clone(),
        &[&scene.buyer.wallet],
        GenerionError::DeadlineOverflow,
    );
    scene.at(i64::MAX - i64::from(WINDOW));
    scene.world.lands(instruction, &[&scene.buyer.wallet]);
}

/// The order's purchase counter can't overflow.
#[test]
fn refuses_a_count_past_its_range() {
    let mut scene = Scene::new(10);
    let order = scene.order(2);
    scene
        .world
        .edit::<Order>(&order, |order| order.pending_purchases = u32::MAX);
    let instruction = buy_with(&scene, &order, |_| {});
    scene.world.refuses(
        instruction,
        &[&scene.buyer.wallet],
        GenerionError::Arithmetic,
    );
}

/// A buyer who can't pay price and rent is refused.
#[test]
fn refuses_a_buyer_who_can_not_pay() {
    let mut scene = Scene::new(11);
    let order = scene.order(2);
    scene
        .world
        .replace(&scene.buyer.address(), |account| account.lamports = PRICE);
    let instruction = buy_with(&scene, &order, |_| {});
    // The system program's `ResultWithNegativeLamports`.
    scene.world.refuses_with(
        instruction,
        &[&scene.buyer.wallet],
        InstructionError::Custom(1),
    );
}
