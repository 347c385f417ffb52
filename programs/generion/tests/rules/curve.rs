use curve25519_dalek::{RistrettoPoint, Scalar};
use generion::curve::{
    GENERATOR, IDENTITY, add, decodes, hash, is_valid_key, multiply, multiscalar_mul, subtract,
};
use sha2::{Digest, Sha256};

use crate::{
    reference_proofs::group_order::plus_order,
    support::{NO_POINTS, bytes, key, point, scalar},
};

#[test]
fn the_constants_are_the_groups() {
    assert_eq!(GENERATOR, bytes(point(&Scalar::ONE)));
    assert_eq!(IDENTITY, bytes(RistrettoPoint::default()));
}

#[test]
fn a_key_is_a_point_other_than_the_identity() {
    assert!(is_valid_key(&key("x")) && decodes(&key("x")));
    assert!(!is_valid_key(&IDENTITY) && decodes(&IDENTITY));
    for bad in NO_POINTS {
        assert!(!is_valid_key(&bad) && !decodes(&bad));
    }
}

#[test]
fn points_are_subtracted() {
    let mut out = [7; 32];
    assert_eq!(subtract(&key("a"), &key("b"), &mut out), Some(()));
    assert_eq!(out, bytes(point(&(scalar("a") - scalar("b")))));
    assert_eq!(subtract(&key("a"), &key("a"), &mut out), Some(()));
    assert_eq!(out, IDENTITY);
    for bad in NO_POINTS {
        assert_eq!(subtract(&bad, &key("b"), &mut out), None);
        assert_eq!(subtract(&key("a"), &bad, &mut out), None);
    }
}

#[test]
fn points_are_added() {
    let mut out = [7; 32];
    assert_eq!(add(&key("a"), &key("b"), &mut out), Some(()));
    assert_eq!(out, bytes(point(&(scalar("a") + scalar("b")))));
    let minus_a = bytes(-point(&scalar("a")));
    assert_eq!(add(&key("a"), &minus_a, &mut out), Some(()));
    assert_eq!(out, IDENTITY);
    assert_eq!(add(&key("a"), &IDENTITY, &mut out), Some(()));
    assert_eq!(out, key("a"));
    for bad in NO_POINTS {
        assert_eq!(add(&bad, &key("b"), &mut out), None);
        assert_eq!(add(&key("a"), &bad, &mut out), None);
    }
}

#[test]
fn a_point_is_multiplied_by_a_canonical_scalar() {
    let mut out = [7; 32];
    let s = scalar("s");
    assert_eq!(multiply(s.as_bytes(), &GENERATOR, &mut out), Some(()));
    assert_eq!(out, key("s"));
    assert_eq!(multiply(s.as_bytes(), &key("a"), &mut out), Some(()));
    assert_eq!(out, bytes(point(&(s * scalar("a")))));
    assert_eq!(multiply(&[0; 32], &key("a"), &mut out), Some(()));
    assert_eq!(out, IDENTITY);
    for not_canonical in [
        plus_order(s.as_bytes()),
        plus_order(Scalar::ZERO.as_bytes()),
        [0xff; 32],
    ] {
        assert_eq!(multiply(&not_canonical, &GENERATOR, &mut out), None);
    }
    for bad in NO_POINTS {
        assert_eq!(multiply(s.as_bytes(), &bad, &mut out), None);
    }
}

#[test]
fn multiples_are_added() {
    let scalars = ["s", "t", "u"].map(|name| scalar(name).to_bytes());
    let points = [GENERATOR, key("a"), key("b")];
    let mut out = [7; 32];
    assert_eq!(multiscalar_mul(&scalars, &points, &mut out), Some(()));
    let expected = scalar("s") + scalar("t") * scalar("a") + scalar("u") * scalar("b");
    assert_eq!(out, bytes(point(&expected)));
    assert_eq!(multiscalar_mul(&[], &[], &mut out), Some(()));
    assert_eq!(out, IDENTITY);
}

#[test]
fn a_multiplication_takes_as_many_canonical_scalars_as_points() {
    let one = Scalar::ONE.to_bytes();
    let mut out = [7; 32];
    let mut sum =
        |scalars: &[[u8; 32]], points: &[[u8; 32]]| multiscalar_mul(scalars, points, &mut out);
    assert_eq!(sum(&[one], &[GENERATOR, GENERATOR]), None);
    assert_eq!(sum(&[one, one], &[GENERATOR]), None);
    assert_eq!(
        sum(&[plus_order(Scalar::ONE.as_bytes())], &[GENERATOR]),
        None
    );
    assert_eq!(
        sum(&[plus_order(Scalar::ZERO.as_bytes())], &[GENERATOR]),
        None
    );
    assert_eq!(sum(&[[0xff; 32]], &[GENERATOR]), None);
    for bad in NO_POINTS {
        assert_eq!(sum(&[one, one], &[GENERATOR, bad]), None);
    }
}

#[test]
fn parts_are_hashed_one_behind_the_other() {
    let expected: [u8; 32] = Sha256::digest(b"abcd").into();
    assert_eq!(hash(&[b"a", b"", b"bcd"]), expected);
    assert_eq!(hash(&[]), <[u8; 32]>::from(Sha256::digest(b"")));
}
