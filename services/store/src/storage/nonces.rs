use futures::TryStreamExt;
use generion_interface::store::{MAX_CLOCK_SKEW_SECONDS, SignedRequest};

use super::{
    Backend, StorageError,
    backend::Listed,
    key::{BlobId, StorageKey},
};

/// Longer than any request takes from the check of its time to the creation of its nonce: a nonce that was dropped as
/// soon as its time window closed could be taken again by a request which had found the window open.
const MARGIN_SECONDS: u64 = 60;

/// The signed requests that were accepted, kept for as long as their time alone would not refuse them.
#[derive(Clone, Debug)]
pub struct Nonces(Backend);

impl Nonces {
    pub fn new(backend: Backend) -> Self {
        Self(backend)
    }

    /// Remembers a request whose signature is valid; says whether it is new. Each signer has nonces of its own, so
    /// that nobody can use up another's.
    pub async fn take(&self, signed: &SignedRequest) -> Result<bool, StorageError> {
        let token = BlobId::random().map_err(StorageError::Random)?;
        let token = token.to_string().into();
        self.0.create(StorageKey::Nonce(signed), token).await
    }

    /// Whether a request was remembered.
    pub async fn has(&self, signed: &SignedRequest) -> Result<bool, StorageError> {
        Ok(self.0.get(StorageKey::Nonce(signed)).await?.is_some())
    }

    /// Forgets the requests that their time refuses at `now`.
    pub async fn purge(&self, now: u64) -> Result<(), StorageError> {
        let mut nonces = self.0.list(StorageKey::NONCES.into());
        while let Some(Listed { path, .. }) = nonces.try_next().await? {
            let expired = StorageKey::parse_nonce_time(&path).is_some_and(|time| {
                now.saturating_sub(time) > MAX_CLOCK_SKEW_SECONDS + MARGIN_SECONDS
            });
            if expired {
                self.0.remove(path).await?;
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
    use crate::storage::StorageLocation;

    #[tokio::test]
    async fn a_nonce_is_kept_as_long_as_its_time_window_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let location = StorageLocation::Folder(folder.path().into());
        let nonces = Nonces::new(Backend::open(&location).await.unwrap());
        let key = Address::new_from_array([1; 32]);
        let time = 1_790_000_000;
        let signed = StoreRequest {
            operation: Operation::Upload,
            host: "store.example".to_owned(),
            document: DocumentId::of(b""),
            erase_authority: key,
            unix_time: time,
            nonce: Nonce([2; 16]),
        }
        .signed(key, [3; 64].into());

        assert!(!nonces.has(&signed).await.unwrap());
        assert!(nonces.take(&signed).await.unwrap());
        assert!(nonces.has(&signed).await.unwrap());
        let end = time + MAX_CLOCK_SKEW_SECONDS + MARGIN_SECONDS;
        nonces.purge(end).await.unwrap();
        assert!(!nonces.take(&signed).await.unwrap());
        nonces.purge(end + 1).await.unwrap();
        assert!(nonces.take(&signed).await.unwrap());
    }
}
