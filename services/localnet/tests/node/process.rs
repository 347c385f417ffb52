//! Start, shutdown and options.

use std::{fs, net::TcpListener};

use generion_interface::GenesisHash;
use serde_json::{Value, json};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_rpc_client_api::request::RpcRequest;
use solana_signer::Signer;
use tempfile::tempdir;

use crate::harness::{Node, SOL, localnet, refused};

#[test]
fn the_ready_line_tells_how_to_reach_the_node() {
    let node = Node::start(&[]);
    node.rpc.get_health().unwrap();
    assert_eq!(
        node.ready.program_id,
        Some(generion_artifact::PROGRAM_ID.to_string())
    );
    assert_ne!(node.ready.rpc_url, node.ready.ws_url.replace("ws", "http"));
    assert!(node.ready.ready_ms > 0);
}

/// The requests of `anchor test`: a block hash, and then whether all runbooks of the start are completed.
#[test]
fn anchor_finds_the_node_ready() {
    let node = Node::start(&[
        "--offline",
        "--no-tui",
        "--no-studio",
        "--block-production-mode",
        "transaction",
    ]);
    node.rpc.get_latest_blockhash().unwrap();
    let info: Value = node
        .rpc
        .send(
            RpcRequest::Custom {
                method: "surfnet_getSurfnetInfo",
            },
            Value::Null,
        )
        .unwrap();
    assert_eq!(info["value"]["runbookExecutions"], json!([]));
    assert_eq!(info["value"]["startup"]["phase"], "ready");
}

#[test]
fn signals_end_it_with_code_0() {
    for name in ["TERM", "INT"] {
        let mut node = Node::start(&[]);
        node.process.signal(&format!("-{name}"));
        assert_eq!(node.process.ended().code(), Some(0), "SIG{name}");
    }
}

#[test]
fn the_end_of_standard_input_ends_it_with_code_0() {
    let mut node = Node::start(&[]);
    node.process.close_input();
    assert_eq!(node.process.ended().code(), Some(0));
}

#[test]
fn a_port_in_use_is_one_line_and_code_1() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    for (flag, other_flag) in [("--port", "--ws-port"), ("--ws-port", "--port")] {
        let errors = refused(&[flag, &port, other_flag, "0"]);
        let expected = format!(
            "error: 127.0.0.1:{port} is in use by another program; end that one or choose another port with {flag}"
        );
        assert_eq!(errors, [expected]);
    }
}

#[test]
fn two_nodes_cannot_share_a_port() {
    let first = Node::start(&[]);
    let port = first.ready.rpc_url.rsplit(':').next().unwrap();
    let errors = refused(&["--port", port, "--ws-port", "0"]);
    assert!(
        errors[0].contains("is in use by another program"),
        "{errors:?}"
    );
}

/// The next node can use the port of a node that has ended.
#[test]
fn a_port_is_free_again_after_the_end() {
    let mut first = Node::start(&[]);
    let url = first.ready.rpc_url.clone();
    // With a connection that stays open on this side.
    first.rpc.get_health().unwrap();
    first.process.signal("-TERM");
    first.process.ended();
    let second = Node::run(localnet(&["--port", url.rsplit(':').next().unwrap()]));
    assert_eq!(second.ready.rpc_url, url);
    second.rpc.get_health().unwrap();
}

#[test]
fn one_port_for_both_servers_is_refused() {
    let errors = refused(&["--port", "18899", "--ws-port", "18899"]);
    assert_eq!(
        errors,
        [
            "error: JSON-RPC and websockets need a port each, and both were given 18899; change --port or --ws-port"
        ]
    );
}

#[test]
fn an_airdrop_too_small_for_an_account_is_refused() {
    let to = Address::new_from_array([7; 32]).to_string();
    let errors = refused(&["--port", "0", "--airdrop", &to, "--airdrop-amount", "1"]);
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].starts_with(&format!(
        "error: --airdrop: cannot give {to} 1 lamports: an account holds"
    )));
}

#[test]
fn airdrops_are_there_from_the_start() {
    let (one, two) = (
        Address::new_from_array([1; 32]),
        Address::new_from_array([2; 32]),
    );
    let (one_text, two_text) = (one.to_string(), two.to_string());
    let node = Node::start(&[
        "--airdrop",
        &one_text,
        "--airdrop",
        &two_text,
        "--airdrop-amount",
        "3000000000",
    ]);
    for address in [one, two] {
        assert_eq!(node.rpc.get_balance(&address).unwrap(), 3 * SOL);
    }
}

#[test]
fn a_persisted_ledger_continues() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("ledger.sqlite");
    let flags = ["--persist", file.to_str().unwrap()];

    let mut first = Node::start(&flags);
    let wallet = first.wallet(SOL);
    let before = first
        .rpc
        .get_signatures_for_address(&wallet.pubkey())
        .unwrap();
    first.process.signal("-TERM");
    assert_eq!(first.process.ended().code(), Some(0));

    let second = Node::start(&flags);
    assert_eq!(second.rpc.get_balance(&wallet.pubkey()).unwrap(), SOL);
    let after = second
        .rpc
        .get_signatures_for_address(&wallet.pubkey())
        .unwrap();
    assert_eq!(after.len(), 1);
    assert_eq!(
        (&after[0].signature, after[0].slot),
        (&before[0].signature, before[0].slot)
    );
    // Empty blocks after the last transaction are not saved.
    assert!(
        second
            .rpc
            .get_slot_with_commitment(CommitmentConfig::processed())
            .unwrap()
            >= after[0].slot
    );
    second.wallet(SOL);
}

/// Clients pin the genesis hash, so it is the same for every ledger and after restarts.
#[test]
fn every_local_ledger_shows_the_same_genesis_hash() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("ledger.sqlite");
    for flags in [&["--persist", file.to_str().unwrap()][..]; 2]
        .into_iter()
        .chain([&[][..]])
    {
        let mut node = Node::start(flags);
        let shown = node.rpc.get_genesis_hash().unwrap();
        assert_eq!(GenesisHash(shown.to_bytes()), GenesisHash::LOCALNET);
        node.process.signal("-TERM");
        assert_eq!(node.process.ended().code(), Some(0));
    }
}

/// The internal data of the node does not accumulate: the file has the same length after five starts as after two.
#[test]
fn a_persisted_ledger_does_not_grow_by_being_started() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("ledger.sqlite");
    let lengths = [(); 5].map(|()| {
        let mut node = Node::start(&["--persist", file.to_str().unwrap()]);
        node.process.signal("-TERM");
        assert_eq!(node.process.ended().code(), Some(0));
        fs::metadata(&file).unwrap().len()
    });
    assert!(lengths[4] < lengths[1] + lengths[1] / 10, "{lengths:?}");
}

#[test]
fn a_persisted_ledger_can_be_begun_anew() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("ledger.sqlite");
    let flags = ["--persist", file.to_str().unwrap()];
    let mut first = Node::start(&flags);
    let wallet = first.wallet(SOL);
    first.process.signal("-TERM");
    assert_eq!(first.process.ended().code(), Some(0));

    let mut second = Node::start(&[&flags[..], &["--reset"]].concat());
    assert_eq!(second.rpc.get_balance(&wallet.pubkey()).unwrap(), 0);
    let other = second.wallet(2 * SOL);
    second.process.signal("-TERM");
    assert_eq!(second.process.ended().code(), Some(0));

    // Transactions after the reset are saved as usual.
    let third = Node::start(&flags);
    let lamports = third.rpc.get_balance(&other.pubkey()).unwrap();
    assert_eq!(lamports, 2 * SOL);
    assert_eq!(third.rpc.get_balance(&wallet.pubkey()).unwrap(), 0);
}

/// `--reset` deletes neither a file that is not a ledger nor a ledger that is in use.
#[test]
fn only_an_own_ledger_is_emptied() {
    let folder = tempdir().unwrap();
    let letter = folder.path().join("letter.txt");
    fs::write(&letter, "Dear node").unwrap();
    let errors = refused(&[
        "--port",
        "0",
        "--reset",
        "--persist",
        letter.to_str().unwrap(),
    ]);
    assert!(
        errors[0].contains("it is not the ledger of a node"),
        "{errors:?}"
    );
    assert_eq!(fs::read(&letter).unwrap(), b"Dear node");

    let file = folder.path().join("ledger.sqlite");
    let flags = ["--persist", file.to_str().unwrap()];
    let node = Node::start(&flags);
    let wallet = node.wallet(SOL);
    let errors = refused(&[&["--port", "0", "--reset"], &flags[..]].concat());
    assert!(errors[0].contains("another node is using it"), "{errors:?}");
    assert_eq!(node.rpc.get_balance(&wallet.pubkey()).unwrap(), SOL);
}

#[test]
fn a_ledger_serves_one_node_at_a_time() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("ledger.sqlite").display().to_string();
    let _first = Node::start(&["--persist", &file]);
    assert_eq!(
        refused(&["--port", "0", "--persist", &file]),
        [format!(
            "error: --persist: cannot use {file}: another node is using it; end that one first"
        )]
    );
}

#[test]
fn a_file_that_is_no_ledger_is_refused_and_stays_as_it_is() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("letter.txt");
    fs::write(&path, "Dear node").unwrap();
    let file = path.display().to_string();
    let errors = refused(&["--port", "0", "--persist", &file]);
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(
        errors[0].contains(&format!(
            "cannot use {file}: it is not the ledger of a node"
        )),
        "{errors:?}"
    );
    assert_eq!(fs::read(&path).unwrap(), b"Dear node");

    let missing = folder.path().join("no/such/ledger").display().to_string();
    let errors = refused(&["--port", "0", "--persist", &missing]);
    assert!(
        errors[0].starts_with(&format!(
            "error: --persist: cannot use {missing}: No such file"
        )),
        "{errors:?}"
    );
}

#[test]
fn snapshots_are_loaded_or_refused_whole() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("accounts.json");
    let account = Address::new_from_array([7; 32]);
    let file = path.to_str().unwrap();
    let entry = r#"{"lamports": 5000000, "owner": "11111111111111111111111111111111", "executable": false,
        "rentEpoch": 0, "data": "Z2VuZXJpb24=", "parsedData": null}"#;
    fs::write(&path, format!(r#"{{"{account}": {entry}}}"#)).unwrap();
    let node = Node::start(&["--snapshot", file]);
    assert_eq!(node.rpc.get_account(&account).unwrap().data, b"generion");

    fs::write(
        &path,
        format!(r#"{{"{account}": {entry}, "nonsense": {entry}}}"#),
    )
    .unwrap();
    let errors = refused(&["--port", "0", "--log-level", "none", "--snapshot", file]);
    let expected = format!(
        "error: cannot load the snapshot {file}: only 1 of its 2 accounts are complete and valid"
    );
    assert_eq!(errors, [expected]);
}
