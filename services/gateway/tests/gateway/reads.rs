//! Reads over HTTP, beside what the accounts themselves say.

use std::{collections::BTreeMap, sync::LazyLock};

use base64::{Engine, prelude::BASE64_STANDARD};
use generion::state::{Share, User};
use generion_gateway::storage::{Progress, Storage, Update, Writer, Written};
use generion_interface::{
    Addresses,
    accounts::{LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount},
};
use generion_synthetic_ledger::{FIRST_TIME, Size, SyntheticAccount, SyntheticLedger, TIME_SPAN};
use serde_json::Value;
use solana_address::Address;

use crate::support::{Database, gateway::Gateway, indexed, on_both_databases, present};

const SIZE: Size = Size {
    users: 8,
    records: 120,
    orders: 60,
    purchases: 40,
    shares: 40,
};
const MIDDLE: i64 = FIRST_TIME + TIME_SPAN / 2;
/// The slot of all accounts.
const SLOT: u64 = 5;

fn ledger() -> SyntheticLedger {
    SyntheticLedger::new(SIZE, 7)
}

static ACCOUNTS: LazyLock<Vec<SyntheticAccount>> = LazyLock::new(|| ledger().accounts().collect());

/// All accounts of a kind with their addresses.
fn all<A: LedgerAccount>() -> Vec<(Address, A)> {
    let addresses = Addresses::default();
    let read = |account: &SyntheticAccount| {
        let program = &addresses.program_id;
        let read = A::read(&addresses, &account.address, program, &account.data).ok()?;
        Some((account.address, read))
    };
    ACCOUNTS.iter().filter_map(read).collect()
}

/// An index of the whole ledger, final up to a slot.
async fn filled(database: &Database, finalized_slot: u64) -> (Storage, Writer) {
    let (storage, mut writer) = database.open().await;
    let accounts = ledger().accounts();
    let update = Update {
        accounts: accounts.map(|account| present(account, SLOT)).collect(),
        progress: Some(Progress {
            snapshot_slot: SLOT,
            followed_slot: SLOT,
            finalized_slot,
            ..Progress::default()
        }),
        ..Update::default()
    };
    writer.update(update).await.unwrap();
    (storage, writer)
}

/// A list from its first page to its last.
async fn whole(gateway: &Gateway, path: &str) -> Vec<Value> {
    let joint = if path.contains('?') { '&' } else { '?' };
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = gateway
            .json(&format!("{path}{joint}limit=17{cursor}"))
            .await;
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

/// Compares a list, page by page and in both orders, with what `keep` keeps of all accounts, sorted by `value`.
async fn check<A: LedgerAccount>(
    gateway: &Gateway,
    path: &str,
    value: impl Fn(&A) -> i64,
    keep: impl Fn(&A) -> bool,
) {
    let kept = all::<A>().into_iter().filter(|(_, account)| keep(account));
    let mut expected: Vec<_> = kept
        .map(|(address, account)| (value(&account), address.to_bytes()))
        .collect();
    assert!(!expected.is_empty(), "{path} shows nothing");
    expected.sort_unstable();
    for order in ["ascending", "descending"] {
        let joint = if path.contains('?') { '&' } else { '?' };
        let listed = whole(gateway, &format!("{path}{joint}order={order}")).await;
        let address = |item: &Value| item["address"].as_str().unwrap().to_owned();
        let listed: Vec<_> = listed.iter().map(address).collect();
        let addresses = expected
            .iter()
            .map(|(_, address)| Address::from(*address).to_string());
        assert_eq!(listed, addresses.collect::<Vec<_>>(), "{path} {order}");
        expected.reverse();
    }
}

on_both_databases! {
    /// Every filter of every list over HTTP shows what a filter over all accounts keeps, in both orders.
    async fn lists_are_what_a_filter_over_all_accounts_keeps(database: Database) {
        let (storage, _writer) = filled(&database, 0).await;
        let gateway = Gateway::start(&storage).await;
        let g = &gateway;

        check::<User>(g, "/v1/users", |_| 0, |_| true).await;

        let records = all::<RecordAccount>();
        let (owner, creator) = (records[0].1.state.owner, records[1].1.state.creator);
        let time = |record: &RecordAccount| record.state.created_at;
        check(g, "/v1/records", time, |_| true).await;
        check(g, &format!("/v1/records?owner={owner}"), time, |r| r.state.owner == owner).await;
        check(g, &format!("/v1/users/{owner}/records"), time, |r| r.state.owner == owner).await;
        check(g, &format!("/v1/records?creator={creator}"), time, |r| r.state.creator == creator).await;
        check(g, "/v1/records?verified=true", time, |r| r.state.is_verified()).await;
        check(g, "/v1/records?verified=false", time, |r| !r.state.is_verified()).await;
        check(g, "/v1/records?self_issued=false", time, |r| !r.state.is_self_issued()).await;
        check(g, &format!("/v1/records?created_from={MIDDLE}"), time, |r| r.state.created_at >= MIDDLE).await;
        check(g, &format!("/v1/records?verified=true&created_before={MIDDLE}"), time,
            |r| r.state.is_verified() && r.state.created_at < MIDDLE).await;

        let orders = all::<OrderAccount>();
        let (seller, record) = (orders[0].1.state.seller, orders[0].1.records[0]);
        let label = orders[0].1.state.label().to_owned();
        let only = orders.iter().find_map(|(_, order)| order.state.only_buyer().copied()).unwrap();
        let (from, up_to) = (200_000_000, 600_000_000);
        let time = |order: &OrderAccount| order.state.created_at;
        let price = |order: &OrderAccount| order.state.price.try_into().unwrap();
        check(g, "/v1/orders", time, |_| true).await;
        check(g, "/v1/orders?sort=price", price, |_| true).await;
        check(g, &format!("/v1/orders?seller={seller}&sort=price"), price, |o| o.state.seller == seller).await;
        check(g, &format!("/v1/orders?label={label}"), time, |o| o.state.label() == label).await;
        check(g, "/v1/orders?open=true", time, |o| o.state.is_open()).await;
        check(g, &format!("/v1/orders?only_buyer={only}"), time, |o| o.state.only_buyer() == Some(&only)).await;
        check(g, "/v1/orders?has_only_buyer=false", time, |o| o.state.only_buyer().is_none()).await;
        check(g, &format!("/v1/orders?price_from={from}&price_up_to={up_to}"), price,
            |o| (from..=up_to).contains(&o.state.price)).await;
        let count = |order: &OrderAccount| order.records.len().try_into().unwrap();
        check(g, "/v1/orders?records_from=5", count, |o| o.records.len() >= 5).await;
        check(g, "/v1/orders?sort=records&open=true", count, |o| o.state.is_open()).await;
        check(g, &format!("/v1/orders?seller={seller}&records_from=2&sort=time"), time,
            |o| o.state.seller == seller && o.records.len() >= 2).await;
        check(g, &format!("/v1/orders?record={record}"), time, |o| o.records.contains(&record)).await;
        check(g, &format!("/v1/orders?created_from={MIDDLE}"), time, |o| o.state.created_at >= MIDDLE).await;
        check(g, &format!("/v1/orders?created_before={MIDDLE}"), time, |o| o.state.created_at < MIDDLE).await;

        let purchase = all::<PurchaseAccount>()[0].1.state;
        let deadline = |purchase: &PurchaseAccount| purchase.state.deadline;
        check(g, "/v1/purchases", deadline, |_| true).await;
        check(g, &format!("/v1/purchases?of_order={}", purchase.order), deadline,
            |p| p.state.order == purchase.order).await;
        check(g, &format!("/v1/purchases?seller={}", purchase.seller), deadline,
            |p| p.state.seller == purchase.seller).await;
        check(g, &format!("/v1/purchases?buyer={}&sort=price", purchase.buyer),
            |p: &PurchaseAccount| p.state.price.try_into().unwrap(), |p| p.state.buyer == purchase.buyer).await;
        check(g, "/v1/purchases?state=pending", deadline, |p| p.state.is_pending()).await;
        check(g, "/v1/purchases?state=locked", deadline, |p| p.state.is_locked()).await;
        check(g, "/v1/purchases?state=settled", deadline, |p| p.state.is_settled()).await;
        check(g, &format!("/v1/purchases?price_up_to={up_to}"),
            |p: &PurchaseAccount| p.state.price.try_into().unwrap(), |p| p.state.price <= up_to).await;
        check(g, &format!("/v1/purchases?deadline_from={MIDDLE}"), deadline, |p| p.state.deadline >= MIDDLE).await;

        let share = all::<Share>()[0].1;
        let time = |share: &Share| share.created_at;
        check(g, "/v1/shares", time, |_| true).await;
        check(g, &format!("/v1/shares?record={}", share.record), time, |s| s.record == share.record).await;
        check(g, &format!("/v1/shares?owner={}", share.owner), time, |s| s.owner == share.owner).await;
        check(g, &format!("/v1/shares?recipient={}", share.recipient), time, |s| s.recipient == share.recipient).await;
        check(g, &format!("/v1/shares?owner={}&unexpired_at={MIDDLE}", share.owner), time,
            |s| s.owner == share.owner && (s.expires_at == 0 || s.expires_at > MIDDLE)).await;

        for (addresses, list) in [
            ("/v1/records/addresses?verified=true", "/v1/records?verified=true"),
            ("/v1/orders/addresses?sort=price", "/v1/orders?sort=price"),
            (&*format!("/v1/users/{owner}/records/addresses"), &*format!("/v1/users/{owner}/records")),
        ] {
            let listed = whole(g, list).await.into_iter().map(|mut item| item["address"].take());
            assert_eq!(whole(g, addresses).await, listed.collect::<Vec<_>>());
        }
    }

    /// Each kind of account is shown by its address, with the whole account, which decodes to what is said of it.
    async fn an_account_is_shown_with_what_it_takes_to_check_it(database: Database) {
        let (storage, _writer) = filled(&database, SLOT).await;
        let gateway = Gateway::start(&storage).await;
        let addresses = Addresses::default();
        let (address, user) = all::<User>()[0];
        let mut shown = BTreeMap::from([("/v1/users/", (user.wallet, address))]);
        let first = |address: Address| (address, address);
        shown.insert("/v1/records/", first(all::<RecordAccount>()[0].0));
        shown.insert("/v1/orders/", first(all::<OrderAccount>()[0].0));
        shown.insert("/v1/purchases/", first(all::<PurchaseAccount>()[0].0));
        shown.insert("/v1/shares/", first(all::<Share>()[0].0));
        for (path, (asked, address)) in shown {
            let answer = gateway.json(&format!("{path}{asked}")).await;
            let account = ACCOUNTS.iter().find(|account| account.address == address).unwrap();
            assert_eq!(answer["address"], address.to_string());
            assert_eq!(answer["data"], BASE64_STANDARD.encode(&account.data));
            assert_eq!(answer["lamports"], account.lamports.to_string());
            assert_eq!(answer["slot"], SLOT.to_string());
            assert_eq!(answer["commitment"], "finalized");
            assert_eq!(answer["signature"], Value::Null);
            let nobody = Address::new_from_array([1; 32]);
            let missing = gateway.refusal(&format!("{path}{nobody}")).await;
            assert_eq!(missing, (404, "not_found".into()), "{path}");
            assert_eq!(gateway.refusal(&format!("{path}x")).await, (400, "invalid_path".into()), "{path}");
        }
        let key = gateway.json(&format!("/v1/users/{}/key", user.wallet)).await;
        assert_eq!(key["encryption_key"], hex::encode(user.encryption_key));
        assert_eq!(key["attestation"], solana_signature::Signature::from(user.attestation).to_string());
        assert_eq!(addresses.user(&user.wallet).to_string(), key["address"].as_str().unwrap());
    }

    /// Several accounts come in the order in which they were asked for, and those that are not there are named.
    async fn several_accounts_are_read_at_once(database: Database) {
        let (storage, _writer) = filled(&database, 0).await;
        let gateway = Gateway::start(&storage).await;
        let records = all::<RecordAccount>();
        let (first, second) = (records[3].0, records[1].0);
        let nobody = Address::new_from_array([1; 32]);
        let answer = gateway.json(&format!("/v1/records/several?addresses={first},{nobody},{second}")).await;
        let shown: Vec<_> = answer["items"].as_array().unwrap().iter().map(|item| &item["address"]).collect();
        assert_eq!(shown, [&first.to_string(), &second.to_string()]);
        assert_eq!(answer["missing"], serde_json::json!([nobody.to_string()]));
        let order = all::<OrderAccount>()[0].0;
        let answer = gateway.json(&format!("/v1/orders/several?addresses={order}")).await;
        assert_eq!(answer["items"][0]["address"], order.to_string());
        let many = vec![nobody.to_string(); 101].join(",");
        for refused in ["", "x", &many] {
            let path = format!("/v1/records/several?addresses={refused}");
            assert_eq!(gateway.refusal(&path).await, (400, "invalid_query".into()));
        }
    }

    /// What the nodes disagree on is neither listed nor shown as a fact.
    async fn a_disputed_account_is_not_served_as_fact(database: Database) {
        let (storage, mut writer) = filled(&database, 0).await;
        let record = ledger().record(0);
        let disputed = Written::Present { account: indexed(record.clone(), SLOT + 1), signature: None, disputed: true };
        writer.write(vec![disputed]).await.unwrap();
        let gateway = Gateway::start(&storage).await;
        let refused = gateway.refusal(&format!("/v1/records/{}", record.address)).await;
        assert_eq!(refused, (409, "disputed".into()));
        let listed = whole(&gateway, "/v1/records").await;
        assert_eq!(listed.len() as u64, SIZE.records - 1);
        let several = gateway.json(&format!("/v1/records/several?addresses={}", record.address)).await;
        assert_eq!(several["disputed"], serde_json::json!([record.address.to_string()]));
        assert_eq!(several["items"], serde_json::json!([]));
    }

    /// A cursor is taken for its own list alone, and while rows come and go.
    async fn made_up_cursors_are_refused_by_their_code(database: Database) {
        let (storage, mut writer) = filled(&database, 0).await;
        let gateway = Gateway::start(&storage).await;
        let page = gateway.json("/v1/records?limit=5").await;
        let cursor = page["next"].as_str().unwrap();
        let next = gateway.json(&format!("/v1/records?limit=5&cursor={cursor}")).await;
        let gone = page["items"][4]["address"].as_str().unwrap().parse().unwrap();
        writer.write(vec![Written::Closed { address: gone, slot: SLOT + 1 }]).await.unwrap();
        let again = gateway.json(&format!("/v1/records?limit=5&cursor={cursor}")).await;
        assert_eq!(again, next);
        let nobody = Address::new_from_array([1; 32]);
        for path in [
            format!("/v1/records?verified=true&cursor={cursor}"),
            format!("/v1/records?order=ascending&cursor={cursor}"),
            format!("/v1/shares?cursor={cursor}"),
            format!("/v1/orders/addresses?cursor={cursor}"),
            format!("/v1/history/{nobody}?cursor={cursor}"),
            format!("/v1/settlements?cursor={cursor}"),
            format!("/v1/records?cursor={cursor}A"),
            "/v1/records?cursor=".to_owned(),
            "/v1/users?cursor=AAAA".to_owned(),
            format!("/v1/users?cursor={}", "A".repeat(4_000)),
            "/v1/users?cursor=%00%ff%F0%9F%A6%80".to_owned(),
        ] {
            assert_eq!(gateway.refusal(&path).await, (400, "invalid_cursor".into()), "{path}");
        }
    }

    /// Parameters that are unknown, out of range or no values at all are refused, and never reach the database.
    async fn parameters_that_make_no_sense_are_refused(database: Database) {
        let (storage, _writer) = database.open().await;
        let gateway = Gateway::start(&storage).await;
        for query in [
            "records?limit=0", "records?limit=201", "records?limit=-1", "records?limit=x", "records?owner=x",
            "records?verified=1", "records?created_from=1.5", "records?created_from=9223372036854775808",
            "records?page=2", "records?order=up", "orders?price_from=-1", "orders?price_from=18446744073709551616",
            "orders?records_from=256", "orders?sort=label", "purchases?state=open", "shares?expired=true",
            "records?limit=1&limit=2", "history/11111111111111111111111111111111?kind=x", "deliveries?address=x",
            "statistics/records-by-month?limit=1000",
        ] {
            assert_eq!(gateway.refusal(&format!("/v1/{query}")).await, (400, "invalid_query".into()), "{query}");
        }
        assert_eq!(gateway.refusal("/v1/statistics/x").await, (404, "not_found".into()));
        // The greatest numbers that are numbers are taken.
        gateway.json("/v1/orders?price_from=18446744073709551615").await;
        gateway.json("/v1/orders?created_from=-9223372036854775808").await;
    }

    /// A bound on something else than the sort is refused where the list grows with the ledger, and taken where it does not.
    async fn bounds_go_with_the_sort(database: Database) {
        let (storage, _writer) = filled(&database, 0).await;
        let gateway = Gateway::start(&storage).await;
        for query in [
            "orders?price_from=1&created_from=1", "orders?price_up_to=1&sort=time", "orders?records_from=2&sort=price",
            "orders/addresses?created_before=5&sort=price", "orders?label=x&records_from=2&price_from=1",
            "purchases?price_from=1&sort=deadline", "purchases?deadline_before=5&sort=price&state=locked",
            "shares?unexpired_at=5",
        ] {
            assert_eq!(gateway.refusal(&format!("/v1/{query}")).await, (400, "unsorted_bound".into()), "{query}");
        }
        let one = solana_address::Address::new_from_array([7; 32]);
        for query in [
            format!("orders?seller={one}&price_from=1&created_from=1&records_from=2"),
            format!("orders?record={one}&price_from=1&sort=time"), format!("orders?only_buyer={one}&records_from=2&sort=price"),
            format!("purchases?buyer={one}&price_from=1&sort=deadline"), format!("shares?record={one}&unexpired_at=5"),
        ] {
            gateway.json(&format!("/v1/{query}")).await;
        }
    }
}
