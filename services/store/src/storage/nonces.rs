//! The nonces of accepted requests.

use futures::TryStreamExt;
use generion_interface::store::{MAX_CLOCK_SKEW_SECONDS, SignedRequest};

use super::{
    error::StorageError,
    key::{BlobId, StorageKey},
    objects::{ObjectInfo, Objects},
};

/// Longer than any request takes from the check of its time to the creation of its nonce. Without a margin, a request
/// that passed the check at the end of the time window could use a nonce again that was just removed.
const MARGIN_SECONDS: u64 = 60;

/// Remembers signed requests that were accepted, for as long as the check of their time would accept them again.
#[derive(Clone, Debug)]
pub struct Nonces(Objects);

impl Nonces {
    pub fn new(objects: Objects) -> Self {
        Self(objects)
    }

    /// Remembers a request whose signature is valid. Returns whether the request is new. Each signer has separate
    /// nonces, so nobody can consume the nonces of somebody else.
    pub async fn consume(&self, signed: &SignedRequest) -> Result<bool, StorageError> {
        let token = BlobId::random().map_err(StorageError::Random)?;
        let token = token.to_string().into();
        self.0.create(StorageKey::Nonce(signed), token).await
    }

    /// Whether a request was accepted before.
    pub async fn contains(&self, signed: &SignedRequest) -> Result<bool, StorageError> {
        Ok(self.0.get(StorageKey::Nonce(signed)).await?.is_some())
    }

    /// Forgets the requests that the check of their time refuses at `now`, in seconds since 1970.
    pub async fn purge(&self, now: u64) -> Result<(), StorageError> {
        let mut nonces = self.0.list(StorageKey::NONCES.into());
        while let Some(ObjectInfo { path, .. }) = nonces.try_next().await? {
            let expired = StorageKey::parse_nonce_time(&path).is_some_and(|time| {
                now.saturating_sub(time) > MAX_CLOCK_SKEW_SECONDS + MARGIN_SECONDS
            });
            if expired {
                self.0.remove(&path).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use generion_interface::store::{DocumentId, Nonce, Operation, StoreRequest};
    use solana_address::Address;

    use super::*;
    use crate::storage::location::StorageLocation;

    #[tokio::test]
    async fn a_nonce_is_kept_as_long_as_its_time_window_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let location = StorageLocation::Folder(folder.path().into());
        let nonces = Nonces::new(Objects::open(&location).await.unwrap());
        let key = Address::new_from_array([1; 32]);
        let time = 1_790_000_000;
        let signed = StoreRequest {
            operation: Operation::Upload(DocumentId::of(b"").into()),
            host: "store.example".to_owned(),
            erase_authority: key,
            unix_time: time,
            nonce: Nonce([2; 16]),
        }
        .signed(key, [3; 64].into());

        assert!(!nonces.contains(&signed).await.unwrap());
        assert!(nonces.consume(&signed).await.unwrap());
        assert!(nonces.contains(&signed).await.unwrap());
        let end = time + MAX_CLOCK_SKEW_SECONDS + MARGIN_SECONDS;
        nonces.purge(end).await.unwrap();
        assert!(!nonces.consume(&signed).await.unwrap());
        nonces.purge(end + 1).await.unwrap();
        assert!(nonces.consume(&signed).await.unwrap());
    }
}
