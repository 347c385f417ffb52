// Whether the payer of settlements can pay for them, whatever the market asks.

import type { Address } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import type { Ledger } from '../ledger/ledger.js';
import { witnessedAccounts } from '../ledger/witnesses.js';
import { settleReserve } from './price.js';

/**
 * Checks that a payer holds the highest possible cost of so many settlements.
 *
 * @throws {ClientError} `settle_reserve`; `nodes_disagree`, `too_few_nodes`, `wrong_cluster`.
 */
export async function requireReserve(
    ledger: Ledger,
    payer: Address,
    open: number,
    signal?: AbortSignal,
): Promise<void> {
    const needed = settleReserve(open);
    const { value: isEnough } = await witnessedAccounts(
        ledger,
        {
            subject: `whether wallet ${payer} holds enough to settle`,
            addresses: [payer],
            project: ([account]) => account?.exists === true && account.lamports >= needed,
        },
        { signal },
    );
    if (isEnough) return;
    throw new ClientError(
        'settle_reserve',
        `wallet ${payer} has to hold ${needed} lamports, which settling may cost: send some there`,
    );
}
