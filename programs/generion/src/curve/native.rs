//! The functions of [`curve`](super) with curve25519-dalek and sha2.

use super::encoding::{Point, Scalar};
use curve25519_dalek::{
    edwards::CompressedEdwardsY,
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

/// Whether `bytes` are a point of edwards25519, and therefore not a program-derived address.
pub fn is_on_edwards_curve(bytes: &[u8; 32]) -> bool {
    CompressedEdwardsY(*bytes).decompress().is_some()
}

/// `left + right`, written to `out`; `None` if a point does not decode.
pub fn add(left: &Point, right: &Point, out: &mut Point) -> Option<()> {
    #[allow(clippy::arithmetic_side_effects)] // of points
    let sum = decode(left)? + decode(right)?;
    *out = sum.compress().to_bytes();
    Some(())
}

/// `scalar point`, written to `out`; `None` if point or scalar is not canonical. Takes variable time, so use it for public
/// values only.
pub fn multiply(scalar: &Scalar, point: &Point, out: &mut Point) -> Option<()> {
    multiscalar_mul(&[*scalar], &[*point], out)
}

/// `left - right`, written to `out`; `None` if a point does not decode. (The VM copies the bytes of an
/// `Option<Point>` one by one.)
pub fn subtract(left: &Point, right: &Point, out: &mut Point) -> Option<()> {
    #[allow(clippy::arithmetic_side_effects)] // of points
    let difference = decode(left)? - decode(right)?;
    *out = difference.compress().to_bytes();
    Some(())
}

/// `sum scalars[i] points[i]`, written to `out`; `None` if a point or scalar is not canonical or the lengths differ.
/// Takes variable time, so use it for public values only.
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
