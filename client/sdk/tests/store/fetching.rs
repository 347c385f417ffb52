//! Where a download goes on this machine's disk.

use std::sync::Arc;

use generion_client::store::FetchError;
use tokio::{io::AsyncWriteExt, sync::Semaphore};

use crate::support::{Folder, Stranger, client, local, locator, ok};

const DOCUMENT: &[u8] = b"the document";
const LENGTH: &str = "Content-Length: 12\r\n";

#[tokio::test]
async fn a_name_is_pinned_to_what_it_resolved_to() {
    let stranger = Stranger::saying(ok(LENGTH, DOCUMENT)).await;
    let url = format!("http://localhost:{}/document", stranger.address.port());
    let folder = Folder::new();
    client()
        .download(&locator(url, DOCUMENT), &local(), &folder.target())
        .await
        .unwrap();
    assert_eq!(std::fs::read(folder.target()).unwrap(), DOCUMENT);
    assert_eq!(stranger.connections(), 1);
}

#[tokio::test]
async fn what_is_there_is_not_replaced() {
    let stranger = Stranger::saying(ok(LENGTH, DOCUMENT)).await;
    let folder = Folder::new();
    std::fs::write(folder.target(), b"mine").unwrap();
    let error = client()
        .download(
            &locator(stranger.url(), DOCUMENT),
            &local(),
            &folder.target(),
        )
        .await
        .unwrap_err();
    assert!(
        matches!(&error, FetchError::Exists { path } if *path == folder.target()),
        "{error}"
    );
    assert_eq!(std::fs::read(folder.target()).unwrap(), b"mine");
    assert_eq!(folder.entries(), [folder.target()]);
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
    let error = client()
        .download(
            &locator(stranger.url(), DOCUMENT),
            &local(),
            &folder.target(),
        )
        .await
        .unwrap_err();
    assert!(
        matches!(&error, FetchError::Exists { path } if *path == folder.target()),
        "{error}"
    );
    assert_eq!(std::fs::read(folder.target()).unwrap(), b"mine");
    assert_eq!(folder.entries(), [folder.target()]);
}

#[tokio::test]
async fn a_dangling_link_is_not_followed() {
    let stranger = Stranger::saying(ok(LENGTH, DOCUMENT)).await;
    let folder = Folder::new();
    std::os::unix::fs::symlink(folder.path().join("elsewhere"), folder.target()).unwrap();
    let error = client()
        .download(
            &locator(stranger.url(), DOCUMENT),
            &local(),
            &folder.target(),
        )
        .await
        .unwrap_err();
    assert!(
        matches!(&error, FetchError::Exists { path } if *path == folder.target()),
        "{error}"
    );
    assert_eq!(folder.entries(), [folder.target()]);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told() {
    let stranger = Stranger::saying(ok(LENGTH, DOCUMENT)).await;
    let folder = Folder::new();
    let target = folder.path().join("missing").join("document.age");
    let error = client()
        .download(&locator(stranger.url(), DOCUMENT), &local(), &target)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, FetchError::Unwritable { path, .. } if *path == target),
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
    let (client, locator, policy, target) = (
        client(),
        locator(stranger.url(), &[0; 1_000_000]),
        local(),
        folder.target(),
    );
    tokio::select! {
        done = client.download(&locator, &policy, &target) => panic!("{done:?}"),
        permit = halfway.acquire() => drop(permit.unwrap()),
    }
    assert!(folder.entries().is_empty());
}
