//! From the lock to the payment.

use super::{made::*, world::*};
use crate::agent::event::AgentEvent;
use crate::error::ClientError;
use crate::settlement::event::SettleEnd;
use generion_interface::events::Event;
use std::collections::BTreeSet;

/// An earlier run, or another agent, has locked the purchases.
#[tokio::test(start_paused = true)]
async fn what_is_locked_is_settled() {
    let made = Made::of(&[(1, Bought::locked())]);
    let tally = made.once(5).await.unwrap();
    assert_eq!(
        made.reported_of(address(1)),
        ["found", "settling", "settled"]
    );
    assert_eq!(made.done(), [Asked::Settle(address(1))]);
    assert_eq!((tally.settled, tally.locked, tally.earned), (1, 0, PRICE));
}

#[tokio::test(start_paused = true)]
async fn what_was_begun_is_gone_on_with_from_the_disk() {
    let made = Made::of(&[(1, Bought::locked())]);
    made.markers.borrow_mut().insert((address(1), DEADLINE));
    let tally = made.once(5).await.unwrap();
    // It is listed, too, and settled once.
    assert_eq!(made.done(), [Asked::Resume(address(1))]);
    assert_eq!(made.reported_of(address(1)), ["settling", "settled"]);
    assert_eq!(tally.settled, 1);

    // That no node lists it does not matter.
    let made = Made::default();
    made.markers.borrow_mut().insert((address(1), DEADLINE));
    let gone = SettleEnd::Gone { confirmed: None };
    made.ends.borrow_mut().push_back(gone);
    made.history.borrow_mut().insert(address(1), false);
    made.once(5).await.unwrap();
    assert_eq!(made.done(), [Asked::Resume(address(1))]);
    let reported = made.reported.borrow();
    let Some(AgentEvent::Gone {
        settled: Some(false),
        shown: true,
        ..
    }) = reported.last()
    else {
        panic!("the price is lost: {reported:?}");
    };
}

/// The purchase might be one whose settlement has to continue.
#[tokio::test(start_paused = true)]
async fn without_its_markers_an_agent_does_not_begin() {
    let unreadable = ClientError::Marker {
        path: "settlements".into(),
        source: std::io::Error::other("the disk fails"),
    };
    let made = Made::of(&[(1, Bought::pending(1))]).fails(At::Markers, [unreadable]);
    let refused = made.once(5).await;
    assert!(matches!(refused, Err(ClientError::Marker { .. })));
    assert_eq!(*made.asked.borrow(), []);
}

#[tokio::test(start_paused = true)]
async fn keys_that_are_missing_are_reported_and_the_marker_stays() {
    let foreign = ClientError::ForeignKey {
        wallet: address(98),
        index: 0,
    };
    let made = Made::default().fails(At::Resume, [foreign]);
    made.markers.borrow_mut().insert((address(1), DEADLINE));
    let tally = made.once(5).await.unwrap();
    assert_eq!(made.reported_of(address(1)), ["given up"]);
    assert_eq!(tally.given_up, 1);
    assert_eq!(made.markers.borrow().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_shown_before_the_nodes_agree() {
    let made = Made::of(&[(1, Bought::locked())]).fails(At::Settle, [contradiction()]);
    made.once(5).await.unwrap();
    assert_eq!(
        made.reported_of(address(1)),
        ["found", "waiting", "settling", "settled"]
    );
    let asked = Asked::Settle(address(1));
    assert_eq!(made.done(), [asked.clone(), asked]);

    let late = ClientError::SettleTooLate {
        purchase: address(1),
        seconds_left: 3_599,
        needed: 3_600,
    };
    let made = Made::of(&[(1, Bought::locked())]).fails(At::Settle, [late]);
    made.once(5).await.unwrap();
    assert_eq!(made.reported_of(address(1)), ["found", "given up"]);
    assert_eq!(*made.markers.borrow(), BTreeSet::new());
}

#[tokio::test(start_paused = true)]
async fn what_others_settled_or_refunded_is_told_apart() {
    let settled = SettleEnd::Settled { confirmed: None };
    let gone = || SettleEnd::Gone { confirmed: None };
    for (end, history, expected) in [
        (settled, None, Some(true)),
        (gone(), Some(true), Some(true)),
        (gone(), Some(false), Some(false)),
        (gone(), None, None),
        (
            SettleEnd::Replaced { deadline: 7 },
            Some(false),
            Some(false),
        ),
    ] {
        let made = Made::of(&[(1, Bought::locked())]);
        made.ends.borrow_mut().push_back(end);
        let history = history.map(|settled| (address(1), settled));
        made.history.borrow_mut().extend(history);
        let tally = made.once(5).await.unwrap();
        assert_eq!((tally.settled, tally.earned), (0, 0));
        let reported = made.reported.borrow();
        let Some(AgentEvent::Gone {
            settled,
            shown: true,
            ..
        }) = reported.last()
        else {
            panic!("{reported:?}");
        };
        assert_eq!(*settled, expected);
    }
    // This run's own, which its buyer closed at once.
    let made = Made::of(&[(1, Bought::locked())]);
    let own = SettleEnd::Gone {
        confirmed: Some(made.settled_event(address(1))),
    };
    made.ends.borrow_mut().push_back(own);
    let tally = made.once(5).await.unwrap();
    assert_eq!((tally.settled, tally.earned), (1, PRICE));
    assert_eq!(
        made.reported_of(address(1)),
        ["found", "settling", "settled"]
    );
}

/// A node writes the logs and the fees that it shows.
#[tokio::test(start_paused = true)]
async fn made_up_amounts_do_not_end_an_agent() {
    let made = Made::of(&[(1, Bought::locked()), (2, Bought::locked())]);
    for purchase in [1, 2] {
        let mut shown = made.settled_event(address(purchase));
        for event in &mut shown.events {
            let Event::Settled(settled) = event else {
                panic!("{event:?}");
            };
            settled.lamports = u64::MAX.into();
        }
        shown.events.extend(shown.events.clone());
        shown.fee = u64::MAX;
        let settled = SettleEnd::Settled {
            confirmed: Some(shown),
        };
        made.ends.borrow_mut().push_back(settled);
    }
    let tally = made.once(5).await.unwrap();
    assert_eq!(
        (tally.settled, tally.earned, tally.fees),
        (2, u64::MAX, u64::MAX)
    );
}
