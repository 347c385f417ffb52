use generion::{GenerionError, curve::IDENTITY, state::User};
use generion_native::world::{SELLER, public_key};

use crate::Case;

#[test]
fn a_rotation_publishes_the_next_key() {
    let before: User = crate::read(&Case::new(0).named[2].account);
    let after: User = Case::new(0).lands().read(2);
    let expected = User {
        key_index: before.key_index + 1,
        encryption_key: public_key(5),
        attestation: [8; 64],
        ..before
    };
    assert_eq!(after, expected);
}

/// Of the honest arguments with another index, where no User is yet.
fn first(key_index: u32) -> Case {
    let mut case = Case::with_bytes(0, 1, &key_index.to_le_bytes());
    let user = &mut case.named[2].account;
    (user.owner, user.lamports) = (Default::default(), 0);
    user.data.fill(0);
    case
}

#[test]
fn the_first_key_makes_a_user() {
    let bump = Case::new(0).named[2].account.data[9];
    let after: User = first(0).lands().read(2);
    assert_eq!(after, User::new(SELLER, bump, public_key(5), [8; 64]));
}

#[test]
fn a_key_has_the_next_index() {
    for index in [1, 5, u32::MAX] {
        first(index).refused(GenerionError::KeyIndexChanged);
    }
    for index in [0, 4, 6, u32::MAX] {
        let case = Case::with_bytes(0, 1, &u32::to_le_bytes(index));
        case.refused(GenerionError::KeyIndexChanged);
    }
    Case::new(0)
        .edit(2, |user: &mut User| user.key_index = u32::MAX)
        .refused(GenerionError::Arithmetic);
}

#[test]
fn a_key_that_nobody_can_encrypt_to_is_refused() {
    for bad in [IDENTITY, [0xff; 32]] {
        Case::with_bytes(0, 5, &bad).refused(GenerionError::InvalidPoint);
    }
}
