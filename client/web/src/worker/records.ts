// Records of the unlocked account: listed, checked, verified, opened.

import {
    type Actor,
    ClientError,
    type ClientErrorCode,
    checkRecord,
    costOf,
    type FlowContext,
    listRecords as listAccounts,
    type OpenedDocument,
    sendPrepared,
    unlockRecord,
    verifyRecord,
} from '@generion/client';
import type { Address } from '@solana/kit';
import { oneLine } from '../render/plain-text.js';

/** A record as a timeline shows it. */
export type RecordCard = {
    address: Address;
    /** The wallet that wrote it. */
    creator: Address;
    /** Seconds since 1970. */
    createdAt: number;
    isVerified: boolean;
    /** Whether its owner wrote it. */
    isSelfIssued: boolean;
    /** The document's kind and media type; `undefined`: it can't be opened, and `problem` says why. */
    about: { kind: string; mediaType: string; isSigned: boolean } | undefined;
    problem: ClientErrorCode | undefined;
};

/** A record with its document. */
export type ReadRecord = RecordCard & {
    /** The plain text. A stranger wrote it. */
    document: Blob;
};

/** The records of an owner, the newest first. */
export async function listRecords(context: FlowContext, { keys }: Actor): Promise<RecordCard[]> {
    const { accounts } = await listAccounts(context, { owner: keys.wallet });
    const cards: RecordCard[] = [];
    for (const { address, state } of accounts) {
        const { creator, createdAt, owner, verified } = state;
        let about: RecordCard['about'];
        let problem: ClientErrorCode | undefined;
        try {
            about = aboutOf(await unlockRecord(context, keys, { address, state }));
        } catch (error) {
            if (!(error instanceof ClientError)) throw error;
            problem = error.code;
        }
        cards.push({
            address,
            creator,
            createdAt: Number(createdAt),
            isVerified: verified !== 0,
            isSelfIssued: owner === creator,
            about,
            problem,
        });
    }
    return cards.sort((one, other) => other.createdAt - one.createdAt);
}

/** Checks all that an owner must before verifying a record, and shows what was checked. */
export async function readCheckedRecord(context: FlowContext, { keys }: Actor, address: Address): Promise<ReadRecord> {
    return cardOf(await checkRecord(context, keys, address));
}

/** Lamports that verifying a record costs. */
export async function costOfVerifying(context: FlowContext, actor: Actor, address: Address): Promise<bigint> {
    const { fee, rent } = await costOf(context, verifyRecord(context, actor, { address }));
    return fee + rent;
}

/** Verifies a record that was checked. */
export async function sendVerification(context: FlowContext, actor: Actor, address: Address): Promise<void> {
    await sendPrepared(context, verifyRecord(context, actor, { address }));
}

type About = Pick<OpenedDocument, 'locator' | 'signature'>;
const aboutOf = ({ locator, signature }: About) => ({
    kind: oneLine(locator.kind, 80),
    mediaType: oneLine(locator.mediaType, 80),
    isSigned: signature !== undefined,
});

/** An opened record as screens show it. */
export function cardOf(opened: OpenedDocument): ReadRecord {
    const { creator, createdAt, owner, verified } = opened.record;
    return {
        address: opened.address,
        creator,
        createdAt: Number(createdAt),
        isVerified: verified !== 0,
        isSelfIssued: owner === creator,
        about: aboutOf(opened),
        problem: undefined,
        document: opened.document,
    };
}
