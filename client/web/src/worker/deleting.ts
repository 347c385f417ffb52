// Deleting the unlocked account's records, and erasing their documents.

import { ClientError, costOf, deleteRecord, type Erasure, eraseSavedDocuments, sendPrepared } from '@generion/client';
import type { Address } from '@solana/kit';
import type { EndedLinks, Links } from './links.js';
import type { Offline } from './offline.js';
import type { Session } from './session.js';
import { storeAnswersOf } from './store-answers.js';

/**
 * The fate of a document whose record's deletion was sent. `away`: its store does not answer; `refused`: its store refused;
 * `no_node`, `too_few_nodes`, `nodes_disagree`, `unconfirmed`: the network does not say that the record is gone, and a
 * document
 * is erased for good only after that; `unknown`: its record could not be opened, so nobody knows its place.
 */
export type DocumentFate =
    | 'erased'
    | 'away'
    | 'refused'
    | 'no_node'
    | 'too_few_nodes'
    | 'nodes_disagree'
    | 'unconfirmed'
    | 'unknown';

/** The fate of a deleted record's document and links. */
export type Deleted = { document: DocumentFate; links: EndedLinks };

/** The answers of a document's stores to its erasure. */
type ErasedDocument = { record: Address; erasures: readonly Erasure[] };

/** Deletes records for good. */
export class Deleting {
    constructor(
        private readonly session: Session,
        private readonly offline: Offline,
        private readonly links: Links,
    ) {}

    /** Lamports that deleting a record costs. Its rent comes back to whoever paid it. */
    async cost(record: Address): Promise<bigint> {
        const context = await this.session.context();
        const { fee, rent } = await costOf(context, await deleteRecord(context, this.session.actor(), record));
        return fee + rent;
    }

    /** Deletes a record, erases its document where it is, forgets what is kept of it here, and ends its links. */
    async delete(record: Address): Promise<Deleted> {
        const context = await this.session.context();
        const { outcome } = await sendPrepared(context, await deleteRecord(context, this.session.actor(), record));
        // The record is gone, whatever this device's storage says: nothing of what follows is left out for its sake.
        await this.offline.forget(record).catch(() => undefined);
        const links = await this.links.endOf(record);
        return { document: outcome.document ? await this.erase(record) : 'unknown', links };
    }

    /** Erases documents of records that were deleted before. */
    async eraseLeftOver(): Promise<void> {
        await eraseSavedDocuments(await this.session.context(), this.session.actor().wallet);
    }

    /** Erases a deleted record's document. What is left over stays saved for the next time. */
    private async erase(record: Address): Promise<DocumentFate> {
        try {
            const { wallet } = this.session.actor();
            return fateOf(record, await eraseSavedDocuments(await this.session.context(), wallet));
        } catch (error) {
            return fateByError(error);
        }
    }
}

/** The fate of a record's document by the answers of its stores. A record that is left out is still on the ledger. */
export function fateOf(record: Address, done: readonly ErasedDocument[]): DocumentFate {
    const erasures = done.find((one) => one.record === record)?.erasures;
    if (!erasures) return 'unconfirmed';
    const failed = erasures.filter(({ result }) => result === 'failed');
    if (failed.length === 0) return 'erased';
    return failed.every(({ error }) => storeAnswersOf(error)?.isAway) ? 'away' : 'refused';
}

/** The fate of a document by the error that kept the app from asking its stores. */
export function fateByError(error: unknown): DocumentFate {
    const code = error instanceof ClientError ? error.code : undefined;
    return code === 'no_node' || code === 'too_few_nodes' || code === 'nodes_disagree' ? code : 'unconfirmed';
}
