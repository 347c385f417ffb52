//! Transactions that go to all nodes at once, and what nodes know of them.

use std::{sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use generion_fake_node::{FakeNode, Fault};
use generion_rpc::{
    confirmation::{ConfirmationError, Confirmer},
    node::NodeErrorKind,
    witness::{WitnessError, Witnesses},
};
use serde_json::json;
use solana_hash::Hash;
use solana_signature::Signature;
use solana_transaction::Transaction;
use tokio::sync::Barrier;

use crate::{GENESIS, at, local, of_operators, start, told};

async fn three() -> [FakeNode; 3] {
    [
        start([at(10, b"")]).await,
        start([at(10, b"")]).await,
        start([at(10, b"")]).await,
    ]
}

fn all(nodes: &[FakeNode]) -> Witnesses {
    of_operators(&nodes.iter().collect::<Vec<_>>())
}

fn transaction() -> Transaction {
    Transaction {
        signatures: vec![Signature::from([3; 64])],
        ..Transaction::default()
    }
}

/// Each node answers when all of them have the transaction, so that nobody would if it were sent to one first.
#[tokio::test]
async fn the_same_bytes_go_to_all_nodes_at_once() {
    let nodes = three().await;
    let barrier = Arc::new(Barrier::new(3));
    for node in &nodes {
        node.behaviour().barrier = Some(barrier.clone());
    }
    let answers = all(&nodes).send_to_all(&transaction()).await;
    let signature = Signature::from([3; 64]);
    assert!(
        answers.iter().all(|answer| answer.answer == Ok(signature)),
        "{answers:?}"
    );

    let sent = nodes[0].asked("sendTransaction");
    assert_eq!(sent.len(), 1);
    for node in &nodes {
        assert_eq!(node.asked("sendTransaction"), sent);
        // Nothing but sending: a simulation, or a question for the fee, would hand it out before.
        assert_eq!(node.methods().len(), 1);
    }
    let bytes = BASE64_STANDARD
        .decode(sent[0][0].as_str().unwrap())
        .unwrap();
    assert_eq!(&bytes[..65], [&[1][..], &[3; 64]].concat());
    assert_eq!(sent[0][1]["skipPreflight"], true);
}

#[tokio::test]
async fn what_each_node_says_to_it_is_told_in_their_order() {
    let nodes = three().await;
    nodes[0].behaviour().fault = Fault::Hangs;
    let refusal = json!({ "error": { "code": -32003, "message": "no" } });
    nodes[1]
        .behaviour()
        .instead
        .insert("sendTransaction", refusal);
    let other = json!({ "result": Signature::from([4; 64]).to_string() });
    nodes[2]
        .behaviour()
        .instead
        .insert("sendTransaction", other);

    let answers = all(&nodes).send_to_all(&transaction()).await;
    let hosts: Vec<_> = answers.iter().map(|answer| &answer.node[..10]).collect();
    assert_eq!(hosts, ["http://one", "http://two", "http://thr"]);
    let errors: Vec<_> = answers
        .into_iter()
        .map(|answer| answer.answer.unwrap_err())
        .collect();
    let kinds: Vec<_> = errors.iter().map(|error| error.kind()).collect();
    let expected = [
        NodeErrorKind::Unreachable,
        NodeErrorKind::Refused { code: -32003 },
        NodeErrorKind::Nonsense,
    ];
    assert_eq!(kinds, expected);
    for error in &errors {
        told(error);
    }
}

#[tokio::test]
async fn what_each_node_knows_of_a_transaction_is_told() {
    let nodes = three().await;
    let signature = Signature::from([3; 64]);
    for node in &nodes[..2] {
        node.behaviour().statuses.insert(signature, 12);
    }
    // It knows what is recent all the same.
    nodes[1].behaviour().has_no_history = true;
    let answers = all(&nodes).signature_status(&signature).await;
    let slots: Vec<_> = answers
        .iter()
        .map(|answer| {
            let known = answer.answer.as_ref().unwrap();
            assert_eq!(known.slot, 20);
            known.status.as_ref().map(|status| status.slot)
        })
        .collect();
    assert_eq!(slots, [Some(12), Some(12), None]);

    let answer = json!({ "result": { "context": { "slot": 1 }, "value": [] } });
    nodes[0]
        .behaviour()
        .instead
        .insert("getSignatureStatuses", answer);
    let answers = all(&nodes).signature_status(&signature).await;
    let error = answers[0].answer.as_ref().unwrap_err();
    assert_eq!(error.kind(), NodeErrorKind::Nonsense);
}

#[tokio::test]
async fn a_block_hash_has_to_be_valid_at_two() {
    let nodes = three().await;
    let hash = Hash::new_from_array([5; 32]);
    nodes[0].behaviour().block_hashes = vec![hash];
    let error = all(&nodes[..2]).blockhash_valid(&hash).await.unwrap_err();
    let WitnessError::InvalidBlockHash { said, .. } = &error else {
        panic!("{error:?}")
    };
    let words: Vec<_> = said.iter().map(|said| &said.words[..]).collect();
    assert_eq!(words, ["it is valid", "it is not valid"]);
    assert!(told(&error).contains("http://two.test:"), "{error}");

    // One that is a little behind.
    nodes[1].behaviour().block_hashes = vec![hash];
    nodes[1].behaviour().late_block_hashes = 2;
    assert_eq!(all(&nodes).blockhash_valid(&hash).await, Ok(()));
    assert_eq!(
        nodes[1].asked("isBlockhashValid").last().unwrap()[1]["commitment"],
        "confirmed"
    );
}

#[tokio::test]
async fn a_block_hash_that_too_few_nodes_judge_is_not_taken() {
    let nodes = three().await;
    let hash = Hash::new_from_array([5; 32]);
    nodes[0].behaviour().block_hashes = vec![hash];
    nodes[1].behaviour().fault = Fault::Drops;
    let error = all(&nodes[..2]).blockhash_valid(&hash).await.unwrap_err();
    assert!(matches!(error, WitnessError::TooFew(_)), "{error:?}");
    told(&error);
}

#[tokio::test]
async fn a_recent_block_hash_is_one_that_others_know() {
    let nodes = three().await;
    let [lie, truth] = [6, 5].map(|byte| Hash::new_from_array([byte; 32]));
    nodes[0].behaviour().block_hashes = vec![truth, lie];
    for node in &nodes[1..] {
        node.behaviour().block_hashes = vec![truth];
    }
    assert_eq!(all(&nodes).recent_blockhash().await, Ok(truth));
    let error = all(&nodes[..1]).recent_blockhash().await.unwrap_err();
    assert!(matches!(error, WitnessError::TooFew(_)), "{error:?}");
    for node in &nodes {
        node.behaviour().fault = Fault::Drops;
    }
    let error = all(&nodes).recent_blockhash().await.unwrap_err();
    let WitnessError::TooFew(error) = error else {
        panic!("{error:?}")
    };
    assert_eq!(error.silent.len(), 3);
}

#[tokio::test]
async fn a_survey_shows_each_node_as_it_is() {
    let nodes = three().await;
    nodes[1].behaviour().genesis = Hash::default();
    nodes[2].behaviour().fault = Fault::Drops;
    nodes[0].behaviour().clock_ahead = 60;
    let witnesses = all(&nodes);
    let survey = witnesses.survey().await;
    let one = survey[0].answer.as_ref().unwrap();
    assert_eq!((one.genesis, one.slot), (*witnesses.genesis(), 10));
    let two = survey[1].answer.as_ref().unwrap();
    assert_eq!(two.genesis, Hash::default());
    assert!((one.unix_time - two.unix_time).abs_diff(60) <= 1);
    told(survey[2].answer.as_ref().unwrap_err());
}

/// A node names the heights itself, up to the largest number.
#[tokio::test]
async fn the_largest_block_heights_expire_a_transaction_like_others() {
    let fake = start([at(10, b"")]).await;
    fake.behaviour().has_no_history = true;
    let epoch = json!({ "result": {
        "absoluteSlot": 20, "blockHeight": u64::MAX, "epoch": 1, "slotIndex": 1, "slotsInEpoch": 2,
        "transactionCount": null,
    } });
    fake.behaviour().instead.insert("getEpochInfo", epoch);
    let (nodes, signature) = ([local(&fake)], Signature::from([3; 64]));
    let confirmer = Confirmer::new(&nodes, &GENESIS, Duration::from_secs(1));
    let status = confirmer.status(&signature, Some(u64::MAX - 1)).await;
    assert!(
        matches!(status, Err(ConfirmationError::Expired(expired)) if expired == signature),
        "{status:?}"
    );
}
