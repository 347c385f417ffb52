//! Accounts that nodes agree on, or don't.

use std::time::{Duration, Instant};

use base64::{Engine, prelude::BASE64_STANDARD};
use generion_fake_node::{Fault, Snapshot};
use generion_rpc::{
    node::NodeErrorKind,
    witness::{WitnessError, WitnessOptions, Witnesses},
};
use serde_json::json;
use solana_address::Address;
use solana_hash::Hash;

use crate::{
    ADDRESS, GENESIS, account, at, contradiction, name, of_operators, options, read, remote, start,
    told, too_few,
};

#[tokio::test]
async fn two_operators_that_agree_are_believed() {
    let (one, two) = (start([at(10, b"a")]).await, start([at(10, b"a")]).await);
    let agreed = read(&of_operators(&[&one, &two])).await.unwrap();
    assert_eq!(agreed.value.as_deref(), Some(&b"a"[..]));
    assert_eq!(agreed.slot, 10);
    assert_eq!(
        agreed.nodes,
        [name("one.test", &one), name("two.test", &two)]
    );
    // Once for each.
    assert_eq!(one.asked("getMultipleAccounts").len(), 1);
    assert_eq!(
        one.asked("getMultipleAccounts")[0][1]["commitment"],
        "finalized"
    );
}

/// Times without an end are waited for like any others.
#[tokio::test]
async fn times_without_an_end_do_not_overflow() {
    let (one, two) = (start([at(10, b"a")]).await, start([at(10, b"a")]).await);
    let endless = WitnessOptions {
        timeout: Duration::MAX,
        grace: Duration::MAX,
        patience: Duration::MAX,
        interval: Duration::MAX,
        staleness: Duration::MAX,
        standstill: Duration::MAX,
        clock_tolerance: Duration::MAX,
        ..options()
    };
    let nodes = vec![remote("one.test", &one), remote("two.test", &two)];
    let witnesses = Witnesses::new(nodes, GENESIS, endless).unwrap();
    let agreed = read(&witnesses).await.unwrap();
    assert_eq!(agreed.value.as_deref(), Some(&b"a"[..]));
    // It is valid at none of them, and no next time would come.
    let unknown = witnesses
        .blockhash_valid(&Hash::new_from_array([7; 32]))
        .await;
    assert!(unknown.is_err());
}

#[tokio::test]
async fn what_is_absent_is_agreed_on_as_well() {
    let (one, two) = (
        start([Snapshot::new(3, &[])]).await,
        start([Snapshot::new(3, &[])]).await,
    );
    assert_eq!(
        read(&of_operators(&[&one, &two])).await.unwrap().value,
        None
    );
}

#[tokio::test]
async fn nodes_that_contradict_each_other_are_named_with_what_they_say() {
    let (one, two) = (
        start([at(10, b"a")]).await,
        start([Snapshot::new(10, &[])]).await,
    );
    let answer = read(&of_operators(&[&one, &two])).await;
    let error = contradiction(answer);
    assert!(error.is_one_slot);
    let expected = format!(
        "the nodes contradict each other about account {ADDRESS}: {} says at slot 10: its data is Some([97]); {} says at \
         slot 10: its data is None",
        name("one.test", &one),
        name("two.test", &two)
    );
    assert_eq!(told(&error), expected);
}

#[tokio::test]
async fn a_third_that_says_something_else_is_not_outvoted() {
    let honest = [start([at(10, b"a")]).await, start([at(10, b"a")]).await];
    let liar = start([at(10, b"b")]).await;
    let answer = read(&of_operators(&[&honest[0], &liar, &honest[1]])).await;
    assert_eq!(contradiction(answer).said.len(), 3);
}

#[tokio::test]
async fn only_what_is_asked_about_is_compared() {
    let (mut one, mut two) = (account(b"ab"), account(b"ac"));
    (one.lamports, two.lamports) = (1, 2);
    let one = start([Snapshot::new(10, &[(ADDRESS, one)])]).await;
    let two = start([Snapshot::new(10, &[(ADDRESS, two)])]).await;
    let witnesses = of_operators(&[&one, &two]);
    let first = witnesses
        .agreed(
            &[ADDRESS],
            |accounts| accounts[0].as_ref().map(|account| account.data[0]),
            |_| String::new(),
        )
        .await;
    assert_eq!(first.unwrap().value, Some(b'a'));
    let error = contradiction(witnesses.agreed_contents(&[ADDRESS]).await);
    assert!(told(&error).contains("with 2 bytes, SHA-256 "), "{error}");
}

#[tokio::test]
async fn lamports_that_anybody_can_send_are_not_contents() {
    let mut richer = account(b"a");
    richer.lamports += 1;
    let one = start([at(10, b"a")]).await;
    let two = start([Snapshot::new(10, &[(ADDRESS, richer)])]).await;
    let other = Address::new_from_array([2; 32]);
    let agreed = of_operators(&[&one, &two])
        .agreed_contents(&[ADDRESS, other])
        .await;
    let contents = agreed.unwrap().value;
    assert_eq!(contents[0].as_ref().unwrap().data, b"a");
    assert_eq!((contents.len(), &contents[1]), (2, &None));
}

#[tokio::test]
async fn what_belongs_to_another_program_is_not_the_same() {
    let mut foreign = account(b"a");
    foreign.owner = Address::new_from_array([8; 32]);
    let one = start([at(10, b"a")]).await;
    let two = start([Snapshot::new(10, &[(ADDRESS, foreign)])]).await;
    contradiction(
        of_operators(&[&one, &two])
            .agreed_contents(&[ADDRESS])
            .await,
    );
}

#[tokio::test]
async fn a_node_that_is_behind_is_waited_for() {
    for ignores_min_slot in [false, true] {
        let one = start([at(10, b"new")]).await;
        let two = start([at(8, b"old"), at(9, b"old"), at(10, b"new")]).await;
        two.behaviour().ignores_min_slot = ignores_min_slot;
        let agreed = read(&of_operators(&[&one, &two])).await.unwrap();
        assert_eq!(
            (agreed.value.as_deref(), agreed.slot),
            (Some(&b"new"[..]), 10)
        );
        let asked = two.asked("getMultipleAccounts");
        let slots: Vec<_> = asked
            .iter()
            .map(|params| params[1]["minContextSlot"].as_u64())
            .collect();
        assert_eq!(slots, [None, Some(10), Some(10)]);
        assert_eq!(one.asked("getMultipleAccounts").len(), 1);
    }
}

/// The old state is the same at both, but one of them had not reached the slot that the other named.
#[tokio::test]
async fn agreement_about_an_older_state_is_none() {
    let liar = start([at(10, b"old")]).await;
    let honest = start([at(8, b"old"), at(10, b"new")]).await;
    contradiction(read(&of_operators(&[&liar, &honest])).await);
}

#[tokio::test]
async fn a_node_that_stays_behind_is_no_witness() {
    let (one, two) = (start([at(10, b"a")]).await, start([at(8, b"a")]).await);
    let error = too_few(read(&of_operators(&[&one, &two])).await);
    assert_eq!(error.answered, [name("one.test", &one)]);
    assert_eq!(error.silent[0].kind(), NodeErrorKind::Behind { slot: 10 });
    assert!(told(&error).contains("two.test"), "{error}");

    let three = start([at(10, b"a")]).await;
    let agreed = read(&of_operators(&[&one, &two, &three])).await.unwrap();
    assert_eq!(
        agreed.nodes,
        [name("one.test", &one), name("three.test", &three)]
    );
}

#[tokio::test]
async fn nothing_older_than_what_was_seen_is_believed() {
    let (one, two) = (start([at(10, b"a")]).await, start([at(10, b"a")]).await);
    let witnesses = of_operators(&[&one, &two]);
    witnesses.expect_slot(9);
    read(&witnesses).await.unwrap();
    assert_eq!(one.asked("getMultipleAccounts")[0][1]["minContextSlot"], 9);
    // What they agreed on is a state that both have reached, whatever slot a node minds.
    for node in [&one, &two] {
        node.behaviour().finalized = [at(9, b"a")].into();
    }
    for ignores_min_slot in [false, true] {
        two.behaviour().ignores_min_slot = ignores_min_slot;
        let error = too_few(read(&witnesses).await);
        let kinds: Vec<_> = error.silent.iter().map(|error| error.kind()).collect();
        assert_eq!(kinds, [NodeErrorKind::Behind { slot: 10 }; 2]);
    }
}

#[tokio::test]
async fn a_counter_that_moves_is_read_until_the_slots_agree() {
    let one = start([at(10, b"5"), at(12, b"7")]).await;
    let two = start([at(11, b"6"), at(11, b"6"), at(12, b"7")]).await;
    let agreed = read(&of_operators(&[&one, &two])).await.unwrap();
    assert_eq!(
        (agreed.value.as_deref(), agreed.slot),
        (Some(&b"7"[..]), 12)
    );
}

#[tokio::test]
async fn nodes_that_are_never_seen_at_one_slot_contradict_each_other_in_the_end() {
    let states = |first: u64, data: &[u8]| -> Vec<_> {
        (0..40).map(|step| at(first + 2 * step, data)).collect()
    };
    let (one, two) = (start(states(10, b"a")).await, start(states(11, b"b")).await);
    let error = contradiction(read(&of_operators(&[&one, &two])).await);
    assert!(!error.is_one_slot);
    assert!(
        told(&error).ends_with("(read several times, and never at one slot)"),
        "{error}"
    );
    assert!(one.asked("getMultipleAccounts").len() <= options().tries as usize);
}

/// Each time a little too late to be of one slot with the other, and never so late that it is given up.
#[tokio::test]
async fn who_is_behind_again_and_again_is_not_waited_for_anew() {
    let one = start(
        (0..50)
            .map(|read| at(10 + 2 * read, b"a"))
            .collect::<Vec<_>>(),
    )
    .await;
    let late = |slot| [vec![at(9, b"b"); 30], vec![at(slot, b"b")]].concat();
    let two = start(
        (0..50)
            .flat_map(|round| late(11 + 2 * round))
            .collect::<Vec<_>>(),
    )
    .await;
    too_few(read(&of_operators(&[&one, &two])).await);
}

#[tokio::test]
async fn a_third_that_can_not_be_reached_does_not_matter() {
    for fault in [
        Fault::Drops,
        Fault::Hangs,
        Fault::Http("503 Service Unavailable", ""),
    ] {
        let (one, two) = (start([at(10, b"a")]).await, start([at(10, b"a")]).await);
        let third = start([at(10, b"a")]).await;
        third.behaviour().fault = fault.clone();
        let started = Instant::now();
        let agreed = read(&of_operators(&[&third, &one, &two])).await.unwrap();
        assert_eq!(agreed.nodes.len(), 2, "{fault:?}");
        assert!(
            started.elapsed() < options().timeout,
            "it was waited for: {fault:?}"
        );
    }
}

#[tokio::test]
async fn one_that_answers_alone_is_not_enough_and_is_told_what_is_wrong_with_the_others() {
    for (fault, expected) in [
        (Fault::Drops, "can't be reached: "),
        (Fault::Hangs, "did not answer within 2 s"),
        (
            Fault::Http("503 Service Unavailable", ""),
            "answers with HTTP 503",
        ),
        (
            Fault::Http("302 Found\r\nlocation: http://SECRET.test/", ""),
            "can't be used: it answers with HTTP 302, which is no answer",
        ),
        (
            Fault::Http("200 OK", "SECRET"),
            "answers with something that is no JSON",
        ),
        (
            Fault::Http("200 OK", r#"{"result":["SECRET"]}"#),
            "answers with something that is no answer to the question",
        ),
    ] {
        let (one, two) = (start([at(10, b"a")]).await, start([at(10, b"a")]).await);
        two.behaviour().fault = fault;
        let error = too_few(read(&of_operators(&[&one, &two])).await);
        assert_eq!(error.answered, [name("one.test", &one)]);
        let expected = format!(
            "nodes of 2 operators have to agree, and {} alone answered; the node at {} {expected}",
            name("one.test", &one),
            name("two.test", &two)
        );
        let told = told(&error);
        assert!(told.starts_with(&expected), "{told}");
    }
}

#[tokio::test]
async fn nobody_who_answers_is_told_as_such() {
    let (one, two) = (start([]).await, start([]).await);
    for node in [&one, &two] {
        node.behaviour().fault = Fault::Drops;
    }
    let error = too_few(read(&of_operators(&[&one, &two])).await);
    assert_eq!(error.silent.len(), 2);
    assert!(told(&error).contains("none answered"), "{error}");
}

#[tokio::test]
async fn answers_that_make_no_sense_are_none() {
    let shown = |data: [&str; 2]| {
        json!({
            "lamports": 1, "data": data, "executable": false, "rentEpoch": 0, "space": 0,
            "owner": "Sysvar1111111111111111111111111111111111111",
        })
    };
    let clock = shown([
        &BASE64_STANDARD.encode(i64::MAX.to_le_bytes().repeat(5)),
        "base64",
    ]);
    let short_clock = shown([&BASE64_STANDARD.encode([0; 39]), "base64"]);
    // A frame with nothing in it.
    let compressed = shown(["KLUv/SAAAQAA", "base64+zstd"]);
    for value in [
        json!([]),
        json!([clock]),
        json!([null, null]),
        json!([null, short_clock]),
        json!([compressed, clock]),
        json!([shown(["no base64!", "base64"]), clock]),
        json!([null, null, clock]),
    ] {
        let (one, two) = (start([at(10, b"a")]).await, start([]).await);
        let answer = json!({ "result": { "context": { "slot": 10 }, "value": value } });
        two.behaviour()
            .instead
            .insert("getMultipleAccounts", answer);
        let error = too_few(read(&of_operators(&[&one, &two])).await);
        assert_eq!(error.silent[0].kind(), NodeErrorKind::Nonsense, "{value}");
    }
}

#[tokio::test]
async fn an_error_of_a_nodes_own_is_told_in_its_words() {
    let (one, two) = (start([at(10, b"a")]).await, start([]).await);
    let answer = json!({ "error": { "code": -32005, "message": "Node is unhealthy /SECRET" } });
    two.behaviour()
        .instead
        .insert("getMultipleAccounts", answer);
    let error = too_few(read(&of_operators(&[&one, &two])).await);
    assert_eq!(
        error.silent[0].kind(),
        NodeErrorKind::Refused { code: -32005 }
    );
    assert!(
        told(&error).contains("answers with an error: Node is unhealthy"),
        "{error}"
    );
}

/// Three agree but one of them names a slot that the ledger has not reached by far.
#[tokio::test]
async fn a_slot_that_nobody_reaches_stops_nobody() {
    let (one, two) = (start([at(10, b"a")]).await, start([at(10, b"a")]).await);
    let liar = start([at(1_000_000_000_000_000, b"a")]).await;
    let agreed = read(&of_operators(&[&liar, &one, &two])).await.unwrap();
    assert_eq!(
        agreed.nodes,
        [name("two.test", &one), name("three.test", &two)]
    );
    assert_eq!(agreed.slot, 10);

    let error = too_few(read(&of_operators(&[&liar, &one])).await);
    assert!(
        told(&error).contains("has not reached slot 1000000000000000"),
        "{error}"
    );
}

#[tokio::test]
async fn no_more_accounts_are_taken_than_one_answer_holds() {
    let one = start([at(10, b"a")]).await;
    let witnesses = of_operators(&[&one, &one]);
    let error = witnesses
        .agreed_contents(&[ADDRESS; 100])
        .await
        .unwrap_err();
    assert_eq!(
        error,
        WitnessError::TooManyAccounts {
            asked: 100,
            most: 99
        }
    );
    assert_eq!(one.asked("getMultipleAccounts").len(), 0);
    assert_eq!(
        witnesses
            .agreed_contents(&[ADDRESS; 99])
            .await
            .unwrap()
            .value
            .len(),
        99
    );
}

/// Everything can be awaited on any thread.
#[tokio::test]
async fn futures_can_be_sent_to_other_threads() {
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let one = start([at(10, b"a")]).await;
    let witnesses = of_operators(&[&one, &one]);
    is_send(read(&witnesses)).await.unwrap();
    is_send(witnesses.agreed_contents(&[ADDRESS]))
        .await
        .unwrap();
    is_send(witnesses.clock()).await.unwrap();
    is_send(witnesses.survey()).await;
    drop(is_send(witnesses.blockhash_valid(&GENESIS)));
    drop(is_send(witnesses.recent_blockhash()));
    drop(is_send(witnesses.signature_status(&Default::default())));
    drop(is_send(
        witnesses.send_to_all(&solana_transaction::Transaction::default()),
    ));
    drop(is_send(witnesses.nodes()[0].check_genesis(&GENESIS)));
}
