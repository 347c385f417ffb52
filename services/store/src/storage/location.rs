//! Where documents are kept, by URL.

use std::{fmt, path::PathBuf, time::Duration};

use object_store::{
    BackoffConfig, ClientConfigKey, ClientOptions, ObjectStore, ObjectStoreScheme, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    azure::{AzureConfigKey, MicrosoftAzureBuilder},
    gcp::{GoogleCloudStorageBuilder, GoogleConfigKey},
    prefix::PrefixStore,
};
use url::Url;

use super::error::OpenError;

/// How long a request to object storage may be left waiting for the next bytes.
const READ_TIMEOUT: &str = "30s";
/// How long a failing request is repeated. A client waits for the answer meanwhile.
const RETRY_TIMEOUT: Duration = Duration::from_secs(20);
const MAX_RETRIES: usize = 5;

/// Where documents are kept.
#[derive(Clone, PartialEq, Eq)]
pub enum StorageLocation {
    /// A folder of this machine, which is made if it is not there. One store at a time may use it.
    Folder(PathBuf),
    /// Object storage. Several stores may use it, each of which has a limit of its own on what runs at once.
    Objects {
        /// `s3://BUCKET/PATH`, `gs://BUCKET/PATH` or `az://CONTAINER/PATH`.
        url: Url,
        /// The provider's settings, by the names of their environment variables (`AWS_REGION` and so on). Secrets
        /// are among them, so that they are not shown.
        settings: Vec<(String, String)>,
    },
}

impl StorageLocation {
    /// The storage that a URL names, with the settings of its provider in `environment`; `file:///FOLDER` is a folder.
    ///
    /// # Errors
    /// [`OpenError::UnknownStorage`].
    pub fn from_url(
        url: &Url,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, OpenError> {
        let unknown = || OpenError::UnknownStorage { url: shown(url) };
        if url.scheme() == "file" {
            return url.to_file_path().map(Self::Folder).map_err(|()| unknown());
        }
        let prefix = match url.scheme() {
            "s3" => "AWS_",
            "gs" => "GOOGLE_",
            "az" => "AZURE_",
            _ => return Err(unknown()),
        };
        // Credentials in a URL would stand in the list of processes.
        if !url.has_host() || !url.username().is_empty() || url.password().is_some() {
            return Err(unknown());
        }
        let settings = environment
            .into_iter()
            .filter(|(name, _)| name.starts_with(prefix))
            .collect();
        let url = url.clone();
        Ok(Self::Objects { url, settings })
    }
}

impl fmt::Debug for StorageLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => f.debug_tuple("Folder").field(path).finish(),
            Self::Objects { url, .. } => f
                .debug_struct("Objects")
                .field("url", &shown(url))
                .finish_non_exhaustive(),
        }
    }
}

/// The URL as it may be shown: without what could be a secret.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Where a URL can't have them, it has none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.to_string()
}

/// Object storage by its URL and settings.
pub fn open_objects(
    url: &Url,
    settings: &[(String, String)],
) -> Result<Box<dyn ObjectStore>, OpenError> {
    let unusable = |source| OpenError::Settings {
        url: shown(url),
        source,
    };
    // It was installed already if there are two stores in this process.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (scheme, path) = ObjectStoreScheme::parse(url).map_err(|error| unusable(error.into()))?;
    // Without a limit on the whole: a document goes out as fast as its reader takes it.
    let client = ClientOptions::new()
        .with_timeout_disabled()
        .with_config(ClientConfigKey::ReadTimeout, READ_TIMEOUT);
    let retry = RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: MAX_RETRIES,
        retry_timeout: RETRY_TIMEOUT,
    };
    let settings = || {
        settings
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.as_str()))
    };
    macro_rules! build {
        ($builder:ty, $key:ty) => {{
            let mut builder = <$builder>::new()
                .with_url(url.as_str())
                .with_client_options(client)
                .with_retry(retry);
            for (name, value) in settings() {
                if let Ok(key) = name.parse::<$key>() {
                    builder = builder.with_config(key, value);
                }
            }
            Box::new(PrefixStore::new(builder.build().map_err(unusable)?, path))
        }};
    }
    Ok(match scheme {
        ObjectStoreScheme::AmazonS3 => build!(AmazonS3Builder, AmazonS3ConfigKey),
        ObjectStoreScheme::GoogleCloudStorage => {
            build!(GoogleCloudStorageBuilder, GoogleConfigKey)
        }
        ObjectStoreScheme::MicrosoftAzure => build!(MicrosoftAzureBuilder, AzureConfigKey),
        _ => return Err(OpenError::UnknownStorage { url: shown(url) }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(url: &str) -> Result<StorageLocation, OpenError> {
        let environment = [
            ("AWS_SECRET_ACCESS_KEY", "hush"),
            ("AWS_REGION", "eu-central-1"),
            ("AZURE_STORAGE_ACCOUNT_NAME", "clinic"),
            ("PATH", "/bin"),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        StorageLocation::from_url(&url.parse().unwrap(), environment)
    }

    #[test]
    fn a_url_takes_its_own_provider_s_settings() {
        for (url, expected) in [
            (
                "s3://bucket/path",
                &["AWS_SECRET_ACCESS_KEY", "AWS_REGION"][..],
            ),
            ("gs://bucket", &[]),
            ("az://container/path", &["AZURE_STORAGE_ACCOUNT_NAME"]),
        ] {
            let StorageLocation::Objects { settings, .. } = location(url).unwrap() else {
                panic!("{url} is no folder");
            };
            let names: Vec<_> = settings.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, expected, "{url}");
        }
        let folder = StorageLocation::Folder("/var/lib/documents".into());
        assert_eq!(location("file:///var/lib/documents").unwrap(), folder);
    }

    #[test]
    fn what_can_t_hold_documents_is_refused() {
        for url in [
            "memory:///",
            "http://store.example/",
            "ftp://store.example/",
            "s3://user:hush@bucket/",
        ] {
            let error = location(url).unwrap_err();
            assert!(
                matches!(error, OpenError::UnknownStorage { .. }),
                "{url}: {error}"
            );
            assert!(!error.to_string().contains("hush"), "{error}");
        }
    }

    #[test]
    fn settings_are_not_shown() {
        let location = location("s3://bucket/path?secret=hush").unwrap();
        assert_eq!(
            format!("{location:?}"),
            "Objects { url: \"s3://bucket/path\", .. }"
        );
    }
}
