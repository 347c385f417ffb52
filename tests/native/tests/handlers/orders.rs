use generion::{
    GenerionError,
    state::{Order, User},
};
use generion_interface::accounts::{OrderAccount, RecordAccount};
use generion_native::{
    runtime::NOW,
    world::{BUYER, PRICE, SELLER, SPONSOR},
};

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
    let OrderAccount { state, records } = ledger.read(3);
    let expected = Order {
        version: 1,
        bump: state.bump,
        open: 1,
        reserved: 0,
        pending_purchases: 0,
        id: 2,
        created_at: NOW,
        rent_payer: SPONSOR,
        seller: SELLER,
        price: PRICE,
        delivery_window: 3600,
        label: Order::pad_label("HbA1c, Zürich").unwrap(),
        only_buyer: BUYER,
        settled_purchases: 0,
    };
    assert_eq!(state, expected);
    let listed = [LISTED, LISTED + 1].map(|index| ledger.account(index).address);
    assert_eq!(records, listed);
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
fn record_addresses_rise() {
    let at = |first: [u8; 32], second: [u8; 32]| {
        let mut case = Case::new(6);
        case.named[LISTED].account.address = first.into();
        case.named[LISTED + 1].account.address = second.into();
        case
    };
    // By all bytes, the first before the last.
    let (mut low, mut high) = ([7; 32], [7; 32]);
    high[31] = 8;
    at(low, high).lands();
    at(high, low).refused(GenerionError::RecordOrder);
    at(low, low).refused(GenerionError::RecordOrder);
    low[0] = 9;
    at(low, high).refused(GenerionError::RecordOrder);
    at(high, low).lands();
}

#[test]
fn records_are_made_for_one_key() {
    let changed = |index, edit: fn(&mut RecordAccount)| Case::new(6).edit(index, edit);
    for index in [LISTED, LISTED + 1] {
        changed(index, |record| record.state.owner_key[0] ^= 1)
            .refused(GenerionError::MixedOwnerKeys);
    }
    changed(LISTED, |record| record.state.owner_key[31] ^= 1)
        .edit(LISTED + 1, |record: &mut RecordAccount| {
            record.state.owner_key[31] ^= 1
        })
        .lands();
}

#[test]
fn an_only_buyer_is_somebody_or_anyone() {
    let data = Case::new(6).data;
    let anyone = [&data[..21], &[0], &data[54..]].concat();
    let ledger = Case::with_data(6, anyone).lands();
    let order: OrderAccount = ledger.read(3);
    assert_eq!(order.state.only_buyer(), None);
    Case::with_bytes(6, 22, &[0; 32]).refused(GenerionError::BuyerNotAllowed);
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
    Case::with_bytes(6, 58, &[0]).refused(GenerionError::InvalidLabel);
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
    changed(|record| record.state.listings = 0).refused(GenerionError::Arithmetic);
    let mut another = Case::new(7);
    another.named[UNLISTED].account.address = SPONSOR;
    another.refused(GenerionError::WrongRecord);
}
