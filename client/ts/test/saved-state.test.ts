// What is saved on a user's device, in memory, in a browser's database and in a folder.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Address } from '@solana/kit';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { deploymentOn, GENESIS, IndexedDbState, MemoryState, type SavedState, seeKeyIndex } from '../src/index.js';
import { FolderState } from '../src/node/index.js';
import { readSaved, writeSaved } from '../src/saved/saved-json.js';

// The range is a global of browsers.
Object.assign(globalThis, { IDBKeyRange });

const folder = () => mkdtempSync(join(tmpdir(), 'generion-saved-'));

/** Each kind of state, with a second view of what the first one keeps. */
const KINDS: { [kind: string]: () => Promise<[SavedState, SavedState]> } = {
    memory: async () => {
        const state = new MemoryState();
        return [state, state];
    },
    browser: async () => {
        const factory = new IDBFactory();
        return [await IndexedDbState.open('generion', factory), await IndexedDbState.open('generion', factory)];
    },
    folder: async () => {
        const path = folder();
        return [new FolderState(path), new FolderState(path)];
    },
};

for (const [kind, found] of Object.entries(KINDS)) {
    test(`${kind}: a text is read where it was saved, changed, and removed`, async () => {
        const [state, other] = await found();
        assert.equal(await state.read('receipts/A.2'), undefined);
        assert.equal(await state.update('receipts/A.2', () => 'one'), 'one');
        assert.equal(await other.read('receipts/A.2'), 'one');
        await other.update('receipts/A.2', (present) => `${present} and two`);
        await other.update('receipts/B', () => 'B');
        await other.update('receipts-of-others/C', () => 'C');
        assert.equal(await state.read('receipts/A.2'), 'one and two');
        assert.deepEqual(await state.names('receipts'), ['receipts/A.2', 'receipts/B']);
        assert.equal(await state.update('receipts/A.2', () => undefined), undefined);
        assert.equal(await state.read('receipts/A.2'), undefined);
        assert.deepEqual(await state.names('receipts'), ['receipts/B']);
        assert.deepEqual(await state.names('nothing'), []);
    });

    test(`${kind}: a change that fails changes nothing, and its error is told`, async () => {
        const [state] = await found();
        await state.update('a', () => 'one');
        const failing = state.update('a', () => {
            throw new RangeError('no');
        });
        await assert.rejects(failing, { name: 'RangeError', message: 'no' });
        assert.equal(await state.read('a'), 'one');
        assert.equal(await state.update('a', (present) => `${present}!`), 'one!');
    });

    test(`${kind}: no change is lost among many at a time`, async () => {
        const [state, other] = await found();
        const add = (present: string | undefined) => String(Number(present ?? 0) + 1);
        await Promise.all(Array.from({ length: 20 }, (_, at) => (at % 2 ? state : other).update('count', add)));
        assert.equal(await state.read('count'), '20');
    });

    test(`${kind}: a name with anything else than words is refused`, async () => {
        const [state] = await found();
        for (const name of ['', '../a', '/a', 'a/', 'a//b', 'a/../b', '.a', 'a..b', 'a b', 'a\\b', 'ä']) {
            await assert.rejects(state.read(name), RangeError, name);
            await assert.rejects(
                state.update(name, () => 'x'),
                RangeError,
                name,
            );
        }
    });

    test(`${kind}: an older key is found out, also by another tab or process`, async () => {
        const [state, other] = await found();
        const [here, there] = [deploymentOn(GENESIS.localnet), deploymentOn(GENESIS.devnet)];
        const [wallet, stranger] = [GENESIS.devnet as Address, GENESIS.testnet as Address];
        assert.equal(await seeKeyIndex(state, here, wallet, 2), undefined);
        assert.equal(await seeKeyIndex(other, here, wallet, 1), 2);
        assert.equal(await seeKeyIndex(other, here, wallet, 2), undefined);
        assert.equal(await seeKeyIndex(other, here, wallet, 7), undefined);
        assert.equal(await seeKeyIndex(state, here, wallet, 6), 7);
        // Other wallets and clusters are not affected.
        assert.equal(await seeKeyIndex(state, here, stranger, 0), undefined);
        assert.equal(await seeKeyIndex(state, there, wallet, 0), undefined);
    });
}

test('a damaged memory of keys, or one of a later version, is no empty one', async () => {
    const state = new MemoryState();
    const see = () => seeKeyIndex(state, deploymentOn(GENESIS.localnet), GENESIS.devnet as Address, 0);
    for (const text of ['', '{}', '{"version":1}', 'null', '{"version":1,"indexes":{"a":{"b":-1}}}']) {
        await state.update('keys-seen', () => text);
        await assert.rejects(see(), { name: 'ClientError', code: 'damaged' }, text);
        assert.equal(await state.read('keys-seen'), text);
    }
    await state.update('keys-seen', () => '{"version":2,"indexes":{}}');
    await assert.rejects(see(), { name: 'ClientError', code: 'unknown_version' });
});

test('a folder’s files are the user’s alone, and a lock of a process that ended is taken over', async () => {
    const path = folder();
    const state = new FolderState(path);
    await state.update('offers', () => 'text\n');
    const file = join(path, 'offers.json');
    assert.equal(readFileSync(file, 'utf8'), 'text\n');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const lock = `${file}.being-changed`;
    assert.ok(!existsSync(lock));
    // No process has such a number.
    writeFileSync(lock, '99999999');
    assert.equal(await state.update('offers', () => 'two'), 'two');
    writeFileSync(lock, '');
    utimesSync(lock, 0, 0);
    assert.equal(await state.update('offers', () => 'three'), 'three');
    // A running process is waited for.
    writeFileSync(lock, String(process.pid));
    const waiting = state.update('offers', () => 'four');
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(await state.read('offers'), 'three');
    writeFileSync(lock, '99999999');
    assert.equal(await waiting, 'four');
});

test('folder: the lock of a process that ended is taken over by one at a time', async () => {
    const { pid } = spawnSync(process.execPath, ['--eval', '']);
    const path = folder();
    await new FolderState(path).update('count', () => '0');
    for (let round = 1; round <= 20; round += 1) {
        writeFileSync(join(path, 'count.json.being-changed'), String(pid));
        const states = Array.from({ length: 8 }, () => new FolderState(path));
        await Promise.all(states.map((state) => state.update('count', (present) => String(Number(present) + 1))));
        assert.equal(await new FolderState(path).read('count'), String(8 * round));
    }
    // One that ended while it took a lock over.
    const turn = join(path, 'count.json.being-changed.taking-over');
    writeFileSync(turn, '');
    utimesSync(turn, new Date(0), new Date(0));
    writeFileSync(join(path, 'count.json.being-changed'), String(pid));
    assert.equal(await new FolderState(path).update('count', () => 'done'), 'done');
    assert.deepEqual(readdirSync(path), ['count.json']);
});

test('what is saved with a version is read whole, or refused by what is wrong with it', () => {
    type Kept = { names: string[] };
    const isKept = ({ names }: { names?: unknown }) => Array.isArray(names);
    const read = (text: string) => readSaved<Kept>('list of names', text, isKept);
    const text = writeSaved({ names: ['A'] });
    assert.equal(text, '{\n  "version": 1,\n  "names": [\n    "A"\n  ]\n}\n');
    assert.deepEqual(read(text).names, ['A']);
    assert.throws(() => read(text.replace('1', '2')), {
        code: 'unknown_version',
        message: 'the saved list of names has version 2, this software knows version 1: update it',
    });
    for (const broken of ['', '{', 'null', '5', '[]', '{"version":1}', '{"version":1,"names":"A"}']) {
        assert.throws(() => read(broken), { code: 'damaged', message: 'the saved list of names is damaged' }, broken);
    }
});
