use generion::{
    GenerionError,
    proof::Capsule,
    state::{Purchase, PurchaseStatus},
};

use crate::support::{address, key, leads, refuses};

const DEADLINE: i64 = 1_790_003_600;

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
        reserved: [0; 3],
        price: 5_000_000,
        deadline: DEADLINE,
        order: address(9),
        seller: address(1),
        buyer: address(2),
        buyer_key: key("b"),
    }
}

fn settled() -> Purchase {
    Purchase {
        status: PurchaseStatus::Settled as u8,
        delivered_count: 3,
        ..purchase()
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
    assert_eq!(
        [PurchaseStatus::Pending as u8, PurchaseStatus::Settled as u8],
        [0, 1]
    );
    assert!(!purchase().is_settled());
    assert!(settled().is_settled());
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
fn deliveries_count_up_to_the_one_that_settles() {
    let delivered = |delivered_count| Purchase {
        delivered_count,
        ..purchase()
    };
    assert!(!leads(&purchase(), delivered(1), |purchase| purchase
        .count_delivered(1)));
    assert!(!leads(&purchase(), delivered(2), |purchase| purchase
        .count_delivered(2)));
    assert!(leads(&delivered(2), settled(), |purchase| purchase
        .count_delivered(1)));
    assert!(leads(&purchase(), settled(), |purchase| purchase
        .count_delivered(3)));
    let full = delivered(255);
    refuses(&full, GenerionError::Arithmetic, |purchase| {
        purchase.count_delivered(1)
    });
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
fn the_seller_declines_at_any_time() {
    for now in [i64::MIN, DEADLINE, i64::MAX] {
        assert_eq!(purchase().require_refundable(&address(1), now), Ok(()));
    }
}

#[test]
fn anybody_refunds_after_the_grace() {
    let too_early = Err(GenerionError::RefundTooEarly.into());
    for anybody in [address(2), address(7)] {
        let at = |now| purchase().require_refundable(&anybody, now);
        assert_eq!(at(DEADLINE + 300), Ok(()));
        assert_eq!(at(i64::MAX), Ok(()));
        assert_eq!(at(DEADLINE + 299), too_early);
        assert_eq!(at(DEADLINE), too_early);
        assert_eq!(at(i64::MIN), too_early);
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

#[test]
fn what_is_settled_is_not_refunded() {
    for authority in [address(1), address(2), address(7)] {
        assert_eq!(
            settled().require_refundable(&authority, i64::MAX),
            Err(GenerionError::AlreadySettled.into())
        );
    }
}
