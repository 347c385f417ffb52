//! All seeds, limits and domain strings of the protocol. Client code imports them from here and does not repeat them.

/// Layout version of every account, stored in the byte after the discriminator.
pub const ACCOUNT_VERSION: u8 = 1;

// Seeds of the program-derived addresses. Integers in seeds are little-endian.

/// User: `[USER_SEED, wallet]`.
pub const USER_SEED: &[u8] = b"user";
/// Record: `[RECORD_SEED, owner wallet, contents hash]`.
pub const RECORD_SEED: &[u8] = b"record";
/// Order: `[ORDER_SEED, seller wallet, id as u64]`.
pub const ORDER_SEED: &[u8] = b"order";
/// Purchase that a wallet made: `[PURCHASE_SEED, order, buyer wallet]`. A purchase that a study made is a seat.
pub const PURCHASE_SEED: &[u8] = b"purchase";
/// Share: `[SHARE_SEED, record, recipient wallet]`.
pub const SHARE_SEED: &[u8] = b"share";
/// Study: `[STUDY_SEED, sponsor wallet, id as u64]`.
pub const STUDY_SEED: &[u8] = b"study";
/// Vault, which holds a study's budget: `[VAULT_SEED, study]`.
pub const VAULT_SEED: &[u8] = b"vault";
/// Seat, a purchase that a study made: `[SEAT_SEED, vault, participant wallet]`.
pub const SEAT_SEED: &[u8] = b"seat";
/// Application: `[APPLICATION_SEED, study, participant wallet]`.
pub const APPLICATION_SEED: &[u8] = b"application";

// Limits.

/// Largest length of a sealed locator, in bytes.
pub const MAX_LOCATOR_LEN: usize = 512;
/// Largest number of records in an order.
pub const MAX_ORDER_RECORDS: usize = 24;
/// Length of an order's label, in bytes. Shorter labels are padded with zeros.
pub const LABEL_LEN: usize = 64;
/// Largest number of records in a delivery batch. A legacy transaction holds nine; the verifier reserves memory for ten.
pub const MAX_DELIVERY_BATCH: usize = 10;
/// Shortest delivery window, in seconds.
pub const MIN_DELIVERY_WINDOW: u32 = 600;
/// Longest delivery window, in seconds: 30 days.
pub const MAX_DELIVERY_WINDOW: u32 = 30 * 24 * 60 * 60;
/// Grace period after the deadline, in seconds. When it is over, anyone may refund and nobody may deliver. It is longer
/// than the lifetime of a block hash, so that a delivery sent before the deadline is confirmed or expired by then.
pub const REFUND_GRACE: i64 = 300;
/// Seconds that a seller has to settle a locked purchase before anyone may refund it: 24 hours.
pub const SETTLE_WINDOW: i64 = 24 * 60 * 60;
/// Seconds after which the creator may delete a record that its owner has not verified: 24 hours.
pub const CREATOR_DELETE_DELAY: i64 = 24 * 60 * 60;
/// Largest length of a study's tail (requirements, accepted creators and address of the description), in bytes. With it,
/// `create_study`, a payer of its own and two compute-budget instructions fit into one legacy transaction.
pub const MAX_STUDY_TAIL: usize = 680;
/// Largest length of the address of a study's description, in bytes.
pub const MAX_STUDY_URL_LEN: usize = 128;
/// Largest number of groups of requirements.
pub const MAX_GROUPS: u8 = 8;
/// Largest number of disclosures of a participant of a study with open admission: more do not fit into one legacy transaction.
pub const MAX_OPEN_DISCLOSURES: usize = 3;
/// Largest length of a letter, in bytes. With it, `apply`, a payer of its own and two compute-budget instructions fit into one
/// legacy transaction.
pub const MAX_LETTER_LEN: usize = 736;
/// Notice, in seconds, with which a study is ended. It is longer than the lifetime of a block hash, so that neither ending
/// nor withdrawing can make a transaction fail that a participant signed while more than this time was left.
pub const STUDY_NOTICE: i64 = 300;

// Domain strings of the hashes.

/// Domain of the hash over a record's contents, which is a seed of the record's address.
pub const RECORD_DOMAIN: &[u8] = b"generion/record/v1";
/// Domain of the hash over an order's terms.
pub const TERMS_DOMAIN: &[u8] = b"generion/terms/v1";
/// Domain of the capsule proof's challenge.
pub const CAPSULE_DOMAIN: &[u8] = b"generion/capsule/v1";
/// Domain of the delivery proof's statement.
pub const DELIVERY_DOMAIN: &[u8] = b"generion/delivery/v1";
