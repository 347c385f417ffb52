//! The gateway beside a node: the same accounts by `getProgramAccounts`, and how long after the node's own message a change
//! is told as an event.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    num::NonZero,
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use generion::state::Record;
use generion_bench::{http_client::Connection, table};
use generion_gateway::{config::Config, server::Server, storage::StorageUrl};
use generion_interface::accounts::{LedgerAccount, RecordAccount};
use generion_rpc::url::{NodeUrl, PlainHttp};
use generion_synthetic_ledger::{Size, SyntheticLedger};
use generion_test_support::{Chain, LocalNode};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use serde_json::{Value, json};
use solana_account_decoder_client_types::UiAccountEncoding;
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_pubsub_client::pubsub_client::PubsubClient;
use solana_rpc_client_api::{
    config::{RpcAccountInfoConfig, RpcProgramAccountsConfig},
    filter::{Memcmp, RpcFilterType},
    request::RpcRequest,
};
use tokio::runtime::Runtime;

use crate::{input::SEED, latency::Latencies, lists::Draw};

/// Records on the node.
const RECORDS: u64 = 20_000;
/// Questions of each kind to the node, and to the gateway.
const QUESTIONS: usize = 20;
/// Changes whose events are waited for.
const CHANGES: usize = 200;
/// Bytes in front of every account's state.
const DISCRIMINATOR: usize = 8;
/// How long a message may take.
const DEADLINE: Duration = Duration::from_secs(30);

/// A field of a record, as the node and the gateway filter by it.
struct Field {
    name: &'static str,
    parameter: &'static str,
    offset: usize,
    value: fn(&mut Draw<'_>) -> Address,
}

const FIELDS: [Field; 2] = [
    Field {
        name: "records of an owner",
        parameter: "owner",
        offset: DISCRIMINATOR + std::mem::offset_of!(Record, owner),
        value: |draw| draw.user(),
    },
    Field {
        name: "records of a creator",
        parameter: "creator",
        offset: DISCRIMINATOR + std::mem::offset_of!(Record, creator),
        value: |draw| draw.creator(),
    },
];

/// A local node with made-up records.
pub struct FilledNode {
    node: LocalNode,
    chain: Chain,
    ledger: SyntheticLedger,
}

impl FilledNode {
    /// Starts one, and puts the records on it.
    pub fn start() -> Result<Self> {
        let node = LocalNode::with_program(None);
        let chain = Chain::at(&node.rpc_url);
        let size = Size {
            orders: 0,
            purchases: 0,
            shares: 0,
            ..Size::of_records(RECORDS)
        };
        let ledger = SyntheticLedger::new(size, SEED);
        for account in ledger.accounts() {
            let state = json!({
                "lamports": account.lamports,
                "owner": chain.deployment.program_id.to_string(),
                "data": hex::encode(&account.data),
            });
            let method = RpcRequest::Custom {
                method: "surfnet_setAccount",
            };
            chain
                .rpc
                .send::<Value>(method, json!([account.address.to_string(), state]))?;
        }
        Ok(Self {
            node,
            chain,
            ledger,
        })
    }

    /// Starts a gateway that indexes the node into a database, and prints both tables.
    pub fn measure(&self, name: &str, database: StorageUrl) -> Result<()> {
        let runtime = Runtime::new()?;
        let mut config = Config {
            nodes: vec![NodeUrl::parse(
                &self.node.rpc_url,
                PlainHttp::ThisMachineOnly,
            )?],
            database,
            ..Config::default()
        };
        config.listen.set_port(0);
        config.admin_listen = None;
        config.limits.per_second = NonZero::<u32>::MAX;
        config.limits.burst = NonZero::<u32>::MAX;
        let began = Instant::now();
        let gateway = runtime.block_on(Server::bind(config))?;
        let host = gateway.address().to_string();
        let serving = runtime.spawn(gateway.run(std::future::pending()));
        wait_until_ready(&host, DEADLINE)?;
        println!(
            "\n{name}, a local node with {} accounts: from its start the gateway was ready in {:.1} s\n",
            self.ledger.size().total(),
            began.elapsed().as_secs_f64()
        );
        same_answers(&self.chain, &host, self.ledger)?;
        events(&self.chain, &self.node.ws_url, &host)?;
        serving.abort();
        Ok(())
    }
}

/// Waits until a gateway says that it is ready.
pub fn wait_until_ready(host: &str, limit: Duration) -> Result<()> {
    let began = Instant::now();
    while Connection::to(host)?.document("/health/ready").is_err() {
        ensure!(began.elapsed() < limit, "the gateway is not ready");
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// Asks both for the same records in turns.
fn same_answers(chain: &Chain, host: &str, ledger: SyntheticLedger) -> Result<()> {
    table::head([
        "list",
        "rows, median",
        "gateway p50, ms",
        "node p50, ms",
        "times faster",
    ]);
    let mut gateway = Connection::to(host)?;
    for field in &FIELDS {
        let mut random = ChaCha8Rng::seed_from_u64(SEED);
        let mut draw = Draw {
            ledger: &ledger,
            random: &mut random,
        };
        let (mut ours, mut theirs) = (Latencies::default(), Latencies::default());
        let mut rows = Vec::new();
        for _ in 0..QUESTIONS {
            let wallet = (field.value)(&mut draw);
            let began = Instant::now();
            let listed = listed(&mut gateway, field, &wallet)?;
            ours.add(began.elapsed());
            let began = Instant::now();
            let found = found(chain, field, &wallet)?;
            theirs.add(began.elapsed());
            ensure!(listed == found, "{}: node and gateway differ", field.name);
            rows.push(found.len());
        }
        rows.sort_unstable();
        let (ours, theirs) = (ours.percentile(50), theirs.percentile(50));
        table::row([
            field.name,
            &rows[rows.len() / 2].to_string(),
            &format!("{ours:.2}"),
            &format!("{theirs:.2}"),
            &format!("{:.0}", theirs / ours),
        ]);
    }
    Ok(())
}

/// All pages of the gateway's list.
fn listed(gateway: &mut Connection, field: &Field, wallet: &Address) -> Result<BTreeSet<String>> {
    let path = format!("/v1/records?limit=200&{}={wallet}", field.parameter);
    let (mut all, mut next) = (BTreeSet::new(), String::new());
    loop {
        let page: Value = serde_json::from_slice(&gateway.document(&format!("{path}{next}"))?)?;
        let items = page["items"].as_array().context("no list")?;
        all.extend(
            items
                .iter()
                .filter_map(|item| item["address"].as_str().map(str::to_owned)),
        );
        match page["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => return Ok(all),
        }
    }
}

fn found(chain: &Chain, field: &Field, wallet: &Address) -> Result<BTreeSet<String>> {
    let memcmp =
        |offset, bytes: &[u8]| RpcFilterType::Memcmp(Memcmp::new_raw_bytes(offset, bytes.to_vec()));
    let config = RpcProgramAccountsConfig {
        filters: Some(vec![
            memcmp(0, &RecordAccount::DISCRIMINATOR),
            memcmp(field.offset, wallet.as_ref()),
        ]),
        account_config: account_config(),
        ..Default::default()
    };
    let found =
        (chain.rpc).get_program_ui_accounts_with_config(&chain.deployment.program_id, config)?;
    Ok(found
        .into_iter()
        .map(|(address, _)| address.to_string())
        .collect())
}

fn account_config() -> RpcAccountInfoConfig {
    RpcAccountInfoConfig {
        encoding: Some(UiAccountEncoding::Base64),
        commitment: Some(CommitmentConfig::confirmed()),
        ..Default::default()
    }
}

/// Publishes keys, one after the other, and notes when the node and when the gateway tell of each.
fn events(chain: &Chain, ws_url: &str, host: &str) -> Result<()> {
    let config = RpcProgramAccountsConfig {
        account_config: account_config(),
        ..Default::default()
    };
    let program_id = chain.deployment.program_id;
    let (_subscription, changes) =
        PubsubClient::program_subscribe(ws_url, &program_id, Some(config))?;
    let events = stream(host)?;
    let mut behind = Latencies::default();
    // Takes each message when it comes, while the transaction is still waited for.
    let (to, messages) = mpsc::channel();
    thread::spawn(move || {
        for message in changes {
            if to.send((Instant::now(), message.value.pubkey)).is_err() {
                return;
            }
        }
    });
    for _ in 0..CHANGES {
        let person = chain.person();
        chain.publish_key(&person);
        let wallet = person.address().to_string();
        let (by_node, _) = messages.recv_timeout(DEADLINE)?;
        let by_gateway = loop {
            let (at, line) = events.recv_timeout(DEADLINE).context("no event came")?;
            if line.contains(&wallet) {
                break at;
            }
        };
        behind.add(by_gateway.saturating_duration_since(by_node));
    }
    println!(
        "\nFrom the node's message about a changed account to the gateway's event, {CHANGES} times: \
         median {:.0} ms, p99 {:.0} ms\n",
        behind.percentile(50),
        behind.percentile(99)
    );
    Ok(())
}

/// The lines with data of the gateway's stream of events, with the times when they came.
fn stream(host: &str) -> Result<Receiver<(Instant, String)>> {
    let mut stream = TcpStream::connect(host)?;
    write!(
        stream,
        "GET /v1/events HTTP/1.1\r\nhost: {host}\r\naccept: text/event-stream\r\n\r\n"
    )?;
    let mut lines = BufReader::new(stream).lines();
    let status = lines
        .next()
        .context("the gateway closed the connection")??;
    ensure!(
        status.starts_with("HTTP/1.1 200"),
        "GET /v1/events: {status}"
    );
    let (to, from) = mpsc::channel();
    thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if line.starts_with("data:") && to.send((Instant::now(), line)).is_err() {
                return;
            }
        }
    });
    Ok(from)
}
