// Documents that the unlocked account writes as records: a clinic's for its patients, or a person's own.

import type { BatchEvent, BatchFile, BatchPlan, BatchTally } from '@generion/client';
import type { Address } from '@solana/kit';
import { type BytesDone, nowAndThen } from './byte-progress.js';
import type { Session } from './session.js';
import { type PlainError, plainError } from './transfer-errors.js';
import { tellingFetch } from './uploads.js';

/** The plan for documents that were chosen. */
export type PlannedWriting = {
    /** Documents that become records. */
    toWrite: number;
    /** Documents that have their records already. */
    before: number;
    /** Paths of documents that had another content when they became records. */
    corrected: string[];
    /** Paths of files that become no records, because they are empty or can't be read. */
    skipped: string[];
    /** Wallets that the documents are for. */
    owners: number;
    /** Bytes of the documents that become records. */
    bytes: number;
    /** Lamports that this costs. */
    cost: bigint;
};

/** Progress of a run. */
export type WritingEvent =
    | { event: 'started'; path: string }
    | { event: 'written'; path: string; owner: Address; record: Address; isNew: boolean }
    | { event: 'failed'; path: string; owner: Address; error: PlainError }
    | ({ event: 'progress' } & BytesDone);

/** A run that did not come to its end. */
export type UnfinishedRun = { done: number; total: number };

/** Writes documents as records. */
export class Writing {
    #plan: BatchPlan | undefined;
    #stop: AbortController | undefined;

    constructor(private readonly session: Session) {}

    /** Looks at documents that were chosen. Nothing is sent. Hidden files are left out. */
    async plan(files: readonly BatchFile[]): Promise<PlannedWriting> {
        const { ContentKey, isHiddenPath, planBatch } = await import('./writing-flows.js');
        const context = await this.session.context();
        const actor = this.session.actor();
        const key = await ContentKey.derive(context.ledger.deployment, actor.wallet.signMessage);
        const shown = files.filter(({ path }) => !isHiddenPath(path));
        const plan = await planBatch(context, actor, key, shown, this.session.stores());
        this.#plan = plan;
        return {
            toWrite: plan.toWrite.length,
            before: plan.before.length,
            corrected: plan.corrected.map(({ path }) => path),
            skipped: plan.skipped.map(({ file }) => file.path),
            owners: new Set(plan.toWrite.map(({ owner }) => owner)).size,
            bytes: plan.toWrite.reduce((sum, { plain }) => sum + plain.size, 0),
            cost: plan.cost.rent + plan.cost.fee,
        };
    }

    /** Writes what was planned. Until it has come to its end, the device remembers that it has not. */
    async write(onEvent: (event: WritingEvent) => void): Promise<BatchTally> {
        const plan = this.#plan;
        if (!plan) throw new RangeError('nothing was planned');
        this.#stop = new AbortController();
        const { writeBatch } = await import('./writing-flows.js');
        const onProgress = nowAndThen((bytes) => onEvent({ event: 'progress', ...bytes }));
        const own = await this.session.context();
        const context = {
            ...own,
            signal: this.#stop.signal,
            storeOptions: { ...own.storeOptions, fetch: tellingFetch(own.storeOptions?.fetch ?? fetch, onProgress) },
            onProgress,
        };
        const total = plan.toWrite.length;
        let done = 0;
        await this.noteRun({ done, total });
        const tally = await writeBatch(context, this.session.actor(), plan, this.session.stores(), (event) => {
            if (event.event !== 'started') done += 1;
            // Not awaited: it is a hint, and no document waits for it.
            if (event.event === 'written') void this.noteRun({ done, total }).catch(() => undefined);
            onEvent(shown(event));
        });
        this.#plan = undefined;
        if (tally.failed === 0) await this.noteRun(undefined);
        return tally;
    }

    /** Ends a run. What is on its way may land, and the next run finds it. */
    stop(): void {
        this.#stop?.abort(new DOMException('the run was stopped', 'AbortError'));
    }

    /** The last run, if it did not come to its end. */
    async unfinished(): Promise<UnfinishedRun | undefined> {
        const database = await this.session.database();
        return (await database.get('settings', this.runName())) as UnfinishedRun | undefined;
    }

    /** Forgets the last run, because the person does not go on with it. */
    async forgetRun(): Promise<void> {
        await this.noteRun(undefined);
    }

    private runName(): string {
        return `writing ${this.session.actor().wallet.address}`;
    }

    private async noteRun(run: UnfinishedRun | undefined): Promise<void> {
        const database = await this.session.database();
        if (run) await database.put('settings', run, this.runName());
        else await database.delete('settings', this.runName());
    }
}

function shown(event: BatchEvent): WritingEvent {
    const { owner, path } = event.document;
    if (event.event === 'started') return { event: 'started', path };
    if (event.event === 'failed') return { event: 'failed', path, owner, error: plainError(event.error) };
    return { event: 'written', path, owner, record: event.record, isNew: event.isNew };
}
