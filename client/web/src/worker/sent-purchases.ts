// When this device sent a payment. A purchase that the ledger does not show yet may still come about shortly after that.

import type { SavedState } from '@generion/client';
import type { Address } from '@solana/kit';

/** Milliseconds after which the network takes a payment no more: a block hash lives for half of that, with room for clocks. */
const MAY_LAND = 180_000;

const nameOf = (purchase: Address): string => `sent-purchases/${purchase}`;

/** Notes that the payment of a purchase is about to be sent. */
export async function noteSent(saved: SavedState, purchase: Address, now = Date.now()): Promise<void> {
    await saved.update(nameOf(purchase), () => String(now));
}

/** Forgets it: the payment has landed, or can't any more. */
export async function forgetSent(saved: SavedState, purchase: Address): Promise<void> {
    await saved.update(nameOf(purchase), () => undefined);
}

/** Whether the payment of a purchase was sent so lately that the network may still take it. */
export async function mayStillLand(saved: SavedState, purchase: Address, now = Date.now()): Promise<boolean> {
    const sent = Number((await saved.read(nameOf(purchase))) ?? Number.NaN);
    return Math.abs(now - sent) < MAY_LAND;
}
