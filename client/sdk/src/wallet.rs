use generion_crypto::keys::{
    DerivationError, EncryptionSecret, KeyFile, PurchaseSecret, StudySecret,
};
use generion_interface::Deployment;
use solana_address::Address;
use solana_signer::{Signer, SignerError};

use crate::error::ClientError;

/// The number of a wallet's first indexes, and of indexes on each side of the one on the ledger, that are searched for the
/// secret behind a key. Each index takes signatures, so a wallet that asks its user before it signs is not searched.
const SEARCHED_INDEXES: u32 = 8;

/// The source of an owner's encryption secrets: a wallet, or a file that holds them for a delivery agent.
pub trait KeySource: Send + Sync {
    /// The wallet with these secrets.
    fn wallet(&self) -> Address;

    /// The secret with an index.
    ///
    /// # Errors
    /// [`ClientError::Signer`] where the source doesn't have it.
    fn encryption_secret(
        &self,
        deployment: &Deployment,
        index: u32,
    ) -> Result<EncryptionSecret, ClientError>;

    /// The secret behind a public key, and its index in this source. `hint` is the index that a node shows. It may be wrong,
    /// so other secrets are tried as well.
    ///
    /// # Errors
    /// [`ClientError::ForeignKey`] where the source doesn't have it; those of [`Self::encryption_secret`].
    fn secret_behind(
        &self,
        deployment: &Deployment,
        key: &[u8; 32],
        hint: u32,
    ) -> Result<(u32, EncryptionSecret), ClientError>;
}

impl<K: KeySource + ?Sized> KeySource for &K {
    fn wallet(&self) -> Address {
        (**self).wallet()
    }

    fn encryption_secret(
        &self,
        deployment: &Deployment,
        index: u32,
    ) -> Result<EncryptionSecret, ClientError> {
        (**self).encryption_secret(deployment, index)
    }

    fn secret_behind(
        &self,
        deployment: &Deployment,
        key: &[u8; 32],
        hint: u32,
    ) -> Result<(u32, EncryptionSecret), ClientError> {
        (**self).secret_behind(deployment, key, hint)
    }
}

/// A signer, and the secrets that follow from its signatures. Nothing is stored.
pub struct Wallet<'a> {
    /// The signer.
    pub signer: &'a (dyn Signer + Sync),
}

impl Wallet<'_> {
    /// The buyer's secret for a purchase of `order`.
    ///
    /// # Errors
    /// [`ClientError::Signer`] if the signer fails, is not deterministic, or wraps the message before signing.
    pub fn purchase_secret(
        &self,
        deployment: &Deployment,
        order: &Address,
    ) -> Result<PurchaseSecret, ClientError> {
        PurchaseSecret::derive_from_wallet(&self.signer.pubkey(), deployment, order, |line| {
            self.sign(line)
        })
        .map_err(signer_error)
    }

    /// The sponsor's secret for a study.
    ///
    /// # Errors
    /// Those of [`Self::purchase_secret`].
    pub fn study_secret(
        &self,
        deployment: &Deployment,
        study: &Address,
    ) -> Result<StudySecret, ClientError> {
        StudySecret::derive_from_wallet(&self.signer.pubkey(), deployment, study, |line| {
            self.sign(line)
        })
        .map_err(signer_error)
    }

    pub(crate) fn sign(&self, line: &[u8]) -> Result<[u8; 64], SignerError> {
        Ok(self.signer.try_sign_message(line)?.into())
    }
}

impl KeySource for Wallet<'_> {
    fn wallet(&self) -> Address {
        self.signer.pubkey()
    }

    fn encryption_secret(
        &self,
        deployment: &Deployment,
        index: u32,
    ) -> Result<EncryptionSecret, ClientError> {
        EncryptionSecret::derive_from_wallet(&self.signer.pubkey(), deployment, index, |line| {
            self.sign(line)
        })
        .map_err(signer_error)
    }

    fn secret_behind(
        &self,
        deployment: &Deployment,
        key: &[u8; 32],
        hint: u32,
    ) -> Result<(u32, EncryptionSecret), ClientError> {
        let around = hint.saturating_sub(SEARCHED_INDEXES)..=hint.saturating_add(SEARCHED_INDEXES);
        let others = (0..SEARCHED_INDEXES).chain(around.filter(|index| *index >= SEARCHED_INDEXES));
        let others = others.filter(|index| *index != hint && !self.signer.is_interactive());
        for index in core::iter::once(hint).chain(others) {
            let secret = self.encryption_secret(deployment, index)?;
            if secret.public_key().to_bytes() == *key {
                return Ok((index, secret));
            }
        }
        Err(ClientError::ForeignKey {
            wallet: self.wallet(),
            index: hint,
        })
    }
}

impl KeySource for KeyFile {
    fn wallet(&self) -> Address {
        self.wallet
    }

    fn encryption_secret(
        &self,
        deployment: &Deployment,
        index: u32,
    ) -> Result<EncryptionSecret, ClientError> {
        require_deployment(self, deployment)?;
        copied(self, index).ok_or_else(|| {
            ClientError::Signer(format!(
                "the key file of wallet {} has no key with index {index}",
                self.wallet
            ))
        })
    }

    fn secret_behind(
        &self,
        deployment: &Deployment,
        key: &[u8; 32],
        hint: u32,
    ) -> Result<(u32, EncryptionSecret), ClientError> {
        require_deployment(self, deployment)?;
        self.indexes()
            .find(|index| {
                self.secret(*index)
                    .is_some_and(|secret| secret.public_key().to_bytes() == *key)
            })
            .and_then(|index| Some((index, copied(self, index)?)))
            .ok_or(ClientError::ForeignKey {
                wallet: self.wallet,
                index: hint,
            })
    }
}

fn copied(file: &KeyFile, index: u32) -> Option<EncryptionSecret> {
    EncryptionSecret::from_bytes(&file.secret(index)?.to_bytes())
}

fn require_deployment(file: &KeyFile, deployment: &Deployment) -> Result<(), ClientError> {
    if file.deployment == *deployment {
        return Ok(());
    }
    Err(ClientError::Signer(format!(
        "the key file is for program {} on the cluster with genesis hash {}, not for {} on {}",
        file.deployment.program_id,
        file.deployment.genesis,
        deployment.program_id,
        deployment.genesis
    )))
}

/// A key file, and the wallet for the keys that are not in it.
pub struct KeyRing<'a> {
    /// Asked first.
    pub file: &'a KeyFile,
    /// Of the same owner.
    pub wallet: Wallet<'a>,
}

impl KeyRing<'_> {
    fn require_one_owner(&self) -> Result<(), ClientError> {
        if self.file.wallet == self.wallet.wallet() {
            return Ok(());
        }
        Err(ClientError::Signer(format!(
            "the key file is of wallet {}, not of {}",
            self.file.wallet,
            self.wallet.wallet()
        )))
    }
}

impl KeySource for KeyRing<'_> {
    fn wallet(&self) -> Address {
        self.wallet.wallet()
    }

    fn encryption_secret(
        &self,
        deployment: &Deployment,
        index: u32,
    ) -> Result<EncryptionSecret, ClientError> {
        self.require_one_owner()?;
        match self.file.secret(index) {
            Some(_) => self.file.encryption_secret(deployment, index),
            None => self.wallet.encryption_secret(deployment, index),
        }
    }

    fn secret_behind(
        &self,
        deployment: &Deployment,
        key: &[u8; 32],
        hint: u32,
    ) -> Result<(u32, EncryptionSecret), ClientError> {
        self.require_one_owner()?;
        match self.file.secret_behind(deployment, key, hint) {
            Err(ClientError::ForeignKey { .. }) => self.wallet.secret_behind(deployment, key, hint),
            found => found,
        }
    }
}

pub(crate) fn signer_error(error: DerivationError<SignerError>) -> ClientError {
    match error {
        DerivationError::Signer(error) => error.into(),
        other => ClientError::Signer(other.to_string()),
    }
}
