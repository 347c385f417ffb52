//! What the tests share.

use anchor_lang::{Address, Result};
use curve25519_dalek::{RistrettoPoint, Scalar};
use generion::{GenerionError, curve::Point};
use sha2::{Digest, Sha512};

/// Field elements that are no points: not canonical, and not on the curve.
pub const NO_POINTS: [Point; 2] = [[0xff; 32], {
    let mut negative = [0; 32];
    negative[0] = 1;
    negative
}];

pub const fn address(byte: u8) -> Address {
    Address::new_from_array([byte; 32])
}

/// A scalar that is always the same for a name.
pub fn scalar(name: impl AsRef<str>) -> Scalar {
    let hash: [u8; 64] = Sha512::digest(name.as_ref()).into();
    Scalar::from_bytes_mod_order_wide(&hash)
}

pub fn point(scalar: &Scalar) -> RistrettoPoint {
    RistrettoPoint::mul_base(scalar)
}

pub fn bytes(point: RistrettoPoint) -> Point {
    point.compress().to_bytes()
}

/// The public key of the scalar with a name.
pub fn key(name: &str) -> Point {
    bytes(point(&scalar(name)))
}

/// The transition refuses with the error, and leaves the state as it was.
#[track_caller]
pub fn refuses<S: Clone + PartialEq + core::fmt::Debug, T: core::fmt::Debug>(
    state: &S,
    error: GenerionError,
    transition: impl FnOnce(&mut S) -> Result<T>,
) {
    let mut after = state.clone();
    match transition(&mut after) {
        Err(refusal) => assert_eq!(refusal, error.into()),
        Ok(done) => panic!("it was not refused with {error:?}: {done:?}"),
    }
    assert_eq!(&after, state);
}

/// The transition leads to the state.
#[track_caller]
pub fn leads<S: Clone + PartialEq + core::fmt::Debug, T>(
    from: &S,
    to: S,
    transition: impl FnOnce(&mut S) -> Result<T>,
) -> T {
    let mut after = from.clone();
    let done = transition(&mut after);
    assert_eq!(after, to);
    match done {
        Ok(done) => done,
        Err(error) => panic!("{error:?}"),
    }
}
