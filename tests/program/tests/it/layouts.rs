//! Known answers for accounts: discriminators as Anchor defines them, and every account's bytes, field by field, in the
//! order and width that other implementations read.

use generion::{
    ShareRecordArgs,
    state::{Order, Purchase, Record, Share, User},
};
use generion_crypto::capsule;
use generion_interface::accounts::{OrderAccount, PurchaseAccount, RecordAccount};
use generion_program_tests::World;
use sha2::{Digest, Sha256};
use solana_address::Address;

use crate::support::Scene;

/// The account's bytes must be its discriminator and these parts; and its balance the rent for them, plus `extra`.
#[track_caller]
pub fn assert_bytes(world: &World, address: &Address, kind: &str, parts: &[&[u8]], extra: u64) {
    let discriminator = Sha256::digest(format!("account:{kind}"));
    let expected = [&discriminator[..8], &parts.concat()].concat();
    let account = world.account(address);
    assert_eq!(account.data, expected, "{kind}");
    assert_eq!(account.owner, generion::ID);
    assert_eq!(
        account.lamports,
        world.svm.minimum_balance_for_rent_exemption(expected.len()) + extra
    );
}

/// Each kind of account has exactly the published bytes.
#[test]
fn accounts_have_the_published_layout() {
    let mut scene = Scene::new(1);
    let record = scene.record();
    let (capsule, _) = capsule::seal(&record.element, &scene.doctor.key(), &mut scene.world.rng);
    let [patient, doctor, sponsor] =
        [&scene.patient, &scene.doctor, &scene.sponsor].map(|person| person.address());
    let args = ShareRecordArgs {
        key_index: 0,
        capsule,
        expires_at: 0,
    };
    let instruction =
        scene
            .world
            .instructions
            .share_record(patient, sponsor, record.address, &doctor, args);
    let share = instruction.accounts[4].pubkey;
    scene
        .world
        .lands(instruction, &[&scene.patient.wallet, &scene.sponsor.wallet]);
    let records = scene.records(2);
    let only_buyer = scene.buyer.address();
    let order = scene.order_of(&records, |args| args.only_buyer = Some(only_buyer));
    let (purchase, _) = scene.world.buy(&scene.buyer, &order);
    let deliver = scene.delivery(&purchase, 1, 1);
    let settle_key = deliver.data[1..33].to_vec();
    scene.world.lands(deliver, &[&scene.stranger.wallet]);
    let rest = scene.delivery(&purchase, 0, 1);
    let settle = scene.settle(&purchase);
    let world = &scene.world;

    let user = world.instructions.addresses.user(&patient);
    let User {
        bump,
        key_index,
        next_order_id,
        next_study_id,
        record_count,
        wallet,
        encryption_key,
        attestation,
        ..
    } = world.read(&user);
    let parts: [&[u8]; 8] = [
        &[1, bump, 0, 0],
        &key_index.to_le_bytes(),
        &next_order_id.to_le_bytes(),
        &next_study_id.to_le_bytes(),
        &record_count.to_le_bytes(),
        wallet.as_ref(),
        &encryption_key,
        &attestation,
    ];
    assert_bytes(world, &user, "User", &parts, 0);

    let RecordAccount { state, locator } = world.read(&record.address);
    let Record {
        bump,
        key_index,
        created_at,
        listings,
        owner,
        creator,
        rent_payer,
        ..
    } = state;
    let parts: [&[u8]; 13] = [
        &[1, bump, 1, 0],
        &key_index.to_le_bytes(),
        &created_at.to_le_bytes(),
        &listings.to_le_bytes(),
        owner.as_ref(),
        creator.as_ref(),
        rent_payer.as_ref(),
        &state.owner_key,
        &state.data_public_key,
        state.capsule.as_bytes(),
        &state.facts_root,
        &304_u32.to_le_bytes(),
        &locator,
    ];
    assert_bytes(world, &record.address, "Record", &parts, 0);

    let Share {
        bump,
        key_index,
        created_at,
        expires_at,
        recipient_key,
        capsule,
        ..
    } = world.read(&share);
    let parts: [&[u8]; 10] = [
        &[1, bump, 0, 0],
        &key_index.to_le_bytes(),
        &created_at.to_le_bytes(),
        &expires_at.to_le_bytes(),
        record.address.as_ref(),
        patient.as_ref(),
        doctor.as_ref(),
        sponsor.as_ref(),
        &recipient_key,
        capsule.as_bytes(),
    ];
    assert_bytes(world, &share, "Share", &parts, 0);

    let OrderAccount { state, records } = world.read(&order);
    let Order {
        bump,
        id,
        created_at,
        price,
        delivery_window,
        label,
        ..
    } = state;
    let listed: Vec<u8> = records
        .iter()
        .flat_map(|record| record.to_bytes())
        .collect();
    let parts: [&[u8]; 13] = [
        &[1, bump, 1, 0],
        &1_u32.to_le_bytes(),
        &id.to_le_bytes(),
        &created_at.to_le_bytes(),
        sponsor.as_ref(),
        patient.as_ref(),
        &price.to_le_bytes(),
        &delivery_window.to_le_bytes(),
        &label,
        only_buyer.as_ref(),
        &0_u32.to_le_bytes(),
        &2_u32.to_le_bytes(),
        &listed,
    ];
    assert_bytes(world, &order, "Order", &parts, 0);

    let PurchaseAccount { state, capsules } = world.read(&purchase);
    let Purchase {
        bump,
        price,
        deadline,
        buyer,
        buyer_key,
        terms,
        ..
    } = state;
    let bytes = |status: [u8; 3], settle_by: i64, settle_key: &[u8], capsules: &[u8]| {
        let parts: [&[u8]; 14] = [
            &[1, bump],
            &status,
            &[0; 3],
            &price.to_le_bytes(),
            &deadline.to_le_bytes(),
            &settle_by.to_le_bytes(),
            order.as_ref(),
            patient.as_ref(),
            buyer.as_ref(),
            &buyer_key,
            settle_key,
            &terms,
            &2_u32.to_le_bytes(),
            capsules,
        ];
        parts.concat()
    };
    // Pending, with the second of two records delivered; locked; settled.
    let second = capsules[1].expect("delivered");
    let half = [&[0; 64], second.as_bytes()].concat();
    let pending = bytes([0, 2, 1], 0, &settle_key, &half);
    assert_bytes(world, &purchase, "Purchase", &[&pending], price);
    let settle_by = world.time() + 86_400;
    scene.world.lands(rest, &[&scene.stranger.wallet]);
    let both: Vec<u8> = scene
        .world
        .delivered(&purchase)
        .iter()
        .flat_map(|capsule| capsule.as_bytes().to_vec())
        .collect();
    let locked = bytes([1, 2, 2], settle_by, &settle_key, &both);
    assert_bytes(&scene.world, &purchase, "Purchase", &[&locked], price);
    let settle_secret = settle.data[1..33].to_vec();
    scene.world.lands(settle, &[&scene.stranger.wallet]);
    let settled = bytes([2, 2, 2], settle_by, &settle_secret, &both);
    assert_bytes(&scene.world, &purchase, "Purchase", &[&settled], 0);
}
