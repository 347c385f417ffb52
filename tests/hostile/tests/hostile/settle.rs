//! Settling: when the secret is first shown, to which nodes, and what ends the sending.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use generion::{GenerionError, constants::REFUND_GRACE, state::Purchase};
use generion_client::{ClientError, SettleEnd, rpc::witness::WitnessError};
use generion_hostile_node_tests::{
    HONEST, Lie, MALLORY, Node, Question, Reply, Snapshot, assert_names, invent, keys,
    lies::{self, ClaimedStatus},
    settler, until,
};
use generion_interface::decode::Decoded;
use solana_address::Address;
use solana_hash::Hash;

use crate::market::{Market, alone, settlements, times_settled};

fn is_settle(decoded: &Decoded) -> bool {
    matches!(decoded, Decoded::Settle(_))
}

/// Keeps settlements, and claims to have sent them.
fn drops_settlements() -> impl Lie {
    lies::where_it(|question| question.carries(is_settle), lies::drops_sends())
}

#[track_caller]
fn assert_contradiction(error: &ClientError) {
    assert!(
        matches!(error, ClientError::Witness(told) if matches!(**told, WitnessError::Contradiction(_))),
        "{error}"
    );
    assert_names(error, MALLORY);
    assert_names(error, HONEST);
}

/// Fewer nodes agree than a settlement needs.
#[track_caller]
pub fn assert_too_few(error: &ClientError) {
    assert!(
        matches!(error, ClientError::Witness(told) if matches!(**told, WitnessError::TooFew(_))),
        "{error}"
    );
}

/// Until the settlement, nobody opens anything. Only sending without preflight ever carries `s`. Then the buyer opens
/// the records, and no refund takes the price.
#[test]
fn a_sale_is_shut_until_it_is_settled_and_then_paid() {
    let market = Market::of(2);
    let town = &market.town;
    let [mallory, honest] = [(); 2].map(|()| town.node());
    let client = town.client(&[(MALLORY, &mallory), (HONEST, &honest)]);
    let sale = market.sale(&client).unwrap();
    let keys = keys(&market.seller);
    town.wait(client.deliver(&keys, &market.payer.wallet, &sale).send())
        .unwrap();
    assert!(market.state().is_locked());
    market.assert_shut(&[&mallory, &honest], &[]);

    let end = market.settle(&client, &sale).unwrap();
    assert!(
        matches!(end, SettleEnd::Settled { confirmed: Some(_) }),
        "{end:?}"
    );
    assert_eq!(market.opened(&[&mallory], &[]), market.records);
    let secret = settlements(&mallory)[0].1.args.settle_secret;
    for node in [&mallory, &honest] {
        assert_eq!(
            node.methods_with(&secret),
            BTreeSet::from(["sendTransaction".to_owned()])
        );
        let skips_preflight = node.log().iter().all(|entry| {
            let question = &entry.question;
            !question.carries(is_settle) || question.params[1]["skipPreflight"] == true
        });
        assert!(skips_preflight);
    }
    market.assert_paid();
}

/// The client does not show `s` to one node, or to two of one operator.
#[test]
fn one_node_is_not_shown_the_secret() {
    let (market, _) = Market::locked(1);
    let town = &market.town;
    let [mallory, other] = [(); 2].map(|()| town.node());
    for client in [
        alone(town, &mallory),
        town.client(&[(MALLORY, &mallory), ("rpc.mallory.example", &other)]),
    ] {
        let sale = market.sale(&client).unwrap();
        let error = market.settle(&client, &sale).unwrap_err();
        assert_too_few(&error);
        assert_names(&error, MALLORY);
    }
    market.assert_shut(&[&mallory, &other], &[]);
}

/// One node kept a true delivery and shows it as a lock: the client shows nothing, and names both nodes.
#[test]
fn a_lock_that_one_node_shows_is_none() {
    let market = Market::of(1);
    let town = &market.town;
    let validator = &town.validator;
    let [mallory, honest] = [(); 2].map(|()| town.node());
    let client = town.client(&[(MALLORY, &mallory), (HONEST, &honest)]);
    let sale = market.sale(&client).unwrap();
    let delivery = validator.prove(&market.seller, &validator.sale(&market.purchase));
    let mut state = market.state();
    state.status = 1;
    state.delivered_count = 1;
    state.settle_key = delivery.settle_key.to_bytes();
    state.settle_by = validator.unix_time() + 86_400;
    let locked = invent::purchase(&state, &delivery.capsules);
    mallory.tell(lies::shows(market.purchase, locked));
    let error = market.settle(&client, &sale).unwrap_err();
    assert_contradiction(&error);
    let alone = alone(town, &mallory);
    let sale = market.sale(&alone).unwrap();
    assert_too_few(&market.settle(&alone, &sale).unwrap_err());
    market.assert_shut(&[&mallory, &honest], &[]);
}

/// A lock that is confirmed but not final is not enough.
#[test]
fn nothing_is_shown_before_the_lock_is_final() {
    let market = Market::of(1);
    let town = &market.town;
    let pending = Snapshot::take(&town.validator, &[]);
    town.validator
        .lock(&market.seller, &market.payer, &market.purchase);
    let nodes = [(); 2].map(|()| town.node());
    let becomes_final = Arc::new(AtomicU64::new(u64::MAX));
    for node in &nodes {
        let slot = becomes_final.clone();
        node.tell(pending.clone().not_final_before(slot));
    }
    let client = town.client(&[(MALLORY, &nodes[0]), (HONEST, &nodes[1])]);
    let sale = market.sale(&client).unwrap();
    assert!(
        sale.account.state.is_pending(),
        "what is witnessed is final"
    );
    let (keys, markers) = (keys(&market.seller), town.markers());
    let settler = settler(&market.payer, &markers);
    let settled = client.settle(&keys, &sale, &settler, |_| {});
    let end = town.wait_beside(settled, async {
        let asked = |node: &Node| node.asked("getMultipleAccounts");
        let before = nodes.each_ref().map(asked);
        until("it was asked for twice", || {
            nodes
                .iter()
                .zip(before)
                .all(|(node, before)| asked(node) >= before + 2)
        })
        .await;
        assert!(nodes.iter().all(|node| settlements(node).is_empty()));
        let slot = town.validator.rpc.get_slot().unwrap();
        becomes_final.store(slot, Ordering::SeqCst);
    });
    assert!(matches!(end.unwrap(), SettleEnd::Settled { .. }));
    market.assert_paid();
}

/// A third node that can't be reached does not matter.
#[test]
fn a_node_that_is_down_does_not_keep_two_from_agreeing() {
    let (market, _) = Market::locked(1);
    let town = &market.town;
    let [down, one, other] = [(); 3].map(|()| town.node());
    down.tell(lies::is_down());
    let client = town.client(&[("one.example", &one), (HONEST, &other), (MALLORY, &down)]);
    let sale = market.sale(&client).unwrap();
    let end = market.settle(&client, &sale).unwrap();
    assert!(matches!(end, SettleEnd::Settled { .. }), "{end:?}");
    market.assert_paid();
}

/// The client does not sign with a block hash that only one node made up and confirms: it would show `s` in a
/// transaction that can't land.
#[test]
fn a_dead_block_hash_is_not_signed_with() {
    let (market, _) = Market::locked(1);
    let town = &market.town;
    let [mallory, honest] = [(); 2].map(|()| town.node());
    let dead = Hash::new_from_array([9; 32]);
    mallory.tell(lies::block_hash(dead, u64::MAX));
    mallory.tell(lies::block_hashes_are_valid(true));
    // Block hashes expire soon here, and the honest node's must stay valid while the client waits for the other node.
    let nodes = [(MALLORY, &mallory), (HONEST, &honest)];
    let client = town.client_with(&nodes, |options| options.patience = Duration::from_secs(1));
    let sale = market.sale(&client).unwrap();
    market.settle(&client, &sale).unwrap();
    for captured in [&mallory, &honest].map(|node| node.captured()).concat() {
        assert_ne!(*captured.message.recent_blockhash(), dead);
    }
    market.assert_paid();
}

/// One node takes `s` and refuses, hangs up, drops it or never answers. The other node, which loses the first three
/// sends, still gets it, until the price is paid.
#[test]
fn no_answer_of_one_node_keeps_a_settlement_from_another() {
    let silent = |_: &Question| Some(Reply::Silence);
    let told: [(Box<dyn Lie>, usize); 4] = [
        (Box::new(lies::refuses_sends()), 3),
        (Box::new(lies::hangs_up_on_sends()), 3),
        (Box::new(lies::drops_sends()), 3),
        (Box::new(lies::answers(&["sendTransaction"], silent)), 1),
    ];
    for (lie, lost) in told {
        let (market, _) = Market::locked(1);
        let mallory = market.town.node();
        mallory.tell(lie);
        ends_paid(&market, &mallory, lost, std::future::ready(()));
    }
}

/// The client keeps sending when one node says that the transaction succeeded, failed or is unknown, or that the
/// purchase is gone, settled or another one.
#[test]
fn no_word_of_one_node_ends_a_settlement() {
    type MakeLie = fn(Address, [u8; 32]) -> Box<dyn Lie>;
    let told: [MakeLie; 7] = [
        |_, _| Box::new(lies::claims_status(ClaimedStatus::Success)),
        |_, _| {
            Box::new(lies::claims_status(ClaimedStatus::Failure(
                GenerionError::PriceTooLow.code(),
            )))
        },
        |_, _| Box::new(lies::claims_status(ClaimedStatus::Absent)),
        |_, _| Box::new(lies::heights(|_| 1)),
        |purchase, _| Box::new(lies::hides(purchase)),
        |purchase, secret| {
            Box::new(lies::edits::<Purchase>(purchase, move |purchase| {
                purchase.status = 2;
                purchase.settle_key = secret;
            }))
        },
        |purchase, _| {
            Box::new(lies::edits::<Purchase>(purchase, |purchase| {
                purchase.deadline += 10;
            }))
        },
    ];
    for told in told {
        let (market, _) = Market::locked(1);
        let mallory = market.town.node();
        mallory.tell(drops_settlements());
        ends_paid(&market, &mallory, 3, async {
            until("the secret was shown", || times_settled(&mallory) > 0).await;
            let secret = settlements(&mallory)[0].1.args.settle_secret;
            mallory.tell(told(market.purchase, secret));
        });
    }
}

/// Settles with this node and an honest one, which loses the first settlements. In the end the seller is paid.
#[track_caller]
fn ends_paid(market: &Market, mallory: &Node, lost: usize, script: impl Future<Output = ()>) {
    let town = &market.town;
    let honest = town.node();
    honest.tell(lies::first(lost, drops_settlements()));
    let client = town.client(&[(MALLORY, mallory), (HONEST, &honest)]);
    let sale = market.sale(&client).unwrap();
    let (keys, markers) = (keys(&market.seller), town.markers());
    let settler = settler(&market.payer, &markers);
    let settled = client.settle(&keys, &sale, &settler, |_| {});
    let end = town.wait_beside(settled, async {
        script.await;
        until("the seller is paid", || market.state().is_settled()).await;
        // A node that lies about the finalized state prevents two nodes from agreeing.
        mallory.be_honest();
    });
    let end = end.unwrap();
    assert!(matches!(end, SettleEnd::Settled { .. }), "{end:?}");
    assert!(times_settled(&honest) > lost);
    market.assert_paid();
    let seller = market.seller.address();
    let left = town.markers().list(&town.validator.deployment, &seller);
    assert_eq!(left.unwrap(), []);
}

/// If two nodes agree, a third one that still shows the lock does not keep the client sending, and paying fees.
#[test]
fn two_nodes_that_agree_end_a_settlement() {
    let (market, _) = Market::locked(1);
    let town = &market.town;
    let [mallory, honest, other] = [(); 3].map(|()| town.node());
    let nodes = [
        (MALLORY, &mallory),
        (HONEST, &honest),
        ("other.example", &other),
    ];
    let client = town.client(&nodes);
    let sale = market.sale(&client).unwrap();
    let (keys, markers) = (keys(&market.seller), town.markers());
    let settler = settler(&market.payer, &markers);
    let locked = Snapshot::take(&town.validator, &[]);
    let settled = client.settle(&keys, &sale, &settler, |_| {});
    let end = town.wait_beside(
        async { tokio::time::timeout(Duration::from_secs(20), settled).await },
        async {
            until("the secret was shown", || times_settled(&honest) > 0).await;
            mallory.tell(locked.replayed());
        },
    );
    let end = end.expect("one node keeps it going").unwrap();
    assert!(matches!(end, SettleEnd::Settled { .. }), "{end:?}");
    market.assert_paid();
}

/// For 23 hours no send gets through, and one of two nodes never takes any: the client signs anew and sends until the
/// price is paid.
#[test]
fn a_day_of_dropped_sends_ends_with_the_price_paid() {
    let (market, _) = Market::locked(1);
    let town = &market.town;
    let [mallory, honest] = [(); 2].map(|()| town.node());
    mallory.tell(drops_settlements());
    let lost = honest.tell(drops_settlements());
    let client = town.client(&[(MALLORY, &mallory), (HONEST, &honest)]);
    let sale = market.sale(&client).unwrap();
    let (keys, markers) = (keys(&market.seller), town.markers());
    let settler = settler(&market.payer, &markers);
    let settled = client.settle(&keys, &sale, &settler, |_| {});
    let end = town.wait_beside(settled, async {
        for hour in 1..=23 {
            let before = settlements(&honest).len();
            until("it was signed anew", || settlements(&honest).len() > before).await;
            town.let_time_pass(3_600);
            assert!(market.state().is_locked(), "settled in hour {hour}");
        }
        // One of the two nodes takes no settlement.
        honest.retract(lost);
    });
    assert!(matches!(end.unwrap(), SettleEnd::Settled { .. }));
    assert!(settlements(&mallory).len() >= 23);
    market.assert_paid();
}

/// The process ends after `s` was shown. The next run finds the marker and keeps sending, with half an hour left and a
/// node that contradicts.
#[test]
fn what_was_shown_is_sent_on_by_the_next_run() {
    let (market, _) = Market::locked(1);
    let town = &market.town;
    let [mallory, honest] = [(); 2].map(|()| town.node());
    mallory.tell(drops_settlements());
    let lost = honest.tell(drops_settlements());
    let nodes = [(MALLORY, &mallory), (HONEST, &honest)];
    let (keys, markers) = (keys(&market.seller), town.markers());
    let settler = settler(&market.payer, &markers);
    let first = town.client(&nodes);
    let sale = market.sale(&first).unwrap();
    town.wait(async {
        tokio::select! {
            end = first.settle(&keys, &sale, &settler, |_| {}) => panic!("it ended: {end:?}"),
            () = until("the secret was shown", || times_settled(&honest) > 0) => {}
        }
    });
    drop(first);

    let opens = market.state().settle_by + REFUND_GRACE;
    town.let_time_pass(opens - 1_800 - town.validator.unix_time());
    mallory.tell(lies::hides(market.purchase));
    honest.retract(lost);
    let next = town.client(&nodes);
    let resumed = next.resume_settlements(&keys, &settler, |_, _| {});
    let ends = town.wait_beside(resumed, async {
        let is_settled = || market.state().is_settled();
        until("it is settled", is_settled).await;
        mallory.be_honest();
    });
    let [(marker, end)] = &ends.unwrap()[..] else {
        panic!("one settlement was begun")
    };
    assert_eq!(marker.purchase, market.purchase);
    assert!(matches!(end, Ok(SettleEnd::Settled { .. })), "{end:?}");
    market.assert_paid();
}
