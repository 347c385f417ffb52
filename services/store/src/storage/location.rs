//! The location of a storage.

use std::{fmt, path::PathBuf};

use url::Url;

use super::error::OpenError;

/// Where a store keeps its documents.
#[derive(Clone, PartialEq, Eq)]
pub enum StorageLocation {
    /// A folder on this machine, which is created if it does not exist. One store at a time can use it.
    Folder(PathBuf),
    /// Object storage. Several stores can use it at the same time; each of them applies its own limits.
    Objects {
        /// `s3://BUCKET/PATH`, `gs://BUCKET/PATH` or `az://CONTAINER/PATH`.
        url: Url,
        /// The provider's settings by the names of their environment variables (such as `AWS_REGION`). They contain
        /// secrets, so `Debug` leaves them out.
        settings: Vec<(String, String)>,
    },
}

impl StorageLocation {
    /// The storage at `url`, with the settings of its provider from `environment`. `file:///FOLDER` is a folder.
    ///
    /// # Errors
    /// [`OpenError::UnknownStorage`].
    pub fn from_url(
        url: &Url,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, OpenError> {
        let unknown = || OpenError::UnknownStorage {
            url: redacted_url(url),
        };
        if url.scheme() == "file" {
            return url.to_file_path().map(Self::Folder).map_err(|()| unknown());
        }
        let prefix = match url.scheme() {
            "s3" => "AWS_",
            "gs" => "GOOGLE_",
            "az" => "AZURE_",
            _ => return Err(unknown()),
        };
        // Credentials in a URL would be visible in the list of processes.
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
                .field("url", &redacted_url(url))
                .finish_non_exhaustive(),
        }
    }
}

/// The URL without user name, password and query, which may be secrets.
pub fn redacted_url(url: &Url) -> String {
    let mut url = url.clone();
    // These fail only for URLs that can't have a user name or password.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.to_string()
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
    fn a_url_takes_the_settings_of_its_own_provider() {
        for (url, expected) in [
            (
                "s3://bucket/path",
                &["AWS_SECRET_ACCESS_KEY", "AWS_REGION"][..],
            ),
            ("gs://bucket", &[]),
            ("az://container/path", &["AZURE_STORAGE_ACCOUNT_NAME"]),
        ] {
            let StorageLocation::Objects { settings, .. } = location(url).unwrap() else {
                panic!("{url} is a folder");
            };
            let names: Vec<_> = settings.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, expected, "{url}");
        }
        let folder = StorageLocation::Folder("/var/lib/documents".into());
        assert_eq!(location("file:///var/lib/documents").unwrap(), folder);
    }

    #[test]
    fn unsupported_urls_are_refused() {
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
    fn debug_omits_settings() {
        let location = location("s3://bucket/path?secret=hush").unwrap();
        assert_eq!(
            format!("{location:?}"),
            "Objects { url: \"s3://bucket/path\", .. }"
        );
    }
}
