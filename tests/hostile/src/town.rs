use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

use generion_client::{
    Client, ClientError, Ledger, Markers, NewDocument, Offer, Offers, SettleOptions, Settler,
    Wallet,
    locator::StoreUrl,
    rpc::{
        node::Node as ClientNode,
        transport,
        url::{NodeUrl, PlainHttp},
        witness::{LocalClock, WitnessOptions},
    },
    store::FetchPolicy,
};
use generion_store::{Config, Server};
use generion_test_support::Person;
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{
    accomplice::{Accomplice, Opened},
    node::Node,
    validator::Validator,
};

/// The name of a node that lies.
pub const MALLORY: &str = "mallory.example";
/// The name of an honest node.
pub const HONEST: &str = "honest.example";
/// Longest time that a test waits.
const PATIENCE: Duration = Duration::from_secs(120);
/// Longest time that a client waits for a silent node.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(3);
/// The key in every node's address, which must never be shown.
pub(crate) const KEY_IN_URL: &str = "SECRET-API-KEY";

/// A ledger, a document store, and clients that use nodes which may lie.
pub struct Town {
    /// The truth.
    pub validator: Validator,
    /// The folder of all files.
    pub folder: PathBuf,
    /// The document store.
    pub store: StoreUrl,
    /// Seconds by which the clients' clocks are ahead of the real time.
    ahead: Arc<AtomicI64>,
    runtime: Runtime,
    _folder: TempDir,
}

impl Town {
    /// A town with an empty ledger.
    pub fn found() -> Self {
        Self::over(Validator::start())
    }

    /// A town with this ledger.
    pub fn over(validator: Validator) -> Self {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        let folder = temporary.path().to_owned();
        let runtime = Runtime::new().expect("a runtime");
        let store = runtime.block_on(async {
            let config = Config::on_folder(folder.join("store"));
            let server = Server::bind(config).await.expect("the store starts");
            let url = format!("http://{}", server.address());
            tokio::spawn(server.run(std::future::pending()));
            url.parse().expect("a store's address")
        });
        Self {
            validator,
            store,
            folder,
            ahead: Arc::default(),
            runtime,
            _folder: temporary,
        }
    }

    /// Waits for a future. The test fails after two minutes.
    #[track_caller]
    pub fn wait<F: Future>(&self, future: F) -> F::Output {
        let ends = async { tokio::time::timeout(PATIENCE, future).await };
        let end = self.runtime.block_on(ends);
        end.expect("it does not end")
    }

    /// A node that is honest until a test makes it lie.
    pub fn node(&self) -> Node {
        Node::before(&self.validator)
    }

    /// A client of these nodes, each of which is on another machine, by its name.
    pub fn client(&self, nodes: &[(&str, &Node)]) -> Client {
        self.client_with(nodes, |_| {})
    }

    /// As [`Self::client`], with other options.
    pub fn client_with(
        &self,
        nodes: &[(&str, &Node)],
        change: impl FnOnce(&mut WitnessOptions),
    ) -> Client {
        let ahead = self.ahead.clone();
        let mut options = WitnessOptions {
            timeout: Duration::from_secs(5),
            grace: Duration::from_millis(500),
            patience: Duration::from_secs(5),
            interval: Duration::from_millis(50),
            local_clock: LocalClock::new(move || unix_time() + ahead.load(Ordering::SeqCst)),
            ..WitnessOptions::default()
        };
        change(&mut options);
        let nodes = nodes
            .iter()
            .map(|(name, node)| elsewhere(name, node))
            .collect();
        let ledger = Ledger::over(self.validator.deployment, nodes, options);
        let policy = FetchPolicy {
            allow_private: true,
            ..FetchPolicy::default()
        };
        let ledger = ledger.unwrap_or_else(|error| panic!("{error}"));
        Client::new(ledger, policy).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Sets the clients' clocks ahead of the real time by this many seconds.
    pub fn set_machines_ahead(&self, seconds: i64) {
        self.ahead.store(seconds, Ordering::SeqCst);
    }

    /// Moves the ledger's clock and the clients' clocks.
    pub fn let_time_pass(&self, seconds: i64) {
        let unix_time = self.validator.unix_time() + seconds;
        self.validator.move_clock(unix_time);
        self.set_machines_ahead(unix_time - self::unix_time());
    }

    /// A document for somebody.
    pub fn document(&self, owner: &Address, text: &str) -> NewDocument {
        let path = self.folder.join("document.json");
        fs::write(&path, text).expect("the document is written");
        NewDocument {
            path,
            owner: *owner,
            media_type: "application/fhir+json".to_owned(),
            kind: "fhir:Observation".to_owned(),
            stores: vec![self.store.clone()],
            needed_stores: None,
            erase_authority: None,
            sign: true,
        }
    }

    /// A record with a document in the store, created and verified through honest nodes.
    pub fn record(&self, creator: &Person, owner: &Person) -> Address {
        let record = self.unverified_record(creator, owner);
        if creator.address() != owner.address() {
            let verify = self
                .validator
                .instructions
                .verify_record(owner.address(), record);
            self.validator.lands(&[verify], &[&owner.wallet]);
        }
        record
    }

    /// As [`Self::record`], but not verified.
    pub fn unverified_record(&self, creator: &Person, owner: &Person) -> Address {
        let node = self.node();
        let client = self.client(&[(HONEST, &node)]);
        let document = self.document(&owner.address(), "72 beats a minute");
        let created =
            self.wait(client.create_record(&creator.wallet, &creator.wallet, &document, None));
        created.unwrap_or_else(|error| panic!("{error}")).address
    }

    /// Runs a script beside a future, and ends with the future: for lies that begin once something has happened.
    pub fn wait_beside<F: Future>(&self, future: F, script: impl Future<Output = ()>) -> F::Output {
        self.wait(async {
            tokio::pin!(future);
            tokio::pin!(script);
            let mut is_over = false;
            loop {
                tokio::select! {
                    output = future.as_mut() => return output,
                    () = script.as_mut(), if !is_over => is_over = true,
                }
            }
        })
    }

    /// A seller's file of offers, with this order in it.
    pub fn offers(&self, order: &Address) -> Offers {
        let path = self.folder.join("offers.json");
        let offer = Offer::of(order, &self.validator.read(order));
        let offer = offer.unwrap_or_else(|error| panic!("{error}"));
        let deployment = &self.validator.deployment;
        Offers::add(&path, deployment, &offer).unwrap_or_else(|error| panic!("{error}"));
        Offers::load(&path, deployment).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The folder of a seller's markers.
    pub fn markers(&self) -> Markers {
        Markers::new(self.folder.join("markers"))
    }

    /// A file or folder that does not exist yet.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The records on the ledger that somebody with this secret opens by this node's dry runs alone.
    pub fn opened_in_simulations(&self, node: &Node, secret: &[u8; 32]) -> Vec<Address> {
        let mut accomplice = Accomplice::default();
        accomplice.saw(node);
        accomplice.has(secret);
        let opened = accomplice.opens_what_was_simulated(&self.validator);
        opened.into_iter().map(|Opened { record }| record).collect()
    }

    /// The records that somebody opens who has these secrets and knows everything that these nodes saw.
    pub fn opened(&self, nodes: &[&Node], secrets: &[&[u8; 32]]) -> Vec<Address> {
        let mut accomplice = Accomplice::default();
        for node in nodes {
            accomplice.saw(node);
        }
        for secret in secrets {
            accomplice.has(secret);
        }
        let opened = accomplice.opens(&self.validator);
        opened.into_iter().map(|Opened { record }| record).collect()
    }
}

/// Waits until a condition is true. The test fails after a minute.
pub async fn until(what: &str, is_so: impl Fn() -> bool) {
    let started = tokio::time::Instant::now();
    while !is_so() {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "still not so: {what}"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Settlement options with intervals that are short enough for tests.
pub const QUICK: SettleOptions = SettleOptions {
    sign_interval: Duration::from_millis(400),
    send_interval: Duration::from_millis(200),
    ask_interval: Duration::from_millis(100),
    second_word: Duration::from_millis(400),
};

/// A settler with its folder of markers.
pub fn settler<'a>(payer: &'a Person, markers: &'a Markers) -> Settler<'a> {
    Settler {
        payer: &payer.wallet,
        markers,
        options: QUICK,
    }
}

/// The keys of a person.
pub fn keys(person: &Person) -> Wallet<'_> {
    Wallet {
        signer: &person.wallet,
    }
}

/// A node as clients see it: on another machine, with a key in its address.
fn elsewhere(name: &str, node: &Node) -> ClientNode {
    let port = node.address.port();
    let text = format!("http://{name}:{port}/{KEY_IN_URL}?key={KEY_IN_URL}");
    let url = NodeUrl::parse(&text, PlainHttp::Allowed).expect("a node's address");
    let http = transport::client()
        .no_proxy()
        .timeout(REQUEST_TIMEOUT)
        .resolve(name, node.address)
        .build()
        .expect("an HTTP client");
    ClientNode::with_sender(
        url,
        transport::sender_over(text, http),
        CommitmentConfig::confirmed(),
    )
}

/// Asserts that an error names a node, but not the key in its address.
#[track_caller]
pub fn assert_names(error: &ClientError, name: &str) {
    let told = format!("{error} {error:?}");
    assert!(
        error.to_string().contains(&format!("http://{name}")),
        "{error}"
    );
    assert!(!told.contains(KEY_IN_URL), "{told}");
}

/// Asserts that there is no file at a path.
#[track_caller]
pub fn assert_missing(path: &Path) {
    assert!(!path.exists(), "{} was written", path.display());
}

fn unix_time() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let seconds = since.expect("after 1970").as_secs();
    i64::try_from(seconds).expect("before the end of time")
}
