//! Lists, page by page, beside the same lists made from the accounts themselves.

use std::{collections::HashSet, sync::LazyLock};

use generion::state::Share;
use generion_gateway::storage::{
    AccountKind, List, ListFilter, OrderFilter, PurchaseFilter, RecordFilter, ShareFilter, Sort,
    Storage, StoredAccount,
};
use generion_interface::{
    Addresses,
    accounts::{LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount},
};
use generion_synthetic_ledger::{FIRST_TIME, Size, SyntheticAccount, SyntheticLedger, TIME_SPAN};
use solana_address::Address;

use crate::support::{on_both_databases, present};

const SIZE: Size = Size {
    users: 12,
    records: 300,
    orders: 120,
    purchases: 80,
    shares: 90,
};
const PAGE: u32 = 23;
const MIDDLE: i64 = FIRST_TIME + TIME_SPAN / 2;

fn ledger() -> SyntheticLedger {
    SyntheticLedger::new(SIZE, 7)
}

static ACCOUNTS: LazyLock<Vec<SyntheticAccount>> = LazyLock::new(|| ledger().accounts().collect());

/// A list from its first page to its last.
async fn whole(storage: &Storage, list: &List) -> Vec<StoredAccount> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = storage.page(list, after.as_ref(), PAGE).await.unwrap();
        let full = usize::try_from(PAGE).unwrap();
        assert!(page.rows.len() == full || page.next.is_none());
        rows.extend(page.rows);
        match page.next {
            Some(next) => after = Some(next),
            None => return rows,
        }
    }
}

/// An order of a list, and the value that it compares.
type SortedBy<A> = (Sort, fn(&A) -> i64);

/// A decoded account with its address.
struct Expected<A> {
    address: Address,
    account: A,
}

fn all<A: LedgerAccount>() -> Vec<Expected<A>> {
    let addresses = Addresses::default();
    let read = |SyntheticAccount { address, data, .. }: SyntheticAccount| {
        let account = A::read(&addresses, &address, &addresses.program_id, &data).ok()?;
        Some(Expected { address, account })
    };
    ACCOUNTS.iter().cloned().filter_map(read).collect()
}

/// Compares every page of a list, in every order that it has, with what `keep` keeps of all accounts.
async fn check<A: LedgerAccount>(
    storage: &Storage,
    filter: ListFilter,
    sorts: &[SortedBy<A>],
    keep: impl Fn(&A) -> bool,
) {
    for (sort, value) in sorts {
        for descending in [false, true] {
            let mut expected: Vec<_> = all::<A>()
                .into_iter()
                .filter(|one| keep(&one.account))
                .map(|one| (value(&one.account), one.address.to_bytes()))
                .collect();
            expected.sort_unstable();
            if descending {
                expected.reverse();
            }
            let list = List {
                filter: filter.clone(),
                sort: *sort,
                descending,
            };
            let listed = whole(storage, &list).await;
            let listed: Vec<_> = listed.iter().map(|row| row.address.to_bytes()).collect();
            let expected: Vec<_> = expected.into_iter().map(|(_, address)| address).collect();
            assert!(!expected.is_empty(), "{list:?} shows nothing");
            assert_eq!(listed, expected, "{list:?}");
        }
    }
}

const RECORD_SORTS: [SortedBy<RecordAccount>; 2] = [
    (Sort::Time, |record| record.state.created_at),
    (Sort::Address, |_| 0),
];
const ORDER_SORTS: [SortedBy<OrderAccount>; 4] = [
    (Sort::Time, |order| order.state.created_at),
    (Sort::Price, |order| order.state.price as i64),
    (Sort::Records, |order| order.records.len() as i64),
    (Sort::Address, |_| 0),
];
const PURCHASE_SORTS: [SortedBy<PurchaseAccount>; 2] = [
    (Sort::Time, |purchase| purchase.state.deadline),
    (Sort::Price, |purchase| purchase.state.price as i64),
];
const SHARE_SORTS: [SortedBy<Share>; 1] = [(Sort::Time, |share| share.created_at)];

on_both_databases! {
    /// Every filter by itself, and some together, in every order.
    async fn pages_together_are_what_the_filter_keeps(database: Database) {
        let (storage, mut writer) = database.open().await;
        let accounts = ledger().accounts().map(|account| present(account, 5)).collect();
        assert_eq!(writer.write(accounts).await.unwrap() as u64, SIZE.total());

        let users = List { filter: ListFilter::Users, sort: Sort::Address, descending: false };
        let listed: HashSet<_> = whole(&storage, &users).await.iter().map(|row| row.address).collect();
        let expected = (0..SIZE.users).map(|index| ledger().user(index).address).collect();
        assert_eq!(listed, expected);

        let some_record = |index| {
            let data = ledger().record(index).data;
            RecordAccount::decode(&Addresses::default().program_id, &Addresses::default().program_id, &data).unwrap()
        };
        let (owner, creator) = (some_record(0).state.owner, some_record(1).state.creator);
        let filter = |filter| ListFilter::Records(filter);
        check(&storage, filter(RecordFilter::default()), &RECORD_SORTS, |_| true).await;
        check(&storage, filter(RecordFilter { owner: Some(owner), ..Default::default() }), &RECORD_SORTS,
            |record| record.state.owner == owner).await;
        check(&storage, filter(RecordFilter { creator: Some(creator), ..Default::default() }), &RECORD_SORTS,
            |record| record.state.creator == creator).await;
        for flag in [false, true] {
            check(&storage, filter(RecordFilter { verified: Some(flag), ..Default::default() }), &RECORD_SORTS,
                |record| (record.state.verified == 1) == flag).await;
            check(&storage, filter(RecordFilter { self_issued: Some(flag), ..Default::default() }), &RECORD_SORTS,
                |record| (record.state.owner == record.state.creator) == flag).await;
        }
        check(&storage, filter(RecordFilter { created_from: Some(MIDDLE), ..Default::default() }), &RECORD_SORTS,
            |record| record.state.created_at >= MIDDLE).await;
        check(&storage, filter(RecordFilter {
            owner: Some(owner), verified: Some(true), created_before: Some(MIDDLE), ..Default::default()
        }), &RECORD_SORTS, |record| {
            record.state.owner == owner && record.state.verified == 1 && record.state.created_at < MIDDLE
        }).await;

        let orders = all::<OrderAccount>();
        let label = SyntheticLedger::label(3);
        let (seller, record) = (orders[0].account.state.seller, orders[0].account.records[0]);
        let only = orders.iter().map(|one| one.account.state.only_buyer);
        let only = only.into_iter().find(|buyer| *buyer != Address::default()).unwrap();
        let filter = |filter| ListFilter::Orders(filter);
        let is_labelled = |order: &OrderAccount| order.state.label.starts_with(label.as_bytes())
            && order.state.label[label.len()] == 0;
        check(&storage, filter(OrderFilter::default()), &ORDER_SORTS, |_| true).await;
        check(&storage, filter(OrderFilter { seller: Some(seller), ..Default::default() }), &ORDER_SORTS,
            |order| order.state.seller == seller).await;
        check(&storage, filter(OrderFilter { label: Some(label.clone()), ..Default::default() }), &ORDER_SORTS, is_labelled).await;
        check(&storage, filter(OrderFilter { only_buyer: Some(only), ..Default::default() }), &ORDER_SORTS,
            |order| order.state.only_buyer == only).await;
        for flag in [false, true] {
            check(&storage, filter(OrderFilter { open: Some(flag), ..Default::default() }), &ORDER_SORTS,
                |order| (order.state.open == 1) == flag).await;
            check(&storage, filter(OrderFilter { has_only_buyer: Some(flag), ..Default::default() }), &ORDER_SORTS,
                |order| (order.state.only_buyer != Address::default()) == flag).await;
        }
        check(&storage, filter(OrderFilter {
            price_from: Some(200_000_000), price_up_to: Some(600_000_000), ..Default::default()
        }), &ORDER_SORTS, |order| (200_000_000..=600_000_000).contains(&order.state.price)).await;
        check(&storage, filter(OrderFilter { records_from: Some(5), ..Default::default() }), &ORDER_SORTS,
            |order| order.records.len() >= 5).await;
        check(&storage, filter(OrderFilter { record: Some(record), ..Default::default() }), &ORDER_SORTS,
            |order| order.records.contains(&record)).await;

        let purchase = &all::<PurchaseAccount>()[0].account.state;
        let filter = |filter| ListFilter::Purchases(filter);
        check(&storage, filter(PurchaseFilter::default()), &PURCHASE_SORTS, |_| true).await;
        check(&storage, filter(PurchaseFilter { order: Some(purchase.order), ..Default::default() }), &PURCHASE_SORTS,
            |one| one.state.order == purchase.order).await;
        check(&storage, filter(PurchaseFilter { seller: Some(purchase.seller), ..Default::default() }), &PURCHASE_SORTS,
            |one| one.state.seller == purchase.seller).await;
        check(&storage, filter(PurchaseFilter { buyer: Some(purchase.buyer), ..Default::default() }), &PURCHASE_SORTS,
            |one| one.state.buyer == purchase.buyer).await;
        for status in 0..3 {
            check(&storage, filter(PurchaseFilter { status: Some(status), ..Default::default() }), &PURCHASE_SORTS,
                |one| one.state.status == status).await;
        }
        check(&storage, filter(PurchaseFilter {
            price_up_to: Some(500_000_000), deadline_from: Some(MIDDLE), ..Default::default()
        }), &PURCHASE_SORTS, |one| one.state.price <= 500_000_000 && one.state.deadline >= MIDDLE).await;

        let share = all::<Share>()[0].account;
        let filter = |filter| ListFilter::Shares(filter);
        check(&storage, filter(ShareFilter::default()), &SHARE_SORTS, |_| true).await;
        check(&storage, filter(ShareFilter { record: Some(share.record), ..Default::default() }), &SHARE_SORTS,
            |one| one.record == share.record).await;
        check(&storage, filter(ShareFilter { owner: Some(share.owner), ..Default::default() }), &SHARE_SORTS,
            |one| one.owner == share.owner).await;
        check(&storage, filter(ShareFilter { recipient: Some(share.recipient), ..Default::default() }), &SHARE_SORTS,
            |one| one.recipient == share.recipient).await;
        check(&storage, filter(ShareFilter { unexpired_at: Some(MIDDLE), ..Default::default() }), &SHARE_SORTS,
            |one| one.expires_at == 0 || one.expires_at > MIDDLE).await;
    }

    /// A position stays valid while rows come and go around it, and where its own row is gone.
    async fn a_position_stays_valid_while_rows_come_and_go(database: Database) {
        use generion_gateway::storage::Written;

        let (storage, mut writer) = database.open().await;
        let (early, late): (Vec<_>, Vec<_>) = (0..SIZE.records)
            .map(|index| ledger().record(index))
            .partition(|record| record.address.to_bytes()[0].is_multiple_of(2));
        writer.write(early.iter().cloned().map(|record| present(record, 5)).collect()).await.unwrap();
        let list = List {
            filter: ListFilter::Records(RecordFilter::default()),
            sort: Sort::Time,
            descending: false,
        };
        let first = storage.page(&list, None, PAGE).await.unwrap();
        let next = first.next.unwrap();
        let gone = Written::Closed { address: next.address, slot: 6 };
        writer.write(vec![gone]).await.unwrap();
        writer.write(late.into_iter().map(|record| present(record, 6)).collect()).await.unwrap();
        assert_eq!(storage.account(AccountKind::Record, &next.address).await.unwrap(), None);

        let mut expected: Vec<_> = all::<RecordAccount>().iter()
            .map(|one| (one.account.state.created_at, one.address.to_bytes()))
            .filter(|key| *key > (next.value, next.address.to_bytes()))
            .collect();
        expected.sort_unstable();
        let page = storage.page(&list, Some(&next), 300).await.unwrap();
        let listed: Vec<_> = page.rows.iter().map(|row| row.address.to_bytes()).collect();
        assert_eq!(listed, expected.into_iter().map(|(_, address)| address).collect::<Vec<_>>());
    }
}
