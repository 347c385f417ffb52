//! Servers that are busy, and say when they will not be.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use generion_client::store::{FetchError, RequestError, StoreError};
use solana_keypair::Keypair;
use solana_signer::Signer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::Url;

use crate::support::{Folder, Stranger, client, digest, download, local, locator, ok, refused};

const DOCUMENT: &[u8] = b"the document";

fn busy(status: &str, headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n{headers}\r\n").into()
}

/// A server that gives these answers, one after the other, once it has read so much of a body.
async fn answering(answers: Vec<Vec<u8>>, body: usize) -> Stranger {
    let (answers, next) = (Arc::new(answers), Arc::new(AtomicUsize::new(0)));
    Stranger::start(move |mut stream| {
        let (answers, next) = (answers.clone(), next.clone());
        async move {
            stream.read_exact(&mut vec![0; body]).await.unwrap();
            let answer = &answers[next.fetch_add(1, Ordering::SeqCst)];
            stream.write_all(answer).await.unwrap();
        }
    })
    .await
}

async fn upload(server: &Stranger) -> Result<Url, StoreError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ciphertext");
    std::fs::write(&path, DOCUMENT).unwrap();
    let (uploader, authority) = (Keypair::new(), Keypair::new().pubkey());
    let store = server.url().parse().unwrap();
    let digest = digest(DOCUMENT);
    client()
        .upload(&store, &path, &digest, &uploader, &authority)
        .await
}

#[tokio::test]
async fn an_upload_waits_as_long_as_the_store_says() {
    let answers = vec![
        busy("503 Service Unavailable", "Retry-After: 0\r\n"),
        busy("429 Too Many Requests", "Retry-After: 1\r\n"),
        busy("503 Service Unavailable", "Retry-After: 0\r\n"),
        busy("201 Created", ""),
    ];
    let server = answering(answers, DOCUMENT.len()).await;
    upload(&server).await.unwrap();
    assert_eq!(server.connections(), 4);
}

/// A gateway without a store behind it says 503 too, and not when there will be one.
#[tokio::test]
async fn whoever_does_not_say_when_is_not_waited_for() {
    for headers in [
        "",
        "Retry-After: soon\r\n",
        "Retry-After: -1\r\n",
        // Longer than a store is waited for.
        "Retry-After: 3601\r\n",
        "Retry-After: 18446744073709551615\r\n",
    ] {
        let answers = vec![busy("503 Service Unavailable", headers)];
        let server = answering(answers, DOCUMENT.len()).await;
        let error = upload(&server).await.unwrap_err();
        assert!(
            matches!(
                error,
                StoreError::Request(RequestError::UnexpectedStatus { status: 503, .. })
            ),
            "{headers:?}: {error}"
        );
        assert_eq!(server.connections(), 1, "{headers:?}");
    }
}

#[tokio::test]
async fn a_download_waits_too_and_not_long() {
    let answers = vec![
        busy("503 Service Unavailable", "Retry-After: 0\r\n"),
        ok("Content-Length: 12\r\nConnection: close\r\n", DOCUMENT),
    ];
    let server = answering(answers, 0).await;
    let folder = Folder::new();
    let of_server = locator(server.url(), DOCUMENT);
    download(&of_server, &local(), &folder.target())
        .await
        .unwrap();
    assert_eq!(server.connections(), 2);

    // The server's address came from a stranger.
    let answers = vec![busy("503 Service Unavailable", "Retry-After: 61\r\n")];
    let server = answering(answers, 0).await;
    let error = refused(&locator(server.url(), DOCUMENT), &local()).await;
    assert!(
        matches!(
            error,
            FetchError::Request(RequestError::UnexpectedStatus { status: 503, .. })
        ),
        "{error}"
    );
}
