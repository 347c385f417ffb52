//! Every seed, limit and domain string of the protocol. Client code imports them from here and repeats none of them.

/// Layout version that every account carries in the byte after its discriminator.
pub const ACCOUNT_VERSION: u8 = 1;

// Seeds of the program-derived addresses. Integers in seeds are little-endian.

/// User: `[USER_SEED, wallet]`.
pub const USER_SEED: &[u8] = b"user";
/// Record: `[RECORD_SEED, owner wallet, contents hash]`.
pub const RECORD_SEED: &[u8] = b"record";
/// Order: `[ORDER_SEED, seller wallet, id as u64]`.
pub const ORDER_SEED: &[u8] = b"order";
/// Purchase: `[PURCHASE_SEED, order, buyer wallet]`.
pub const PURCHASE_SEED: &[u8] = b"purchase";
/// Share: `[SHARE_SEED, record, recipient wallet]`.
pub const SHARE_SEED: &[u8] = b"share";

// Limits.

/// Bytes of the longest sealed locator.
pub const MAX_LOCATOR_LEN: usize = 512;
/// Records of the largest order.
pub const MAX_ORDER_RECORDS: usize = 24;
/// Bytes of an order's label; shorter labels are padded with zeros.
pub const LABEL_LEN: usize = 64;
/// Records of the largest delivery batch. A legacy transaction holds nine; the verifier reserves memory for the bound.
pub const MAX_DELIVERY_BATCH: usize = 10;
/// Shortest delivery window, in seconds.
pub const MIN_DELIVERY_WINDOW: u32 = 600;
/// Longest delivery window, in seconds: 30 days.
pub const MAX_DELIVERY_WINDOW: u32 = 30 * 24 * 60 * 60;
/// Seconds after the deadline from which anyone may trigger the refund, and nobody may deliver. Longer than a block hash
/// lives, so that a delivery sent before the deadline lands or dies before the refund opens.
pub const REFUND_GRACE: i64 = 300;
/// Seconds that a seller has to settle a locked purchase before anyone may refund it: 24 hours.
pub const SETTLE_WINDOW: i64 = 24 * 60 * 60;
/// Seconds after which the creator may delete a record that its owner has not verified: 24 hours.
pub const CREATOR_DELETE_DELAY: i64 = 24 * 60 * 60;

// Domain strings of the hashes.

/// Domain of the hash over a record's contents, which is in its address.
pub const RECORD_DOMAIN: &[u8] = b"generion/record/v1";
/// Domain of the hash over an order's terms.
pub const TERMS_DOMAIN: &[u8] = b"generion/terms/v1";
/// Domain of the capsule proof's challenge.
pub const CAPSULE_DOMAIN: &[u8] = b"generion/capsule/v1";
/// Domain of the delivery proof's statement.
pub const DELIVERY_DOMAIN: &[u8] = b"generion/delivery/v1";
