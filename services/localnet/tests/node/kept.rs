//! A persisted ledger stays consistent, however its node ended.

use std::{fs, thread, time::Duration};

use generion_interface::LOCAL_LEDGER;
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_keypair::Keypair;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::client_error::{Error as ClientError, ErrorKind};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction_status_client_types::UiTransactionEncoding;
use tempfile::tempdir;

use crate::harness::{Node, SOL, eventually, localnet};

/// The progress of a node: slot, block height, and the last height at which a new block hash is valid.
fn heights(node: &Node) -> [u64; 3] {
    let processed = CommitmentConfig::processed();
    let epoch = node.rpc.get_epoch_info_with_commitment(processed).unwrap();
    let hash = node.rpc.get_latest_blockhash_with_commitment(processed);
    [epoch.absolute_slot, epoch.block_height, hash.unwrap().1]
}

/// The random identity of a local ledger.
fn identity(node: &Node) -> Vec<u8> {
    node.rpc.get_account(&LOCAL_LEDGER).unwrap().data
}

/// To clients, a node whose slots decrease lags behind, and a decreasing block height means another ledger.
#[test]
fn slots_and_heights_go_on_and_the_identity_stays() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("ledger.sqlite");
    let flags = ["--persist", file.to_str().unwrap()];
    let (mut last, mut known, mut landed) = ([0; 3], None, Vec::new());
    for signal in ["TERM", "KILL", "KILL", "INT", "TERM"] {
        let mut node = Node::start(&flags);
        let now = heights(&node);
        for (now, last) in now.iter().zip(&last) {
            assert!(now >= last, "{now:?} after {last:?}");
        }
        assert_eq!(
            *known.get_or_insert_with(|| identity(&node)),
            identity(&node)
        );
        for (address, signature) in &landed {
            assert_eq!(node.rpc.get_balance(address).unwrap(), SOL);
            let statuses = node
                .rpc
                .get_signature_statuses_with_history(&[*signature])
                .unwrap();
            assert!(statuses.value[0].is_some(), "a transaction is missing");
        }
        let wallet = Keypair::new().pubkey();
        let signature = node.rpc.request_airdrop(&wallet, SOL).unwrap();
        node.confirmed(&signature);
        landed.push((wallet, signature));
        // Empty blocks, which are not saved.
        eventually("some blocks are produced", || {
            (heights(&node)[0] > now[0] + 30).then_some(())
        });
        last = heights(&node);
        node.process.signal(&format!("-{signal}"));
        node.process.ended();
    }
}

#[test]
fn two_ledgers_have_two_identities() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("ledger.sqlite");
    let kept = ["--persist", file.to_str().unwrap()];
    let reset = [&kept[..], &["--reset"]].concat();
    let identities = [&[][..], &[], &kept, &reset].map(|flags| {
        let mut node = Node::start(flags);
        let identity = identity(&node);
        node.process.signal("-TERM");
        node.process.ended();
        identity
    });
    for (index, identity) in identities.iter().enumerate() {
        assert_eq!(identity.len(), 32);
        assert!(!identities[..index].contains(identity));
    }
}

/// The node answers requests for a transaction, whatever its outcome was.
fn answers(node: &Node, wallet: &Address, signature: &Signature) {
    let is_said = |error: &ClientError| {
        matches!(
            error.kind(),
            ErrorKind::RpcError(_) | ErrorKind::SerdeJson(_)
        )
    };
    let encoding = UiTransactionEncoding::Base64;
    if let Err(error) = node.rpc.get_transaction(signature, encoding) {
        assert!(is_said(&error), "{error}");
    }
    let statuses = node.rpc.get_signature_statuses_with_history(&[*signature]);
    assert_eq!(statuses.unwrap().value.len(), 1);
    node.rpc.get_signatures_for_address(wallet).unwrap();
    node.rpc.get_balance(wallet).unwrap();
}

/// A node that is killed repeatedly while it works still has all confirmed transactions afterwards.
#[test]
fn a_node_that_is_killed_at_work_starts_again() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("ledger.sqlite");
    let flags = ["--persist", file.to_str().unwrap()];
    let mut confirmed: Option<Keypair> = None;
    let mut sent: Vec<(Address, Signature)> = Vec::new();
    for milliseconds in [0, 7, 19, 40, 83, 150, 301] {
        let mut node = Node::start(&flags);
        if let Some(wallet) = &confirmed {
            assert_eq!(node.rpc.get_balance(&wallet.pubkey()).unwrap(), SOL);
        }
        for (wallet, signature) in &sent {
            answers(&node, wallet, signature);
        }
        confirmed = Some(node.wallet(SOL));
        let url = node.ready.rpc_url.clone();
        let work = thread::spawn(move || {
            let rpc = RpcClient::new(url);
            let airdrop = || {
                let wallet = Keypair::new().pubkey();
                let signature = rpc.request_airdrop(&wallet, SOL).ok()?;
                Some((wallet, signature))
            };
            std::iter::from_fn(airdrop).collect::<Vec<_>>()
        });
        thread::sleep(Duration::from_millis(milliseconds));
        node.process.signal("-KILL");
        node.process.ended();
        sent = work.join().unwrap();
    }
    let mut node = Node::start(&flags);
    node.wallet(SOL);
    node.process.signal("-TERM");
    assert_eq!(node.process.ended().code(), Some(0));
}

/// A node that is killed during its first start leaves an incomplete file, which does not prevent the next start.
#[test]
fn a_node_that_is_killed_while_it_starts_starts_again() {
    let folder = tempdir().unwrap();
    for bytes in [1, 50_000, 150_000, 400_000, 1_000_000] {
        let file = folder.path().join(format!("{bytes}.sqlite"));
        let flags = ["--port", "0", "--persist", file.to_str().unwrap()];
        let mut first = localnet(&flags).spawn().unwrap();
        let written = || {
            let of = |suffix: &str| {
                let mut path = file.as_os_str().to_owned();
                path.push(suffix);
                fs::metadata(path).map_or(0, |file| file.len())
            };
            of("") + of("-wal")
        };
        eventually("something is written", || {
            let has_ended = first.try_wait().unwrap().is_some();
            (written() >= bytes || has_ended).then_some(())
        });
        first.kill().unwrap();
        first.wait().unwrap();
        let node = Node::start(&flags[2..]);
        node.wallet(SOL);
    }
}
