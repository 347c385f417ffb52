//! The account on the ledger differs from the replayed one.

use super::*;

/// An account on the ledger that no transaction shows.
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
        told(vec![created(RECORD)], RECORD, record(1, 0)),
        at(10, "it should be unverified, and is verified")
    );
    assert_eq!(
        told(vec![created(RECORD)], RECORD, record(0, 2)),
        at(10, "the orders that list it: 2 where 0 would follow")
    );
    assert_eq!(
        told(vec![created(RECORD)], RECORD, none),
        at(10, "it is not there, and nothing tells that it was closed")
    );
    let deleted = vec![created(RECORD), of_record(ChangeKind::RecordDeleted)];
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
    let of_user = |present| told(vec![key(0), created(RECORD)], USER, present);
    let with = |change: fn(&mut state::User)| {
        let ProgramAccount::User(mut changed) = user(0, 1, 0) else {
            unreachable!("a user");
        };
        change(&mut changed);
        ProgramAccount::User(changed)
    };
    for (present, words) in [
        (user(1, 1, 0), "its key's index: 1 where 0 would follow"),
        (user(0, 1, 1), "its next order id: 1 where 0 would follow"),
        (user(0, 0, 0), "its records: 0 where 1 would follow"),
        (
            with(|user| user.encryption_key[0] = 9),
            "its key is another one",
        ),
        (
            with(|user| user.attestation[0] = 9),
            "its key's attestation is another one",
        ),
    ] {
        assert_eq!(of_user(present), at(20, words));
    }
    let bought = || {
        vec![
            of_order(ChangeKind::OrderCreated),
            of_purchase(ChangeKind::Purchased),
        ]
    };
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
    let locked = || {
        let mut changes = bought();
        changes.extend([delivered(Some(0)), delivered(Some(SETTLE_BY))]);
        changes
    };
    let with = |change: fn(&mut state::Purchase)| {
        let ProgramAccount::Purchase(mut changed) = purchase(Locked, 2) else {
            unreachable!("a purchase");
        };
        change(&mut changed.state);
        ProgramAccount::Purchase(changed)
    };
    for (present, words) in [
        (
            purchase(Locked, 1),
            "its delivered records: 1 where 2 would follow",
        ),
        (purchase(Settled, 2), "it should be locked, and is settled"),
        (
            with(|purchase| purchase.status = 9),
            "it should be locked, and is in a state that this software does not know",
        ),
        (
            with(|purchase| purchase.settle_key[0] = 9),
            "its settle key is another one",
        ),
        (
            with(|purchase| purchase.settle_by = 9),
            "the time to settle it by: 9 where 86400 would follow",
        ),
    ] {
        assert_eq!(told(locked(), PURCHASE, present), at(40, words));
    }
    // Up to an earlier moment, it need not follow.
    let accounts = present(vec![(RECORD, record(1, 0))]);
    assert_eq!(
        replay(&story(vec![created(RECORD)]), &accounts, true, false),
        []
    );
}
