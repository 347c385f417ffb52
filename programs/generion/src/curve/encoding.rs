//! The encodings of points and scalars.

/// A point as 32 canonical bytes.
pub type Point = [u8; 32];
/// A scalar as 32 canonical little-endian bytes.
pub type Scalar = [u8; 32];
