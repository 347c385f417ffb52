//! Limits, seeds and domains are part of the protocol.

use generion::constants::*;

#[test]
fn constants_are_those_of_the_protocol() {
    assert_eq!(ACCOUNT_VERSION, 1);
    assert_eq!(
        [
            USER_SEED,
            RECORD_SEED,
            ORDER_SEED,
            PURCHASE_SEED,
            SHARE_SEED
        ],
        [&b"user"[..], b"record", b"order", b"purchase", b"share"]
    );
    assert_eq!(
        [
            MAX_LOCATOR_LEN,
            MAX_ORDER_RECORDS,
            LABEL_LEN,
            MAX_DELIVERY_BATCH
        ],
        [512, 24, 64, 10]
    );
    assert_eq!([MIN_DELIVERY_WINDOW, MAX_DELIVERY_WINDOW], [600, 2_592_000]);
    assert_eq!(
        [REFUND_GRACE, SETTLE_WINDOW, CREATOR_DELETE_DELAY],
        [300, 86_400, 86_400]
    );
    assert_eq!(RECORD_DOMAIN, b"generion/record/v1");
    assert_eq!(TERMS_DOMAIN, b"generion/terms/v1");
    assert_eq!(CAPSULE_DOMAIN, b"generion/capsule/v1");
    assert_eq!(DELIVERY_DOMAIN, b"generion/delivery/v1");
}
