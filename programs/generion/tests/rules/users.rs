use generion::{GenerionError, state::User};

use crate::support::{address, key, leads, refuses};

fn user() -> User {
    User {
        version: 1,
        bump: 254,
        reserved: [0; 2],
        key_index: 3,
        next_record_id: 7,
        next_order_id: 2,
        record_count: 5,
        wallet: address(1),
        encryption_key: key("x"),
    }
}

#[test]
fn a_user_starts_with_its_first_key_and_nothing_counted() {
    let expected = User {
        key_index: 0,
        next_record_id: 0,
        next_order_id: 0,
        record_count: 0,
        ..user()
    };
    assert_eq!(User::new(address(1), 254, key("x")), expected);
}

#[test]
fn a_rotation_replaces_the_key_and_counts_it() {
    let rotated = User {
        key_index: 4,
        encryption_key: key("y"),
        ..user()
    };
    leads(&user(), rotated, |user| user.rotate_key(key("y")));
    let last = User {
        key_index: u32::MAX,
        ..user()
    };
    refuses(&last, GenerionError::Arithmetic, |user| {
        user.rotate_key(key("y"))
    });
}

#[test]
fn records_take_the_next_id_and_count() {
    let added = User {
        next_record_id: 8,
        record_count: 6,
        ..user()
    };
    leads(&user(), added, |user| user.add_record(7));
    for id in [0, 6, 8, u64::MAX] {
        refuses(&user(), GenerionError::NotNextRecordId, |user| {
            user.add_record(id)
        });
    }
}

#[test]
fn records_that_are_gone_count_no_more_and_give_no_id_back() {
    let removed = User {
        record_count: 4,
        ..user()
    };
    leads(&user(), removed, |user| user.remove_record());
    let none = User {
        record_count: 0,
        ..user()
    };
    refuses(&none, GenerionError::Arithmetic, |user| {
        user.remove_record()
    });
}

#[test]
fn orders_take_the_next_id() {
    let added = User {
        next_order_id: 3,
        ..user()
    };
    leads(&user(), added, |user| user.add_order(2));
    for id in [0, 1, 3, 7, u64::MAX] {
        refuses(&user(), GenerionError::NotNextOrderId, |user| {
            user.add_order(id)
        });
    }
}

#[test]
fn counters_never_wrap() {
    let last_id = User {
        next_record_id: u64::MAX,
        next_order_id: u64::MAX,
        ..user()
    };
    refuses(&last_id, GenerionError::Arithmetic, |user| {
        user.add_record(u64::MAX)
    });
    refuses(&last_id, GenerionError::Arithmetic, |user| {
        user.add_order(u64::MAX)
    });
    let full = User {
        record_count: u64::MAX,
        ..user()
    };
    let mut after = full;
    assert_eq!(after.add_record(7), Err(GenerionError::Arithmetic.into()));
    assert_eq!(after.record_count, u64::MAX);
}
