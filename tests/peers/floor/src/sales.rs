//! Orders and purchases.

use pinocchio::{AccountView, Address, ProgramResult, cpi::Seed};

use crate::{
    account::{create, empty, now, require_signature},
    curve::{GENERATOR, Slice, multiple, require_point, sha256},
    error,
    layout::{Capsule, LOCKED, Order, Purchase, Record, SETTLED, User, listed, open, tail},
    memory::{Bytes32, head, less, same},
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
    // SAFETY: the length is checked; the order is new, and increasing addresses tell the records apart.
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
        let stored = create::<Order>(
            id,
            seller,
            order,
            size_of::<Bytes32>() * records.len(),
            0,
            &seeds,
        )?;
        stored.seller = *wallet;
        stored.id = next;
        stored.price = u64::from_le_bytes(new.price);
        stored.window = u64::from_le_bytes(new.window);
        let mut slot: *mut Bytes32 = tail(stored);
        let mut least = &[0; 32];
        // The first record's data; whether it is one is checked with the others.
        let owner_key = &(*records.get_unchecked(0).data_ptr().cast::<Record>()).owner_key;
        for view in records.iter() {
            let record = open::<Record>(id, view)?;
            if record.verified != 1 || !same(&record.owner, wallet) {
                return Err(error::STATE);
            }
            if !less(least, view.address().as_array()) {
                return Err(error::ID);
            }
            if !same(&record.owner_key, owner_key) {
                return Err(error::KEY);
            }
            least = view.address().as_array();
            record.listings += 1;
            *slot = *least;
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
        let records = listed(order);
        let capsules = records * size_of::<Capsule>();
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
        let listed: *const Bytes32 = tail(order);
        stored.terms = sha256(&[
            Slice::of(b"generion/terms/v1"),
            Slice::of(address.as_array()),
            Slice::of(&order.seller),
            Slice::of(&order.price),
            Slice::of(&order.window),
            Slice::of(core::slice::from_raw_parts(listed, records)),
        ]);
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
        if stored.status == SETTLED {
            return Err(error::DONE);
        }
        if !same(&stored.order, order.address().as_array()) {
            return Err(error::ACCOUNT);
        }
        if now()? <= stored.deadline.max(stored.settle_by) {
            return Err(error::TIME);
        }
        (*order.data_ptr().cast_mut().cast::<Order>()).pending -= 1;
        close(buyer, purchase, stored)
    }
}

/// By anyone who knows the secret.
#[inline(never)]
pub unsafe fn settle(id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    let [seller, order, purchase] = accounts else {
        return Err(error::ACCOUNT);
    };
    let Ok(secret) = <&Bytes32>::try_from(data) else {
        return Err(error::DATA);
    };
    // SAFETY: the purchase names the order, which therefore is another account and of the right kind.
    unsafe {
        let stored = open::<Purchase>(id, purchase)?;
        if stored.status != LOCKED {
            return Err(error::STATE);
        }
        if !same(&stored.order, order.address().as_array())
            || !same(&stored.seller, seller.address().as_array())
        {
            return Err(error::ACCOUNT);
        }
        let mut key = [0; 32];
        multiple(secret, &GENERATOR, &mut key)?;
        if !same(&key, &stored.settle_key) {
            return Err(error::KEY);
        }
        stored.settle_key = *secret;
        stored.status = SETTLED;
        (*order.data_ptr().cast_mut().cast::<Order>()).pending -= 1;
        purchase.set_lamports(purchase.lamports() - stored.price);
        seller.set_lamports(seller.lamports() + stored.price);
    }
    Ok(())
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
        if stored.status != SETTLED {
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
