//! Points that public keys are.

use curve25519_dalek::{
    ristretto::{CompressedRistretto, RistrettoPoint},
    traits::IsIdentity,
};

/// A point other than the identity, beside its 32 canonical bytes, which would take time to encode again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyPoint {
    point: RistrettoPoint,
    bytes: [u8; 32],
}

impl KeyPoint {
    /// `None`: the point is the identity.
    pub(crate) fn new(point: RistrettoPoint) -> Option<Self> {
        (!point.is_identity()).then(|| Self {
            point,
            bytes: point.compress().to_bytes(),
        })
    }

    /// `None`: the bytes are not canonical, or encode the identity.
    pub(crate) fn decode(bytes: &[u8; 32]) -> Option<Self> {
        let point = CompressedRistretto(*bytes).decompress()?;
        (!point.is_identity()).then_some(Self {
            point,
            bytes: *bytes,
        })
    }

    pub(crate) const fn point(&self) -> &RistrettoPoint {
        &self.point
    }

    pub(crate) const fn to_bytes(self) -> [u8; 32] {
        self.bytes
    }
}
