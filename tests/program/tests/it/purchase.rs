use generion::{
    GenerionError, PurchaseArgs,
    constants::{ACCOUNT_VERSION, PURCHASE_SEED},
    events::Purchased,
    state::{Order, Purchase, PurchaseStatus},
};
use generion_interface::{
    accounts::{OrderAccount, PurchaseAccount},
    events::Event,
};
use generion_program_tests::{PRICE, WINDOW};
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
        price: PRICE,
        delivery_window: WINDOW,
        record_count: 2,
    };
    change(&mut args);
    scene
        .world
        .instructions
        .purchase(scene.buyer.address(), *order, args)
}

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
        reserved: [0; 3],
        price: PRICE,
        deadline,
        order,
        seller,
        buyer,
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

#[test]
fn refuses_terms_other_than_the_orders() {
    let mut scene = Scene::new(4);
    let order = scene.order(2);
    let changes: [fn(&mut PurchaseArgs); 6] = [
        |args| args.price += 1,
        |args| args.price -= 1,
        |args| args.record_count += 1,
        |args| args.record_count -= 1,
        |args| args.delivery_window += 1,
        |args| args.delivery_window -= 1,
    ];
    for change in changes {
        let instruction = buy_with(&scene, &order, change);
        scene.world.refuses(
            instruction,
            &[&scene.buyer.wallet],
            GenerionError::TermsChanged,
        );
    }
}

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
    // A settled one holds the keys until the buyer closes it.
    let deliver = scene.delivery(&purchase, 0, 2);
    scene.world.lands(deliver, &[&scene.stranger.wallet]);
    scene.world.refuses(
        again,
        &[&scene.buyer.wallet],
        GenerionError::AccountAlreadyExists,
    );
}

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
