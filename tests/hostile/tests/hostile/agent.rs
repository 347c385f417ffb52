//! The delivery agent, unattended, with a node that lies in every way.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use generion::{GenerionError, ID, constants::REFUND_GRACE, state::Purchase};
use generion_client::{
    Agent, AgentEvent, AgentOptions, Belief, Client, ClientError, Tally, rpc::witness::WitnessError,
};
use generion_hostile_node_tests::{
    HONEST, Lie, MALLORY, Node, PRICE, Reply, assert_names, invent, keys,
    lies::{self, ClaimedStatus},
    settler, until,
};
use generion_interface::{
    accounts::OrderAccount,
    decode::Decoded,
    events::{self, Event},
};
use solana_address::Address;

use crate::market::{Market, drawn, settlements, times_settled};

const OPTIONS: AgentOptions = AgentOptions {
    in_flight: 8,
    tries: 3,
    rescan: Duration::from_millis(300),
    patience: Duration::from_secs(10),
};

/// Runs an agent once, which delivers by its seller's offers. Returns the reasons for which it gave purchases up.
fn run(market: &Market, client: &Client) -> (Tally, Vec<String>) {
    let (keys, markers) = (keys(&market.seller), market.town.markers());
    let settler = settler(&market.payer, &markers);
    let mut given_up = Vec::new();
    let on_event = |event| {
        if let AgentEvent::GivenUp { error, .. } = event {
            given_up.push(error.to_string());
        }
    };
    let belief = Belief::Offers(&market.offers);
    let agent = Agent::new(client, &keys, settler, belief, OPTIONS, on_event);
    let tally = market.town.wait(agent.run_once());
    let tally = tally.unwrap_or_else(|error| panic!("{error}"));
    (tally, given_up)
}

fn deliveries(node: &Node) -> usize {
    let sent = node.sent();
    let is_delivery = |sent: &&Decoded| matches!(sent, Decoded::Deliver(_));
    sent.iter().filter(is_delivery).count()
}

/// The first node leaves the purchase out, drops, refuses, hangs up, fails simulations, invents confirmations, stands
/// still or makes prices up, and the buyer is its accomplice. The seller is paid, and the accomplice opens what it paid
/// for.
#[test]
fn a_sale_in_the_hands_of_a_liar_ends_paid() {
    type Lies = fn(&Market) -> Vec<Box<dyn Lie>>;
    let told: [(&str, Lies); 9] = [
        ("nothing", |_| vec![]),
        ("leaves it out", |market| {
            vec![Box::new(lies::leaves_out(market.purchase))]
        }),
        ("drops", |_| vec![Box::new(lies::drops_sends())]),
        ("refuses", |_| vec![Box::new(lies::refuses_sends())]),
        ("hangs up", |_| vec![Box::new(lies::hangs_up_on_sends())]),
        ("fails simulations", |_| {
            vec![Box::new(lies::fails_simulations(
                GenerionError::PriceTooLow.code(),
            ))]
        }),
        ("invents statuses", |_| {
            vec![
                Box::new(lies::drops_sends()),
                Box::new(lies::claims_status(ClaimedStatus::Success)),
            ]
        }),
        ("stands still", |_| {
            vec![
                Box::new(lies::drops_sends()),
                Box::new(lies::heights(|_| 1)),
            ]
        }),
        ("makes prices up", |_| {
            vec![Box::new(lies::answers(
                &["getRecentPrioritizationFees"],
                |_| {
                    Some(Reply::Result(serde_json::json!([
                        { "slot": 1, "prioritizationFee": u64::MAX },
                    ])))
                },
            ))]
        }),
    ];
    for (what, told) in told {
        let market = Market::of(2);
        let town = &market.town;
        let [mallory, honest] = [(); 2].map(|()| town.node());
        for lie in told(&market) {
            mallory.tell(lie);
        }
        let before = town.validator.lamports(&market.payer.address());
        let client = town.client(&[(MALLORY, &mallory), (HONEST, &honest)]);
        let (tally, given_up) = run(&market, &client);
        assert_eq!(given_up, [] as [String; 0], "{what}");
        assert_eq!(
            (tally.settled, tally.unfinished),
            (1, 0),
            "{what}: {tally:?}"
        );
        let paid = before - town.validator.lamports(&market.payer.address());
        assert!(paid < 100_000, "{what}: {paid} lamports of fees");
        assert_eq!(market.opened(&[&mallory, &honest], &[]), market.records);
        market.assert_paid();
    }
}

/// The agent leaves out and reports purchases of an invented order, and purchases that nobody paid for; it serves the
/// true purchase beside them.
#[test]
fn invented_purchases_are_left_and_true_ones_served() {
    let market = Market::of(1);
    let town = &market.town;
    let addresses = town.validator.instructions.addresses;
    let [mallory, honest] = [(); 2].map(|()| town.node());
    let secret = drawn();
    let key = secret.public_key().to_bytes();
    let seller = market.seller.address();
    let deadline = town.validator.unix_time() + 3_600;
    let true_order: OrderAccount = town.validator.read(&market.order);
    let false_order = OrderAccount {
        state: invent::order_of(&seller, 3),
        records: market.records.clone(),
    };
    let false_address = addresses.order(&seller, 3);
    let shown = invent::order(&false_order.state, &false_order.records);
    mallory.tell(lies::shows(false_address, shown));
    // One of an order that does not exist, and one of the existing order.
    let mut invented = Vec::new();
    for order in [(&false_address, &false_order), (&market.order, &true_order)] {
        let buyer = Address::new_unique();
        let purchase = addresses.purchase(order.0, &buyer);
        let state = invent::purchase_of(order, &buyer, key, deadline);
        let capsules = invent::no_capsules(1);
        mallory.tell(lies::shows(purchase, invent::purchase(&state, &capsules)));
        invented.push(purchase);
    }
    let client = town.client(&[(MALLORY, &mallory), (HONEST, &honest)]);
    let (tally, given_up) = run(&market, &client);
    assert_eq!(
        (tally.settled, tally.earned, tally.given_up),
        (1, PRICE, 2),
        "{tally:?}"
    );
    assert!(
        given_up
            .iter()
            .any(|why| why.contains("not in the file of offers")),
        "{given_up:?}"
    );
    assert!(
        given_up
            .iter()
            .any(|why| why.contains("http://mallory.example")),
        "{given_up:?}"
    );
    for node in [&mallory, &honest] {
        for sent in node.sent() {
            if let Decoded::Deliver(deliver) = sent {
                assert!(!invented.contains(&deliver.purchase));
            }
        }
    }
    assert_eq!(
        market.opened(&[&mallory, &honest], &[&secret.to_bytes()]),
        market.records
    );
    market.assert_paid();
}

/// With one node, the agent waits, and says which answers are missing.
#[test]
fn an_agent_with_one_node_locks_nothing() {
    let market = Market::of(1);
    let town = &market.town;
    let mallory = town.node();
    let client = town.client(&[(MALLORY, &mallory)]);
    let (tally, given_up) = run(&market, &client);
    assert_eq!((tally.transactions, tally.given_up), (0, 1), "{tally:?}");
    assert!(
        given_up[0].contains("http://mallory.example"),
        "{given_up:?}"
    );
    assert_eq!(deliveries(&mallory), 0);
    assert!(market.state().is_pending());
    market.assert_shut(&[&mallory], &[]);
}

/// If one of two nodes contradicts the other about a purchase, the agent does not serve it and names both; the next run
/// serves it.
#[test]
fn a_liar_delays_a_sale_and_is_named() {
    let edits: [fn(&mut Purchase); 4] = [
        |purchase| purchase.buyer_key = drawn().public_key().to_bytes(),
        |purchase| purchase.deadline += 1_000,
        |purchase| purchase.settle_key = [3; 32],
        |purchase| purchase.terms[0] ^= 1,
    ];
    let market = Market::of(1);
    let town = &market.town;
    let nodes = [(); 2].map(|()| town.node());
    let [mallory, honest] = &nodes;
    let client = town.client(&[(MALLORY, mallory), (HONEST, honest)]);
    let lies: Vec<Box<dyn Lie>> = edits
        .into_iter()
        .map(|edit| Box::new(lies::edits::<Purchase>(market.purchase, edit)) as Box<dyn Lie>)
        .chain([Box::new(lies::hides(market.purchase)) as Box<dyn Lie>])
        .collect();
    for lie in lies {
        let told = mallory.tell(lie);
        let (tally, given_up) = run(&market, &client);
        assert_eq!((tally.transactions, tally.given_up), (0, 1), "{tally:?}");
        assert!(
            given_up[0].contains("http://mallory.example")
                && given_up[0].contains("http://honest.example"),
            "{given_up:?}"
        );
        mallory.retract(told);
        market.assert_shut(&[mallory, honest], &[]);
    }
    let (tally, given_up) = run(&market, &client);
    assert_eq!((tally.settled, tally.earned), (1, PRICE), "{given_up:?}");
    market.assert_paid();
}

/// If one node evades every agreement and shows another settle key, the agent postpones the sale instead of giving it
/// up.
#[test]
fn one_nodes_word_is_no_reason_to_leave_a_sale() {
    let market = Market::of(1);
    let town = &market.town;
    let [mallory, honest] = [(); 2].map(|()| town.node());
    mallory.tell(lies::where_it(
        |question| question.commitment() == "finalized",
        lies::answers(&["getMultipleAccounts"], |_| Some(Reply::HangUp)),
    ));
    mallory.tell(lies::edits::<Purchase>(market.purchase, |purchase| {
        purchase.settle_key = [3; 32];
        purchase.delivered_count = 1;
    }));
    let client = town.client_with(&[(MALLORY, &mallory), (HONEST, &honest)], |options| {
        options.timeout = Duration::from_millis(500);
    });
    let looked_at = AtomicBool::new(false);
    let on_event = |event| {
        let is_put_off = matches!(
            event,
            AgentEvent::Waiting { .. } | AgentEvent::Postponed { .. } | AgentEvent::GivenUp { .. }
        );
        looked_at.fetch_or(is_put_off, Ordering::Relaxed);
    };
    watched(&market, &client, on_event, async {
        let is_over = || looked_at.load(Ordering::Relaxed) || market.state().is_settled();
        until("it was looked at", is_over).await;
        mallory.be_honest();
    });
    market.assert_paid();
}

/// The first node shows the purchase neither in its list nor over its websocket: the agent finds it all the same, and
/// the seller is paid.
#[test]
fn a_purchase_that_the_first_node_keeps_quiet_is_found() {
    let market = Market::of(1);
    let town = &market.town;
    let [mallory, honest] = [(); 2].map(|()| town.node());
    mallory.tell(lies::leaves_out(market.purchase));
    let client = town.client(&[(MALLORY, &mallory), (HONEST, &honest)]);
    watched(&market, &client, |_| {}, std::future::ready(()));
    market.assert_paid();
}

/// A watching agent, whose websocket leads nowhere, until the seller is paid.
fn watched(
    market: &Market,
    client: &Client,
    on_event: impl FnMut(AgentEvent) + Send,
    script: impl Future<Output = ()>,
) {
    let (keys, markers) = (keys(&market.seller), market.town.markers());
    let settler = settler(&market.payer, &markers);
    let belief = Belief::Offers(&market.offers);
    let agent = Agent::new(client, &keys, settler, belief, OPTIONS, on_event);
    let nowhere = "ws://127.0.0.1:9/".parse().expect("a URL");
    let is_paid = async {
        script.await;
        until("the seller is paid", || market.state().is_settled()).await;
    };
    let tally = market.town.wait(agent.watch(&nowhere, is_paid)).unwrap();
    assert_eq!(tally.unfinished, 0, "{tally:?}");
}

/// A sale, and two nodes that drop settlements. Its agent ended once both nodes were shown the secret.
fn interrupted() -> (Market, [Node; 2]) {
    let market = Market::of(1);
    let town = &market.town;
    let nodes = [(); 2].map(|()| town.node());
    let is_settle = |decoded: &Decoded| matches!(decoded, Decoded::Settle(_));
    for node in &nodes {
        node.tell(lies::where_it(
            move |question| question.carries(is_settle),
            lies::drops_sends(),
        ));
    }
    let client = town.client(&[(MALLORY, &nodes[0]), (HONEST, &nodes[1])]);
    let (keys, markers) = (keys(&market.seller), town.markers());
    let belief = Belief::Offers(&market.offers);
    let settler = settler(&market.payer, &markers);
    let agent = Agent::new(&client, &keys, settler, belief, OPTIONS, |_| {});
    town.wait(async {
        tokio::select! {
            tally = agent.run_once() => panic!("it ended: {tally:?}"),
            () = until("the secret was shown", || times_settled(&nodes[1]) > 0) => {}
        }
    });
    (market, nodes)
}

/// The next agent finds a started settlement on the disk, although no node lists the purchase and it is too late to
/// start a new settlement.
#[test]
fn the_next_agent_goes_on_with_a_settlement() {
    let (market, [mallory, honest]) = interrupted();
    let town = &market.town;
    honest.be_honest();
    for node in [&mallory, &honest] {
        node.tell(lies::leaves_out(market.purchase));
    }
    // Half an hour before the refund opens, the agent shows no secret for the first time.
    let opens = market.state().settle_by + REFUND_GRACE;
    town.let_time_pass(opens - 1_800 - town.validator.unix_time());
    let next = town.client(&[(MALLORY, &mallory), (HONEST, &honest)]);
    let (tally, given_up) = run(&market, &next);
    assert_eq!((tally.settled, tally.earned), (1, PRICE), "{given_up:?}");
    assert!(!settlements(&mallory).is_empty());
    market.assert_paid();
}

/// Somebody else settles in the agent's place, the buyer closes the purchase, and the nodes have lost the log: the next
/// agent still reports that the seller was paid.
#[test]
fn an_ending_is_known_without_its_event() {
    let (market, [mallory, honest]) = interrupted();
    let town = &market.town;
    let validator = &town.validator;
    let secret = validator.settle_secret(&market.seller, &market.purchase);
    let settle = validator.settle(&market.purchase, &secret);
    let buyer = &market.buyer;
    let close = validator
        .instructions
        .close_purchase(buyer.address(), market.purchase);
    validator.lands(&[settle, close], &[&buyer.wallet]);

    for node in [&mallory, &honest] {
        node.be_honest();
        node.tell(lies::logs(|lines| {
            let logged = events::from_logs(&ID, lines.iter().map(String::as_str));
            if logged
                .iter()
                .any(|event| matches!(event, Event::Settled(_)))
            {
                lines.clear();
            }
        }));
    }
    let next = town.client(&[(MALLORY, &mallory), (HONEST, &honest)]);
    let (keys, markers) = (keys(&market.seller), town.markers());
    let settler = settler(&market.payer, &markers);
    let belief = Belief::Offers(&market.offers);
    let mut endings = Vec::new();
    let on_event = |event| {
        if let AgentEvent::Gone {
            purchase, settled, ..
        } = event
        {
            endings.push((purchase, settled));
        }
    };
    let agent = Agent::new(&next, &keys, settler, belief, OPTIONS, on_event);
    town.wait(agent.run_once()).unwrap();
    assert_eq!(endings, [(market.purchase, Some(true))]);
}

/// A slot that only one node names does not keep two others from agreeing; with two nodes, the client names the one
/// that claims the slot.
#[test]
fn a_slot_that_nobody_reaches_does_not_end_agreement() {
    let (market, _) = Market::locked(1);
    let town = &market.town;
    let [mallory, honest, other] = [(); 3].map(|()| town.node());
    mallory.tell(lies::slots(|_| 1_000_000_000_000_000));
    let nodes = [
        (MALLORY, &mallory),
        (HONEST, &honest),
        ("other.example", &other),
    ];
    let client = town.client_with(&nodes, |options| options.patience = Duration::from_secs(3));
    let sale = market.sale(&client).unwrap();
    market.settle(&client, &sale).unwrap();
    market.assert_paid();

    // With two nodes, the false slot prevents agreement, and the client names the node that claims it.
    let (market, _) = Market::locked(1);
    let town = &market.town;
    let [mallory, honest] = [(); 2].map(|()| town.node());
    let nodes = [(MALLORY, &mallory), (HONEST, &honest)];
    let client = town.client_with(&nodes, |options| {
        options.patience = Duration::from_millis(500)
    });
    let sale = market.sale(&client).unwrap();
    mallory.tell(lies::slots(|_| 1_000_000_000_000_000));
    let error = market.settle(&client, &sale).unwrap_err();
    assert!(
        matches!(&error, ClientError::Witness(told) if matches!(**told, WitnessError::TooFew(_))),
        "{error}"
    );
    assert_names(&error, MALLORY);
    market.assert_shut(&[&mallory, &honest], &[]);
}
