use generion::{
    GenerionError,
    curve::IDENTITY,
    proof::Capsule,
    state::{Order, Purchase},
};
use generion_interface::accounts::{OrderAccount, PurchaseAccount, RecordAccount};
use generion_native::{
    runtime::NOW,
    world::{BUYER, DEADLINE, PRICE, SELLER, SPONSOR, WORLD, public_key},
};

use solana_address::Address;

use crate::Case;

/// Where the records of `deliver` begin among its accounts, and its capsules in its data.
const RECORDS: usize = 2;
const CAPSULES: usize = 1 + 32 + 1 + 80;

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
        seat: 0,
        reserved: [0; 2],
        price: PRICE,
        deadline: NOW + 3600,
        settle_by: 0,
        order: ledger.account(1).address,
        seller: SELLER,
        buyer: BUYER,
        buyer_key: state.buyer_key,
        settle_key: IDENTITY,
        terms: state.terms,
    };
    assert_eq!((state, capsules), (expected, vec![None]));
    assert_eq!(state.buyer_key, Case::new(8).data[1..33]);
    assert_eq!(state.terms, Case::new(8).data[33..]);
    let order: OrderAccount = ledger.read(1);
    assert_eq!(order.state.pending_purchases, 1);
}

#[test]
fn a_purchase_is_refused() {
    for bad in [IDENTITY, [0xff; 32]] {
        Case::with_bytes(8, 1, &bad).refused(GenerionError::InvalidPoint);
    }
    let terms = Case::new(8).data[33];
    Case::with_bytes(8, 33, &[terms ^ 1]).refused(GenerionError::TermsChanged);
    // Any other order at the address is another offer.
    let changed = |edit: fn(&mut OrderAccount)| Case::new(8).edit(1, edit);
    changed(|order| order.state.price += 1).refused(GenerionError::TermsChanged);
    changed(|order| order.state.delivery_window -= 1).refused(GenerionError::TermsChanged);
    changed(|order| order.state.label[63] = 1).refused(GenerionError::TermsChanged);
    changed(|order| order.state.seller = SPONSOR).refused(GenerionError::TermsChanged);
    changed(|order| order.state.only_buyer = BUYER).refused(GenerionError::TermsChanged);
    changed(|order| order.records[0] = SPONSOR).refused(GenerionError::TermsChanged);
    changed(|order| order.state.only_buyer = SPONSOR).refused(GenerionError::BuyerNotAllowed);
    Case::new(8)
        .edit(1, |order: &mut OrderAccount| order.state.open = 0)
        .refused(GenerionError::OrderNotOpen);
    Case::new(8)
        .edit(1, |order: &mut OrderAccount| order.state.seller = BUYER)
        .refused(GenerionError::OwnOrder);
}

/// The capsules of the honest delivery.
fn delivered() -> Vec<Capsule> {
    let capsules = WORLD.instructions[9].data[CAPSULES..].chunks_exact(64);
    capsules
        .map(|bytes| Capsule {
            ephemeral: bytes[..32].try_into().unwrap(),
            masked: bytes[32..].try_into().unwrap(),
        })
        .collect()
}

/// `S` of the honest delivery.
fn settle_key() -> [u8; 32] {
    WORLD.instructions[9].data[1..33].try_into().unwrap()
}

#[test]
fn a_proven_delivery_is_stored_and_locks() {
    let order: OrderAccount = crate::read(&Case::new(9).named[0].account);
    let before: PurchaseAccount = crate::read(&Case::new(9).named[1].account);
    let ledger = Case::new(9).lands();
    let PurchaseAccount { state, capsules } = ledger.read(1);
    let locked = Purchase {
        status: 1,
        delivered_count: 2,
        settle_by: NOW + 86_400,
        settle_key: settle_key(),
        ..before.state
    };
    assert_eq!(state, locked);
    assert_eq!(
        capsules,
        delivered().into_iter().map(Some).collect::<Vec<_>>()
    );
    assert_eq!([ledger.gained(0), ledger.gained(1)], [0, 0]);
    assert_eq!(ledger.read::<OrderAccount>(0), order);
}

/// The purchase as one of three records: the same batch is a part then.
#[test]
fn a_partial_delivery_does_not_lock() {
    let case = Case::new(9)
        .edit(0, |order: &mut OrderAccount| order.records.push(SPONSOR))
        .edit(1, |purchase: &mut PurchaseAccount| {
            purchase.capsules.push(None);
            purchase.state.record_count = 3;
        });
    let ledger = case.lands();
    let PurchaseAccount { state, capsules } = ledger.read(1);
    assert_eq!(
        (state.status, state.delivered_count, state.settle_by),
        (0, 2, 0)
    );
    assert_eq!(state.settle_key, settle_key());
    assert_eq!(
        capsules[..2],
        delivered().into_iter().map(Some).collect::<Vec<_>>()
    );
    assert_eq!(capsules[2], None);
}

#[test]
fn what_is_delivered_is_not_delivered_again() {
    let changed = |edit: fn(&mut PurchaseAccount)| Case::new(9).edit(1, edit);
    changed(|purchase| purchase.state.status = 2).refused(GenerionError::AlreadySettled);
    changed(|purchase| purchase.state.status = 1).refused(GenerionError::AlreadyDelivered);
    changed(|purchase| purchase.capsules[1] = Some(delivered()[0]))
        .refused(GenerionError::AlreadyDelivered);
}

/// The clock is the ledger's, and the deadline is in the proof.
#[test]
fn a_delivery_is_in_time() {
    let deadline = |deadline| {
        Case::new(9).edit(1, |purchase: &mut PurchaseAccount| {
            purchase.state.deadline = deadline
        })
    };
    deadline(NOW - 300).refused(GenerionError::DeliveryTooLate);
    deadline(NOW - 299).refused(GenerionError::DeliveryProofInvalid);
    deadline(DEADLINE).lands();
}

#[test]
fn all_deliveries_name_one_settle_key() {
    let stored = |key: [u8; 32]| {
        Case::new(9).edit(1, |purchase: &mut PurchaseAccount| {
            purchase.state.settle_key = key;
            // Until something is delivered, no key counts.
            purchase.state.delivered_count = 1;
        })
    };
    stored(settle_key()).lands();
    stored(public_key(5)).refused(GenerionError::SettleKeyChanged);
    for (key, error) in [
        (public_key(5), GenerionError::DeliveryProofInvalid),
        (IDENTITY, GenerionError::SettleKeyInvalid),
        ([0xff; 32], GenerionError::SettleKeyInvalid),
    ] {
        Case::with_bytes(9, 1, &key).refused(error);
    }
}

#[test]
fn a_delivery_is_of_the_purchases_order() {
    let mut other = Case::new(9);
    other.named[0].account.address = SPONSOR;
    other.refused(GenerionError::WrongOrder);
}

#[test]
fn a_batch_is_within_the_order_and_has_a_capsule_for_each_record() {
    let error = GenerionError::BatchLength;
    // No records and no capsules.
    let cut = |length| Case::with_data(9, WORLD.instructions[9].data[..length].to_vec());
    let mut none = cut(CAPSULES);
    none.named.truncate(RECORDS);
    none.refused(error);
    // One capsule for two records, and two capsules for one record.
    cut(CAPSULES + 64).refused(error);
    let mut fewer = Case::new(9);
    fewer.named.pop();
    fewer.refused(error);
    // Past the order's end, and far past it.
    for first in [1, 255] {
        Case::with_bytes(9, 33, &[first]).refused(error);
    }
    // Eleven records.
    let mut eleven = Case::new(9).edit(0, |order: &mut OrderAccount| {
        order.records = (0..11).map(|byte| [byte; 32].into()).collect()
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
    let mut other = Case::new(9);
    other.named[RECORDS + 1].account.address = SPONSOR;
    other.refused(GenerionError::WrongRecord);
    let mut swapped = Case::new(9);
    swapped.named.swap(RECORDS, RECORDS + 1);
    swapped.refused(GenerionError::WrongRecord);
    let listed = |index: usize| {
        Case::new(9).edit(0, |order: &mut OrderAccount| order.records[index] = SPONSOR)
    };
    listed(0).refused(GenerionError::WrongRecord);
    listed(1).refused(GenerionError::WrongRecord);
}

#[test]
fn a_delivery_without_proof_is_refused() {
    for at in [34, 50, 82] {
        let byte = WORLD.instructions[9].data[at] ^ 1;
        Case::with_bytes(9, at, &[byte]).refused(GenerionError::DeliveryProofInvalid);
    }
    let purchase = |edit: fn(&mut PurchaseAccount)| Case::new(9).edit(1, edit);
    let error = GenerionError::DeliveryProofInvalid;
    purchase(|purchase| purchase.state.buyer_key = public_key(5)).refused(error);
    purchase(|purchase| purchase.state.deadline += 1).refused(error);
    purchase(|purchase| purchase.state.terms[0] ^= 1).refused(error);
    // All records of an order are made for one key, which is read from the batch's first.
    let record = |edit: fn(&mut RecordAccount)| Case::new(9).edit(RECORDS, edit);
    record(|record| record.state.owner_key = public_key(5)).refused(error);
    record(|record| record.state.capsule.masked = public_key(5)).refused(error);
}

#[test]
fn a_settlement_pays_the_seller_and_shows_the_secret() {
    let order: OrderAccount = crate::read(&Case::new(12).named[1].account);
    let before: PurchaseAccount = crate::read(&Case::new(12).named[2].account);
    let ledger = Case::new(12).lands();
    let settled = PurchaseAccount {
        state: Purchase {
            status: 2,
            settle_key: Case::new(12).data[1..].try_into().unwrap(),
            ..before.state
        },
        ..before
    };
    assert_eq!(ledger.read::<PurchaseAccount>(2), settled);
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

#[test]
fn a_settlement_is_of_a_locked_purchase_with_its_secret() {
    let status = |status| {
        Case::new(12).edit(2, |purchase: &mut PurchaseAccount| {
            purchase.state.status = status
        })
    };
    status(0).refused(GenerionError::NotLocked);
    status(2).refused(GenerionError::AlreadySettled);
    let error = GenerionError::SettleKeyInvalid;
    for secret in [[0; 32], [0xff; 32], [1; 32], public_key(5)] {
        Case::with_bytes(12, 1, &secret).refused(error);
    }
    Case::new(12)
        .edit(2, |purchase: &mut PurchaseAccount| {
            purchase.state.settle_key = public_key(5)
        })
        .refused(error);
}

#[test]
fn a_settlement_is_of_the_purchases_seller_and_order() {
    for (index, error) in [
        (0, GenerionError::WrongSeller),
        (1, GenerionError::WrongOrder),
    ] {
        let mut other = Case::new(12);
        other.named[index].account.address = SPONSOR;
        other.refused(error);
    }
    let full = |edit: fn(&mut OrderAccount)| Case::new(12).edit(1, edit);
    full(|order| order.state.pending_purchases = 0).refused(GenerionError::Arithmetic);
    full(|order| order.state.settled_purchases = u32::MAX).refused(GenerionError::Arithmetic);
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

/// A refund by somebody of a purchase that a test changes.
fn refund(by: Address, edit: impl FnOnce(&mut Purchase)) -> Case {
    let mut case = Case::new(10);
    case.named[0].account.address = by;
    case.edit(3, |purchase: &mut PurchaseAccount| {
        edit(&mut purchase.state)
    })
}

#[test]
fn others_wait_for_the_deadline_and_the_grace() {
    let deadline = |by, deadline| refund(by, |purchase| purchase.deadline = deadline);
    deadline(SPONSOR, NOW - 300).lands();
    deadline(SPONSOR, NOW - 299).refused(GenerionError::RefundTooEarly);
    deadline(SELLER, NOW + 1_000).lands();
    let settled = refund(SELLER, |purchase| purchase.status = 2);
    settled.refused(GenerionError::AlreadySettled);
}

#[test]
fn everybody_waits_for_the_time_to_settle() {
    let locked = |by, deadline, settle_by| {
        refund(by, |purchase| {
            purchase.status = 1;
            (purchase.deadline, purchase.settle_by) = (deadline, settle_by);
        })
    };
    let early = GenerionError::RefundTooEarly;
    for by in [SELLER, SPONSOR] {
        locked(by, 0, NOW - 300).lands();
        locked(by, 0, NOW - 299).refused(early);
        // The later of the two.
        locked(by, NOW - 300, 0).lands();
        locked(by, NOW - 299, 0).refused(early);
        locked(by, NOW - 300, NOW - 299).refused(early);
    }
}

#[test]
fn a_closed_purchase_gives_its_rent_back() {
    let held = i128::from(Case::new(11).named[1].account.lamports);
    let ledger = Case::new(11).lands();
    ledger.assert_closed(1);
    assert_eq!(ledger.gained(0), held);
    for status in [0, 1] {
        Case::new(11)
            .edit(1, |purchase: &mut PurchaseAccount| {
                purchase.state.status = status
            })
            .refused(GenerionError::NotSettled);
    }
}
