//! Lamports from account to account.

use anchor_lang::AccountView;
use generion::{
    GenerionError,
    account::{left_to_pay, pay, with_remainder},
};
use pinocchio::account::{NOT_BORROWED, RuntimeAccount};

use crate::support::address;

/// Memory of an account without data.
fn account(lamports: u64) -> RuntimeAccount {
    RuntimeAccount {
        borrow_state: NOT_BORROWED,
        is_signer: 0,
        is_writable: 1,
        executable: 0,
        padding: [0; 4],
        address: address(1),
        owner: generion::ID,
        lamports,
        data_len: 0,
    }
}

/// Pays between two accounts that hold `from` and `to`; what they hold then, if it succeeds.
fn paid(from: u64, to: u64, lamports: u64) -> Result<(u64, u64), anchor_lang::Error> {
    let (mut from, mut to) = (account(from), account(to));
    // SAFETY: both are accounts without data, and outlive the views.
    let views = unsafe {
        [
            AccountView::new_unchecked(&raw mut from),
            AccountView::new_unchecked(&raw mut to),
        ]
    };
    pay(&views[0], &views[1], lamports)?;
    Ok((views[0].lamports(), views[1].lamports()))
}

#[test]
fn what_leaves_one_account_arrives_in_the_other() {
    assert_eq!(paid(10, 5, 3), Ok((7, 8)));
    assert_eq!(paid(10, 0, 10), Ok((0, 10)));
    assert_eq!(paid(10, 5, 0), Ok((10, 5)));
    assert_eq!(paid(u64::MAX, 0, u64::MAX), Ok((0, u64::MAX)));
}

#[test]
fn an_account_that_pays_itself_keeps_what_it_has() {
    let mut memory = account(10);
    // SAFETY: an account without data, which outlives the view.
    let view = unsafe { AccountView::new_unchecked(&raw mut memory) };
    assert_eq!(pay(&view, &view, 10), Ok(()));
    assert_eq!(view.lamports(), 10);
}

#[test]
fn amounts_never_wrap() {
    let out_of_range = Err(GenerionError::Arithmetic.into());
    assert_eq!(paid(10, 5, 11), out_of_range);
    assert_eq!(paid(0, 5, 1), out_of_range);
    assert_eq!(paid(10, u64::MAX, 1), out_of_range);
    assert_eq!(paid(10, u64::MAX - 9, 10), out_of_range);
}

#[test]
fn what_an_address_holds_lowers_the_rent_but_not_the_deposit() {
    assert_eq!(left_to_pay(100, 0, 0), Ok(100));
    assert_eq!(left_to_pay(100, 0, 30), Ok(130));
    assert_eq!(left_to_pay(100, 40, 30), Ok(90));
    assert_eq!(left_to_pay(100, 100, 30), Ok(30));
    assert_eq!(left_to_pay(100, u64::MAX, 30), Ok(30));
    assert_eq!(left_to_pay(u64::MAX, 1, 1), Ok(u64::MAX));
    let out_of_range = Err(GenerionError::Arithmetic.into());
    assert_eq!(left_to_pay(u64::MAX, 0, 1), out_of_range);
}

/// What would be left below the rent minimum goes along, so that no gift spoils a payment.
#[test]
fn a_remainder_below_the_rent_minimum_goes_along() {
    for (balance, amount, paid) in [
        (100, 100, 100),
        (100, 99, 100),
        (100, 91, 100),
        (100, 90, 90),
        (100, 0, 0),
        (9, 0, 9),
        (u64::MAX, 1, 1),
        (u64::MAX, u64::MAX, u64::MAX),
    ] {
        assert_eq!(
            with_remainder(balance, amount, 10),
            Ok(paid),
            "{balance} {amount}"
        );
    }
    let too_little = Err(GenerionError::BudgetExhausted);
    assert_eq!(with_remainder(99, 100, 10), too_little);
    assert_eq!(with_remainder(0, 1, 10), too_little);
    assert_eq!(with_remainder(0, u64::MAX, 0), too_little);
}
