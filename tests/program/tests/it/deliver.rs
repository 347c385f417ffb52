//! `deliver`: its effects, and each of its refusals. `delivery_proofs` and `settle_keys` have the proof.

use generion::{
    GenerionError,
    constants::{MAX_DELIVERY_BATCH, REFUND_GRACE, SETTLE_WINDOW},
    events::Delivered,
    proof::delivery::DeliveryProof,
    state::{Purchase, PurchaseStatus},
};
use generion_interface::{
    accounts::{OrderAccount, PurchaseAccount},
    events::Event,
};
use generion_program_tests::{PRICE, code_of};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction, error::InstructionError};

use crate::{
    matrix::{self, Case, Role},
    support::{Scene, with_account},
};

/// Bytes of `deliver` before the capsules: tag, settle key, first, proof.
const HEAD: usize = FIRST + 1 + size_of::<DeliveryProof>();
/// Where the batch's first position stands.
const FIRST: usize = 1 + 32;
/// Where the records begin among the accounts.
const RECORDS: usize = 2;

/// Delivers a batch, and checks all that it does; the last one locks the purchase. Nothing is paid.
#[track_caller]
fn delivers(scene: &mut Scene, purchase: Address, first: usize, count: usize) {
    let before: PurchaseAccount = scene.world.read(&purchase);
    let order = before.state.order;
    let order_before: OrderAccount = scene.world.read(&order);
    let delivery = scene.world.prove(&scene.patient, &purchase, first, count);
    let deliver = scene.world.deliver(&purchase, first, &delivery);

    let landed = scene.world.lands(deliver, &[&scene.stranger.wallet]);

    let (seller, buyer) = (scene.patient.address(), scene.buyer.address());
    let delivered_count = before.state.delivered_count + count as u8;
    let complete = delivered_count == before.state.record_count;
    let settle_by = if complete {
        scene.world.time() + SETTLE_WINDOW
    } else {
        0
    };
    let settle_key = delivery.settle_key.to_bytes();
    let (first_u8, count_u8) = (first as u8, count as u8);
    let event = Delivered {
        purchase,
        order,
        seller,
        buyer,
        settle_key,
        settle_by: settle_by.into(),
        first: first_u8,
        count: count_u8,
    };
    landed.assert_did(&[], &[purchase], Event::Delivered(event));

    let status = if complete {
        PurchaseStatus::Locked
    } else {
        PurchaseStatus::Pending
    } as u8;
    let mut expected = PurchaseAccount {
        state: Purchase {
            delivered_count,
            status,
            settle_by,
            settle_key,
            ..before.state
        },
        ..before
    };
    for (slot, capsule) in expected.capsules[first..].iter_mut().zip(delivery.capsules) {
        *slot = Some(capsule);
    }
    assert_eq!(scene.world.read::<PurchaseAccount>(&purchase), expected);
    assert_eq!(scene.world.read::<OrderAccount>(&order), order_before);
}

/// A complete delivery stores the capsules and locks the purchase; no price is paid yet.
#[test]
fn locks_the_purchase_with_the_proof() {
    let mut scene = Scene::new(1);
    let (_, purchase) = scene.sold(2);
    let later = scene.world.time() + 1_000;
    delivers(scene.at(later), purchase, 0, 2);
    let state = scene.purchase_state(&purchase);
    assert_eq!(state.settle_by, later + 86_400);
    let held = scene.world.lamports(&purchase);
    assert_eq!(held, scene.world.rent(&purchase) + PRICE, "in escrow still");
}

/// Batches can come in any order, and the last one locks the purchase.
#[test]
fn several_batches_in_any_order_lock_with_the_last() {
    let batches = [(0, 2), (2, 1), (3, 3)];
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0], [2, 1, 0]] {
        let mut scene = Scene::new(2);
        let (_, purchase) = scene.sold(6);
        for (first, count) in order.map(|index| batches[index]) {
            assert!(scene.purchase_state(&purchase).is_pending());
            // The lock's day is counted from the last batch.
            let later = scene.world.time() + 100;
            delivers(scene.at(later), purchase, first, count);
        }
        assert!(scene.purchase_state(&purchase).is_locked());
    }
}

/// Batches of 1 to 9 records fit a legacy transaction, and are accepted.
#[test]
fn batches_of_1_to_9_fit_a_legacy_transaction() {
    for count in 1..=9 {
        let mut scene = Scene::new(3);
        let (_, purchase) = scene.sold(count);
        delivers(&mut scene, purchase, 0, count);
    }
}

/// Ten records fit with a lookup table; eleven do not fit.
#[test]
fn ten_fit_with_a_lookup_table_and_eleven_are_too_many() {
    let mut scene = Scene::new(5);
    let (order, purchase) = scene.sold(11);
    let mut eleven = scene.delivery(&purchase, 0, MAX_DELIVERY_BATCH);
    let eleventh = scene.listed(&order)[10];
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

/// Every malformed variant in the matrix is refused.
#[test]
fn refuses_malformed() {
    let mut scene = Scene::new(6);
    let (_, purchase) = scene.sold(3);
    let valid = scene.delivery(&purchase, 0, 3);
    let roles = [
        Role::Stored,
        Role::Stored,
        Role::Listed,
        Role::Listed,
        Role::Listed,
    ];
    let batch_length = code_of(GenerionError::BatchLength);
    // Between two capsules the data is whole, but they are too few for the records.
    let truncated =
        |length: usize| match length.checked_sub(HEAD).is_some_and(|tail| tail % 64 == 0) {
            true => batch_length.clone(),
            false => InstructionError::InvalidInstructionData,
        };
    let (order, doctor) = (valid.accounts[0].pubkey, &scene.doctor);
    let doctors_purchase = scene.world.buy(doctor, &order).0;
    let doctors_record = scene.world.verified_record(&scene.clinic, doctor);
    let records = scene.listed(&order);
    let twin = scene.order_of(&records, |_| {});
    let proof_invalid = code_of(GenerionError::DeliveryProofInvalid);
    let wrong_record = code_of(GenerionError::WrongRecord);
    let case = Case {
        valid: &valid,
        signers: &[],
        roles: &roles,
        others: &[
            (0, twin, code_of(GenerionError::WrongOrder)),
            (1, doctors_purchase, proof_invalid),
            (2, doctors_record, wrong_record.clone()),
            (3, doctors_record, wrong_record.clone()),
            (4, doctors_record, wrong_record.clone()),
        ],
        swapped: &[
            (0, 1, InstructionError::InvalidAccountData),
            (0, 2, InstructionError::InvalidAccountData),
            (0, 3, InstructionError::InvalidAccountData),
            (0, 4, InstructionError::InvalidAccountData),
            (1, 2, InstructionError::InvalidAccountData),
            (1, 3, InstructionError::InvalidAccountData),
            (1, 4, InstructionError::InvalidAccountData),
            (2, 3, wrong_record.clone()),
            (2, 4, wrong_record.clone()),
            (3, 4, wrong_record),
        ],
        truncated: &truncated,
    };
    matrix::check(&mut scene.world, &scene.stranger, case);
}

/// A batch is refused if it is empty, goes beyond the order, or has another number of records than of capsules.
#[test]
fn refuses_batches_of_a_wrong_length() {
    let mut scene = Scene::new(7);
    let (_, purchase) = scene.sold(3);
    let valid = scene.delivery(&purchase, 1, 2);
    let record = valid.accounts[RECORDS + 1].clone();
    let changes: [&dyn Fn(&mut Instruction); 6] = [
        &|empty| (empty.accounts.truncate(RECORDS), empty.data.truncate(HEAD)).0,
        &|no_records| no_records.accounts.truncate(RECORDS),
        &|fewer_records| fewer_records.accounts.truncate(RECORDS + 1),
        &|more_records| more_records.accounts.push(record.clone()),
        &|more_capsules| more_capsules.data.extend_from_within(HEAD..HEAD + 64),
        &|beyond_the_order| beyond_the_order.data[FIRST] = 2,
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
    far_beyond.data[FIRST] = u8::MAX;
    scene.world.refuses(
        far_beyond,
        &[&scene.stranger.wallet],
        GenerionError::BatchLength,
    );
    scene.world.lands(valid, &[&scene.stranger.wallet]);
}

/// Records that are not the order's at this position are refused.
#[test]
fn refuses_records_that_are_not_the_orders_at_this_position() {
    let mut scene = Scene::new(8);
    let (_, purchase) = scene.sold(3);
    let outside = scene.record().address;
    let doctors = scene.world.verified_record(&scene.clinic, &scene.doctor);
    let valid = scene.delivery(&purchase, 0, 2);
    let [zeroth, first] = [RECORDS, RECORDS + 1].map(|index| valid.accounts[index].pubkey);
    for list in [
        [first, zeroth],
        [zeroth, zeroth],
        [zeroth, outside],
        [doctors, first],
    ] {
        let instruction = with_account(
            &with_account(&valid, RECORDS, list[0]),
            RECORDS + 1,
            list[1],
        );
        scene.world.refuses(
            instruction,
            &[&scene.stranger.wallet],
            GenerionError::WrongRecord,
        );
    }
    let mut shifted = valid.clone();
    shifted.data[FIRST] = 1;
    scene.world.refuses(
        shifted,
        &[&scene.stranger.wallet],
        GenerionError::WrongRecord,
    );
}

/// Another order of the same seller is refused in place of the purchase's.
#[test]
fn refuses_another_order_of_the_seller() {
    let mut scene = Scene::new(9);
    let (order, purchase) = scene.sold(1);
    let records = scene.listed(&order);
    let twin = scene.order_of(&records, |_| {});
    let valid = scene.delivery(&purchase, 0, 1);
    assert_eq!(valid.accounts[0].pubkey, order);
    let swapped = with_account(&valid, 0, twin);
    scene.world.refuses(
        swapped,
        &[&scene.stranger.wallet],
        GenerionError::WrongOrder,
    );
}

/// A second delivery of a position is refused.
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
    // Locked, whatever else is wrong with it; and settled.
    let mut with_another_key = replayed.clone();
    with_another_key.data[1..33].copy_from_slice(&scene.doctor.key().to_bytes());
    let deadline = scene.purchase_state(&purchase).deadline;
    for late in [0, REFUND_GRACE] {
        scene.at(deadline + late);
        for again in [&replayed, &with_another_key] {
            scene.world.refuses(
                again.clone(),
                &[&scene.stranger.wallet],
                GenerionError::AlreadyDelivered,
            );
        }
    }
    let settle = scene.settle(&purchase);
    scene.world.lands(settle, &[&scene.stranger.wallet]);
    scene.world.refuses(
        replayed,
        &[&scene.stranger.wallet],
        GenerionError::AlreadySettled,
    );
}

/// A delivery is accepted until 299 seconds after the deadline, and refused from 300 seconds on.
#[test]
fn is_too_late_from_300_seconds_after_the_deadline() {
    assert_eq!(REFUND_GRACE, 300);
    for (seconds, in_time) in [
        (0, true),
        (1, true),
        (299, true),
        (300, false),
        (301, false),
    ] {
        let mut scene = Scene::new(12);
        let (_, purchase) = scene.sold(2);
        delivers(&mut scene, purchase, 1, 1);
        let deadline = scene.purchase_state(&purchase).deadline;
        let last = scene.delivery(&purchase, 0, 1);
        scene.at(deadline + seconds);
        if in_time {
            delivers(&mut scene, purchase, 0, 1);
            let state = scene.purchase_state(&purchase);
            assert_eq!(state.settle_by, deadline + seconds + 86_400);
            assert_eq!(state.deadline, deadline, "it never changes");
        } else {
            scene.world.refuses(
                last,
                &[&scene.stranger.wallet],
                GenerionError::DeliveryTooLate,
            );
        }
    }
}

/// If several rules are broken, the error is that of the first rule in the protocol's list.
#[test]
fn the_first_broken_rule_answers() {
    let mut scene = Scene::new(14);
    let (_, purchase) = scene.sold(3);
    delivers(&mut scene, purchase, 1, 1);
    let deadline = scene.purchase_state(&purchase).deadline;
    let mut all_wrong = scene.delivery(&purchase, 1, 1);
    all_wrong.data[1..33].copy_from_slice(&scene.doctor.key().to_bytes());
    all_wrong.data[FIRST] = 9;
    all_wrong.accounts[RECORDS].pubkey = scene.record().address;
    let refuses = |scene: &mut Scene, instruction: &Instruction, rule| {
        let signers = [&scene.stranger.wallet.insecure_clone()];
        scene.world.refuses(instruction.clone(), &signers, rule);
    };
    scene.at(deadline + REFUND_GRACE);
    refuses(&mut scene, &all_wrong, GenerionError::DeliveryTooLate);
    scene.at(deadline);
    refuses(&mut scene, &all_wrong, GenerionError::SettleKeyChanged);
    let settle_key = scene.purchase_state(&purchase).settle_key;
    all_wrong.data[1..33].copy_from_slice(&settle_key);
    refuses(&mut scene, &all_wrong, GenerionError::BatchLength);
    all_wrong.data[FIRST] = 1;
    refuses(&mut scene, &all_wrong, GenerionError::WrongRecord);
    let mut unproven = scene.delivery(&purchase, 1, 1);
    *unproven.data.last_mut().expect("capsules") ^= 0x80; // a negative field element
    refuses(&mut scene, &unproven, GenerionError::InvalidPoint);
    let mut unproven = scene.delivery(&purchase, 1, 1);
    unproven.data[FIRST + 1] ^= 1;
    refuses(&mut scene, &unproven, GenerionError::DeliveryProofInvalid);
    let again = scene.delivery(&purchase, 1, 1);
    refuses(&mut scene, &again, GenerionError::AlreadyDelivered);
}

/// Counters at the ends of their ranges are refused.
#[test]
fn refuses_counters_that_leave_their_range() {
    let mut scene = Scene::new(11);
    let (_, purchase) = scene.sold(1);
    let deliver = scene.delivery(&purchase, 0, 1);
    let signers = [&scene.stranger.wallet.insecure_clone()];
    let original = scene.world.account(&purchase);
    scene.world.edit::<Purchase>(&purchase, |purchase| {
        purchase.delivered_count = u8::MAX;
        purchase.settle_key.copy_from_slice(&deliver.data[1..33]);
    });
    scene
        .world
        .refuses(deliver, &signers, GenerionError::Arithmetic);
    scene
        .world
        .svm
        .set_account(purchase, original)
        .expect("no sysvar");
    // A day after the lock that the clock does not reach.
    let far = i64::MAX - SETTLE_WINDOW;
    scene
        .world
        .edit::<Purchase>(&purchase, |purchase| purchase.deadline = i64::MAX);
    let deliver = scene.delivery(&purchase, 0, 1);
    scene.world.set_time(far + 1);
    scene
        .world
        .refuses(deliver.clone(), &signers, GenerionError::Arithmetic);
    scene.world.set_time(far);
    scene.world.lands(deliver, &signers);
    assert_eq!(scene.purchase_state(&purchase).settle_by, i64::MAX);
}
