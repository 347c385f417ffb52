// Records that were opened before, for times when nobody answers.

import { ClientError, type ClientErrorCode } from '@generion/client';
import type { Address } from '@solana/kit';
import { connect } from '../worker/connection.js';
import type { ReadKept } from '../worker/offline.js';
import type { ReadRecord } from '../worker/records.js';
import { StoreUnavailable } from '../worker/transfer-errors.js';

const UNREACHABLE: readonly ClientErrorCode[] = ['no_node', 'too_few_nodes', 'stores', 'timed_out'];

/** Whether nobody answered: then what was opened before can take the place of what is there now. */
export const isUnreachable = (error: unknown): boolean =>
    error instanceof StoreUnavailable || (error instanceof ClientError && UNREACHABLE.includes(error.code));

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
