// Generated from idl/generion.json by `npm run generate`: do not edit.

/** Layout version of every account, stored in the byte after the discriminator. */
export const ACCOUNT_VERSION = 1;

/** Application: `[APPLICATION_SEED, study, participant wallet]`. */
export const APPLICATION_SEED = new Uint8Array([97,112,112,108,105,99,97,116,105,111,110]);

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

/** Largest number of groups of requirements. */
export const MAX_GROUPS = 8;

/** Largest length of a letter, in bytes. With it, `apply`, a payer of its own and two compute-budget instructions fit into one legacy transaction. */
export const MAX_LETTER_LEN = 736;

/** Largest length of a sealed locator, in bytes. */
export const MAX_LOCATOR_LEN = 512;

/** Largest number of disclosures of a participant of a study with open admission: more do not fit into one legacy transaction. */
export const MAX_OPEN_DISCLOSURES = 3;

/** Largest number of records in an order. */
export const MAX_ORDER_RECORDS = 24;

/** Largest length of a study's tail (requirements, accepted creators and address of the description), in bytes. With it, `create_study`, a payer of its own and two compute-budget instructions fit into one legacy transaction. */
export const MAX_STUDY_TAIL = 680;

/** Largest length of the address of a study's description, in bytes. */
export const MAX_STUDY_URL_LEN = 128;

/** Shortest delivery window, in seconds. */
export const MIN_DELIVERY_WINDOW = 600;

/** Order: `[ORDER_SEED, seller wallet, id as u64]`. */
export const ORDER_SEED = new Uint8Array([111,114,100,101,114]);

/** Purchase that a wallet made: `[PURCHASE_SEED, order, buyer wallet]`. A purchase that a study made is a seat. */
export const PURCHASE_SEED = new Uint8Array([112,117,114,99,104,97,115,101]);

/** Domain of the hash over a record's contents, which is a seed of the record's address. */
export const RECORD_DOMAIN = new Uint8Array([103,101,110,101,114,105,111,110,47,114,101,99,111,114,100,47,118,49]);

/** Record: `[RECORD_SEED, owner wallet, contents hash]`. */
export const RECORD_SEED = new Uint8Array([114,101,99,111,114,100]);

/** Grace period after the deadline, in seconds. When it is over, anyone may refund and nobody may deliver. It is longer than the lifetime of a block hash, so that a delivery sent before the deadline is confirmed or expired by then. */
export const REFUND_GRACE = 300n;

/** Seat, a purchase that a study made: `[SEAT_SEED, vault, participant wallet]`. */
export const SEAT_SEED = new Uint8Array([115,101,97,116]);

/** Seconds that a seller has to settle a locked purchase before anyone may refund it: 24 hours. */
export const SETTLE_WINDOW = 86400n;

/** Share: `[SHARE_SEED, record, recipient wallet]`. */
export const SHARE_SEED = new Uint8Array([115,104,97,114,101]);

/** Notice, in seconds, with which a study is ended. It is longer than the lifetime of a block hash, so that neither ending nor withdrawing can make a transaction fail that a participant signed while more than this time was left. */
export const STUDY_NOTICE = 300n;

/** Study: `[STUDY_SEED, sponsor wallet, id as u64]`. */
export const STUDY_SEED = new Uint8Array([115,116,117,100,121]);

/** Domain of the hash over an order's terms. */
export const TERMS_DOMAIN = new Uint8Array([103,101,110,101,114,105,111,110,47,116,101,114,109,115,47,118,49]);

/** User: `[USER_SEED, wallet]`. */
export const USER_SEED = new Uint8Array([117,115,101,114]);

/** Vault, which holds a study's budget: `[VAULT_SEED, study]`. */
export const VAULT_SEED = new Uint8Array([118,97,117,108,116]);
