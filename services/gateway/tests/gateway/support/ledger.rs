//! A gateway on a real ledger, and people who write through it.

use base64::{Engine, prelude::BASE64_STANDARD};
use generion_gateway::config::Config;
use generion_rpc::url::{NodeUrl, PlainHttp};
use generion_test_support::{Chain, LocalNode, Person};
use serde_json::{Value, json};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use tokio::runtime::Runtime;

use super::{
    Database,
    gateway::{Gateway, refusal},
};

/// A ledger, and a gateway that asks its node.
pub struct World {
    pub runtime: Runtime,
    pub chain: Chain,
    pub gateway: Gateway,
    pub node: LocalNode,
    _database: Database,
}

/// A refusal.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    pub status: u16,
    pub code: String,
    pub detail: String,
}

impl World {
    pub fn new() -> Self {
        Self::with(|config, _| config)
    }

    /// With a configuration that may depend on the node's address.
    pub fn with(change: impl FnOnce(Config, &str) -> Config) -> Self {
        Self::on(LocalNode::with_program(None), change)
    }

    /// The same, on the ledger of a node.
    pub fn on(node: LocalNode, change: impl FnOnce(Config, &str) -> Config) -> Self {
        let runtime = Runtime::new().unwrap();
        let database = Database::sqlite();
        let config = Config {
            nodes: vec![node_url(&node.rpc_url)],
            ..Gateway::config()
        };
        let config = runtime.block_on(async { change(config, &node.rpc_url) });
        let gateway = runtime.block_on(async {
            let (storage, _) = database.open().await;
            Gateway::start_with(&storage, config).await
        });
        Self {
            chain: Chain::at(&node.rpc_url),
            runtime,
            gateway,
            node,
            _database: database,
        }
    }

    /// Posts a body; returns the status and the JSON of the answer.
    pub fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.runtime.block_on(async {
            let url = format!("{}{path}", self.gateway.url);
            let response = self
                .gateway
                .client
                .post(url)
                .json(body)
                .send()
                .await
                .unwrap();
            let status = response.status().as_u16();
            (status, response.json().await.unwrap())
        })
    }

    /// The unsigned transaction that a route answers.
    #[track_caller]
    pub fn built(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.post(path, body);
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// What a route refuses.
    #[track_caller]
    pub fn refused(&self, path: &str, body: &Value) -> Refused {
        self.runtime.block_on(async {
            let url = format!("{}{path}", self.gateway.url);
            let response = self
                .gateway
                .client
                .post(url)
                .json(body)
                .send()
                .await
                .unwrap();
            let status = response.status();
            assert!(
                !status.is_success(),
                "{path} {body}: {:?}",
                response.text().await
            );
            assert_eq!(
                response.headers()["content-type"],
                "application/problem+json"
            );
            let answer: Value = response.json().await.unwrap();
            Refused {
                status: status.as_u16(),
                code: answer["code"].as_str().unwrap().to_owned(),
                detail: answer["detail"].as_str().unwrap().to_owned(),
            }
        })
    }

    /// What a route refuses, by its code.
    #[track_caller]
    pub fn code(&self, path: &str, body: &Value) -> String {
        self.refused(path, body).code
    }

    /// Sends a signed transaction.
    pub fn send(&self, signed: &str) -> (u16, Value) {
        self.post("/v1/transactions", &json!({ "transaction": signed }))
    }

    /// Refuses to relay a transaction, with this code.
    #[track_caller]
    pub fn not_relayed(&self, transaction: &VersionedTransaction) -> String {
        let body = json!({ "transaction": encoded(transaction) });
        self.code("/v1/transactions", &body)
    }

    /// What became of a transaction.
    pub fn outcome(&self, signature: &str) -> Result<Value, (u16, String)> {
        let path = format!("/v1/transactions/{signature}");
        self.runtime.block_on(async {
            let response = self.gateway.get(&path).await;
            match response.status().is_success() {
                true => Ok(response.json().await.unwrap()),
                false => Err(refusal(response).await),
            }
        })
    }

    /// Builds a transaction, signs it as wallets do, and sends it: it lands, and does what was said before. Returns what was
    /// built, and the outcome.
    #[track_caller]
    pub fn lands(&self, path: &str, body: &Value, signers: &[&Keypair]) -> (Value, Value) {
        let built = self.built(path, body);
        let payer: Address = built["fee_payer"].as_str().unwrap().parse().unwrap();
        let before = self.chain.lamports(&payer);
        let named: Vec<_> = built["signers"].as_array().unwrap().iter().collect();
        assert_eq!(named.len(), signers.len(), "{built}");
        for signer in signers {
            assert!(
                named.contains(&&json!(signer.pubkey().to_string())),
                "{built}"
            );
        }
        let signed = signed(&built, signers);
        let (status, outcome) = self.send(&signed);
        assert_eq!(
            (status, &outcome["status"]),
            (200, &json!("confirmed")),
            "{outcome}"
        );
        self.check_promises(&built, &outcome);
        let cost = |name| lamports(&built["cost"][name]);
        // The buyer of a refund and who paid the rent may be others than the payer: their tests look at them.
        if cost("returned") == 0 && signers.len() == 1 {
            let paid = before - self.chain.lamports(&payer);
            assert_eq!(paid, cost("fee") + cost("rent") + cost("price"), "{built}");
        }
        (built, outcome)
    }

    /// Cost, accounts and expiry are what the ledger shows afterwards.
    #[track_caller]
    fn check_promises(&self, built: &Value, outcome: &Value) {
        assert_eq!(built["cost"]["fee"], outcome["fee"], "{built}");
        let used: u64 = outcome["compute_units"].as_str().unwrap().parse().unwrap();
        assert!(
            used <= built["compute_unit_limit"].as_u64().unwrap(),
            "{outcome}"
        );
        let transaction = decoded(built["transaction"].as_str().unwrap());
        let keys = transaction.message.static_account_keys();
        let named: Vec<_> = (built["accounts"].as_array().unwrap().iter())
            .map(|account| account["address"].as_str().unwrap().parse().unwrap())
            .collect();
        assert_eq!(keys, named);
        for (place, account) in built["accounts"].as_array().unwrap().iter().enumerate() {
            assert_eq!(account["signer"], transaction.message.is_signer(place));
            assert_eq!(
                account["writable"],
                transaction.message.is_maybe_writable(place, None)
            );
            assert!(
                !account["roles"].as_array().unwrap().is_empty(),
                "{account}"
            );
        }
        assert_eq!(
            built["blockhash"],
            transaction.message.recent_blockhash().to_string()
        );
        if let Some(created) = built["creates"].as_str() {
            let created = created.parse().unwrap();
            let rent = lamports(&built["cost"]["rent"]) + lamports(&built["cost"]["price"]);
            assert_eq!(self.chain.lamports(&created), rent, "{built}");
        }
        let height = self.chain.rpc.get_block_height().unwrap();
        let last = lamports(&built["last_valid_block_height"]);
        assert!((height..=height + 150).contains(&last), "{height} {built}");
    }
}

/// A node's address.
pub fn node_url(url: &str) -> NodeUrl {
    NodeUrl::parse(url, PlainHttp::default()).unwrap()
}

/// A number of lamports in an answer.
pub fn lamports(text: &Value) -> u64 {
    text.as_str().unwrap().parse().unwrap()
}

/// A transaction from base64.
pub fn decoded(text: &str) -> VersionedTransaction {
    bincode::deserialize(&BASE64_STANDARD.decode(text).unwrap()).unwrap()
}

/// A transaction in base64.
pub fn encoded(transaction: &VersionedTransaction) -> String {
    BASE64_STANDARD.encode(bincode::serialize(transaction).unwrap())
}

/// The transaction of an answer with the signatures of these wallets.
pub fn signed(built: &Value, signers: &[&Keypair]) -> String {
    let mut transaction = decoded(built["transaction"].as_str().unwrap());
    let message = transaction.message.serialize();
    for signer in signers {
        let keys = transaction.message.static_account_keys();
        let place = keys.iter().position(|key| *key == signer.pubkey()).unwrap();
        assert_eq!(transaction.signatures[place], Signature::default());
        transaction.signatures[place] = signer.sign_message(&message);
    }
    encoded(&transaction)
}

/// The body that publishes a person's first key.
pub fn first_key(person: &Person) -> Value {
    let args = person.published_key();
    json!({
        "wallet": person.address().to_string(),
        "encryption_key": hex::encode(args.encryption_key),
        "attestation": Signature::from(args.attestation).to_string(),
    })
}
