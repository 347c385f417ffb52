//! Replays: changes that must have happened, and that no transaction shows.

mod differing;
mod missing;
mod studies;

use std::collections::BTreeMap;

use bytemuck::Zeroable;
use generion::state::{self, PurchaseStatus};
use generion_interface::accounts::{OrderAccount, PurchaseAccount, RecordAccount};
use solana_address::Address;

use PurchaseStatus::{Locked, Pending, Settled};

use super::made::{PAYER, signature, wallet};
use crate::{
    ChangeDetails, ChangeKind, Entry, Gap, GapKind, LostEvent, Source,
    replay::replay,
    snapshot::{ProgramAccount, Snapshot},
};

const USER: Address = Address::new_from_array([50; 32]);
const RECORD: Address = Address::new_from_array([51; 32]);
const SHARE: Address = Address::new_from_array([52; 32]);
const ORDER: Address = Address::new_from_array([53; 32]);
const PURCHASE: Address = Address::new_from_array([54; 32]);

/// The n-th change happens in slot 10 n.
fn story(changes: Vec<(ChangeKind, ChangeDetails)>) -> Vec<Entry> {
    let entry = |(n, (kind, details)): (usize, (ChangeKind, ChangeDetails))| Entry {
        slot: 10 * (n as u64 + 1),
        time: None,
        signature: signature(n as u8),
        position: 0,
        kind,
        source: Source::Complete,
        through: None,
        failure: None,
        signers: vec![PAYER],
        fee: 5_000,
        details,
    };
    changes.into_iter().enumerate().map(entry).collect()
}

fn key(index: u32) -> (ChangeKind, ChangeDetails) {
    let details = ChangeDetails {
        user: Some(USER),
        key_index: Some(index),
        encryption_key: Some([index as u8; 32]),
        attestation: Some([index as u8; 64]),
        ..ChangeDetails::default()
    };
    (ChangeKind::EncryptionKeySet, details)
}

fn created(record: Address) -> (ChangeKind, ChangeDetails) {
    let details = ChangeDetails {
        user: Some(USER),
        record: Some(record),
        verified: Some(false),
        ..ChangeDetails::default()
    };
    (ChangeKind::RecordCreated, details)
}

fn of_record(kind: ChangeKind) -> (ChangeKind, ChangeDetails) {
    let details = ChangeDetails {
        record: Some(RECORD),
        user: Some(USER),
        share: Some(SHARE),
        ..ChangeDetails::default()
    };
    (kind, details)
}

fn of_order(kind: ChangeKind) -> (ChangeKind, ChangeDetails) {
    let details = ChangeDetails {
        user: Some(USER),
        order: Some(ORDER),
        records: Some(vec![RECORD]),
        id: (kind == ChangeKind::OrderCreated).then_some(0),
        ..ChangeDetails::default()
    };
    (kind, details)
}

fn of_purchase(kind: ChangeKind) -> (ChangeKind, ChangeDetails) {
    let details = ChangeDetails {
        order: Some(ORDER),
        purchase: Some(PURCHASE),
        record_count: (kind == ChangeKind::Purchased).then_some(2),
        ..ChangeDetails::default()
    };
    (kind, details)
}

/// `S` of the purchase's deliveries.
const SETTLE_KEY: [u8; 32] = [60; 32];
/// When it has to be settled by, once it is locked.
const SETTLE_BY: i64 = 86_400;
/// `s`.
const SETTLE_SECRET: [u8; 32] = [61; 32];

/// One record; 0: not the last one.
fn delivered(settle_by: Option<i64>) -> (ChangeKind, ChangeDetails) {
    let (kind, details) = of_purchase(ChangeKind::Delivered);
    let details = ChangeDetails {
        count: Some(1),
        settle_key: Some(SETTLE_KEY),
        settle_by,
        ..details
    };
    (kind, details)
}

fn settled() -> (ChangeKind, ChangeDetails) {
    let (kind, details) = of_purchase(ChangeKind::Settled);
    let details = ChangeDetails {
        settle_secret: Some(SETTLE_SECRET),
        ..details
    };
    (kind, details)
}

/// An account on the ledger, in a slot after all changes.
fn present(accounts: Vec<(Address, ProgramAccount)>) -> BTreeMap<Address, Snapshot> {
    let present = |account| Snapshot {
        slot: 1_000,
        account,
    };
    accounts
        .into_iter()
        .map(|(address, account)| (address, present(account)))
        .collect()
}

fn user(key_index: u32, record_count: u64, next_order_id: u64) -> ProgramAccount {
    ProgramAccount::User(Box::new(state::User {
        key_index,
        encryption_key: [key_index as u8; 32],
        attestation: [key_index as u8; 64],
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
        records: Vec::new(),
    }))
}

fn purchase(status: PurchaseStatus, delivered_count: u8) -> ProgramAccount {
    let settle_key = match (status, delivered_count) {
        (PurchaseStatus::Pending, 0) => [0; 32],
        (PurchaseStatus::Pending | PurchaseStatus::Locked, _) => SETTLE_KEY,
        (PurchaseStatus::Settled, _) => SETTLE_SECRET,
    };
    let is_pending = status == PurchaseStatus::Pending;
    bought(state::Purchase {
        status: status as u8,
        delivered_count,
        settle_key,
        settle_by: if is_pending { 0 } else { SETTLE_BY },
        ..Zeroable::zeroed()
    })
}

fn bought_with(
    status: PurchaseStatus,
    delivered_count: u8,
    settle_key: [u8; 32],
) -> ProgramAccount {
    bought(state::Purchase {
        status: status as u8,
        delivered_count,
        settle_key,
        settle_by: SETTLE_BY,
        ..Zeroable::zeroed()
    })
}

fn bought(state: state::Purchase) -> ProgramAccount {
    ProgramAccount::Purchase(Box::new(PurchaseAccount {
        state,
        capsules: Vec::new(),
    }))
}

fn gaps(
    changes: Vec<(ChangeKind, ChangeDetails)>,
    accounts: Vec<(Address, ProgramAccount)>,
) -> Vec<Gap> {
    replay(&story(changes), &present(accounts), true, true)
}

/// Kind, account, slots and text of the only gap.
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
            created(RECORD),
            of_record(ChangeKind::RecordVerified),
            of_record(ChangeKind::RecordShared),
            of_order(ChangeKind::OrderCreated),
            of_purchase(ChangeKind::Purchased),
            delivered(Some(0)),
            of_order(ChangeKind::SalesStopped),
            delivered(Some(SETTLE_BY)),
            settled(),
            of_purchase(ChangeKind::PurchaseClosed),
            of_record(ChangeKind::ShareRevoked),
            of_order(ChangeKind::OrderClosed),
            of_record(ChangeKind::RecordDeleted),
        ]
    };
    let none = ProgramAccount::None;
    let after = [
        (3, vec![(USER, user(1, 1, 0)), (RECORD, record(0, 0))]),
        (4, vec![(RECORD, record(1, 0)), (SHARE, none.clone())]),
        (
            6,
            vec![
                (RECORD, record(1, 1)),
                (ORDER, order(1, 0, 0)),
                (PURCHASE, none.clone()),
            ],
        ),
        (
            7,
            vec![(ORDER, order(1, 1, 0)), (PURCHASE, purchase(Pending, 0))],
        ),
        (
            9,
            vec![(ORDER, order(0, 1, 0)), (PURCHASE, purchase(Pending, 1))],
        ),
        (
            10,
            vec![(ORDER, order(0, 1, 0)), (PURCHASE, purchase(Locked, 2))],
        ),
        (
            11,
            vec![(ORDER, order(0, 0, 1)), (PURCHASE, purchase(Settled, 2))],
        ),
        (
            15,
            vec![
                (USER, user(1, 0, 1)),
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

/// A node's answer for a slot may include later changes; it must include the earlier ones.
#[test]
fn the_present_may_lie_among_the_changes() {
    let changes = story(vec![
        created(RECORD),
        of_record(ChangeKind::RecordVerified),
        of_order(ChangeKind::OrderCreated),
    ]);
    let at = |slot, account| {
        let present = Snapshot { slot, account };
        replay(&changes, &BTreeMap::from([(RECORD, present)]), true, true).len()
    };
    for (slot, account, differs) in [
        (15, record(0, 0), 0),
        (15, record(1, 0), 0),
        (15, record(1, 1), 0),
        (15, ProgramAccount::None, 1),
        // A change of the very slot may be included.
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

/// Without events, the deliveries show that a purchase is locked.
#[test]
fn a_lock_is_known_without_its_event() {
    let untold = |changes: Vec<_>| {
        let mut changes = story(changes);
        for change in &mut changes {
            change.source = Source::InstructionAlone(LostEvent::NoLog);
        }
        changes
    };
    let (kind, mut details) = of_order(ChangeKind::OrderCreated);
    details.records = Some(vec![RECORD, wallet(1)]);
    let (purchased, unnumbered) = of_purchase(ChangeKind::Purchased);
    let unnumbered = ChangeDetails {
        record_count: None,
        ..unnumbered
    };
    // The order shows the number of records to deliver.
    let mut changes = vec![
        (kind, details),
        (purchased, unnumbered),
        delivered(None),
        delivered(None),
    ];
    let locked = bought_with(Locked, 2, SETTLE_KEY);
    let accounts = present(vec![(ORDER, order(1, 1, 0)), (PURCHASE, locked)]);
    assert_eq!(replay(&untold(changes.clone()), &accounts, true, true), []);
    let pending = present(vec![(PURCHASE, purchase(Pending, 2))]);
    let [gap] = &replay(&untold(changes.clone()), &pending, true, true)[..] else {
        panic!("one gap");
    };
    assert_eq!(gap.missing, "it should be locked, and is pending");

    changes.push(settled());
    let accounts = [(ORDER, order(1, 0, 1)), (PURCHASE, purchase(Settled, 2))];
    let accounts = present(accounts.to_vec());
    assert_eq!(replay(&untold(changes.clone()), &accounts, true, true), []);
    // If the earlier deliveries are unknown, it is also unknown whether this one locked the purchase.
    let from_the_middle = untold(changes[2..4].to_vec());
    for status in [Pending, Locked] {
        let accounts = present(vec![(PURCHASE, bought_with(status, 2, SETTLE_KEY))]);
        assert_eq!(replay(&from_the_middle, &accounts, false, true), []);
    }
}

/// A node may name any number.
#[test]
fn counters_at_the_ends_of_their_ranges_are_not_counted_on() {
    let (kind, mut details) = of_order(ChangeKind::SalesStopped);
    details.pending_purchases = Some(u32::MAX);
    let (created, mut last) = of_order(ChangeKind::OrderCreated);
    last.id = Some(u64::MAX);
    let (deliver, mut batch) = delivered(Some(0));
    batch.count = Some(u8::MAX);
    let changes = vec![
        key(0),
        (created, last),
        (kind, details),
        of_purchase(ChangeKind::Purchased),
        (deliver, batch.clone()),
        (deliver, batch),
        key(u32::MAX),
        key(0),
    ];
    let kinds: Vec<_> = gaps(
        changes,
        vec![(ORDER, order(0, 5, 5)), (USER, user(0, 0, 0))],
    )
    .iter()
    .map(|gap| (gap.kind, gap.account))
    .collect();
    let missing = |account| (GapKind::ChangeMissing, Some(account));
    // The order's id, the purchases that are pending, the keys in between; then the order's settled purchases differ.
    let present = (GapKind::PresentDiffers, Some(ORDER));
    assert_eq!(
        kinds,
        [missing(USER), missing(ORDER), missing(USER), present]
    );
}
