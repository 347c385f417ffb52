use generion_crypto::keys::{DerivationError, EncryptionSecret, PurchaseSecret};
use solana_address::Address;
use solana_signer::{Signer, SignerError};

use crate::ClientError;

/// Where an owner's encryption secrets come from: a wallet, or a file that holds them for a delivery agent.
pub trait KeySource {
    /// The wallet whose secrets they are.
    fn wallet(&self) -> Address;

    /// The secret with an index.
    ///
    /// # Errors
    /// [`ClientError::Signer`] where the source doesn't have it.
    fn encryption_secret(
        &self,
        program_id: &Address,
        index: u32,
    ) -> Result<EncryptionSecret, ClientError>;
}

/// A signer, and the secrets that follow from its signatures. Nothing is stored.
pub struct Wallet<'a> {
    /// The signer.
    pub signer: &'a dyn Signer,
}

impl Wallet<'_> {
    /// The buyer's secret for a purchase of `order`.
    ///
    /// # Errors
    /// [`ClientError::Signer`] where the signer fails, is not deterministic, or wraps what it signs.
    pub fn purchase_secret(
        &self,
        program_id: &Address,
        order: &Address,
    ) -> Result<PurchaseSecret, ClientError> {
        PurchaseSecret::derive_from_wallet(&self.signer.pubkey(), program_id, order, |line| {
            self.sign(line)
        })
        .map_err(signer_error)
    }

    fn sign(&self, line: &[u8]) -> Result<[u8; 64], SignerError> {
        Ok(self.signer.try_sign_message(line)?.into())
    }
}

impl KeySource for Wallet<'_> {
    fn wallet(&self) -> Address {
        self.signer.pubkey()
    }

    fn encryption_secret(
        &self,
        program_id: &Address,
        index: u32,
    ) -> Result<EncryptionSecret, ClientError> {
        EncryptionSecret::derive_from_wallet(&self.signer.pubkey(), program_id, index, |line| {
            self.sign(line)
        })
        .map_err(signer_error)
    }
}

fn signer_error(error: DerivationError<SignerError>) -> ClientError {
    match error {
        DerivationError::Signer(error) => error.into(),
        other => ClientError::Signer(other.to_string()),
    }
}
