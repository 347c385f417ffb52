//! Object storage of a provider: Amazon S3 and compatible services, Google Cloud Storage, Azure Blob Storage.

use std::{io, ops::Range, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use object_store::{
    BackoffConfig, ClientConfigKey, ClientOptions, Error as ObjectError, GetOptions, ObjectStore,
    ObjectStoreExt, ObjectStoreScheme, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    azure::{AzureConfigKey, MicrosoftAzureBuilder},
    gcp::{GoogleCloudStorageBuilder, GoogleConfigKey},
    path::Path,
    prefix::PrefixStore,
};
use url::Url;

use super::{Backend, BlobContent, conditional_writes};
use crate::storage::{
    directory::FileVersion,
    error::{OpenError, StorageError, object_error},
    location::redacted_url,
};

/// How long a request to object storage may wait for the next bytes.
const READ_TIMEOUT: &str = "30s";
/// How long a failing request is repeated. The store's client waits for its answer meanwhile.
const RETRY_TIMEOUT: Duration = Duration::from_secs(20);
const MAX_RETRIES: usize = 5;

/// A bucket, or a path in a bucket. Several stores may use it at the same time.
#[derive(Debug)]
pub struct ObjectStorage {
    object_store: Arc<dyn ObjectStore>,
}

impl ObjectStorage {
    /// Sets up the client for the bucket at `url`. Sends no request.
    ///
    /// `settings` are the provider's settings by the names of their environment variables.
    pub fn open(url: &Url, settings: &[(String, String)]) -> Result<Self, OpenError> {
        let unusable = |source| OpenError::Settings {
            url: redacted_url(url),
            source,
        };
        // Fails if another store in this process has installed the provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (scheme, path) =
            ObjectStoreScheme::parse(url).map_err(|error| unusable(error.into()))?;
        // No time limit on a whole request: a document is sent as fast as its reader takes it.
        let client = ClientOptions::new()
            .with_timeout_disabled()
            .with_config(ClientConfigKey::ReadTimeout, READ_TIMEOUT);
        let retry = RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: MAX_RETRIES,
            retry_timeout: RETRY_TIMEOUT,
        };
        macro_rules! build {
            ($builder:ty, $key:ty) => {{
                let mut builder = <$builder>::new()
                    .with_url(url.as_str())
                    .with_client_options(client)
                    .with_retry(retry);
                for (name, value) in settings {
                    if let Ok(key) = name.to_ascii_lowercase().parse::<$key>() {
                        builder = builder.with_config(key, value.as_str());
                    }
                }
                Arc::new(PrefixStore::new(builder.build().map_err(unusable)?, path))
            }};
        }
        let object_store: Arc<dyn ObjectStore> = match scheme {
            ObjectStoreScheme::AmazonS3 => build!(AmazonS3Builder, AmazonS3ConfigKey),
            ObjectStoreScheme::GoogleCloudStorage => {
                build!(GoogleCloudStorageBuilder, GoogleConfigKey)
            }
            ObjectStoreScheme::MicrosoftAzure => build!(MicrosoftAzureBuilder, AzureConfigKey),
            _ => {
                return Err(OpenError::UnknownStorage {
                    url: redacted_url(url),
                });
            }
        };
        Ok(Self { object_store })
    }
}

#[async_trait]
impl Backend for ObjectStorage {
    fn object_store(&self) -> &Arc<dyn ObjectStore> {
        &self.object_store
    }

    fn is_shared(&self) -> bool {
        true
    }

    async fn verify(&self) -> Result<(), OpenError> {
        conditional_writes::check(&*self.object_store).await
    }

    async fn get(&self, path: &Path) -> Result<Option<Bytes>, StorageError> {
        let content = async { self.object_store.get(path).await?.bytes().await };
        match content.await {
            Ok(content) => Ok(Some(content)),
            Err(ObjectError::NotFound { .. }) => Ok(None),
            Err(source) => Err(object_error("read", path, source)),
        }
    }

    async fn read(
        &self,
        path: &Path,
        size: u64,
        range: Range<u64>,
    ) -> Result<Option<BlobContent>, StorageError> {
        // No range of an empty document can be requested.
        let options = match range.is_empty() {
            true => GetOptions::new(),
            false => GetOptions::new().with_range(Some(range)),
        };
        match self.object_store.get_opts(path, options).await {
            Ok(found) if found.meta.size == size => {
                let bytes = found.into_stream().map_err(io::Error::other).boxed();
                Ok(Some(BlobContent::Stream(bytes)))
            }
            Ok(_) | Err(ObjectError::NotFound { .. }) => Ok(None),
            Err(source) => Err(object_error("read", path, source)),
        }
    }

    async fn persist_removal(&self, _: &Path) -> Result<(), StorageError> {
        // Providers report a removal when it is durable.
        Ok(())
    }

    fn is_unchanged(&self, _: &Path, _: &FileVersion) -> bool {
        // Nothing is returned as a whole file.
        false
    }
}
