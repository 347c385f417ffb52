//! What object storage does that a folder does not.

use std::{
    fs::File,
    sync::atomic::Ordering,
    time::{Duration, SystemTime},
};

use generion_interface::store::{DocumentId, ErrorCode};
use generion_store::{Config, Limits, OpenError, Server, StartError, StorageLocation};

use crate::support::*;

/// Longer than a part.
const LARGE: usize = 11 * 1024 * 1024 + 7;

async fn s3_store() -> TestStore {
    TestStore::at(Place::s3().await).await
}

fn server(store: &TestStore) -> &s3::S3Server {
    match &*store.place {
        Place::S3(server) => server,
        Place::Folder(_) => panic!("a folder is no server"),
    }
}

async fn start_error(place: &Place) -> StartError {
    match Server::bind(Config::on(place.location())).await {
        Ok(_) => panic!("the store started"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_store_does_not_start_where_conditions_are_ignored() {
    let Place::S3(server) = Place::s3().await else {
        unreachable!()
    };
    server
        .faults
        .ignores_conditions
        .store(true, Ordering::SeqCst);
    let place = Place::S3(server);
    let error = start_error(&place).await;
    assert!(
        matches!(error, StartError::Open(OpenError::NoConditionalWrites)),
        "{error}"
    );
    assert!(files(&place.path(), "probes").is_empty());
}

/// Which a writer after another one does not show.
#[tokio::test]
async fn a_store_does_not_start_where_two_writers_at_once_are_both_the_first() {
    let Place::S3(server) = Place::s3().await else {
        unreachable!()
    };
    server.faults.looks_first.store(true, Ordering::SeqCst);
    let place = Place::S3(server);
    let error = start_error(&place).await;
    assert!(
        matches!(error, StartError::Open(OpenError::NoConditionalWrites)),
        "{error}"
    );
    assert!(files(&place.path(), "probes").is_empty());
    assert!(!place.path().join("format").exists());
}

/// Amazon's may tell all of several writers that they were in each other's way.
#[tokio::test]
async fn a_store_starts_where_no_writer_wins_at_first() {
    let Place::S3(server) = Place::s3().await else {
        unreachable!()
    };
    server.faults.conflicts.store(8, Ordering::SeqCst);
    let store = TestStore::at(Place::S3(server)).await;
    store.publish(&Key::new(1), b"ciphertext").await;
}

#[tokio::test]
async fn stores_of_another_form_do_not_share_a_bucket() {
    let store = s3_store().await;
    std::fs::write(store.place.path().join("format"), "2").unwrap();
    let error = start_error(&store.place).await;
    assert!(
        matches!(&error, StartError::Open(OpenError::UnknownFormat { found }) if found == "2"),
        "{error}"
    );
}

#[tokio::test]
async fn a_store_does_not_start_with_credentials_that_are_not_taken() {
    let Place::S3(server) = Place::s3().await else {
        unreachable!()
    };
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
async fn a_small_document_is_one_write_and_a_large_one_is_parts() {
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

/// The record was written, the answer was lost, and the client of S3 asked again: its own record is in its way.
#[tokio::test]
async fn a_record_whose_creation_was_answered_with_an_error_is_taken_for_our_own() {
    let store = s3_store().await;
    *server(&store).faults.lost_answers.lock().unwrap() = Some(("/documents/", 1));
    let document = store.publish(&Key::new(1), b"ciphertext").await;
    assert_eq!(
        store.get(document).await.text().await.unwrap(),
        "ciphertext"
    );
    // The same for the nonce: the request is not refused as one that was sent before.
    *server(&store).faults.lost_answers.lock().unwrap() = Some(("/nonces/", 1));
    store.publish(&Key::new(1), b"another").await;
    assert!(files(&store.place.path(), "pending").is_empty());
}

#[tokio::test]
async fn a_writer_that_was_in_another_s_way_tries_again() {
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

/// What a store that was killed in the middle of an upload leaves in a bucket, old enough to be nobody's.
#[tokio::test]
async fn what_was_left_behind_is_removed_when_it_is_old_and_not_before() {
    let store = s3_store().await;
    let large = content(LARGE);
    let document = DocumentId::of(&large);
    let (pieces, body) = piecewise();
    let signed = store.upload(&Key::new(1), document);
    let request = with_headers(store.http.put(store.url(document)), &signed);
    let sending = tokio::spawn(request.body(body).send());
    pieces.unbounded_send(Ok(large[..100].to_vec())).unwrap();
    store.until_pending(1).await;
    let path = store.place.path();
    let pending = path.join("pending").join(&files(&path, "pending")[0]);

    // It could be another store's, at work on it.
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
    pieces
        .unbounded_send(Err(std::io::Error::other("the test hangs up")))
        .unwrap();
    assert!(sending.await.unwrap().is_err());
}

#[tokio::test]
async fn a_storage_that_does_not_answer_makes_the_store_unready() {
    let place = Place::s3().await;
    let settings = Settings {
        limits: Limits {
            idle_timeout: Duration::from_millis(500),
            ..Limits::default()
        },
        ..Settings::default()
    };
    let store = TestStore::with(place, settings).await;
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
