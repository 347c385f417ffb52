use generion::{
    GenerionError,
    state::{Order, User},
};
use generion_fuzz::world::{NOW, PRICE, SELLER, SPONSOR};
use generion_interface::accounts::{OrderAccount, RecordAccount};

use crate::Case;

/// Where the records of `create_order` begin, and those of `close_order`.
const LISTED: usize = 5;
const UNLISTED: usize = 3;

#[test]
fn an_order_lists_its_records() {
    let user: User = crate::read(&Case::new(6).named[2].account);
    let before: [RecordAccount; 2] =
        [0, 1].map(|index| crate::read(&Case::new(6).named[LISTED + index].account));
    let ledger = Case::new(6).lands();
    let OrderAccount { state, record_ids } = ledger.read(3);
    let expected = Order {
        version: 1,
        bump: state.bump,
        open: 1,
        reserved: 0,
        delivery_window: 3600,
        id: 2,
        price: PRICE,
        created_at: NOW,
        pending_purchases: 0,
        settled_purchases: 0,
        seller: SELLER,
        rent_payer: SPONSOR,
        label: Order::pad_label("HbA1c, Zürich").unwrap(),
    };
    assert_eq!((state, record_ids), (expected, vec![0, 1]));
    for (index, before) in before.into_iter().enumerate() {
        let after: RecordAccount = ledger.read(LISTED + index);
        assert_eq!(after.state.listings, before.state.listings + 1);
    }
    assert_eq!(ledger.read::<User>(2).next_order_id, user.next_order_id + 1);
}

#[test]
fn records_are_the_sellers_own_and_verified() {
    let changed = |edit: fn(&mut RecordAccount)| Case::new(6).edit(LISTED + 1, edit);
    changed(|record| record.state.owner = SPONSOR).refused(GenerionError::WrongOwner);
    changed(|record| record.state.verified = 0).refused(GenerionError::NotVerified);
}

#[test]
fn record_ids_rise() {
    let ids = |first, second| {
        Case::new(6)
            .edit(LISTED, |record: &mut RecordAccount| record.state.id = first)
            .edit(LISTED + 1, |record: &mut RecordAccount| {
                record.state.id = second
            })
    };
    ids(7, 8).lands();
    ids(8, 7).refused(GenerionError::RecordOrder);
    ids(7, 7).refused(GenerionError::RecordOrder);
}

#[test]
fn an_order_has_terms_within_the_limits() {
    // The rent of an empty account: 128 bytes of overhead.
    let minimum: u64 = 128 * 5_080;
    Case::with_bytes(6, 9, &minimum.to_le_bytes()).lands();
    let price = Case::with_bytes(6, 9, &(minimum - 1).to_le_bytes());
    price.refused(GenerionError::PriceTooLow);
    let window = Case::with_bytes(6, 17, &599_u32.to_le_bytes());
    window.refused(GenerionError::DeliveryWindow);
    Case::with_bytes(6, 1, &3_u64.to_le_bytes()).refused(GenerionError::NotNextOrderId);
    Case::with_bytes(6, 25, &[0]).refused(GenerionError::InvalidLabel);
    let mut empty = Case::new(6);
    empty.named.truncate(LISTED);
    empty.refused(GenerionError::OrderLength);
}

#[test]
fn an_idle_order_closes_and_unlists() {
    let held = i128::from(Case::new(7).named[1].account.lamports);
    let before: RecordAccount = crate::read(&Case::new(7).named[UNLISTED].account);
    let ledger = Case::new(7).lands();
    ledger.assert_closed(1);
    assert_eq!(ledger.gained(2), held);
    let after: RecordAccount = ledger.read(UNLISTED);
    assert_eq!(after.state.listings, before.state.listings - 1);
}

#[test]
fn an_order_with_purchases_pending_stops_sales() {
    let pending = |open| {
        Case::new(7).edit(1, |order: &mut OrderAccount| {
            (order.state.pending_purchases, order.state.open) = (1, open);
        })
    };
    let ledger = pending(1).lands();
    let order: OrderAccount = ledger.read(1);
    assert_eq!((order.state.open, order.state.pending_purchases), (0, 1));
    assert_eq!(ledger.gained(2), 0);
    pending(0).refused(GenerionError::PurchasesPending);
}

#[test]
fn an_order_closes_with_all_its_records_in_place() {
    let mut none = Case::new(7);
    none.named.truncate(UNLISTED);
    none.refused(GenerionError::WrongRecord);
    let mut more = Case::new(7);
    let mut another = more.named[UNLISTED].clone();
    another.account.address = SPONSOR;
    more.named.push(another);
    more.refused(GenerionError::WrongRecord);
    let changed = |edit: fn(&mut RecordAccount)| Case::new(7).edit(UNLISTED, edit);
    changed(|record| record.state.id = 1).refused(GenerionError::WrongRecord);
    changed(|record| record.state.owner = SPONSOR).refused(GenerionError::WrongRecord);
    changed(|record| record.state.listings = 0).refused(GenerionError::Arithmetic);
}
