//! Orders and purchases.

use pinocchio::{AccountView, Address, ProgramResult, cpi::Seed};

use crate::{
    account::{create, empty, now, require_signature},
    curve::require_point,
    error,
    layout::{Capsule, Order, Purchase, Record, User, listed, open, tail},
    memory::{Bytes32, head, same},
};

/// The arguments of `create_order`.
#[repr(C)]
struct NewOrder {
    bump: [u8; 1],
    id: [u8; 8],
    price: [u8; 8],
    window: [u8; 8],
}

/// The seller's signature is implied: it pays for the account.
#[inline(never)]
pub unsafe fn create_order(
    id: &Address,
    accounts: &mut [AccountView],
    data: &[u8],
) -> ProgramResult {
    let [seller, user, order, _system, records @ ..] = accounts else {
        return Err(error::ACCOUNT);
    };
    if data.len() != size_of::<NewOrder>() {
        return Err(error::DATA);
    }
    let wallet = seller.address().as_array();
    // SAFETY: the length is checked; the order is new, and increasing ids tell the records apart.
    unsafe {
        let new = head::<NewOrder>(data);
        let user = open::<User>(id, user)?;
        let next = u64::from_le_bytes(new.id);
        if records.is_empty() || !same(&user.wallet, wallet) {
            return Err(error::AUTHORITY);
        }
        if user.next_order != next {
            return Err(error::ID);
        }
        user.next_order = next + 1;
        let seeds = [
            Seed::from(b"order"),
            Seed::from(wallet),
            Seed::from(&new.id),
            Seed::from(&new.bump),
        ];
        let stored = create::<Order>(id, seller, order, 8 * records.len(), 0, &seeds)?;
        stored.seller = *wallet;
        stored.id = next;
        stored.price = u64::from_le_bytes(new.price);
        stored.window = u64::from_le_bytes(new.window);
        let mut slot: *mut u64 = tail(stored);
        let mut least = 0;
        for record in records.iter() {
            let record = open::<Record>(id, record)?;
            if record.verified != 1 || !same(&record.owner, wallet) {
                return Err(error::STATE);
            }
            if record.id < least {
                return Err(error::ID);
            }
            least = record.id + 1;
            record.listings += 1;
            *slot = record.id;
            slot = slot.add(1);
        }
    }
    Ok(())
}

/// The price goes in with the rent, in one system call.
#[inline(never)]
pub unsafe fn purchase(id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    let [buyer, order, purchase, _system] = accounts else {
        return Err(error::ACCOUNT);
    };
    let (Some((bump, key)), 33) = (data.split_first_chunk::<1>(), data.len()) else {
        return Err(error::DATA);
    };
    // SAFETY: the length is checked, and the two accounts are distinct: one is new.
    unsafe {
        let capsules = listed(order) * size_of::<Capsule>();
        let address = order.address();
        let order = open::<Order>(id, order)?;
        let key = head::<Bytes32>(key);
        require_point(key)?;
        let seeds = [
            Seed::from(b"purchase"),
            Seed::from(address.as_ref()),
            Seed::from(buyer.address().as_ref()),
            Seed::from(bump),
        ];
        let stored = create::<Purchase>(id, buyer, purchase, capsules, order.price, &seeds)?;
        stored.order = *address.as_array();
        stored.seller = order.seller;
        stored.buyer = *buyer.address().as_array();
        stored.buyer_key = *key;
        stored.price = order.price;
        stored.deadline = now()?.saturating_add(order.window as i64);
        order.pending += 1;
    }
    Ok(())
}

/// By the buyer, after the deadline.
#[inline(never)]
pub unsafe fn refund(id: &Address, accounts: &mut [AccountView]) -> ProgramResult {
    let [buyer, order, purchase] = accounts else {
        return Err(error::ACCOUNT);
    };
    // SAFETY: the purchase names the order, which therefore is another account and of the right kind.
    unsafe {
        let stored = open::<Purchase>(id, purchase)?;
        if stored.settled != 0 {
            return Err(error::DONE);
        }
        if !same(&stored.order, order.address().as_array()) {
            return Err(error::ACCOUNT);
        }
        if now()? <= stored.deadline {
            return Err(error::TIME);
        }
        (*order.data_ptr().cast_mut().cast::<Order>()).pending -= 1;
        close(buyer, purchase, stored)
    }
}

/// By the buyer, once settled.
#[inline(never)]
pub unsafe fn close_purchase(id: &Address, accounts: &mut [AccountView]) -> ProgramResult {
    let [buyer, purchase] = accounts else {
        return Err(error::ACCOUNT);
    };
    // SAFETY: the only account that is opened.
    unsafe {
        let stored = open::<Purchase>(id, purchase)?;
        if stored.settled != 1 {
            return Err(error::STATE);
        }
        close(buyer, purchase, stored)
    }
}

#[inline(always)]
unsafe fn close(
    buyer: &mut AccountView,
    purchase: &mut AccountView,
    stored: &Purchase,
) -> ProgramResult {
    require_signature(buyer)?;
    if !same(&stored.buyer, buyer.address().as_array()) {
        return Err(error::AUTHORITY);
    }
    // SAFETY: `stored` is read no more.
    unsafe { empty(purchase, buyer) };
    Ok(())
}
