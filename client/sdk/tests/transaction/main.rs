//! Sending over a node that answers badly: what landed is found on the ledger, and nothing is sent twice. The node is a
//! stand-in that plays its part line by line; a real one is in the end-to-end tests.

mod node;

use std::time::{Duration, Instant};

use generion_client::{
    ClientError, ConfirmedTransaction, Deployment, GenerionError, GenesisHash, Ledger,
    PriorityPrice, SendOptions, Units,
    rpc::{
        node::NodeErrorKind,
        url::{NodeUrl, PlainHttp},
        witness::WitnessOptions,
    },
};
use node::{GENESIS, NOW, Node, Part, SLOT, UNITS};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_keypair::Keypair;

fn ledger(node: &Node) -> Ledger {
    ledger_over(&[node])
}

fn ledger_over(nodes: &[&Node]) -> Ledger {
    let deployment = Deployment {
        genesis: GENESIS.parse().unwrap(),
        program_id: Address::new_from_array([9; 32]),
    };
    let nodes = nodes
        .iter()
        .map(|node| NodeUrl::parse(&node.url, PlainHttp::default()).unwrap())
        .collect();
    let commitment = CommitmentConfig::confirmed();
    let options = WitnessOptions::default();
    let mut ledger = Ledger::new(deployment, nodes, commitment, options).unwrap();
    ledger.set_priority(PriorityPrice::None);
    ledger
}

async fn send_by(
    ledger: &Ledger,
    options: SendOptions,
) -> Result<ConfirmedTransaction, ClientError> {
    let instruction = Instruction {
        program_id: *ledger.program_id(),
        accounts: Vec::new(),
        data: Vec::new(),
    };
    ledger
        .send(&[instruction], &Keypair::new(), &[], options)
        .await
}

async fn send(part: Part) -> (Result<ConfirmedTransaction, ClientError>, Node) {
    let node = Node::start(part);
    let sent = send_by(&ledger(&node), SendOptions::default()).await;
    (sent, node)
}

/// One attempt, for what would otherwise be tried again.
const ONCE: SendOptions = SendOptions {
    units: Units::Simulated,
    attempts: 1,
    not_after: None,
    raise: 0,
};

#[tokio::test]
async fn a_node_that_knows_the_status_before_the_transaction_is_asked_again() {
    let (sent, node) = send(Part {
        transaction_missing: 3,
        ..Part::default()
    })
    .await;
    let confirmed = sent.unwrap();
    assert_eq!(
        (confirmed.slot, confirmed.fee, confirmed.compute_units),
        (SLOT, 5_000, 42)
    );
    assert_eq!(node.transactions_taken(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_resolved_by_looking_at_the_ledger() {
    let (sent, node) = send(Part {
        drop_send_answer: true,
        ..Part::default()
    })
    .await;
    assert_eq!(sent.unwrap().slot, SLOT);
    assert_eq!(
        node.transactions_taken(),
        1,
        "a second transaction was made"
    );
    assert_eq!(node.times_sent(), 1, "it was sent again blindly");
}

/// An answer that says nothing about the outcome.
#[tokio::test]
async fn one_that_is_said_to_be_processed_already_is_looked_up() {
    let (sent, node) = send(Part {
        says_processed: true,
        ..Part::default()
    })
    .await;
    assert_eq!(sent.unwrap().slot, SLOT);
    assert_eq!((node.transactions_taken(), node.times_sent()), (1, 1));
    // And where it never lands, that is told, and not that nothing was sent.
    let node = Node::start(Part {
        says_processed: true,
        forgets: 9,
        ..Part::default()
    });
    let sent = send_by(&ledger(&node), ONCE).await;
    assert!(matches!(sent, Err(ClientError::Expired(_))), "{sent:?}");
}

/// Who has seen a transaction land is not told what a wallet held before it.
#[tokio::test]
async fn a_stale_balance_is_not_believed() {
    let node = Node::start(Part {
        stale_balances: 2,
        ..Part::default()
    });
    let ledger = ledger(&node);
    let wallet = Address::new_from_array([1; 32]);
    send_by(&ledger, SendOptions::default()).await.unwrap();
    assert_eq!(ledger.lamports(&wallet).await.unwrap(), 1_000);
    assert_eq!(node.asked("getBalance"), 3);
}

#[tokio::test]
async fn a_transaction_that_a_node_drops_is_sent_again_byte_for_byte() {
    let (sent, node) = send(Part {
        loses: 1,
        ..Part::default()
    })
    .await;
    assert_eq!(sent.unwrap().slot, SLOT);
    assert_eq!((node.transactions_taken(), node.times_sent()), (1, 2));
}

#[tokio::test]
async fn a_transaction_whose_block_hash_died_is_made_anew() {
    let (sent, node) = send(Part {
        forgets: 1,
        ..Part::default()
    })
    .await;
    assert_eq!(sent.unwrap().slot, SLOT);
    assert_eq!(node.transactions_taken(), 2);
    // It is asked for the height each time before the history decides, and the first hash was good for some.
    assert!(node.asked("getEpochInfo") >= 2);
}

#[tokio::test]
async fn one_that_never_lands_is_reported_as_expired() {
    let node = Node::start(Part {
        forgets: 9,
        ..Part::default()
    });
    let sent = send_by(&ledger(&node), ONCE).await;
    assert!(matches!(sent, Err(ClientError::Expired(_))), "{sent:?}");
    assert_eq!(node.transactions_taken(), 1);
}

#[tokio::test]
async fn what_only_the_history_knows_has_not_expired() {
    let (sent, node) = send(Part {
        only_history_knows: true,
        ..Part::default()
    })
    .await;
    assert_eq!(sent.unwrap().slot, SLOT);
    assert_eq!(node.transactions_taken(), 1, "it was done twice");
}

#[tokio::test]
async fn a_node_that_is_behind_does_not_decide() {
    let (sent, node) = send(Part {
        stale_statuses: 2,
        ..Part::default()
    })
    .await;
    assert_eq!(sent.unwrap().slot, SLOT);
    assert_eq!(node.transactions_taken(), 1, "it was done twice");
}

#[tokio::test]
async fn a_node_that_dies_leaves_the_fate_unknown() {
    let node = Node::start(Part {
        dies_after_send: true,
        ..Part::default()
    });
    let mut ledger = ledger(&node);
    ledger.set_patience(Duration::from_millis(300));
    let sent = send_by(&ledger, SendOptions::default()).await;
    assert!(matches!(sent, Err(ClientError::Unknown(_))), "{sent:?}");
    assert_eq!(node.transactions_taken(), 1);
}

#[tokio::test]
async fn a_node_that_refuses_to_take_it_is_reported_at_once() {
    let (sent, node) = send(Part {
        refuses: true,
        ..Part::default()
    })
    .await;
    assert!(
        matches!(&sent, Err(ClientError::Node(error)) if error.kind() == NodeErrorKind::Refused { code: -32005 }),
        "{sent:?}"
    );
    assert_eq!(node.transactions_taken(), 0);
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_as_long_as_the_node_asks() {
    let started = Instant::now();
    let (sent, node) = send(Part {
        rate_limited: Some((2, "1")),
        ..Part::default()
    })
    .await;
    assert_eq!(sent.unwrap().slot, SLOT);
    assert!(started.elapsed() >= Duration::from_secs(2));
    assert_eq!(node.times_sent(), 1);
}

#[tokio::test]
async fn a_node_that_asks_to_wait_too_long_is_reported() {
    let (sent, node) = send(Part {
        rate_limited: Some((usize::MAX, "3600")),
        ..Part::default()
    })
    .await;
    let error = sent.unwrap_err();
    assert!(matches!(error, ClientError::Node(_)), "{error:?}");
    assert!(error.to_string().contains("asks to wait 3600 s"), "{error}");
    assert_eq!(node.transactions_taken(), 0);
}

#[tokio::test]
async fn requests_whose_connection_was_dropped_are_made_again() {
    let (sent, node) = send(Part {
        drops_requests: 2,
        ..Part::default()
    })
    .await;
    assert_eq!(sent.unwrap().slot, SLOT);
    assert_eq!(node.times_sent(), 1);
}

#[tokio::test]
async fn what_a_simulation_refuses_is_not_sent() {
    let (sent, node) = send(Part {
        simulation_fails: true,
        ..Part::default()
    })
    .await;
    let error = sent.unwrap_err();
    assert_eq!(error.rule(), Some(GenerionError::AlreadySettled));
    let ClientError::Refused(refusal) = error else {
        panic!("{error:?}")
    };
    assert_eq!(refusal.logs, ["it failed"]);
    assert_eq!((refusal.signature, refusal.fee), (None, 0));
    assert_eq!(node.times_sent(), 0);
}

/// The data of an instruction of the compute-budget program, with the length in front of it.
fn asks_for(bytes: &[u8], data: &[u8]) -> bool {
    let data = [&[data.len() as u8], data].concat();
    bytes.windows(data.len()).any(|window| window == data)
}

fn limit(units: u64) -> Vec<u8> {
    [&[2], &u32::try_from(units).unwrap().to_le_bytes()[..]].concat()
}

fn price(micro_lamports: u64) -> Vec<u8> {
    [&[3], &micro_lamports.to_le_bytes()[..]].concat()
}

#[tokio::test]
async fn the_simulation_tells_the_compute_units_to_ask_for() {
    let (sent, node) = send(Part::default()).await;
    sent.unwrap();
    let bytes = node.last_bytes();
    assert!(asks_for(&bytes, &limit(UNITS + UNITS / 10)));
    assert!(!asks_for(&bytes, &price(0)));
}

#[tokio::test]
async fn a_priority_price_is_fixed_or_the_markets() {
    for (policy, expected) in [
        (PriorityPrice::Fixed(77), 77),
        (PriorityPrice::Market { max: 5_000 }, 300),
        (PriorityPrice::Market { max: 200 }, 200),
    ] {
        let node = Node::start(Part::default());
        let mut ledger = ledger(&node);
        ledger.set_priority(policy);
        send_by(&ledger, SendOptions::default()).await.unwrap();
        assert!(asks_for(&node.last_bytes(), &price(expected)), "{policy:?}");
    }
}

#[tokio::test]
async fn nothing_is_sent_after_its_last_moment() {
    for (not_after, is_sent) in [(NOW - 1, false), (NOW, true)] {
        let node = Node::start(Part::default());
        let options = SendOptions {
            not_after: Some(not_after),
            ..SendOptions::default()
        };
        let sent = send_by(&ledger(&node), options).await;
        assert_eq!(node.transactions_taken(), usize::from(is_sent));
        match sent {
            Ok(_) => assert!(is_sent),
            Err(ClientError::SentTooLate { now, .. }) => assert!(!is_sent && now == NOW),
            Err(error) => panic!("{error}"),
        }
    }
}

/// A clock that is older than the block hash would let a transaction land later than it may.
#[tokio::test]
async fn a_stale_clock_is_not_believed() {
    let node = Node::start(Part {
        stale_clocks: 2,
        ..Part::default()
    });
    let options = SendOptions {
        not_after: Some(NOW - 500),
        ..SendOptions::default()
    };
    let sent = send_by(&ledger(&node), options).await;
    assert!(
        matches!(sent, Err(ClientError::SentTooLate { now: NOW, .. })),
        "{sent:?}"
    );
    assert_eq!(node.asked("getAccountInfo"), 3);
    assert_eq!(node.transactions_taken(), 0);
}

#[tokio::test]
async fn a_node_that_stays_behind_is_reported() {
    let node = Node::start(Part {
        stale_clocks: usize::MAX,
        ..Part::default()
    });
    let mut ledger = ledger(&node);
    ledger.set_patience(Duration::from_millis(500));
    let options = SendOptions {
        not_after: Some(NOW),
        ..SendOptions::default()
    };
    let sent = send_by(&ledger, options).await;
    assert!(
        matches!(sent, Err(ClientError::Stale { slot: SLOT, .. })),
        "{sent:?}"
    );
    assert_eq!(node.transactions_taken(), 0);
}

#[tokio::test]
async fn another_ledger_is_sent_nothing() {
    let node = Node::start(Part::default());
    let deployment = Deployment {
        genesis: GenesisHash([5; 32]),
        program_id: Address::new_from_array([9; 32]),
    };
    let url = NodeUrl::parse(&node.url, PlainHttp::default()).unwrap();
    let commitment = CommitmentConfig::confirmed();
    let options = WitnessOptions::default();
    let ledger = Ledger::new(deployment, vec![url], commitment, options).unwrap();
    let sent = send_by(&ledger, SendOptions::default()).await;
    assert!(
        matches!(sent, Err(ClientError::OtherGenesis(_))),
        "{sent:?}"
    );
    assert_eq!(node.times_sent(), 0);
}

/// A first node that drops everything, or says that it failed, does not keep it from landing.
#[tokio::test]
async fn a_transaction_goes_to_all_nodes() {
    for part in [
        Part {
            loses: usize::MAX,
            ..Part::default()
        },
        Part {
            refuses: true,
            ..Part::default()
        },
        Part {
            simulation_fails: true,
            loses: usize::MAX,
            ..Part::default()
        },
    ] {
        let (first, second) = (Node::start(part), Node::start(Part::default()));
        let ledger = ledger_over(&[&first, &second]);
        let confirmed = send_by(&ledger, SendOptions::default()).await.unwrap();
        assert_eq!(confirmed.slot, SLOT);
        assert_eq!(second.transactions_taken(), 1);
    }
}
