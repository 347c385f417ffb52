//! Histories from two nodes, and which node supplies which transaction.

use std::collections::BTreeSet;

use generion::GenerionError;
use generion_client::Client;
use generion_history::{ChangeKind, GapKind, History, HistoryError, HistoryNodes, HistoryRange};
use generion_hostile_node_tests::{
    HONEST, Lie, MALLORY, Town,
    lies::{self, ClaimedStatus},
};

use solana_address::Address;

use crate::market::Market;

/// A sale that was made and paid, and the transactions of its purchase.
fn sold() -> (Market, Vec<String>) {
    let (market, secret) = Market::locked(1);
    let validator = &market.town.validator;
    let settle = validator.settle(&market.purchase, &secret);
    validator.lands(&[settle], &[&market.payer.wallet]);
    let listed = validator.rpc.get_signatures_for_address(&market.purchase);
    let signatures = listed
        .unwrap()
        .into_iter()
        .map(|one| one.signature)
        .collect();
    (market, signatures)
}

/// The changes of the purchase.
const ALL: [ChangeKind; 3] = [
    ChangeKind::Purchased,
    ChangeKind::Delivered,
    ChangeKind::Settled,
];

fn read(town: &Town, client: &Client, purchase: &Address) -> Result<History, HistoryError> {
    let nodes = HistoryNodes::new(client.ledger.nodes(), client.ledger.deployment());
    town.wait(History::read(&nodes, purchase, &HistoryRange::default()))
}

fn whats(history: &History) -> Vec<ChangeKind> {
    history.entries.iter().map(|entry| entry.kind).collect()
}

/// A second node supplies a transaction that the first one leaves out, and the history reports a gap that names both.
/// With one node, the history says that it depends on that node, and reports a gap.
#[test]
fn what_one_node_leaves_out_is_told_by_the_other() {
    let (market, signatures) = sold();
    let town = &market.town;
    let [mallory, honest] = [(); 2].map(|()| town.node());
    let honestly = {
        let [one, other] = [(); 2].map(|()| town.node());
        let client = town.client(&[(MALLORY, &one), (HONEST, &other)]);
        read(town, &client, &market.purchase).unwrap()
    };
    assert_eq!(honestly.gaps, []);
    assert!(!honestly.is_one_nodes_word());
    assert_eq!(whats(&honestly), ALL);

    // The first node leaves the settlement out.
    let settlement = signatures[0].clone();
    mallory.tell(lies::forgets_transactions(move |one| one == settlement));
    let client = town.client(&[(MALLORY, &mallory), (HONEST, &honest)]);
    let history = read(town, &client, &market.purchase).unwrap();
    assert_eq!(whats(&history), ALL);
    let told: BTreeSet<_> = history.gaps.iter().map(|gap| gap.kind.name()).collect();
    assert!(
        told.contains(GapKind::NodesDiffer.name()),
        "{:?}",
        history.gaps
    );
    let names = |name: &str| history.gaps.iter().any(|gap| gap.missing.contains(name));
    assert!(
        names("http://mallory.example") && names("http://honest.example"),
        "{:?}",
        history.gaps
    );

    // Alone, the node is the only source, and the history shows that it may be incomplete.
    let client = town.client(&[(MALLORY, &mallory)]);
    let history = read(town, &client, &market.purchase).unwrap();
    assert!(history.is_one_nodes_word());
    assert_eq!(whats(&history), ALL[..2]);
    assert!(
        !history.gaps.is_empty(),
        "the account shows that something is missing"
    );
}

/// If one node says that a transaction failed, or logged twice, the history reports the contradiction, and uses the
/// second node's data for what the first one lost.
#[test]
fn what_one_node_tells_otherwise_is_told_to_differ() {
    let (market, signatures) = sold();
    let town = &market.town;
    let honest = town.node();
    let settlement = signatures[0].clone();
    let fails = move |one: &str| one == settlement;
    let told: [(Box<dyn Lie>, bool); 3] = [
        (
            Box::new(lies::claims_status_of(
                ClaimedStatus::Failure(GenerionError::InvalidPoint.code()),
                fails,
            )),
            true,
        ),
        (
            Box::new(lies::alters(&["getTransaction"], |_, result| {
                result["meta"]["logMessages"] = serde_json::json!([]);
            })),
            false,
        ),
        (
            Box::new(lies::logs(|lines| {
                let is_event = |line: &&String| line.starts_with("Program data: ");
                let event = lines.iter().position(|line| is_event(&line)).unwrap();
                lines.insert(event, lines[event].clone());
            })),
            true,
        ),
    ];
    for (lie, is_contradiction) in told {
        let mallory = town.node();
        mallory.tell(lie);
        let client = town.client(&[(MALLORY, &mallory), (HONEST, &honest)]);
        let history = read(town, &client, &market.purchase).unwrap();
        let told = whats(&history);
        assert!(
            ALL.iter().all(|what| told.contains(what)),
            "{told:?} {:?}",
            history.gaps
        );
        let names = |name: &str| history.gaps.iter().any(|gap| gap.missing.contains(name));
        assert_eq!(
            names("http://mallory.example") && names("http://honest.example"),
            is_contradiction,
            "{:?}",
            history.gaps
        );
    }
}
