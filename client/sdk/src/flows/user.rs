use generion::{SetEncryptionKeyArgs, state::User};
use generion_crypto::keys::{EncryptionKey, EncryptionSecret};
use generion_interface::{
    attestation::KeyAttestation,
    signed_line::{Envelope, SignLineError},
};
use solana_address::Address;
use solana_signer::{Signer, SignerError};

use crate::{
    client::Client,
    error::ClientError,
    ledger::rent::AccountToCreate,
    notice::Notice,
    transaction::prepared::Prepared,
    wallet::{KeySource, Wallet},
};

/// A key to publish, and the wallet's attestation of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishedKey {
    /// The index that it gets. Where another key is published with this index first, the ledger refuses this one.
    pub index: u32,
    /// The key.
    pub key: EncryptionKey,
    /// The wallet's signature.
    pub attestation: [u8; 64],
    /// The envelope that the wallet signed.
    pub envelope: Envelope,
}

/// Whether the key on the ledger is one of the wallet's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OwnKey {
    /// The wallet has published none.
    None,
    /// The key is the wallet's own for the index on the ledger.
    Present {
        /// The index.
        index: u32,
    },
    /// The key is the wallet's own for another index. Records that are encrypted to it can be opened, and the two indexes share
    /// a secret. Somebody made the wallet publish it there.
    OtherIndex {
        /// The index on the ledger.
        index: u32,
        /// The index that it was derived for.
        own: u32,
    },
    /// This source of keys does not have it.
    Foreign {
        /// The index on the ledger.
        index: u32,
    },
}

impl Client {
    /// Publishes the first encryption key of a wallet, or the next one, derived from the wallet and attested by it. `payer`
    /// pays rent and fee. The wallet signs at once, and the transaction when it is sent.
    ///
    /// # Errors
    /// [`ClientError::Signer`] where keys can't be derived from the wallet; those of [`Self::next_key_index`], before the
    /// wallet has signed anything.
    pub async fn publish_key<'a>(
        &'a self,
        wallet: &'a (dyn Signer + Sync),
        payer: &'a (dyn Signer + Sync),
    ) -> Result<Prepared<'a, PublishedKey>, ClientError> {
        let index = self.next_key_index(&wallet.pubkey()).await?;
        let keys = Wallet { signer: wallet };
        let secret = keys.encryption_secret(self.ledger.deployment(), index)?;
        self.publish_given_key(wallet, payer, index, &secret.public_key(), None)
    }

    /// Publishes a key whose secret is kept elsewhere, and saved already, with the index that it is kept by: from now on
    /// records are made for it. Without an attestation, the wallet is asked for one.
    ///
    /// # Errors
    /// [`ClientError::Signer`] where the wallet does not attest the key, or another one did.
    pub fn publish_given_key<'a>(
        &'a self,
        wallet: &'a (dyn Signer + Sync),
        payer: &'a (dyn Signer + Sync),
        index: u32,
        key: &EncryptionKey,
        attestation: Option<[u8; 64]>,
    ) -> Result<Prepared<'a, PublishedKey>, ClientError> {
        let statement = self.key_statement(&wallet.pubkey(), index, key);
        let (attestation, envelope) = match attestation {
            Some(attestation) => {
                let envelope = statement.verify(&attestation);
                let envelope = envelope.map_err(|error| ClientError::Signer(error.to_string()))?;
                (attestation, envelope)
            }
            None => statement
                .sign(|line| Wallet { signer: wallet }.sign(line))
                .map_err(line_error)?,
        };
        let args = SetEncryptionKeyArgs {
            key_index: index,
            encryption_key: key.to_bytes(),
            attestation,
        };
        let instruction =
            self.ledger
                .instructions()
                .set_encryption_key(wallet.pubkey(), payer.pubkey(), args);
        let outcome = PublishedKey {
            index,
            key: *key,
            attestation,
            envelope,
        };
        let prepared = Prepared::new(
            &self.ledger,
            vec![instruction],
            payer,
            vec![wallet],
            outcome,
        );
        Ok(match index {
            0 => prepared.creating(AccountToCreate::User),
            _ => prepared,
        })
    }

    /// The line that a wallet signs to attest a key.
    pub fn key_statement(
        &self,
        wallet: &Address,
        index: u32,
        key: &EncryptionKey,
    ) -> KeyAttestation {
        KeyAttestation {
            deployment: *self.ledger.deployment(),
            wallet: *wallet,
            index,
            key: key.to_bytes(),
        }
    }

    /// Compares the key on the ledger with the wallet's own keys.
    ///
    /// # Errors
    /// Those of the key source; [`ClientError::Node`], [`ClientError::Lie`].
    pub async fn own_key(&self, keys: &dyn KeySource) -> Result<OwnKey, ClientError> {
        let address = self.ledger.addresses().user(&keys.wallet());
        let Some(user) = self.ledger.find::<User>(&address).await? else {
            return Ok(OwnKey::None);
        };
        let index = user.key_index;
        match keys.secret_behind(self.ledger.deployment(), &user.encryption_key, index) {
            Ok((own, _)) if own == index => Ok(OwnKey::Present { index }),
            Ok((own, _)) => Ok(OwnKey::OtherIndex { index, own }),
            Err(ClientError::ForeignKey { .. }) => Ok(OwnKey::Foreign { index }),
            Err(error) => Err(error),
        }
    }

    /// The index that the wallet's next key will have: one more than that of the present one, which the wallet must have
    /// attested, or enough nodes agree on. For an index that a node made up, the wallet's attestation of the next one would
    /// make everybody refuse all its other keys.
    ///
    /// # Errors
    /// Those of [`Self::recipient`], except [`ClientError::NoKey`].
    pub async fn next_key_index(&self, wallet: &Address) -> Result<u32, ClientError> {
        let said = match wallet.is_on_curve() {
            true => self.published(wallet).await,
            false => self.agreed(wallet).await,
        };
        let present = match said {
            Err(ClientError::NoKey(_)) => return Ok(0),
            said => self.believed(wallet, said?).await?,
        };
        present.index.checked_add(1).ok_or_else(|| {
            ClientError::Argument(format!("wallet {wallet} has no index left for a key"))
        })
    }

    /// The secret behind a key on the ledger. The index that a node says it has is a hint.
    pub(crate) fn secret_for(
        &self,
        keys: &dyn KeySource,
        index: u32,
        key: &[u8; 32],
    ) -> Result<EncryptionSecret, ClientError> {
        let (own, secret) = keys.secret_behind(self.ledger.deployment(), key, index)?;
        if own != index {
            self.notice(Notice::OtherIndex {
                wallet: keys.wallet(),
                index,
                own,
            });
        }
        Ok(secret)
    }
}

pub(crate) fn line_error(error: SignLineError<SignerError>) -> ClientError {
    match error {
        SignLineError::Signer(error) => error.into(),
        SignLineError::Line(error) => {
            ClientError::Signer(format!("the wallet signed something else: {error}"))
        }
    }
}
