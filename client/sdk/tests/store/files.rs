//! `file` addresses, and addresses of no kind that is followed.

use generion_client::store::{FetchError, FetchPolicy, RequestError};
use url::Url;

use crate::support::{Folder, client, locator, refused};

const DOCUMENT: &[u8] = b"the document";

fn with_files() -> FetchPolicy {
    FetchPolicy {
        allow_file: true,
        ..FetchPolicy::default()
    }
}

#[tokio::test]
async fn files_are_followed_only_where_the_policy_says_so() {
    let source = Folder::new();
    std::fs::write(source.target(), DOCUMENT).unwrap();
    let locator = locator(Url::from_file_path(source.target()).unwrap(), DOCUMENT);
    let error = refused(&locator, &FetchPolicy::default()).await;
    assert!(
        matches!(error, FetchError::Request(RequestError::Scheme { .. })),
        "{error}"
    );

    let folder = Folder::new();
    client()
        .download(&locator, &with_files(), &folder.target())
        .await
        .unwrap();
    assert_eq!(std::fs::read(folder.target()).unwrap(), DOCUMENT);
}

#[tokio::test]
async fn a_file_is_checked_as_a_download_is() {
    let source = Folder::new();
    std::fs::write(source.target(), DOCUMENT).unwrap();
    let url = Url::from_file_path(source.target()).unwrap();
    let error = refused(&locator(&url, &DOCUMENT[..11]), &with_files()).await;
    assert!(
        matches!(
            error,
            FetchError::WrongSize {
                expected: 11,
                found: 12,
                ..
            }
        ),
        "{error}"
    );
    let error = refused(&locator(&url, b"The document"), &with_files()).await;
    assert!(matches!(error, FetchError::WrongHash { .. }), "{error}");
}

#[tokio::test]
async fn what_is_no_file_is_not_read() {
    for path in ["/dev/zero", "/", "/no/such/file"] {
        let error = refused(&locator(format!("file://{path}"), DOCUMENT), &with_files()).await;
        assert!(
            matches!(&error, FetchError::Unreadable { path: found, .. } if found.as_os_str() == path),
            "{error}"
        );
    }
}

#[tokio::test]
async fn other_kinds_of_addresses_are_not_followed() {
    let policy = FetchPolicy {
        allow_private: true,
        ..with_files()
    };
    for url in [
        "ftp://127.0.0.1/document",
        "data:,document",
        "file://host/document",
        "unix:/run/socket",
    ] {
        let error = refused(&locator(url, DOCUMENT), &policy).await;
        assert!(
            matches!(error, FetchError::Request(RequestError::Scheme { .. })),
            "{url}: {error}"
        );
    }
    for url in ["", "document", "http://", "http://[::1"] {
        let error = refused(&locator(url, DOCUMENT), &policy).await;
        assert!(
            matches!(&error, FetchError::InvalidUrl { url: found, .. } if found == url),
            "{url}: {error}"
        );
    }
}
