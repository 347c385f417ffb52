//! Pages over HTTP, beside a handler that answers the same bytes from memory.

use std::{
    io::{BufRead, BufReader},
    num::NonZero,
    process::{Command, Stdio},
    sync::{Arc, RwLock},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use axum::{
    Router,
    body::Bytes,
    http::{StatusCode, header::CONTENT_TYPE},
    routing::get,
};
use generion_bench::{
    http_client::{Connection, all_at_once},
    process::Server,
    table::{self, median},
};
use generion_gateway::{
    config::Config,
    http::state::AppState,
    index::{IndexState, IndexWatch},
    server,
    storage::{Storage, StorageUrl},
};
use generion_synthetic_ledger::SyntheticLedger;
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};
use tokio::net::TcpListener;

use crate::{indexing::in_full, input::SEED, latency::Latencies, lists::Draw};

/// Requests of one server before it is the other one's turn.
const IN_TURN: usize = 50;
/// Connections at the same time.
const CLIENTS: usize = 64;
/// Requests of each of them in a round.
const REQUESTS: usize = 50;
/// Rounds, of which each measures both servers.
const ROUNDS: usize = 5;
/// Cursors that are taken from a list before it is measured.
const CURSORS: usize = 40;

/// A list over HTTP, with random values of its filter.
struct ServedList {
    name: &'static str,
    path: fn(&mut Draw<'_>) -> String,
}

const LISTS: [ServedList; 14] = [
    ServedList {
        name: "users",
        path: |_| "/v1/users?limit=50".to_owned(),
    },
    ServedList {
        name: "records",
        path: |_| "/v1/records?limit=50".to_owned(),
    },
    ServedList {
        name: "records of an owner",
        path: |draw| format!("/v1/records?limit=50&owner={}", draw.user()),
    },
    ServedList {
        name: "records of a creator",
        path: |draw| format!("/v1/records?limit=50&creator={}", draw.creator()),
    },
    ServedList {
        name: "records, from a time on",
        path: |draw| format!("/v1/records?limit=50&created_from={}", draw.time()),
    },
    ServedList {
        name: "records, verified or not",
        path: |draw| format!("/v1/records?limit=50&verified={}", draw.flag()),
    },
    ServedList {
        name: "orders",
        path: |_| "/v1/orders?limit=50".to_owned(),
    },
    ServedList {
        name: "orders, open or not",
        path: |draw| format!("/v1/orders?limit=50&open={}", draw.flag()),
    },
    ServedList {
        name: "orders with a record",
        path: |draw| format!("/v1/orders?limit=50&record={}", draw.record()),
    },
    ServedList {
        name: "orders, by price",
        path: |_| "/v1/orders?limit=50&sort=price".to_owned(),
    },
    ServedList {
        name: "orders of a seller",
        path: |draw| format!("/v1/orders?limit=50&seller={}", draw.user()),
    },
    ServedList {
        name: "purchases",
        path: |_| "/v1/purchases?limit=50".to_owned(),
    },
    ServedList {
        name: "purchases of a seller",
        path: |draw| format!("/v1/purchases?limit=50&seller={}", draw.user()),
    },
    ServedList {
        name: "shares",
        path: |_| "/v1/shares?limit=50".to_owned(),
    },
];

/// Serves an index and a bare handler until the program is ended; prints where.
pub async fn serve(url: &StorageUrl) -> Result<()> {
    let storage = Storage::open(url).await?;
    let mut config = Config::default();
    config.listen.set_port(0);
    config.admin_listen = None;
    config.limits.per_second = NonZero::<u32>::MAX;
    config.limits.burst = NonZero::<u32>::MAX;
    let progress = storage.progress().await?;
    let index = IndexWatch::fixed(IndexState::of(progress.as_ref(), false, None));
    let gateway = server::Server::over(AppState::new(storage, index, config)).await?;
    let answer = Arc::new(RwLock::new(Bytes::new()));
    let asked = Arc::clone(&answer);
    let bare = Router::new().route(
        "/",
        get(move || {
            let body = asked.read().map(|body| body.clone()).unwrap_or_default();
            async move { ([(CONTENT_TYPE, "application/json")], body) }
        })
        .put(move |body: Bytes| {
            if let Ok(mut answer) = answer.write() {
                *answer = body;
            }
            async { StatusCode::CREATED }
        }),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{} {}", gateway.address(), listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, bare).await });
    gateway.run(std::future::pending()).await?;
    Ok(())
}

/// The two servers, in a process of their own.
struct Served {
    gateway: String,
    bare: String,
    _server: Server,
}

impl Served {
    fn start(url: &StorageUrl) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg("--serve")
            .arg(in_full(url))
            .env("RUST_LOG", "error");
        let mut server = Server(
            command
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .spawn()
                .context("can't start the servers")?,
        );
        let mut line = String::new();
        let stdout = server
            .0
            .stdout
            .take()
            .context("the servers have no output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let (gateway, bare) = line
            .trim()
            .split_once(' ')
            .context("the servers did not start")?;
        Ok(Self {
            gateway: gateway.to_owned(),
            bare: bare.to_owned(),
            _server: server,
        })
    }
}

/// Asks for pages of the index over HTTP and for the same bytes from the bare handler, in turns; prints a table.
pub fn measure(
    database: &str,
    (ledger, url): (&SyntheticLedger, &StorageUrl),
    samples: usize,
) -> Result<()> {
    let served = Served::start(url)?;
    println!(
        "\n{database}: pages of 50 over HTTP at {} records, from random places, beside a bare handler with the same bytes\n",
        ledger.size().records
    );
    table::head([
        "list",
        "bytes",
        "p50, ms",
        "p99, ms",
        "bare p50, ms",
        "bare p99, ms",
        "requests/s at 64",
        "bare requests/s",
        "ratio",
    ]);
    for list in &LISTS {
        let mut random = ChaCha8Rng::seed_from_u64(SEED);
        let mut draw = Draw {
            ledger,
            random: &mut random,
        };
        let mut gateway = Connection::to(&served.gateway)?;
        let mut bare = Connection::to(&served.bare)?;
        let paths = paths(list, &mut draw, &mut gateway, samples)?;
        let page = gateway.document(&paths[0])?;
        bare.put("/", "content-type: application/json\r\n", &page)?;
        let (mut ours, mut theirs) = (Latencies::default(), Latencies::default());
        for some in paths.chunks(IN_TURN) {
            for path in some {
                ours.add(timed(|| gateway.get(path))?);
            }
            for _ in some {
                theirs.add(timed(|| bare.get("/"))?);
            }
        }
        let mut rates = Vec::new();
        for _ in 0..ROUNDS {
            let ours = rate(&served.gateway, |client, request| {
                &paths[(client * REQUESTS + request) % paths.len()]
            })?;
            let theirs = rate(&served.bare, |_, _| "/")?;
            rates.push((ours, theirs));
        }
        table::row([
            list.name,
            &page.len().to_string(),
            &format!("{:.2}", ours.percentile(50)),
            &format!("{:.2}", ours.percentile(99)),
            &format!("{:.2}", theirs.percentile(50)),
            &format!("{:.2}", theirs.percentile(99)),
            &format!("{:.0}", median(rates.iter().map(|(ours, _)| *ours))),
            &format!("{:.0}", median(rates.iter().map(|(_, theirs)| *theirs))),
            &format!(
                "{:.2}",
                median(rates.iter().map(|(ours, theirs)| ours / theirs))
            ),
        ]);
    }
    Ok(())
}

/// Paths of pages: each with values of its own for the filter, and half of those of a long list with a cursor.
fn paths(
    list: &ServedList,
    draw: &mut Draw<'_>,
    gateway: &mut Connection,
    samples: usize,
) -> Result<Vec<String>> {
    let mut paths = Vec::new();
    let mut cursors = Vec::new();
    while paths.len() < samples {
        let mut path = (list.path)(draw);
        if cursors.len() < CURSORS {
            let page: serde_json::Value = serde_json::from_slice(&gateway.document(&path)?)?;
            ensure!(page["items"].is_array(), "{path} is no list");
            let next = page["next"]
                .as_str()
                .map(|next| format!("{path}&cursor={next}"));
            cursors.push(next.unwrap_or_else(|| path.clone()));
        } else if draw.random.next_u64().is_multiple_of(2) {
            // The next pages of the same filter.
            let count = u64::try_from(cursors.len())?;
            let chosen = usize::try_from(draw.random.next_u64() % count)?;
            path.clone_from(&cursors[chosen]);
        }
        paths.push(path);
    }
    Ok(paths)
}

fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<Duration> {
    let began = Instant::now();
    work()?;
    Ok(began.elapsed())
}

/// Requests that a server answers in a second with all clients at once.
fn rate<'p>(host: &str, path: impl Fn(usize, usize) -> &'p str + Sync) -> Result<f64> {
    let took = all_at_once(host, CLIENTS, |client, connection| {
        (0..REQUESTS).try_for_each(|request| connection.get(path(client, request)).map(|_| ()))
    })?;
    Ok((CLIENTS * REQUESTS) as f64 / took.as_secs_f64())
}
