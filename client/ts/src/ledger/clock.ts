// The ledger's clock, as nodes show it.

import { type Address, type MaybeEncodedAccount, parseBase64RpcAccount } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import type { Ledger } from './ledger.js';

/** The account with the ledger's clock. */
export const CLOCK = 'SysvarC1ock11111111111111111111111111111111' as Address;

/** The ledger's clock and this machine's, in seconds since the Unix epoch. */
export type LedgerTime = {
    /** The earliest clock of the nodes: for whether the ledger allows something already. */
    readonly earliest: bigint;
    /** The latest of all clocks, this machine's among them: for whether it is too late for something. */
    readonly latest: bigint;
};

/** This machine's time, in seconds since the Unix epoch. */
export const machineTime = (): number => Math.floor(Date.now() / 1000);

/**
 * The time that the clock's account shows.
 *
 * @throws {ClientError} `malformed`.
 */
export function timeOf(clock: MaybeEncodedAccount): bigint {
    if (!clock.exists || clock.data.length !== 40) throw new ClientError('malformed', 'it shows no clock');
    return new DataView(Uint8Array.from(clock.data).buffer).getBigInt64(32, true);
}

/**
 * What time it is: the nodes' word, for what costs nothing if it is wrong.
 *
 * @throws {ClientError} `no_node`, `wrong_cluster`.
 */
export async function ledgerTime(ledger: Ledger): Promise<LedgerTime> {
    await ledger.checkGenesis();
    const answers = await ledger.askAll(async ({ rpc }) => {
        const { value } = await rpc.getAccountInfo(CLOCK, { commitment: 'confirmed', encoding: 'base64' }).send();
        return timeOf(parseBase64RpcAccount(CLOCK, value));
    });
    const times = [...answers.map(({ value }) => value)].sort((one, other) => (one < other ? -1 : 1));
    const [earliest = 0n, last = 0n, local] = [times[0], times.at(-1), BigInt(machineTime())];
    return { earliest, latest: local > last ? local : last };
}
