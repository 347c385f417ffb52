use std::path::Path;

use generion::{GenerionError, ShareRecordArgs, state::Share};
use generion_crypto::{capsule, rand_core::OsRng, record::RecordElement};
use generion_interface::Locator;
use solana_address::Address;
use solana_signer::Signer;

use super::{
    documents::{keep, record_key},
    recipient::Recipient,
};
use crate::{
    client::Client,
    error::ClientError,
    files::staged_file::StagedFile,
    ledger::rent::AccountToCreate,
    saved::sealed_record::SealedRecord,
    transaction::{
        budget::limits,
        prepared::{Common, Confidential, Prepared},
    },
    wallet::KeySource,
};

impl Client {
    /// Opens a record to another user, free of charge; returns the share's address. `expires_at`: Unix time in seconds, 0:
    /// never. `keys` are the owner's. Errors that the program would report are found here, so that nobody is shown a capsule in
    /// vain.
    ///
    /// # Errors
    /// [`ClientError::DataKeyMismatch`] where the record doesn't hold its document's key; [`ClientError::Argument`] where
    /// it is not verified, is shared with the recipient already, or the expiry is in the past.
    pub async fn share_record<'a>(
        &'a self,
        owner: &'a (dyn Signer + Sync),
        keys: &dyn KeySource,
        payer: &'a (dyn Signer + Sync),
        record: &Address,
        recipient: &Recipient,
        expires_at: i64,
    ) -> Result<Confidential<'a, Address>, ClientError> {
        let listed = self.listed_record(record).await?;
        let element = self.open_own_capsule(keys, &listed)?;
        record_key(&SealedRecord::from(&listed), &element)?;
        let refused =
            |rule: GenerionError| ClientError::Argument(format!("record {record}: {rule}"));
        if !listed.account.state.is_verified() {
            return Err(refused(GenerionError::NotVerified));
        }
        let share = self.ledger.addresses().share(record, &recipient.wallet);
        if self.ledger.find::<Share>(&share).await?.is_some() {
            return Err(refused(GenerionError::AccountAlreadyExists));
        }
        if expires_at != 0 && expires_at <= self.ledger.unix_time().await? {
            return Err(refused(GenerionError::ExpiryInPast));
        }
        let instruction = |element: &RecordElement| {
            let (capsule, _) = capsule::seal(element, &recipient.key, &mut OsRng);
            let args = ShareRecordArgs {
                key_index: recipient.index,
                capsule,
                expires_at,
            };
            self.ledger.instructions().share_record(
                owner.pubkey(),
                payer.pubkey(),
                *record,
                &recipient.wallet,
                args,
            )
        };
        let random = RecordElement::random(&mut OsRng);
        Ok(Common {
            ledger: &self.ledger,
            payer,
            signers: vec![owner],
            units: limits::SHARE_RECORD,
            accounts: vec![AccountToCreate::Share],
        }
        .confidential(
            vec![instruction(&element)],
            vec![instruction(&random)],
            share,
        ))
    }

    /// Opens a record that was shared with this user into a file.
    ///
    /// # Errors
    /// A [`ClientError`] that names the reason; nothing is written then.
    pub async fn open_share(
        &self,
        recipient: &dyn KeySource,
        address: &Address,
        to: &Path,
    ) -> Result<Locator, ClientError> {
        let document = StagedFile::beside(to)?;
        let locator = self.open_share_into(recipient, address, &document).await?;
        keep(document, to)?;
        Ok(locator)
    }

    /// As [`Self::open_share`], for programs that give the document its place later.
    ///
    /// # Errors
    /// A [`ClientError`] that names the reason.
    pub async fn open_share_into(
        &self,
        recipient: &dyn KeySource,
        address: &Address,
        to: &StagedFile,
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
        let record = self.listed_record(&share.record).await?;
        let (unlocked, _) = self.open_with(&element, &(&record).into(), to).await?;
        Ok(unlocked.locator)
    }

    /// Closes a share. The recipient may have opened it already.
    ///
    /// # Errors
    /// Those of [`crate::Ledger::share`].
    pub async fn revoke_share<'a>(
        &'a self,
        owner: &'a (dyn Signer + Sync),
        payer: &'a (dyn Signer + Sync),
        address: &Address,
    ) -> Result<Prepared<'a>, ClientError> {
        let share = self.ledger.share(address).await?;
        let instruction = self.ledger.instructions().revoke_share(*address, &share);
        Ok(Prepared::new(
            &self.ledger,
            vec![instruction],
            payer,
            vec![owner],
            (),
        ))
    }
}
