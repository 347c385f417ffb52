//! A store on a full disk. The small disk is a tmpfs in a user namespace, which needs no special rights. On systems
//! without user namespaces these tests print that they are skipped, and only the limit on file sizes is tested.

use std::{
    fs,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use generion_interface::store::{DocumentId, ErrorCode};
use tempfile::TempDir;

use crate::support::{
    process::{PROGRAM, Process},
    *,
};

/// The size of the pages that a tmpfs allocates.
const PAGE: usize = 4096;

/// A store whose folder is a disk of `bytes`, or `None` if the system does not support user namespaces.
fn on_small_disk(folder: &Path, bytes: usize) -> Option<Process> {
    let unshare = |command: &str| {
        let mut unshare = Command::new("unshare");
        unshare
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", command])
            .arg("sh")
            .arg(folder)
            .env_remove("RUST_LOG");
        unshare
    };
    let mount = format!("mount -t tmpfs -o size={bytes} tmpfs \"$1\"");
    let allowed = unshare(&mount).stderr(Stdio::null()).status();
    if !allowed.is_ok_and(|status| status.success()) {
        println!("skipped: this system does not allow mounts in user namespaces");
        return None;
    }
    let store = format!("{mount} && exec \"$0\" --listen 127.0.0.1:0 --dir \"$1\"");
    let mut command = unshare(&store.replace("\"$0\"", &format!("\"{PROGRAM}\"")));
    Some(Process::run(command.stderr(Stdio::null())))
}

/// The disk of the store.
struct Disk(PathBuf);

impl Disk {
    fn free(&self) -> usize {
        let output = Command::new("stat")
            .args(["--file-system", "--format", "%f %S"])
            .arg(&self.0)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let mut numbers = text.split_whitespace().map(|n| n.parse::<usize>().unwrap());
        numbers.next().unwrap() * numbers.next().unwrap()
    }

    /// Fills the disk except for `bytes`.
    fn leave(&self, bytes: usize) {
        let filler = self.0.join("filler");
        let _ = fs::remove_file(&filler);
        let length = self.free() - bytes;
        let file = fs::File::create(filler).unwrap();
        for page in 0..length / PAGE {
            let at = (page * PAGE) as u64;
            file.write_all_at(&[1; PAGE], at).unwrap();
        }
        assert_eq!(self.free(), bytes);
    }

    fn make_room(&self) {
        fs::remove_file(self.0.join("filler")).unwrap();
    }
}

#[tokio::test]
async fn a_document_larger_than_the_disk_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let Some(store) = on_small_disk(folder.path(), 24 << 20) else {
        return;
    };
    let disk = Disk(store.path_inside(folder.path()));
    let key = Key::new(1);
    let kept = content(9 << 20);
    assert_eq!(store.put(&key, &kept).await.status(), 201);
    let free = disk.free();

    let large = content(30 << 20);
    let answer = store.put(&key, &large).await;
    assert_refused(answer, ErrorCode::StorageFull).await;
    let answer = store.get(DocumentId::of(&large)).await;
    assert_refused(answer, ErrorCode::NotFound).await;
    // Everything of the upload is removed, except for the nonce.
    assert_eq!(disk.free(), free - PAGE);
    assert_eq!(files(&disk.0, "blobs").len(), 1);
    assert_eq!(files(&disk.0, "pending"), [""; 0]);

    let answer = store.get(DocumentId::of(&kept)).await;
    assert!(answer.bytes().await.unwrap() == kept);
    let small = content(9 << 20 | 1);
    assert_eq!(store.put(&key, &small).await.status(), 201);
}

/// Each round has space for one more write, so that each write of an upload fails once.
#[tokio::test]
async fn a_disk_that_fills_at_any_write_of_an_upload_leaves_nothing_readable() {
    let folder = TempDir::new().unwrap();
    let Some(store) = on_small_disk(folder.path(), 4 << 20) else {
        return;
    };
    let disk = Disk(store.path_inside(folder.path()));
    let key = Key::new(1);
    let first = content(100);
    assert_eq!(store.put(&key, &first).await.status(), 201);

    let mut failed = 0;
    for pages in 0_usize.. {
        let document = content(200 + pages);
        let id = DocumentId::of(&document);
        disk.leave(pages * PAGE);
        let answer = store.put(&key, &document).await;
        if answer.status() == 201 {
            break;
        }
        assert_refused(answer, ErrorCode::StorageFull).await;
        failed += 1;
        assert_refused(store.get(id).await, ErrorCode::NotFound).await;
        // Reading needs no space.
        let there = store.get(DocumentId::of(&first)).await;
        assert!(there.bytes().await.unwrap() == first);
        disk.make_room();
        assert_eq!(files(&disk.0, "pending"), [""; 0]);
        // The same upload succeeds when there is space again.
        assert_eq!(store.put(&key, &document).await.status(), 201);
        assert!(store.get(id).await.bytes().await.unwrap() == document);
    }
    // The nonce, the pending object, the bytes and the metadata.
    assert_eq!(failed, 4);
}

#[tokio::test]
async fn a_limit_on_file_sizes_counts_as_a_full_disk() {
    let folder = TempDir::new().unwrap();
    // The limit is in blocks of 512 bytes: 6 MiB.
    let limited = "trap '' XFSZ; ulimit -f 12288; exec \"$0\" --listen 127.0.0.1:0 --dir \"$1\"";
    let mut command = Command::new("sh");
    let command = command.args(["-c", limited, PROGRAM]).arg(folder.path());
    let store = Process::run(command.stderr(Stdio::null()));
    let key = Key::new(1);
    let large = content(8 << 20);
    let answer = store.put(&key, &large).await;
    assert_refused(answer, ErrorCode::StorageFull).await;
    let answer = store.get(DocumentId::of(&large)).await;
    assert_refused(answer, ErrorCode::NotFound).await;
    assert_no_bytes(folder.path());
    let small = content(5 << 20);
    assert_eq!(store.put(&key, &small).await.status(), 201);
}
