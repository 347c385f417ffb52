//! Keys and records.

use core::mem::MaybeUninit;

use pinocchio::{AccountView, Address, ProgramResult, cpi::Seed};

use crate::{
    account::{create, now, require_signature},
    curve::{GENERATOR, Slice, multiply, require_point, scalar, sha256},
    error,
    layout::{Capsule, Record, User, open, tail},
    memory::{Bytes32, half, head, is_zero, same},
};

#[inline(never)]
pub unsafe fn register(id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    let [wallet, user, _system] = accounts else {
        return Err(error::ACCOUNT);
    };
    let (Some((bump, key)), 33) = (data.split_first_chunk::<1>(), data.len()) else {
        return Err(error::DATA);
    };
    // SAFETY: the length is checked, and the account is new.
    unsafe {
        let key = head::<Bytes32>(key);
        require_point(key)?;
        let seeds = [
            Seed::from(b"user"),
            Seed::from(wallet.address().as_ref()),
            Seed::from(bump),
        ];
        let stored = create::<User>(id, wallet, user, 0, 0, &seeds)?;
        stored.wallet = *wallet.address().as_array();
        stored.key = *key;
    }
    Ok(())
}

/// The arguments of `create_record`; the locator follows.
#[repr(C)]
struct NewRecord {
    challenge: [u8; 16],
    response: Bytes32,
    bump: [u8; 1],
    data_public_key: Bytes32,
    capsule: Capsule,
    facts_root: Bytes32,
}

#[inline(never)]
pub unsafe fn create_record(
    id: &Address,
    accounts: &mut [AccountView],
    data: &[u8],
) -> ProgramResult {
    let [creator, user, record, _system] = accounts else {
        return Err(error::ACCOUNT);
    };
    let Some(locator) = data.get(size_of::<NewRecord>()..) else {
        return Err(error::DATA);
    };
    // SAFETY: the length is checked, and the two accounts are distinct: one is new.
    unsafe {
        let new = head::<NewRecord>(data);
        let user = open::<User>(id, user)?;
        verify_capsule(id, creator, record, user, new)?;
        // What the data hold from the data public key on is one piece of the contents, to the end of the locator.
        let decided = core::slice::from_raw_parts(
            core::ptr::from_ref(&new.data_public_key).cast::<u8>(),
            size_of::<Bytes32>() * 2 + size_of::<Capsule>() + locator.len(),
        );
        let contents = sha256(&[
            Slice::of(b"generion/record/v1"),
            Slice::of(&user.wallet),
            Slice::of(creator.address().as_array()),
            Slice::of(&user.key),
            Slice::of(decided),
        ]);
        let seeds = [
            Seed::from(b"record"),
            Seed::from(&user.wallet),
            Seed::from(&contents),
            Seed::from(&new.bump),
        ];
        let stored = create::<Record>(id, creator, record, locator.len(), 0, &seeds)?;
        stored.owner = user.wallet;
        stored.creator = *creator.address().as_array();
        stored.created_at = now()?;
        stored.owner_key = user.key;
        stored.data_public_key = new.data_public_key;
        stored.capsule = new.capsule;
        stored.facts_root = new.facts_root;
        core::ptr::copy_nonoverlapping(locator.as_ptr(), tail(stored), locator.len());
    }
    Ok(())
}

/// `T = zG + cR`; `c` is the first half of SHA-256 over the statement and `T`.
#[inline(always)]
unsafe fn verify_capsule(
    id: &Address,
    creator: &AccountView,
    record: &AccountView,
    user: &User,
    new: &NewRecord,
) -> ProgramResult {
    let challenge = u128::from_le_bytes(new.challenge);
    if is_zero(&new.capsule.ephemeral) {
        return Err(error::POINT);
    }
    require_point(&new.capsule.masked)?;
    let scalars = [new.response, scalar(challenge)];
    let points = [GENERATOR, new.capsule.ephemeral];
    // SAFETY: two of each; all that is hashed is still there.
    let hash = unsafe {
        let mut commitment = MaybeUninit::<Bytes32>::uninit();
        multiply(
            scalars.as_ptr(),
            points.as_ptr(),
            2,
            commitment.as_mut_ptr(),
        )?;
        sha256(&[
            Slice::of(b"generion/capsule/v1"),
            Slice::of(id.as_array()),
            Slice::of(record.address().as_array()),
            Slice::of(creator.address().as_array()),
            Slice::of(&user.key),
            Slice::of(&new.data_public_key),
            Slice::of(&new.capsule),
            Slice::of(&commitment),
        ])
    };
    if half(&hash) != challenge {
        return Err(error::PROOF);
    }
    Ok(())
}

#[inline(never)]
pub unsafe fn verify_record(id: &Address, accounts: &mut [AccountView]) -> ProgramResult {
    let [owner, record] = accounts else {
        return Err(error::ACCOUNT);
    };
    require_signature(owner)?;
    // SAFETY: the only account that is opened.
    let record = unsafe { open::<Record>(id, record)? };
    if !same(&record.owner, owner.address().as_array()) {
        return Err(error::AUTHORITY);
    }
    record.verified = 1;
    Ok(())
}
