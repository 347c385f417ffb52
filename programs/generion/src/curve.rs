//! ristretto255 (RFC 9496) and SHA-256: syscalls on chain, curve25519-dalek and sha2 elsewhere. Everything that is
//! built on these five functions is the same code in both.

/// A point as 32 canonical bytes.
pub type Point = [u8; 32];
/// A scalar as 32 canonical little-endian bytes.
pub type Scalar = [u8; 32];

/// The group's generator `G`.
pub const GENERATOR: Point = [
    0xe2, 0xf2, 0xae, 0x0a, 0x6a, 0xbc, 0x4e, 0x71, 0xa8, 0x84, 0xa9, 0x61, 0xc5, 0x00, 0x51, 0x5f,
    0x58, 0xe3, 0x0b, 0x6a, 0xa5, 0x82, 0xdd, 0x8d, 0xb6, 0xa6, 0x59, 0x45, 0xe0, 0x8d, 0x2d, 0x76,
];
/// The encoding of the identity.
pub const IDENTITY: Point = [0; 32];

/// Whether `point` is a canonical encoding of a group element other than the identity.
pub fn is_valid_key(point: &Point) -> bool {
    *point != IDENTITY && backend::decodes(point)
}

#[cfg(target_os = "solana")]
pub(crate) use backend::is_on_edwards_curve;
pub use backend::{decodes, hash, multiscalar_mul, subtract};

#[cfg(target_os = "solana")]
mod backend {
    use super::{Point, Scalar};
    use core::mem::MaybeUninit;
    use solana_define_syscall::definitions::{
        sol_curve_group_op, sol_curve_multiscalar_mul, sol_curve_validate_point, sol_sha256,
    };

    const EDWARDS: u64 = 0;
    const RISTRETTO: u64 = 1;
    const SUBTRACT: u64 = 1;

    #[inline(always)]
    pub fn decodes(point: &Point) -> bool {
        // SAFETY: the syscall reads 32 bytes and writes nothing.
        unsafe { sol_curve_validate_point(RISTRETTO, point.as_ptr(), core::ptr::null_mut()) == 0 }
    }

    /// Whether `bytes` are a point of edwards25519, and so no program-derived address.
    #[inline(always)]
    pub fn is_on_edwards_curve(bytes: &[u8; 32]) -> bool {
        // SAFETY: the syscall reads 32 bytes and writes nothing.
        unsafe { sol_curve_validate_point(EDWARDS, bytes.as_ptr(), core::ptr::null_mut()) == 0 }
    }

    #[inline(always)]
    pub fn subtract(left: &Point, right: &Point, out: &mut Point) -> Option<()> {
        // SAFETY: both inputs are 32 bytes, and so is what the syscall writes.
        let failed = unsafe {
            sol_curve_group_op(
                RISTRETTO,
                SUBTRACT,
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
}

#[cfg(not(target_os = "solana"))]
mod backend {
    use super::{Point, Scalar};
    use curve25519_dalek::{
        ristretto::{CompressedRistretto, RistrettoPoint},
        scalar::Scalar as DalekScalar,
        traits::VartimeMultiscalarMul,
    };
    use sha2::{Digest, Sha256};

    fn decode(point: &Point) -> Option<RistrettoPoint> {
        CompressedRistretto(*point).decompress()
    }

    /// Whether `point` is a canonical encoding of a group element.
    pub fn decodes(point: &Point) -> bool {
        decode(point).is_some()
    }

    /// `left - right`, written to `out`; `None` if one of them does not decode. (The VM copies the bytes of an
    /// `Option<Point>` one by one.)
    pub fn subtract(left: &Point, right: &Point, out: &mut Point) -> Option<()> {
        #[allow(clippy::arithmetic_side_effects)] // of points
        let difference = decode(left)? - decode(right)?;
        *out = difference.compress().to_bytes();
        Some(())
    }

    /// `sum scalars[i] points[i]`, written to `out`; `None` if a point or scalar is not canonical or the lengths differ.
    /// Variable time: for public values.
    pub fn multiscalar_mul(scalars: &[Scalar], points: &[Point], out: &mut Point) -> Option<()> {
        if scalars.len() != points.len() {
            return None;
        }
        let scalars: Option<Vec<_>> = scalars
            .iter()
            .map(|scalar| DalekScalar::from_canonical_bytes(*scalar).into_option())
            .collect();
        let sum = RistrettoPoint::optional_multiscalar_mul(scalars?, points.iter().map(decode))?;
        *out = sum.compress().to_bytes();
        Some(())
    }

    /// SHA-256 of the concatenated parts.
    pub fn hash(parts: &[&[u8]]) -> [u8; 32] {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        hasher.finalize().into()
    }
}
