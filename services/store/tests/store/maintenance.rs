//! Maintenance of a storage: checks, removal of orphans, and lists of tombstones.

use std::fs;

use generion_interface::store::{DocumentId, ErrorCode};
use generion_store::{
    Limits, StorageLocation,
    maintenance::{
        CheckReport, CollectReport, Finding, MaintenanceError, MergeReport, TombstoneList, check,
        collect, export_tombstones, merge_tombstones,
    },
    system_clock,
};
use tempfile::TempDir;

use crate::support::{
    disk::{blob_of, copy_all},
    process::Process,
    *,
};

on_every_storage! {
    a_check_finds_no_faults_in_an_intact_storage,
    deletions_are_carried_over_into_a_copy,
    a_tombstone_blocks_a_document_that_never_existed,
    a_check_finds_all_faults,
}

async fn exported(location: &StorageLocation) -> TombstoneList {
    let mut text = Vec::new();
    export_tombstones(location, &mut text).await.unwrap();
    TombstoneList::parse(std::str::from_utf8(&text).unwrap()).unwrap()
}

async fn checked(location: &StorageLocation) -> CheckReport {
    check(location, &Limits::default(), true).await.unwrap()
}

async fn merged(location: &StorageLocation, list: &TombstoneList) -> MergeReport {
    let limits = Limits::default();
    merge_tombstones(location, &limits, list).await.unwrap()
}

async fn erase(store: &TestStore, key: &Key, document: DocumentId) {
    let deletion = store.deletion(key, document);
    assert_eq!(store.delete(&deletion).await.status(), 204);
}

/// Also while a store and an upload are running.
async fn a_check_finds_no_faults_in_an_intact_storage(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let key = Key::new(1);
    store.publish(&key, b"").await;
    store.publish(&key, &content(11 << 20)).await;
    let erased = store.publish(&Key::new(2), b"erased").await;
    erase(&store, &Key::new(2), erased).await;
    let (pieces, body) = piecewise();
    let document = DocumentId::of(b"ciphertext");
    let signed = store.upload(&key, document);
    let request = with_headers(store.http.put(store.url(document)), &signed);
    let upload = tokio::spawn(request.body(body).send());
    pieces.unbounded_send(Ok(b"cipher".to_vec())).unwrap();
    store.until_pending(1).await;
    let report = checked(&store.storage.location()).await;
    let expected = CheckReport {
        links: 0,
        published: 2,
        erased: 1,
        pending: 1,
        findings: vec![],
    };
    assert_eq!(report, expected);
    pieces.unbounded_send(Ok(b"text".to_vec())).unwrap();
    drop(pieces);
    assert_eq!(upload.await.unwrap().unwrap().status(), 201);
    let report = checked(&store.storage.location()).await;
    assert_eq!((report.published, report.pending), (3, 0));
    assert_eq!(report.findings, []);
}

/// The copy was made before an erasure, and is used after it.
async fn deletions_are_carried_over_into_a_copy(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let key = Key::new(1);
    let kept = store.publish(&key, b"kept").await;
    let gone = store.publish(&key, b"gone").await;
    let before = store.publish(&key, b"before").await;
    erase(&store, &key, before).await;
    let copy = TempDir::new().unwrap();
    copy_all(&store.storage.path(), copy.path());
    erase(&store, &key, gone).await;
    // The store is still running.
    let list = exported(&store.storage.location()).await;

    let copied = StorageLocation::Folder(copy.path().into());
    let expected = MergeReport {
        erased: 1,
        noted: 0,
        known: 1,
    };
    assert_eq!(merged(&copied, &list).await, expected);
    let again = MergeReport {
        erased: 0,
        noted: 0,
        known: 2,
    };
    assert_eq!(merged(&copied, &list).await, again);
    let report = checked(&copied).await;
    assert_eq!((report.published, report.erased), (1, 2));
    assert_eq!(report.findings, []);
    assert_eq!(files(copy.path(), "blobs").len(), 1);

    let restored = Process::start(copy.path());
    assert_refused(restored.get(gone).await, ErrorCode::Erased).await;
    assert_refused(restored.put(&key, b"gone").await, ErrorCode::Erased).await;
    assert_refused(restored.get(before).await, ErrorCode::Erased).await;
    assert_eq!(restored.get(kept).await.text().await.unwrap(), "kept");
}

async fn a_tombstone_blocks_a_document_that_never_existed(storage: TestStorage) {
    let location = storage.location();
    let never = DocumentId::of(b"never");
    let list = TombstoneList::parse(&never.to_string()).unwrap();
    let expected = MergeReport {
        erased: 0,
        noted: 1,
        known: 0,
    };
    assert_eq!(merged(&location, &list).await, expected);
    let store = TestStore::at(storage).await;
    let answer = store.put(&store.upload(&Key::new(1), never), "never").await;
    assert_refused(answer, ErrorCode::Erased).await;
    assert_refused(store.get(never).await, ErrorCode::Erased).await;
}

async fn a_check_finds_all_faults(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let key = Key::new(1);
    let lost = store.publish(&key, b"lost").await;
    let half = store.publish(&key, b"half of it").await;
    let wrong = store.publish(&key, b"wrong").await;
    let uncounted = store.publish(&key, b"uncounted").await;
    let damaged = store.publish(&key, b"damaged").await;
    let path = store.storage.path();
    let blob = |document: DocumentId| path.join("blobs").join(blob_of(&path, document));
    fs::write(blob(half), "half").unwrap();
    fs::write(blob(wrong), "other").unwrap();
    fs::remove_file(blob(lost)).unwrap();
    let usage = path.join("usage").join(key.address().to_string());
    fs::remove_file(usage.join(format!("{}.9", blob_of(&path, uncounted)))).unwrap();
    let blob_of_damaged = blob_of(&path, damaged);
    fs::write(path.join("documents").join(damaged.to_string()), "{").unwrap();
    fs::write(path.join("documents/notes.txt"), "").unwrap();
    let orphan = "0123456789abcdef0123456789abcdef";
    fs::write(path.join("blobs").join(orphan), "bytes").unwrap();

    let report = checked(&store.storage.location()).await;
    let (published, mut found) = (report.published, report.findings);
    let mut expected = vec![
        Finding::MissingBlob { file: lost.into() },
        Finding::HalfBlob {
            file: half.into(),
            found: 4,
            size: 10,
        },
        Finding::WrongBytes { file: wrong.into() },
        Finding::MissingUsage {
            file: uncounted.into(),
        },
        Finding::DamagedMetadata {
            file: damaged.into(),
        },
        Finding::OrphanBlob {
            path: format!("blobs/{blob_of_damaged}"),
        },
        Finding::OrphanBlob {
            path: format!("blobs/{orphan}"),
        },
        Finding::OrphanUsage {
            path: format!("usage/{}/{blob_of_damaged}.7", key.address()),
        },
        Finding::Stray {
            path: "documents/notes.txt".to_owned(),
        },
    ];
    let order = |finding: &Finding| format!("{finding:?}");
    found.sort_by_key(order);
    expected.sort_by_key(order);
    assert_eq!(found, expected);
    assert_eq!(published, 4);
}

#[tokio::test]
async fn orphans_are_collected_and_usage_is_corrected() {
    let store = TestStore::start().await;
    let key = Key::new(1);
    let kept = store.publish(&key, b"kept").await;
    let uncounted = store.publish(&key, b"uncounted").await;
    let path = store.storage.path();
    let usage = path.join("usage").join(key.address().to_string());
    fs::remove_file(usage.join(format!("{}.9", blob_of(&path, uncounted)))).unwrap();
    let orphan = "0123456789abcdef0123456789abcdef";
    fs::write(path.join("blobs").join(orphan), "bytes").unwrap();
    fs::write(usage.join(format!("{orphan}.5")), "").unwrap();
    let location = store.storage.location();
    // Not while a store is running on the folder.
    let busy = collect(&location, &Limits::default(), &system_clock()).await;
    assert!(matches!(busy, Err(MaintenanceError::Open(_))), "{busy:?}");

    let copy = TempDir::new().unwrap();
    copy_all(&path, copy.path());
    let location = StorageLocation::Folder(copy.path().into());
    let collected = collect(&location, &Limits::default(), &system_clock())
        .await
        .unwrap();
    let expected = CollectReport {
        blobs: 1,
        bytes: 5,
        usage_removed: 1,
        usage_added: 1,
        links_expired: 0,
        remaining: CheckReport {
            published: 2,
            ..CheckReport::default()
        },
    };
    assert_eq!(collected, expected);
    assert_eq!(checked(&location).await, expected.remaining);
    let restored = Process::start(copy.path());
    assert_eq!(restored.get(kept).await.text().await.unwrap(), "kept");
}

/// In a bucket, another store may need objects that look like orphans.
#[tokio::test]
async fn in_a_bucket_only_old_orphans_are_collected() {
    let storage = TestStorage::s3().await;
    let store = TestStore::at(storage).await;
    let blobs = store.storage.path().join("blobs");
    fs::create_dir_all(&blobs).unwrap();
    let [young, old] = [
        "0123456789abcdef0123456789abcdef",
        "1123456789abcdef0123456789abcdef",
    ];
    for blob in [young, old] {
        fs::write(blobs.join(blob), "bytes").unwrap();
    }
    let age = std::time::Duration::from_secs(48 * 3600);
    let file = fs::File::options()
        .write(true)
        .open(blobs.join(old))
        .unwrap();
    file.set_modified(std::time::SystemTime::now() - age)
        .unwrap();
    let collected = collect(
        &store.storage.location(),
        &Limits::default(),
        &system_clock(),
    )
    .await;
    assert_eq!(collected.unwrap().blobs, 1);
    assert_eq!(files(&store.storage.path(), "blobs"), [young]);
}
