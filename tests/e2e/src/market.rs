//! A market for the delivery agent: a node that can be restarted, a store, a seller and many buyers. The buyers act through
//! the library, because hundreds of commands would take hours.

use std::{
    fs,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use futures::{StreamExt, TryStreamExt, stream};
use generion_client::{
    BuyOptions, Client, Deployment, GenesisHash, Ledger, NewDocument, NewOrder, Offers, Wallet,
    accounts::PurchaseAccount,
    rpc::{
        url::{NodeUrl, PlainHttp},
        witness::WitnessOptions,
    },
    store::FetchPolicy,
};
use generion_test_support::{LocalNode, Running, program};
use serde_json::Value;
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_keypair::{Keypair, write_keypair_file};
use solana_signer::Signer;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The number of people who act at the same time.
const CROWD: usize = 16;
/// The passphrase of the seller's key file.
pub const PASSPHRASE: &str = "correct horse battery staple";

/// A view of a market's ledger.
pub struct Onlooker {
    /// The ledger.
    pub ledger: Ledger,
    /// The runtime for futures.
    pub runtime: Runtime,
}

/// A running market.
pub struct Market {
    /// The view of the ledger for tests and people.
    pub client: Client,
    /// The seller's wallet.
    pub seller: Keypair,
    /// The wallet that pays the agent's fees.
    pub fee_payer: Keypair,
    /// The folder in which programs run.
    pub folder: PathBuf,
    /// The URL of the node's JSON-RPC.
    pub rpc_url: String,
    /// The URL of the node's websocket.
    pub ws_url: String,
    /// The document store.
    pub store_url: String,
    node: Option<LocalNode>,
    _store: Running,
    runtime: Runtime,
    _folder: TempDir,
}

impl Market {
    /// Opens a market with a funded seller, whose key is published, and a funded fee payer.
    pub fn open() -> Self {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        let folder = temporary.path().to_owned();
        let node = start_node(&folder, None);
        let program_id = node.ready["program_id"].as_str().expect("an address");
        let mut command = Command::new(program("generion-store"));
        command
            .args(["--exit-with-stdin", "--listen", "127.0.0.1:0", "--dir"])
            .arg(folder.join("store"));
        let mut store = Running::start(command, None);
        let line = store.line();
        let store_url = line.strip_prefix("listening on ").expect("its address");

        let policy = FetchPolicy {
            allow_private: true,
            ..FetchPolicy::default()
        };
        let deployment = Deployment {
            genesis: GenesisHash::LOCALNET,
            program_id: program_id.parse().expect("an address"),
        };
        let ledger = ledger(deployment, &node.rpc_url);
        let market = Self {
            client: Client::new(ledger, policy).expect("a client"),
            seller: Keypair::new(),
            fee_payer: Keypair::new(),
            rpc_url: node.rpc_url.clone(),
            ws_url: node.ws_url.clone(),
            store_url: store_url.to_owned(),
            node: Some(node),
            _store: store,
            runtime: Runtime::new().expect("a runtime"),
            folder,
            _folder: temporary,
        };
        market.fund(
            &[market.seller.pubkey(), market.fee_payer.pubkey()],
            10_000_000_000,
        );
        market.publish_key();
        market
    }

    /// Another view of the same ledger, for another thread.
    pub fn beside(market: &Self) -> Onlooker {
        Onlooker {
            ledger: ledger(*market.ledger().deployment(), &market.rpc_url),
            runtime: Runtime::new().expect("a runtime"),
        }
    }

    /// The ledger.
    pub const fn ledger(&self) -> &Ledger {
        &self.client.ledger
    }

    /// Waits for a future.
    pub fn wait<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// Gives lamports to wallets.
    pub fn fund(&self, wallets: &[Address], lamports: u64) {
        let each = stream::iter(wallets).map(|wallet| async move {
            let rpc = self.ledger().rpc();
            rpc.request_airdrop(wallet, lamports)
                .await
                .expect("an airdrop");
            let started = Instant::now();
            while self.ledger().lamports(wallet).await.expect("a balance") < lamports {
                assert!(
                    started.elapsed() < Duration::from_secs(60),
                    "no airdrop for {wallet}"
                );
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        self.wait(each.buffer_unordered(CROWD).collect::<()>());
    }

    /// Publishes the seller's first encryption key, or the next one.
    pub fn publish_key(&self) {
        self.wait(async {
            let publication = self.client.publish_key(&self.seller, &self.seller).await;
            let publication = publication.expect("the wallet signs");
            publication.send().await.expect("the key is published");
        });
    }

    /// Writes records of the seller to the seller, which are verified from the start. Returns their addresses.
    pub fn records(&self, count: usize) -> Vec<Address> {
        let path = self.folder.join("document.json");
        fs::write(&path, br#"{"resourceType":"Observation"}"#).expect("the document is written");
        let document = NewDocument {
            path,
            owner: self.seller.pubkey(),
            media_type: "application/fhir+json".to_owned(),
            kind: "fhir:Observation".to_owned(),
            stores: vec![self.store_url.parse().expect("a store's address")],
            needed_stores: None,
            erase_authority: None,
            sign: true,
        };
        let create = || async {
            let created = self
                .client
                .create_record(&self.seller, &self.seller, &document, None)
                .await;
            created.expect("the record is written").address
        };
        self.wait(async {
            let mut addresses = Vec::with_capacity(count);
            for _ in 0..count {
                addresses.push(create().await);
            }
            addresses
        })
    }

    /// Makes an order of the seller, and adds it to the seller's offers file.
    pub fn order(&self, records: &[Address], price: u64) -> Address {
        let order = NewOrder {
            records: records.to_vec(),
            price,
            delivery_window: 3_600,
            label: "a market's".to_owned(),
            only_buyer: None,
        };
        let seller = &self.seller;
        let keys = Wallet { signer: seller };
        self.wait(async {
            let creation = self
                .client
                .create_order(seller, &keys, seller, &order)
                .await;
            let creation = creation.expect("the order can be created");
            Offers::add(
                &self.offers(),
                self.ledger().deployment(),
                &creation.outcome,
            )
            .expect("the offer is kept");
            let sent = creation.send().await;
            sent.expect("the order is created").outcome.order
        })
    }

    /// The path of the seller's offers file.
    pub fn offers(&self) -> PathBuf {
        self.folder.join("offers.json")
    }

    /// New buyers with money.
    pub fn buyers(&self, count: usize) -> Vec<Keypair> {
        let buyers: Vec<_> = (0..count).map(|_| Keypair::new()).collect();
        let addresses: Vec<_> = buyers.iter().map(Signer::pubkey).collect();
        self.fund(&addresses, 1_000_000_000);
        buyers
    }

    /// Lets all buyers buy an order. Returns their purchases.
    pub fn buy(&self, order: &Address, buyers: &[Keypair]) -> Vec<Address> {
        let options = BuyOptions {
            accept_self_issued: true,
            max_price: None,
        };
        let receipts = self.folder.join("receipts");
        let buy = async |buyer: &Keypair| {
            let shown = self.client.offer(order, &buyer.pubkey(), &options).await?;
            let sent = self.client.buy(buyer, &shown, &receipts)?.send().await?;
            Ok::<_, generion_client::ClientError>(sent.outcome.purchase)
        };
        let bought = stream::iter(buyers).map(buy).buffer_unordered(CROWD);
        self.wait(bought.try_collect()).expect("all have bought")
    }

    /// The number of these purchases that are settled on the ledger.
    pub fn settled(&self, purchases: &[Address]) -> usize {
        let found = self.ledger().find_all::<PurchaseAccount>(purchases);
        let found = self.wait(found).expect("the node answers");
        found
            .iter()
            .flatten()
            .filter(|purchase| purchase.state.is_settled())
            .count()
    }

    /// Lamports, from the ledger.
    pub fn lamports(&self, wallet: &Address) -> u64 {
        self.wait(self.ledger().lamports(wallet))
            .expect("the node answers")
    }

    /// Moves the ledger's clock.
    pub fn move_clock(&self, unix_time: i64) {
        let method = solana_rpc_client_api::request::RpcRequest::Custom {
            method: "surfnet_timeTravel",
        };
        let parameters = serde_json::json!([{ "absoluteTimestamp": unix_time * 1000 }]);
        let moved = self.ledger().rpc().send::<Value>(method, parameters);
        self.wait(moved).expect("the clock moves");
        let started = Instant::now();
        while self
            .wait(self.ledger().unix_time())
            .expect("the node answers")
            < unix_time
        {
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "the clock does not move"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The path of the seller's wallet. An agent does not need it.
    pub fn seller_file(&self) -> PathBuf {
        self.keypair_file("seller", &self.seller)
    }

    /// Writes a wallet to a file. Returns the path.
    pub fn keypair_file(&self, name: &str, keypair: &Keypair) -> PathBuf {
        let path = self.folder.join(format!("{name}.json"));
        write_keypair_file(keypair, &path).expect("the keypair is written");
        path
    }

    /// The path of the seller's key file, which the command line exports once.
    pub fn key_file(&self) -> PathBuf {
        let path = self.folder.join("seller.key");
        if path.exists() {
            return path;
        }
        let mut command = self.command(&["key", "export", "--new-passphrase-fd", "0"]);
        command
            .arg("--to")
            .arg(&path)
            .arg("--keypair")
            .arg(self.seller_file());
        let mut export = Running::start(command, Some(PASSPHRASE));
        assert!(export.ended().success(), "{:#?}", export.printed);
        path
    }

    /// The command line in the market's folder, without a wallet.
    pub fn command(&self, words: &[&str]) -> Command {
        self.command_at(&self.rpc_url, words)
    }

    /// As [`Self::command`], at another node.
    pub fn command_at(&self, rpc_url: &str, words: &[&str]) -> Command {
        let mut command = Command::new(program("generion"));
        command
            .args(words)
            .args(["--output", "json", "--yes", "--allow-private-addresses"])
            .args(["--url", rpc_url, "--ws", &self.ws_url])
            // There is no wallet at this path, so none can be used by mistake.
            .env("HOME", self.folder.join("nobody"))
            .env("GENERION_DATA", self.folder.join("data"))
            .current_dir(&self.folder);
        for variable in [
            "URL",
            "WITNESSES",
            "CLUSTER",
            "ORDERS",
            "WS",
            "KEYPAIR",
            "FEE_PAYER",
            "KEY_FILE",
            "ALLOW_PRIVATE",
        ] {
            command.env_remove(format!("GENERION_{variable}"));
        }
        command
    }

    /// Starts `generion deliver` with these arguments, the seller's offers file and key file, and the fee payer's wallet only.
    pub fn agent(&self, words: &[&str]) -> Running {
        Running::start(self.agent_command(words), Some(PASSPHRASE))
    }

    /// The command of [`Self::agent`].
    pub fn agent_command(&self, words: &[&str]) -> Command {
        let mut command = self.command(&["deliver", "--passphrase-fd", "0"]);
        command
            .args(words)
            .arg("--orders")
            .arg(self.offers())
            .arg("--key-file")
            .arg(self.key_file())
            .arg("--fee-payer")
            .arg(self.keypair_file("fees", &self.fee_payer));
        command
    }

    /// Stops the node properly, so that it can be started again.
    pub fn stop_node(&mut self) {
        let mut node = self.node.take().expect("the node runs");
        node.process.signal("-TERM");
        node.process.ended();
    }

    /// Starts the node again, at the same addresses and with the same ledger.
    pub fn start_node(&mut self) {
        let node = start_node(&self.folder, Some((&self.rpc_url, &self.ws_url)));
        assert_eq!(node.rpc_url, self.rpc_url);
        self.node = Some(node);
    }
}

/// The ledger of a node on this machine.
pub(crate) fn ledger(deployment: Deployment, url: &str) -> Ledger {
    let node = NodeUrl::parse(url, PlainHttp::ThisMachineOnly).expect("a node's address");
    Ledger::new(
        deployment,
        vec![node],
        CommitmentConfig::confirmed(),
        WitnessOptions::default(),
    )
    .expect("a ledger")
}

fn start_node(folder: &std::path::Path, at: Option<(&str, &str)>) -> LocalNode {
    let port = |url: &str| {
        let port = url.trim_end_matches('/').rsplit(':').next();
        port.expect("an address has a port").to_owned()
    };
    let (rpc, websocket) = match at {
        Some((rpc, websocket)) => (port(rpc), port(websocket)),
        None => ("0".to_owned(), "0".to_owned()),
    };
    let mut command = LocalNode::command();
    command
        .args(["--port", &rpc, "--ws-port", &websocket, "--persist"])
        .arg(folder.join("ledger.sqlite"));
    LocalNode::run(command)
}
