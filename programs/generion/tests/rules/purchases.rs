use curve25519_dalek::Scalar;
use generion::{
    GenerionError,
    curve::IDENTITY,
    proof::Capsule,
    state::{Purchase, PurchaseStatus},
};

use crate::{
    reference_proofs::group_order::plus_order,
    support::{NO_POINTS, address, key, leads, refuses, scalar},
};

const DEADLINE: i64 = 1_790_003_600;
const DAY: i64 = 86_400;

const EMPTY: Capsule = Capsule {
    ephemeral: [0; 32],
    masked: [0; 32],
};

fn purchase() -> Purchase {
    Purchase {
        version: 1,
        bump: 255,
        status: PurchaseStatus::Pending as u8,
        record_count: 3,
        delivered_count: 0,
        seat: 0,
        reserved: [0; 2],
        price: 5_000_000,
        deadline: DEADLINE,
        settle_by: 0,
        order: address(9),
        seller: address(1),
        buyer: address(2),
        buyer_key: key("b"),
        settle_key: IDENTITY,
        terms: [3; 32],
    }
}

/// With so many records delivered, but not all.
fn delivered(delivered_count: u8) -> Purchase {
    Purchase {
        delivered_count,
        settle_key: key("s"),
        ..purchase()
    }
}

/// Locked at `now`.
fn locked_at(now: i64) -> Purchase {
    Purchase {
        status: PurchaseStatus::Locked as u8,
        settle_by: now + DAY,
        ..delivered(3)
    }
}

fn locked() -> Purchase {
    locked_at(DEADLINE)
}

fn settled() -> Purchase {
    Purchase {
        status: PurchaseStatus::Settled as u8,
        settle_key: scalar("s").to_bytes(),
        ..locked()
    }
}

fn capsule(name: &str) -> Capsule {
    Capsule {
        ephemeral: key(name),
        masked: key("m"),
    }
}

#[test]
fn the_status_is_one_byte() {
    let statuses = [
        PurchaseStatus::Pending,
        PurchaseStatus::Locked,
        PurchaseStatus::Settled,
    ];
    assert_eq!(statuses.map(|status| status as u8), [0, 1, 2]);
    let is = |purchase: Purchase| {
        [
            purchase.is_pending(),
            purchase.is_locked(),
            purchase.is_settled(),
        ]
    };
    assert_eq!(is(purchase()), [true, false, false]);
    assert_eq!(is(locked()), [false, true, false]);
    assert_eq!(is(settled()), [false, false, true]);
}

#[test]
fn the_deadline_is_the_window_from_now() {
    assert_eq!(Purchase::deadline(1_790_000_000, 3600), Ok(DEADLINE));
    assert_eq!(Purchase::deadline(-1, 1), Ok(0));
    assert_eq!(Purchase::deadline(i64::MAX - 600, 600), Ok(i64::MAX));
    assert_eq!(
        Purchase::deadline(i64::MAX - 599, 600),
        Err(GenerionError::DeadlineOverflow.into())
    );
}

#[test]
fn deliveries_are_taken_until_the_grace_is_over() {
    let too_late = Err(GenerionError::DeliveryTooLate.into());
    let at = |now| purchase().require_deliverable(&key("s"), now);
    for now in [i64::MIN, 0, DEADLINE - 1, DEADLINE, DEADLINE + 299] {
        assert_eq!(at(now), Ok(()), "{now}");
    }
    for now in [DEADLINE + 300, DEADLINE + 301, i64::MAX] {
        assert_eq!(at(now), too_late, "{now}");
    }
    // The grace of a deadline at the end of time ends there.
    for (deadline, last) in [(i64::MAX, i64::MAX - 1), (i64::MAX - 300, i64::MAX - 1)] {
        let purchase = Purchase {
            deadline,
            ..purchase()
        };
        assert_eq!(purchase.require_deliverable(&key("s"), last), Ok(()));
        let after = purchase.require_deliverable(&key("s"), last + 1);
        assert_eq!(after, too_late);
    }
}

#[test]
fn all_deliveries_of_a_purchase_name_one_settle_key() {
    let names = |purchase: Purchase, key| purchase.require_deliverable(&key, DEADLINE);
    for first in [key("s"), key("another"), [0xff; 32]] {
        assert_eq!(names(purchase(), first), Ok(()), "the proof tells of which");
    }
    assert_eq!(names(delivered(1), key("s")), Ok(()));
    for other in [key("another"), IDENTITY, [0xff; 32]] {
        assert_eq!(
            names(delivered(1), other),
            Err(GenerionError::SettleKeyChanged.into())
        );
    }
    let mut one_bit = key("s");
    one_bit[31] ^= 1;
    assert_eq!(
        names(delivered(2), one_bit),
        Err(GenerionError::SettleKeyChanged.into())
    );
}

/// Whatever else is wrong with the delivery, what the purchase is says so first.
#[test]
fn what_is_delivered_in_full_takes_no_more() {
    for key in [key("s"), key("another")] {
        for now in [DEADLINE, DEADLINE + 300, i64::MAX] {
            assert_eq!(
                locked().require_deliverable(&key, now),
                Err(GenerionError::AlreadyDelivered.into())
            );
            assert_eq!(
                settled().require_deliverable(&key, now),
                Err(GenerionError::AlreadySettled.into())
            );
        }
    }
    let late = delivered(1).require_deliverable(&key("another"), DEADLINE + 300);
    assert_eq!(late, Err(GenerionError::DeliveryTooLate.into()));
}

#[test]
fn deliveries_count_up_to_the_one_that_locks() {
    let now = DEADLINE - 7;
    let count =
        |count| move |purchase: &mut Purchase| purchase.count_delivered(count, &key("s"), now);
    leads(&purchase(), delivered(1), count(1));
    leads(&purchase(), delivered(2), count(2));
    leads(&delivered(1), delivered(2), count(1));
    leads(&delivered(2), locked_at(now), count(1));
    leads(&delivered(1), locked_at(now), count(2));
    leads(&purchase(), locked_at(now), count(3));
    let full = delivered(255);
    refuses(&full, GenerionError::Arithmetic, count(1));
}

#[test]
fn a_lock_gives_a_day_from_the_clock() {
    let lock = |now| {
        let mut purchase = delivered(2);
        purchase
            .count_delivered(1, &key("s"), now)
            .map(|()| purchase.settle_by)
    };
    assert_eq!(lock(0), Ok(DAY));
    assert_eq!(lock(DEADLINE + 299), Ok(DEADLINE + 299 + DAY));
    assert_eq!(lock(i64::MIN), Ok(i64::MIN + DAY));
    assert_eq!(lock(i64::MAX - DAY), Ok(i64::MAX));
    assert_eq!(
        lock(i64::MAX - DAY + 1),
        Err(GenerionError::Arithmetic.into())
    );
}

#[test]
fn capsules_go_into_empty_slots() {
    let (one, two) = (capsule("one"), capsule("two"));
    let mut slots = [EMPTY; 2];
    Purchase::fill(&mut slots, &[one, two]).unwrap();
    assert_eq!(slots, [one, two]);

    for delivered in [&[][..], &[one], &[one, two, one]] {
        let mut slots = [EMPTY; 2];
        assert_eq!(
            Purchase::fill(&mut slots, delivered),
            Err(GenerionError::BatchLength.into())
        );
        assert_eq!(slots, [EMPTY; 2]);
    }
    let mut slots = [EMPTY, one];
    assert_eq!(
        Purchase::fill(&mut slots, &[two, two]),
        Err(GenerionError::AlreadyDelivered.into())
    );
    assert_eq!(slots[1], one);
    assert_eq!(
        Purchase::fill(&mut [one], &[one]),
        Err(GenerionError::AlreadyDelivered.into())
    );
}

#[test]
fn the_secret_settles_and_takes_the_keys_place() {
    leads(&locked(), settled(), |purchase| {
        purchase.settle(scalar("s").as_bytes())
    });
}

#[test]
fn nothing_but_the_one_canonical_secret_settles() {
    let s = scalar("s");
    let others = [
        scalar("another").to_bytes(),
        (s + Scalar::ONE).to_bytes(),
        (-s).to_bytes(),
        plus_order(s.as_bytes()),
        [0; 32],
        plus_order(Scalar::ZERO.as_bytes()),
        [0xff; 32],
        key("s"),
    ];
    for secret in others {
        refuses(&locked(), GenerionError::SettleKeyInvalid, |purchase| {
            purchase.settle(&secret)
        });
    }
    for byte in 0..32 {
        let mut secret = s.to_bytes();
        secret[byte] ^= 1;
        refuses(&locked(), GenerionError::SettleKeyInvalid, |purchase| {
            purchase.settle(&secret)
        });
    }
}

/// No instruction stores such keys; nothing settles what has one, zero least of all.
#[test]
fn a_key_that_is_none_is_not_settled() {
    for bad in NO_POINTS {
        let odd = Purchase {
            settle_key: bad,
            ..locked()
        };
        for secret in [scalar("s").to_bytes(), [0; 32], [0xff; 32]] {
            refuses(&odd, GenerionError::SettleKeyInvalid, |purchase| {
                purchase.settle(&secret)
            });
        }
    }
}

#[test]
fn a_purchase_is_settled_when_it_is_locked_and_once() {
    let settle = |purchase: &mut Purchase| purchase.settle(scalar("s").as_bytes());
    for pending in [purchase(), delivered(1), delivered(2)] {
        refuses(&pending, GenerionError::NotLocked, settle);
    }
    refuses(&settled(), GenerionError::AlreadySettled, settle);
}

#[test]
fn the_seller_declines_until_the_lock() {
    for purchase in [purchase(), delivered(1), delivered(2)] {
        for now in [i64::MIN, DEADLINE, i64::MAX] {
            assert_eq!(purchase.require_refundable(&address(1), now), Ok(()));
        }
    }
}

#[test]
fn anybody_refunds_what_is_not_delivered_after_the_grace() {
    let too_early = Err(GenerionError::RefundTooEarly.into());
    for purchase in [purchase(), delivered(2)] {
        for anybody in [address(2), address(7)] {
            let at = |now| purchase.require_refundable(&anybody, now);
            assert_eq!(at(DEADLINE + 300), Ok(()));
            assert_eq!(at(i64::MAX), Ok(()));
            assert_eq!(at(DEADLINE + 299), too_early);
            assert_eq!(at(DEADLINE), too_early);
            assert_eq!(at(i64::MIN), too_early);
        }
    }
    let at_the_end_of_time = Purchase {
        deadline: i64::MAX,
        ..purchase()
    };
    assert_eq!(
        at_the_end_of_time.require_refundable(&address(7), i64::MAX - 1),
        too_early
    );
}

/// The delivery is refused from the second on in which the refund opens, so that neither has to race the other.
#[test]
fn a_purchase_is_deliverable_or_refundable_by_anybody() {
    for now in [i64::MIN, 0, DEADLINE + 299, DEADLINE + 300, i64::MAX] {
        let deliverable = purchase().require_deliverable(&key("s"), now);
        let refundable = purchase().require_refundable(&address(7), now);
        assert_ne!(deliverable.is_ok(), refundable.is_ok(), "{now}");
    }
}

#[test]
fn what_is_locked_is_refunded_to_nobody_before_the_time_to_settle_is_over() {
    let too_early = Err(GenerionError::RefundTooEarly.into());
    // Locked long before the deadline, a day before it, at it, and in its last second.
    let locks = [-10 * DAY, -DAY - 1, -DAY, -DAY + 1, 0, 299];
    for locked_at_second in locks {
        let locked = locked_at(DEADLINE + locked_at_second);
        let due = DEADLINE.max(locked.settle_by);
        // The seller no sooner than anybody: `s` may be on its way.
        for authority in [address(1), address(2), address(7)] {
            let at = |now| locked.require_refundable(&authority, now);
            assert_eq!(at(due + 300), Ok(()));
            assert_eq!(at(i64::MAX), Ok(()));
            for now in [due + 299, due, locked.settle_by, DEADLINE, i64::MIN] {
                assert_eq!(at(now), too_early, "{now}");
            }
        }
    }
    for settle_by in [i64::MAX, i64::MAX - 299] {
        let at_the_end_of_time = Purchase {
            settle_by,
            ..locked()
        };
        for authority in [address(1), address(7)] {
            assert_eq!(
                at_the_end_of_time.require_refundable(&authority, i64::MAX - 1),
                too_early
            );
        }
    }
}

#[test]
fn what_is_settled_is_not_refunded() {
    for authority in [address(1), address(2), address(7)] {
        assert_eq!(
            settled().require_refundable(&authority, i64::MAX),
            Err(GenerionError::AlreadySettled.into())
        );
    }
}
