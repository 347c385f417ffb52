//! Lives of accounts: what must have happened, and nothing tells of.

use std::collections::BTreeMap;

use bytemuck::Zeroable;
use generion::state;
use generion_interface::accounts::{OrderAccount, PurchaseAccount, RecordAccount};
use solana_address::Address;

use super::made::{PAYER, signature, wallet};
use crate::history::{
    Entry, Facts, Gap, GapKind, LostEvent, Source, What,
    lives::check,
    present::{Present, ProgramAccount},
};

const USER: Address = Address::new_from_array([50; 32]);
const RECORD: Address = Address::new_from_array([51; 32]);
const SHARE: Address = Address::new_from_array([52; 32]);
const ORDER: Address = Address::new_from_array([53; 32]);
const PURCHASE: Address = Address::new_from_array([54; 32]);

/// The n-th change happens in slot 10 n.
fn story(changes: Vec<(What, Facts)>) -> Vec<Entry> {
    let entry = |(n, (what, facts)): (usize, (What, Facts))| Entry {
        slot: 10 * (n as u64 + 1),
        time: None,
        signature: signature(n as u8),
        position: 0,
        what,
        source: Source::Complete,
        through: None,
        failed: None,
        signers: vec![PAYER],
        fee: 5_000,
        facts,
    };
    changes.into_iter().enumerate().map(entry).collect()
}

fn key(index: u32) -> (What, Facts) {
    let facts = Facts {
        user: Some(USER),
        key_index: Some(index),
        encryption_key: Some([index as u8; 32]),
        ..Facts::default()
    };
    (What::EncryptionKeySet, facts)
}

fn created(id: u64) -> (What, Facts) {
    let facts = Facts {
        user: Some(USER),
        record: Some(if id == 0 { RECORD } else { wallet(id as u8) }),
        id: Some(id),
        verified: Some(false),
        ..Facts::default()
    };
    (What::RecordCreated, facts)
}

fn of_record(what: What) -> (What, Facts) {
    let facts = Facts {
        record: Some(RECORD),
        user: Some(USER),
        share: Some(SHARE),
        ..Facts::default()
    };
    (what, facts)
}

fn of_order(what: What) -> (What, Facts) {
    let facts = Facts {
        user: Some(USER),
        order: Some(ORDER),
        records: Some(vec![RECORD]),
        id: (what == What::OrderCreated).then_some(0),
        ..Facts::default()
    };
    (what, facts)
}

fn of_purchase(what: What) -> (What, Facts) {
    let facts = Facts {
        order: Some(ORDER),
        purchase: Some(PURCHASE),
        record_count: (what == What::Purchased).then_some(2),
        ..Facts::default()
    };
    (what, facts)
}

fn delivered(lamports: Option<u64>) -> (What, Facts) {
    let (what, facts) = of_purchase(What::Delivered);
    let facts = Facts {
        count: Some(1),
        lamports,
        ..facts
    };
    (what, facts)
}

/// What the ledger shows, in a slot behind everything.
fn present(accounts: Vec<(Address, ProgramAccount)>) -> BTreeMap<Address, Present> {
    let present = |account| Present {
        slot: 1_000,
        account,
    };
    accounts
        .into_iter()
        .map(|(address, account)| (address, present(account)))
        .collect()
}

fn user(
    key_index: u32,
    next_record_id: u64,
    record_count: u64,
    next_order_id: u64,
) -> ProgramAccount {
    ProgramAccount::User(Box::new(state::User {
        key_index,
        encryption_key: [key_index as u8; 32],
        next_record_id,
        next_order_id,
        record_count,
        ..Zeroable::zeroed()
    }))
}

fn record(verified: u8, listings: u64) -> ProgramAccount {
    ProgramAccount::Record(Box::new(RecordAccount {
        state: state::Record {
            verified,
            listings,
            ..Zeroable::zeroed()
        },
        locator: Vec::new(),
    }))
}

fn order(open: u8, pending_purchases: u32, settled_purchases: u32) -> ProgramAccount {
    ProgramAccount::Order(Box::new(OrderAccount {
        state: state::Order {
            open,
            pending_purchases,
            settled_purchases,
            ..Zeroable::zeroed()
        },
        record_ids: Vec::new(),
    }))
}

fn purchase(status: u8, delivered_count: u8) -> ProgramAccount {
    ProgramAccount::Purchase(Box::new(PurchaseAccount {
        state: state::Purchase {
            status,
            delivered_count,
            ..Zeroable::zeroed()
        },
        capsules: Vec::new(),
    }))
}

fn gaps(changes: Vec<(What, Facts)>, accounts: Vec<(Address, ProgramAccount)>) -> Vec<Gap> {
    check(&story(changes), &present(accounts), true, true)
}

/// Kind, account, slots and words of what must be the only gap.
#[track_caller]
fn only(gaps: Vec<Gap>) -> (GapKind, Address, Option<u64>, Option<u64>, String) {
    let [gap] = &gaps[..] else {
        panic!("not one gap: {gaps:#?}");
    };
    let account = gap.account.expect("of an account");
    (
        gap.kind,
        account,
        gap.from_slot,
        gap.to_slot,
        gap.missing.clone(),
    )
}

/// A whole life: each account present in its middle, and gone in its end.
#[test]
fn nothing_is_missing_from_whole_lives() {
    let changes = || {
        vec![
            key(0),
            key(1),
            created(0),
            of_record(What::RecordVerified),
            of_record(What::RecordShared),
            of_order(What::OrderCreated),
            of_purchase(What::Purchased),
            delivered(Some(0)),
            of_order(What::SalesStopped),
            delivered(Some(9)),
            of_purchase(What::PurchaseClosed),
            of_record(What::ShareRevoked),
            of_order(What::OrderClosed),
            of_record(What::RecordDeleted),
        ]
    };
    let none = ProgramAccount::None;
    let after = [
        (3, vec![(USER, user(1, 1, 1, 0)), (RECORD, record(0, 0))]),
        (4, vec![(RECORD, record(1, 0)), (SHARE, none.clone())]),
        (
            6,
            vec![
                (RECORD, record(1, 1)),
                (ORDER, order(1, 0, 0)),
                (PURCHASE, none.clone()),
            ],
        ),
        (7, vec![(ORDER, order(1, 1, 0)), (PURCHASE, purchase(0, 0))]),
        (9, vec![(ORDER, order(0, 1, 0)), (PURCHASE, purchase(0, 1))]),
        (
            10,
            vec![(ORDER, order(0, 0, 1)), (PURCHASE, purchase(1, 2))],
        ),
        (
            14,
            vec![
                (USER, user(1, 1, 0, 1)),
                (RECORD, none.clone()),
                (SHARE, none.clone()),
                (ORDER, none.clone()),
                (PURCHASE, none),
            ],
        ),
    ];
    for (length, accounts) in after {
        let mut changes = changes();
        changes.truncate(length);
        assert_eq!(gaps(changes, accounts), [], "after {length}");
    }
}

#[test]
fn a_life_without_its_beginning_is_told() {
    let gaps = gaps(
        vec![of_record(What::RecordVerified)],
        vec![(RECORD, record(1, 0))],
    );
    let expected = (
        GapKind::BeginningMissing,
        RECORD,
        None,
        Some(10),
        "its creation".to_owned(),
    );
    assert_eq!(only(gaps), expected);
    // From the middle on, it is not expected.
    let changes = story(vec![of_record(What::RecordVerified)]);
    let accounts = present(vec![(RECORD, record(1, 0))]);
    assert_eq!(check(&changes, &accounts, false, true), []);
    // Other accounts' lives are not looked for.
    assert_eq!(check(&changes, &BTreeMap::new(), true, true), []);
}

#[test]
fn what_lies_between_two_changes_is_told() {
    let verification = gaps(
        vec![created(0), of_order(What::OrderCreated)],
        vec![(RECORD, record(1, 1))],
    );
    let slots = (Some(10), Some(20));
    let (kind, account, from, to, missing) = only(verification);
    assert_eq!((kind, account), (GapKind::ChangeMissing, RECORD));
    assert_eq!((from, to), slots);
    assert_eq!(missing, "its verification");

    let told = |changes, account, present| {
        let gap = only(gaps(changes, vec![(account, present)]));
        assert_eq!(gap.0, GapKind::ChangeMissing);
        (gap.2, gap.3, gap.4)
    };
    let (from, to) = slots;
    assert_eq!(
        told(vec![key(0), key(2)], USER, user(2, 0, 0, 0)),
        (
            from,
            to,
            "its key's index: 2 where 1 would follow".to_owned()
        )
    );
    assert_eq!(
        told(vec![key(0), created(2)], USER, user(0, 3, 7, 0)),
        (
            from,
            to,
            "its record ids: 2 where 0 would follow".to_owned()
        )
    );
    let (what, mut facts) = of_order(What::OrderCreated);
    facts.id = Some(1);
    assert_eq!(
        told(vec![key(0), (what, facts)], USER, user(0, 0, 0, 2)),
        (from, to, "its order ids: 1 where 0 would follow".to_owned())
    );
    assert_eq!(
        told(
            vec![
                of_purchase(What::Purchased),
                of_purchase(What::PurchaseClosed)
            ],
            PURCHASE,
            ProgramAccount::None
        ),
        (from, to, "the delivery of its last records".to_owned())
    );
    assert_eq!(
        told(
            vec![of_purchase(What::Purchased), of_purchase(What::Purchased)],
            PURCHASE,
            purchase(0, 0)
        ),
        (from, to, "its refund or its closing".to_owned())
    );
    assert_eq!(
        told(
            vec![of_purchase(What::Purchased), delivered(Some(9))],
            PURCHASE,
            purchase(1, 1)
        ),
        (
            from,
            to,
            "its delivered records: 1 where 2 would follow".to_owned()
        )
    );
    let listed = vec![
        created(0),
        of_record(What::RecordVerified),
        of_order(What::OrderCreated),
        of_record(What::RecordDeleted),
    ];
    assert_eq!(
        told(listed, RECORD, ProgramAccount::None),
        (
            Some(30),
            Some(40),
            "the closing of orders that listed it".to_owned()
        )
    );
    let unlisted = vec![created(0), of_order(What::OrderClosed)];
    assert_eq!(
        told(unlisted, RECORD, record(0, 0)).2,
        "the creation of an order that lists it"
    );
    let ended = vec![
        created(0),
        of_record(What::RecordDeleted),
        of_record(What::RecordVerified),
    ];
    assert_eq!(
        told(ended, RECORD, record(1, 0)).2,
        "its creation after its end"
    );
}

#[test]
fn counters_of_an_order_tell_what_is_missing() {
    let told = |changes, present| only(gaps(changes, vec![(ORDER, present)])).4;
    let (what, mut facts) = of_order(What::SalesStopped);
    facts.pending_purchases = Some(2);
    let stopped = vec![of_order(What::OrderCreated), (what, facts)];
    assert_eq!(
        told(stopped, order(0, 2, 0)),
        "its pending purchases: 2 where 0 would follow"
    );
    let (what, mut facts) = of_order(What::OrderClosed);
    facts.settled_purchases = Some(1);
    let closed = vec![of_order(What::OrderCreated), (what, facts)];
    assert_eq!(
        told(closed, ProgramAccount::None),
        "its settled purchases: 1 where 0 would follow"
    );
    let refunded = vec![of_order(What::OrderCreated), of_purchase(What::Refunded)];
    assert_eq!(
        told(refunded, order(1, 0, 0)),
        "the beginning of a purchase that ends"
    );
    let pending = vec![
        of_order(What::OrderCreated),
        of_purchase(What::Purchased),
        of_order(What::OrderClosed),
    ];
    assert_eq!(
        told(pending, ProgramAccount::None),
        "its pending purchases: 0 where 1 would follow"
    );
}

/// What the ledger shows, and nothing tells of.
#[test]
fn a_present_that_does_not_follow_is_told() {
    let told = |changes: Vec<_>, account, present| {
        let gap = only(gaps(changes, vec![(account, present)]));
        assert_eq!((gap.0, gap.3), (GapKind::PresentDiffers, None));
        (gap.2, gap.4)
    };
    let none = ProgramAccount::None;
    let at = |slot: u64, words: &str| (Some(slot), words.to_owned());
    assert_eq!(
        told(vec![created(0)], RECORD, record(1, 0)),
        at(10, "it should be unverified, and is verified")
    );
    assert_eq!(
        told(vec![created(0)], RECORD, record(0, 2)),
        at(10, "the orders that list it: 2 where 0 would follow")
    );
    assert_eq!(
        told(vec![created(0)], RECORD, none),
        at(10, "it is not there, and nothing tells that it was closed")
    );
    let deleted = vec![created(0), of_record(What::RecordDeleted)];
    assert_eq!(
        told(deleted, RECORD, record(0, 0)),
        at(20, "it is there, and nothing tells that it was created")
    );
    assert_eq!(
        told(vec![], RECORD, record(0, 0)),
        (
            None,
            "it is there, and nothing tells that it was created".to_owned()
        )
    );
    let of_user = |present| told(vec![key(0), created(0)], USER, present);
    for (present, words) in [
        (user(1, 1, 1, 0), "its key's index: 1 where 0 would follow"),
        (
            user(0, 2, 1, 0),
            "its next record id: 2 where 1 would follow",
        ),
        (
            user(0, 1, 1, 1),
            "its next order id: 1 where 0 would follow",
        ),
        (user(0, 1, 0, 0), "its records: 0 where 1 would follow"),
    ] {
        assert_eq!(of_user(present), at(20, words));
    }
    let bought = || vec![of_order(What::OrderCreated), of_purchase(What::Purchased)];
    for (present, words) in [
        (order(0, 1, 0), "it should be open, and is closed for sales"),
        (
            order(1, 0, 0),
            "its pending purchases: 0 where 1 would follow",
        ),
        (
            order(1, 1, 1),
            "its settled purchases: 1 where 0 would follow",
        ),
    ] {
        assert_eq!(told(bought(), ORDER, present), at(20, words));
    }
    assert_eq!(
        told(bought(), PURCHASE, purchase(0, 1)),
        at(20, "its delivered records: 1 where 0 would follow")
    );
    // Up to an earlier moment, it need not follow.
    let accounts = present(vec![(RECORD, record(1, 0))]);
    assert_eq!(check(&story(vec![created(0)]), &accounts, true, false), []);
}

/// A node answers for a slot with what came later, too; what came before must be in it.
#[test]
fn the_present_may_lie_among_the_changes() {
    let changes = story(vec![
        created(0),
        of_record(What::RecordVerified),
        of_order(What::OrderCreated),
    ]);
    let at = |slot, account| {
        let present = Present { slot, account };
        check(&changes, &BTreeMap::from([(RECORD, present)]), true, true).len()
    };
    for (slot, account, differs) in [
        (15, record(0, 0), 0),
        (15, record(1, 0), 0),
        (15, record(1, 1), 0),
        (15, ProgramAccount::None, 1),
        // What happened in the very slot may be in it.
        (20, record(0, 0), 0),
        (21, record(0, 0), 1),
        (21, record(1, 0), 0),
        (31, record(1, 0), 1),
    ] {
        assert_eq!(
            at(slot, account.clone()),
            differs,
            "slot {slot}: {account:?}"
        );
    }
}

/// Without events, what was paid follows from what was delivered.
#[test]
fn a_settlement_is_known_without_its_event() {
    let changes = || {
        let mut changes = story(vec![
            of_order(What::OrderCreated),
            of_purchase(What::Purchased),
            delivered(None),
            delivered(None),
        ]);
        for change in &mut changes {
            change.source = Source::InstructionAlone(LostEvent::NoLog);
        }
        changes
    };
    let accounts = present(vec![(ORDER, order(1, 0, 1)), (PURCHASE, purchase(1, 2))]);
    assert_eq!(check(&changes(), &accounts, true, true), []);
    // Where nobody knows what was delivered before, nobody knows whether it was paid.
    let accounts = present(vec![(ORDER, order(1, 0, 1))]);
    assert_eq!(check(&changes()[2..], &accounts, false, true), []);
}

/// What a node claims may be any number.
#[test]
fn counters_at_the_ends_of_their_ranges_are_not_counted_on() {
    let (what, mut facts) = of_order(What::SalesStopped);
    facts.pending_purchases = Some(u32::MAX);
    let (created, mut last) = created(0);
    last.id = Some(u64::MAX);
    let (deliver, mut batch) = delivered(Some(0));
    batch.count = Some(u8::MAX);
    let changes = vec![
        key(0),
        (created, last),
        of_order(What::OrderCreated),
        (what, facts),
        of_purchase(What::Purchased),
        (deliver, batch.clone()),
        (deliver, batch),
        key(u32::MAX),
        key(0),
    ];
    let kinds: Vec<_> = gaps(
        changes,
        vec![(ORDER, order(0, 5, 5)), (USER, user(0, 0, 0, 0))],
    )
    .iter()
    .map(|gap| (gap.kind, gap.account))
    .collect();
    let missing = |account| (GapKind::ChangeMissing, Some(account));
    // The record's id, the purchases that are pending, the keys in between; then the order's settled purchases differ.
    let present = (GapKind::PresentDiffers, Some(ORDER));
    assert_eq!(
        kinds,
        [missing(USER), missing(ORDER), missing(USER), present]
    );
}
