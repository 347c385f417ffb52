//! A market for the delivery agent: a node that can be restarted, a store, a seller, and many buyers, who act through
//! the library, since hundreds of commands would take hours.

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

/// People who do the same at the same time.
const CROWD: usize = 16;
/// Of the seller's key file.
pub const PASSPHRASE: &str = "correct horse battery staple";

/// Somebody who looks at a market's ledger, and does nothing.
pub struct Onlooker {
    /// The ledger.
    pub ledger: Ledger,
    /// Waits for futures.
    pub runtime: Runtime,
}

/// A running market.
pub struct Market {
    /// What the tests, and the people, look at the ledger with.
    pub client: Client,
    /// The one who sells.
    pub seller: Keypair,
    /// Who pays the agent's fees.
    pub fee_payer: Keypair,
    /// The folder that programs work in.
    pub folder: PathBuf,
    /// The node's JSON-RPC.
    pub rpc_url: String,
    /// The node's websocket.
    pub ws_url: String,
    /// The document store.
    pub store_url: String,
    node: Option<LocalNode>,
    _store: Running,
    runtime: Runtime,
    _folder: TempDir,
}

impl Market {
    /// Opens one with a funded seller, whose key is published, and a funded fee payer.
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

    /// Another look at the same ledger, for another thread.
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

    /// The seller's first encryption key, or the next.
    pub fn publish_key(&self) {
        self.wait(async {
            let publication = self.client.publish_key(&self.seller, &self.seller).await;
            let publication = publication.expect("the wallet signs");
            publication.send().await.expect("the key is published");
        });
    }

    /// The seller writes records to itself, which starts them verified: their addresses.
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

    /// An order of the seller's. What it offers goes into the seller's file of offers.
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

    /// The seller's file of offers.
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

    /// All of them buy an order: their purchases.
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

    /// How many of these purchases the ledger shows as settled.
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

    /// The seller's wallet, as a file. An agent does without it.
    pub fn seller_file(&self) -> PathBuf {
        self.keypair_file("seller", &self.seller)
    }

    /// A wallet as a file.
    pub fn keypair_file(&self, name: &str, keypair: &Keypair) -> PathBuf {
        let path = self.folder.join(format!("{name}.json"));
        write_keypair_file(keypair, &path).expect("the keypair is written");
        path
    }

    /// The seller's key file, exported by the command line once.
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
            // Where no wallet is, none can be used by mistake.
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

    /// `generion deliver` with these words and the seller's offers, with the seller's key file and the fee payer's wallet alone.
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

    /// Ends the node in order, so that it can be started again.
    pub fn stop_node(&mut self) {
        let mut node = self.node.take().expect("the node runs");
        node.process.signal("-TERM");
        node.process.ended();
    }

    /// Starts it again, at the same addresses and with the same ledger.
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
