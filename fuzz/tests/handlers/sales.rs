use generion::{
    GenerionError,
    curve::IDENTITY,
    proof::Capsule,
    state::{Order, Purchase},
};
use generion_fuzz::world::{BUYER, NOW, PRICE, SELLER, SPONSOR, WORLD, public_key};
use generion_interface::accounts::{OrderAccount, PurchaseAccount, RecordAccount};

use crate::Case;

/// Where the records of `deliver` begin.
const RECORDS: usize = 3;

#[test]
fn a_purchase_is_written_on_the_orders_terms() {
    let ledger = Case::new(8).lands();
    let PurchaseAccount { state, capsules } = ledger.read(2);
    let expected = Purchase {
        version: 1,
        bump: state.bump,
        status: 0,
        record_count: 1,
        delivered_count: 0,
        reserved: [0; 3],
        price: PRICE,
        deadline: NOW + 3600,
        order: ledger.account(1).address,
        seller: SELLER,
        buyer: BUYER,
        buyer_key: state.buyer_key,
    };
    assert_eq!((state, capsules), (expected, vec![None]));
    assert_eq!(state.buyer_key, Case::new(8).data[1..33]);
    let order: OrderAccount = ledger.read(1);
    assert_eq!(order.state.pending_purchases, 1);
}

#[test]
fn a_purchase_is_refused() {
    for bad in [IDENTITY, [0xff; 32]] {
        Case::with_bytes(8, 1, &bad).refused(GenerionError::InvalidPoint);
    }
    Case::with_bytes(8, 33, &(PRICE - 1).to_le_bytes()).refused(GenerionError::TermsChanged);
    Case::with_bytes(8, 41, &3601_u32.to_le_bytes()).refused(GenerionError::TermsChanged);
    Case::with_bytes(8, 45, &[2]).refused(GenerionError::TermsChanged);
    Case::new(8)
        .edit(1, |order: &mut OrderAccount| order.state.open = 0)
        .refused(GenerionError::OrderNotOpen);
    Case::new(8)
        .edit(1, |order: &mut OrderAccount| order.state.seller = BUYER)
        .refused(GenerionError::OwnOrder);
}

/// The capsules of the honest delivery.
fn delivered() -> Vec<Capsule> {
    let capsules = WORLD.instructions[9].data[82..].chunks_exact(64);
    capsules
        .map(|bytes| Capsule {
            ephemeral: bytes[..32].try_into().unwrap(),
            masked: bytes[32..].try_into().unwrap(),
        })
        .collect()
}

#[test]
fn a_proven_delivery_is_stored_and_paid() {
    let order: OrderAccount = crate::read(&Case::new(9).named[1].account);
    let before: PurchaseAccount = crate::read(&Case::new(9).named[2].account);
    let ledger = Case::new(9).lands();
    let PurchaseAccount { state, capsules } = ledger.read(2);
    let settled = Purchase {
        status: 1,
        delivered_count: 2,
        ..before.state
    };
    assert_eq!(state, settled);
    assert_eq!(
        capsules,
        delivered().into_iter().map(Some).collect::<Vec<_>>()
    );
    assert_eq!(
        [ledger.gained(0), ledger.gained(2)],
        [i128::from(PRICE), -i128::from(PRICE)]
    );
    let counted = Order {
        pending_purchases: order.state.pending_purchases - 1,
        settled_purchases: order.state.settled_purchases + 1,
        ..order.state
    };
    assert_eq!(ledger.read::<OrderAccount>(1).state, counted);
}

/// The purchase as one of three records: the same batch is a part then.
#[test]
fn a_partial_delivery_pays_nothing() {
    let case = Case::new(9)
        .edit(1, |order: &mut OrderAccount| order.record_ids.push(2))
        .edit(2, |purchase: &mut PurchaseAccount| {
            purchase.capsules.push(None);
            purchase.state.record_count = 3;
        });
    let ledger = case.lands();
    let PurchaseAccount { state, capsules } = ledger.read(2);
    assert_eq!((state.status, state.delivered_count), (0, 2));
    assert_eq!(
        capsules[..2],
        delivered().into_iter().map(Some).collect::<Vec<_>>()
    );
    assert_eq!(capsules[2], None);
    assert_eq!([ledger.gained(0), ledger.gained(2)], [0, 0]);
    assert_eq!(ledger.read::<OrderAccount>(1).state.pending_purchases, 1);
}

#[test]
fn what_is_settled_is_not_delivered_again() {
    Case::new(9)
        .edit(2, |purchase: &mut PurchaseAccount| {
            purchase.state.status = 1
        })
        .refused(GenerionError::AlreadySettled);
    Case::new(9)
        .edit(2, |purchase: &mut PurchaseAccount| {
            purchase.capsules[1] = Some(delivered()[0])
        })
        .refused(GenerionError::AlreadyDelivered);
}

#[test]
fn a_batch_is_within_the_order_and_has_a_capsule_for_each_record() {
    let error = GenerionError::BatchLength;
    // No records and no capsules.
    let mut none = Case::with_data(9, WORLD.instructions[9].data[..82].to_vec());
    none.named.truncate(RECORDS);
    none.refused(error);
    // One capsule for two records, and two capsules for one record.
    Case::with_data(9, WORLD.instructions[9].data[..146].to_vec()).refused(error);
    let mut fewer = Case::new(9);
    fewer.named.pop();
    fewer.refused(error);
    // Past the order's end, and far past it.
    for first in [1, 255] {
        Case::with_bytes(9, 1, &[first]).refused(error);
    }
    // Eleven records.
    let mut eleven = Case::new(9).edit(1, |order: &mut OrderAccount| {
        order.record_ids = (0..11).collect()
    });
    for index in 0..9 {
        let mut another = eleven.named[RECORDS].clone();
        another.account.address = [100 + index; 32].into();
        eleven.named.push(another);
    }
    eleven.refused(error);
}

#[test]
fn records_are_the_orders_at_their_positions() {
    let changed = |edit: fn(&mut RecordAccount)| Case::new(9).edit(RECORDS + 1, edit);
    changed(|record| record.state.id = 2).refused(GenerionError::WrongRecord);
    changed(|record| record.state.owner = SPONSOR).refused(GenerionError::WrongRecord);
    let mut swapped = Case::new(9);
    swapped.named.swap(RECORDS, RECORDS + 1);
    swapped.refused(GenerionError::WrongRecord);
}

#[test]
fn a_batch_is_of_one_owner_key() {
    Case::new(9)
        .edit(RECORDS + 1, |record: &mut RecordAccount| {
            record.state.owner_key = public_key(5)
        })
        .refused(GenerionError::MixedOwnerKeys);
}

#[test]
fn a_delivery_without_proof_is_refused() {
    for at in [2, 18, 50] {
        let byte = WORLD.instructions[9].data[at] ^ 1;
        Case::with_bytes(9, at, &[byte]).refused(GenerionError::DeliveryProofInvalid);
    }
    Case::new(9)
        .edit(2, |purchase: &mut PurchaseAccount| {
            purchase.state.buyer_key = public_key(5)
        })
        .refused(GenerionError::DeliveryProofInvalid);
}

#[test]
fn a_refund_gives_everything_back() {
    let held = i128::from(Case::new(10).named[3].account.lamports);
    let order: OrderAccount = crate::read(&Case::new(10).named[2].account);
    let ledger = Case::new(10).lands();
    ledger.assert_closed(3);
    assert_eq!(ledger.gained(1), held);
    let counted = Order {
        pending_purchases: order.state.pending_purchases - 1,
        ..order.state
    };
    assert_eq!(ledger.read::<OrderAccount>(2).state, counted);
}

#[test]
fn others_wait_for_the_deadline_and_the_grace() {
    let by_anybody = |deadline| {
        let mut case = Case::new(10);
        case.named[0].account.address = SPONSOR;
        case.edit(3, |purchase: &mut PurchaseAccount| {
            purchase.state.deadline = deadline
        })
    };
    by_anybody(NOW - 300).lands();
    by_anybody(NOW - 299).refused(GenerionError::RefundTooEarly);
    Case::new(10)
        .edit(3, |purchase: &mut PurchaseAccount| {
            purchase.state.status = 1
        })
        .refused(GenerionError::AlreadySettled);
}

#[test]
fn a_closed_purchase_gives_its_rent_back() {
    let held = i128::from(Case::new(11).named[1].account.lamports);
    let ledger = Case::new(11).lands();
    ledger.assert_closed(1);
    assert_eq!(ledger.gained(0), held);
    Case::new(11)
        .edit(1, |purchase: &mut PurchaseAccount| {
            purchase.state.status = 0
        })
        .refused(GenerionError::NotSettled);
}
