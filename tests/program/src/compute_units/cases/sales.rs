use generion::{
    CreateOrderArgs,
    constants::{LABEL_LEN, REFUND_GRACE},
};
use generion_interface::accounts::{OrderAccount, PurchaseAccount};

use super::delivery::lock;
use crate::compute_units::{
    key_set::KeySet,
    shared::{
        BATCH, CLOSE_PURCHASE, CREATE_ORDER, MAX, PURCHASE, PURCHASES, REFUND, prefund,
        purchase_case, records, refund_case,
    },
    sheet::Sheet,
};
use generion_test_support::Person;

use crate::{
    story::{PRICE, WINDOW},
    vm::World,
};

pub(super) fn create_order(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = CREATE_ORDER;
    let KeySet {
        patient, sponsor, ..
    } = keys;
    let fixture = keys.world(NAME);
    for count in [1, 2, 3, 9, MAX] {
        let mut world = fixture.clone();
        let create = world.create_order(patient, &keys.records[..count]);
        let order = create.accounts[3].pubkey;
        sheet.measure_creation(
            (NAME, records(count)),
            &mut world,
            create,
            &[&patient.wallet],
            &order,
        );
    }
    let usual = CreateOrderArgs {
        id: fixture.user_of(patient).next_order_id,
        price: PRICE,
        delivery_window: WINDOW,
        only_buyer: None,
        label: "l".repeat(20),
    };
    let longest_label = CreateOrderArgs {
        label: "l".repeat(LABEL_LEN),
        ..usual.clone()
    };
    let for_one_buyer = CreateOrderArgs {
        only_buyer: Some(keys.buyer.address()),
        ..usual.clone()
    };
    let mut one = |payer: &Person, args: &CreateOrderArgs, ahead: bool, case: &str| {
        let mut world = fixture.clone();
        let create = world.instructions.create_order(
            patient.address(),
            payer.address(),
            &keys.records[..1],
            args.clone(),
        );
        let order = create.accounts[3].pubkey;
        if ahead {
            prefund(&mut world, &order);
        }
        let signers: &[_] = if payer.address() == patient.address() {
            &[&patient.wallet]
        } else {
            &[&patient.wallet, &payer.wallet]
        };
        sheet.measure_creation((NAME, case), &mut world, create, signers, &order);
    };
    one(patient, &longest_label, false, "1 record, longest label");
    one(patient, &for_one_buyer, false, "1 record, for one buyer");
    one(sponsor, &usual, false, "1 record, paid by a sponsor");
    one(patient, &usual, true, "1 record, prefunded address");
}

pub(super) fn close_order(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = "close_order";
    let KeySet { patient, .. } = keys;
    let fixture = keys.world(NAME);
    let close = |world: &World, order| {
        let OrderAccount { state, records } = world.read(&order);
        world.instructions.close_order(order, &state, &records)
    };
    for count in [1, 9, MAX] {
        let mut world = fixture.clone();
        // One that nobody has bought.
        let create = world.create_order(patient, &keys.records[..count]);
        let order = create.accounts[3].pubkey;
        world.lands(create, &[&patient.wallet]);
        let close = close(&world, order);
        sheet.measure(
            (NAME, records(count)),
            &mut world,
            &[close],
            &[&patient.wallet],
        );
    }
    let mut world = fixture.clone();
    let state = world.read::<OrderAccount>(&keys.orders[&1]).state;
    let stop = world.instructions.close_order(keys.orders[&1], &state, &[]);
    sheet.measure(
        (NAME, "stops sales"),
        &mut world,
        &[stop],
        &[&patient.wallet],
    );
}

pub(super) fn purchase(keys: &KeySet, sheet: &mut Sheet) {
    // The buyer has bought every order already: another one buys here.
    let KeySet { sponsor, .. } = keys;
    let fixture = keys.world(PURCHASE);
    for (count, prefunded) in PURCHASES {
        let mut world = fixture.clone();
        let buy = world.purchase(sponsor, &keys.orders[&count]);
        let purchase = buy.accounts[2].pubkey;
        if prefunded {
            prefund(&mut world, &purchase);
        }
        let case = (PURCHASE, purchase_case(count, prefunded));
        sheet.measure_creation(case, &mut world, buy, &[&sponsor.wallet], &purchase);
    }
}

pub(super) fn refund(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = REFUND;
    let fixture = keys.world(NAME);
    let mut refund = |authority: &Person, count: usize, later: bool, case: String| {
        let mut world = fixture.clone();
        let purchase = keys.purchases[&count];
        let state = world.read::<PurchaseAccount>(&purchase).state;
        if later {
            world.set_time(state.deadline + REFUND_GRACE);
        }
        let refund = world
            .instructions
            .refund(authority.address(), purchase, &state);
        sheet.measure((NAME, case), &mut world, &[refund], &[&authority.wallet]);
    };
    let one = |by: &str| format!("{}, {by}", records(1));
    refund(&keys.patient, 1, false, one("by the seller"));
    refund(&keys.buyer, 1, true, refund_case(1));
    refund(&keys.sponsor, 1, true, one("by anyone after the deadline"));
    refund(&keys.buyer, MAX, true, refund_case(MAX));

    let mut world = fixture.clone();
    let purchase = keys.purchases[&1];
    lock(keys, &mut world, &purchase, 1);
    let state = world.read::<PurchaseAccount>(&purchase).state;
    world.set_time(state.settle_by.max(state.deadline) + REFUND_GRACE);
    let refund = world
        .instructions
        .refund(keys.buyer.address(), purchase, &state);
    let case = (NAME, one("locked, by the buyer after the time to settle"));
    sheet.measure(case, &mut world, &[refund], &[&keys.buyer.wallet]);
}

pub(super) fn close_purchase(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = CLOSE_PURCHASE;
    for count in [1, BATCH - 1] {
        let mut world = keys.world(NAME);
        let purchase = keys.purchases[&count];
        lock(keys, &mut world, &purchase, count);
        let settle = world.settle(&keys.patient, &purchase);
        world.lands(settle, &[&keys.patient.wallet]);
        let close = world
            .instructions
            .close_purchase(keys.buyer.address(), purchase);
        sheet.measure(
            (NAME, records(count)),
            &mut world,
            &[close],
            &[&keys.buyer.wallet],
        );
    }
}
