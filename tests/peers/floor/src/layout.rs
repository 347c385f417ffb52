//! What accounts and instruction data hold. An account's length never changes, so its tag implies it.

use pinocchio::{AccountView, Address, error::ProgramError};

use crate::{
    error,
    memory::{Bytes32, same},
};

/// An account's content, behind a tag of its own.
pub trait Layout {
    /// The first byte.
    const TAG: u8;
}

/// A wallet's published key.
#[repr(C)]
pub struct User {
    pub tag: u8,
    padding: [u8; 7],
    pub wallet: Bytes32,
    pub key: Bytes32,
    pub next_order: u64,
}

/// A record; its locator follows.
#[repr(C)]
pub struct Record {
    pub tag: u8,
    pub verified: u8,
    padding: [u8; 2],
    pub listings: u32,
    pub owner: Bytes32,
    pub creator: Bytes32,
    pub created_at: i64,
    pub owner_key: Bytes32,
    pub data_public_key: Bytes32,
    pub capsule: Capsule,
    pub facts_root: Bytes32,
}

/// An order; its records' addresses follow, 32 bytes each.
#[repr(C)]
pub struct Order {
    pub tag: u8,
    padding: [u8; 3],
    pub pending: u32,
    pub seller: Bytes32,
    pub id: u64,
    pub price: u64,
    pub window: u64,
}

/// A purchase; its capsules follow.
#[repr(C)]
pub struct Purchase {
    pub tag: u8,
    pub status: u8,
    padding: [u8; 2],
    pub delivered: u32,
    pub order: Bytes32,
    pub seller: Bytes32,
    pub buyer: Bytes32,
    pub buyer_key: Bytes32,
    pub price: u64,
    pub deadline: i64,
    pub settle_by: i64,
    pub settle_key: Bytes32,
    pub terms: Bytes32,
}

/// The purchase's status: nothing is left to be delivered.
pub const LOCKED: u8 = 1;
/// The seller is paid.
pub const SETTLED: u8 = 2;

/// `R || C`.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Capsule {
    pub ephemeral: Bytes32,
    pub masked: Bytes32,
}

impl Layout for User {
    const TAG: u8 = 1;
}
impl Layout for Record {
    const TAG: u8 = 2;
}
impl Layout for Order {
    const TAG: u8 = 3;
}
impl Layout for Purchase {
    const TAG: u8 = 4;
}

/// The content of an account of this program.
///
/// # Safety
/// Nothing else refers to the account's data while the result is used.
#[inline(always)]
pub unsafe fn open<'a, T: Layout>(
    id: &Address,
    account: &AccountView,
) -> Result<&'a mut T, ProgramError> {
    let data = account.data_ptr().cast_mut();
    // SAFETY: the first byte is read only if there is one; the tag implies the rest.
    unsafe {
        if account.data_len() == 0
            || *data != T::TAG
            || !same(account.owner().as_array(), id.as_array())
        {
            return Err(error::ACCOUNT);
        }
        Ok(&mut *data.cast())
    }
}

/// What follows an account's fixed part.
///
/// # Safety
/// There are as many items behind `fixed` as will be read.
#[inline(always)]
pub unsafe fn tail<T, I>(fixed: &mut T) -> *mut I {
    // SAFETY: one past the fixed part is within the account's data, or its end.
    unsafe { core::ptr::from_mut(fixed).add(1).cast() }
}

/// How many records an order lists.
#[inline(always)]
pub fn listed(order: &AccountView) -> usize {
    (order.data_len() - size_of::<Order>()) / size_of::<Bytes32>()
}
