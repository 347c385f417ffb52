//! Delivery with one proof for the batch.

use core::mem::MaybeUninit;

use pinocchio::{AccountView, Address, ProgramResult, error::ProgramError};

use crate::{
    account::now,
    curve::{GENERATOR, Slice, add, multiply, negate, product, scalar, sha256, subtract},
    error,
    layout::{Capsule, LOCKED, Order, Purchase, Record, listed, open, tail},
    memory::{Bytes32, half, head, is_zero, same},
};

/// Nine fit a legacy transaction; the bound keeps the frame under 4,096 bytes.
const MAX_BATCH: usize = 10;

/// Seconds to settle, once locked.
const SETTLE_WINDOW: i64 = 86_400;

/// The arguments of `deliver`; one capsule for each record follows.
#[repr(C)]
struct Delivery {
    settle_key: Bytes32,
    first: u8,
    challenge: [u8; 16],
    owner_response: Bytes32,
    ephemeral_response: Bytes32,
}

/// What weights are hashed from: in one piece, since every slice costs.
#[repr(C)]
struct Seeded {
    seed: Bytes32,
    counter: u8,
}

/// An array that is filled from the front, and not written before.
struct List<T: Copy, const N: usize> {
    items: [MaybeUninit<T>; N],
    len: usize,
}

impl<T: Copy, const N: usize> List<T, N> {
    #[inline(always)]
    fn new() -> Self {
        Self {
            items: [const { MaybeUninit::uninit() }; N],
            len: 0,
        }
    }

    /// # Safety
    /// There is room.
    #[inline(always)]
    unsafe fn push(&mut self, item: T) {
        // SAFETY: by the caller.
        unsafe { self.items.get_unchecked_mut(self.len) }.write(item);
        self.len += 1;
    }

    /// Where the next item comes, which the caller writes.
    ///
    /// # Safety
    /// There is room.
    #[inline(always)]
    unsafe fn next(&mut self) -> *mut T {
        // SAFETY: by the caller.
        let slot = unsafe { self.items.get_unchecked_mut(self.len) };
        self.len += 1;
        slot.as_mut_ptr()
    }

    #[inline(always)]
    fn as_ptr(&self) -> *const T {
        self.items.as_ptr().cast()
    }

    #[inline(always)]
    fn as_slice(&self) -> &[T] {
        // SAFETY: the first `len` items are written.
        unsafe { core::slice::from_raw_parts(self.as_ptr(), self.len) }
    }
}

/// Weights `w_0 = 1`, `w_i` = 124 bits of SHA-256(seed || j); `r* = sum w_i r'_i`, `R* = sum w_i R'_i`,
/// `A = sum w_i R_i`, `D = sum w_i (C'_i - C_i)`, `K = B + S`. Proven: `X = xG`, `R* = r*G`, `D = r*K - xA`.
#[inline(never)]
pub unsafe fn deliver(id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    let [order_account, purchase_account, records @ ..] = accounts else {
        return Err(error::ACCOUNT);
    };
    let count = records.len();
    if count == 0
        || count > MAX_BATCH
        || data.len() != size_of::<Delivery>() + size_of::<Capsule>() * count
    {
        return Err(error::DATA);
    }
    // SAFETY: lengths are checked, and lists have room for `MAX_BATCH`. Order and purchase are of different kinds, and
    // records are only read.
    unsafe {
        let wire = head::<Delivery>(data);
        let capsules: *const Capsule = data.as_ptr().add(size_of::<Delivery>()).cast();
        let purchase = open::<Purchase>(id, purchase_account)?;
        let order = open::<Order>(id, order_account)?;
        if !same(&purchase.order, order_account.address().as_array()) {
            return Err(error::AUTHORITY);
        }
        let now = now()?;
        if purchase.status != 0 || now > purchase.deadline {
            return Err(error::STATE);
        }
        if !is_zero(&purchase.settle_key) && !same(&purchase.settle_key, &wire.settle_key) {
            return Err(error::KEY);
        }
        let (first, total) = (usize::from(wire.first), listed(order_account));
        if first + count > total {
            return Err(error::DATA);
        }
        let addresses = tail::<_, Bytes32>(order).add(first);
        let slots = tail::<_, Capsule>(purchase).add(first);

        // The first record's data; whether it is one is checked with the others, before the proof is accepted.
        let owner_key = &(*records.get_unchecked(0).data_ptr().cast::<Record>()).owner_key;
        let size = count as u8;
        let mut statement = List::<Slice, { 9 + 3 * MAX_BATCH }>::new();
        statement.push(Slice::of(b"generion/delivery/v1"));
        statement.push(Slice::of(id.as_array()));
        statement.push(Slice::of(purchase_account.address().as_array()));
        statement.push(Slice::of(&purchase.deadline));
        statement.push(Slice::of(&purchase.terms));
        statement.push(Slice::of(owner_key));
        statement.push(Slice::of(&purchase.buyer_key));
        statement.push(Slice::of(&wire.settle_key));
        statement.push(Slice::of(&size));
        // Of T3: A, K, D_i under -s1, s2, e w_i; of T2: G, R'_i under s2, e w_i; of A: R_i under w_i.
        let mut differences = List::<Bytes32, { 2 + MAX_BATCH }>::new();
        let mut delivered = List::<Bytes32, { 1 + MAX_BATCH }>::new();
        let mut ephemerals = List::<Bytes32, MAX_BATCH>::new();
        // Its first place is for A.
        differences.next();
        let capsule_key = differences.next();
        add(&purchase.buyer_key, &wire.settle_key, capsule_key)?;
        if is_zero(&wire.settle_key) || is_zero(&*capsule_key) {
            return Err(error::POINT);
        }
        delivered.push(GENERATOR);
        for i in 0..count {
            let (view, capsule) = (records.get_unchecked(i), &*capsules.add(i));
            let record = open_record(id, view, &*addresses.add(i), &*slots.add(i), capsule)?;
            subtract(&capsule.masked, &record.capsule.masked, differences.next())?;
            delivered.push(capsule.ephemeral);
            ephemerals.push(record.capsule.ephemeral);
            statement.push(Slice::of(view.address().as_array()));
            statement.push(Slice::of(&record.capsule));
            statement.push(Slice::of(capsule));
        }
        if is_zero(owner_key) {
            return Err(error::POINT);
        }
        let mut seeded = Seeded {
            seed: sha256(statement.as_slice()),
            counter: 0,
        };

        let challenge = u128::from_le_bytes(wire.challenge);
        let mut weights = List::<Bytes32, MAX_BATCH>::new();
        let mut scalars = List::<Bytes32, { 2 + MAX_BATCH }>::new();
        scalars.push(negate(&wire.owner_response));
        scalars.push(wire.ephemeral_response);
        scalars.push(scalar(challenge));
        weights.push(scalar(1));
        let mut halves = [0_u128; 2];
        for i in 1..count {
            if i % 2 == 1 {
                seeded.counter = ((i - 1) / 2) as u8;
                let hash = sha256(&[Slice::of(&seeded)]);
                halves = core::mem::transmute::<Bytes32, [u128; 2]>(hash);
            }
            let weight = halves.get_unchecked((i - 1) % 2) & (u128::MAX >> 4);
            weights.push(scalar(weight));
            scalars.push(product(challenge, weight));
        }

        let first_points = [GENERATOR, *owner_key];
        let first_scalars = [wire.owner_response, scalar(challenge)];
        let ephemeral_scalars = scalars.as_ptr().add(1);
        let mut commitments = List::<Bytes32, 3>::new();
        let t1 = commitments.next();
        multiply(first_scalars.as_ptr(), first_points.as_ptr(), 2, t1)?;
        let t2 = commitments.next();
        multiply(ephemeral_scalars, delivered.as_ptr(), 1 + count, t2)?;
        let sum = differences.items.as_mut_ptr().cast();
        match count {
            1 => *sum = *ephemerals.as_ptr(),
            _ => multiply(weights.as_ptr(), ephemerals.as_ptr(), count, sum)?,
        }
        let t3 = commitments.next();
        multiply(scalars.as_ptr(), differences.as_ptr(), 2 + count, t3)?;
        if half(&sha256(&[
            Slice::of(&seeded.seed),
            Slice::of(commitments.as_slice()),
        ])) != challenge
        {
            return Err(error::PROOF);
        }

        core::ptr::copy_nonoverlapping(capsules, slots, count);
        purchase.delivered += u32::from(size);
        purchase.settle_key = wire.settle_key;
        if purchase.delivered == total as u32 {
            purchase.status = LOCKED;
            purchase.settle_by = now + SETTLE_WINDOW;
        }
    }
    Ok(())
}

/// The order's record at this place, whose slot is still empty.
#[inline(always)]
unsafe fn open_record<'a>(
    id: &Address,
    view: &AccountView,
    listed: &Bytes32,
    slot: &Capsule,
    capsule: &Capsule,
) -> Result<&'a Record, ProgramError> {
    // SAFETY: records are only read.
    let record = unsafe { open::<Record>(id, view)? };
    if !same(listed, view.address().as_array()) {
        return Err(error::ID);
    }
    if !is_zero(&slot.ephemeral) {
        return Err(error::DONE);
    }
    if is_zero(&capsule.ephemeral) {
        return Err(error::POINT);
    }
    Ok(record)
}
