use generion::{SetEncryptionKeyArgs, constants::CREATOR_DELETE_DELAY};
use generion_interface::accounts::RecordAccount;

use crate::compute_units::{
    key_set::KeySet,
    shared::{
        CREATE_RECORD, RECORDS, SET_ENCRYPTION_KEY, VERIFY_RECORD, Written, prefund, record_case,
    },
    sheet::Sheet,
};
use generion_test_support::Person;

use crate::{story::NewRecord, vm::World};

pub(super) fn set_encryption_key(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = SET_ENCRYPTION_KEY;
    let KeySet {
        newcomer, sponsor, ..
    } = keys;
    let wallet = newcomer.address();
    let world = keys.world(NAME);
    let first = newcomer.published_key();
    let publish = |payer: &Person| {
        world
            .instructions
            .set_encryption_key(wallet, payer.address(), first.clone())
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
    // The program can't tell whose key it is.
    let next = SetEncryptionKeyArgs {
        key_index: 1,
        ..keys.doctor.published_key()
    };
    let rotate = world.instructions.set_encryption_key(wallet, wallet, next);
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
    let KeySet {
        clinic,
        patient,
        sponsor,
        ..
    } = keys;
    let fixture = keys.world(CREATE_RECORD);
    for (locator, written) in RECORDS {
        let (creator, payer) = match written {
            Written::ByClinic | Written::Prefunded => (clinic, clinic),
            Written::PaidBySponsor => (clinic, sponsor),
            Written::SelfIssued => (patient, patient),
        };
        let mut world = fixture.clone();
        let NewRecord {
            address,
            args,
            owner_key,
            ..
        } = world.new_record_of(creator, patient, |args| args.locator = vec![5; locator]);
        let instruction = world.instructions.create_record(
            &patient.address(),
            &owner_key,
            creator.address(),
            payer.address(),
            args,
        );
        if written == Written::Prefunded {
            prefund(&mut world, &address);
        }
        let signers = match written {
            Written::PaidBySponsor => &[&creator.wallet, &payer.wallet][..],
            _ => &[&creator.wallet],
        };
        let case = (CREATE_RECORD, record_case(locator, written));
        sheet.measure_creation(case, &mut world, instruction, signers, &address);
    }
}

pub(super) fn verify_record(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = VERIFY_RECORD;
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
