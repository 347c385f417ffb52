//! `create_order`: its effects, and each of its refusals.

use generion::{
    CreateOrderArgs, GenerionError,
    constants::{
        ACCOUNT_VERSION, LABEL_LEN, MAX_DELIVERY_WINDOW, MAX_ORDER_RECORDS, MIN_DELIVERY_WINDOW,
        ORDER_SEED,
    },
    events::OrderCreated,
    state::{Order, Record, User},
};
use generion_interface::{accounts::OrderAccount, events::Event};
use generion_program_tests::{PRICE, WINDOW, code_of};
use solana_address::Address;
use solana_instruction::error::InstructionError;

use crate::{
    matrix::{self, Case, Role},
    support::{CONSTRAINT_EXECUTABLE, NOT_WRITABLE, Scene, paid, record_state},
};

fn seeds(seller: &Address, id: u64) -> Vec<Vec<u8>> {
    vec![
        ORDER_SEED.to_vec(),
        seller.to_bytes().to_vec(),
        id.to_le_bytes().to_vec(),
    ]
}

/// An order stores its terms and records, lists each record, and logs the event.
#[test]
fn puts_records_up_for_sale() {
    let mut scene = Scene::new(1);
    let records = scene.records(4);
    let listed = vec![records[0], records[2], records[3]];
    let before = scene.world.user_of(&scene.patient);
    let create = scene.create_order(&listed, |_| {});
    let order = create.accounts[3].pubkey;
    let (seller, rent_payer) = (scene.patient.address(), scene.sponsor.address());

    let landed = scene
        .world
        .lands(create, &[&scene.patient.wallet, &scene.sponsor.wallet]);

    let user = scene.world.instructions.addresses.user(&seller);
    let event = OrderCreated {
        order,
        seller,
        rent_payer,
        id: 0,
        price: PRICE,
        created_at: scene.world.time(),
        delivery_window: WINDOW,
        only_buyer: None,
        label: "blood pressure, 2026".into(),
        records: listed.clone(),
    };
    let rent = scene.world.rent(&order);
    let written = [user, order, records[0], records[2], records[3]];
    landed.assert_did(
        &paid(rent_payer, order, rent),
        &written,
        Event::OrderCreated(event),
    );

    let seeds = seeds(&seller, 0);
    let seeds: Vec<&[u8]> = seeds.iter().map(Vec::as_slice).collect();
    let mut label = [0; LABEL_LEN];
    label[..20].copy_from_slice(b"blood pressure, 2026");
    let state = Order {
        version: ACCOUNT_VERSION,
        bump: Address::find_program_address(&seeds, &generion::ID).1,
        open: 1,
        reserved: 0,
        pending_purchases: 0,
        id: 0,
        created_at: scene.world.time(),
        rent_payer,
        seller,
        price: PRICE,
        delivery_window: WINDOW,
        label,
        only_buyer: Address::default(),
        settled_purchases: 0,
    };
    let expected = OrderAccount {
        state,
        records: listed,
    };
    assert_eq!(scene.world.read::<OrderAccount>(&order), expected);
    assert_eq!(
        scene.world.read::<User>(&user),
        User {
            next_order_id: 1,
            ..before
        }
    );
    let listings = records
        .iter()
        .map(|record| record_state(&scene.world, record).listings);
    assert!(listings.eq([1, 0, 1, 1]));
}

/// An order can name the only wallet that may buy it.
#[test]
fn an_order_may_be_for_one_buyer() {
    let mut scene = Scene::new(11);
    let records = scene.records(1);
    let only = scene.buyer.address();
    let create = scene.create_order(&records, |args| args.only_buyer = Some(only));
    let order = create.accounts[3].pubkey;
    let landed = scene
        .world
        .lands(create, &[&scene.patient.wallet, &scene.sponsor.wallet]);
    let state = scene.world.read::<OrderAccount>(&order).state;
    assert_eq!((state.only_buyer, state.only_buyer()), (only, Some(&only)));
    assert!(matches!(
        &landed.events[..],
        [Event::OrderCreated(OrderCreated { only_buyer: Some(buyer), .. })] if *buyer == only
    ));
}

/// An only buyer of zeros is refused, because zeros mean that anyone may buy.
#[test]
fn refuses_an_only_buyer_of_zeros() {
    let mut scene = Scene::new(12);
    let records = scene.records(1);
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    let zeros = scene.create_order(&records, |args| args.only_buyer = Some(Address::default()));
    scene
        .world
        .refuses(zeros, &signers, GenerionError::BuyerNotAllowed);
    let nearly = |args: &mut CreateOrderArgs| {
        let mut address = [0; 32];
        address[31] = 1;
        args.only_buyer = Some(Address::new_from_array(address));
    };
    let one_bit = scene.create_order(&records, nearly);
    scene.world.lands(one_bit, &signers);
    // The option's byte is 0 or 1.
    let mut odd = scene.create_order(&records, |_| {});
    odd.data[21] = 2;
    scene
        .world
        .refuses_with(odd, &signers, InstructionError::InvalidInstructionData);
}

/// A record can be in several orders, and counts each of them.
#[test]
fn a_record_may_be_in_several_orders() {
    let mut scene = Scene::new(2);
    let record = scene.record().address;
    for id in 0..2 {
        scene.order_of(&[record], |_| {});
        assert_eq!(record_state(&scene.world, &record).listings, id + 1);
    }
    assert_eq!(scene.world.user_of(&scene.patient).next_order_id, 2);
}

/// Every malformed variant in the matrix is refused.
#[test]
fn refuses_malformed() {
    let mut scene = Scene::new(3);
    let records = scene.records(2);
    let valid = scene.create_order(&records, |_| {});
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    let doctors_user = scene
        .world
        .instructions
        .addresses
        .user(&scene.doctor.address());
    let doctors_record = scene.world.verified_record(&scene.clinic, &scene.doctor);
    let wrong_owner = code_of(GenerionError::WrongOwner);
    let roles = [
        Role::Signer,
        Role::Payer,
        Role::Stored,
        Role::New(seeds(&scene.patient.address(), 0)),
        Role::System,
        Role::Trailing,
        Role::Trailing,
    ];
    let case = Case {
        valid: &valid,
        signers: &signers,
        roles: &roles,
        others: &[
            (2, doctors_user, code_of(GenerionError::WrongUser)),
            (5, doctors_record, wrong_owner.clone()),
            (6, doctors_record, wrong_owner),
        ],
        swapped: &[
            (2, 3, InstructionError::AccountDataTooSmall),
            (2, 4, NOT_WRITABLE),
            (2, 5, InstructionError::InvalidAccountData),
            (2, 6, InstructionError::InvalidAccountData),
            (3, 4, NOT_WRITABLE),
            (3, 5, InstructionError::InvalidSeeds),
            (3, 6, InstructionError::InvalidSeeds),
            (4, 5, CONSTRAINT_EXECUTABLE),
            (4, 6, CONSTRAINT_EXECUTABLE),
            (5, 6, code_of(GenerionError::RecordOrder)),
        ],
        truncated: &matrix::cut_short,
    };
    matrix::check(&mut scene.world, &scene.stranger, case);
}

/// An order has 1 to 24 records; 0 and 25 are refused.
#[test]
fn lists_1_to_24_records() {
    let mut scene = Scene::new(4);
    let records =
        scene
            .world
            .verified_records(&scene.clinic, &scene.patient, MAX_ORDER_RECORDS + 1);
    let signer = [&scene.patient.wallet];
    for count in [0, MAX_ORDER_RECORDS + 1] {
        let create = scene.world.create_order(&scene.patient, &records[..count]);
        scene
            .world
            .refuses(create, &signer, GenerionError::OrderLength);
    }
    let create = scene.world.create_order(&scene.patient, &records[1..]);
    let order = create.accounts[3].pubkey;
    let landed = scene.world.lands(create, &signer);
    assert_eq!(scene.listed(&order), records[1..]);
    assert!(matches!(
        &landed.events[..],
        [Event::OrderCreated(OrderCreated { records: told, .. })] if *told == records[1..]
    ));
}

/// Records must be sorted by all bytes of their addresses, without repetition.
#[test]
fn refuses_records_out_of_order() {
    let mut scene = Scene::new(5);
    let [a, b, c] = scene.records(3)[..] else {
        unreachable!("three were asked for")
    };
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    for list in [
        &[a, a][..],
        &[b, a],
        &[a, c, b],
        &[a, b, b],
        &[b, b, c],
        &[b, a, c],
        &[c, b, a],
    ] {
        let create = scene.create_order(list, |_| {});
        scene
            .world
            .refuses(create, &signers, GenerionError::RecordOrder);
    }
    let create = scene.create_order(&[a, b, c], |_| {});
    scene.world.lands(create, &signers);
}

/// Records that are unverified or of another owner are refused.
#[test]
fn refuses_records_that_are_not_verified_or_not_the_sellers() {
    let mut scene = Scene::new(6);
    let verified = scene.record().address;
    let unverified = scene.unverified_record().address;
    let doctors = scene.world.verified_record(&scene.clinic, &scene.doctor);
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    let with = |other: Address| {
        let mut list = vec![verified, other];
        list.sort_unstable();
        scene.create_order(&list, |_| {})
    };
    let (with_unverified, with_doctors) = (with(unverified), with(doctors));
    scene
        .world
        .refuses(with_unverified, &signers, GenerionError::NotVerified);
    scene
        .world
        .refuses(with_doctors, &signers, GenerionError::WrongOwner);
    let create = scene.create_order(&[verified], |_| {});
    scene.world.lands(create, &signers);
}

/// Records for two different owner keys are refused in one order, because a delivery proof is about one owner key.
#[test]
fn refuses_records_made_for_different_keys() {
    let mut scene = Scene::new(13);
    let old = scene.records(2);
    scene.patient.key_index = 1;
    scene.world.publish_key(&scene.patient);
    let new = scene.records(2);
    let signers = [
        &scene.patient.wallet.insecure_clone(),
        &scene.sponsor.wallet.insecure_clone(),
    ];
    let sorted = |list: &[Address]| {
        let mut list = list.to_vec();
        list.sort_unstable();
        list
    };
    // Whichever comes first, and wherever the other one stands.
    for mixed in [
        [old[0], new[0]].to_vec(),
        [old[1], new[1]].to_vec(),
        [&old[..], &new[..1]].concat(),
        [&old[1..], &new[..]].concat(),
        [old.clone(), new.clone()].concat(),
    ] {
        let create = scene.create_order(&sorted(&mixed), |_| {});
        scene
            .world
            .refuses(create, &signers, GenerionError::MixedOwnerKeys);
    }
    for list in [old, new] {
        let create = scene.create_order(&list, |_| {});
        scene.world.lands(create, &signers);
    }
}

type Change = fn(&mut CreateOrderArgs);

/// Prices and delivery windows outside the limits are refused, and those at the limits accepted.
#[test]
fn refuses_terms_outside_the_limits() {
    let mut scene = Scene::new(7);
    let records = scene.records(1);
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    let rent_minimum = scene.world.svm.minimum_balance_for_rent_exemption(0);
    let too_low = scene.create_order(&records, |args| args.price = rent_minimum - 1);
    scene
        .world
        .refuses(too_low, &signers, GenerionError::PriceTooLow);
    use GenerionError::{DeliveryWindow, InvalidLabel, NotNextOrderId, PriceTooLow};
    let refused: [(Change, GenerionError); 11] = [
        (|args| args.price = 0, PriceTooLow),
        (|args| args.delivery_window = 0, DeliveryWindow),
        (|args| args.delivery_window = 599, DeliveryWindow),
        (|args| args.delivery_window = 2_592_001, DeliveryWindow),
        (|args| args.delivery_window = u32::MAX, DeliveryWindow),
        (|args| args.label = "x".repeat(65), InvalidLabel),
        (|args| args.label = "ü".repeat(33), InvalidLabel),
        (|args| args.label = "a\0b".into(), InvalidLabel),
        (|args| args.label = "a\0".into(), InvalidLabel),
        (|args| args.id = 1, NotNextOrderId),
        (|args| args.id = u64::MAX, NotNextOrderId),
    ];
    for (change, rule) in refused {
        let create = scene.create_order(&records, change);
        scene.world.refuses(create, &signers, rule);
    }
    let at_the_limit: [Change; 4] = [
        |args| args.delivery_window = MIN_DELIVERY_WINDOW,
        |args| args.delivery_window = MAX_DELIVERY_WINDOW,
        |args| args.label = "ü".repeat(32),
        |args| (args.label, args.price) = (String::new(), u64::MAX),
    ];
    for change in at_the_limit {
        let create = scene.create_order(&records, change);
        scene.world.lands(create, &signers);
    }
    let create = scene.create_order(&records, |args| args.price = rent_minimum);
    let order = create.accounts[3].pubkey;
    scene.world.lands(create, &signers);
    assert_eq!(
        scene.world.read::<OrderAccount>(&order).state.price,
        rent_minimum
    );
}

/// A label that is not UTF-8 is refused.
#[test]
fn refuses_a_label_that_is_not_utf_8() {
    let mut scene = Scene::new(8);
    let records = scene.records(1);
    let mut create = scene.create_order(&records, |args| args.label = "ab".into());
    *create.data.last_mut().expect("data") = 0xff;
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    scene
        .world
        .refuses_with(create, &signers, InstructionError::InvalidInstructionData);
}

/// Counters at the ends of their ranges are refused.
#[test]
fn refuses_counters_that_leave_their_range() {
    let mut scene = Scene::new(9);
    let records = scene.records(1);
    let record = records[0];
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    scene
        .world
        .edit::<Record>(&record, |record| record.listings = u64::MAX);
    let create = scene.create_order(&records, |_| {});
    scene
        .world
        .refuses(create, &signers, GenerionError::Arithmetic);
    scene
        .world
        .edit::<Record>(&record, |record| record.listings = 0);
    let user = scene
        .world
        .instructions
        .addresses
        .user(&scene.patient.address());
    scene
        .world
        .edit::<User>(&user, |user| user.next_order_id = u64::MAX);
    let create = scene.create_order(&records, |_| {});
    scene
        .world
        .refuses(create, &signers, GenerionError::Arithmetic);
}

/// An order at an address in use is refused, even if the seller's counter went back.
#[test]
fn refuses_an_order_where_one_is() {
    let mut scene = Scene::new(10);
    let records = scene.records(1);
    scene.order_of(&records, |_| {});
    let user = scene
        .world
        .instructions
        .addresses
        .user(&scene.patient.address());
    // No instruction turns the counter back; the address itself is the second line of defence.
    scene
        .world
        .edit::<User>(&user, |user| user.next_order_id = 0);
    let create = scene.create_order(&records, |_| {});
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    scene
        .world
        .refuses(create, &signers, GenerionError::AccountAlreadyExists);
}
