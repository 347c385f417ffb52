//! Lines of text that a wallet signs and others verify: the envelopes into which wallets put a line, and a strict
//! verification (docs/PROTOCOL.md, section 2).

mod envelope;

use core::fmt;

use solana_address::Address;
use solana_signature::Signature;

pub use envelope::Envelope;

/// Why a signature over a line is refused. A new variant is a breaking change: the known answers for other implementations
/// have a sample of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// All its bytes are zero: there is no signature.
    #[error("there is no signature")]
    Missing,
    /// The wallet's address is not a point of the curve, like that of a multisig vault: no secret key signs for it. This
    /// error depends only on the address and not on the signature, so no node can cause it.
    #[error("wallet {0} is an address that can't sign text, such as a multisig vault")]
    CanNotSign(Address),
    /// The signature is not the wallet's over the line in any envelope.
    #[error("the signature is not wallet {0}'s over this text")]
    NotTheWallets(Address),
}

/// Finds the envelope in which `wallet` signed `line`. `program_id` is the application of the envelope that names one.
///
/// The verification is RFC 8032's without the cofactor, and strict. With the wallet's address `A`, the signature
/// `R || s` and the enveloped bytes `m`, it holds where `A` and `R` are canonical encodings of points, neither of them of
/// small order, `s < l`, and the encoding of `sB - SHA-512(R || A || m) A` is `R` to the byte. So a signature has one
/// encoding and fits one text. (ed25519-dalek's `verify_strict`, and that `A` is canonical, which it doesn't ask.)
///
/// # Errors
/// [`LineError`].
pub fn verify(
    line: &str,
    wallet: &Address,
    program_id: &Address,
    signature: &[u8; 64],
) -> Result<Envelope, LineError> {
    if !wallet.is_on_curve() {
        return Err(LineError::CanNotSign(*wallet));
    }
    if *signature == [0; 64] {
        return Err(LineError::Missing);
    }
    if !is_canonical(wallet.as_array()) {
        return Err(LineError::NotTheWallets(*wallet));
    }
    let signature = Signature::from(*signature);
    let is_over = |envelope: &Envelope| {
        // ed25519-dalek's `verify_strict`.
        signature.verify(wallet.as_ref(), &envelope.wrap(line, wallet, program_id))
    };
    Envelope::ALL
        .into_iter()
        .find(is_over)
        .ok_or(LineError::NotTheWallets(*wallet))
}

/// Whether a point's encoding has its y below 2^255 - 19. (Those with x = 0 and a sign are of small order.)
fn is_canonical(point: &[u8; 32]) -> bool {
    let [first, middle @ .., last] = point;
    last & 0x7f != 0x7f || middle.iter().any(|byte| *byte != 0xff) || *first < 0xed
}

/// Why a wallet gave no valid signature. It is the signer's fault or the signature's: there is no third kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignLineError<E> {
    /// The signer's own error.
    #[error(transparent)]
    Signer(E),
    /// The wallet signed something else.
    #[error(transparent)]
    Line(#[from] LineError),
}

/// Has a wallet sign a line, and verifies the signature. Returns it with the envelope that the signer used.
///
/// # Errors
/// The signer's error, or [`LineError`].
pub fn sign<E>(
    line: &str,
    wallet: &Address,
    program_id: &Address,
    sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
) -> Result<([u8; 64], Envelope), SignLineError<E>> {
    let signature = sign(line.as_bytes()).map_err(SignLineError::Signer)?;
    let envelope = verify(line, wallet, program_id, &signature)?;
    Ok((signature, envelope))
}

/// Bytes in lower-case hex, as in lines.
pub(crate) struct Hex<'a>(pub &'a [u8; 32]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests;
