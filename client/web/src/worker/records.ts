// Records of the unlocked account: listed, checked, verified, opened.

import {
    type CheckedRecord,
    ClientError,
    type ClientErrorCode,
    checkRecord,
    contentFacts,
    costOf,
    factsOf,
    listRecords,
    MAX_CONTENT_LENGTH,
    type OpenedDocument,
    readsContent,
    sendPrepared,
    unlockRecord,
    verifyRecord,
    verifyRecordSponsored,
} from '@generion/client';
import type { Address } from '@solana/kit';
import { oneLine } from '../render/plain-text.js';
import { type BytesDone, withReports } from './byte-progress.js';
import { balanceOf } from './money.js';
import type { Offline } from './offline.js';
import type { Session } from './session.js';
import { requireGateway, sponsorOf } from './sponsor.js';
import { isDocumentGone } from './store-answers.js';

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

/** A record of the account's that was checked. */
export type ReadChecked = ReadRecord & {
    /** Whether this device keeps its document. */
    isKept: boolean;
    /**
     * Its facts (docs/PROTOCOL.md, section 3), which follow from its document; `undefined`: this version does not know their
     * profile, and did not check them.
     */
    facts: readonly string[] | undefined;
};

/** The records of the unlocked account. */
export class Records {
    constructor(
        private readonly session: Session,
        private readonly offline: Offline,
    ) {}

    /** The account's records, the newest first. */
    async list(): Promise<RecordCard[]> {
        const [context, { keys }] = [await this.session.context(), this.session.actor()];
        const { accounts } = await listRecords(context, { owner: keys.wallet });
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

    /** Opens a record, checks all that its owner must before verifying it, and shows what was checked. */
    async check(address: Address, onBytes?: (bytes: BytesDone) => void): Promise<ReadChecked> {
        try {
            const context = withReports(await this.session.context(), onBytes);
            const checked = await checkRecord(context, this.session.actor().keys, address);
            const record = cardOf(checked);
            return { ...record, facts: await factsIn(checked), isKept: await this.offline.keep(record) };
        } catch (error) {
            const isGone = error instanceof ClientError && error.code === 'not_found';
            if (isGone || isDocumentGone(error)) await this.offline.forget(address);
            throw error;
        }
    }

    /** Lamports that verifying a record costs, and the host whose operator is asked to pay where the account can't. */
    async costOfVerifying(address: Address): Promise<{ cost: bigint; sponsor: string | undefined }> {
        const context = await this.session.context();
        const actor = this.session.actor();
        const { fee, rent } = await costOf(context, verifyRecord(context, actor, { address }));
        const cost = fee + rent;
        const balance = await balanceOf(context.ledger, actor.wallet.address);
        return { cost, sponsor: balance < cost ? sponsorOf(context) : undefined };
    }

    /**
     * Verifies a record that was checked, at the cost of the gateway's operator.
     *
     * @throws {ClientError} `not_asked_for`: the gateway built something else, and nothing was signed.
     * @throws {GatewayError} `sponsoring_off`, `sponsor_refused` and others.
     */
    async verifySponsored(address: Address): Promise<void> {
        const context = requireGateway(await this.session.context());
        await verifyRecordSponsored(context, this.session.actor().wallet, { address });
    }

    /** Verifies a record that was checked. */
    async verify(address: Address): Promise<void> {
        const context = await this.session.context();
        await sendPrepared(context, verifyRecord(context, this.session.actor(), { address }));
    }
}

type About = Pick<OpenedDocument, 'locator' | 'signature'>;
const aboutOf = ({ locator, signature }: About) => ({
    kind: oneLine(locator.kind, 80),
    mediaType: oneLine(locator.mediaType, 80),
    isSigned: signature !== undefined,
});

/** The facts of a record that was checked. */
async function factsIn({ document, facts, locator }: CheckedRecord): Promise<readonly string[] | undefined> {
    if (!facts) return undefined;
    const isRead = readsContent(locator.profile) && document.size <= MAX_CONTENT_LENGTH;
    const content = isRead ? contentFacts(new Uint8Array(await document.arrayBuffer())) : [];
    return factsOf(locator, content);
}

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
