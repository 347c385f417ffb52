use generion::state::User;
use generion_crypto::keys::{EncryptionKey, EncryptionSecret};
use solana_address::Address;
use solana_signer::Signer;

use crate::{Client, ClientError, KeySource, Landed, SendOptions, Wallet};

impl Client {
    /// Publishes the first encryption key of a wallet, or the next one. `payer` pays rent and fee.
    ///
    /// # Errors
    /// [`ClientError::Signer`] where keys can't be derived from the wallet; those of [`crate::Ledger::send`].
    pub async fn publish_key(
        &self,
        wallet: &dyn Signer,
        payer: &dyn Signer,
    ) -> Result<Landed, ClientError> {
        let index = self.next_key_index(&wallet.pubkey()).await?;
        let secret =
            Wallet { signer: wallet }.encryption_secret(self.ledger.program_id(), index)?;
        self.publish_given_key(wallet, payer, &secret.public_key())
            .await
    }

    /// Publishes a key whose secret is kept elsewhere, and kept already: from now on records are made for it. The
    /// event tells the index that it got.
    ///
    /// # Errors
    /// Those of [`crate::Ledger::send`].
    pub async fn publish_given_key(
        &self,
        wallet: &dyn Signer,
        payer: &dyn Signer,
        key: &EncryptionKey,
    ) -> Result<Landed, ClientError> {
        let instruction = self.ledger.instructions().set_encryption_key(
            wallet.pubkey(),
            payer.pubkey(),
            key.to_bytes(),
        );
        self.ledger
            .send(&[instruction], payer, &[wallet], SendOptions::default())
            .await
    }

    /// The index that the wallet's next key will have.
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub async fn next_key_index(&self, wallet: &Address) -> Result<u32, ClientError> {
        let address = self.ledger.addresses().user(wallet);
        let user = self.ledger.find::<User>(&address).await?;
        Ok(user.map_or(0, |user| user.key_index.saturating_add(1)))
    }

    /// A wallet's published key.
    pub(crate) async fn published_key(
        &self,
        wallet: &Address,
    ) -> Result<EncryptionKey, ClientError> {
        let user = self.ledger.user(wallet).await?;
        EncryptionKey::from_bytes(&user.encryption_key).ok_or(ClientError::NoKey(*wallet))
    }

    /// The secret behind a key on the ledger, checked against it.
    pub(crate) fn secret_for(
        &self,
        keys: &dyn KeySource,
        index: u32,
        key: &[u8; 32],
    ) -> Result<EncryptionSecret, ClientError> {
        let secret = keys.encryption_secret(self.ledger.program_id(), index)?;
        if secret.public_key().to_bytes() != *key {
            return Err(ClientError::ForeignKey {
                wallet: keys.wallet(),
                index,
            });
        }
        Ok(secret)
    }
}
