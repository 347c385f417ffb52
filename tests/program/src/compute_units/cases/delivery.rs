use super::{
    super::shared::{DELIVER, deliveries},
    KeySet, Sheet,
};

pub(super) fn deliver(keys: &KeySet, sheet: &mut Sheet) {
    let fixture = keys.world(DELIVER);
    deliveries(sheet, &keys.patient.wallet, |count, total| {
        let mut world = fixture.clone();
        let purchase = keys.purchases[&total];
        let delivery = world.prove(&keys.patient, &keys.buyer, &purchase, 0, count);
        let deliver = world.deliver(&purchase, 0, &delivery);
        (world, deliver)
    });
}
