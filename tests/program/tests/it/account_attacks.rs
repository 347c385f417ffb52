//! Attacks on accounts. Attacks on money are in `escrow_attacks`.

use generion::{GenerionError, ShareRecordArgs, state::Share};
use generion_crypto::{capsule, record::RecordElement};
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_system_interface::instruction::transfer;

use crate::support::{DUPLICATE, Scene, record_state, with_account};

/// Nobody can create an account where one exists: no purchase, no order, no record, and no key of another wallet.
#[test]
fn re_initialisation() {
    let mut scene = Scene::new(8);
    let (order, _) = scene.sold(1);
    let again = scene.world.purchase(&scene.buyer, &order);
    scene.world.refuses(
        again,
        &[&scene.buyer.wallet],
        GenerionError::AccountAlreadyExists,
    );
    // An order can't be written again: its id is taken.
    let records = scene.listed(&order);
    let mut order_again = scene.create_order(&records, |args| args.id = 0);
    order_again.accounts[3].pubkey = order;
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    scene
        .world
        .refuses_with(order_again, &signers, InstructionError::InvalidSeeds);
    // Nor can a record: another one has another address, and the same one is there.
    let mut elsewhere = scene.world.new_record(&scene.clinic, &scene.patient);
    elsewhere.address = records[0];
    let create = scene.create_record(&elsewhere);
    let signers = [&scene.clinic.wallet, &scene.sponsor.wallet];
    scene
        .world
        .refuses_with(create, &signers, InstructionError::InvalidSeeds);
    // Nor can anybody set the key of another.
    let mut rotate = scene.world.instructions.set_encryption_key(
        scene.stranger.address(),
        scene.stranger.address(),
        scene.stranger.published_key(),
    );
    rotate.accounts[2].pubkey = scene
        .world
        .instructions
        .addresses
        .user(&scene.patient.address());
    scene.world.refuses_with(
        rotate,
        &[&scene.stranger.wallet],
        InstructionError::InvalidSeeds,
    );
}

/// Rent goes to the stored rent payer or buyer, and to nobody else, whoever signs.
#[test]
fn rent_theft() {
    let mut scene = Scene::new(9);
    let (_, purchase) = scene.sold(1);
    let record = scene.record();
    let (sealed, _) = capsule::seal(&record.element, &scene.doctor.key(), &mut scene.world.rng);
    let [owner, payer, recipient] =
        [&scene.patient, &scene.sponsor, &scene.doctor].map(|person| person.address());
    let args = ShareRecordArgs {
        key_index: 0,
        capsule: sealed,
        expires_at: 0,
    };
    let create =
        scene
            .world
            .instructions
            .share_record(owner, payer, record.address, &recipient, args);
    let share = create.accounts[4].pubkey;
    scene
        .world
        .lands(create, &[&scene.patient.wallet, &scene.sponsor.wallet]);
    let idle = scene.order(1);

    let revoke = scene
        .world
        .instructions
        .revoke_share(share, &scene.world.read::<Share>(&share));
    let thefts = [
        (
            scene.delete_record(&scene.patient, &record.address),
            3,
            GenerionError::WrongRentPayer,
        ),
        (revoke, 2, GenerionError::WrongRentPayer),
        (scene.close_order(&idle), 2, GenerionError::WrongRentPayer),
        (
            scene.refund(&scene.patient, &purchase),
            1,
            GenerionError::WrongBuyer,
        ),
    ];
    for (valid, index, rule) in thefts {
        for thief in [&scene.patient, &scene.stranger] {
            let stolen = with_account(&valid, index, thief.address());
            scene.world.refuses(stolen, &[&scene.patient.wallet], rule);
        }
        scene.world.lands(valid, &[&scene.patient.wallet]);
    }
}

/// Nobody can occupy the address of somebody else's order or record. An order's id is under its seller's address, and a
/// record's address is computed from contents that only its creator can prove.
#[test]
fn id_squatting() {
    let mut scene = Scene::new(10);
    let records = scene.records(1);
    let mut create = scene.create_order(&records, |args| args.id = 7);
    create.accounts[3].pubkey = scene
        .world
        .instructions
        .addresses
        .order(&scene.patient.address(), 7);
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    scene
        .world
        .refuses_with(create, &signers, InstructionError::InvalidSeeds);

    // Whoever sees a record on its way, and sends the same bytes, can send them to no place but their own.
    let pending = scene.world.new_record(&scene.clinic, &scene.patient);
    let copied = scene.world.instructions.create_record(
        &scene.patient.address(),
        &pending.owner_key,
        scene.stranger.address(),
        scene.stranger.address(),
        pending.args.clone(),
    );
    assert_ne!(copied.accounts[3].pubkey, pending.address);
    let there = with_account(&copied, 3, pending.address);
    let thief = [&scene.stranger.wallet];
    scene
        .world
        .refuses_with(there, &thief, InstructionError::InvalidSeeds);
    scene
        .world
        .refuses(copied, &thief, GenerionError::CapsuleProofInvalid);
    // Nor do many other records of the same owner hold it up.
    for _ in 0..3 {
        scene.world.verified_record(&scene.doctor, &scene.patient);
    }
    let create = scene.create_record(&pending);
    scene
        .world
        .lands(create, &[&scene.clinic.wallet, &scene.sponsor.wallet]);
}

/// The creator of a deleted record can write the same bytes again, and the record is unverified then. Nobody else can
/// write it: the creator is in the address.
#[test]
fn a_deleted_record_written_again() {
    let mut scene = Scene::new(11);
    let record = scene.record();
    let original = scene.world.account(&record.address).data;
    let (create, delete) = (
        scene.create_record(&record),
        scene.delete_record(&scene.patient, &record.address),
    );
    scene.world.lands(delete, &[&scene.patient.wallet]);

    // Another creator, with the same bytes: at this address it is not, and at its own the proof is another's.
    let mut others = scene.world.instructions.create_record(
        &scene.patient.address(),
        &record.owner_key,
        scene.stranger.address(),
        scene.stranger.address(),
        record.args.clone(),
    );
    let thief = [&scene.stranger.wallet];
    scene
        .world
        .refuses(others.clone(), &thief, GenerionError::CapsuleProofInvalid);
    others.accounts[3].pubkey = record.address;
    scene
        .world
        .refuses_with(others, &thief, InstructionError::InvalidSeeds);
    // And the creator with one bit changed, between a check and a signature.
    let mut changed = create.clone();
    *changed.data.last_mut().expect("a locator") ^= 1;
    let signers = [&scene.clinic.wallet, &scene.sponsor.wallet];
    scene
        .world
        .refuses_with(changed, &signers, InstructionError::InvalidSeeds);

    let later = scene.world.time() + 1_000;
    scene.world.set_time(later);
    scene.world.lands(create, &signers);
    let state = record_state(&scene.world, &record.address);
    assert_eq!((state.is_verified(), state.created_at), (false, later));
    let again = scene.world.account(&record.address).data;
    // All but `verified` and the time of creation.
    let differs: Vec<usize> = (0..again.len())
        .filter(|at| again[*at] != original[*at])
        .collect();
    assert!(
        differs.iter().all(|at| *at == 10 || (16..24).contains(at)),
        "{differs:?}"
    );
}

/// Nobody can delete a listed record, neither its owner nor its creator, and its delivery still succeeds.
#[test]
fn record_deleted_under_an_order() {
    let mut scene = Scene::new(12);
    let records = scene.records(1);
    let order = scene.order_of(&records, |args| args.delivery_window = 2_000_000);
    let (purchase, _) = scene.world.buy(&scene.buyer, &order);
    let record = records[0];
    let far = record_state(&scene.world, &record).created_at + 1_000_000;
    scene.at(far);
    let by_owner = scene.delete_record(&scene.patient, &record);
    scene.world.refuses(
        by_owner,
        &[&scene.patient.wallet],
        GenerionError::RecordListed,
    );
    let by_creator = scene.delete_record(&scene.clinic, &record);
    scene.world.refuses(
        by_creator,
        &[&scene.clinic.wallet],
        GenerionError::DeleteNotAllowed,
    );
    let deliver = scene.delivery(&purchase, 0, 1);
    scene.world.lands(deliver, &[&scene.stranger.wallet]);
}

/// An owner who is also the creator can't delete a listed record either.
#[test]
fn self_issued_record_deleted_under_an_order() {
    let mut scene = Scene::new(13);
    let record = scene.world.verified_record(&scene.patient, &scene.patient);
    let create = scene.world.create_order(&scene.patient, &[record]);
    scene.world.lands(create, &[&scene.patient.wallet]);
    let delete = scene.delete_record(&scene.patient, &record);
    scene.world.refuses(
        delete,
        &[&scene.patient.wallet],
        GenerionError::RecordListed,
    );
}

/// An order, its closing and a delivery refuse a record in two places, and an account that is written to in two places.
#[test]
fn repeated_accounts() {
    let mut scene = Scene::new(15);
    let (order, purchase) = scene.sold(2);
    let deliver = scene.delivery(&purchase, 0, 2);
    let seller = [&scene.patient.wallet];
    // One record in two places of an order, of its closing, and of a delivery.
    let record = scene.listed(&order)[0];
    let twice = scene.world.create_order(&scene.patient, &[record, record]);
    scene
        .world
        .refuses(twice, &seller, GenerionError::RecordOrder);
    let twice = with_account(&deliver, 3, deliver.accounts[2].pubkey);
    scene
        .world
        .refuses(twice, &seller, GenerionError::WrongRecord);
    scene.world.lands(deliver, &seller);
    let settle = scene.settle(&purchase);
    scene.world.lands(settle, &seller);
    let close = scene.close_order(&order);
    let twice = with_account(&close, 4, close.accounts[3].pubkey);
    scene
        .world
        .refuses(twice, &seller, GenerionError::WrongRecord);
    // An account that is written to, once more among the records.
    let order_as_record = with_account(&close, 4, order);
    scene
        .world
        .refuses_with(order_as_record, &seller, DUPLICATE);
    scene.world.lands(close, &seller);
}

/// The program accepts a data public key that does not belong to the capsule, and the owner who opens the capsule
/// notices. Without the owner's verification, the record can be neither shared nor sold.
#[test]
fn data_key_that_does_not_belong_to_the_capsule() {
    let mut scene = Scene::new(17);
    let other = RecordElement::random(&mut scene.world.rng)
        .record_key(&scene.patient.address(), &scene.clinic.address())
        .data_public_key();
    let signers = [&scene.clinic.wallet, &scene.sponsor.wallet];
    // Put under a finished proof, it is refused: at the old address, and at the one that it would have.
    let mut swapped = scene.world.new_record(&scene.clinic, &scene.patient);
    swapped.args.data_public_key = other.0;
    let create = scene.create_record(&swapped);
    scene
        .world
        .refuses_with(create, &signers, InstructionError::InvalidSeeds);
    swapped.address = scene.world.record_address(
        &scene.clinic,
        &scene.patient,
        &swapped.owner_key,
        &swapped.args,
    );
    let create = scene.create_record(&swapped);
    scene
        .world
        .refuses(create, &signers, GenerionError::CapsuleProofInvalid);
    // Proven by a creator who cheats, it stands on the ledger, and the owner opens another one.
    let lie = scene
        .world
        .new_record_of(&scene.clinic, &scene.patient, |args| {
            args.data_public_key = other.0;
        });
    let create = scene.create_record(&lie);
    scene.world.lands(create, &signers);
    let state = record_state(&scene.world, &lie.address);
    let opened = capsule::open(&state.capsule, &scene.patient.secret()).expect("opens");
    let recomputed = opened
        .record_key(&state.owner, &state.creator)
        .data_public_key();
    assert_ne!(recomputed.0, state.data_public_key);
    // So the owner's client signs no verification, and without one there is neither sale nor share.
    let [owner, payer, recipient] =
        [&scene.patient, &scene.sponsor, &scene.doctor].map(|person| person.address());
    let (sealed, _) = capsule::seal(&opened, &scene.doctor.key(), &mut scene.world.rng);
    let args = ShareRecordArgs {
        key_index: 0,
        capsule: sealed,
        expires_at: 0,
    };
    let share = scene
        .world
        .instructions
        .share_record(owner, payer, lie.address, &recipient, args);
    let sell = scene.create_order(&[lie.address], |_| {});
    for instruction in [share, sell] {
        scene.world.refuses(
            instruction,
            &[&scene.patient.wallet, &scene.sponsor.wallet],
            GenerionError::NotVerified,
        );
    }
}

/// Lamports that are sent to a closed account make an empty account of the system program, which the program refuses in
/// the same transaction and afterwards. (`escrow_attacks` has the case of a purchase.)
#[test]
fn closed_and_revived_accounts() {
    let mut scene = Scene::new(18);
    let order = scene.order(1);
    let record = scene.record();
    let (sealed, _) = capsule::seal(&record.element, &scene.doctor.key(), &mut scene.world.rng);
    let [owner, recipient] = [&scene.patient, &scene.doctor].map(|person| person.address());
    let args = ShareRecordArgs {
        key_index: 0,
        capsule: sealed,
        expires_at: 0,
    };
    let share =
        scene
            .world
            .instructions
            .share_record(owner, owner, record.address, &recipient, args);
    let share_address = share.accounts[4].pubkey;
    scene.world.lands(share.clone(), &[&scene.patient.wallet]);

    let revoke = {
        let state = scene.world.read::<Share>(&share_address);
        scene.world.instructions.revoke_share(share_address, &state)
    };
    let closings = [
        (scene.close_order(&order), order),
        (revoke, share_address),
        (
            scene.delete_record(&scene.patient, &record.address),
            record.address,
        ),
    ];
    for (close, address) in closings {
        let lamports = scene.world.lamports(&address);
        let revive = transfer(&owner, &address, lamports);
        let signers = [&scene.patient.wallet];
        let gone = InstructionError::AccountDataTooSmall;
        let attempt = [close.clone(), revive.clone(), close.clone()];
        scene.world.refuses_at(&attempt, &signers, 2, gone.clone());
        let attempt = [close.clone(), revive];
        scene.world.send(&attempt, &signers).expect("lands");
        let revived = scene.world.account(&address);
        assert_eq!((revived.data.len(), revived.lamports), (0, lamports));
        assert_eq!(revived.owner, Address::default());
        scene.world.refuses_with(close, &signers, gone);
    }
    // A share may be made again, over the lamports, and so may a record, by its creator; an order's id never comes back.
    let again = scene.create_record(&record);
    scene
        .world
        .lands(again, &[&scene.clinic.wallet, &scene.sponsor.wallet]);
    assert!(!record_state(&scene.world, &record.address).is_verified());
}
