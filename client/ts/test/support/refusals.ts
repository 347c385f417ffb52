// What has to be refused, and how.

import assert from 'node:assert/strict';
import { ClientError, type ClientErrorCode, RefusedTransaction } from '../../src/index.js';

/** Fails unless this client refuses with the code. */
export async function assertCode(work: Promise<unknown>, code: ClientErrorCode, name?: string): Promise<void> {
    await assert.rejects(
        work,
        (error: unknown) => {
            assert.ok(error instanceof ClientError, String(error));
            assert.equal(error.code, code, error.message);
            return true;
        },
        name,
    );
}

/** Fails unless the ledger refuses with the program's error. */
export async function assertProgramError(work: Promise<unknown>, code: number): Promise<void> {
    await assert.rejects(work, (error: unknown) => {
        assert.ok(error instanceof RefusedTransaction, String(error));
        assert.equal(error.programError, code, error.message);
        return true;
    });
}
