// Generated from idl/generion.json by `npm run generate`: do not edit.

/** Layout version of every account, stored in the byte after the discriminator. */
export const ACCOUNT_VERSION = 1;

/** Domain of the capsule proof's challenge. */
export const CAPSULE_DOMAIN = new Uint8Array([103,101,110,101,114,105,111,110,47,99,97,112,115,117,108,101,47,118,49]);

/** Seconds after which the creator may delete a record that its owner has not verified: 24 hours. */
export const CREATOR_DELETE_DELAY = 86400n;

/** Domain of the delivery proof's statement. */
export const DELIVERY_DOMAIN = new Uint8Array([103,101,110,101,114,105,111,110,47,100,101,108,105,118,101,114,121,47,118,49]);

/** Length of an order's label, in bytes. Shorter labels are padded with zeros. */
export const LABEL_LEN = 64;

/** Largest number of records in a delivery batch. A legacy transaction holds nine; the verifier reserves memory for ten. */
export const MAX_DELIVERY_BATCH = 10;

/** Longest delivery window, in seconds: 30 days. */
export const MAX_DELIVERY_WINDOW = 2592000;

/** Largest length of a sealed locator, in bytes. */
export const MAX_LOCATOR_LEN = 512;

/** Largest number of records in an order. */
export const MAX_ORDER_RECORDS = 24;

/** Shortest delivery window, in seconds. */
export const MIN_DELIVERY_WINDOW = 600;

/** Order: `[ORDER_SEED, seller wallet, id as u64]`. */
export const ORDER_SEED = new Uint8Array([111,114,100,101,114]);

/** Purchase: `[PURCHASE_SEED, order, buyer wallet]`. */
export const PURCHASE_SEED = new Uint8Array([112,117,114,99,104,97,115,101]);

/** Domain of the hash over a record's contents, which is a seed of the record's address. */
export const RECORD_DOMAIN = new Uint8Array([103,101,110,101,114,105,111,110,47,114,101,99,111,114,100,47,118,49]);

/** Record: `[RECORD_SEED, owner wallet, contents hash]`. */
export const RECORD_SEED = new Uint8Array([114,101,99,111,114,100]);

/** Grace period after the deadline, in seconds. When it is over, anyone may refund and nobody may deliver. It is longer than the lifetime of a block hash, so that a delivery sent before the deadline is confirmed or expired by then. */
export const REFUND_GRACE = 300n;

/** Seconds that a seller has to settle a locked purchase before anyone may refund it: 24 hours. */
export const SETTLE_WINDOW = 86400n;

/** Share: `[SHARE_SEED, record, recipient wallet]`. */
export const SHARE_SEED = new Uint8Array([115,104,97,114,101]);

/** Domain of the hash over an order's terms. */
export const TERMS_DOMAIN = new Uint8Array([103,101,110,101,114,105,111,110,47,116,101,114,109,115,47,118,49]);

/** User: `[USER_SEED, wallet]`. */
export const USER_SEED = new Uint8Array([117,115,101,114]);
