//! Known answers: discriminators as Anchor defines them, and every account's bytes, field by field, in the order and
//! width that other implementations read.

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
fn assert_bytes(world: &World, address: &Address, kind: &str, parts: &[&[u8]], extra: u64) {
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

#[test]
fn accounts_have_the_published_layout() {
    let mut scene = Scene::new(1);
    let record = scene.record();
    let (capsule, _) = capsule::seal(&record.element, &scene.doctor.key(), &mut scene.world.rng);
    let [patient, doctor, sponsor] =
        [&scene.patient, &scene.doctor, &scene.sponsor].map(|person| person.address());
    let args = ShareRecordArgs {
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
    let (order, purchase) = scene.sold(2);
    let deliver = scene.delivery(&purchase, 1, 1);
    scene.world.lands(deliver, &[&scene.stranger.wallet]);
    let world = &scene.world;

    let user = world.instructions.addresses.user(&patient);
    let User {
        bump,
        key_index,
        next_record_id,
        next_order_id,
        record_count,
        wallet,
        encryption_key,
        ..
    } = world.read(&user);
    let parts: [&[u8]; 7] = [
        &[1, bump, 0, 0],
        &key_index.to_le_bytes(),
        &next_record_id.to_le_bytes(),
        &next_order_id.to_le_bytes(),
        &record_count.to_le_bytes(),
        wallet.as_ref(),
        &encryption_key,
    ];
    assert_bytes(world, &user, "User", &parts, 0);

    let RecordAccount { state, locator } = world.read(&record.address);
    let Record {
        bump,
        key_index,
        id,
        created_at,
        listings,
        owner,
        creator,
        rent_payer,
        ..
    } = state;
    let parts: [&[u8]; 14] = [
        &[1, bump, 1, 0],
        &key_index.to_le_bytes(),
        &id.to_le_bytes(),
        &created_at.to_le_bytes(),
        &listings.to_le_bytes(),
        owner.as_ref(),
        creator.as_ref(),
        rent_payer.as_ref(),
        &state.owner_key,
        &state.data_public_key,
        state.capsule.as_bytes(),
        &state.ciphertext_hash,
        &240_u32.to_le_bytes(),
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

    let OrderAccount { state, record_ids } = world.read(&order);
    let Order {
        bump,
        delivery_window,
        id,
        price,
        created_at,
        label,
        ..
    } = state;
    let ids: Vec<u8> = record_ids.iter().flat_map(|id| id.to_le_bytes()).collect();
    let parts: [&[u8]; 12] = [
        &[1, bump, 1, 0],
        &delivery_window.to_le_bytes(),
        &id.to_le_bytes(),
        &price.to_le_bytes(),
        &created_at.to_le_bytes(),
        &1_u32.to_le_bytes(),
        &0_u32.to_le_bytes(),
        patient.as_ref(),
        sponsor.as_ref(),
        &label,
        &2_u32.to_le_bytes(),
        &ids,
    ];
    assert_bytes(world, &order, "Order", &parts, 0);

    let PurchaseAccount { state, capsules } = world.read(&purchase);
    let Purchase {
        bump,
        price,
        deadline,
        buyer,
        buyer_key,
        ..
    } = state;
    let parts: [&[u8]; 10] = [
        &[1, bump, 0, 2, 1, 0, 0, 0],
        &price.to_le_bytes(),
        &deadline.to_le_bytes(),
        order.as_ref(),
        patient.as_ref(),
        buyer.as_ref(),
        &buyer_key,
        &2_u32.to_le_bytes(),
        &[0; 64],
        capsules[1].as_ref().expect("delivered").as_bytes(),
    ];
    assert_bytes(world, &purchase, "Purchase", &parts, price);
}
