//! Who counts as a witness, and of which cluster.

use generion_fake_node::{FakeNode, Fault, Snapshot};
use generion_rpc::{
    cluster::{Cluster, DEVNET_GENESIS},
    node::{GenesisError, Node},
    witness::{WitnessError, WitnessOptions, Witnesses},
};
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;

use crate::{ADDRESS, GENESIS, at, local, of_operators, options, remote, start, told, witnesses};

async fn devnet(slot: u64) -> FakeNode {
    let node = start([at(slot, b"a")]).await;
    node.behaviour().genesis = DEVNET_GENESIS;
    node
}

fn trusting(nodes: Vec<Node>, genesis: Hash) -> Witnesses {
    let options = WitnessOptions {
        trust_single: true,
        ..options()
    };
    Witnesses::new(nodes, genesis, options).unwrap()
}

async fn is_decided(witnesses: &Witnesses) -> bool {
    match witnesses.agreed_contents(&[ADDRESS]).await {
        Ok(_) => true,
        Err(WitnessError::TooFew(error)) => {
            told(&error);
            false
        }
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_node_of_another_cluster_is_named() {
    let (one, two, three) = (
        start([at(10, b"a")]).await,
        start([at(10, b"a")]).await,
        devnet(10).await,
    );
    let witnesses = of_operators(&[&one, &two, &three]);
    let error = witnesses.agreed_contents(&[ADDRESS]).await.unwrap_err();
    let WitnessError::OtherGenesis(other) = &error else {
        panic!("{error:?}")
    };
    assert_eq!((other.shown, other.expected), (DEVNET_GENESIS, GENESIS));
    let told = told(&error);
    assert!(
        told.starts_with("the node at http://three.test:") && told.contains("(devnet)"),
        "{told}"
    );
    // It is not asked for anything else.
    assert_eq!(
        three.methods().into_iter().collect::<Vec<_>>(),
        ["getGenesisHash"]
    );

    assert!(matches!(
        witnesses.clock().await,
        Err(WitnessError::OtherGenesis(_))
    ));
    let hash = Hash::default();
    assert!(matches!(
        witnesses.blockhash_valid(&hash).await,
        Err(WitnessError::OtherGenesis(_))
    ));
}

#[tokio::test]
async fn a_single_node_is_checked_as_well() {
    let fake = devnet(1).await;
    let node = remote("one.test", &fake);
    assert_eq!(node.check_genesis(&DEVNET_GENESIS).await, Ok(()));
    let error = node.check_genesis(&GENESIS).await.unwrap_err();
    assert!(matches!(error, GenesisError::Other(_)), "{error:?}");
    assert_eq!(fake.asked("getGenesisHash").len(), 1);

    fake.behaviour().fault = Fault::Drops;
    let error = remote("one.test", &fake)
        .check_genesis(&GENESIS)
        .await
        .unwrap_err();
    assert!(matches!(error, GenesisError::Node(_)), "{error:?}");
    told(&error);
}

#[tokio::test]
async fn two_addresses_of_one_host_are_one_node() {
    let (one, two) = (start([at(10, b"a")]).await, start([at(10, b"a")]).await);
    for hosts in [["one.test", "one.test"], ["a.one.test", "b.one.test"]] {
        let nodes = vec![remote(hosts[0], &one), remote(hosts[1], &two)];
        let witnesses = witnesses(nodes);
        assert!(!witnesses.are_enough());
        let error = witnesses.agreed_contents(&[ADDRESS]).await.unwrap_err();
        let told = told(&error);
        assert!(
            told.contains("these answered, of one operator: http://"),
            "{told}"
        );
    }
    assert!(of_operators(&[&one, &two]).are_enough());
}

#[tokio::test]
async fn one_node_on_this_machine_is_enough_for_a_cluster_of_ones_own() {
    let node = start([Snapshot::new(9, &[])]).await;
    node.behaviour().confirmed = Some(at(10, b"a"));
    // It may have stood still with the machine.
    node.behaviour().clock_ahead = -100_000;
    let witnesses = witnesses(vec![local(&node)]);
    assert!(witnesses.are_enough());
    assert_eq!(witnesses.commitment(), CommitmentConfig::confirmed());
    let agreed = witnesses.agreed_contents(&[ADDRESS]).await.unwrap();
    assert!(agreed.value[0].is_some());
    assert_eq!(agreed.nodes, [format!("http://{}", node.address)]);
    let clock = witnesses.clock().await.unwrap();
    assert_eq!(clock.latest(), clock.local);
}

#[tokio::test]
async fn beside_others_a_node_on_this_machine_is_read_when_final_too() {
    let (own, other) = (start([at(10, b"a")]).await, start([at(10, b"a")]).await);
    own.behaviour().confirmed = Some(at(11, b"not final"));
    let witnesses = witnesses(vec![local(&own), remote("one.test", &other)]);
    assert_eq!(witnesses.commitment(), CommitmentConfig::finalized());
    let agreed = witnesses.agreed_contents(&[ADDRESS]).await.unwrap();
    assert_eq!(agreed.value[0].as_ref().unwrap().data, b"a");
    // And it is enough where the other one is gone.
    other.behaviour().fault = Fault::Drops;
    assert!(is_decided(&witnesses).await);
}

/// A loopback address is a tunnel to a provider as often as not.
#[tokio::test]
async fn for_a_public_cluster_a_node_on_this_machine_is_one_of_two() {
    let (own, other) = (devnet(10).await, devnet(10).await);
    own.behaviour().confirmed = Some(at(11, b"not final"));
    let genesis = Cluster::Devnet.genesis();
    let alone = Witnesses::new(vec![local(&own)], genesis, options()).unwrap();
    assert!(!alone.are_enough());
    assert_eq!(alone.commitment(), CommitmentConfig::finalized());
    assert!(!is_decided(&alone).await);

    let nodes = vec![local(&own), remote("one.test", &other)];
    let both = Witnesses::new(nodes, genesis, options()).unwrap();
    assert!(is_decided(&both).await);

    let trusted = trusting(vec![local(&own)], genesis);
    let agreed = trusted.agreed_contents(&[ADDRESS]).await.unwrap();
    assert_eq!(agreed.value[0].as_ref().unwrap().data, b"a");
    own.behaviour().clock_ahead = -200;
    assert!(!is_decided(&trusted).await);
}

#[tokio::test]
async fn what_is_not_final_has_not_happened() {
    let (one, two) = (
        start([Snapshot::new(10, &[])]).await,
        start([Snapshot::new(10, &[])]).await,
    );
    for node in [&one, &two] {
        node.behaviour().confirmed = Some(at(12, b"a"));
    }
    let agreed = of_operators(&[&one, &two])
        .agreed_contents(&[ADDRESS])
        .await
        .unwrap();
    assert_eq!((agreed.value, agreed.slot), (vec![None], 10));
}

#[tokio::test]
async fn one_node_is_trusted_where_its_user_said_so_and_no_other() {
    let (one, two) = (start([at(10, b"a")]).await, start([at(10, b"a")]).await);
    assert!(!is_decided(&witnesses(vec![remote("one.test", &one)])).await);
    let trusted = trusting(
        vec![remote("one.test", &one), remote("two.test", &two)],
        GENESIS,
    );
    assert!(trusted.are_enough());
    two.behaviour().fault = Fault::Drops;
    assert!(is_decided(&trusted).await);

    // The witness is not the one that was trusted.
    two.behaviour().fault = Fault::None;
    one.behaviour().fault = Fault::Drops;
    assert!(!is_decided(&trusted).await);

    // And where both answer, they have to agree.
    one.behaviour().fault = Fault::None;
    two.behaviour().finalized = [at(10, b"b")].into();
    let error = trusted.agreed_contents(&[ADDRESS]).await.unwrap_err();
    assert!(matches!(error, WitnessError::Contradiction(_)), "{error:?}");
}

#[tokio::test]
async fn no_nodes_are_no_witnesses() {
    let error = Witnesses::new(Vec::new(), GENESIS, options()).err();
    assert_eq!(error, Some(WitnessError::NoNodes));
}
