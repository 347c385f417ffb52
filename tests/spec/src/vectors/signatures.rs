//! Ed25519 signatures that no honest signer creates, computed from the equation.

use curve25519_dalek::{EdwardsPoint, Scalar, edwards::CompressedEdwardsY};
use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha512};

use super::support::scalar;

/// The parts of a signature. The equation holds except for components of small order in commitment and wallet.
pub(super) struct Forged<'a> {
    /// `R` as in the signature.
    pub(super) commitment: [u8; 32],
    /// The logarithm of `R` without its component of small order.
    pub(super) nonce: Scalar,
    /// `A` as the verifier knows it.
    pub(super) wallet: [u8; 32],
    /// The logarithm of `A` without its component of small order.
    pub(super) secret: Scalar,
    /// The signed text.
    pub(super) message: &'a [u8],
}

impl Forged<'_> {
    /// `SHA-512(R || A || m)`, not reduced.
    pub(super) fn challenge(&self) -> [u8; 64] {
        Sha512::new()
            .chain_update(self.commitment)
            .chain_update(self.wallet)
            .chain_update(self.message)
            .finalize()
            .into()
    }

    /// `R || s`.
    pub(super) fn signature(&self) -> [u8; 64] {
        let challenge = Scalar::from_bytes_mod_order_wide(&self.challenge());
        let response = self.nonce + challenge * self.secret;
        joined(&self.commitment, &response.to_bytes())
    }
}

/// Whether a signature is valid by RFC 8032's equation with the cofactor, which the protocol does not use.
pub(super) fn holds_with_cofactor(wallet: &[u8; 32], signature: &[u8; 64], message: &[u8]) -> bool {
    let (commitment, response) = signature.split_at(32);
    let commitment = commitment.first_chunk().expect("32 bytes");
    let challenge = Sha512::new()
        .chain_update(commitment)
        .chain_update(wallet)
        .chain_update(message)
        .finalize();
    let challenge = Scalar::from_bytes_mod_order_wide(&challenge.into());
    let point = |bytes: &[u8; 32]| CompressedEdwardsY(*bytes).decompress().expect("a point");
    let response = scalar(response.first_chunk().expect("32 bytes"));
    let difference =
        EdwardsPoint::mul_base(&response) - challenge * point(wallet) - point(commitment);
    difference.is_small_order()
}

/// A signature that is valid by the equation, with a chosen nonce.
pub(super) fn sign_with_nonce(wallet: &SigningKey, nonce: &Scalar, message: &[u8]) -> [u8; 64] {
    Forged {
        commitment: EdwardsPoint::mul_base(nonce).compress().to_bytes(),
        nonce: *nonce,
        wallet: wallet.verifying_key().to_bytes(),
        secret: wallet.to_scalar(),
        message,
    }
    .signature()
}

/// Joins the halves of a signature.
pub(super) fn joined(commitment: &[u8], response: &[u8]) -> [u8; 64] {
    [commitment, response]
        .concat()
        .try_into()
        .expect("64 bytes")
}
