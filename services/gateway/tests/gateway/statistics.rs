//! Statistics over HTTP, beside the sums of the accounts themselves.

use std::collections::BTreeMap;

use generion_gateway::storage::{Writer, Written};
use generion_interface::{
    Addresses,
    accounts::{LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount},
};
use generion_synthetic_ledger::{Size, SyntheticAccount, SyntheticLedger};

use crate::support::{gateway::Gateway, indexed, on_both_databases, present};

const SIZE: Size = Size {
    users: 4,
    records: 80,
    orders: 60,
    purchases: 40,
    shares: 0,
};

/// Count, marked and sum of prices by key.
type Sums = BTreeMap<String, (u64, u64, u128)>;

fn add(sums: &mut Sums, key: String, marked: bool, price: u64) {
    let sum = sums.entry(key).or_default();
    *sum = (
        sum.0 + 1,
        sum.1 + u64::from(marked),
        sum.2 + u128::from(price),
    );
}

fn decoded<A: LedgerAccount>(account: &SyntheticAccount) -> Option<A> {
    let program = Addresses::default().program_id;
    A::decode(&program, &program, &account.data).ok()
}

/// The sums of some accounts, by topic.
fn sums(accounts: &[SyntheticAccount]) -> BTreeMap<&'static str, Sums> {
    let mut topics: BTreeMap<&'static str, Sums> = BTreeMap::new();
    for account in accounts {
        if let Some(record) = decoded::<RecordAccount>(account) {
            let state = record.state;
            let creator = topics.entry("records-by-creator").or_default();
            add(creator, state.creator.to_string(), state.is_verified(), 0);
        }
        if let Some(order) = decoded::<OrderAccount>(account) {
            let (state, open) = (order.state, order.state.is_open());
            let label = topics.entry("orders-by-label").or_default();
            add(label, state.label().to_owned(), open, state.price);
            let price = topics.entry("orders-by-price").or_default();
            add(
                price,
                state.price.to_string().len().to_string(),
                open,
                state.price,
            );
        }
        if let Some(purchase) = decoded::<PurchaseAccount>(account) {
            let state = purchase.state;
            let price = topics.entry("purchases-by-price").or_default();
            add(
                price,
                state.price.to_string().len().to_string(),
                state.is_settled(),
                state.price,
            );
        }
    }
    topics
}

async fn shown(gateway: &Gateway, topic: &str) -> Sums {
    let answer = gateway
        .json(&format!("/v1/statistics/{topic}?limit=200"))
        .await;
    let number = |value: &serde_json::Value| value.as_str().unwrap().parse::<u128>().unwrap();
    let items = answer["items"].as_array().unwrap().iter();
    items
        .map(|item| {
            let count = (
                number(&item["count"]).try_into().unwrap(),
                number(&item["marked"]).try_into().unwrap(),
            );
            (
                item["key"].as_str().unwrap().to_owned(),
                (count.0, count.1, number(&item["price_lamports"])),
            )
        })
        .collect()
}

async fn check(gateway: &Gateway, accounts: &[SyntheticAccount]) {
    for (topic, expected) in sums(accounts) {
        assert_eq!(shown(gateway, topic).await, expected, "{topic}");
    }
    let records = accounts
        .iter()
        .filter(|one| decoded::<RecordAccount>(one).is_some())
        .count();
    let by_month = shown(gateway, "records-by-month").await;
    assert_eq!(
        by_month.values().map(|sum| sum.0).sum::<u64>() as usize,
        records
    );
    assert!(
        by_month
            .keys()
            .all(|month| month.len() == 7 && ("2024-01"..="2026-12").contains(&month.as_str()))
    );
    let orders = shown(gateway, "orders-by-month").await;
    assert_eq!(
        orders.values().map(|sum| sum.2).sum::<u128>(),
        sums(accounts)["orders-by-price"]
            .values()
            .map(|sum| sum.2)
            .sum()
    );
}

async fn write(writer: &mut Writer, accounts: &[SyntheticAccount], slot: u64) {
    let written = accounts
        .iter()
        .cloned()
        .map(|account| present(account, slot));
    writer.write(written.collect()).await.unwrap();
}

on_both_databases! {
    /// Counts and sums are those of the accounts, also after accounts were written again, were closed, or became disputed.
    async fn statistics_are_the_sums_of_the_accounts(database: Database) {
        let (storage, mut writer) = database.open().await;
        let mut accounts: Vec<_> = SyntheticLedger::new(SIZE, 7).accounts().collect();
        let gateway = Gateway::start(&storage).await;
        write(&mut writer, &accounts, 5).await;
        check(&gateway, &accounts).await;
        write(&mut writer, &accounts, 6).await;
        check(&gateway, &accounts).await;
        let gone = accounts.split_off(accounts.len() / 2);
        let (closed, disputed) = gone.split_at(gone.len() / 2);
        let closed = closed.iter().map(|account| Written::Closed { address: account.address, slot: 7 });
        writer.write(closed.collect()).await.unwrap();
        let disputed = disputed.iter().cloned().map(|account| Written::Present {
            account: indexed(account, 7), signature: None, disputed: true,
        });
        writer.write(disputed.collect()).await.unwrap();
        check(&gateway, &accounts).await;
    }
}
