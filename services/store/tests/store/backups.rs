//! The maintenance commands of the program, on backups above all.

use std::{
    fs,
    path::{Path, PathBuf},
};

use generion_interface::store::{DocumentId, ErrorCode};
use tempfile::TempDir;

use crate::support::{
    disk::copy,
    process::{Process, run},
    *,
};

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The procedure of the guide, with an erasure between the two copies: the document is erased, not broken.
#[tokio::test]
async fn a_document_erased_between_the_copies_of_a_backup_is_erased_in_it() {
    let gone = DocumentId::of(b"gone");
    let backup = backup_with_an_erasure(&["documents"], &["blobs", "usage"]).await;
    let found = assert_found(&["check"], backup.path());
    let expected = format!("documents/{gone} was erased while the backup was made");
    assert!(found.contains(&expected), "{found}");
    let restored = Process::start(backup.path());
    assert_erased(&restored, gone).await;
    drop(restored);
    merge_tombstones(backup.path(), gone);
    assert_restored(backup.path(), gone).await;
}

/// Copied in another order, the blob could also be lost. Only the list of tombstones shows that the document was erased.
#[tokio::test]
async fn a_lost_blob_is_an_erased_one_once_the_tombstones_say_so() {
    let gone = DocumentId::of(b"gone");
    let backup = backup_with_an_erasure(&["documents", "usage"], &["blobs"]).await;
    let found = assert_found(&["check"], backup.path());
    let expected = format!("the blob of documents/{gone} is missing: ");
    assert!(
        found.contains(&expected) && found.contains("merge the tombstones"),
        "{found}"
    );
    let restored = Process::start(backup.path());
    assert_refused(restored.get(gone).await, ErrorCode::Internal).await;
    drop(restored);
    merge_tombstones(backup.path(), gone);
    assert_restored(backup.path(), gone).await;
}

/// A backup that was made in two steps, between which a document was erased.
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

/// Asserts that a command reports faults. Returns its output.
#[track_caller]
fn assert_found(command: &[&str], folder: &Path) -> String {
    let output = run(command, folder);
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{printed}");
    printed
}

/// Merges the tombstones, and asserts that no faults are left.
fn merge_tombstones(backup: &Path, gone: DocumentId) {
    let list = backup.join("tombstones.txt");
    let merged = run(&["tombstones", "merge", list.to_str().unwrap()], backup);
    assert!(merged.status.success());
    assert!(text(&merged.stdout).contains("deleted now        1\n"));
    fs::remove_file(list).unwrap();
    let metadata = fs::read_to_string(backup.join("documents").join(gone.to_string()));
    assert_eq!(metadata.unwrap(), r#"{"state":"erased"}"#);
    for command in [&["check"][..], &["check", "--bytes"], &["collect"]] {
        let output = run(command, backup);
        let printed = text(&output.stdout);
        assert!(output.status.success(), "{command:?}: {printed}");
        assert!(printed.contains("no faults found"), "{printed}");
    }
}

async fn assert_restored(backup: &Path, gone: DocumentId) {
    let restored = Process::start(backup);
    assert_erased(&restored, gone).await;
    let kept = restored.get(DocumentId::of(b"kept")).await;
    assert_eq!(kept.text().await.unwrap(), "kept");
}

/// Asserts that every request for the document is answered with "erased".
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
fn errors_name_the_cause_and_nothing_is_changed() {
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
    for (content, expected) in [
        (
            "nonsense\n".to_owned(),
            "line 1 of the list is neither a document nor a link",
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
        assert!(
            error.contains(expected) && error.contains("list"),
            "{error}"
        );
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
