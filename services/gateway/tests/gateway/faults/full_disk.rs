//! SQLite on a disk that is full for a while. The disk is a tmpfs of its own size, in a namespace of the user's.

use std::{
    fs::{self, File},
    io::ErrorKind,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use generion_test_support::Running;
use serde_json::Value;
use tempfile::TempDir;
use tokio::{task::spawn_blocking, time::sleep};

use super::{DEADLINE, changed_user, ledger};
use crate::support::node::StandInNode;

/// The size of the pages that a tmpfs allocates.
const PAGE: usize = 4_096;
/// A gateway whose database is alone on a small disk.
struct OnSmallDisk {
    running: Running,
    url: String,
    disk: PathBuf,
    config: PathBuf,
    _folder: TempDir,
}

/// A command in namespaces of its own, in which it may mount. Its arguments are `$1`, `$2`.
fn in_namespace(script: &str, arguments: &[&Path]) -> Command {
    let mut unshare = Command::new("unshare");
    unshare
        .args([
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            script,
            "sh",
        ])
        .args(arguments);
    unshare
}

/// Whether the test is left out: containers often let nobody mount in a user's namespace. In CI that is a failure, so that
/// the test can't vanish from it.
fn is_left_out() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let mounting = in_namespace("mount -t tmpfs tmpfs \"$1\"", &[folder.path()]).output();
    let is_allowed = mounting.as_ref().is_ok_and(|done| done.status.success());
    if !is_allowed {
        let reason = format!(
            "the full disk is not tested: this machine lets nobody mount in a user's namespace ({mounting:?}); allow it by \
             `sysctl kernel.unprivileged_userns_clone=1` and `sysctl kernel.apparmor_restrict_unprivileged_userns=0`"
        );
        assert!(std::env::var_os("CI").is_none(), "{reason}");
        eprintln!("{reason}");
    }
    !is_allowed
}

impl OnSmallDisk {
    fn start(node: &StandInNode) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (mount, config) = (
            folder.path().join("disk"),
            folder.path().join("gateway.toml"),
        );
        fs::create_dir(&mount).unwrap();
        let text = format!(
            "listen = \"127.0.0.1:0\"\ncluster = \"localnet\"\npoll_seconds = 1\nmax_seconds_behind = 2\n\
             nodes = [\"{}\"]\ndatabase = \"sqlite:{}\"\nwebsocket = \"ws://127.0.0.1:1\"\n",
            node.url,
            mount.join("index.sqlite").display()
        );
        fs::write(&config, text).unwrap();
        let program = env!("CARGO_BIN_EXE_generion-gateway");
        let script = format!(
            "mount -t tmpfs -o size=12m tmpfs \"$1\" && exec \"{program}\" serve --config \"$2\""
        );
        let command = in_namespace(&script, &[&mount, &config]);
        let mut running = Running::start(command, None);
        let line = running.line();
        let url = line
            .strip_prefix("listening on ")
            .unwrap()
            .trim()
            .to_owned();
        // The disk as this process sees it.
        let root = PathBuf::from(format!("/proc/{}/root", running.id()));
        let disk = root.join(mount.strip_prefix("/").unwrap());
        Self {
            running,
            url,
            disk,
            config,
            _folder: folder,
        }
    }

    fn free(&self) -> usize {
        let disk = rustix::fs::statvfs(&self.disk).unwrap();
        usize::try_from(disk.f_bfree * disk.f_frsize).unwrap()
    }

    /// Fills the disk except for some pages. The gateway may write meanwhile.
    fn leave(&self, pages: usize) {
        let filler = File::create(self.disk.join("filler")).unwrap();
        for page in pages..self.free() / PAGE {
            let written = filler.write_all_at(&[1; PAGE], (page * PAGE) as u64);
            if let Err(error) = written {
                assert_eq!(error.kind(), ErrorKind::StorageFull);
                break;
            }
        }
        assert!(self.free() <= pages * PAGE);
    }

    fn make_room(&self) {
        fs::remove_file(self.disk.join("filler")).unwrap();
    }

    async fn ask(&self, path: &str) -> (u16, Value) {
        let answer = reqwest::get(format!("{}{path}", self.url)).await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Waits until the readiness is as it should be.
    async fn until(&self, is_so: impl Fn(u16, &Value) -> bool) -> Value {
        let started = Instant::now();
        loop {
            let (status, ready) = self.ask("/health/ready").await;
            if is_so(status, &ready) {
                return ready;
            }
            assert!(started.elapsed() < DEADLINE, "{ready}");
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the gateway says that it is not ready because the disk is full.
    async fn until_full(&self) {
        self.until(|status, ready| {
            let detail = ready["detail"].as_str().unwrap_or_default();
            status == 503 && detail.contains("the disk of the index's database is full")
        })
        .await;
    }

    /// Waits until the gateway is ready, has followed a slot, and has no problem any more.
    async fn until_followed(&self, slot: u64) {
        let slot = slot.to_string();
        self.until(|status, ready| {
            let is_followed = ready["slot"].as_str() == Some(slot.as_str());
            status == 200 && is_followed && ready["problem"].is_null()
        })
        .await;
    }

    /// The users and the records that the gateway lists, each as a whole.
    async fn lists(&self) -> Vec<Value> {
        let mut lists = Vec::new();
        for path in ["/v1/users?limit=200", "/v1/records?limit=200"] {
            let (status, list) = self.ask(path).await;
            assert_eq!(status, 200, "{list}");
            lists.push(list);
        }
        lists
    }

    /// What `generion-gateway check` says of the index.
    async fn check(&self) {
        // Where the gateway sees its disk.
        let mut check = Command::new("nsenter");
        let target = self.running.id().to_string();
        check.args([
            "--target",
            &target,
            "--user",
            "--mount",
            "--preserve-credentials",
        ]);
        check.arg(env!("CARGO_BIN_EXE_generion-gateway"));
        check.arg("check").arg("--config").arg(&self.config);
        let checked = spawn_blocking(move || check.output().unwrap())
            .await
            .unwrap();
        let printed = String::from_utf8_lossy(&checked.stdout);
        assert_eq!(
            checked.status.code(),
            Some(0),
            "{printed}{}",
            String::from_utf8_lossy(&checked.stderr)
        );
        assert!(printed.contains("is equal to the ledger"), "{printed}");
    }
}

/// The disk is full when changes arrive, with room for none or for some of what they need. The gateway serves the last whole
/// state, says why it does not go on, and goes on by itself once there is room.
#[tokio::test(flavor = "multi_thread")]
async fn an_index_on_a_full_disk_keeps_its_last_whole_state_and_goes_on() {
    if is_left_out() {
        return;
    }
    let node = StandInNode::start(10, ledger().accounts()).await;
    let gateway = OnSmallDisk::start(&node);
    gateway.until_followed(10).await;
    let mut slot = 10;
    for (round, pages) in (0..).zip([0, 1, 3]) {
        let before = gateway.lists().await;
        gateway.leave(pages);
        // More than fits into a page: each transaction names six accounts.
        for change in 0..4 {
            let users = (0..6).map(|user| changed_user(user, 10 + 4 * round + change));
            node.shown().lands(users.collect());
        }
        node.shown().closes(&ledger().record(u64::from(round)));
        slot += 5;
        gateway.until_full().await;
        // Some of the transactions may be in, each as a whole. Nothing is of two states.
        let (_, full) = gateway.ask("/health/ready").await;
        assert_eq!(full["code"], "not_ready", "{full}");
        let during = gateway.lists().await;
        if pages == 0 {
            assert_eq!(during, before);
        }
        gateway.make_room();
        gateway.until_followed(slot).await;
        assert_ne!(gateway.lists().await, before);
        gateway.check().await;
    }
    drop(gateway.running);
}

/// The disk is full before the first snapshot is in: there is no index until there is room.
#[tokio::test(flavor = "multi_thread")]
async fn a_first_snapshot_that_finds_no_room_is_taken_once_there_is_some() {
    if is_left_out() {
        return;
    }
    let node = StandInNode::start(10, ledger().accounts()).await;
    node.shown().is_away = true;
    let gateway = OnSmallDisk::start(&node);
    gateway.until(|status, _| status == 503).await;
    gateway.leave(2);
    node.shown().is_away = false;
    gateway.until_full().await;
    gateway.make_room();
    gateway.until_followed(10).await;
    gateway.check().await;
}
