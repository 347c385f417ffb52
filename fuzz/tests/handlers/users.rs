use generion::{GenerionError, curve::IDENTITY, state::User};
use generion_fuzz::world::{SELLER, public_key};

use crate::Case;

#[test]
fn a_rotation_publishes_the_next_key() {
    let before: User = crate::read(&Case::new(0).named[2].account);
    let after: User = Case::new(0).lands().read(2);
    let expected = User {
        key_index: before.key_index + 1,
        encryption_key: public_key(5),
        ..before
    };
    assert_eq!(after, expected);
}

#[test]
fn the_first_key_makes_a_user() {
    let mut case = Case::new(0);
    let bump = case.named[2].account.data[9];
    let user = &mut case.named[2].account;
    (user.owner, user.lamports) = (Default::default(), 0);
    user.data.fill(0);
    let after: User = case.lands().read(2);
    assert_eq!(after, User::new(SELLER, bump, public_key(5)));
}

#[test]
fn a_key_that_nobody_can_encrypt_to_is_refused() {
    for bad in [IDENTITY, [0xff; 32]] {
        Case::with_bytes(0, 1, &bad).refused(GenerionError::InvalidPoint);
    }
}
