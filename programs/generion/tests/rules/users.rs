use generion::{GenerionError, state::User};

use crate::support::{address, key, leads, refuses};

fn user() -> User {
    User {
        version: 1,
        bump: 254,
        reserved: [0; 2],
        key_index: 3,
        next_order_id: 2,
        next_study_id: 0,
        record_count: 5,
        wallet: address(1),
        encryption_key: key("x"),
        attestation: [6; 64],
    }
}

#[test]
fn a_user_starts_with_its_first_key_and_nothing_counted() {
    let expected = User {
        key_index: 0,
        next_order_id: 0,
        record_count: 0,
        ..user()
    };
    assert_eq!(User::new(address(1), 254, key("x"), [6; 64]), expected);
}

#[test]
fn a_rotation_replaces_key_and_attestation_and_counts() {
    let rotated = User {
        key_index: 4,
        encryption_key: key("y"),
        attestation: [7; 64],
        ..user()
    };
    leads(&user(), rotated, |user| {
        user.rotate_key(4, key("y"), [7; 64])
    });
}

#[test]
fn a_rotation_names_the_next_index() {
    let to = |index| move |user: &mut User| user.rotate_key(index, key("y"), [7; 64]);
    for index in [0, 2, 3, 5, u32::MAX] {
        refuses(&user(), GenerionError::KeyIndexChanged, to(index));
    }
    let last = User {
        key_index: u32::MAX,
        ..user()
    };
    for index in [0, u32::MAX] {
        refuses(&last, GenerionError::Arithmetic, to(index));
    }
}

#[test]
fn records_are_counted() {
    let added = User {
        record_count: 6,
        ..user()
    };
    leads(&user(), added, |user| user.add_record());
    leads(&added, user(), |user| user.remove_record());
    let none = User {
        record_count: 0,
        ..user()
    };
    refuses(&none, GenerionError::Arithmetic, |user| {
        user.remove_record()
    });
    let full = User {
        record_count: u64::MAX,
        ..user()
    };
    refuses(&full, GenerionError::Arithmetic, |user| user.add_record());
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
fn order_ids_never_wrap() {
    let last_id = User {
        next_order_id: u64::MAX,
        ..user()
    };
    refuses(&last_id, GenerionError::Arithmetic, |user| {
        user.add_order(u64::MAX)
    });
}
