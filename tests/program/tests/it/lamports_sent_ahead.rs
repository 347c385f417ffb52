//! Lamports that somebody sends ahead to an address: the account is created all the same, its payer pays that much less
//! rent, and the escrow holds the full price.

use generion::ShareRecordArgs;
use generion_crypto::capsule;
use generion_interface::accounts::PurchaseAccount;
use generion_program_tests::{Executed, PRICE, World};
use generion_test_support::Person;
use solana_address::Address;
use solana_instruction::Instruction;

use crate::support::{Scene, paid};

/// The stranger sends lamports ahead into `target`.
fn send_ahead(world: &mut World, stranger: &Person, target: &Address, lamports: u64) {
    let transfer =
        solana_system_interface::instruction::transfer(&stranger.address(), target, lamports);
    world.lands(transfer, &[&stranger.wallet]);
}

/// Sends lamports ahead into the account that an instruction will create at `target`, which the rent payer pays for;
/// checks who paid what. An account's rent is told by a twin of the instruction in a scene of the same seed.
#[track_caller]
fn check(
    seed: u64,
    prepare: impl Fn(&mut Scene) -> (Instruction, usize),
    payers: fn(&Scene) -> [&Person; 2],
) {
    let lands = |ahead: u64| -> (Scene, Address, Executed) {
        let mut scene = Scene::new(seed);
        let (instruction, index) = prepare(&mut scene);
        let target = instruction.accounts[index].pubkey;
        if ahead > 0 {
            send_ahead(&mut scene.world, &scene.stranger, &target, ahead);
        }
        let signers = payers(&scene).map(|person| person.wallet.insecure_clone());
        let signers = if signers[0] == signers[1] {
            vec![&signers[0]]
        } else {
            signers.iter().collect()
        };
        let landed = scene.world.lands(instruction, &signers);
        (scene, target, landed)
    };
    let (twin, target, alone) = lands(0);
    let rent = twin.world.rent(&target);
    let deposit = twin.world.lamports(&target) - rent;
    let payer = payers(&twin)[1].address();
    assert_eq!(
        alone.changes.moved,
        paid(payer, target, rent + deposit).into()
    );

    let smallest = twin.world.svm.minimum_balance_for_rent_exemption(0);
    for ahead in [smallest, rent - 1, rent, rent + 1, rent + 2 * PRICE] {
        let (scene, target, landed) = lands(ahead);
        let due = rent.saturating_sub(ahead) + deposit;
        let moved = if due > 0 {
            paid(payer, target, due).into()
        } else {
            Default::default()
        };
        assert_eq!(landed.changes.moved, moved, "{ahead} lamports ahead");
        assert_eq!(scene.world.lamports(&target), ahead.max(rent) + deposit);
        assert_eq!(
            scene.world.account(&target).data,
            twin.world.account(&target).data
        );
        assert_eq!(landed.events, alone.events);
    }
}

/// A user account is created at an address that holds lamports.
#[test]
fn into_a_user_address() {
    let prepare = |scene: &mut Scene| {
        let (wallet, payer) = (scene.buyer.address(), scene.sponsor.address());
        let key = scene.buyer.published_key();
        (
            scene
                .world
                .instructions
                .set_encryption_key(wallet, payer, key),
            2,
        )
    };
    check(1, prepare, |scene| [&scene.buyer, &scene.sponsor]);
}

/// A record is created at an address that holds lamports.
#[test]
fn into_a_record_address() {
    let prepare = |scene: &mut Scene| {
        let record = scene.world.new_record(&scene.clinic, &scene.patient);
        (scene.create_record(&record), 3)
    };
    check(2, prepare, |scene| [&scene.clinic, &scene.sponsor]);
}

/// A share is created at an address that holds lamports.
#[test]
fn into_a_share_address() {
    let prepare = |scene: &mut Scene| {
        let record = scene.record();
        let (capsule, _) =
            capsule::seal(&record.element, &scene.doctor.key(), &mut scene.world.rng);
        let [owner, payer, recipient] =
            [&scene.patient, &scene.sponsor, &scene.doctor].map(|person| person.address());
        let args = ShareRecordArgs {
            key_index: 0,
            capsule,
            expires_at: 0,
        };
        (
            scene
                .world
                .instructions
                .share_record(owner, payer, record.address, &recipient, args),
            4,
        )
    };
    check(3, prepare, |scene| [&scene.patient, &scene.sponsor]);
}

/// An order is created at an address that holds lamports.
#[test]
fn into_an_order_address() {
    let prepare = |scene: &mut Scene| {
        let records = scene.records(1);
        (scene.create_order(&records, |_| {}), 3)
    };
    check(4, prepare, |scene| [&scene.patient, &scene.sponsor]);
}

/// A purchase is created at an address that holds lamports, with the full price in escrow.
#[test]
fn into_a_purchase_address() {
    let prepare = |scene: &mut Scene| {
        let order = scene.order(2);
        (scene.world.purchase(&scene.buyer, &order), 2)
    };
    check(5, prepare, |scene| [&scene.buyer, &scene.buyer]);
}

/// A purchase into whose address the stranger sent lamports ahead, and how many it holds.
fn prefunded_purchase(seed: u64) -> (Scene, Address, u64) {
    let mut scene = Scene::new(seed);
    let order = scene.order(1);
    let target = scene
        .world
        .instructions
        .addresses
        .purchase(&order, &scene.buyer.address());
    send_ahead(&mut scene.world, &scene.stranger, &target, 3 * PRICE);
    let (purchase, _) = scene.world.buy(&scene.buyer, &order);
    let held = scene.world.lamports(&purchase);
    assert_eq!(held, 4 * PRICE);
    (scene, purchase, held)
}

/// From a prefunded purchase, the seller gets exactly the price, and the buyer the rest.
#[test]
fn the_seller_gets_the_price_and_no_more_and_the_buyer_the_rest() {
    let (mut scene, purchase, held) = prefunded_purchase(6);
    let (seller, buyer) = (scene.patient.address(), scene.buyer.address());
    let deliver = scene.delivery(&purchase, 0, 1);
    let landed = scene.world.lands(deliver, &[&scene.stranger.wallet]);
    assert_eq!(landed.changes.moved, [].into());
    let settle = scene.settle(&purchase);
    let landed = scene.world.lands(settle, &[&scene.stranger.wallet]);
    assert_eq!(landed.changes.moved, paid(purchase, seller, PRICE).into());
    let close = scene.close_purchase(purchase);
    let landed = scene.world.lands(close, &[&scene.buyer.wallet]);
    assert_eq!(
        landed.changes.moved,
        paid(purchase, buyer, held - PRICE).into()
    );
}

/// A refund of a prefunded purchase pays everything to the buyer.
#[test]
fn a_refund_gives_the_buyer_all() {
    let (mut scene, purchase, held) = prefunded_purchase(7);
    assert_eq!(
        scene.world.read::<PurchaseAccount>(&purchase).state.price,
        PRICE
    );
    let refund = scene.refund(&scene.patient, &purchase);
    let landed = scene.world.lands(refund, &[&scene.patient.wallet]);
    assert_eq!(
        landed.changes.moved,
        paid(purchase, scene.buyer.address(), held).into()
    );
}

/// Lamports that are sent to an existing record go to its rent payer when it is deleted.
#[test]
fn into_a_live_account_they_go_to_its_rent_payer() {
    let mut scene = Scene::new(8);
    let record = scene.record().address;
    send_ahead(&mut scene.world, &scene.stranger, &record, 1_000_000);
    let held = scene.world.lamports(&record);
    let delete = scene.delete_record(&scene.patient, &record);
    let landed = scene.world.lands(delete, &[&scene.patient.wallet]);
    assert_eq!(
        landed.changes.moved,
        paid(record, scene.sponsor.address(), held).into()
    );
}
