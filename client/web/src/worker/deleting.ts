// Deleting the unlocked account's records, and erasing their documents.

import { costOf, deleteRecord, eraseSavedDocuments, sendPrepared } from '@generion/client';
import type { Address } from '@solana/kit';
import type { Session } from './session.js';

/** What became of a document whose record is deleted. `unknown`: its record could not be opened, so nobody knows its place. */
export type DocumentFate = 'erased' | 'left_over' | 'unknown';

/** Deletes records for good. */
export class Deleting {
    constructor(private readonly session: Session) {}

    /** Lamports that deleting a record costs. Its rent comes back to whoever paid it. */
    async cost(record: Address): Promise<bigint> {
        const context = await this.session.context();
        const { fee, rent } = await costOf(context, await deleteRecord(context, this.session.actor(), record));
        return fee + rent;
    }

    /** Deletes a record, and erases its document where it is. */
    async delete(record: Address): Promise<DocumentFate> {
        const context = await this.session.context();
        const { outcome } = await sendPrepared(context, await deleteRecord(context, this.session.actor(), record));
        if (!outcome.document) return 'unknown';
        // The record is gone, whatever the stores say: what is left over stays saved for the next time.
        const erased = await this.eraseLeftOver().catch(() => undefined);
        return erased?.includes(record) ? 'erased' : 'left_over';
    }

    /** Erases documents of records that were deleted before. Returns the records whose documents are gone now. */
    async eraseLeftOver(): Promise<Address[]> {
        const context = await this.session.context();
        const done = await eraseSavedDocuments(context, this.session.actor().wallet);
        return done
            .filter(({ erasures }) => erasures.every(({ result }) => result !== 'failed'))
            .map(({ record }) => record);
    }
}
