// Records that the unlocked account shares with others, and those that others share with it.

import {
    ClientError,
    costOf,
    type FlowContext,
    findRecipient,
    type KeyedAccount,
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
import { isDocumentGone } from './store-answers.js';

/** A record's opening to somebody. */
export type ShareCard = {
    address: Address;
    record: Address;
    owner: Address;
    recipient: Address;
    /** Seconds since 1970; `undefined`: it does not end. */
    expiresAt: number | undefined;
    hasExpired: boolean;
    /** Whether this device has seen it, and it is gone. */
    isRevoked: boolean;
};

/** A share that this device has seen. Everybody sees it on the ledger. */
type SeenShare = Pick<ShareCard, 'address' | 'record' | 'owner' | 'recipient'>;

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
        const recipient = this.session.actor().keys.wallet;
        const shares = await this.list({ recipient });
        const present = new Set(shares.map(({ address }) => address));
        const gone = (await this.seen()).filter(({ address }) => !present.has(address));
        const revoked = gone.map((one) => ({ ...one, expiresAt: undefined, hasExpired: false, isRevoked: true }));
        const all = [...shares, ...revoked];
        await this.remember(all);
        return all;
    }

    /** Forgets a share that was revoked. */
    async forget(share: Address): Promise<void> {
        await this.remember((await this.seen()).filter(({ address }) => address !== share));
    }

    /** A share as the ledger has it. */
    async one(share: Address): Promise<ShareCard> {
        const { state } = await (await this.session.context()).ledger.get('share', share);
        return cardOfShare({ address: share, state });
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
            if (hasEnded || isDocumentGone(error)) await this.offline.forget(share);
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
        return accounts.map(cardOfShare);
    }

    private seenName(): string {
        return `shares ${this.session.actor().keys.wallet}`;
    }

    private async seen(): Promise<SeenShare[]> {
        const database = await this.session.database();
        return ((await database.get('settings', this.seenName())) ?? []) as SeenShare[];
    }

    private async remember(shares: readonly SeenShare[]): Promise<void> {
        const kept = shares.map(({ address, owner, recipient, record }) => ({ address, owner, recipient, record }));
        await (await this.session.database()).put('settings', kept, this.seenName());
    }

    private async prepare(context: FlowContext, { record, recipient, seconds }: Sharing) {
        const found = await findRecipient(context, recipient);
        const expiresAt = seconds === undefined ? undefined : BigInt(Math.floor(Date.now() / 1000) + seconds);
        return await shareRecord(context, this.session.actor(), record, found, expiresAt);
    }
}

function cardOfShare({ address, state }: KeyedAccount<'share'>): ShareCard {
    const expiresAt = state.expiresAt === 0n ? undefined : Number(state.expiresAt);
    return {
        address,
        record: state.record,
        owner: state.owner,
        recipient: state.recipient,
        expiresAt,
        hasExpired: expiresAt !== undefined && expiresAt <= Date.now() / 1000,
        isRevoked: false,
    };
}
