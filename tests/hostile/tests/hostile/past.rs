//! Settling with nodes that stopped or replay the past, after the refund has opened.

use std::time::Duration;

use generion::constants::REFUND_GRACE;
use generion_client::ClientError;
use generion_hostile_node_tests::{HONEST, MALLORY, Node, Snapshot, assert_names, lies};
use generion_interface::accounts::PurchaseAccount;

use crate::{market::Market, settle::assert_too_few};

/// One node stopped when the purchase was locked, and still answers; the other node gives the same answers. Meanwhile
/// the refund has opened.
struct Past {
    market: Market,
    nodes: [Node; 2],
}

impl Past {
    fn new() -> Self {
        let past = Self::just_locked();
        let town = &past.market.town;
        town.let_time_pass(86_400 + 3_600 + REFUND_GRACE);
        past
    }

    /// The same, before time has passed.
    fn just_locked() -> Self {
        let (market, _) = Market::locked(1);
        let town = &market.town;
        let nodes = [(); 2].map(|()| town.node());
        let past = Snapshot::take(&town.validator, &[market.payer.address()]);
        for node in &nodes {
            node.tell(past.clone().frozen());
        }
        nodes[0].tell(lies::reaches_every_slot());
        Self { market, nodes }
    }

    /// The nodes by their names.
    fn named(&self) -> [(&str, &Node); 2] {
        [(MALLORY, &self.nodes[0]), (HONEST, &self.nodes[1])]
    }

    /// The buyer, who has seen everything that both nodes received, is refunded, and opens nothing.
    #[track_caller]
    fn assert_refunded(&self) {
        let Self { market, nodes } = self;
        market.assert_shut(&[&nodes[0], &nodes[1]], &[]);
        let validator = &market.town.validator;
        let refund = validator.refund(&market.buyer, &market.purchase);
        validator.lands(&[refund], &[&market.buyer.wallet]);
        assert_eq!(validator.find::<PurchaseAccount>(&market.purchase), None);
        market.assert_shut(&[&nodes[0], &nodes[1]], &[]);
    }
}

/// The client names both nodes as too few.
#[track_caller]
fn assert_neither_is_believed(error: &ClientError) {
    assert_too_few(error);
    assert_names(error, MALLORY);
    assert_names(error, HONEST);
}

/// An honest node that stopped at the lock, and a liar that gives the same answers, agree about the past: the client
/// shows nothing, and the refunded buyer opens nothing.
#[test]
fn a_node_whose_clock_lags_is_no_witness() {
    let past = Past::new();
    let market = &past.market;
    let client = market.town.client(&past.named());
    let sale = market.sale(&client).unwrap();
    assert_neither_is_believed(&market.settle(&client, &sale).unwrap_err());
    past.assert_refunded();
}

/// The same for a slot that stands still, before the clock lags.
#[test]
fn a_node_that_stands_still_is_no_witness() {
    let past = Past::just_locked();
    let Past { market, nodes } = &past;
    let town = &market.town;
    let standstill = Duration::from_secs(1);
    let client = town.client_with(&past.named(), |options| options.standstill = standstill);
    let sale = market.sale(&client).unwrap();
    town.wait(client.ledger.witnesses().clock()).unwrap();
    std::thread::sleep(standstill * 2);
    assert_neither_is_believed(&market.settle(&client, &sale).unwrap_err());
    market.assert_shut(&[&nodes[0], &nodes[1]], &[]);
}

/// A client that believes these nodes still uses the machine's own clock if it is later.
#[test]
fn the_machines_own_clock_decides_where_it_is_later() {
    let past = Past::new();
    let market = &past.market;
    let client = market.town.client_with(&past.named(), |options| {
        options.staleness = Duration::from_secs(1_000_000)
    });
    let sale = market.sale(&client).unwrap();
    let error = market.settle(&client, &sale).unwrap_err();
    assert!(
        matches!(error, ClientError::SettleTooLate { .. }),
        "{error}"
    );
    past.assert_refunded();
}

/// With less than an hour left by the ledger's clock, the client does not show `s` for the first time.
#[test]
fn nothing_is_shown_in_the_last_hour() {
    let (market, _) = Market::locked(1);
    let town = &market.town;
    let nodes = [(); 2].map(|()| town.node());
    let client = town.client(&[(MALLORY, &nodes[0]), (HONEST, &nodes[1])]);
    let sale = market.sale(&client).unwrap();
    let opens = market.state().settle_by + REFUND_GRACE;
    town.validator.move_clock(opens - 3_600 + 30);
    let error = market.settle(&client, &sale).unwrap_err();
    let ClientError::SettleTooLate { seconds_left, .. } = error else {
        panic!("{error}")
    };
    assert!((1..3_600).contains(&seconds_left), "{seconds_left}");
    market.assert_shut(&[&nodes[0], &nodes[1]], &[]);
}
