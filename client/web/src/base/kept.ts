// Records that were opened before, for times when nobody answers.

import type { Address } from '@solana/kit';
import { connect } from '../worker/connection.js';
import type { ReadKept } from '../worker/offline.js';
import type { ReadRecord } from '../worker/records.js';
import { isUnreachable } from './unreachable.js';

/** Reads a record, or takes it as it was when it was opened before. */
export async function readOrKept<T extends ReadRecord>(
    subject: Address,
    read: () => Promise<T>,
): Promise<T | ReadKept> {
    try {
        return await read();
    } catch (error) {
        const kept = isUnreachable(error) && (await connect().offline.open(subject));
        if (kept) return kept;
        throw error;
    }
}
