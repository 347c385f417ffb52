use generion::{
    GenerionError,
    constants::MAX_DELIVERY_BATCH,
    events::Delivered,
    proof::delivery::DeliveryProof,
    state::{Order, Purchase, PurchaseStatus},
};
use generion_interface::{
    accounts::{OrderAccount, PurchaseAccount},
    events::Event,
};
use generion_program_tests::{MAX_TRANSACTION_BYTES, PRICE, code_of};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction, error::InstructionError};

use crate::{
    matrix::{self, Case, Role},
    support::{Scene, paid, with_account},
};

/// Bytes of `deliver` before the capsules: tag, first, proof.
const HEAD: usize = 2 + size_of::<DeliveryProof>();

/// Delivers a batch, and checks all that it does; the last one pays the seller.
#[track_caller]
fn delivers(scene: &mut Scene, purchase: Address, first: usize, count: usize) {
    let before: PurchaseAccount = scene.world.read(&purchase);
    let order = before.state.order;
    let order_before: OrderAccount = scene.world.read(&order);
    let delivery = scene
        .world
        .prove(&scene.patient, &scene.buyer, &purchase, first, count);
    let deliver = scene.world.deliver(&purchase, first, &delivery);

    let landed = scene.world.lands(deliver, &[&scene.stranger.wallet]);

    let (seller, buyer) = (scene.patient.address(), scene.buyer.address());
    let delivered_count = before.state.delivered_count + count as u8;
    let complete = delivered_count == before.state.record_count;
    let lamports = if complete { PRICE } else { 0 };
    let (first_u8, count_u8) = (first as u8, count as u8);
    let event = Delivered {
        purchase,
        order,
        seller,
        buyer,
        first: first_u8,
        count: count_u8,
        lamports: lamports.into(),
    };
    let moved = if complete {
        paid(purchase, seller, PRICE).to_vec()
    } else {
        vec![]
    };
    let written = if complete {
        vec![purchase, order]
    } else {
        vec![purchase]
    };
    landed.assert_did(&moved, &written, Event::Delivered(event));

    let status = if complete {
        PurchaseStatus::Settled
    } else {
        PurchaseStatus::Pending
    } as u8;
    let mut expected = PurchaseAccount {
        state: Purchase {
            delivered_count,
            status,
            ..before.state
        },
        ..before
    };
    for (slot, capsule) in expected.capsules[first..].iter_mut().zip(delivery.capsules) {
        *slot = Some(capsule);
    }
    assert_eq!(scene.world.read::<PurchaseAccount>(&purchase), expected);
    let done = u32::from(complete);
    let state = Order {
        pending_purchases: order_before.state.pending_purchases - done,
        settled_purchases: order_before.state.settled_purchases + done,
        ..order_before.state
    };
    assert_eq!(
        scene.world.read::<OrderAccount>(&order),
        OrderAccount {
            state,
            ..order_before
        }
    );
}

#[test]
fn pays_the_seller_with_the_proof() {
    let mut scene = Scene::new(1);
    let (_, purchase) = scene.sold(2);
    delivers(&mut scene, purchase, 0, 2);
    let left = scene.world.lamports(&purchase);
    assert_eq!(
        left,
        scene.world.rent(&purchase),
        "the rent stays until the buyer takes it"
    );
}

#[test]
fn several_batches_in_any_order_pay_with_the_last() {
    let batches = [(0, 2), (2, 1), (3, 3)];
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0], [2, 1, 0]] {
        let mut scene = Scene::new(2);
        let (_, purchase) = scene.sold(6);
        for (first, count) in order.map(|index| batches[index]) {
            delivers(&mut scene, purchase, first, count);
        }
        assert!(
            scene
                .world
                .read::<PurchaseAccount>(&purchase)
                .state
                .is_settled()
        );
    }
}

#[test]
fn batches_of_1_to_9_fit_a_legacy_transaction() {
    for count in 1..=9 {
        let mut scene = Scene::new(3);
        let (_, purchase) = scene.sold(count);
        delivers(&mut scene, purchase, 0, count);
    }
}

#[test]
fn nine_records_fit_beside_a_compute_budget_instruction() {
    let mut scene = Scene::new(4);
    let (_, purchase) = scene.sold(9);
    let deliver = scene.delivery(&purchase, 0, 9);
    // `SetComputeUnitLimit`
    let limit = [&[2][..], &100_000_u32.to_le_bytes()].concat();
    let program_id = Address::from_str_const("ComputeBudget111111111111111111111111111111");
    let budget = Instruction {
        program_id,
        accounts: vec![],
        data: limit,
    };
    let landed = scene
        .world
        .send(&[budget, deliver], &[&scene.patient.wallet])
        .expect("lands");
    assert_eq!(landed.bytes, MAX_TRANSACTION_BYTES);
    assert_eq!(
        landed.changes.moved,
        paid(purchase, scene.patient.address(), PRICE).into()
    );
}

#[test]
fn ten_fit_with_a_lookup_table_and_eleven_are_too_many() {
    let mut scene = Scene::new(5);
    let (_, purchase) = scene.sold(11);
    let mut eleven = scene.delivery(&purchase, 0, MAX_DELIVERY_BATCH);
    let eleventh = scene
        .world
        .instructions
        .addresses
        .record(&scene.patient.address(), 10);
    eleven
        .accounts
        .push(AccountMeta::new_readonly(eleventh, false));
    eleven.data.extend_from_within(HEAD..HEAD + 64);
    let refused = scene
        .world
        .send_with_table(eleven, &scene.stranger.wallet)
        .expect_err("too many");
    // The decoder takes ten capsules at most; what is left over is data that nobody asked for.
    let error = InstructionError::InvalidInstructionData;
    assert_eq!(
        refused.error,
        solana_transaction_error::TransactionError::InstructionError(0, error)
    );

    let ten = scene.delivery(&purchase, 1, MAX_DELIVERY_BATCH);
    let landed = scene
        .world
        .send_with_table(ten, &scene.stranger.wallet)
        .expect("lands");
    assert!(matches!(
        &landed.events[..],
        [Event::Delivered(Delivered {
            first: 1,
            count: 10,
            ..
        })]
    ));
    delivers(&mut scene, purchase, 0, 1);
}

#[test]
fn refuses_malformed() {
    let mut scene = Scene::new(6);
    let (_, purchase) = scene.sold(3);
    let valid = scene.delivery(&purchase, 0, 3);
    let roles = [
        Role::SoleWallet(GenerionError::WrongSeller),
        Role::Stored,
        Role::Stored,
        Role::Trailing,
        Role::Trailing,
        Role::Trailing,
    ];
    let batch_length = code_of(GenerionError::BatchLength);
    // Between two capsules the data is whole, but they are too few for the records.
    let truncated =
        |length: usize| match length.checked_sub(HEAD).is_some_and(|tail| tail % 64 == 0) {
            true => batch_length.clone(),
            false => InstructionError::InvalidInstructionData,
        };
    let (order, doctor) = (valid.accounts[1].pubkey, &scene.doctor);
    let doctors_purchase = scene.world.buy(doctor, &order).0;
    let doctors_record = scene.world.verified_record(&scene.clinic, doctor);
    let create = scene.create_order(&[0], |_| {});
    let twin = create.accounts[3].pubkey;
    let seller = [&scene.patient.wallet, &scene.sponsor.wallet];
    scene.world.lands(create, &seller);
    let proof_invalid = code_of(GenerionError::DeliveryProofInvalid);
    let wrong_record = code_of(GenerionError::WrongRecord);
    let wrong_seller = code_of(GenerionError::WrongSeller);
    let case = Case {
        valid: &valid,
        signers: &[],
        roles: &roles,
        others: &[
            (1, twin, code_of(GenerionError::WrongOrder)),
            (2, doctors_purchase, proof_invalid),
            (3, doctors_record, wrong_record.clone()),
            (4, doctors_record, wrong_record.clone()),
            (5, doctors_record, wrong_record.clone()),
        ],
        swapped: &[
            (0, 1, InstructionError::AccountDataTooSmall),
            (0, 2, InstructionError::AccountDataTooSmall),
            (0, 3, wrong_seller.clone()),
            (0, 4, wrong_seller.clone()),
            (0, 5, wrong_seller),
            (1, 2, InstructionError::InvalidAccountData),
            (1, 3, InstructionError::InvalidAccountData),
            (1, 4, InstructionError::InvalidAccountData),
            (1, 5, InstructionError::InvalidAccountData),
            (2, 3, InstructionError::InvalidAccountData),
            (2, 4, InstructionError::InvalidAccountData),
            (2, 5, InstructionError::InvalidAccountData),
            (3, 4, wrong_record.clone()),
            (3, 5, wrong_record.clone()),
            (4, 5, wrong_record),
        ],
        truncated: &truncated,
    };
    matrix::check(&mut scene.world, &scene.stranger, case);
}

#[test]
fn refuses_batches_of_a_wrong_length() {
    let mut scene = Scene::new(7);
    let (_, purchase) = scene.sold(3);
    let valid = scene.delivery(&purchase, 1, 2);
    let record = valid.accounts[4].clone();
    let changes: [&dyn Fn(&mut Instruction); 6] = [
        &|empty| (empty.accounts.truncate(3), empty.data.truncate(HEAD)).0,
        &|no_records| no_records.accounts.truncate(3),
        &|fewer_records| fewer_records.accounts.truncate(4),
        &|more_records| more_records.accounts.push(record.clone()),
        &|more_capsules| more_capsules.data.extend_from_within(HEAD..HEAD + 64),
        &|beyond_the_order| beyond_the_order.data[1] = 2,
    ];
    for change in changes {
        let mut instruction = valid.clone();
        change(&mut instruction);
        scene.world.refuses(
            instruction,
            &[&scene.stranger.wallet],
            GenerionError::BatchLength,
        );
    }
    let mut far_beyond = valid.clone();
    far_beyond.data[1] = u8::MAX;
    scene.world.refuses(
        far_beyond,
        &[&scene.stranger.wallet],
        GenerionError::BatchLength,
    );
    scene.world.lands(valid, &[&scene.stranger.wallet]);
}

#[test]
fn refuses_records_that_are_not_the_orders_at_this_position() {
    let mut scene = Scene::new(8);
    let (_, purchase) = scene.sold(3);
    let outside = scene.record().address;
    let doctors = scene.world.verified_record(&scene.clinic, &scene.doctor);
    let valid = scene.delivery(&purchase, 0, 2);
    let [zeroth, first] = [3, 4].map(|index| valid.accounts[index].pubkey);
    for list in [
        [first, zeroth],
        [zeroth, zeroth],
        [zeroth, outside],
        [doctors, first],
    ] {
        let instruction = with_account(&with_account(&valid, 3, list[0]), 4, list[1]);
        scene.world.refuses(
            instruction,
            &[&scene.stranger.wallet],
            GenerionError::WrongRecord,
        );
    }
    let mut shifted = valid.clone();
    shifted.data[1] = 1;
    scene.world.refuses(
        shifted,
        &[&scene.stranger.wallet],
        GenerionError::WrongRecord,
    );
}

#[test]
fn refuses_another_order_of_the_seller() {
    let mut scene = Scene::new(9);
    let (order, purchase) = scene.sold(1);
    let create = scene.create_order(&[0], |_| {});
    let twin = create.accounts[3].pubkey;
    scene
        .world
        .lands(create, &[&scene.patient.wallet, &scene.sponsor.wallet]);
    let valid = scene.delivery(&purchase, 0, 1);
    assert_eq!(valid.accounts[1].pubkey, order);
    let swapped = with_account(&valid, 1, twin);
    scene.world.refuses(
        swapped,
        &[&scene.stranger.wallet],
        GenerionError::WrongOrder,
    );
}

#[test]
fn refuses_what_is_delivered_already() {
    let mut scene = Scene::new(10);
    let (_, purchase) = scene.sold(3);
    delivers(&mut scene, purchase, 1, 1);
    let replayed = scene.delivery(&purchase, 1, 1);
    let signers = [&scene.stranger.wallet];
    scene
        .world
        .refuses(replayed.clone(), &signers, GenerionError::AlreadyDelivered);
    for (first, count) in [(0, 2), (1, 2), (0, 3)] {
        let overlap = scene.delivery(&purchase, first, count);
        scene.world.refuses(
            overlap,
            &[&scene.stranger.wallet],
            GenerionError::AlreadyDelivered,
        );
    }
    delivers(&mut scene, purchase, 2, 1);
    delivers(&mut scene, purchase, 0, 1);
    scene.world.refuses(
        replayed,
        &[&scene.stranger.wallet],
        GenerionError::AlreadySettled,
    );
}

#[test]
fn refuses_counters_that_leave_their_range() {
    let mut scene = Scene::new(11);
    let (order, purchase) = scene.sold(1);
    let deliver = scene.delivery(&purchase, 0, 1);
    let spoilt: [fn(&mut Order); 2] = [
        |order| order.settled_purchases = u32::MAX,
        |order| order.pending_purchases = 0,
    ];
    for spoil in spoilt {
        let original = scene.world.account(&order);
        scene.world.edit::<Order>(&order, spoil);
        scene.world.refuses(
            deliver.clone(),
            &[&scene.stranger.wallet],
            GenerionError::Arithmetic,
        );
        scene
            .world
            .svm
            .set_account(order, original)
            .expect("no sysvar");
    }
    let original = scene.world.account(&purchase);
    scene
        .world
        .edit::<Purchase>(&purchase, |purchase| purchase.delivered_count = u8::MAX);
    scene.world.refuses(
        deliver.clone(),
        &[&scene.stranger.wallet],
        GenerionError::Arithmetic,
    );
    scene
        .world
        .svm
        .set_account(purchase, original)
        .expect("no sysvar");
    // An escrow that does not hold its price, which no instruction leads to.
    scene
        .world
        .edit::<Purchase>(&purchase, |purchase| purchase.price = u64::MAX);
    scene.world.refuses(
        deliver,
        &[&scene.stranger.wallet],
        GenerionError::Arithmetic,
    );
}
