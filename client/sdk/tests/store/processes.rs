//! Store and client as processes of their own: how much memory they take, and what is left of them when one is killed
//! or has a disk that is full. The processes are this test program again, in another role.

use std::{
    env,
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use generion_client::{
    crypto::{
        document,
        rand_core::OsRng,
        record::{RecordElement, RecordKey},
    },
    store::{FetchError, StoreError},
};
use generion_store::{Config, Server};
use sha2::{Digest, Sha256};
use solana_keypair::Keypair;
use solana_signer::Signer;
use tempfile::TempDir;
use tokio::time::{Duration, sleep, timeout};

use crate::support::{client, digest, download, local, locator};

const MIB: u64 = 1 << 20;

/// What a process is to be; the test itself has none.
const ROLE: &str = "GENERION_TEST_ROLE";
/// The folder that it works in.
const FOLDER: &str = "GENERION_TEST_FOLDER";
/// Where the store is.
const STORE: &str = "GENERION_TEST_STORE";
/// How large the document is, in bytes.
const SIZE: &str = "GENERION_TEST_SIZE";

fn variable(name: &str) -> String {
    env::var(name).unwrap()
}

/// Not a test of its own: what the processes do that the tests below start.
#[tokio::test(flavor = "multi_thread")]
async fn another_role() {
    match env::var(ROLE).as_deref() {
        Err(_) => {}
        Ok("store") => store().await,
        Ok("client") => round_trip().await,
        Ok("downloads onto a small disk") => download_onto_small_disk().await,
        Ok(role) => panic!("{role} is no role"),
    }
}

async fn store() {
    let config = Config {
        listen: variable(STORE).parse().unwrap(),
        ..Config::on_folder(variable(FOLDER))
    };
    let server = Server::bind(config).await.unwrap();
    println!("\nlistening");
    server.run(std::future::pending()).await;
}

/// Encrypts a document, uploads, downloads and opens it, and prints the most memory that it had meanwhile.
async fn round_trip() {
    let (folder, size) = (PathBuf::from(variable(FOLDER)), variable(SIZE));
    let size: u64 = size.parse().unwrap();
    let store = format!("http://{}", variable(STORE)).parse().unwrap();
    let [plain, sealed, fetched, opened] =
        ["plain", "sealed", "fetched", "opened"].map(|name| folder.join(name));
    let key = record_key();
    let written = write_noise(&mut File::create(&plain).unwrap(), size);
    let digest = document::encrypt(
        File::open(&plain).unwrap(),
        File::create(&sealed).unwrap(),
        &key.data_public_key(),
    )
    .unwrap();
    let uploader = Keypair::new();
    client()
        .upload(&store, &sealed, &digest, &uploader, &uploader.pubkey())
        .await
        .unwrap();
    let mut locator = locator(store, b"");
    (locator.sha256, locator.size) = (digest.sha256, digest.size);
    download(&locator, &local(), &fetched).await.unwrap();
    let mut output = HashingFile(File::create(&opened).unwrap(), Sha256::new());
    let count = document::decrypt(File::open(&fetched).unwrap(), &mut output, &key).unwrap();
    assert_eq!(count, size);
    let read: [u8; 32] = output.1.finalize().into();
    assert_eq!(read, written);
    println!("\npeak {}", peak_memory(std::process::id()));
}

fn record_key() -> RecordKey {
    let anybody = Keypair::new().pubkey();
    RecordElement::random(&mut OsRng).record_key(&anybody, &anybody)
}

/// Writes so many bytes, and returns their hash.
fn write_noise(to: &mut impl Write, size: u64) -> [u8; 32] {
    let mut state = 1_u64;
    let mut block = Vec::with_capacity(MIB as usize);
    while block.len() < MIB as usize {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        block.extend_from_slice(&state.to_be_bytes());
    }
    let mut hash = Sha256::new();
    let mut left = size;
    while left > 0 {
        // No block is like another.
        block[..8].copy_from_slice(&left.to_be_bytes());
        let count = left.min(MIB) as usize;
        to.write_all(&block[..count]).unwrap();
        hash.update(&block[..count]);
        left -= count as u64;
    }
    hash.finalize().into()
}

struct HashingFile(File, Sha256);

impl Write for HashingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.0.write(bytes)?;
        self.1.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The most memory that a running process had at a time, in bytes.
fn peak_memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.unwrap().trim().strip_suffix(" kB").unwrap();
    kibibytes.parse::<u64>().unwrap() * 1024
}

/// This program in another role.
fn role(role: &str, folder: &Path, store: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", "processes::another_role", "--nocapture"])
        .env(ROLE, role)
        .env(FOLDER, folder)
        .env(STORE, store)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

/// A store as a process, which ends with this value, and what it prints: it must find somebody to read it.
struct StoreProcess(Child, BufReader<ChildStdout>);

impl StoreProcess {
    fn start(folder: &Path, address: &str) -> Self {
        let mut child = role("store", folder, address).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut process = Self(child, stdout);
        let mut lines = process.1.by_ref().lines();
        let listening = lines.any(|line| line.unwrap() == "listening");
        assert!(listening, "the store did not start");
        process
    }
}

impl Drop for StoreProcess {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An address that nothing listens on, which a store keeps over a restart.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// Sends a document of this size through a client and a store; the peak of each.
fn peaks(size: u64) -> [u64; 2] {
    let folder = TempDir::new().unwrap();
    let [documents, work] = ["documents", "work"].map(|name| folder.path().join(name));
    fs::create_dir(&work).unwrap();
    let address = free_address();
    let store = StoreProcess::start(&documents, &address);
    let mut client = role("client", &work, &address);
    let output = client.env(SIZE, size.to_string()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    let peak = text.lines().find_map(|line| line.strip_prefix("peak "));
    let peaks = [peak.unwrap().parse().unwrap(), peak_memory(store.0.id())];
    let [client, store] = peaks.map(|peak| peak / MIB);
    println!("{} MiB: client {client} MiB, store {store} MiB", size / MIB);
    peaks
}

#[test]
fn a_document_needs_no_memory_of_its_size() {
    for peak in peaks(128 * MIB) {
        assert!(peak < 64 * MIB, "{} MiB", peak / MIB);
    }
}

/// As above, at the size of the largest document that a store takes unless told otherwise.
#[test]
#[ignore = "moves 5 GiB over the disk: cargo nextest run -p generion-client --run-ignored only gibibyte"]
fn a_gibibyte_needs_less_than_150_megabytes() {
    // What is encrypted is longer than what was there before.
    for peak in peaks((1 << 30) - MIB) {
        assert!(peak < 150_000_000, "{peak} bytes");
    }
}

#[tokio::test]
async fn an_upload_whose_store_is_killed_is_finished_by_the_next_run() {
    let folder = TempDir::new().unwrap();
    let documents = folder.path().join("documents");
    let address = free_address();
    let store = StoreProcess::start(&documents, &address);
    let mut ciphertext = Vec::new();
    write_noise(&mut ciphertext, 48 * MIB);
    let (file, digest) = (folder.path().join("ciphertext"), digest(&ciphertext));
    fs::write(&file, &ciphertext).unwrap();
    let url = format!("http://{address}").parse().unwrap();
    let wallet = Keypair::new();
    let upload = async || {
        let authority = wallet.pubkey();
        client()
            .upload(&url, &file, &digest, &wallet, &authority)
            .await
    };

    let killed = async {
        // As soon as bytes are on the disk.
        let blobs = documents.join("blobs");
        while !fs::read_dir(&blobs)
            .unwrap()
            .any(|file| file.unwrap().metadata().is_ok_and(|file| file.len() > 0))
        {
            sleep(Duration::from_millis(1)).await;
        }
        drop(store);
    };
    let patience = Duration::from_secs(60);
    let (result, killed) = tokio::join!(upload(), timeout(patience, killed));
    killed.expect("nothing of the upload came to the disk");
    let error = result.expect_err("the upload was done before the store was killed");
    assert!(matches!(error, StoreError::Request(_)), "{error}");
    let count = |kind| fs::read_dir(documents.join(kind)).unwrap().count();
    assert_eq!((count("documents"), count("pending")), (0, 1));

    let _store = StoreProcess::start(&documents, &address);
    assert_eq!((count("blobs"), count("pending")), (0, 0));
    upload().await.unwrap();
    let fetched = folder.path().join("fetched");
    download(&locator(&url, &ciphertext), &local(), &fetched)
        .await
        .unwrap();
    assert!(fs::read(&fetched).unwrap() == ciphertext);
}

/// With a small disk of its own, in a namespace of its own, which takes no rights. Where the system allows no such
/// namespace, a limit on how long a file may be takes its place.
#[tokio::test]
async fn a_download_onto_a_full_disk_leaves_nothing() {
    const MOUNT: &str = "mount -t tmpfs -o size=4m tmpfs \"$GENERION_TEST_FOLDER\"";
    let folder = TempDir::new().unwrap();
    let [documents, disk] = ["documents", "disk"].map(|name| folder.path().join(name));
    fs::create_dir(&disk).unwrap();
    let address = free_address();
    let _store = StoreProcess::start(&documents, &address);
    let url = format!("http://{address}").parse().unwrap();
    let wallet = Keypair::new();
    let file = folder.path().join("ciphertext");
    for content in MEBIBYTES.map(content) {
        fs::write(&file, &content).unwrap();
        client()
            .upload(&url, &file, &digest(&content), &wallet, &wallet.pubkey())
            .await
            .unwrap();
    }

    let unshare = ["--user", "--map-root-user", "--mount", "sh", "-c"];
    let mut attempt = Command::new("unshare");
    let attempt = attempt.args(unshare).arg(MOUNT).env(FOLDER, &disk);
    let allowed = attempt.stderr(Stdio::null()).status();
    let client = role("downloads onto a small disk", &disk, &address);
    let limited = match allowed.is_ok_and(|status| status.success()) {
        true => {
            let mut limited = Command::new("unshare");
            limited.args(unshare);
            limited.arg(format!("{MOUNT} && exec \"$0\" \"$@\""));
            limited
        }
        false => {
            println!("this system gives nobody a mount of their own: a limit on files instead");
            let mut limited = Command::new("sh");
            // In blocks of 512 bytes: 4 MiB.
            limited.args(["-c", "trap '' XFSZ; ulimit -f 8192; exec \"$0\" \"$@\""]);
            limited
        }
    };
    let status = run_under(limited, &client).status().unwrap();
    assert!(status.success());
}

/// `command`, started by `outer` as its last arguments.
fn run_under(mut outer: Command, command: &Command) -> Command {
    outer.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            outer.env(name, value);
        }
    }
    outer
}

/// What is downloaded onto a disk of 4 MiB: there is room for the first.
const MEBIBYTES: [usize; 2] = [3, 6];

fn content(mebibytes: usize) -> Vec<u8> {
    let byte = u8::try_from(mebibytes).unwrap();
    vec![byte; mebibytes << 20]
}

async fn download_onto_small_disk() {
    let disk = PathBuf::from(variable(FOLDER));
    let target = disk.join("document.age");
    let download = async |content: &[u8]| {
        let locator = locator(format!("http://{}", variable(STORE)), content);
        crate::support::download(&locator, &local(), &target).await
    };
    let [fits, does_not] = MEBIBYTES.map(content);
    let error = download(&does_not).await.unwrap_err();
    let FetchError::Unwritable { path, source } = &error else {
        panic!("{error}")
    };
    assert_eq!(path, &disk);
    let full = [io::ErrorKind::StorageFull, io::ErrorKind::FileTooLarge];
    assert!(full.contains(&source.kind()), "{error}");
    assert_eq!(fs::read_dir(&disk).unwrap().count(), 0);

    download(&fits).await.unwrap();
    assert!(fs::read(&target).unwrap() == fits);
    assert_eq!(fs::read_dir(&disk).unwrap().count(), 1);
}
