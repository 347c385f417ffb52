//! Stores in files.

use generion_client::store::{FetchError, FetchPolicy, RequestError};

use crate::support::{Folder, download, locator, refused};

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
    let locator = locator(source.store_with(DOCUMENT, DOCUMENT), DOCUMENT);
    let error = refused(&locator, &FetchPolicy::default()).await;
    assert!(
        matches!(error, FetchError::Request(RequestError::Scheme { .. })),
        "{error}"
    );

    let folder = Folder::new();
    download(&locator, &with_files(), &folder.target())
        .await
        .unwrap();
    assert_eq!(std::fs::read(folder.target()).unwrap(), DOCUMENT);
}

#[tokio::test]
async fn a_file_is_checked_as_a_download_is() {
    let source = Folder::new();
    let store = source.store_with(&DOCUMENT[..11], DOCUMENT);
    let error = refused(&locator(&store, &DOCUMENT[..11]), &with_files()).await;
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
    let store = source.store_with(b"The document", DOCUMENT);
    let error = refused(&locator(&store, b"The document"), &with_files()).await;
    assert!(matches!(error, FetchError::WrongHash { .. }), "{error}");
}

#[tokio::test]
async fn what_is_no_file_is_not_read() {
    let source = Folder::new();
    let path = source.document(DOCUMENT);
    let store = format!("file://{}", source.path().display());
    let unreadable = async || {
        let error = refused(&locator(&store, DOCUMENT), &with_files()).await;
        assert!(
            matches!(&error, FetchError::Unreadable { path: found, .. } if *found == path),
            "{error}"
        );
    };
    unreadable().await;
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
    unreadable().await;
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    unreadable().await;
}
