//! Hashing and group arithmetic by the runtime's system calls.

use core::mem::MaybeUninit;

use pinocchio::{ProgramResult, syscalls};

use crate::{
    error,
    memory::{Bytes32, is_zero},
};

/// Ristretto255's id in the system calls.
const RISTRETTO: u64 = 1;
/// Addition's.
const ADD: u64 = 0;
/// Subtraction's.
const SUBTRACT: u64 = 1;
/// That of a multiple, whose left side is the scalar.
const MULTIPLY: u64 = 2;
/// The order of the group, as little-endian words.
const ORDER: [u64; 4] = [0x5812_631a_5cf5_d3ed, 0x14de_f9de_a2f7_9cd6, 0, 1 << 60];
/// The generator.
pub const GENERATOR: Bytes32 = [
    0xe2, 0xf2, 0xae, 0x0a, 0x6a, 0xbc, 0x4e, 0x71, 0xa8, 0x84, 0xa9, 0x61, 0xc5, 0x00, 0x51, 0x5f,
    0x58, 0xe3, 0x0b, 0x6a, 0xa5, 0x82, 0xdd, 0x8d, 0xb6, 0xa6, 0x59, 0x45, 0xe0, 0x8d, 0x2d, 0x76,
];

/// Refuses what is no point, and the identity.
#[inline(always)]
pub fn require_point(point: &Bytes32) -> ProgramResult {
    let mut unused = 0_u8;
    // SAFETY: 32 bytes to read, and one that may be written.
    let valid =
        unsafe { syscalls::sol_curve_validate_point(RISTRETTO, point.as_ptr(), &mut unused) };
    if is_zero(point) || valid != 0 {
        return Err(error::POINT);
    }
    Ok(())
}

/// Writes the sum of `scalars[i] * points[i]`.
///
/// # Safety
/// There are `count` of each, and room for the sum.
#[inline(always)]
pub unsafe fn multiply(
    scalars: *const Bytes32,
    points: *const Bytes32,
    count: usize,
    sum: *mut Bytes32,
) -> ProgramResult {
    // SAFETY: by the caller.
    let status = unsafe {
        syscalls::sol_curve_multiscalar_mul(
            RISTRETTO,
            scalars.cast(),
            points.cast(),
            count as u64,
            sum.cast(),
        )
    };
    if status == 0 {
        Ok(())
    } else {
        Err(error::SCALAR)
    }
}

/// Writes `a - b`.
///
/// # Safety
/// There is room for the difference.
#[inline(always)]
pub unsafe fn subtract(a: &Bytes32, b: &Bytes32, difference: *mut Bytes32) -> ProgramResult {
    // SAFETY: by the caller.
    unsafe { group_op(SUBTRACT, a, b, difference) }
}

/// Writes `a + b`.
///
/// # Safety
/// There is room for the sum.
#[inline(always)]
pub unsafe fn add(a: &Bytes32, b: &Bytes32, sum: *mut Bytes32) -> ProgramResult {
    // SAFETY: by the caller.
    unsafe { group_op(ADD, a, b, sum) }
}

/// Writes the multiple of a point.
///
/// # Safety
/// There is room for it.
#[inline(always)]
pub unsafe fn multiple(scalar: &Bytes32, point: &Bytes32, multiple: *mut Bytes32) -> ProgramResult {
    // SAFETY: by the caller.
    unsafe { group_op(MULTIPLY, scalar, point, multiple) }
}

/// # Safety
/// There is room for the result.
#[inline(always)]
unsafe fn group_op(op: u64, a: &Bytes32, b: &Bytes32, result: *mut Bytes32) -> ProgramResult {
    // SAFETY: 32 bytes each, and by the caller.
    let status = unsafe {
        syscalls::sol_curve_group_op(RISTRETTO, op, a.as_ptr(), b.as_ptr(), result.cast())
    };
    if status == 0 {
        Ok(())
    } else {
        Err(error::POINT)
    }
}

/// A scalar of 128 bits.
#[inline(always)]
pub fn scalar(number: u128) -> Bytes32 {
    words([number as u64, (number >> 64) as u64, 0, 0])
}

/// `l - a`, which is canonical if `a` is and is not zero.
#[inline(always)]
pub fn negate(a: &Bytes32) -> Bytes32 {
    // SAFETY: the same size, and any bytes are words.
    let a = unsafe { a.as_ptr().cast::<[u64; 4]>().read_unaligned() };
    let mut borrow = false;
    words(core::array::from_fn(|i| {
        let (word, first) = ORDER[i].overflowing_sub(a[i]);
        let (word, second) = word.overflowing_sub(borrow.into());
        borrow = first | second;
        word
    }))
}

/// The product of 128 and 124 bits.
#[inline(always)]
pub fn product(a: u128, b: u128) -> Bytes32 {
    const LOW: u128 = u64::MAX as u128;
    let (a0, a1, b0, b1) = (a & LOW, a >> 64, b & LOW, b >> 64);
    let (p00, p01, p10, p11) = (a0 * b0, a0 * b1, a1 * b0, a1 * b1);
    let middle = (p00 >> 64) + (p01 & LOW) + (p10 & LOW);
    let high = p11 + (p01 >> 64) + (p10 >> 64) + (middle >> 64);
    words([p00 as u64, middle as u64, high as u64, (high >> 64) as u64])
}

#[inline(always)]
fn words(words: [u64; 4]) -> Bytes32 {
    // SAFETY: the same size; SBPF is little-endian.
    unsafe { core::mem::transmute(words) }
}

/// What is hashed: slices as the system call takes them.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Slice {
    data: *const u8,
    len: u64,
}

impl Slice {
    #[inline(always)]
    pub fn of<T: ?Sized>(value: &T) -> Self {
        Self {
            data: core::ptr::from_ref(value).cast(),
            len: size_of_val(value) as u64,
        }
    }
}

/// SHA-256 over slices.
///
/// # Safety
/// They are still there.
#[inline(always)]
pub unsafe fn sha256(slices: &[Slice]) -> Bytes32 {
    let mut hash = MaybeUninit::<Bytes32>::uninit();
    // SAFETY: by the caller; the call writes 32 bytes.
    unsafe {
        syscalls::sol_sha256(
            slices.as_ptr().cast(),
            slices.len() as u64,
            hash.as_mut_ptr().cast(),
        );
        hash.assume_init()
    }
}
