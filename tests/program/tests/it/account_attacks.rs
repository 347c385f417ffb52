//! Attacks on accounts, by their names. Those on money are in `escrow_attacks`.

use generion::{GenerionError, ShareRecordArgs, state::Share};
use generion_crypto::capsule;
use generion_interface::accounts::RecordAccount;
use solana_instruction::error::InstructionError;

use crate::support::{DUPLICATE, Scene, with_account};

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
    // Neither an order nor a record can be written again: their ids are taken.
    let mut order_again = scene.create_order(&[0], |args| args.id = 0);
    order_again.accounts[3].pubkey = order;
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    scene
        .world
        .refuses_with(order_again, &signers, InstructionError::InvalidSeeds);
    let mut record_again = scene.world.new_record(&scene.clinic, &scene.patient);
    record_again.args.id = 0;
    let create = scene.create_record(record_again.args);
    let signers = [&scene.clinic.wallet, &scene.sponsor.wallet];
    scene
        .world
        .refuses_with(create, &signers, InstructionError::InvalidSeeds);
    // Nor can anybody set the key of another.
    let key = scene.stranger.key().to_bytes();
    let mut rotate = scene.world.instructions.set_encryption_key(
        scene.stranger.address(),
        scene.stranger.address(),
        key,
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

#[test]
fn rent_theft() {
    let mut scene = Scene::new(9);
    let (_, purchase) = scene.sold(1);
    let record = scene.record();
    let (sealed, _) = capsule::seal(&record.element, &scene.doctor.key(), &mut scene.world.rng);
    let [owner, payer, recipient] =
        [&scene.patient, &scene.sponsor, &scene.doctor].map(|person| person.address());
    let args = ShareRecordArgs {
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

#[test]
fn id_squatting() {
    let mut scene = Scene::new(10);
    let signers = [&scene.clinic.wallet, &scene.sponsor.wallet];
    for ahead in [1, 2, 1_000, u64::MAX] {
        let future = scene
            .world
            .instructions
            .addresses
            .record(&scene.patient.address(), ahead);
        let bound = |binding: &mut capsule::RecordBinding| binding.record = future;
        let mut record = scene
            .world
            .new_record_bound_to(&scene.clinic, &scene.patient, bound);
        record.args.id = ahead;
        let create = scene.create_record(record.args);
        assert_eq!(create.accounts[3].pubkey, future);
        scene
            .world
            .refuses_with(create, &signers, InstructionError::InvalidSeeds);
    }
    scene.record();
    let mut create = scene.create_order(&[0], |args| args.id = 7);
    create.accounts[3].pubkey = scene
        .world
        .instructions
        .addresses
        .order(&scene.patient.address(), 7);
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    scene
        .world
        .refuses_with(create, &signers, InstructionError::InvalidSeeds);
}

#[test]
fn record_deleted_under_an_order() {
    let mut scene = Scene::new(12);
    let (_, purchase) = scene.sold(1);
    let record = scene
        .world
        .instructions
        .addresses
        .record(&scene.patient.address(), 0);
    let far = scene.world.read::<RecordAccount>(&record).state.created_at + 1_000_000;
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

#[test]
fn self_issued_record_deleted_under_an_order() {
    let mut scene = Scene::new(13);
    let record = scene.world.verified_record(&scene.patient, &scene.patient);
    let create = scene.world.create_order(&scene.patient, &[0]);
    scene.world.lands(create, &[&scene.patient.wallet]);
    let delete = scene.delete_record(&scene.patient, &record);
    scene.world.refuses(
        delete,
        &[&scene.patient.wallet],
        GenerionError::RecordListed,
    );
}

#[test]
fn repeated_accounts() {
    let mut scene = Scene::new(15);
    let (order, purchase) = scene.sold(2);
    let deliver = scene.delivery(&purchase, 0, 2);
    let seller = [&scene.patient.wallet];
    // One record in two places of an order, of its closing, and of a delivery.
    let twice = scene.world.create_order(&scene.patient, &[0, 0]);
    scene
        .world
        .refuses(twice, &seller, GenerionError::RecordOrder);
    let twice = with_account(&deliver, 4, deliver.accounts[3].pubkey);
    scene
        .world
        .refuses(twice, &seller, GenerionError::WrongRecord);
    scene.world.lands(deliver, &seller);
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
