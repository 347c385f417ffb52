// The account's sales that still have to be settled, and what has to be kept for that.

import { type ClientError, type FlowContext, listPurchases, purchaseStatus, savedMarkers } from '@generion/client';
import type { Address } from '@solana/kit';
import { FeeTrouble } from './fee-trouble.js';

/** Sales by their purchases, and what keeps them from being all. */
export type OpenSales = { open: ReadonlySet<Address>; doubts: readonly ClientError[] };

/**
 * The purchases from a seller that are neither paid nor refunded, and those whose settlement this device has begun.
 *
 * @throws {ClientError} `marker`; those of reading.
 */
export async function openSales(context: FlowContext, seller: Address): Promise<OpenSales> {
    const { ledger, saved } = context;
    const [markers, { accounts, doubts }] = await Promise.all([
        savedMarkers(saved, ledger.deployment, seller),
        listPurchases(context, { seller }),
    ]);
    const unpaid = accounts.filter(({ state }) => purchaseStatus(state) !== 'settled');
    const open = new Set([...markers.map(({ purchase }) => purchase), ...unpaid.map(({ address }) => address)]);
    // Where a gateway fails, the nodes were asked.
    return { open, doubts: doubts.filter(({ code }) => code !== 'gateway') };
}

/**
 * Makes sure that no sale needs the fee account any more.
 *
 * @throws {FeeTrouble} `sales_open`.
 * @throws {ClientError} That of reading which leaves it uncertain.
 */
export function requireNoSales({ doubts: [doubt], open }: OpenSales): void {
    if (open.size > 0) throw new FeeTrouble('sales_open');
    if (doubt) throw doubt;
}

/**
 * Makes sure that what is sent to the fee account is what the person saw.
 *
 * @throws {FeeTrouble} `amount_changed`.
 */
export function requireShownAmount(shown: bigint, { balance, needed }: { balance: bigint; needed: bigint }): void {
    if (needed - balance !== shown) throw new FeeTrouble('amount_changed');
}
