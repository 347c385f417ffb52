//! Changes between known changes that are missing.

use super::*;

#[test]
fn a_life_without_its_beginning_is_told() {
    let gaps = gaps(
        vec![of_record(ChangeKind::RecordVerified)],
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
    let changes = story(vec![of_record(ChangeKind::RecordVerified)]);
    let accounts = present(vec![(RECORD, record(1, 0))]);
    assert_eq!(replay(&changes, &accounts, false, true), []);
    // Other accounts' lives are not looked for.
    assert_eq!(replay(&changes, &BTreeMap::new(), true, true), []);
}

#[test]
fn what_lies_between_two_changes_is_told() {
    let verification = gaps(
        vec![created(RECORD), of_order(ChangeKind::OrderCreated)],
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
        told(vec![key(0), key(2)], USER, user(2, 0, 0)),
        (
            from,
            to,
            "its key's index: 2 where 1 would follow".to_owned()
        )
    );
    let (kind, mut details) = of_order(ChangeKind::OrderCreated);
    details.id = Some(1);
    assert_eq!(
        told(vec![key(0), (kind, details)], USER, user(0, 0, 2)),
        (from, to, "its order ids: 1 where 0 would follow".to_owned())
    );
    let (another_batch, mut other) = delivered(Some(SETTLE_BY));
    other.settle_key = Some([9; 32]);
    let bought = || of_purchase(ChangeKind::Purchased);
    let none = || ProgramAccount::None;
    for (changes, present, words) in [
        (
            vec![bought(), of_purchase(ChangeKind::PurchaseClosed)],
            none(),
            "its settlement",
        ),
        (
            vec![bought(), bought()],
            purchase(Pending, 0),
            "its refund or its closing",
        ),
        (
            vec![bought(), delivered(Some(SETTLE_BY))],
            purchase(Locked, 1),
            "its delivered records: 1 where 2 would follow",
        ),
        (
            vec![bought(), settled()],
            purchase(Settled, 2),
            "the delivery of its last records",
        ),
    ] {
        assert_eq!(
            told(changes, PURCHASE, present),
            (from, to, words.to_owned())
        );
    }
    let locked = || vec![bought(), delivered(Some(0)), delivered(Some(SETTLE_BY))];
    let sold = || [locked(), vec![settled()]].concat();
    for (mut changes, last, present, words) in [
        (
            locked(),
            of_purchase(ChangeKind::PurchaseClosed),
            none(),
            "its settlement",
        ),
        // Nothing else is known of the deliveries for the other purchase.
        (
            locked(),
            delivered(Some(SETTLE_BY)),
            purchase(Locked, 2),
            "its end, and another purchase",
        ),
        (
            vec![bought(), delivered(Some(0))],
            (another_batch, other.clone()),
            bought_with(Locked, 2, [9; 32]),
            "its end, and another purchase",
        ),
        (
            sold(),
            settled(),
            purchase(Settled, 2),
            "its closing, and another purchase",
        ),
        (
            sold(),
            of_purchase(ChangeKind::Refunded),
            none(),
            "its closing, and another purchase",
        ),
    ] {
        let end = 10 * changes.len() as u64;
        changes.push(last);
        assert_eq!(
            told(changes, PURCHASE, present),
            (Some(end), Some(end + 10), words.to_owned())
        );
    }
    let listed = vec![
        created(RECORD),
        of_record(ChangeKind::RecordVerified),
        of_order(ChangeKind::OrderCreated),
        of_record(ChangeKind::RecordDeleted),
    ];
    assert_eq!(
        told(listed, RECORD, ProgramAccount::None),
        (
            Some(30),
            Some(40),
            "the closing of orders that listed it".to_owned()
        )
    );
    let unlisted = vec![created(RECORD), of_order(ChangeKind::OrderClosed)];
    assert_eq!(
        told(unlisted, RECORD, record(0, 0)).2,
        "the creation of an order that lists it"
    );
    let ended = vec![
        created(RECORD),
        of_record(ChangeKind::RecordDeleted),
        of_record(ChangeKind::RecordVerified),
    ];
    assert_eq!(
        told(ended, RECORD, record(1, 0)).2,
        "its creation after its end"
    );
}

#[test]
fn counters_of_an_order_tell_what_is_missing() {
    let told = |changes, present| only(gaps(changes, vec![(ORDER, present)])).4;
    let (kind, mut details) = of_order(ChangeKind::SalesStopped);
    details.pending_purchases = Some(2);
    let stopped = vec![of_order(ChangeKind::OrderCreated), (kind, details)];
    assert_eq!(
        told(stopped, order(0, 2, 0)),
        "its pending purchases: 2 where 0 would follow"
    );
    let (kind, mut details) = of_order(ChangeKind::OrderClosed);
    details.settled_purchases = Some(1);
    let closed = vec![of_order(ChangeKind::OrderCreated), (kind, details)];
    assert_eq!(
        told(closed, ProgramAccount::None),
        "its settled purchases: 1 where 0 would follow"
    );
    let refunded = vec![
        of_order(ChangeKind::OrderCreated),
        of_purchase(ChangeKind::Refunded),
    ];
    assert_eq!(
        told(refunded, order(1, 0, 0)),
        "the beginning of a purchase that ends"
    );
    let pending = vec![
        of_order(ChangeKind::OrderCreated),
        of_purchase(ChangeKind::Purchased),
        of_order(ChangeKind::OrderClosed),
    ];
    assert_eq!(
        told(pending, ProgramAccount::None),
        "its pending purchases: 0 where 1 would follow"
    );
}
