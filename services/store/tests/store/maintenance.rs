//! What the program does to a storage without a store running: after a restore, after an order to erase, and from time
//! to time.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use generion_interface::store::{DocumentId, ErrorCode};
use generion_store::{
    Limits, StorageLocation,
    maintenance::{
        CheckReport, CollectReport, Finding, MaintenanceError, MergeReport, TombstoneList, check,
        collect, export_tombstones, merge_tombstones,
    },
};
use tempfile::TempDir;

use crate::support::{
    process::{PROGRAM, Process},
    *,
};

on_every_storage! {
    a_storage_as_stores_leave_it_is_as_it_should_be,
    deletions_are_carried_over_into_a_copy,
    a_document_that_was_never_there_is_not_taken_after_its_tombstone,
    what_belongs_to_no_document_is_found,
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

/// Also while a store runs, and an upload with it.
async fn a_storage_as_stores_leave_it_is_as_it_should_be(place: Place) {
    let store = TestStore::at(place).await;
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
    let report = checked(&store.place.location()).await;
    let expected = CheckReport {
        published: 2,
        erased: 1,
        pending: 1,
        findings: vec![],
    };
    assert_eq!(report, expected);
    pieces.unbounded_send(Ok(b"text".to_vec())).unwrap();
    drop(pieces);
    assert_eq!(upload.await.unwrap().unwrap().status(), 201);
    let report = checked(&store.place.location()).await;
    assert_eq!((report.published, report.pending), (3, 0));
    assert_eq!(report.findings, []);
}

/// A backup that was made before an erasure, and restored after it.
async fn deletions_are_carried_over_into_a_copy(place: Place) {
    let store = TestStore::at(place).await;
    let key = Key::new(1);
    let kept = store.publish(&key, b"kept").await;
    let gone = store.publish(&key, b"gone").await;
    let before = store.publish(&key, b"before").await;
    erase(&store, &key, before).await;
    let copy = TempDir::new().unwrap();
    copy_all(&store.place.path(), copy.path());
    erase(&store, &key, gone).await;
    // The store goes on meanwhile.
    let list = exported(&store.place.location()).await;

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

async fn a_document_that_was_never_there_is_not_taken_after_its_tombstone(place: Place) {
    let location = place.location();
    let never = DocumentId::of(b"never");
    let list = TombstoneList::parse(&never.to_string()).unwrap();
    let expected = MergeReport {
        erased: 0,
        noted: 1,
        known: 0,
    };
    assert_eq!(merged(&location, &list).await, expected);
    let store = TestStore::at(place).await;
    let answer = store.put(&store.upload(&Key::new(1), never), "never").await;
    assert_refused(answer, ErrorCode::Erased).await;
    assert_refused(store.get(never).await, ErrorCode::Erased).await;
}

async fn what_belongs_to_no_document_is_found(place: Place) {
    let store = TestStore::at(place).await;
    let key = Key::new(1);
    let lost = store.publish(&key, b"lost").await;
    let half = store.publish(&key, b"half of it").await;
    let wrong = store.publish(&key, b"wrong").await;
    let uncounted = store.publish(&key, b"uncounted").await;
    let damaged = store.publish(&key, b"damaged").await;
    let path = store.place.path();
    let blob = |document: DocumentId| path.join("blobs").join(blob_of(&path, document));
    fs::write(blob(half), "half").unwrap();
    fs::write(blob(wrong), "other").unwrap();
    fs::remove_file(blob(lost)).unwrap();
    let usage = path.join("usage").join(key.address().to_string());
    fs::remove_file(usage.join(format!("{}.9", blob_of(&path, uncounted)))).unwrap();
    let of_damaged = blob_of(&path, damaged);
    fs::write(path.join("documents").join(damaged.to_string()), "{").unwrap();
    fs::write(path.join("documents/notes.txt"), "").unwrap();
    let orphan = "0123456789abcdef0123456789abcdef";
    fs::write(path.join("blobs").join(orphan), "bytes").unwrap();

    let report = checked(&store.place.location()).await;
    let (published, mut found) = (report.published, report.findings);
    let mut expected = vec![
        Finding::MissingBlob { document: lost },
        Finding::HalfBlob {
            document: half,
            found: 4,
            size: 10,
        },
        Finding::WrongBytes { document: wrong },
        Finding::MissingUsage {
            document: uncounted,
        },
        Finding::DamagedMetadata { document: damaged },
        Finding::OrphanBlob {
            path: format!("blobs/{of_damaged}"),
        },
        Finding::OrphanBlob {
            path: format!("blobs/{orphan}"),
        },
        Finding::OrphanUsage {
            path: format!("usage/{}/{of_damaged}.7", key.address()),
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

/// What `documents` names as the blob of a document.
fn blob_of(path: &Path, document: DocumentId) -> String {
    let record = fs::read_to_string(path.join("documents").join(document.to_string()));
    let record: serde_json::Value = serde_json::from_str(&record.unwrap()).unwrap();
    record["blob"].as_str().unwrap().to_owned()
}

fn copy_all(from: &Path, to: &Path) {
    for kind in ["documents", "usage", "blobs"] {
        copy(&from.join(kind), &to.join(kind));
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    // A bucket has no empty folders.
    let Ok(entries) = fs::read_dir(from) else {
        return;
    };
    for entry in entries {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

#[tokio::test]
async fn what_belongs_to_no_document_is_collected() {
    let store = TestStore::start().await;
    let key = Key::new(1);
    let kept = store.publish(&key, b"kept").await;
    let uncounted = store.publish(&key, b"uncounted").await;
    let path = store.place.path();
    let usage = path.join("usage").join(key.address().to_string());
    fs::remove_file(usage.join(format!("{}.9", blob_of(&path, uncounted)))).unwrap();
    let orphan = "0123456789abcdef0123456789abcdef";
    fs::write(path.join("blobs").join(orphan), "bytes").unwrap();
    fs::write(usage.join(format!("{orphan}.5")), "").unwrap();
    let location = store.place.location();
    // Not while a store is at work there.
    let busy = collect(&location, &Limits::default()).await;
    assert!(matches!(busy, Err(MaintenanceError::Open(_))), "{busy:?}");

    let copy = TempDir::new().unwrap();
    copy_all(&path, copy.path());
    let location = StorageLocation::Folder(copy.path().into());
    let collected = collect(&location, &Limits::default()).await.unwrap();
    let expected = CollectReport {
        blobs: 1,
        bytes: 5,
        usage_removed: 1,
        usage_added: 1,
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

/// In a bucket another store may be at work on what looks as if nobody needed it.
#[tokio::test]
async fn in_a_bucket_only_what_is_old_is_collected() {
    let place = Place::s3().await;
    let store = TestStore::at(place).await;
    let blobs = store.place.path().join("blobs");
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
    let collected = collect(&store.place.location(), &Limits::default()).await;
    assert_eq!(collected.unwrap().blobs, 1);
    assert_eq!(files(&store.place.path(), "blobs"), [young]);
}

fn run(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).arg("--dir").arg(folder);
    command.env_remove("RUST_LOG").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The guide's way, with an erasure between the two copies: what was erased is gone, and not broken.
#[tokio::test]
async fn a_document_erased_between_the_copies_of_a_backup_is_erased_in_it() {
    let gone = DocumentId::of(b"gone");
    let backup = backup_with_an_erasure(&["documents"], &["blobs", "usage"]).await;
    let found = assert_found(&["check"], backup.path());
    let said = format!("documents/{gone} was erased while the backup was made");
    assert!(found.contains(&said), "{found}");
    let restored = Process::start(backup.path());
    assert_erased(&restored, gone).await;
    drop(restored);
    settle(backup.path(), gone);
    assert_restored(backup.path(), gone).await;
}

/// Another order leaves it open whether the blob was lost: then it is the list of tombstones that knows.
#[tokio::test]
async fn a_lost_blob_is_an_erased_one_once_the_tombstones_say_so() {
    let gone = DocumentId::of(b"gone");
    let backup = backup_with_an_erasure(&["documents", "usage"], &["blobs"]).await;
    let found = assert_found(&["check"], backup.path());
    let said = format!("the blob of documents/{gone} is missing: ");
    assert!(
        found.contains(&said) && found.contains("merge the tombstones"),
        "{found}"
    );
    let restored = Process::start(backup.path());
    assert_refused(restored.get(gone).await, ErrorCode::Internal).await;
    drop(restored);
    settle(backup.path(), gone);
    assert_restored(backup.path(), gone).await;
}

/// A copy of a store that was made in two steps, between which a document was erased.
async fn backup_with_an_erasure(first: &[&str], second: &[&str]) -> TempDir {
    let (folder, backup) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let store = Process::start(folder.path());
    let key = Key::new(1);
    for content in [b"kept", b"gone"] {
        assert_eq!(store.put(&key, content).await.status(), 201);
    }
    for kind in first {
        copy(&folder.path().join(kind), &backup.path().join(kind));
    }
    let gone = DocumentId::of(b"gone");
    let deletion = store.deletion(&key, gone);
    let request = with_headers(store.http.delete(store.url(gone)), &deletion);
    assert_eq!(request.send().await.unwrap().status(), 204);
    for kind in second {
        copy(&folder.path().join(kind), &backup.path().join(kind));
    }
    let exported = run(&["tombstones", "export"], folder.path());
    assert!(exported.status.success());
    assert!(text(&exported.stdout).contains(&gone.to_string()));
    fs::write(backup.path().join("tombstones.txt"), exported.stdout).unwrap();
    backup
}

/// There is something to be said, which is a failure.
#[track_caller]
fn assert_found(command: &[&str], folder: &Path) -> String {
    let output = run(command, folder);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    said
}

/// Merges the tombstones, after which all is well.
fn settle(backup: &Path, gone: DocumentId) {
    let list = backup.join("tombstones.txt");
    let merged = run(&["tombstones", "merge", list.to_str().unwrap()], backup);
    assert!(merged.status.success());
    assert!(text(&merged.stdout).contains("deleted now        1\n"));
    fs::remove_file(list).unwrap();
    let record = fs::read_to_string(backup.join("documents").join(gone.to_string()));
    assert_eq!(record.unwrap(), r#"{"state":"erased"}"#);
    for command in [&["check"][..], &["check", "--bytes"], &["collect"]] {
        let output = run(command, backup);
        let said = text(&output.stdout);
        assert!(output.status.success(), "{command:?}: {said}");
        assert!(said.contains("no faults found"), "{said}");
    }
}

async fn assert_restored(backup: &Path, gone: DocumentId) {
    let restored = Process::start(backup);
    assert_erased(&restored, gone).await;
    let kept = restored.get(DocumentId::of(b"kept")).await;
    assert_eq!(kept.text().await.unwrap(), "kept");
}

/// Whatever is asked about the document.
async fn assert_erased(store: &Process, document: DocumentId) {
    assert_refused(store.get(document).await, ErrorCode::Erased).await;
    let head = store.http.head(store.url(document)).send().await.unwrap();
    assert_eq!(head.status(), 410);
    let put = store.put(&Key::new(2), b"gone").await;
    assert_refused(put, ErrorCode::Erased).await;
    let deletion = store.deletion(&Key::new(1), document);
    let request = with_headers(store.http.delete(store.url(document)), &deletion);
    assert_refused(request.send().await.unwrap(), ErrorCode::Erased).await;
}

#[test]
fn what_can_t_be_used_is_named_and_nothing_is_changed() {
    let folder = TempDir::new().unwrap();
    for command in [&["check"][..], &["tombstones", "export"]] {
        let output = run(command, folder.path());
        assert_eq!(output.status.code(), Some(1), "{command:?}");
        let error = text(&output.stderr);
        assert!(error.contains("can't find documents in"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
    let list = folder.path().join("list");
    let merge = || {
        run(
            &["tombstones", "merge", list.to_str().unwrap()],
            folder.path(),
        )
    };
    let output = merge();
    assert!(text(&output.stderr).contains("can't read"), "{output:?}");
    let document = DocumentId::of(b"document");
    for (content, said) in [
        (
            "nonsense\n".to_owned(),
            "line 1 of the list is not a document",
        ),
        (
            format!("# generion-store tombstones 1\n{document}\n"),
            "the list is incomplete",
        ),
        (
            format!("# generion-store tombstones 1\n{document}\n# end: 2\n"),
            "the list is incomplete",
        ),
    ] {
        fs::write(&list, content).unwrap();
        let output = merge();
        assert_eq!(output.status.code(), Some(1));
        let error = text(&output.stderr);
        assert!(error.contains(said) && error.contains("list"), "{error}");
        assert!(!folder.path().join("documents").exists());
    }
}

#[test]
fn a_storage_in_use_is_not_changed() {
    let folder = TempDir::new().unwrap();
    let _store = Process::start(folder.path());
    let list: PathBuf = folder.path().join("list");
    fs::write(&list, DocumentId::of(b"document").to_string()).unwrap();
    for command in [
        &["collect"][..],
        &["tombstones", "merge", list.to_str().unwrap()],
    ] {
        let output = run(command, folder.path());
        assert_eq!(output.status.code(), Some(1), "{command:?}");
        let error = text(&output.stderr);
        assert!(error.contains("another store is running on"), "{error}");
    }
}
