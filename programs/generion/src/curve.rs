//! ristretto255 (RFC 9496) and SHA-256. On chain these seven functions are system calls, elsewhere they use
//! curve25519-dalek and sha2. All code that is built on them is the same on chain and elsewhere.

mod encoding;

pub use encoding::{Point, Scalar};

/// The group's generator `G`.
pub const GENERATOR: Point = [
    0xe2, 0xf2, 0xae, 0x0a, 0x6a, 0xbc, 0x4e, 0x71, 0xa8, 0x84, 0xa9, 0x61, 0xc5, 0x00, 0x51, 0x5f,
    0x58, 0xe3, 0x0b, 0x6a, 0xa5, 0x82, 0xdd, 0x8d, 0xb6, 0xa6, 0x59, 0x45, 0xe0, 0x8d, 0x2d, 0x76,
];
/// The encoding of the identity.
pub const IDENTITY: Point = [0; 32];

/// Whether `point` is a canonical encoding of a group element other than the identity.
pub fn is_valid_key(point: &Point) -> bool {
    *point != IDENTITY && decodes(point)
}

#[cfg(not(target_os = "solana"))]
mod native;
#[cfg(target_os = "solana")]
mod syscalls;

#[cfg(not(target_os = "solana"))]
pub(crate) use native::is_on_edwards_curve;
#[cfg(not(target_os = "solana"))]
pub use native::{add, decodes, hash, multiply, multiscalar_mul, subtract};
#[cfg(target_os = "solana")]
pub(crate) use syscalls::is_on_edwards_curve;
#[cfg(target_os = "solana")]
pub use syscalls::{add, decodes, hash, multiply, multiscalar_mul, subtract};
