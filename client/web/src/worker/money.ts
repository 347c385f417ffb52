// SOL of wallets.

import type { Ledger } from '@generion/client';
import type { Address } from '@solana/kit';

/** The lowest balance that a node shows, in lamports. */
export async function balanceOf(ledger: Ledger, address: Address): Promise<bigint> {
    const answers = await ledger.askAll(({ rpc }) => rpc.getBalance(address, { commitment: 'confirmed' }).send());
    return answers.map(({ value }): bigint => value.value).reduce((one, other) => (one < other ? one : other));
}
