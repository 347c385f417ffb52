//! Which nodes are asked, of which cluster they have to be, and what is reported about those that can't be believed.

use base64::{Engine, prelude::BASE64_STANDARD};
use generion_client::{GenesisHash, accounts::LedgerAccount, state::User};
use generion_fake_node::{Behaviour, FakeNode, Snapshot};
use serde_json::{Value, json};
use solana_address::Address;
use solana_hash::Hash;

use crate::support::{Ended, Home, NOBODY};

/// Of mainnet-beta.
const MAINNET: &str = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d";

pub fn localnet() -> Hash {
    Hash::new_from_array(GenesisHash::LOCALNET.0)
}

/// A node with the program, and without any account of it.
pub async fn node(genesis: Hash) -> (FakeNode, String) {
    let answer = |value: Value| json!({ "result": { "context": { "slot": 5 }, "value": value } });
    let nothing = answer(json!([]));
    // A client that finds no account makes sure that the program is there, by the `security.txt` in its binary.
    let binary = concat!(
        "=======BEGIN SECURITY.TXT V1=======\0name\0Generion\0source_release\0",
        env!("CARGO_PKG_VERSION"),
        "\0=======END SECURITY.TXT V1=======\0",
    );
    let program = answer(json!({
        "lamports": 1, "data": [BASE64_STANDARD.encode(binary), "base64"], "executable": true,
        "owner": "BPFLoader2111111111111111111111111111111111", "rentEpoch": 0, "space": binary.len(),
    }));
    let node = FakeNode::start(Behaviour {
        genesis,
        finalized: [Snapshot::new(5, &[])].into(),
        instead: [("getProgramAccounts", nothing), ("getAccountInfo", program)].into(),
        ..Behaviour::default()
    });
    let url = format!("http://{}", node.address);
    (node, url)
}

/// Runs it beside the node.
pub async fn run(home: &Home, words: &[&str]) -> Ended {
    let mut command = home.command(env!("CARGO_BIN_EXE_generion"));
    command.args(words);
    tokio::task::spawn_blocking(move || Ended::of(&mut command))
        .await
        .unwrap()
}

async fn json(home: &Home, words: &[&str]) -> (Value, Ended) {
    let ended = run(home, &[words, &["--output", "json"]].concat()).await;
    let json = serde_json::from_str(&ended.stdout).unwrap_or_default();
    (json, ended)
}

/// The cluster is what its user says, and no node's word.
#[tokio::test]
async fn a_node_of_another_cluster_is_not_listened_to() {
    let home = Home::new();
    let (mainnet, url) = node(MAINNET.parse().unwrap()).await;
    let list = ["user", "list", "-u", &url];
    let ended = run(&home, &list).await;
    let happened = format!("the node at {url} belongs to mainnet-beta, not to localnet");
    ended.assert_refused(&happened, "--cluster mainnet-beta if you mean that cluster");
    assert!(mainnet.asked("getProgramAccounts").is_empty());

    let ended = run(&home, &[&list[..], &["--cluster", "m"]].concat()).await;
    assert_eq!((ended.code, ended.stdout.trim()), (0, "no users"));

    let other = Hash::new_from_array([7; 32]);
    let (_node, url) = node(other).await;
    let list = ["user", "list", "-u", &url];
    let ended = run(&home, &list).await;
    let name = other.to_string();
    let happened = format!("belongs to the cluster with genesis hash {name}, not to localnet");
    ended.assert_refused(&happened, &format!("--cluster {name}"));
    let ended = run(&home, &[&list[..], &["--cluster", &name]].concat()).await;
    assert_eq!(ended.code, 0, "{}", ended.stderr);
}

#[tokio::test]
async fn a_node_of_ones_own_is_enough() {
    let home = Home::empty();
    let (_node, url) = node(localnet()).await;
    let check = ["node", "check", "-u", &url, "--witness", NOBODY];
    let (checked, ended) = json(&home, &check).await;
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(checked["cluster"], "localnet");
    assert_eq!(checked["genesis"], GenesisHash::LOCALNET.to_string());
    assert_eq!(
        (&checked["enough"], &checked["trust_single"]),
        (&json!(true), &json!(false))
    );
    let nodes = checked["nodes"].as_array().unwrap();
    assert_eq!(
        (&nodes[0]["slot"], &nodes[0]["problem"]),
        (&json!(5), &Value::Null)
    );
    let problem = nodes[1]["problem"].as_str().unwrap();
    assert!(problem.contains("can't be reached"), "{problem}");
}

/// On a public cluster an address of this machine may be a tunnel to anybody's node.
#[tokio::test]
async fn one_node_of_a_public_cluster_is_enough_by_its_users_word_alone() {
    let home = Home::empty();
    let (_node, url) = node(MAINNET.parse().unwrap()).await;
    let of_mainnet = |words: &[&'static str]| -> Vec<String> {
        let all = words.iter().map(|word| (*word).to_owned());
        all.chain(["-u", &url, "--cluster", "mainnet-beta"].map(str::to_owned))
            .collect()
    };
    let run = async |words: &[&'static str]| {
        let words = of_mainnet(words);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        json(&home, &words).await
    };
    let (checked_first, ended) = run(&["node", "check"]).await;
    assert_eq!((ended.code, &checked_first["enough"]), (1, &json!(false)));
    assert!(ended.stderr.contains("--witness"), "{}", ended.stderr);

    let (_, ended) = run(&["node", "trust", "--dry-run"]).await;
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(!home.path().join(".local").exists());
    for changed in [true, false] {
        let (trusted, ended) = run(&["node", "trust", "--yes"]).await;
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        assert_eq!(
            (&trusted["trusted"], &trusted["changed"]),
            (&json!(true), &json!(changed))
        );
    }
    let (checked_then, ended) = run(&["node", "check"]).await;
    assert_eq!((ended.code, &checked_then["enough"]), (0, &json!(true)));
    // Of this cluster alone.
    let (_other, other_url) = node(localnet()).await;
    let (_, ended) = json(
        &home,
        &["node", "check", "-u", &other_url, "--cluster", "m"],
    )
    .await;
    assert_eq!(ended.code, 1);

    let (trusted, _) = run(&["node", "distrust"]).await;
    assert_eq!(
        (&trusted["trusted"], &trusted["changed"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(run(&["node", "check"]).await.1.code, 1);
}

/// A User account is at the address of its wallet, and nowhere else.
#[tokio::test]
async fn what_a_node_lists_where_it_can_not_be_is_reported_and_left_out() {
    let home = Home::empty();
    let (node, url) = node(localnet()).await;
    let program = generion_client::Addresses::default().program_id;
    let data = [&User::DISCRIMINATOR[..], &[1, 255], &[0; 158]].concat();
    let place = Address::new_from_array([9; 32]).to_string();
    let account = json!({
        "pubkey": place,
        "account": {
            "lamports": 1, "data": [BASE64_STANDARD.encode(&data), "base64"], "executable": false,
            "owner": program.to_string(), "rentEpoch": 0, "space": data.len(),
        },
    });
    let listed = json!({ "result": { "context": { "slot": 5 }, "value": [account] } });
    node.behaviour()
        .instead
        .insert("getProgramAccounts", listed);

    let ended = run(&home, &["user", "list", "-u", &url]).await;
    assert_eq!((ended.code, ended.stdout.trim()), (0, "no users"));
    assert!(
        ended
            .stderr
            .starts_with(&format!("warning: the node at {url} lies")),
        "{}",
        ended.stderr
    );
    assert!(ended.stderr.contains(&place), "{}", ended.stderr);
    let (checked, ended) = json(&home, &["user", "list", "-u", &url]).await;
    assert_eq!(checked["users"], json!([]));
    let warning: Value = serde_json::from_str(&ended.stderr).unwrap();
    assert!(
        warning["warning"]["message"]
            .as_str()
            .unwrap()
            .contains("lies")
    );
}

#[test]
fn nodes_that_are_not_to_be_asked() {
    let home = Home::new();
    for url in ["mainnet", "ws://127.0.0.1:1", "127.0.0.1:8899"] {
        home.assert_refused(
            &["user", "list", "-u", url],
            "-u is not the http or https URL of a node",
            "or localhost, devnet, testnet or mainnet-beta",
        );
    }
    let plain = "http://node.example/key";
    for words in [
        &["user", "list", "-u", plain][..],
        &["user", "list", "-u", NOBODY, "--witness", plain],
    ] {
        home.assert_refused(
            words,
            "http://node.example is plain HTTP to another machine",
            "--allow-plain-http",
        );
    }
    for (ws, happened) in [
        ("http://127.0.0.1:1", "expected the ws or wss URL of a node"),
        ("ws://node.example/key", "is not encrypted"),
    ] {
        let words = ["deliver", "--watch", "-u", NOBODY, "--ws", ws];
        home.assert_refused(&words, happened, "--ws");
    }
}
