//! Settling: once it was shown, the secret is sent on until it is settled, whatever nodes say.

use std::time::Duration;

use generion_client::{
    Client, ClientError, Markers, Sale, SettleEnd, SettleEvent, SettleOptions, Settler,
};
use tokio::time::timeout;

use crate::{
    account_data::purchase_data,
    town::Town,
    world::{NOW, World},
};

pub const A: &str = "https://a.example";
pub const B: &str = "https://b.example";
/// A multiple of what it takes.
const LONG: Duration = Duration::from_secs(20);

/// As by default, a thousand times as fast.
pub const QUICK: SettleOptions = SettleOptions {
    sign_interval: Duration::from_millis(60),
    send_interval: Duration::from_millis(20),
    ask_interval: Duration::from_millis(2),
    second_word: Duration::from_millis(60),
};

pub fn markers(town: &Town) -> Markers {
    Markers::new(town.folder.path().join("settling"))
}

pub async fn settle(
    town: &Town,
    client: &Client,
    sale: &Sale,
    report: impl FnMut(SettleEvent),
) -> Result<SettleEnd, ClientError> {
    let keys = town.keys();
    let markers = markers(town);
    let settler = Settler {
        payer: &town.payer,
        markers: &markers,
        options: QUICK,
    };
    client.settle(&keys, sale, &settler, report).await
}

pub fn is_marked(town: &Town, sale: &Sale) -> bool {
    markers(town).contains(&sale.marker()).unwrap()
}

#[tokio::test]
async fn two_honest_nodes_and_the_seller_is_paid() {
    let town = Town::new();
    let (a, b) = (town.node(A), town.node(B));
    let client = town.client(&[&a, &b]);
    let sale = town.sale(&client).await;
    let mut sent = Vec::new();
    let end = settle(&town, &client, &sale, |event| match event {
        SettleEvent::Sent { signature, .. } => sent.push(signature),
        event => panic!("{event:?}"),
    })
    .await
    .unwrap();
    let SettleEnd::Settled {
        confirmed: Some(confirmed),
    } = end
    else {
        panic!("{end:?}")
    };
    assert!(town.is_paid());
    assert_eq!(sent, [confirmed.signature]);
    assert!(!is_marked(&town, &sale));
    // To all at once, and by no other way.
    for node in [&a, &b] {
        assert_eq!(node.count("sendTransaction"), 1);
        assert_eq!(node.count("simulateTransaction"), 0);
        assert_eq!(node.count("getFeeForMessage"), 0);
    }
}

/// Intervals without an end are waited for like any others.
#[tokio::test]
async fn intervals_without_an_end_do_not_overflow() {
    let town = Town::new();
    let (a, b) = (town.node(A), town.node(B));
    let client = town.client(&[&a, &b]);
    let sale = town.sale(&client).await;
    let keys = town.keys();
    let settler = Settler {
        payer: &town.payer,
        markers: &markers(&town),
        options: SettleOptions {
            sign_interval: Duration::MAX,
            send_interval: Duration::MAX,
            second_word: Duration::MAX,
            ..QUICK
        },
    };
    let settling = client.settle(&keys, &sale, &settler, |_| ());
    let end = timeout(LONG, settling).await.expect("in time").unwrap();
    assert!(matches!(end, SettleEnd::Settled { .. }), "{end:?}");
}

/// A liar keeps the secret, answers whatever it likes, and the honest node loses the first three copies.
#[tokio::test]
async fn it_is_sent_on_until_the_seller_is_paid_whatever_one_node_says() {
    for lie in [
        "error", "landed", "failed", "gone", "settled", "silence", "past",
    ] {
        let town = Town::new();
        let (liar, honest) = (town.node(A), town.node(B));
        honest.lies.lock().unwrap().loses = 3;
        liar.lies.lock().unwrap().loses = usize::MAX;
        let client = town.client(&[&liar, &honest]);
        let sale = town.sale(&client).await;
        let mut is_shown = false;
        let world = town.world.clone();
        let purchase = town.purchase;
        let settled_account = {
            let mut account = town.account.clone();
            account.state.status = 2;
            purchase_data(&account)
        };
        let lies = liar.lies.clone();
        let settled = settle(&town, &client, &sale, |event| {
            if !matches!(event, SettleEvent::Sent { .. }) || is_shown {
                return;
            }
            is_shown = true;
            // From now on it lies.
            let mut lies = lies.lock().unwrap();
            let mut shown = World::clone(&world.lock().unwrap());
            shown.slot += 1_000;
            match lie {
                "error" => lies.refuses = true,
                "landed" => lies.status = Some(true),
                "failed" => lies.status = Some(false),
                "gone" => {
                    shown.accounts.remove(&purchase);
                    lies.shows = Some(shown);
                }
                "settled" => {
                    shown.accounts.insert(purchase, settled_account.clone());
                    lies.shows = Some(shown);
                }
                "silence" => lies.is_down = true,
                _ => {
                    shown.slot -= 1_000;
                    lies.shows = Some(shown);
                }
            }
        });
        let watch = async {
            while !town.is_paid() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            // Then the other one comes to its senses: what enough nodes agree on is the end.
            *liar.lies.lock().unwrap() = crate::world::Lies::default();
        };
        let (end, ()) = timeout(LONG, async { tokio::join!(settled, watch) })
            .await
            .unwrap_or_else(|_| panic!("{lie}: it was never settled"));
        assert!(matches!(end.unwrap(), SettleEnd::Settled { .. }), "{lie}");
        assert!(honest.count("sendTransaction") >= 4, "{lie}");
        assert!(!is_marked(&town, &sale), "{lie}");
    }
}

/// What two operators agree on is the end, whatever a third one says for ever.
#[tokio::test]
async fn one_liar_does_not_keep_it_going() {
    let town = Town::new();
    let (liar, b, c) = (town.node(A), town.node(B), town.node("https://c.example"));
    let client = town.client(&[&liar, &b, &c]);
    let sale = town.sale(&client).await;
    let end = settle(&town, &client, &sale, |event| {
        if matches!(event, SettleEvent::Sent { .. }) {
            // It is never settled, if one believes this node.
            let mut world = World::clone(&town.world.lock().unwrap());
            let data = purchase_data(&town.account);
            world.accounts.insert(town.purchase, data);
            liar.lies.lock().unwrap().shows = Some(world);
        }
    });
    let end = timeout(LONG, end).await.unwrap().unwrap();
    assert!(matches!(end, SettleEnd::Settled { .. }), "{end:?}");
    assert!(!is_marked(&town, &sale));
}

/// Where it may have landed, and it can't be told, fees are not spent as if it had not.
#[tokio::test]
async fn what_may_have_landed_is_signed_rarely_and_no_dearer() {
    let town = Town::new();
    let (a, b) = (town.node(A), town.node(B));
    let client = town.client(&[&a, &b]);
    let sale = town.sale(&client).await;
    let mut sent = Vec::new();
    let lies = b.lies.clone();
    lies.lock().unwrap().loses = usize::MAX;
    let settled = settle(&town, &client, &sale, |event| {
        if let SettleEvent::Sent { price, .. } = event {
            // It says for ever that it is not settled.
            let mut world = World::clone(&town.world.lock().unwrap());
            let data = purchase_data(&town.account);
            world.accounts.insert(town.purchase, data);
            lies.lock().unwrap().shows = Some(world);
            sent.push(price);
        }
    });
    tokio::time::pause();
    // A hundred times the interval between two signatures.
    let stopped = timeout(100 * QUICK.sign_interval, settled).await;
    assert!(stopped.is_err(), "{stopped:?}");
    assert!(town.is_paid());
    assert!((4..20).contains(&sent.len()), "{sent:?}");
    assert!(sent.iter().all(|price| *price <= 10_000), "{sent:?}");
    // The one that shows it settled is not asked to land it again.
    assert_eq!(a.count("sendTransaction"), 1);
}

/// The price rises, and each one is made anew: a hash that is dead, or was never alive, does not hold it up.
#[tokio::test]
async fn each_signature_is_a_new_one_at_a_higher_price() {
    let town = Town::new();
    let (a, b) = (town.node(A), town.node(B));
    for node in [&a, &b] {
        node.lies.lock().unwrap().loses = usize::MAX;
    }
    let client = town.client(&[&a, &b]);
    let sale = town.sale(&client).await;
    let mut prices = Vec::new();
    let mut signatures = Vec::new();
    let (done, enough) = tokio::sync::oneshot::channel();
    let mut done = Some(done);
    let world = town.world.clone();
    let settled = settle(&town, &client, &sale, |event| {
        if let SettleEvent::Sent {
            signature, price, ..
        } = event
        {
            world.lock().unwrap().slot += 1;
            prices.push(price);
            signatures.push(signature);
            if prices.len() == 4
                && let Some(done) = done.take()
            {
                done.send(()).unwrap();
            }
        }
    });
    let stopped = timeout(LONG, async {
        tokio::select! {
            end = settled => panic!("{end:?}"),
            stopped = enough => stopped.unwrap(),
        }
    });
    stopped.await.unwrap();
    assert_eq!(prices[..4], [0, 10_000, 20_000, 40_000]);
    signatures.sort();
    signatures.dedup();
    assert!(signatures.len() >= 4);

    // It was dropped: the next run goes on from the disk, asks nobody before, and needs no hour.
    assert!(is_marked(&town, &sale));
    town.world.lock().unwrap().time = NOW + 80_000;
    *town.local.lock().unwrap() = NOW + 80_000;
    for node in [&a, &b] {
        node.lies.lock().unwrap().loses = 0;
    }
    let keys = town.keys();
    let markers = markers(&town);
    let settler = Settler {
        payer: &town.payer,
        markers: &markers,
        options: QUICK,
    };
    let resumed = client.resume_settlements(&keys, &settler, |_, _| {});
    let ends = timeout(LONG, resumed).await.unwrap().unwrap();
    let [(marker, Ok(SettleEnd::Settled { .. }))] = &ends[..] else {
        panic!("{ends:?}")
    };
    assert_eq!(*marker, sale.marker());
    assert!(town.is_paid());
    assert!(!is_marked(&town, &sale));
}

#[tokio::test]
async fn what_became_of_it_is_told() {
    for (name, is_expected) in [
        (
            "refunded",
            (|end| matches!(end, SettleEnd::Gone { confirmed: None })) as fn(&SettleEnd) -> bool,
        ),
        (
            "bought again",
            |end| matches!(end, SettleEnd::Replaced { deadline } if *deadline == NOW + 9_999),
        ),
    ] {
        let town = Town::new();
        let (a, b) = (town.node(A), town.node(B));
        for node in [&a, &b] {
            node.lies.lock().unwrap().loses = usize::MAX;
        }
        let client = town.client(&[&a, &b]);
        let sale = town.sale(&client).await;
        let end = settle(&town, &client, &sale, |event| {
            if matches!(event, SettleEvent::Sent { .. }) {
                match name {
                    "refunded" => {
                        let mut world = town.world.lock().unwrap();
                        world.accounts.remove(&town.purchase);
                        world.slot += 1;
                    }
                    _ => town.change(|account| account.state.deadline = NOW + 9_999),
                }
            }
        });
        let end = timeout(LONG, end).await.unwrap().unwrap();
        assert!(is_expected(&end), "{name}: {end:?}");
        assert!(!is_marked(&town, &sale));
    }
}
