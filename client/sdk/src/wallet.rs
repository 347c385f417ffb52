use generion_crypto::keys::{DerivationError, EncryptionSecret, KeyFile, PurchaseSecret};
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

impl<K: KeySource + ?Sized> KeySource for &K {
    fn wallet(&self) -> Address {
        (**self).wallet()
    }

    fn encryption_secret(
        &self,
        program_id: &Address,
        index: u32,
    ) -> Result<EncryptionSecret, ClientError> {
        (**self).encryption_secret(program_id, index)
    }
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

impl KeySource for KeyFile {
    fn wallet(&self) -> Address {
        self.wallet
    }

    fn encryption_secret(
        &self,
        program_id: &Address,
        index: u32,
    ) -> Result<EncryptionSecret, ClientError> {
        if *program_id != self.program_id {
            return Err(ClientError::Signer(format!(
                "the key file is for program {}, not for {program_id}",
                self.program_id
            )));
        }
        self.secret(index)
            .and_then(|secret| EncryptionSecret::from_bytes(&secret.to_bytes()))
            .ok_or_else(|| {
                ClientError::Signer(format!(
                    "the key file of wallet {} has no key with index {index}",
                    self.wallet
                ))
            })
    }
}

/// A key file, and the wallet for the keys that are not in it.
pub struct KeyRing<'a> {
    /// Asked first.
    pub file: &'a KeyFile,
    /// Of the same owner.
    pub wallet: Wallet<'a>,
}

impl KeySource for KeyRing<'_> {
    fn wallet(&self) -> Address {
        self.wallet.wallet()
    }

    fn encryption_secret(
        &self,
        program_id: &Address,
        index: u32,
    ) -> Result<EncryptionSecret, ClientError> {
        if self.file.wallet != self.wallet.wallet() {
            return Err(ClientError::Signer(format!(
                "the key file is of wallet {}, not of {}",
                self.file.wallet,
                self.wallet.wallet()
            )));
        }
        match self.file.secret(index) {
            Some(_) => self.file.encryption_secret(program_id, index),
            None => self.wallet.encryption_secret(program_id, index),
        }
    }
}

fn signer_error(error: DerivationError<SignerError>) -> ClientError {
    match error {
        DerivationError::Signer(error) => error.into(),
        other => ClientError::Signer(other.to_string()),
    }
}
