//! Uploading, asking and erasing at a real store.

use std::{path::PathBuf, sync::Arc};

use generion_client::{
    crypto::document::CiphertextDigest,
    locator::StoreUrl,
    store::{DocumentStatus, FetchPolicy, RequestError, StoreError},
};
use generion_interface::store::ErrorCode;
use generion_store::system_clock;
use solana_address::Address;
use solana_keypair::{Keypair, Signature};
use solana_signer::{Signer, SignerError};
use tempfile::TempDir;
use url::Url;

use crate::support::{Folder, Store, Stranger, client, digest, download, local, locator, ok};

/// A ciphertext on the disk, and who uploads and erases it.
struct Upload {
    folder: TempDir,
    ciphertext: Vec<u8>,
    uploader: Keypair,
    authority: Keypair,
}

impl Upload {
    fn new(ciphertext: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ciphertext"), ciphertext).unwrap();
        Self {
            folder,
            ciphertext: ciphertext.into(),
            uploader: Keypair::new(),
            authority: Keypair::new(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("ciphertext")
    }

    fn digest(&self) -> CiphertextDigest {
        digest(&self.ciphertext)
    }

    async fn to(&self, store: &StoreUrl) -> Result<Url, StoreError> {
        let authority = self.authority.pubkey();
        client()
            .upload(
                store,
                &self.path(),
                &self.digest(),
                &self.uploader,
                &authority,
            )
            .await
    }

    fn status(&self) -> DocumentStatus {
        DocumentStatus {
            erase_authority: self.authority.pubkey(),
            size: self.ciphertext.len() as u64,
        }
    }
}

#[tokio::test]
async fn a_document_is_uploaded_asked_about_and_downloaded() {
    let store = Store::start().await;
    for size in [0, 1, 65_536, 3_000_001] {
        let upload = Upload::new(&vec![7; size]);
        let url = upload.to(&store.url).await.unwrap();
        let expected = format!(
            "{}/v1/documents/{}",
            store.url,
            hex::encode(upload.digest().sha256)
        );
        assert_eq!(url.as_str(), expected);
        assert_eq!(
            client().status(&url, &local()).await.unwrap(),
            upload.status()
        );

        let folder = Folder::new();
        let locator = locator(&store.url, &upload.ciphertext);
        download(&locator, &local(), &folder.target())
            .await
            .unwrap();
        assert_eq!(folder.entries(), [folder.target()]);
        assert!(std::fs::read(folder.target()).unwrap() == upload.ciphertext);
    }
}

#[tokio::test]
async fn a_second_upload_is_fine_and_changes_nothing() {
    let store = Store::start().await;
    let (first, second) = (Upload::new(b"ciphertext"), Upload::new(b"ciphertext"));
    let url = first.to(&store.url).await.unwrap();
    assert_eq!(second.to(&store.url).await.unwrap(), url);
    assert_eq!(
        client().status(&url, &local()).await.unwrap(),
        first.status()
    );
}

#[tokio::test]
async fn only_its_authority_erases_a_document_and_then_it_is_gone() {
    let store = Store::start().await;
    let upload = Upload::new(b"ciphertext");
    let url = upload.to(&store.url).await.unwrap();
    let error = client().delete(&url, &upload.uploader).await.unwrap_err();
    assert_code(&error, ErrorCode::NotEraseAuthority);
    assert_eq!(
        client().status(&url, &local()).await.unwrap(),
        upload.status()
    );

    client().delete(&url, &upload.authority).await.unwrap();
    for error in [
        client().status(&url, &local()).await.unwrap_err(),
        client().delete(&url, &upload.authority).await.unwrap_err(),
        upload.to(&store.url).await.unwrap_err(),
    ] {
        assert!(
            matches!(&error, StoreError::Request(RequestError::Erased { url: erased }) if *erased == url),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_document_that_nobody_uploaded_is_not_found() {
    let store = Store::start().await;
    let url = format!("{}/v1/documents/{}", store.url, "0".repeat(64));
    let url = url.parse().unwrap();
    for error in [
        client().status(&url, &local()).await.unwrap_err(),
        client().delete(&url, &Keypair::new()).await.unwrap_err(),
    ] {
        assert!(
            matches!(&error, StoreError::Request(RequestError::NotFound { url: missing }) if *missing == url),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_file_that_is_not_what_was_encrypted_is_not_taken() {
    let store = Store::start().await;
    let upload = Upload::new(b"ciphertext");
    std::fs::write(upload.path(), b"Ciphertext").unwrap();
    assert_code(
        &upload.to(&store.url).await.unwrap_err(),
        ErrorCode::HashMismatch,
    );

    std::fs::write(upload.path(), b"ciphertext and more").unwrap();
    let error = upload.to(&store.url).await.unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Changed {
                expected: 10,
                found: 19,
                ..
            }
        ),
        "{error}"
    );

    std::fs::remove_file(upload.path()).unwrap();
    let error = upload.to(&store.url).await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Unreadable { path, .. } if *path == upload.path()),
        "{error}"
    );
}

#[tokio::test]
async fn clocks_that_differ_are_told_with_the_stores_time() {
    let now = system_clock();
    let store = Store::start_with(Arc::new(move || now() + 301), Vec::new()).await;
    // The store refuses by the head alone, while the larger body is still being sent.
    for size in [10, 3_000_000] {
        let error = Upload::new(&vec![7; size])
            .to(&store.url)
            .await
            .unwrap_err();
        let StoreError::Request(RequestError::ClockSkew { store_time, .. }) = &error else {
            panic!("{error}")
        };
        assert!(store_time.ends_with(" GMT"), "{store_time}");
    }
}

#[tokio::test]
async fn a_store_by_another_name_refuses() {
    let store = Store::start_with(system_clock(), vec!["store.example".into()]).await;
    assert_code(
        &Upload::new(b"ciphertext").to(&store.url).await.unwrap_err(),
        ErrorCode::WrongHost,
    );
}

#[tokio::test]
async fn a_store_that_takes_no_uploads_or_is_not_safe_is_sent_nothing() {
    let upload = Upload::new(b"ciphertext");
    let error = upload
        .to(&"file:///srv/documents".parse().unwrap())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, StoreError::Request(RequestError::Scheme { .. })),
        "{error}"
    );
    // Of another machine, whose way anybody could be on.
    let error = upload
        .to(&"http://192.0.2.1".parse().unwrap())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, StoreError::Request(RequestError::PlainHttp { .. })),
        "{error}"
    );
}

/// A document's address names the document, and a store's may hold a key.
#[tokio::test]
async fn errors_show_hosts_and_not_what_is_behind_them() {
    let store = Store::start().await;
    let url = format!("{}/v1/documents/{}", store.url, "0".repeat(64));
    let error = client()
        .status(&url.parse().unwrap(), &local())
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(text.contains(store.url.as_str()), "{text}");
    assert!(!text.contains("0000"), "{text}");
}

#[tokio::test]
async fn an_address_that_is_no_documents_is_refused_before_anything_is_sent() {
    let stranger = Stranger::saying(ok("", b"")).await;
    let (host, id) = (stranger.address, "a".repeat(64));
    for address in [
        format!("http://{host}/"),
        format!("http://{host}/v1/documents/"),
        format!("http://{host}/v1/documents/{}", "A".repeat(64)),
        format!("http://{host}/v1/documents/{id}/"),
        format!("http://{host}/v1/documents/{id}?query"),
        format!("http://{host}/v2/documents/{id}"),
        format!("http://user@{host}/v1/documents/{id}"),
        format!("file:///v1/documents/{id}"),
    ] {
        let url = Url::parse(&address).unwrap();
        for error in [
            client().status(&url, &local()).await.unwrap_err(),
            client().delete(&url, &Keypair::new()).await.unwrap_err(),
        ] {
            assert!(
                matches!(&error, StoreError::NotADocument { url } if url.as_str() == address),
                "{error}"
            );
        }
    }
    assert_eq!(stranger.connections(), 0);
}

#[tokio::test]
async fn a_status_follows_the_policy() {
    let store = Store::start().await;
    let url = Upload::new(b"ciphertext").to(&store.url).await.unwrap();
    let error = client()
        .status(&url, &FetchPolicy::default())
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Request(RequestError::PrivateAddress { .. })
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_server_that_names_no_erase_authority_is_no_store() {
    let key = Address::new_from_array([7; 32]);
    for headers in [
        "Content-Length: 10\r\n".to_owned(),
        "Content-Length: 10\r\nGenerion-Erase-Authority: 0OIl\r\n".to_owned(),
        format!("Generion-Erase-Authority: {key}\r\n"),
    ] {
        let stranger = Stranger::saying(ok(&headers, b"")).await;
        let url = format!(
            "http://{}/v1/documents/{}",
            stranger.address,
            "a".repeat(64)
        )
        .parse()
        .unwrap();
        let error = client().status(&url, &local()).await.unwrap_err();
        assert!(
            matches!(error, StoreError::NoEraseAuthority { .. }),
            "{headers}: {error}"
        );
    }
}

#[tokio::test]
async fn a_wallet_that_does_not_sign_is_told() {
    struct Locked;
    impl Signer for Locked {
        fn try_pubkey(&self) -> Result<Address, SignerError> {
            Ok(Address::new_from_array([7; 32]))
        }
        fn try_sign_message(&self, _: &[u8]) -> Result<Signature, SignerError> {
            Err(SignerError::Custom("locked".into()))
        }
        fn is_interactive(&self) -> bool {
            false
        }
    }

    let stranger = Stranger::saying(ok("", b"")).await;
    let store = stranger.url().parse().unwrap();
    let upload = Upload::new(b"ciphertext");
    let authority = upload.authority.pubkey();
    let error = client()
        .upload(
            &store,
            &upload.path(),
            &upload.digest(),
            &Locked,
            &authority,
        )
        .await
        .unwrap_err();
    assert!(
        matches!(&error, StoreError::Signer(SignerError::Custom(text)) if text == "locked"),
        "{error}"
    );
    assert_eq!(stranger.connections(), 0);
}

#[track_caller]
fn assert_code(error: &StoreError, expected: ErrorCode) {
    match error {
        StoreError::Request(RequestError::Refused { code, message, .. }) => {
            assert_eq!(*code, expected);
            assert!(!message.is_empty());
        }
        error => panic!("{error}"),
    }
}
