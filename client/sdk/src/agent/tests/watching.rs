//! An agent that watches.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use futures::{FutureExt, channel::mpsc, stream};
use tokio::time::{sleep, timeout};

use super::{made::*, world::*};
use crate::agent::event::AgentEvent;
use crate::agent::event::AgentOptions;
use crate::agent::event::Tally;
use crate::agent::world::World;
use crate::error::ClientError;
use crate::settlement::event::SettleEnd;
use crate::{agent::watch, watch::Watched};
use generion_interface::accounts::PurchaseAccount;
use solana_address::Address;
use std::collections::BTreeSet;
use tokio::sync::Notify;

fn options() -> AgentOptions {
    AgentOptions {
        rescan: Duration::from_millis(50),
        patience: Duration::from_millis(200),
        ..AgentOptions::default()
    }
}

/// Watches until an event of a purchase is reported, and some time longer.
async fn until_told(made: &Made, purchase: Address, name: &str, purchases: Told) -> Tally {
    let is_reported = async {
        while !made.reported_of(purchase).contains(&name) {
            sleep(Duration::from_millis(5)).await;
        }
    };
    let on_event = |event| made.report(event);
    let watching = watch(made, &on_event, options(), purchases, is_reported);
    let tally = timeout(Duration::from_secs(20), watching).await;
    tally.expect("in time").unwrap()
}

type Told = stream::BoxStream<'static, Watched<PurchaseAccount>>;

/// A node that reports nothing.
fn nothing() -> Told {
    Box::pin(stream::pending())
}

#[tokio::test(start_paused = true)]
async fn what_comes_is_served() {
    let made = Made::of(&[(1, Bought::pending(1))]);
    let (reported, purchases) = mpsc::unbounded();
    let new = Bought::pending(2).listed(address(2));
    made.ledger
        .borrow_mut()
        .insert(address(2), Bought::pending(2));
    reported.unbounded_send(Watched::New(new)).unwrap();
    reported.unbounded_send(Watched::CaughtUp).unwrap();
    let tally = until_told(&made, address(2), "settled", Box::pin(purchases)).await;
    assert!(tally.settled >= 1 && tally.given_up == 0);
    let reported = made.reported.borrow();
    assert!(
        reported
            .iter()
            .any(|event| matches!(event, AgentEvent::CaughtUp))
    );
}

/// Times without an end are waited for like any others.
#[tokio::test(start_paused = true)]
async fn times_without_an_end_do_not_overflow() {
    let made = Made::of(&[(1, Bought::pending(1))]);
    let on_event = |event| made.report(event);
    let options = AgentOptions {
        rescan: Duration::MAX,
        patience: Duration::MAX,
        ..AgentOptions::default()
    };
    let is_settled = async {
        while !made.reported_of(address(1)).contains(&"settled") {
            sleep(Duration::from_millis(5)).await;
        }
    };
    let watching = watch(&made, &on_event, options, nothing(), is_settled);
    let tally = timeout(Duration::from_secs(20), watching).await;
    assert_eq!(tally.expect("in time").unwrap().settled, 1);
}

/// A node that hides a purchase keeps no other node from showing it; nor does a node that reports it again and again.
#[tokio::test(start_paused = true)]
async fn what_one_node_hides_is_found_at_another() {
    let made = Made::of(&[(1, Bought::pending(1))]);
    until_told(&made, address(1), "settled", nothing()).await;
    assert_eq!(
        made.reported_of(address(1)),
        ["found", "locked", "settling", "settled"]
    );
    let again = made.list().await.unwrap();
    assert_eq!(again, []);
}

#[tokio::test(start_paused = true)]
async fn what_was_left_is_not_found_again() {
    let made = Made::of(&[(1, Bought::pending(1)), (2, Bought::pending(1))])
        .fails(At::Look, [ClientError::OtherSettleKey(address(1))]);
    let (first, stopped) = (AtomicUsize::new(0), Notify::new());
    let on_event = |event| {
        first.fetch_add(1, Ordering::Relaxed);
        made.report(event);
    };
    let stop = async {
        // Through some rescans.
        sleep(Duration::from_millis(300)).await;
        stopped.notify_one();
        stopped.notified().await;
    };
    watch(&made, &on_event, options(), nothing(), stop)
        .await
        .unwrap();
    let reported = [address(1), address(2)].map(|purchase| made.reported_of(purchase));
    let left = reported
        .iter()
        .find(|reported| reported.contains(&"given up"))
        .unwrap();
    assert_eq!(*left, ["found", "given up"]);
    assert!(first.load(Ordering::Relaxed) >= 4);
}

/// After a refund, a buyer may buy again, at the same address.
#[tokio::test(start_paused = true)]
async fn another_purchase_at_the_same_address_is_another_one() {
    let made = Made::of(&[(1, Bought::locked())]);
    let later = Bought {
        deadline: DEADLINE + 1,
        ..Bought::pending(1)
    };
    made.ends.borrow_mut().push_back(SettleEnd::Replaced {
        deadline: later.deadline,
    });
    made.history.borrow_mut().insert(address(1), false);
    let (reported, purchases) = mpsc::unbounded();
    let replace = async {
        while !made.reported_of(address(1)).contains(&"settling") {
            sleep(Duration::from_millis(1)).await;
        }
        made.ledger.borrow_mut().insert(address(1), later.clone());
        let new = Watched::New(later.listed(address(1)));
        reported.unbounded_send(new).unwrap();
        std::future::pending::<()>().await;
    };
    let served = until_told(&made, address(1), "settled", Box::pin(purchases));
    tokio::select! {
        tally = served => assert_eq!(tally.settled, 1),
        () = replace => {}
    }
    assert_eq!(
        made.reported_of(address(1)),
        [
            "found", "settling", "gone", "found", "locked", "settling", "settled"
        ]
    );
}

/// The next run continues the settlement, and should begin soon.
#[tokio::test(start_paused = true)]
async fn a_settlement_that_is_shown_is_waited_for_and_then_left_to_the_next_run() {
    let made = Made {
        held_shown: Some(Notify::new()),
        ..Made::of(&[(1, Bought::locked())])
    };
    let tally = until_told(&made, address(1), "settling", nothing()).await;
    assert_eq!((tally.settled, tally.unfinished), (0, 1));
    assert_eq!(
        made.reported_of(address(1)),
        ["found", "settling", "unfinished"]
    );
    assert_eq!(made.markers.borrow().len(), 1);

    // A settlement that ends in time is reported.
    let made = Made {
        held_shown: Some(Notify::new()),
        ..Made::of(&[(1, Bought::locked())])
    };
    let end = async {
        while !made.reported_of(address(1)).contains(&"settling") {
            sleep(Duration::from_millis(1)).await;
        }
        sleep(Duration::from_millis(50)).await;
        made.held_shown.as_ref().unwrap().notify_one();
        std::future::pending::<()>().await;
    };
    let served = until_told(&made, address(1), "settling", nothing());
    tokio::select! {
        tally = served => assert_eq!((tally.settled, tally.unfinished), (1, 0)),
        () = end => {}
    }
}

/// Nothing was shown, so nothing is lost.
#[tokio::test(start_paused = true)]
async fn a_settlement_that_is_not_shown_is_not_waited_for() {
    let made = Made {
        held_before: Some(Notify::new()),
        ..Made::of(&[(1, Bought::locked())])
    };
    let is_asked = async {
        while made.done().is_empty() {
            sleep(Duration::from_millis(1)).await;
        }
    };
    let on_event = |event| made.report(event);
    let tally = watch(&made, &on_event, options(), nothing(), is_asked).await;
    assert_eq!(tally.unwrap().unfinished, 0);
    assert_eq!(made.reported_of(address(1)), ["found"]);
    assert_eq!(*made.markers.borrow(), BTreeSet::new());
}

#[tokio::test(start_paused = true)]
async fn who_is_stopped_begins_nothing() {
    let made = Made::of(&[(1, Bought::pending(1))]);
    let on_event = |event| made.report(event);
    let stopped = watch(&made, &on_event, options(), nothing(), async {});
    assert!(stopped.now_or_never().is_some());
    assert_eq!(*made.asked.borrow(), []);
}
