// Outputs of a passkey in the worker.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Locked } from '../src/base/locked.js';
import { Accounts } from '../src/worker/accounts.js';
import { Passkeys } from '../src/worker/passkeys.js';
import { Session } from '../src/worker/session.js';

const outputs = () => ({ first: new Uint8Array(32).fill(7), second: new Uint8Array(32).fill(8) });

test('outputs that reach a worker which did not ask for them are overwritten', async () => {
    const session = new Session();
    const passkeys = new Passkeys(session, new Accounts(session));
    for (const use of [
        (given: ReturnType<typeof outputs>) => passkeys.unlock(given),
        (given: ReturnType<typeof outputs>) => passkeys.add(given, Uint8Array.of(1)),
    ]) {
        const given = outputs();
        await assert.rejects(use(given), Locked);
        assert.ok([...given.first, ...given.second].every((byte) => byte === 0));
    }
});
