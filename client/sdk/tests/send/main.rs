//! Sending over a node that answers badly: what landed is found on the ledger, and nothing is sent twice. The node is a
//! stand-in that plays its part line by line; a real one is in the end-to-end tests.

mod node;

use generion_client::{ClientError, Ledger, SendOptions};
use node::{Node, Part};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_keypair::Keypair;

async fn send(part: Part) -> (Result<generion_client::Landed, ClientError>, usize) {
    let node = Node::start(part).await;
    let program = Address::new_unique();
    let ledger = Ledger::new(node.url.clone(), program, CommitmentConfig::confirmed());
    let instruction = Instruction {
        program_id: program,
        accounts: Vec::new(),
        data: Vec::new(),
    };
    let sent = ledger
        .send(&[instruction], &Keypair::new(), &[], SendOptions::default())
        .await;
    (sent, node.transactions_taken())
}

#[tokio::test]
async fn a_node_that_knows_the_status_before_the_transaction_is_asked_again() {
    let (sent, taken) = send(Part {
        transaction_missing: 3,
        ..Part::default()
    })
    .await;
    let landed = sent.unwrap();
    assert_eq!(
        (landed.slot, landed.fee, landed.compute_units),
        (7, 5_000, 42)
    );
    assert_eq!(taken, 1);
}

#[tokio::test]
async fn a_lost_answer_is_resolved_by_looking_at_the_ledger() {
    let (sent, taken) = send(Part {
        drop_send_answer: true,
        ..Part::default()
    })
    .await;
    assert_eq!(sent.unwrap().slot, 7);
    assert_eq!(taken, 1, "a transaction was sent twice");
}

#[tokio::test]
async fn a_transaction_whose_block_hash_died_is_reported_as_expired() {
    let (sent, taken) = send(Part {
        never_lands: true,
        ..Part::default()
    })
    .await;
    assert!(matches!(sent, Err(ClientError::Expired(_))), "{sent:?}");
    assert_eq!(taken, 1);
}

#[tokio::test]
async fn a_node_that_refuses_to_take_it_is_reported_at_once() {
    let (sent, taken) = send(Part {
        refuses: true,
        ..Part::default()
    })
    .await;
    assert!(matches!(sent, Err(ClientError::Node { .. })), "{sent:?}");
    assert_eq!(taken, 0);
}
