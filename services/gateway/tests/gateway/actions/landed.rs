//! Actions that a wallet takes, on a real ledger.

use base64::{Engine, prelude::BASE64_STANDARD};
use generion_gateway::{config::Config, server::Server};
use generion_interface::accounts::{OrderAccount, PurchaseAccount, RecordAccount};
use generion_rpc::url::{NodeUrl, PlainHttp};
use generion_test_support::{Chain, LocalNode, Person, eventually};
use reqwest::Client;
use serde_json::{Value, json};
use solana_address::Address;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;
use tokio::runtime::Runtime;

use super::specification::{check_headers, error, get_response, post_response};
use crate::support::{Database, gateway::Gateway};

const JSON: &str = "application/json";

/// A ledger, a gateway that follows it, and a client of Actions.
struct World {
    runtime: Runtime,
    chain: Chain,
    client: Client,
    url: String,
    _node: LocalNode,
    _database: Database,
}

impl World {
    fn new() -> Self {
        let node = LocalNode::with_program(None);
        let database = Database::sqlite();
        let runtime = Runtime::new().unwrap();
        let config = Config {
            database: database.url.clone(),
            nodes: vec![NodeUrl::parse(&node.rpc_url, PlainHttp::default()).unwrap()],
            ..Gateway::config()
        };
        let server = runtime.block_on(Server::bind(config)).unwrap();
        let url = format!("http://{}", server.address());
        runtime.spawn(server.run(std::future::pending()));
        Self {
            chain: Chain::at(&node.rpc_url),
            runtime,
            client: Client::new(),
            url,
            _node: node,
            _database: database,
        }
    }

    /// The Action at a path, as soon as the gateway has seen what it is about.
    fn shown(&self, path: &str) -> Value {
        eventually("the gateway shows the Action", || {
            self.runtime.block_on(async {
                let answer = self.client.get(format!("{}{path}", self.url)).send();
                let answer = answer.await.unwrap();
                check_headers(&answer, JSON);
                if answer.status() != 200 {
                    return None;
                }
                let action = answer.json().await.unwrap();
                assert_eq!(get_response(&action), Ok(()));
                Some(action)
            })
        })
    }

    fn post(&self, path: &str, account: &Address) -> (u16, Value) {
        self.runtime.block_on(async {
            let request = self.client.post(format!("{}{path}", self.url));
            let request =
                request.json(&json!({ "type": "transaction", "account": account.to_string() }));
            let answer = request.send().await.unwrap();
            check_headers(&answer, JSON);
            (answer.status().as_u16(), answer.json().await.unwrap())
        })
    }

    /// What a wallet does with a path: it takes the transaction, signs it after the specification's rules, and sends it.
    fn take(&self, path: &str, person: &Person) -> Value {
        let (status, answer) = self.post(path, &person.address());
        assert_eq!(status, 200, "{answer}");
        assert_eq!(post_response(&answer), Ok(()));
        let bytes = answer["transaction"].as_str().unwrap();
        let bytes = BASE64_STANDARD.decode(bytes).unwrap();
        let mut transaction: VersionedTransaction = bincode::deserialize(&bytes).unwrap();
        // Nobody but the account signs, and it pays: a client refuses anything else as malicious.
        let wallet = person.address();
        assert_eq!(transaction.signatures, [Signature::default()]);
        assert_eq!(transaction.message.static_account_keys()[0], wallet);
        assert!(transaction.message.address_table_lookups().is_none());
        // A client sets a block hash of its own where nobody has signed yet.
        let hash = self.chain.rpc.get_latest_blockhash().unwrap();
        transaction.message.set_recent_blockhash(hash);
        let signed = VersionedTransaction::try_new(transaction.message, &[&person.wallet]);
        self.chain.lands_signed(&signed.unwrap());
        answer
    }

    /// The message of a refusal.
    fn refused(&self, path: &str, account: &Address) -> (u16, String) {
        let (status, answer) = self.post(path, account);
        assert_eq!(error(&answer), Ok(()), "{answer}");
        (status, answer["message"].as_str().unwrap().to_owned())
    }
}

#[track_caller]
fn assert_refused((status, message): (u16, String), said: &str) {
    assert_eq!(status, 409, "{message}");
    assert!(message.contains(said), "{message}");
}

/// An owner verifies a record by an Action that a wallet signs; nobody else can, and nobody twice.
#[test]
fn a_wallet_verifies_a_record() {
    let world = World::new();
    let (clinic, patient) = (world.chain.person(), world.chain.user());
    let record = world.chain.new_record(&clinic, &patient);
    let create = world.chain.create_record(&clinic, &patient, &record);
    world.chain.lands(&[create], &[&clinic.wallet]);
    let path = format!("/v1/actions/records/{}/verify", record.address);
    assert!(world.shown(&path).get("disabled").is_none());
    assert_refused(
        world.refused(&path, &clinic.address()),
        "only that wallet verifies it",
    );
    let answer = world.take(&path, &patient);
    let message = answer["message"].as_str().unwrap();
    assert!(
        message.contains("verifies the record") && message.contains("fee"),
        "{message}"
    );
    assert!(
        world
            .chain
            .read::<RecordAccount>(&record.address)
            .state
            .is_verified()
    );
    eventually("the Action is over", || {
        (world.shown(&path)["disabled"] == true).then_some(())
    });
    assert_refused(world.refused(&path, &patient.address()), "verified");
}

/// A client with a saved receipt buys through an order's Action, on the terms that it shows; the seller refunds the purchase
/// and closes the order by Actions of their own.
#[test]
fn a_client_buys_and_wallets_refund_and_close() {
    let world = World::new();
    let (seller, buyer) = (world.chain.user(), world.chain.person());
    let order = world
        .chain
        .order(&seller, &world.chain.own_records(&seller, 1));
    let path = format!("/v1/actions/orders/{order}");
    let action = world.shown(&path);
    let links = action["links"]["actions"].as_array().unwrap();
    let secret = buyer.purchase_secret(&order);
    let key: String = secret
        .public_key()
        .to_bytes()
        .map(|byte| format!("{byte:02x}"))
        .concat();
    let href = links.last().unwrap()["href"]
        .as_str()
        .unwrap()
        .replace("{buyer_key}", &key);

    assert_refused(world.refused(&href, &seller.address()), "own");
    let other_terms = format!("{path}?buyer_key={key}&terms={}", "07".repeat(32));
    assert_refused(
        world.refused(&other_terms, &buyer.address()),
        "read the order again",
    );
    let no_key = href.replace(&key, &"ff".repeat(32));
    assert_refused(world.refused(&no_key, &buyer.address()), "ristretto255");
    world.take(&href, &buyer);
    let purchase = world
        .chain
        .instructions
        .addresses
        .purchase(&order, &buyer.address());
    let bought = world.chain.read::<PurchaseAccount>(&purchase).state;
    assert_eq!(bought.buyer_key, secret.public_key().to_bytes());
    assert_refused(world.refused(&href, &buyer.address()), "Close it first");

    let refund = format!("/v1/actions/purchases/{purchase}/refund");
    world.shown(&refund);
    assert_refused(world.refused(&refund, &buyer.address()), "Unix time");
    let before = world.chain.lamports(&buyer.address());
    world.take(&refund, &seller);
    assert!(world.chain.find::<PurchaseAccount>(&purchase).is_none());
    assert!(world.chain.lamports(&buyer.address()) >= before + bought.price);

    let close = format!("/v1/actions/orders/{order}/close");
    world.shown(&close);
    assert_refused(
        world.refused(&close, &buyer.address()),
        "only that wallet closes it",
    );
    world.take(&close, &seller);
    assert!(world.chain.find::<OrderAccount>(&order).is_none());
    assert_eq!(world.refused(&close, &seller.address()).0, 404);
}

/// A seller stops the sales of an order with a pending purchase; a buyer closes a purchase once it is settled, and not before.
#[test]
fn a_buyer_closes_a_settled_purchase() {
    let world = World::new();
    let (seller, buyer) = (world.chain.user(), world.chain.person());
    let (order, purchase) = world.chain.sold(&seller, &buyer, 1);
    let close = format!("/v1/actions/purchases/{purchase}/close");
    assert_eq!(world.shown(&close)["disabled"], true);
    assert_eq!(world.refused(&close, &buyer.address()).0, 409);
    let stop = format!("/v1/actions/orders/{order}/close");
    eventually("the Action stops the sales", || {
        (world.shown(&stop)["label"] == "Stop sales").then_some(())
    });
    world.take(&stop, &seller);
    assert!(!world.chain.read::<OrderAccount>(&order).state.is_open());
    assert_refused(
        world.refused(&stop, &seller.address()),
        "settle or refund them first",
    );

    let secret = world.chain.lock(&seller, &seller, &purchase);
    let settle = world.chain.settle(&purchase, &secret);
    world.chain.lands(&[settle], &[&seller.wallet]);
    assert_refused(
        world.refused(&close, &seller.address()),
        "only that wallet closes it",
    );
    let refund = format!("/v1/actions/purchases/{purchase}/refund");
    assert_refused(world.refused(&refund, &buyer.address()), "settled");
    eventually("the purchase can be closed", || {
        world.shown(&close).get("disabled").is_none().then_some(())
    });
    world.take(&close, &buyer);
    assert!(world.chain.find::<PurchaseAccount>(&purchase).is_none());
}
