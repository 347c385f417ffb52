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
        let address = self.ledger.addresses().user(&wallet.pubkey());
        let index = match self.ledger.find::<User>(&address).await? {
            Some(user) => user.key_index.saturating_add(1),
            None => 0,
        };
        let secret =
            Wallet { signer: wallet }.encryption_secret(self.ledger.program_id(), index)?;
        let key = secret.public_key().to_bytes();
        let instruction =
            self.ledger
                .instructions()
                .set_encryption_key(wallet.pubkey(), payer.pubkey(), key);
        self.ledger
            .send(&[instruction], payer, &[wallet], SendOptions::default())
            .await
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
