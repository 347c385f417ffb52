use generion::constants::{CREATOR_DELETE_DELAY, MAX_LOCATOR_LEN};
use generion_interface::accounts::RecordAccount;

use super::{KeySet, Sheet, prefund};
use crate::{NewRecord, Person, World};

pub(super) fn set_encryption_key(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = "set_encryption_key";
    let KeySet {
        newcomer, sponsor, ..
    } = keys;
    let wallet = newcomer.address();
    let world = keys.world(NAME);
    let publish = |payer: &Person| {
        let key = newcomer.key().to_bytes();
        world
            .instructions
            .set_encryption_key(wallet, payer.address(), key)
    };
    let user = world.instructions.addresses.user(&wallet);

    let mut ahead = world.clone();
    let mut paid = world.clone();
    let mut own = world.clone();
    sheet.measure_creation(
        (NAME, "first key"),
        &mut own,
        publish(newcomer),
        &[&newcomer.wallet],
        &user,
    );
    let rotate =
        world
            .instructions
            .set_encryption_key(wallet, wallet, keys.doctor.key().to_bytes());
    let signers = [&newcomer.wallet];
    sheet.measure((NAME, "next key"), &mut own, &[rotate], &signers);
    sheet.measure_creation(
        (NAME, "first key, paid by a sponsor"),
        &mut paid,
        publish(sponsor),
        &[&newcomer.wallet, &sponsor.wallet],
        &user,
    );
    prefund(&mut ahead, &user);
    sheet.measure_creation(
        (NAME, "first key, prefunded address"),
        &mut ahead,
        publish(newcomer),
        &[&newcomer.wallet],
        &user,
    );
}

pub(super) fn create_record(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = "create_record";
    let KeySet {
        clinic,
        patient,
        sponsor,
        ..
    } = keys;
    let fixture = keys.world(NAME);
    let mut create = |creator: &Person, payer: &Person, locator: usize, ahead: bool, case: &str| {
        let mut world = fixture.clone();
        let NewRecord {
            address, mut args, ..
        } = world.new_record(creator, patient);
        args.locator = vec![5; locator];
        let instruction = world.instructions.create_record(
            &patient.address(),
            creator.address(),
            payer.address(),
            args,
        );
        if ahead {
            prefund(&mut world, &address);
        }
        let signers = [&creator.wallet, &payer.wallet];
        let signers = if creator.address() == payer.address() {
            &signers[..1]
        } else {
            &signers
        };
        let case = (NAME, format!("{locator}-byte locator, {case}"));
        sheet.measure_creation(case, &mut world, instruction, signers, &address);
    };
    for locator in [10, 240, 496, MAX_LOCATOR_LEN] {
        create(clinic, clinic, locator, false, "by a clinic");
    }
    create(
        clinic,
        sponsor,
        240,
        false,
        "by a clinic, paid by a sponsor",
    );
    create(patient, patient, 240, false, "self-issued");
    create(clinic, clinic, 240, true, "prefunded address");
}

pub(super) fn verify_record(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = "verify_record";
    let mut world = keys.world(NAME);
    let record = unverified(keys, &mut world);
    let verify = world
        .instructions
        .verify_record(keys.patient.address(), record.address);
    sheet.measure(
        (NAME, "by the owner"),
        &mut world,
        &[verify],
        &[&keys.patient.wallet],
    );
}

pub(super) fn delete_record(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = "delete_record";
    let mut fixture = keys.world(NAME);
    let record = unverified(keys, &mut fixture);
    let state = fixture.read::<RecordAccount>(&record.address).state;
    let mut delete = |authority: &Person, later: i64, case: &str| {
        let mut world = fixture.clone();
        world.set_time(world.time() + later);
        let delete = world
            .instructions
            .delete_record(authority.address(), record.address, &state);
        sheet.measure((NAME, case), &mut world, &[delete], &[&authority.wallet]);
    };
    delete(&keys.patient, 0, "by the owner");
    delete(
        &keys.clinic,
        CREATOR_DELETE_DELAY,
        "by the creator after 24 hours",
    );
}

/// A record by the clinic that the patient has not verified yet.
fn unverified(keys: &KeySet, world: &mut World) -> NewRecord {
    let record = world.new_record(&keys.clinic, &keys.patient);
    let create = world.create_record(&keys.clinic, &keys.patient, &record);
    world.lands(create, &[&keys.clinic.wallet]);
    record
}
