// The highest cost of settlements.

import { SETTLE_UNITS } from '../transactions/limits.js';

/** The first price above nothing, in micro-lamports per compute unit. It doubles with each signature. */
const FIRST_PRICE = 10_000n;
/** The highest price that is paid, in micro-lamports per compute unit. */
const MAX_PRICE = 5_000_000n;
/** Lamports for each signature. */
const SIGNATURE_FEE = 5_000n;
/** The highest fee of a settlement, in lamports. */
const MAX_FEE = SIGNATURE_FEE + (BigInt(SETTLE_UNITS) * MAX_PRICE + 999_999n) / 1_000_000n;
/** The number of signatures for which lamports are kept in reserve. */
const RESERVED_TRIES = 10n;

/** The lamports that the payer of settlements has to keep for this many of them. */
export const settleReserve = (open: number): bigint => BigInt(open) * MAX_FEE * RESERVED_TRIES;

/** The price of a compute unit, in micro-lamports: the user's at first, and twice as much with each earlier signature. */
export function settlePrice(usual: bigint, before: number): bigint {
    const least = before === 0 ? 0n : FIRST_PRICE;
    const doublings = BigInt(Math.max(0, Math.min(before - 1, 32)));
    const price = (usual > least ? usual : least) << doublings;
    return price > MAX_PRICE ? MAX_PRICE : price;
}
