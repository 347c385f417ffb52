//! What time it is, and states that are long past.

use std::time::Duration;

use generion_rpc::{
    node::NodeErrorKind,
    witness::{LocalClock, WitnessOptions, Witnesses},
};

use crate::{
    GENESIS, at, contradiction, name, of_operators, options, read, remote, start, told, too_few,
};

#[tokio::test]
async fn the_clock_is_given_as_all_of_them_show_it() {
    let (one, two) = (start([at(10, b"")]).await, start([at(10, b"")]).await);
    one.behaviour().clock_ahead = -20;
    two.behaviour().clock_ahead = 5;
    let clock = of_operators(&[&one, &two]).clock().await.unwrap();
    assert!(
        (clock.nodes_latest - clock.nodes_earliest).abs_diff(25) <= 1,
        "{clock:?}"
    );
    assert!(
        clock.nodes_latest.abs_diff(clock.local + 5) <= 1,
        "{clock:?}"
    );
    assert_eq!(
        (clock.latest(), clock.earliest()),
        (clock.nodes_latest, clock.nodes_earliest)
    );

    // All of them are behind this machine.
    two.behaviour().clock_ahead = -10;
    let clock = of_operators(&[&one, &two]).clock().await.unwrap();
    assert_eq!(
        (clock.latest(), clock.slot, clock.nodes.len()),
        (clock.local, 10, 2)
    );
}

#[tokio::test]
async fn clocks_that_are_far_apart_are_a_contradiction() {
    let (one, two) = (start([at(10, b"")]).await, start([at(10, b"")]).await);
    one.behaviour().clock_ahead = 3_600;
    let error = contradiction(of_operators(&[&one, &two]).clock().await);
    assert!(error.is_one_slot);
    assert!(
        told(&error).contains("about the ledger's clock: http://one.test"),
        "{error}"
    );
}

/// One honest node that stopped, and a liar that answers the same: they agree on what is long past.
#[tokio::test]
async fn a_node_that_stopped_is_no_witness() {
    let (stopped, liar) = (
        start([at(10, b"locked")]).await,
        start([at(10, b"locked")]).await,
    );
    for node in [&stopped, &liar] {
        node.behaviour().clock_ahead = -7_200;
    }
    let witnesses = of_operators(&[&stopped, &liar]);
    for error in [
        too_few(read(&witnesses).await),
        too_few(witnesses.clock().await),
    ] {
        assert!(
            error
                .silent
                .iter()
                .all(|error| error.kind() == NodeErrorKind::Stale)
        );
        let told = told(&error);
        assert!(told.contains("s old by this machine's clock"), "{told}");
    }
    // The liar alone makes up a clock of its own.
    liar.behaviour().clock_ahead = 0;
    let error = too_few(read(&witnesses).await);
    assert_eq!(error.answered, [name("two.test", &liar)]);
}

/// Its clock goes on, but it has seen nothing new.
#[tokio::test]
async fn a_node_whose_slot_stands_still_is_no_witness() {
    let nodes = [start([at(10, b"a")]).await, start([at(10, b"a")]).await];
    let options = WitnessOptions {
        standstill: Duration::ZERO,
        ..options()
    };
    let remotes = vec![remote("one.test", &nodes[0]), remote("two.test", &nodes[1])];
    let witnesses = Witnesses::new(remotes, GENESIS, options).unwrap();
    read(&witnesses).await.unwrap();
    nodes[0].behaviour().finalized = [at(11, b"a")].into();
    let error = too_few(read(&witnesses).await);
    assert_eq!(error.answered, [name("one.test", &nodes[0])]);
    assert_eq!(error.silent[0].kind(), NodeErrorKind::Stale);
    assert!(told(&error).contains("no slot after 10"), "{error}");
}

#[tokio::test]
async fn how_old_a_state_may_be_is_a_setting() {
    let nodes = [start([at(10, b"a")]).await, start([at(10, b"a")]).await];
    for node in &nodes {
        node.behaviour().clock_ahead = -200;
    }
    for (staleness, is_taken) in [(190, false), (300, true)] {
        let options = WitnessOptions {
            staleness: Duration::from_secs(staleness),
            ..options()
        };
        let remotes = vec![remote("one.test", &nodes[0]), remote("two.test", &nodes[1])];
        let witnesses = Witnesses::new(remotes, GENESIS, options).unwrap();
        assert_eq!(read(&witnesses).await.is_ok(), is_taken);
    }
}

/// Its user's clock decides what is old, and what is too late.
#[tokio::test]
async fn this_machines_clock_can_be_another_one() {
    let nodes = [start([at(10, b"a")]).await, start([at(10, b"a")]).await];
    for (ahead, is_taken) in [(60, true), (200, false)] {
        let clock = LocalClock::new(move || LocalClock::default().unix_time() + ahead);
        let options = WitnessOptions {
            local_clock: clock,
            ..options()
        };
        let remotes = vec![remote("one.test", &nodes[0]), remote("two.test", &nodes[1])];
        let witnesses = Witnesses::new(remotes, GENESIS, options).unwrap();
        match witnesses.clock().await {
            Ok(clock) => {
                assert!(is_taken);
                assert!(
                    (clock.latest() - clock.earliest()).abs_diff(ahead) <= 1,
                    "{clock:?}"
                );
            }
            Err(error) => assert!(!is_taken, "{error}"),
        }
    }
}
