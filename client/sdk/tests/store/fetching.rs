//! Where a download goes on this machine's disk.

use std::sync::Arc;

use generion_client::store::{FetchError, RequestError, StoreMap};
use tokio::{io::AsyncWriteExt, sync::Semaphore};

use crate::support::{Folder, Stranger, client, download, local, locator, ok};

const DOCUMENT: &[u8] = b"the document";
const LENGTH: &str = "Content-Length: 12\r\n";

#[tokio::test]
async fn a_name_is_pinned_to_what_it_resolved_to() {
    let stranger = Stranger::saying(ok(LENGTH, DOCUMENT)).await;
    let url = format!("http://localhost:{}", stranger.address.port());
    let folder = Folder::new();
    download(&locator(url, DOCUMENT), &local(), &folder.target())
        .await
        .unwrap();
    assert_eq!(std::fs::read(folder.target()).unwrap(), DOCUMENT);
    assert_eq!(stranger.connections(), 1);
}

/// Each store is tried in its turn; whoever has the right bytes decides.
#[tokio::test]
async fn a_document_is_taken_from_the_first_store_that_has_it() {
    let gone = Stranger::saying("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n").await;
    let wrong = Stranger::saying(ok(LENGTH, b"The document")).await;
    let right = Stranger::saying(ok(LENGTH, DOCUMENT)).await;
    let never = Stranger::saying(ok(LENGTH, DOCUMENT)).await;
    let mut locator = locator(gone.url(), DOCUMENT);
    let (folder, policy) = (Folder::new(), local());
    for store in [&wrong, &right] {
        locator.stores.push(store.url().parse().unwrap());
    }
    download(&locator, &policy, &folder.target()).await.unwrap();
    assert_eq!(std::fs::read(folder.target()).unwrap(), DOCUMENT);

    // What happened at each is told, and where stores have moved to comes last.
    locator.stores.truncate(2);
    let folder = Folder::new();
    let error = download(&locator, &policy, &folder.target())
        .await
        .unwrap_err();
    let FetchError::All(errors) = &error else {
        panic!("{error}")
    };
    assert!(
        matches!(
            errors[..],
            [
                FetchError::Request(RequestError::Erased { .. }),
                FetchError::WrongHash { .. }
            ]
        ),
        "{error}"
    );
    assert!(folder.entries().is_empty());
    let moved = [
        format!("{}={}", gone.url(), right.url()),
        format!("{}={}", right.url(), never.url()),
    ];
    let map = StoreMap::new(moved.map(|text| text.parse().unwrap()).to_vec());
    client()
        .download(&locator, &policy, &map, &folder.target())
        .await
        .unwrap();
    assert_eq!(never.connections(), 0);
}

/// The download fails, because something is where it would go.
async fn assert_in_the_way(stranger: &Stranger, folder: &Folder) {
    let locator = locator(stranger.url(), DOCUMENT);
    let error = download(&locator, &local(), &folder.target())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, FetchError::Exists { path } if *path == folder.target()),
        "{error}"
    );
    assert_eq!(folder.entries(), [folder.target()]);
}

/// The same for a file, which stays as it is.
async fn assert_not_replaced(stranger: &Stranger, folder: &Folder) {
    assert_in_the_way(stranger, folder).await;
    assert_eq!(std::fs::read(folder.target()).unwrap(), b"mine");
}

#[tokio::test]
async fn what_is_there_is_not_replaced() {
    let stranger = Stranger::saying(ok(LENGTH, DOCUMENT)).await;
    let folder = Folder::new();
    std::fs::write(folder.target(), b"mine").unwrap();
    assert_not_replaced(&stranger, &folder).await;
    assert_eq!(stranger.connections(), 0);
}

#[tokio::test]
async fn what_comes_in_between_is_not_replaced() {
    let folder = Folder::new();
    let target = folder.target();
    let stranger = Stranger::start(move |mut stream| {
        let target = target.clone();
        async move {
            std::fs::write(target, b"mine").unwrap();
            stream.write_all(&ok(LENGTH, DOCUMENT)).await.unwrap();
        }
    })
    .await;
    assert_not_replaced(&stranger, &folder).await;
}

#[tokio::test]
async fn a_dangling_link_is_not_followed() {
    let stranger = Stranger::saying(ok(LENGTH, DOCUMENT)).await;
    let folder = Folder::new();
    std::os::unix::fs::symlink(folder.path().join("elsewhere"), folder.target()).unwrap();
    assert_in_the_way(&stranger, &folder).await;
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told() {
    let stranger = Stranger::saying(ok(LENGTH, DOCUMENT)).await;
    let folder = Folder::new();
    let target = folder.path().join("missing").join("document.age");
    let error = download(&locator(stranger.url(), DOCUMENT), &local(), &target)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, FetchError::Unwritable { path, .. } if *path == folder.path().join("missing")),
        "{error}"
    );
}

#[tokio::test]
async fn a_download_that_is_given_up_leaves_nothing() {
    let halfway = Arc::new(Semaphore::new(0));
    let sent = halfway.clone();
    let stranger = Stranger::start(move |mut stream| {
        let sent = sent.clone();
        async move {
            stream
                .write_all(&ok("Content-Length: 1000000\r\n", &[0; 500_000]))
                .await
                .unwrap();
            sent.add_permits(1);
            std::future::pending().await
        }
    })
    .await;
    let folder = Folder::new();
    let (locator, policy, target) = (
        locator(stranger.url(), &[0; 1_000_000]),
        local(),
        folder.target(),
    );
    tokio::select! {
        done = download(&locator, &policy, &target) => panic!("{done:?}"),
        permit = halfway.acquire() => drop(permit.unwrap()),
    }
    assert!(folder.entries().is_empty());
}
