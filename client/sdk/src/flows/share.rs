use std::path::Path;

use generion::{ShareRecordArgs, state::Share};
use generion_crypto::{capsule, rand_core::OsRng};
use generion_interface::Locator;
use solana_address::Address;
use solana_signer::Signer;

use super::documents::record_key;
use crate::{Client, ClientError, KeySource, Landed, Listed, SendOptions, receipts::ParsedReceipt};

impl Client {
    /// Opens a record to another user, free of charge; the share's address. `expires_at`: Unix time in seconds, 0: never.
    /// `keys` are the owner's.
    ///
    /// # Errors
    /// [`ClientError::DataKeyMismatch`] before anything is sent, where the record doesn't hold its document's key;
    /// [`ClientError::NoKey`] of the recipient; those of [`crate::Ledger::send`].
    pub async fn share_record(
        &self,
        owner: &dyn Signer,
        keys: &dyn KeySource,
        payer: &dyn Signer,
        record: &Address,
        recipient: &Address,
        expires_at: i64,
    ) -> Result<(Address, Landed), ClientError> {
        let listed = Listed {
            address: *record,
            account: self.ledger.record(record).await?,
        };
        let element = self.open_own_capsule(keys, &listed)?;
        record_key(&ParsedReceipt::from(&listed), &element)?;
        let recipient_key = self.published_key(recipient).await?;
        let (capsule, _) = capsule::seal(&element, &recipient_key, &mut OsRng);
        let instruction = self.ledger.instructions().share_record(
            owner.pubkey(),
            payer.pubkey(),
            *record,
            recipient,
            ShareRecordArgs {
                capsule,
                expires_at,
            },
        );
        let landed = self
            .ledger
            .send(&[instruction], payer, &[owner], SendOptions::default())
            .await?;
        Ok((self.ledger.addresses().share(record, recipient), landed))
    }

    /// Opens a record that was shared with this user into a file.
    ///
    /// # Errors
    /// A [`ClientError`] that names what is wrong; nothing is written then.
    pub async fn open_share(
        &self,
        recipient: &dyn KeySource,
        address: &Address,
        to: &Path,
    ) -> Result<Locator, ClientError> {
        let share: Share = self.ledger.share(address).await?;
        if share.recipient != recipient.wallet() {
            return Err(ClientError::Argument(format!(
                "share {address} is for wallet {}, not for {}",
                share.recipient,
                recipient.wallet()
            )));
        }
        let secret = self.secret_for(recipient, share.key_index, &share.recipient_key)?;
        let element =
            capsule::open(&share.capsule, &secret).map_err(|source| ClientError::Capsule {
                record: share.record,
                source,
            })?;
        let record = Listed {
            address: share.record,
            account: self.ledger.record(&share.record).await?,
        };
        self.open_with(&element, &ParsedReceipt::from(&record), to)
            .await
    }

    /// Closes a share. The recipient may have opened it already.
    ///
    /// # Errors
    /// Those of [`crate::Ledger::send`].
    pub async fn revoke_share(
        &self,
        owner: &dyn Signer,
        payer: &dyn Signer,
        address: &Address,
    ) -> Result<Landed, ClientError> {
        let share = self.ledger.share(address).await?;
        let instruction = self.ledger.instructions().revoke_share(*address, &share);
        self.ledger
            .send(&[instruction], payer, &[owner], SendOptions::default())
            .await
    }
}
