//! The functions of [`curve`](super) as system calls.

use super::encoding::{Point, Scalar};
use core::mem::MaybeUninit;
use solana_define_syscall::definitions::{
    sol_curve_group_op, sol_curve_multiscalar_mul, sol_curve_validate_point, sol_sha256,
};

const EDWARDS: u64 = 0;
const RISTRETTO: u64 = 1;
const ADD: u64 = 0;
const SUBTRACT: u64 = 1;
const MULTIPLY: u64 = 2;

#[inline(always)]
pub fn decodes(point: &Point) -> bool {
    // SAFETY: the syscall reads 32 bytes and writes nothing.
    unsafe { sol_curve_validate_point(RISTRETTO, point.as_ptr(), core::ptr::null_mut()) == 0 }
}

/// Whether `bytes` are a point of edwards25519, and therefore not a program-derived address.
#[inline(always)]
pub fn is_on_edwards_curve(bytes: &[u8; 32]) -> bool {
    // SAFETY: the syscall reads 32 bytes and writes nothing.
    unsafe { sol_curve_validate_point(EDWARDS, bytes.as_ptr(), core::ptr::null_mut()) == 0 }
}

#[inline(always)]
pub fn add(left: &Point, right: &Point, out: &mut Point) -> Option<()> {
    group_op(ADD, left, right, out)
}

#[inline(always)]
pub fn subtract(left: &Point, right: &Point, out: &mut Point) -> Option<()> {
    group_op(SUBTRACT, left, right, out)
}

#[inline(always)]
pub fn multiply(scalar: &Scalar, point: &Point, out: &mut Point) -> Option<()> {
    group_op(MULTIPLY, scalar, point, out)
}

#[inline(always)]
fn group_op(op: u64, left: &[u8; 32], right: &Point, out: &mut Point) -> Option<()> {
    // SAFETY: both inputs are 32 bytes, and so is what the syscall writes.
    let failed = unsafe {
        sol_curve_group_op(
            RISTRETTO,
            op,
            left.as_ptr(),
            right.as_ptr(),
            out.as_mut_ptr(),
        )
    };
    (failed == 0).then_some(())
}

#[inline(always)]
pub fn multiscalar_mul(scalars: &[Scalar], points: &[Point], out: &mut Point) -> Option<()> {
    if scalars.len() != points.len() {
        return None;
    }
    // SAFETY: both slices have `points.len()` items of 32 bytes, and 32 bytes is what the syscall writes.
    let failed = unsafe {
        sol_curve_multiscalar_mul(
            RISTRETTO,
            scalars.as_ptr().cast(),
            points.as_ptr().cast(),
            points.len() as u64,
            out.as_mut_ptr(),
        )
    };
    (failed == 0).then_some(())
}

#[inline(always)]
pub fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut out = MaybeUninit::<[u8; 32]>::uninit();
    // SAFETY: a slice of slices is the (address, length) list that the syscall reads; it writes 32 bytes.
    unsafe {
        sol_sha256(
            parts.as_ptr().cast(),
            parts.len() as u64,
            out.as_mut_ptr().cast(),
        );
        out.assume_init()
    }
}
