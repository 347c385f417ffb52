//! Links in a storage without a running store, in the log, and at the limit of their size.

use std::sync::Arc;

use generion_interface::store::{ErrorCode, LinkId, header};
use generion_store::{
    Limits, StorageLocation,
    maintenance::{
        CheckReport, CollectReport, TombstoneList, check, collect, export_tombstones,
        merge_tombstones,
    },
};
use tempfile::TempDir;

use crate::{
    links::{A_DAY, FILE, NOTE, link, publish, put},
    support::{
        disk::{copy, copy_all},
        process::{Process, command},
        *,
    },
};

fn clock(time: u64) -> generion_store::Clock {
    Arc::new(move || time)
}

/// A revoked link stays revoked in a backup that was made before, and an expired one is collected there.
#[tokio::test]
async fn links_are_checked_carried_over_and_collected() {
    let store = TestStore::start().await;
    let key = Key::new(1);
    let (kept, revoked, expired) = (
        link(),
        LinkId::of(NOW + 3700, FILE),
        LinkId::of(NOW + 60, FILE),
    );
    for link in [kept, revoked, expired] {
        publish(&store, &key, link).await;
    }
    let document = store.publish(&key, b"document").await;
    let backup = TempDir::new().unwrap();
    copy_all(&store.storage.path(), backup.path());
    for folder in ["links", "notes"] {
        let from = store.storage.path().join(folder);
        copy(&from, &backup.path().join(folder));
    }
    let deletion = store.delete(&store.deletion(&key, revoked)).await;
    assert_eq!(deletion.status(), 204);

    let limits = Limits::default();
    let running = store.storage.location();
    let report = check(&running, &limits, true).await.unwrap();
    let expected = CheckReport {
        published: 1,
        links: 2,
        erased: 1,
        ..CheckReport::default()
    };
    assert_eq!(report, expected);
    let mut list = Vec::new();
    export_tombstones(&running, &mut list).await.unwrap();
    let list = String::from_utf8(list).unwrap();
    assert!(list.contains(&format!("\n{revoked}\n")), "{list}");
    let list = TombstoneList::parse(&list).unwrap();

    let location = StorageLocation::Folder(backup.path().into());
    let merged = merge_tombstones(&location, &limits, &list).await.unwrap();
    assert_eq!((merged.erased, merged.noted, merged.known), (1, 0, 0));
    // A clock that is a day ahead costs no link.
    let early = clock(NOW + 60 + A_DAY - 1);
    let collected = collect(&location, &limits, &early).await.unwrap();
    assert_eq!(collected.links_expired, 0);
    assert_eq!(files(backup.path(), "links").len(), 3);
    let late = clock(NOW + 60 + A_DAY);
    let collected = collect(&location, &limits, &late).await.unwrap();
    let remaining = CheckReport {
        published: 1,
        links: 1,
        erased: 1,
        ..CheckReport::default()
    };
    let expected = CollectReport {
        links_expired: 1,
        remaining,
        ..CollectReport::default()
    };
    assert_eq!(collected, expected);
    // The tombstone goes as the link would have.
    let collected = collect(&location, &limits, &clock(NOW + 3700 + A_DAY))
        .await
        .unwrap();
    assert_eq!(collected.links_expired, 1);
    let remaining = collected.remaining;
    assert_eq!(
        (remaining.published, remaining.links, remaining.erased),
        (1, 0, 0)
    );
    assert_eq!(remaining.findings, []);
    assert_eq!(files(backup.path(), "links"), [""; 0]);
    let notes = format!("notes/{}", key.address());
    assert_eq!(files(backup.path(), &notes), [""; 0]);
    assert_eq!(store.get(document).await.status(), 200);
    assert_eq!(store.get(kept).await.status(), 200);
}

/// Damaged metadata of an expired link is no reason to keep it.
#[tokio::test]
async fn damaged_metadata_is_collected_with_its_link() {
    let store = TestStore::start().await;
    let key = Key::new(1);
    publish(&store, &key, link()).await;
    let copied = TempDir::new().unwrap();
    copy(&store.storage.path(), copied.path());
    let name = files(copied.path(), "links").remove(0);
    std::fs::write(copied.path().join("links").join(name), "{").unwrap();
    let location = StorageLocation::Folder(copied.path().into());
    let limits = Limits::default();
    let report = check(&location, &limits, false).await.unwrap();
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.to_string().starts_with("links/"))
    );
    let collected = collect(&location, &limits, &clock(NOW + 3600 + A_DAY))
        .await
        .unwrap();
    assert_eq!((collected.blobs, collected.usage_removed), (1, 1));
    assert_eq!(collected.remaining.findings, []);
    assert_eq!(files(copied.path(), "links"), [""; 0]);
}

#[tokio::test]
async fn a_file_is_smaller_than_a_document_may_be() {
    let store = TestStore::start().await;
    let key = Key::new(1);
    let large = content((32 << 20) + 1);
    let id = LinkId::of(NOW + 60, &large);
    let signed = store.upload(&key, id);
    let request = with_headers(store.http.put(store.url(id)), &signed);
    let request = request.header(header::LINK_NOTE, NOTE).body(large);
    let answer = request.send().await.unwrap();
    assert_refused(answer, ErrorCode::TooLarge).await;
    // Where documents are smaller, links are as well.
    let limits = Limits {
        max_document_bytes: FILE.len() as u64 - 1,
        ..Limits::default()
    };
    let small = TestStore::with_limits(limits).await;
    let answer = put(&small, &small.upload(&key, link()), Some(NOTE)).await;
    assert_refused(answer, ErrorCode::TooLarge).await;
}

/// Who reads a link says so in its query: the log has neither that nor the link.
#[tokio::test]
async fn the_log_has_no_recipient_and_no_link() {
    let folder = TempDir::new().unwrap();
    let log = folder.path().join("log");
    let mut command = command(&folder.path().join("storage"));
    let mut store = Process::logging(command.env("RUST_LOG", "debug"), &log);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let id = LinkId::of(now.unwrap().as_secs() + 600, FILE);
    let signed = store.upload(&Key::new(1), id);
    let upload = with_headers(store.http.put(store.url(id)), &signed);
    let upload = upload.header(header::LINK_NOTE, NOTE).body(FILE);
    assert_eq!(upload.send().await.unwrap().status(), 201);
    for (path, status) in [(id, 200), (LinkId::of(id.expiry, b""), 404)] {
        let url = format!("{}?recipient=RECIPIENT&more=RECIPIENT", store.url(path));
        let answer = store.http.get(url).send().await.unwrap();
        assert_eq!(answer.status(), status);
    }
    let posted = store
        .http
        .post(format!("{}?recipient=RECIPIENT", store.url(id)));
    let answer = posted.send().await.unwrap();
    assert_refused(answer, ErrorCode::MethodNotAllowed).await;
    store.signal("-TERM");
    store.child.wait().unwrap();
    let text = std::fs::read_to_string(log).unwrap();
    let hash = hex::encode(id.sha256);
    assert!(text.contains(&hash[..8]), "{text}");
    for secret in ["RECIPIENT", &hash[..9], NOTE, &id.expiry.to_string()] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}
