// Records that the unlocked account shares with others, and those that others share with it.

import {
    ClientError,
    costOf,
    type FlowContext,
    findRecipient,
    type KeyedAccount,
    ledgerTime,
    listShares,
    openSharedRecord,
    revokeShare,
    sendPrepared,
    shareRecord,
} from '@generion/client';
import type { Address } from '@solana/kit';
import { type BytesDone, withReports } from './byte-progress.js';
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

/**
 * Why a list may be incomplete. `nodes_disagree`: nodes contradict each other; `unanswered`: nobody says whether a share
 * that a
 * list leaves out is gone; `gateway_alone`: no node lists shares, and a gateway could leave some out.
 */
export type ShareDoubt = 'nodes_disagree' | 'unanswered' | 'gateway_alone';

/** Shares that were found. */
export type ShareList = { shares: ShareCard[]; doubt: ShareDoubt | undefined };

/** A share that this device has seen. Everybody sees it on the ledger. */
type SeenShare = Pick<ShareCard, 'address' | 'record' | 'owner' | 'recipient'>;

/** A record, the wallet that gets it, and how long in seconds from now; `undefined`: without an end. */
export type Sharing = { record: Address; recipient: Address; seconds: number | undefined };

/** The shares of the unlocked account, and those that others have with it. */
export class Shares {
    constructor(
        private readonly session: Session,
        private readonly offline: Offline,
    ) {}

    /**
     * Lists the people with access to a record of the account's, or to all of them. The nodes are asked, since a gateway
     * alone could leave
     * somebody out. Where no node lists accounts, the gateway's list is better than none, and that is a doubt.
     */
    async byMe(record?: Address): Promise<ShareList> {
        const owner = this.session.actor().keys.wallet;
        const filter = { owner, ...(record && { record }) };
        const { gateway, ...nodesAlone } = await this.session.context();
        try {
            return await this.list(nodesAlone, filter);
        } catch (error) {
            if (!gateway || !(error instanceof ClientError && error.code === 'no_node')) throw error;
            const { shares } = await this.list({ ...nodesAlone, gateway }, filter);
            return { shares, doubt: 'gateway_alone' };
        }
    }

    /**
     * Lists the shares of others with the account. A share that a list leaves out is revoked only if the nodes say that it
     * is gone.
     */
    async withMe(): Promise<ShareList> {
        const recipient = this.session.actor().keys.wallet;
        const context = await this.session.context();
        const listed = await this.list(context, { recipient });
        const present = new Set(listed.shares.map(({ address }) => address));
        const leftOut = (await this.seen()).filter(({ address }) => !present.has(address));
        const now = leftOut.length > 0 ? await nowOf(context) : 0;
        const found = await Promise.all(leftOut.map((one) => this.confirm(context, one, now)));
        const shares = [...listed.shares, ...found.flatMap(({ share }) => (share ? [share] : []))];
        // A share that could not be confirmed stays known for the next time.
        const unconfirmed = leftOut.filter((_, index) => !found[index]?.share);
        await this.remember([...shares, ...unconfirmed]);
        return { shares, doubt: listed.doubt ?? found.find(({ doubt }) => doubt)?.doubt };
    }

    /** A share that a list leaves out, as the nodes have it. */
    private async confirm(
        { ledger }: FlowContext,
        seen: SeenShare,
        now: number,
    ): Promise<{ share?: ShareCard; doubt?: ShareDoubt }> {
        try {
            const { state } = await ledger.find('share', seen.address);
            if (state) return { share: cardOfShare({ address: seen.address, state }, now) };
        } catch (error) {
            if (!(error instanceof ClientError)) throw error;
            return { doubt: error.code === 'no_node' ? 'unanswered' : 'nodes_disagree' };
        }
        await this.offline.forget(seen.address).catch(() => undefined);
        return { share: { ...seen, expiresAt: undefined, hasExpired: false, isRevoked: true } };
    }

    /** Forgets a share that was revoked. */
    async forget(share: Address): Promise<void> {
        await this.remember((await this.seen()).filter(({ address }) => address !== share));
    }

    /** A share as the ledger has it. */
    async one(share: Address): Promise<ShareCard> {
        const context = await this.session.context();
        const { state } = await context.ledger.get('share', share);
        return cardOfShare({ address: share, state }, await nowOf(context));
    }

    /** Opens a record that somebody shares with the account. */
    async open(share: Address, onBytes?: (bytes: BytesDone) => void): Promise<ReadRecord & { isKept: boolean }> {
        const context = withReports(await this.session.context(), onBytes);
        try {
            const record = cardOf(await openSharedRecord(context, this.session.actor().keys, share));
            const { state } = await context.ledger.get('share', share);
            const expiresAt = state.expiresAt === 0n ? undefined : Number(state.expiresAt);
            return { ...record, isKept: await this.offline.keep(record, { address: share, expiresAt }) };
        } catch (error) {
            // A record whose share has ended is shown no more, not even without a connection.
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

    private async list(context: FlowContext, filter: Parameters<typeof listShares>[1]): Promise<ShareList> {
        const { accounts, doubts } = await listShares(context, filter);
        const now = accounts.length > 0 ? await nowOf(context) : 0;
        // That the nodes were asked in place of a gateway leaves nothing open.
        const isDoubtful = doubts.some(({ code }) => code !== 'gateway');
        const shares = accounts.map((account) => cardOfShare(account, now));
        return { shares, doubt: isDoubtful ? 'nodes_disagree' : undefined };
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
        const expiresAt = seconds === undefined ? undefined : BigInt((await nowOf(context)) + seconds);
        return await shareRecord(context, this.session.actor(), record, found, expiresAt);
    }
}

/** The ledger's time in seconds since 1970: a share ends by it, and a device's clock may be wrong. */
const nowOf = async ({ ledger }: FlowContext): Promise<number> => Number((await ledgerTime(ledger)).earliest);

function cardOfShare({ address, state }: KeyedAccount<'share'>, now: number): ShareCard {
    const expiresAt = state.expiresAt === 0n ? undefined : Number(state.expiresAt);
    return {
        address,
        record: state.record,
        owner: state.owner,
        recipient: state.recipient,
        expiresAt,
        hasExpired: expiresAt !== undefined && expiresAt <= now,
        isRevoked: false,
    };
}
