//! Events: each is told once and in order, whatever breaks in between.

use std::time::Duration;

use generion_gateway::{
    config::{Config, events::EventsConfig},
    events::{EndReason, EventFilter, Feed, Item},
    storage::{FeedRetention, FoundTransaction, Storage, TransactionState, Update},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{
    found::{address, change, finding, new_order, signature, transaction},
    gateway::{Gateway, refusal},
    on_both_databases,
    sse::{EventSource, request},
};

fn with_events(events: EventsConfig) -> Config {
    Config {
        events,
        ..Gateway::config()
    }
}

/// Waits until a condition holds.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    waited.unwrap_or_else(|_| panic!("{what} takes too long"));
}

on_both_databases! {
    /// A client that is cut off again and again, on two gateways that share a database while a third writes, gets each event
    /// once and in order.
    async fn each_event_comes_once_across_connections_and_gateways(database: Database) {
        const EVENTS: u64 = 90;
        let (storage, mut writer) = database.open().await;
        let gateways = [
            Gateway::start(&Storage::open(&database.url).await.unwrap()).await,
            Gateway::start(&storage).await,
        ];
        let urls = gateways.each_ref().map(|gateway| format!("{}/v1/events", gateway.url));
        let mut first = EventSource::open(&urls[0], None).await;
        first.part().await.unwrap();
        let mut cursor = first.last_id.clone();
        drop(first);
        let writing = tokio::spawn(async move {
            for number in (1..=EVENTS).step_by(3) {
                let some = (number..number + 3).map(new_order).collect();
                writer.update(finding(some)).await.unwrap();
            }
            writer
        });
        let mut told = Vec::new();
        for round in 0.. {
            let mut source = EventSource::open(&urls[round % 2], cursor.as_deref()).await;
            for _ in 0..=round % 5 {
                if told.len() < EVENTS as usize {
                    let event = source.event().await;
                    assert_eq!(event.event.as_deref(), Some("order.created"));
                    told.push(event.json()["slot"].as_str().unwrap().parse::<u64>().unwrap());
                }
            }
            cursor = source.last_id.clone();
            if told.len() == EVENTS as usize {
                break;
            }
        }
        assert_eq!(told, (1..=EVENTS).collect::<Vec<_>>());
        // A third gateway, started afterwards, goes on where the others were.
        let mut writer = writing.await.unwrap();
        let third = Gateway::start(&Storage::open(&database.url).await.unwrap()).await;
        let mut source = EventSource::open(&format!("{}/v1/events", third.url), cursor.as_deref()).await;
        writer.update(finding(vec![new_order(EVENTS + 1)])).await.unwrap();
        assert_eq!(source.event().await.json()["slot"], (EVENTS + 1).to_string());
    }

    /// An event has its type, cursor, subject, slot, signature, time and the change as a history shows it.
    async fn an_event_says_what_happened(database: Database) {
        let (storage, mut writer) = database.open().await;
        let gateway = Gateway::start(&storage).await;
        let mut source = EventSource::open(&format!("{}/v1/events", gateway.url), None).await;
        writer.update(finding(vec![new_order(5)])).await.unwrap();
        let event = source.event().await;
        assert_eq!(event.event.as_deref(), Some("order.created"));
        let body = event.json();
        assert_eq!(body["type"], "order.created");
        assert_eq!(body["id"], event.id.unwrap());
        assert_eq!(body["timestamp"], "2023-11-14T22:13:20Z");
        assert_eq!(body["address"], address(5).to_string());
        assert_eq!(body["signature"], signature(5).to_string());
        assert_eq!(body["change"]["details"]["label"], "label 5");
        assert!(body.get("vanished").is_none());
        // One that is too long says all but the change.
        let accounts = [("order", address(6)), ("seller", address(200))];
        let long = change("OrderCreated", &accounts, json!({ "label": "x".repeat(20_000) }));
        writer.update(finding(vec![transaction(6, vec![long])])).await.unwrap();
        let body = source.event().await.json();
        assert_eq!((&body["address"], &body["change"]), (&json!(address(6).to_string()), &json!(null)));
    }

    /// A transaction that a fork takes back is told as vanished to those who were told of it, and once more where it lands
    /// again; one that failed or is known is not told.
    async fn what_vanished_is_told_to_who_followed_it(database: Database) {
        let (storage, mut writer) = database.open().await;
        let gateway = Gateway::start(&storage).await;
        let open = async |query: &str| EventSource::open(&format!("{}/v1/events?{query}", gateway.url), None).await;
        let mut orders = open(&format!("type=order.created&seller={}", address(200))).await;
        let mut gone = open("type=vanished").await;
        let vanishing = || Update {
            states: vec![(signature(1), TransactionState::Vanished)],
            ..Update::default()
        };
        let failed = FoundTransaction { failed: true, ..new_order(2) };
        writer.update(finding(vec![new_order(1), failed])).await.unwrap();
        writer.update(finding(vec![new_order(1)])).await.unwrap();
        writer.update(vanishing()).await.unwrap();
        writer.update(vanishing()).await.unwrap();
        writer.update(finding(vec![new_order(1), new_order(3)])).await.unwrap();
        let mut told = Vec::new();
        for _ in 0..4 {
            let event = orders.event().await.json();
            told.push((event["type"].clone(), event["slot"].clone(), event["vanished"].clone()));
        }
        assert_eq!(told, [
            (json!("order.created"), json!("1"), json!(null)),
            (json!("vanished"), json!("1"), json!("order.created")),
            (json!("order.created"), json!("1"), json!(null)),
            (json!("order.created"), json!("3"), json!(null)),
        ]);
        assert_eq!(gone.event().await.json()["address"], address(1).to_string());
    }

    /// A cursor whose events were removed, or that is of another index, gets an event `gap`, and then the events that are
    /// kept; one that was made up is refused.
    async fn a_cursor_that_is_too_old_gets_a_gap(database: Database) {
        let (storage, mut writer) = database.open().await;
        writer.keep_of_feed(FeedRetention { events: 3, ..FeedRetention::default() });
        let gateway = Gateway::start(&storage).await;
        let url = format!("{}/v1/events", gateway.url);
        writer.update(finding(vec![new_order(1)])).await.unwrap();
        let mut source = EventSource::open(&url, None).await;
        source.part().await.unwrap();
        let old = source.last_id.clone().unwrap();
        writer.update(finding((2..=10).map(new_order).collect())).await.unwrap();
        let mut source = EventSource::open(&url, Some(&old)).await;
        let gap = source.event().await;
        assert_eq!(gap.event.as_deref(), Some("gap"));
        assert_eq!((gap.json()["reason"].as_str(), gap.json()["missing_from"].as_str()), (Some("cursor_too_old"), Some(old.as_str())));
        for slot in 8..=10 {
            assert_eq!(source.event().await.json()["slot"], slot.to_string());
        }
        let recent = source.last_id.clone().unwrap();
        let other = Database::sqlite();
        let (other_storage, mut other_writer) = other.open().await;
        other_writer.update(finding((1..=20).map(new_order).collect())).await.unwrap();
        let other_gateway = Gateway::start(&other_storage).await;
        let other_url = format!("{}/v1/events", other_gateway.url);
        let mut source = EventSource::open(&format!("{other_url}?cursor={recent}"), None).await;
        assert_eq!(source.event().await.json()["reason"], "unknown_feed");
        assert_eq!(source.event().await.json()["slot"], "1");
        for made_up in ["x", "AAAA", "not-a-cursor-at-all-just-te"] {
            let refused = refusal(request(&url, Some(made_up)).await).await;
            assert_eq!(refused, (400, "invalid_cursor".to_owned()));
        }
    }

    /// Filters let pass what concerns an address in any role, an address in one role, types, and a label, and nothing else.
    async fn filters_let_pass_what_they_name(database: Database) {
        let (storage, mut writer) = database.open().await;
        let heartbeat = Duration::from_millis(50);
        let config = with_events(EventsConfig { heartbeat, ..EventsConfig::default() });
        let gateway = Gateway::start_with(&storage, config).await;
        let [record, order, purchase, seller, buyer, creator, recipient] = [1, 2, 3, 4, 5, 6, 7].map(address);
        let sale = [("purchase", purchase), ("order", order), ("seller", seller), ("buyer", buyer)];
        let share = [("share", address(8)), ("record", record), ("owner", seller), ("recipient", recipient)];
        let changes = [
            change("RecordVerified", &[("record", record), ("owner", seller), ("creator", creator)], json!({})),
            change("RecordShared", &share, json!({})),
            change("OrderCreated", &[("order", order), ("seller", seller)], json!({ "label": "scans", "records": [record.to_string()] })),
            change("Purchased", &sale, json!({})),
            change("Delivered", &sale, json!({ "records": [record.to_string()] })),
            change("Delivered", &sale, json!({ "settle_by_at": 1_800_000_000 })),
            change("Settled", &sale, json!({})),
        ];
        let of_purchase = vec!["purchase.created", "purchase.delivered", "purchase.locked", "purchase.settled"];
        let of_order = [vec!["order.created"], of_purchase.clone()].concat();
        let all = [vec!["record.verified", "share.created"], of_order.clone()].concat();
        let cases = [
            (String::new(), all.clone()),
            ("type=purchase.locked,purchase.settled".to_owned(), vec!["purchase.locked", "purchase.settled"]),
            (format!("buyer={buyer}&type=purchase.created"), vec!["purchase.created"]),
            (format!("owner={seller}"), vec!["record.verified", "share.created"]),
            (format!("creator={creator}"), vec!["record.verified"]),
            (format!("recipient={recipient}"), vec!["share.created"]),
            (format!("seller={seller}"), of_order.clone()),
            (format!("buyer={buyer}"), of_purchase.clone()),
            (format!("record={record}"), vec!["record.verified", "share.created", "order.created", "purchase.delivered"]),
            (format!("order={order}"), of_order),
            (format!("purchase={purchase}"), of_purchase),
            (format!("address={seller}"), all),
            (format!("address={seller}&order={order}&label=scans"), vec!["order.created"]),
            (format!("buyer={seller}"), vec![]),
            ("label=scan".to_owned(), vec![]),
        ];
        let mut sources = Vec::new();
        for (query, _) in &cases {
            sources.push(EventSource::open(&format!("{}/v1/events?{query}", gateway.url), None).await);
        }
        let changes = (1..).zip(changes).map(|(number, change)| transaction(number, vec![change]));
        writer.update(finding(changes.collect())).await.unwrap();
        // The first source gets all of them; the others are at the end once a heartbeat has moved them there.
        let mut end = None;
        for ((query, expected), source) in cases.iter().zip(&mut sources) {
            let mut told = Vec::new();
            while end.is_none() || source.last_id != end {
                told.extend(source.part().await.unwrap().event);
                if query.is_empty() && told.len() == expected.len() {
                    end = source.last_id.clone();
                }
            }
            assert_eq!(&told, expected, "{query}");
        }
        for (query, code) in [("type=order.made", "invalid_query"), ("seler=x", "invalid_query"), ("seller=x", "invalid_query")] {
            assert_eq!(gateway.refusal(&format!("/v1/events?{query}")).await, (400, code.to_owned()));
        }
    }

    /// Where nothing passes a filter, heartbeats move the client's cursor, so that it does not grow old.
    async fn heartbeats_move_the_cursor(database: Database) {
        let (storage, mut writer) = database.open().await;
        let heartbeat = Duration::from_millis(50);
        let config = with_events(EventsConfig { heartbeat, ..EventsConfig::default() });
        let gateway = Gateway::start_with(&storage, config).await;
        let mut source = EventSource::open(&format!("{}/v1/events?label=none", gateway.url), None).await;
        source.part().await.unwrap();
        let first = source.last_id.clone();
        writer.update(finding((1..=5).map(new_order).collect())).await.unwrap();
        while source.last_id == first {
            assert_eq!(source.part().await.unwrap().data, None);
        }
    }
}

/// A client that takes its events more slowly than they come is cut off with the reason, and loses nothing when it comes back.
#[tokio::test]
async fn a_slow_client_is_cut_off_with_the_reason() {
    let database = crate::support::Database::sqlite();
    let (storage, mut writer) = database.open().await;
    let config = EventsConfig {
        backlog: 8,
        ..EventsConfig::default()
    };
    let feed = Feed::new(&storage, &config);
    let subscribe = async |cursor| {
        let subscribed = feed.subscribe(None, cursor, EventFilter::default()).await;
        subscribed.unwrap()
    };
    let (mut slow, mut quick) = (subscribe(None).await, subscribe(None).await);
    for number in 1..=40 {
        writer
            .update(finding(vec![new_order(number)]))
            .await
            .unwrap();
        let next = quick.next().await.unwrap();
        assert!(matches!(next, Item::Event(_)), "{number}");
        if number == 1 {
            assert!(matches!(slow.next().await.unwrap(), Item::Event(_)));
            // It has all there is, so that from now on it is told as things happen.
            let waited = tokio::time::timeout(Duration::from_millis(50), slow.next()).await;
            assert!(waited.is_err());
        }
    }
    loop {
        match slow.next().await.unwrap() {
            Item::Event(_) => {}
            Item::End(reason) => break assert_eq!(reason, EndReason::TooSlow),
            Item::Gap(gap) => panic!("{gap:?}"),
        }
    }
    let mut back = subscribe(Some(slow.position())).await;
    let mut slots = Vec::new();
    while slots.last() != Some(&40) {
        match back.next().await.unwrap() {
            Item::Event(event) => slots.push(event.sequence()),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(slots[0], slow.position().sequence() + 1);
    assert!(slots.windows(2).all(|two| two[1] == two[0] + 1));
}

/// There are so many clients at a time in all, and when the gateway ends, each is told so.
#[tokio::test]
async fn clients_are_limited_and_told_when_the_gateway_ends() {
    let database = crate::support::Database::sqlite();
    let (storage, _writer) = database.open().await;
    let config = with_events(EventsConfig {
        subscriptions: 2,
        ..EventsConfig::default()
    });
    let gateway = Gateway::start_with(&storage, config).await;
    let url = format!("{}/v1/events", gateway.url);
    let mut first = EventSource::open(&url, None).await;
    let second = EventSource::open(&url, None).await;
    let refused = request(&url, None).await;
    assert_eq!(refused.headers()["retry-after"], "10");
    assert_eq!(refusal(refused).await, (503, "busy".to_owned()));
    drop(second);
    until("a place is free", || gateway.events.subscriptions() == 1).await;
    let mut third = EventSource::open(&url, None).await;
    gateway.events.close();
    let config = with_events(EventsConfig {
        subscriptions_per_address: 1,
        ..EventsConfig::default()
    });
    let strict = Gateway::start_with(&storage, config).await;
    let strict_url = format!("{}/v1/events", strict.url);
    let _only = EventSource::open(&strict_url, None).await;
    let refused = refusal(request(&strict_url, None).await).await;
    assert_eq!(refused, (429, "too_many_clients".to_owned()));
    for source in [&mut first, &mut third] {
        let end = source.event().await;
        assert_eq!(end.event.as_deref(), Some("end"));
        assert_eq!(end.json()["reason"], "shutting_down");
        assert_eq!(source.part().await, None);
    }
}

/// 10,000 clients in turn, each gone without a word, leave nothing behind.
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_clients_in_turn_leave_nothing_behind() {
    const CLIENTS: usize = 10_000;
    const AT_A_TIME: usize = 20;
    let database = crate::support::Database::sqlite();
    let (storage, _writer) = database.open().await;
    let config = with_events(EventsConfig {
        subscriptions_per_address: AT_A_TIME * 4,
        ..EventsConfig::default()
    });
    let gateway = Gateway::start_with(&storage, config).await;
    let host = gateway.url.strip_prefix("http://").unwrap().to_owned();
    let mut clients = Vec::new();
    for _ in 0..AT_A_TIME {
        let host = host.clone();
        clients.push(tokio::spawn(async move {
            for _ in 0..CLIENTS / AT_A_TIME {
                let mut stream = TcpStream::connect(&host).await.unwrap();
                let request = format!("GET /v1/events HTTP/1.1\r\nhost: {host}\r\n\r\n");
                stream.write_all(request.as_bytes()).await.unwrap();
                let mut answer = Vec::new();
                while !answer.windows(4).any(|bytes| bytes == b"\nid:") {
                    let mut some = [0; 1024];
                    let read = stream.read(&mut some).await.unwrap();
                    assert_ne!(read, 0, "{}", String::from_utf8_lossy(&answer));
                    answer.extend_from_slice(&some[..read]);
                }
            }
        }));
    }
    for client in clients {
        client.await.unwrap();
    }
    until("all places are free", || {
        gateway.events.subscriptions() == 0
    })
    .await;
    assert!(open_sockets() < CLIENTS / 10);
}

/// Sockets that this process has open.
fn open_sockets() -> usize {
    let files = std::fs::read_dir("/proc/self/fd").unwrap();
    let targets = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
    let sockets = targets.filter(|target| target.to_string_lossy().starts_with("socket:"));
    sockets.count()
}
