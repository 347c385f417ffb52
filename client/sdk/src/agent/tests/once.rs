//! Purchases that are there, served once.

use solana_signature::Signature;

use super::{made::*, world::*};
use crate::agent::event::AgentEvent;
use crate::agent::event::AgentOptions;
use crate::agent::event::Tally;
use crate::agent::world::World;
use crate::error::ClientError;
use std::sync::atomic::Ordering;

#[tokio::test(start_paused = true)]
async fn a_purchase_is_checked_delivered_and_settled() {
    let made = Made::of(&[(1, Bought::pending(3)), (2, Bought::pending(1))]);
    let tally = made.once(5).await.unwrap();
    let [one, two] = [address(1), address(2)];
    for (purchase, reported) in [
        (one, vec!["found", "locked", "settling", "settled"]),
        (two, vec!["found", "locked", "settling", "settled"]),
    ] {
        assert_eq!(made.reported_of(purchase), reported);
    }
    // All three batches in one transaction; each settlement by itself.
    let done = made.done();
    let [
        Asked::Send(sent, options),
        Asked::Settle(_),
        Asked::Settle(_),
    ] = &done[..]
    else {
        panic!("{done:?}");
    };
    assert_eq!(sent.len(), 3);
    assert_eq!((options.raise, options.not_after), (0, Some(DEADLINE)));
    let expected = Tally {
        transactions: 1,
        locked: 2,
        settled: 2,
        records: 4,
        earned: 2 * PRICE,
        fees: 3 * FEE,
        ..Tally::default()
    };
    assert_eq!(tally, expected);
    // The purchases that may be locked are counted before they are locked.
    let asked = made.asked.borrow();
    let checks: Vec<_> = asked
        .iter()
        .filter_map(|asked| match asked {
            Asked::Check(_, open) => Some(*open),
            _ => None,
        })
        .collect();
    assert_eq!(checks, [1, 2]);
    let first_send = asked.iter().position(|one| matches!(one, Asked::Send(..)));
    let last_check = asked
        .iter()
        .rposition(|one| matches!(one, Asked::Check(..)));
    assert!(last_check < first_send);
}

/// A purchase that could not be settled is not locked.
#[tokio::test(start_paused = true)]
async fn nothing_is_delivered_that_the_nodes_do_not_agree_on() {
    let made = Made::of(&[(1, Bought::pending(1))]).fails(At::Check, [contradiction()]);
    let tally = made.once(5).await.unwrap();
    assert_eq!(
        made.reported_of(address(1)),
        ["found", "waiting", "locked", "settling", "settled"]
    );
    assert_eq!(tally.settled, 1);

    let never = std::iter::repeat_with(contradiction).take(2);
    let made = Made::of(&[(1, Bought::pending(1))]).fails(At::Check, never);
    let tally = made.once(2).await.unwrap();
    assert_eq!(
        made.reported_of(address(1)),
        ["found", "waiting", "given up"]
    );
    assert_eq!((made.done(), tally.given_up), (vec![], 1));
}

#[tokio::test(start_paused = true)]
async fn who_can_not_pay_for_settling_waits() {
    let poor = ClientError::SettleReserve {
        payer: address(9),
        held: 1,
        needed: 2,
    };
    let made = Made::of(&[(1, Bought::pending(1))]).fails(At::Check, [poor]);
    made.once(5).await.unwrap();
    assert_eq!(
        made.reported_of(address(1))[..3],
        ["found", "waiting", "locked"]
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_too_late_is_left() {
    let late = ClientError::TooLate {
        purchase: address(1),
        seconds_left: -1,
        batches: 1,
    };
    let made = Made::of(&[(1, Bought::pending(1))]).fails(At::Check, [late]);
    made.once(5).await.unwrap();
    assert_eq!(made.reported_of(address(1)), ["found", "given up"]);
    assert_eq!(made.done(), []);
}

/// The purchase has another settle key or other terms, as nodes agree: another try is of no use.
#[tokio::test(start_paused = true)]
async fn what_is_not_this_sellers_is_reported_and_left() {
    for error in [
        ClientError::OtherSettleKey(address(1)),
        ClientError::OtherTerms {
            purchase: address(1),
            order: address(99),
            difference: "cheaper".to_owned(),
        },
    ] {
        let made = Made::of(&[(1, Bought::pending(1))]).fails(At::Look, [error]);
        let tally = made.once(5).await.unwrap();
        assert_eq!(made.reported_of(address(1)), ["found", "given up"]);
        assert_eq!((made.done(), tally.given_up), (vec![], 1));
    }
    // Where one node may have said so, it is looked at again.
    let made = Made::of(&[(1, Bought::pending(1))])
        .fails(At::Check, [ClientError::OtherSettleKey(address(1))]);
    made.once(5).await.unwrap();
    assert_eq!(
        made.reported_of(address(1)),
        ["found", "postponed", "locked", "settling", "settled"]
    );
}

#[tokio::test(start_paused = true)]
async fn an_order_that_is_not_in_the_file_yet_is_tried_again() {
    let unknown = ClientError::NotOffered {
        order: address(99),
        path: "offers.json".into(),
    };
    let made = Made::of(&[(1, Bought::pending(1))]).fails(At::Look, [unknown]);
    made.once(5).await.unwrap();
    assert_eq!(
        made.reported_of(address(1)),
        ["found", "postponed", "locked", "settling", "settled"]
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_is_told_with_how_it_ended() {
    for settled in [Some(true), Some(false), None] {
        let made = Made::of(&[(1, Bought::pending(1))]);
        let history = settled.map(|settled| (address(1), settled));
        made.history.borrow_mut().extend(history);
        // Another node still lists it.
        let listed = made.list().await.unwrap();
        made.ledger.borrow_mut().clear();
        let on_event = |event| made.report(event);
        let mut machine =
            super::super::machine::Machine::new(&made, &on_event, AgentOptions::default(), Some(5));
        listed.into_iter().for_each(|one| machine.find(one));
        while !machine.is_idle() {
            machine.work();
            machine.step().await;
        }
        let reported = made.reported.borrow();
        let Some(AgentEvent::Gone {
            settled: reported,
            shown: false,
            ..
        }) = reported.last()
        else {
            panic!("{reported:?}");
        };
        assert_eq!(*reported, settled);
    }
}

/// One purchase that makes transactions fail takes no others with it.
#[tokio::test(start_paused = true)]
async fn a_culprit_goes_alone() {
    let made = Made::of(&[(1, Bought::pending(1)), (2, Bought::pending(1))])
        .fails(At::Send, [refused(1, Some(Signature::default()))]);
    let tally = made.once(5).await.unwrap();
    assert_eq!((tally.settled, tally.failed_transactions), (2, 1));
    // A failure costs its fee.
    assert_eq!(tally.fees, FEE + 2 * FEE + 2 * FEE);
    let done = made.done();
    let Asked::Send(first, _) = &done[0] else {
        panic!("{done:?}");
    };
    let culprit = first[1];
    let alone = |asked: &&Asked| matches!(asked, Asked::Send(one, _) if *one == [culprit]);
    assert_eq!(done.iter().filter(alone).count(), 1);
    assert_eq!(
        made.reported_of(culprit),
        ["found", "postponed", "locked", "settling", "settled"]
    );
}

#[tokio::test(start_paused = true)]
async fn what_did_not_land_pays_more_the_next_time() {
    let expired = [ClientError::Expired(Signature::default())];
    let made = Made::of(&[(1, Bought::pending(1))]).fails(At::Send, expired);
    made.once(5).await.unwrap();
    let raises = |made: &Made| {
        let raise = |asked: Asked| match asked {
            Asked::Send(_, options) => Some(options.raise),
            _ => None,
        };
        made.done()
            .into_iter()
            .filter_map(raise)
            .collect::<Vec<_>>()
    };
    assert_eq!(raises(&made), [0, 1]);
    // And the purchases with little time.
    let made = Made::of(&[(1, Bought::pending(1))]);
    made.now.store(DEADLINE - 100, Ordering::Relaxed);
    made.once(5).await.unwrap();
    assert_eq!(raises(&made), [2]);
}
