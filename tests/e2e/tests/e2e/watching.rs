//! Watching while a node restarts.

use std::{collections::BTreeMap, time::Duration};

use futures::StreamExt;
use generion_client::{
    Filter, Watchable, Watched,
    accounts::{OrderAccount, PurchaseAccount, RecordAccount},
};
use generion_e2e::{Market, Onlooker};
use solana_address::Address;
use solana_signer::Signer;
use url::Url;

/// The reports of a watcher until it has reported a number of accounts, and for a moment longer.
async fn told<T: Watchable>(
    onlooker: &Onlooker,
    websocket: &Url,
    filters: &[Filter],
    count: usize,
) -> (BTreeMap<Address, usize>, usize) {
    let mut stream = onlooker.ledger.watch::<T>(websocket, filters);
    let (mut times, mut lost) = (BTreeMap::new(), 0);
    loop {
        let patience = match times.len() < count {
            true => Duration::from_secs(120),
            // Whatever is told twice is told again after a reconnect, and there was one.
            false => Duration::from_secs(3),
        };
        match tokio::time::timeout(patience, stream.next()).await {
            Ok(Some(Watched::New(account))) => *times.entry(account.address).or_default() += 1,
            Ok(Some(Watched::Lost { .. })) => lost += 1,
            Ok(Some(Watched::CaughtUp)) => {}
            Ok(Some(_)) => panic!("an event that this test does not know"),
            Ok(None) => panic!("a watcher ended"),
            Err(_) if times.len() >= count => return (times, lost),
            Err(_) => panic!("{} of {count} were told", times.len()),
        }
    }
}

/// A watching command reports each change once, also over a restart of its node.
#[test]
fn everything_is_told_once_over_a_restart() {
    let mut market = Market::open();
    let websocket: Url = market.ws_url.parse().unwrap();
    let seller = market.seller.pubkey();
    // Before anybody watches.
    let before = market.order(&market.records(1), 10_000_000);
    let buyers = market.buyers(2);
    market.buy(&before, &buyers[..1]);

    let other = Market::beside(&market);
    let watching = std::thread::spawn(move || {
        let of_seller = [Filter::purchase_seller(seller)];
        let to_owner = [Filter::record_owner(seller)];
        other.runtime.block_on(async {
            tokio::join!(
                told::<OrderAccount>(&other, &websocket, &[], 2),
                told::<PurchaseAccount>(&other, &websocket, &of_seller, 3),
                told::<RecordAccount>(&other, &websocket, &to_owner, 2),
            )
        })
    });
    // While there is a connection.
    let records = market.records(1);
    market.stop_node();
    market.start_node();
    // While there is perhaps none.
    let after = market.order(&records, 10_000_000);
    market.buy(&before, &buyers[1..]);
    market.buy(&after, &buyers[..1]);

    let (orders, purchases, records) = watching.join().expect("all is told");
    for ((times, lost), count) in [(orders, 2), (purchases, 3), (records, 2)] {
        assert!(lost > 0, "the connection was never lost");
        assert_eq!(times.len(), count);
        assert!(
            times.values().all(|times| *times == 1),
            "told twice: {times:?}"
        );
    }
}
