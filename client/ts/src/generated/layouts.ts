// Generated from idl/generion.json by `npm run generate`: do not edit.

/**
 * Bytes of the fixed part of each account, with its discriminator, and its tail if it has one: a u32 with the
 * number of items, and the items.
 */
export const ACCOUNT_LAYOUTS = {
    application: { size: 152, tail: { itemSize: 1, maxItems: 736 } },
    order: { size: 208, tail: { itemSize: 32, maxItems: 24 } },
    purchase: { size: 232, tail: { itemSize: 64, maxItems: 24 } },
    record: { size: 288, tail: { itemSize: 1, maxItems: 512 } },
    share: { size: 256, tail: undefined },
    study: { size: 216, tail: { itemSize: 1, maxItems: 680 } },
    user: { size: 168, tail: undefined },
} as const;

/** Where the fields are by which a node can filter: addresses, and states of one byte. */
export const FIELD_OFFSETS = {
    application: { study: 24, order: 56, participant: 88, rentPayer: 120 },
    order: { open: 10, rentPayer: 32, seller: 64, onlyBuyer: 172 },
    purchase: { status: 10, recordCount: 11, deliveredCount: 12, seat: 13, order: 40, seller: 72, buyer: 104 },
    record: { verified: 10, owner: 32, creator: 64, rentPayer: 96 },
    share: { record: 32, owner: 64, recipient: 96, rentPayer: 128 },
    study: { vaultBump: 10, admission: 11, recordCount: 12, groupCount: 13, requirementCount: 14, creatorCount: 15, sponsor: 56, admitter: 88, rentPayer: 120 },
    user: { wallet: 40 },
} as const;
