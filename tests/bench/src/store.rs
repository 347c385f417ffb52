//! Uploads and downloads of the same files to and from the store and nginx.

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use ed25519_dalek::{Signer, SigningKey};
use generion_interface::store::{DocumentId, Nonce, Operation, StoreRequest};
use rand_core::{OsRng, RngCore};

use generion_bench::{
    http_client::all_at_once,
    process::is_there,
    table::{head, median, row, spread},
};

use crate::servers::Running;

/// A document size, and the number of requests.
struct Load {
    name: &'static str,
    bytes: usize,
    /// Whether the store caches documents of this size.
    is_kept_in_memory: bool,
    /// The number of documents to download.
    documents: usize,
    /// The downloads of all clients in one round.
    downloads: usize,
    /// The uploads of all clients in one round.
    uploads: usize,
}

const LOADS: [Load; 3] = [
    Load {
        name: "16 KiB",
        bytes: 16 << 10,
        is_kept_in_memory: true,
        documents: 256,
        downloads: 6400,
        uploads: 256,
    },
    Load {
        name: "1 MiB",
        bytes: 1 << 20,
        is_kept_in_memory: false,
        documents: 64,
        downloads: 1280,
        uploads: 128,
    },
    Load {
        name: "64 MiB",
        bytes: 64 << 20,
        is_kept_in_memory: false,
        documents: 4,
        downloads: 64,
        uploads: 8,
    },
];

const CLIENTS: [usize; 2] = [1, 64];

/// The result of one round.
#[derive(Clone, Copy)]
struct Took {
    wall: Duration,
    /// The processor time of the server, which other load on the machine hardly changes.
    cpu: Duration,
}

type Rounds = Vec<Took>;

/// Measures `work` on a server.
fn timed(server: &Running, work: impl FnOnce() -> Result<Duration>) -> Result<Took> {
    let before = server.cpu()?;
    let wall = work()?;
    let cpu = server.cpu()?.saturating_sub(before);
    Ok(Took { wall, cpu })
}

/// Measures downloads and uploads, and prints tables.
pub fn measure(folder: &Path, program: &Path, no_sync: &str, rounds: usize) -> Result<()> {
    let store = Running::store(program, &folder.join_new("synced")?, None)?;
    let unsynced = Some(no_sync).filter(|library| can_preload(library));
    let unsynced = unsynced
        .map(|library| Running::store(program, &folder.join_new("unsynced")?, Some(library)))
        .transpose()?;
    let nginx = match is_there("nginx") {
        true => Some(Running::nginx(folder)?),
        false => None,
    };
    let forgetful = Running::forgetful_store(program, &folder.join_new("forgetful")?)?;
    let (mut downloads, mut uploads) = (Vec::new(), Vec::new());
    for load in &LOADS {
        let paths = fill(load, &store, nginx.as_ref())?;
        let mut stores = vec![(load.name.to_owned(), &store, paths.clone())];
        if load.is_kept_in_memory {
            let paths = fill(load, &forgetful, None)?;
            stores.push((
                format!("{}, without the cache", load.name),
                &forgetful,
                paths,
            ));
        }
        for (name, store, paths_of_store) in stores {
            for clients in CLIENTS {
                let (mut ours, mut theirs) = (Rounds::new(), Rounds::new());
                for round in 0..=rounds {
                    let once = timed(store, || download(store, clients, load, &paths_of_store))?;
                    // The first round fills the caches, and does not count.
                    if round > 0 {
                        ours.push(once);
                    }
                    let Some(nginx) = &nginx else { continue };
                    let once = timed(nginx, || download(nginx, clients, load, &paths))?;
                    if round > 0 {
                        theirs.push(once);
                    }
                }
                downloads.push((name.clone(), load, clients, ours, theirs));
            }
        }
        for clients in CLIENTS {
            let mut sides = [Rounds::new(), Rounds::new(), Rounds::new()];
            for _ in 0..rounds {
                sides[0].push(timed(&store, || upload(&store, clients, load))?);
                if let Some(unsynced) = &unsynced {
                    sides[1].push(timed(unsynced, || upload(unsynced, clients, load))?);
                }
                if let Some(nginx) = &nginx {
                    sides[2].push(timed(nginx, || upload(nginx, clients, load))?);
                }
            }
            uploads.push((load, clients, sides));
        }
    }

    print_downloads(&downloads, rounds);
    print_uploads(&uploads, rounds);
    print_costs(&store)
}

fn print_downloads(downloads: &[(String, &Load, usize, Rounds, Rounds)], rounds: usize) {
    println!(
        "Downloads, {rounds} rounds. A ratio is the time of nginx divided by the time of the store; CPU is that of the server\n"
    );
    head([
        "document",
        "clients",
        "store MiB/s",
        "store requests/s",
        "nginx requests/s",
        "ratio",
        "store CPU µs/request",
        "nginx CPU µs/request",
        "CPU ratio",
    ]);
    for (name, load, clients, ours, theirs) in downloads {
        let total = load.downloads;
        let mebibytes = rate(total, ours) * load.bytes as f64 / f64::from(1 << 20);
        row([
            name,
            &clients.to_string(),
            &format!("{mebibytes:.0}"),
            &format!("{:.0}", rate(total, ours)),
            &or_missing(theirs, |theirs| format!("{:.0}", rate(total, theirs))),
            &or_missing(theirs, |theirs| ratio(theirs, ours, |took| took.wall)),
            &format!("{:.0}", cpu(total, ours)),
            &or_missing(theirs, |theirs| format!("{:.0}", cpu(total, theirs))),
            &or_missing(theirs, |theirs| ratio(theirs, ours, |took| took.cpu)),
        ]);
    }
}

fn print_uploads(uploads: &[(&Load, usize, [Rounds; 3])], rounds: usize) {
    println!(
        "\nUploads, {rounds} rounds. nginx does not sync, so it is also compared with a store that does not sync\n"
    );
    head([
        "document",
        "clients",
        "store/s",
        "store without fsync/s",
        "nginx/s",
        "ratio without fsync",
        "CPU ratio",
    ]);
    for (load, clients, [synced, unsynced, nginx]) in uploads {
        let per_second = |rounds: &Rounds| format!("{:.1}", rate(load.uploads, rounds));
        let compared = |of: fn(&Took) -> Duration| {
            or_missing(nginx, |nginx| {
                or_missing(unsynced, |unsynced| ratio(nginx, unsynced, of))
            })
        };
        row([
            load.name,
            &clients.to_string(),
            &per_second(synced),
            &or_missing(unsynced, per_second),
            &or_missing(nginx, per_second),
            &compared(|took| took.wall),
            &compared(|took| took.cpu),
        ]);
    }
}

/// The share of hashing and signature checks in all uploads.
fn print_costs(store: &Running) -> Result<()> {
    let hashing = store.metric("generion_store_hashing_seconds_total")?;
    let received = store.metric("generion_store_received_bytes_total")?;
    let checks = store.metric("generion_store_signature_checks_seconds_total")?;
    let requests = store.metric("generion_store_answers_total{method=\"PUT\",status=\"201\"}")?;
    println!(
        "\nOf the store's uploads, SHA-256 took {:.2} ms a MiB and the check of a signature {:.0} µs; downloads need \
         neither.\n",
        hashing * 1000.0 / (received / f64::from(1 << 20)),
        checks * 1e6 / requests
    );
    Ok(())
}

/// Uploads documents to both servers. Returns their paths, which are the same on both.
fn fill(load: &Load, store: &Running, nginx: Option<&Running>) -> Result<Vec<String>> {
    let mut paths = Vec::new();
    for _ in 0..load.documents {
        let document = Document::new(load.bytes)?;
        all_at_once(&store.host, 1, |_, connection| {
            connection.put(
                &document.path,
                &document.headers(&store.host),
                &document.content,
            )
        })?;
        if let Some(nginx) = nginx {
            all_at_once(&nginx.host, 1, |_, connection| {
                connection.put(&format!("/{}", document.name()), "", &document.content)
            })?;
        }
        paths.push(document.path);
    }
    Ok(paths)
}

fn download(server: &Running, clients: usize, load: &Load, paths: &[String]) -> Result<Duration> {
    let next = AtomicU64::new(0);
    let total = load.downloads as u64;
    all_at_once(&server.host, clients, |_, connection| {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= total {
                return Ok(());
            }
            let path = &paths[usize::try_from(number)? % paths.len()];
            let length = connection.get(&server.path(path))?;
            anyhow::ensure!(length == load.bytes as u64, "{path} is incomplete");
        }
    })
}

/// New documents, which are created before the measurement.
fn upload(server: &Running, clients: usize, load: &Load) -> Result<Duration> {
    let documents = (0..load.uploads)
        .map(|_| Document::new(load.bytes))
        .collect::<Result<Vec<_>>>()?;
    let next = AtomicU64::new(0);
    all_at_once(&server.host, clients.min(load.uploads), |_, connection| {
        loop {
            let number = usize::try_from(next.fetch_add(1, Ordering::Relaxed))?;
            let Some(document) = documents.get(number) else {
                return Ok(());
            };
            let headers = match server.is_store() {
                true => document.headers(&server.host),
                false => String::new(),
            };
            connection.put(&server.path(&document.path), &headers, &document.content)?;
        }
    })
}

/// Unique bytes, and the path of their hash.
struct Document {
    content: Vec<u8>,
    id: DocumentId,
    path: String,
}

impl Document {
    fn new(bytes: usize) -> Result<Self> {
        let mut content = vec![0; bytes];
        let random = content.len().min(32);
        OsRng.fill_bytes(&mut content[..random]);
        let id = DocumentId::of(&content);
        Ok(Self {
            content,
            id,
            path: id.path(),
        })
    }

    fn name(&self) -> String {
        self.id.to_string()
    }

    /// The headers of a new signed request.
    fn headers(&self, host: &str) -> String {
        let key = SigningKey::from_bytes(&[7; 32]);
        let address = key.verifying_key().to_bytes().into();
        let mut nonce = [0; 16];
        OsRng.fill_bytes(&mut nonce);
        let request = StoreRequest {
            operation: Operation::Upload(self.id.into()),
            host: host.to_owned(),
            erase_authority: address,
            unix_time: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .expect("the clock shows a time after 1970")
                .as_secs(),
            nonce: Nonce(nonce),
        };
        let signature = key.sign(request.text().as_bytes()).to_bytes();
        let headers = request.signed(address, signature.into()).headers();
        headers
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .concat()
    }
}

impl Running {
    /// The path of a document.
    fn path(&self, path: &str) -> String {
        match self.is_store() {
            true => path.to_owned(),
            false => format!("/{}", path.rsplit('/').next().unwrap_or_default()),
        }
    }
}

/// Requests per second.
fn rate(requests: usize, rounds: &Rounds) -> f64 {
    requests as f64 / median(rounds.iter().map(|took| took.wall.as_secs_f64()))
}

/// The processor time of the server per request, in microseconds.
fn cpu(requests: usize, rounds: &Rounds) -> f64 {
    median(rounds.iter().map(|took| took.cpu.as_secs_f64())) * 1e6 / requests as f64
}

fn ratio(theirs: &Rounds, ours: &Rounds, of: fn(&Took) -> Duration) -> String {
    let pairs = theirs.iter().zip(ours);
    spread(pairs.map(|(theirs, ours)| of(theirs).as_secs_f64() / of(ours).as_secs_f64()))
}

fn or_missing(rounds: &Rounds, show: impl FnOnce(&Rounds) -> String) -> String {
    match rounds.is_empty() {
        false => show(rounds),
        true => "not there".to_owned(),
    }
}

/// Checks that the loader finds the library, because it only prints a warning otherwise.
fn can_preload(library: &str) -> bool {
    let mut command = Command::new("true");
    let output = command
        .env("LD_PRELOAD", library)
        .stdin(Stdio::null())
        .output();
    output.is_ok_and(|output| output.stderr.is_empty())
}

trait Join {
    fn join_new(&self, name: &str) -> Result<std::path::PathBuf>;
}

impl Join for Path {
    /// Creates a folder in this one.
    fn join_new(&self, name: &str) -> Result<std::path::PathBuf> {
        let folder = self.join(name);
        std::fs::create_dir(&folder)
            .with_context(|| format!("can't create {}", folder.display()))?;
        Ok(folder)
    }
}
