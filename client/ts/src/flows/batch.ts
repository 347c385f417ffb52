// Writing many documents as records: what an earlier run wrote is not written again, however that run ended.

import type { Address } from '@solana/kit';
import { ClientError, type ClientErrorCode } from '../base/errors.js';
import { runAlone } from '../base/run-alone.js';
import type { ContentKey } from '../crypto/content-key.js';
import { type Guess, guessDocument } from '../documents/guess.js';
import { forgetAttempt, type ImportAttempt, saveAttempt, savedImport, saveWritten } from '../saved/imports.js';
import { StoreError } from '../store/store-error.js';
import { RefusedTransaction } from '../transactions/refused.js';
import { followTransaction, type SignedTransaction } from '../transactions/send.js';
import type { FlowContext } from './context.js';
import { type Creator, isOtherKey, prepareRecord } from './create.js';
import { accountToCreate, type Cost, costOf, sendPrepared } from './prepared.js';
import { findRecipient, type Recipient } from './recipient.js';
import { type NewDocument, sealedLength, stageDocument } from './stage.js';

/** A document of a folder. */
export type BatchFile = {
    /** Its path within the folder, with `/` between names: a document is known by path and owner. */
    path: string;
    /** The plain document. */
    plain: Blob;
    /** The wallet that it is for. */
    owner: Address;
};

/** A document that was looked at. */
export type BatchDocument = BatchFile &
    Guess & {
        /** Digest of its owner and its path, by which the journal knows it. */
        name: string;
        /** Digest of its content. */
        content: string;
    };

/** What is left to do of a batch. */
export type BatchPlan = {
    /** Documents that have no record yet, or of which that is not known. */
    toWrite: BatchDocument[];
    /** Documents that have their records already. */
    before: BatchDocument[];
    /** Those of `toWrite` that had another content when they became records. The earlier records stay. */
    corrected: BatchDocument[];
    /** Files that hold nothing or can't be read, and become no records. */
    skipped: { file: BatchFile; reason: 'empty' | 'unreadable' }[];
    /** What the records cost at most, in lamports. */
    cost: Cost;
};

/** What became of a document. */
export type BatchEvent = { document: BatchDocument } & (
    | { event: 'started' }
    /** `isNew`: not before this run. */
    | { event: 'written'; record: Address; isNew: boolean }
    | { event: 'failed'; error: unknown }
);

/** How many of a batch's documents became records in this run, were records before, and failed. */
export type BatchTally = { written: number; before: number; failed: number };

/** Documents that are encrypted, stored and sent at the same time. */
const AT_A_TIME = 4;

/** Errors about one owner alone. */
const OF_OWNER: readonly ClientErrorCode[] = [
    'can_not_sign',
    'malformed',
    'missing',
    'no_key',
    'not_the_wallets',
    'older_key',
    'too_few_nodes',
];

/** Refusals of a store that concern one document alone. */
const OF_DOCUMENT = ['erased', 'hash_mismatch', 'invalid_document_id', 'too_large'];

/** Files whose names begin with a dot, and those in such folders: a system's own, which nobody means to send. */
export const isHiddenPath = (path: string): boolean => path.split('/').some((name) => name.startsWith('.'));

/**
 * Reads documents, and finds out which of them are written. Nothing is sent.
 *
 * @throws {ClientError} `damaged`, `unknown_version`: the journal can't be read; `too_long`, `stores`; `no_node`.
 */
export async function planBatch(
    context: FlowContext,
    creator: Creator,
    key: ContentKey,
    files: readonly BatchFile[],
    stores: readonly string[],
): Promise<BatchPlan> {
    const plan: BatchPlan = { toWrite: [], before: [], corrected: [], skipped: [], cost: { rent: 0n, fee: 0n } };
    const costs = new Map<number, Cost>();
    for (const [done, file] of files.entries()) {
        context.signal?.throwIfAborted();
        context.onProgress?.({ activity: 'reading', done, total: files.length });
        const document = file.plain.size === 0 ? undefined : await lookedAt(key, file);
        if (!document) {
            plan.skipped.push({ file, reason: file.plain.size === 0 ? 'empty' : 'unreadable' });
            continue;
        }
        const { written } = await savedImport(context.saved, document.name);
        if (written.some(({ content }) => content === document.content)) {
            plan.before.push(document);
            continue;
        }
        if (written.length > 0) plan.corrected.push(document);
        plan.toWrite.push(document);
        const cost = await costOfRecord(context, creator, newDocument(document, stores), costs);
        plan.cost = { rent: plan.cost.rent + cost.rent, fee: plan.cost.fee + cost.fee };
    }
    return plan;
}

/** A document with what its content shows; `undefined`: the file changed or went away since it was chosen. */
async function lookedAt(key: ContentKey, file: BatchFile): Promise<BatchDocument | undefined> {
    const { owner, path, plain } = file;
    try {
        const content = await key.digestOf(plain);
        return { ...file, ...(await guessDocument(plain)), name: key.digestOfName(owner, path), content };
    } catch (error) {
        if (isUnreadable(error)) return undefined;
        throw error;
    }
}

/** What a record costs. Those with locators of the same length cost the same. */
async function costOfRecord(
    context: FlowContext,
    { payer, wallet }: Creator,
    document: NewDocument,
    known: Map<number, Cost>,
): Promise<Cost> {
    const length = sealedLength(document);
    const cost = known.get(length);
    if (cost) return cost;
    const newAccounts = [accountToCreate('record', length)];
    const feePayer = payer ?? wallet.signer;
    const signer = { address: wallet.address, role: 3 };
    const instruction = { programAddress: context.ledger.deployment.program, accounts: [signer] };
    const asked = await costOf(context, { feePayer, newAccounts, instructions: [instruction] });
    known.set(length, asked);
    return asked;
}

const newDocument = ({ kind, mediaType, owner, plain }: BatchDocument, stores: readonly string[]): NewDocument => ({
    plain,
    owner,
    mediaType,
    kind,
    stores,
});

/**
 * Writes the documents that are not written yet. One that fails does not keep the others from being written; a ledger, a
 * store or a device that fails ends the batch, and the next run goes on. What an earlier run had sent is looked for on the
 * ledger first: nothing is sent anew as long as it could still land. One tab of a wallet writes at a time.
 *
 * @throws {ClientError} `no_node`, `unknown`, and other errors that concern more than one document.
 * @throws {StoreError} The store takes nothing at present.
 * @throws {RefusedTransaction} The ledger refused a record: its payer has too little, for example.
 */
export async function writeBatch(
    context: FlowContext,
    creator: Creator,
    { toWrite }: Pick<BatchPlan, 'toWrite'>,
    stores: readonly string[],
    onEvent: (event: BatchEvent) => void = () => undefined,
): Promise<BatchTally> {
    const work = async () => await new Batch(context, creator, stores, onEvent).write(toWrite);
    return await runAlone(`generion-batch-${creator.wallet.address}`, work, context.signal);
}

class Batch {
    readonly #recipients = new Map<Address, Promise<Recipient>>();
    readonly #tally: BatchTally = { written: 0, before: 0, failed: 0 };
    #failure: { error: unknown } | undefined;

    constructor(
        private readonly context: FlowContext,
        private readonly creator: Creator,
        private readonly stores: readonly string[],
        private readonly onEvent: (event: BatchEvent) => void,
    ) {}

    async write(documents: readonly BatchDocument[]): Promise<BatchTally> {
        const queue = [...documents];
        const lane = async () => {
            for (;;) {
                const document = this.#failure || this.context.signal?.aborted ? undefined : queue.shift();
                if (!document) return;
                await this.one(document).catch((error: unknown) => {
                    this.#failure ??= { error };
                });
            }
        };
        await Promise.all(Array.from({ length: AT_A_TIME }, lane));
        if (this.#failure) throw this.#failure.error;
        this.context.signal?.throwIfAborted();
        return this.#tally;
    }

    /** Writes a document. What it throws ends the batch. */
    private async one(document: BatchDocument): Promise<void> {
        this.onEvent({ event: 'started', document });
        const known = await this.known(document);
        if (known) {
            this.#tally.before += 1;
            this.onEvent({ event: 'written', document, record: known, isNew: false });
            return;
        }
        try {
            const record = await this.create(document);
            this.#tally.written += 1;
            this.onEvent({ event: 'written', document, record, isNew: true });
        } catch (error) {
            if (!isOfDocument(error)) throw error;
            this.#tally.failed += 1;
            this.onEvent({ event: 'failed', document, error });
        }
    }

    /** The record of a document that an earlier run, or another tab, wrote or sent. */
    private async known({ content, name }: BatchDocument): Promise<Address | undefined> {
        const { ledger, saved } = this.context;
        const { attempts, written } = await savedImport(saved, name);
        const record = written.find((one) => one.content === content)?.record;
        if (record) return record;
        for (const attempt of attempts) {
            if (attempt.content !== content) continue;
            if (await this.hasLanded(attempt)) {
                await saveWritten(saved, name, attempt);
                return attempt.record;
            }
            // Its record is the one that was sent, whichever way the ledger got it.
            if ((await ledger.find('record', attempt.record)).state) {
                await saveWritten(saved, name, attempt);
                return attempt.record;
            }
            await forgetAttempt(saved, name, attempt);
        }
        return undefined;
    }

    /** Follows a transaction until it has landed, or can't land any more. */
    private async hasLanded({ signed }: ImportAttempt): Promise<boolean> {
        const { ledger, signal } = this.context;
        const { lastValidBlockHeight } = signed;
        try {
            await followTransaction(ledger, { ...signed, lastValidBlockHeight: BigInt(lastValidBlockHeight) }, signal);
            return true;
        } catch (error) {
            const isOver =
                error instanceof RefusedTransaction || (error instanceof ClientError && error.code === 'expired');
            if (!isOver) throw error;
            return false;
        }
    }

    private async create(document: BatchDocument): Promise<Address> {
        const { context } = this;
        const { content, name, owner } = document;
        const recipient = await this.recipient(owner);
        const asked = newDocument(document, this.stores);
        const staged = await stageDocument(context, this.creator.wallet, asked);
        const prepared = await prepareRecord(context, this.creator, asked, recipient, staged);
        const { record } = prepared.outcome;
        const attemptOf = ({ lastValidBlockHeight, ...signed }: SignedTransaction): ImportAttempt => ({
            content,
            record,
            signed: { ...signed, lastValidBlockHeight: lastValidBlockHeight.toString() },
        });
        let last: ImportAttempt | undefined;
        const onSigned = async (signed: SignedTransaction) => {
            last = attemptOf(signed);
            await saveAttempt(context.saved, name, last);
        };
        await sendPrepared(context, prepared, { onSigned });
        if (last) await saveWritten(context.saved, name, last);
        return record;
    }

    /** The key of an owner, which is asked for once. */
    private async recipient(owner: Address): Promise<Recipient> {
        const known = this.#recipients.get(owner) ?? findRecipient(this.context, owner);
        this.#recipients.set(owner, known);
        return await known;
    }
}

/** Whether an error is of one document or its owner, so that the others can be written. */
function isOfDocument(error: unknown): boolean {
    // The owner has another key by now: the next run encrypts the document anew.
    if (error instanceof RefusedTransaction) return isOtherKey(error);
    if (error instanceof StoreError) return error.code !== undefined && OF_DOCUMENT.includes(error.code);
    if (isUnreadable(error)) return true;
    return error instanceof ClientError && OF_OWNER.includes(error.code);
}

/** Whether a file changed, or went away, since it was chosen. */
const isUnreadable = (error: unknown) =>
    error instanceof DOMException && ['NotFoundError', 'NotReadableError'].includes(error.name);
