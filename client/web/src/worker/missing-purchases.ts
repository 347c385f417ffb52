// Purchases that a list does not show, although this device knows them.

import { ClientError, type Ledger, type Purchase } from '@generion/client';
import type { Address } from '@solana/kit';

/** The state of a purchase that the ledger does not show, and that this device has a receipt of. */
export function stateWithout(
    isDisputed: boolean,
    hasKeys: boolean,
    isAwaited: boolean,
): 'disputed' | 'closed' | 'awaited' | 'absent' {
    if (isDisputed) return 'disputed';
    if (hasKeys) return 'closed';
    return isAwaited ? 'awaited' : 'absent';
}

/** The purchases that enough nodes agree on, and those about which they contradict each other. */
export async function lookAgain(
    ledger: Pick<Ledger, 'find'>,
    addresses: readonly Address[],
): Promise<{ found: ReadonlyMap<Address, Purchase>; disputed: ReadonlySet<Address> }> {
    const found = new Map<Address, Purchase>();
    const disputed = new Set<Address>();
    for (const address of addresses) {
        try {
            const { state } = await ledger.find('purchase', address);
            if (state) found.set(address, state);
        } catch (error) {
            if (!(error instanceof ClientError) || error.code === 'no_node') throw error;
            disputed.add(address);
        }
    }
    return { found, disputed };
}
