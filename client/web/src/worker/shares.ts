// Records that the unlocked account shares with others, and those that others share with it.

import {
    type Actor,
    costOf,
    type FlowContext,
    findRecipient,
    listShares as listAccounts,
    openSharedRecord,
    revokeShare,
    sendPrepared,
    shareRecord,
} from '@generion/client';
import type { Address } from '@solana/kit';
import { cardOf, type ReadRecord } from './records.js';

/** A record's opening to somebody. */
export type ShareCard = {
    address: Address;
    record: Address;
    owner: Address;
    recipient: Address;
    /** Seconds since 1970; `undefined`: it does not end. */
    expiresAt: number | undefined;
    hasExpired: boolean;
};

/** The openings of one's own records, or, `with` oneself, those of other people's. */
export async function listShares(
    context: FlowContext,
    { keys }: Actor,
    side: 'by' | 'with',
    record?: Address,
): Promise<ShareCard[]> {
    const filter = side === 'by' ? { owner: keys.wallet, ...(record && { record }) } : { recipient: keys.wallet };
    const { accounts } = await listAccounts(context, filter);
    const now = Date.now() / 1000;
    return accounts.map(({ address, state }) => {
        const expiresAt = state.expiresAt === 0n ? undefined : Number(state.expiresAt);
        return {
            address,
            record: state.record,
            owner: state.owner,
            recipient: state.recipient,
            expiresAt,
            hasExpired: expiresAt !== undefined && expiresAt <= now,
        };
    });
}

/** Opens a record that somebody shares with this account. */
export async function readSharedRecord(context: FlowContext, { keys }: Actor, share: Address): Promise<ReadRecord> {
    return cardOf(await openSharedRecord(context, keys, share));
}

/** A record, the wallet that gets it, and how long in seconds from now; `undefined`: without an end. */
export type Sharing = { record: Address; recipient: Address; seconds: number | undefined };

/** Lamports that sharing costs. Most of it comes back when the share is revoked. */
export async function costOfSharing(context: FlowContext, actor: Actor, sharing: Sharing): Promise<bigint> {
    const { fee, rent } = await costOf(context, await prepare(context, actor, sharing));
    return fee + rent;
}

/** Shares a record. */
export async function share(context: FlowContext, actor: Actor, sharing: Sharing): Promise<void> {
    await sendPrepared(context, await prepare(context, actor, sharing));
}

/** Ends a share. */
export async function revoke(context: FlowContext, actor: Actor, address: Address): Promise<void> {
    await sendPrepared(context, await revokeShare(context, actor, address));
}

async function prepare(context: FlowContext, actor: Actor, { record, recipient, seconds }: Sharing) {
    const found = await findRecipient(context, recipient);
    const expiresAt = seconds === undefined ? undefined : BigInt(Math.floor(Date.now() / 1000) + seconds);
    return await shareRecord(context, actor, record, found, expiresAt);
}
