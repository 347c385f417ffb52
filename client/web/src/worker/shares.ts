// Records that the unlocked account shares with others, and those that others share with it.

import {
    ClientError,
    costOf,
    type FlowContext,
    findRecipient,
    listShares,
    openSharedRecord,
    revokeShare,
    sendPrepared,
    shareRecord,
} from '@generion/client';
import type { Address } from '@solana/kit';
import type { Offline } from './offline.js';
import { cardOf, type ReadRecord } from './records.js';
import type { Session } from './session.js';

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

/** A record, the wallet that gets it, and how long in seconds from now; `undefined`: without an end. */
export type Sharing = { record: Address; recipient: Address; seconds: number | undefined };

/** What the unlocked account shares, and what others share with it. */
export class Shares {
    constructor(
        private readonly session: Session,
        private readonly offline: Offline,
    ) {}

    /** Who has access to a record of the account's, or to all of them. */
    async byMe(record?: Address): Promise<ShareCard[]> {
        const owner = this.session.actor().keys.wallet;
        return await this.list({ owner, ...(record && { record }) });
    }

    /** What others share with the account. */
    async withMe(): Promise<ShareCard[]> {
        return await this.list({ recipient: this.session.actor().keys.wallet });
    }

    /** Opens a record that somebody shares with the account. */
    async open(share: Address): Promise<ReadRecord & { isKept: boolean }> {
        const context = await this.session.context();
        try {
            const record = cardOf(await openSharedRecord(context, this.session.actor().keys, share));
            const { state } = await context.ledger.get('share', share);
            const expiresAt = state.expiresAt === 0n ? undefined : Number(state.expiresAt);
            return { ...record, isKept: await this.offline.keep(record, { address: share, expiresAt }) };
        } catch (error) {
            // What the owner has ended is shown no more, not even without a connection.
            const hasEnded = error instanceof ClientError && ['not_found', 'expired'].includes(error.code);
            if (hasEnded) await this.offline.forget(share);
            throw error;
        }
    }

    /** Lamports that sharing costs. Most of it comes back when the share is revoked. */
    async cost(sharing: Sharing): Promise<bigint> {
        const context = await this.session.context();
        const { fee, rent } = await costOf(context, await this.prepare(context, sharing));
        return fee + rent;
    }

    /** Shares a record. */
    async share(sharing: Sharing): Promise<void> {
        const context = await this.session.context();
        await sendPrepared(context, await this.prepare(context, sharing));
    }

    /** Ends a share. */
    async revoke(share: Address): Promise<void> {
        const context = await this.session.context();
        await sendPrepared(context, await revokeShare(context, this.session.actor(), share));
    }

    private async list(filter: Parameters<typeof listShares>[1]): Promise<ShareCard[]> {
        const { accounts } = await listShares(await this.session.context(), filter);
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

    private async prepare(context: FlowContext, { record, recipient, seconds }: Sharing) {
        const found = await findRecipient(context, recipient);
        const expiresAt = seconds === undefined ? undefined : BigInt(Math.floor(Date.now() / 1000) + seconds);
        return await shareRecord(context, this.session.actor(), record, found, expiresAt);
    }
}
