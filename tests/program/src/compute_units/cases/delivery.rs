use generion::constants::MAX_DELIVERY_BATCH;
use solana_address::Address;

use crate::compute_units::{
    key_set::KeySet,
    shared::{DELIVER, SETTLE, SETTLEMENTS, deliveries, records},
    sheet::Sheet,
};
use crate::vm::World;

pub(super) fn deliver(keys: &KeySet, sheet: &mut Sheet) {
    let fixture = keys.world(DELIVER);
    deliveries(sheet, &keys.patient.wallet, |count, total| {
        let mut world = fixture.clone();
        let purchase = keys.purchases[&total];
        let delivery = world.prove(&keys.patient, &purchase, 0, count);
        let deliver = world.deliver(&purchase, 0, &delivery);
        (world, deliver)
    });
}

pub(super) fn settle(keys: &KeySet, sheet: &mut Sheet) {
    for count in SETTLEMENTS {
        let mut world = keys.world(SETTLE);
        let purchase = keys.purchases[&count];
        lock(keys, &mut world, &purchase, count);
        let settle = world.settle(&keys.patient, &purchase);
        sheet.measure(
            (SETTLE, records(count)),
            &mut world,
            &[settle],
            &[&keys.patient.wallet],
        );
    }
}

/// Delivers all `count` records of a purchase.
pub(super) fn lock(keys: &KeySet, world: &mut World, purchase: &Address, count: usize) {
    // The largest batch fits no legacy transaction.
    let largest = MAX_DELIVERY_BATCH - 1;
    for first in (0..count).step_by(largest) {
        let batch = largest.min(count - first);
        let delivery = world.prove(&keys.patient, purchase, first, batch);
        let deliver = world.deliver(purchase, first, &delivery);
        world.lands(deliver, &[&keys.patient.wallet]);
    }
}
