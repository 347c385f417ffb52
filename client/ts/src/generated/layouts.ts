// Generated from idl/generion.json by `npm run generate`: do not edit.

/**
 * Bytes of the fixed part of each account, with its discriminator, and its tail if it has one: a u32 with the
 * number of items, and the items.
 */
export const ACCOUNT_LAYOUTS = {
    order: { size: 208, tail: { itemSize: 32, maxItems: 24 } },
    purchase: { size: 232, tail: { itemSize: 64, maxItems: 24 } },
    record: { size: 288, tail: { itemSize: 1, maxItems: 512 } },
    share: { size: 256, tail: undefined },
    user: { size: 168, tail: undefined },
} as const;
