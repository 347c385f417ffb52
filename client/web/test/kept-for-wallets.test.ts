// A wallet app has no key for what is kept on this device: nothing is kept for it, and that is no error.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address } from '@solana/kit';
import { Locked } from '../src/base/locked.js';
import { Offline } from '../src/worker/offline.js';
import { Session } from '../src/worker/session.js';

const subject = 'subject' as Address;

test('nothing is kept for a wallet app, and asking for it is no error', async () => {
    const session = new Session();
    session.useWallet({} as never, {} as never);
    const offline = new Offline(session);
    assert.deepEqual(await offline.list(), []);
    assert.equal(await offline.open(subject), undefined);
    assert.deepEqual(await offline.usage(), { documents: 0, bytes: 0 });
    await offline.forget(subject);
    await offline.forgetAll();
    assert.equal(await offline.keep({ document: new Blob(['x']) } as never), false);
});

test('a locked app says that it is locked', async () => {
    await assert.rejects(new Offline(new Session()).list(), Locked);
});
