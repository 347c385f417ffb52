//! What differs on object storage: conditions, multipart uploads, conflicts and lost answers.

use std::{
    fs::File,
    sync::atomic::Ordering,
    time::{Duration, SystemTime},
};

use generion_interface::store::{DocumentId, ErrorCode};
use generion_store::{Config, Limits, OpenError, Server, StartError, StorageLocation};

use crate::support::{s3::S3Server, *};

/// Longer than two parts.
const LARGE: usize = 11 * 1024 * 1024 + 7;

async fn s3_store() -> TestStore {
    TestStore::at(TestStorage::s3().await).await
}

fn server(store: &TestStore) -> &S3Server {
    match &*store.storage {
        TestStorage::S3(server) => server,
        TestStorage::Folder(_) => panic!("the storage is a folder"),
    }
}

async fn start_error(storage: &TestStorage) -> StartError {
    match Server::bind(Config::on(storage.location())).await {
        Ok(_) => panic!("the store started"),
        Err(error) => error,
    }
}

/// The store does not start, because several writers could replace one object, and leaves nothing of its probes.
async fn assert_not_usable(server: S3Server) -> TestStorage {
    let storage = TestStorage::S3(server);
    let error = start_error(&storage).await;
    assert!(
        matches!(error, StartError::Open(OpenError::NoConditionalWrites)),
        "{error}"
    );
    assert!(files(&storage.path(), "probes").is_empty());
    storage
}

#[tokio::test]
async fn a_store_does_not_start_on_storage_that_ignores_conditions() {
    let server = S3Server::start().await;
    server
        .faults
        .ignores_conditions
        .store(true, Ordering::SeqCst);
    assert_not_usable(server).await;
}

/// Writers one after the other don't show this fault.
#[tokio::test]
async fn a_store_does_not_start_on_storage_where_two_writers_create_one_object() {
    let server = S3Server::start().await;
    server
        .faults
        .checks_before_writing
        .store(true, Ordering::SeqCst);
    let storage = assert_not_usable(server).await;
    assert!(!storage.path().join("format").exists());
}

/// Amazon S3 may answer all of several writers that they conflicted.
#[tokio::test]
async fn a_store_starts_if_all_writers_conflict_at_first() {
    let server = S3Server::start().await;
    server.faults.conflicts.store(8, Ordering::SeqCst);
    let store = TestStore::at(TestStorage::S3(server)).await;
    store.publish(&Key::new(1), b"ciphertext").await;
}

#[tokio::test]
async fn a_store_does_not_start_on_a_bucket_of_another_format() {
    let store = s3_store().await;
    std::fs::write(store.storage.path().join("format"), "2").unwrap();
    let error = start_error(&store.storage).await;
    assert!(
        matches!(&error, StartError::Open(OpenError::UnknownFormat { found }) if found == "2"),
        "{error}"
    );
}

#[tokio::test]
async fn a_store_does_not_start_with_wrong_credentials() {
    let server = S3Server::start().await;
    let mut settings = server.settings();
    settings.retain(|(name, _)| name != "AWS_SECRET_ACCESS_KEY");
    settings.push(("AWS_SECRET_ACCESS_KEY".to_owned(), "another".to_owned()));
    let location = StorageLocation::from_url(&server.url().parse().unwrap(), settings);
    let error = Server::bind(Config::on(location.unwrap())).await.err();
    assert!(
        matches!(error, Some(StartError::Open(OpenError::Unreachable(_)))),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_small_document_is_one_write_and_a_large_one_is_several_parts() {
    let store = s3_store().await;
    let puts = |what: &str| {
        let requests = server(&store).faults.requests.lock().unwrap();
        requests.iter().filter(|line| line.contains(what)).count()
    };
    store.publish(&Key::new(1), b"ciphertext").await;
    assert_eq!((puts("/blobs/"), puts("partNumber=")), (1, 0));
    let large = content(LARGE);
    let document = store.publish(&Key::new(1), &large).await;
    assert_eq!(puts("partNumber="), 3);
    assert!(store.get(document).await.bytes().await.unwrap() == large);
}

#[tokio::test]
async fn an_upload_whose_parts_are_refused_is_aborted() {
    let store = s3_store().await;
    let large = content(LARGE);
    let document = DocumentId::of(&large);
    server(&store)
        .faults
        .refuses_parts
        .store(true, Ordering::SeqCst);
    let key = Key::new(1);
    let answer = store
        .put(&store.upload(&key, document), large.clone())
        .await;
    assert_refused(answer, ErrorCode::Internal).await;
    store.assert_no_bytes();
    server(&store)
        .faults
        .refuses_parts
        .store(false, Ordering::SeqCst);
    store.publish(&key, &large).await;
}

/// The metadata was written and the answer was lost. The S3 client repeats the request, and finds its own metadata.
#[tokio::test]
async fn metadata_whose_creation_was_answered_with_an_error_is_recognized() {
    let store = s3_store().await;
    *server(&store).faults.lost_answers.lock().unwrap() = Some(("/documents/", 1));
    let document = store.publish(&Key::new(1), b"ciphertext").await;
    assert_eq!(
        store.get(document).await.text().await.unwrap(),
        "ciphertext"
    );
    // The same for the nonce: the request is not refused as a replay.
    *server(&store).faults.lost_answers.lock().unwrap() = Some(("/nonces/", 1));
    store.publish(&Key::new(1), b"another").await;
    assert!(files(&store.storage.path(), "pending").is_empty());
}

#[tokio::test]
async fn a_write_that_conflicted_is_repeated() {
    let store = s3_store().await;
    server(&store).faults.conflicts.store(2, Ordering::SeqCst);
    let document = store.publish(&Key::new(1), b"ciphertext").await;
    assert_eq!(
        store.get(document).await.text().await.unwrap(),
        "ciphertext"
    );

    server(&store).faults.conflicts.store(100, Ordering::SeqCst);
    let other = DocumentId::of(b"other");
    let answer = store.put(&store.upload(&Key::new(1), other), "other").await;
    assert_refused(answer, ErrorCode::Internal).await;
}

#[tokio::test]
async fn several_stores_share_a_bucket() {
    let first = s3_store().await;
    let second = first.beside().await;
    let key = Key::new(1);
    let document = first.publish(&key, b"ciphertext").await;
    assert_eq!(
        second.get(document).await.text().await.unwrap(),
        "ciphertext"
    );
    let answer = second
        .put(&second.upload(&Key::new(2), document), "ciphertext")
        .await;
    assert_eq!(answer.status(), 200);
    assert_eq!(authority(&answer), key.address().to_string());
    let answer = second.delete(&second.deletion(&key, document)).await;
    assert_eq!(answer.status(), 204);
    assert_refused(first.get(document).await, ErrorCode::Erased).await;
}

/// What a store leaves in a bucket if it is killed during an upload.
#[tokio::test]
async fn an_abandoned_upload_is_removed_when_it_is_old_enough() {
    let store = s3_store().await;
    let large = content(LARGE);
    let upload = store.upload_in_part(&Key::new(1), &large, 100).await;
    let path = store.storage.path();
    let pending = path.join("pending").join(&files(&path, "pending")[0]);

    // Another store could still be working on the upload.
    let young = store.beside().await;
    assert!(pending.exists());
    drop(young);

    let limits = Limits::default();
    let slowest = limits.max_document_bytes / limits.min_rate;
    let age = Duration::from_secs(slowest + 3 * 30 + 3600 + 60);
    let file = File::options().write(true).open(&pending).unwrap();
    file.set_modified(SystemTime::now() - age).unwrap();
    let _old = store.beside().await;
    assert!(!pending.exists());
    upload.break_off().await;
}

#[tokio::test]
async fn a_store_is_not_ready_while_its_storage_does_not_respond() {
    let storage = TestStorage::s3().await;
    let settings = Settings {
        limits: Limits {
            idle_timeout: Duration::from_millis(500),
            ..Limits::default()
        },
        ..Settings::default()
    };
    let store = TestStore::with(storage, settings).await;
    let ready = || async {
        let url = format!("http://{}/ready", store.admin);
        store.http.get(url).send().await.unwrap().status()
    };
    assert_eq!(ready().await, 200);
    server(&store).faults.is_down.store(true, Ordering::SeqCst);
    assert_eq!(ready().await, 503);
    server(&store).faults.is_down.store(false, Ordering::SeqCst);
    assert_eq!(ready().await, 200);
}
