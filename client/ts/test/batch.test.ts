// Writing a folder of documents as records, against a real ledger and store. A run is ended at each point where a page can
// be closed, and the next one has to finish without writing anything twice.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Address } from '@solana/kit';
import {
    type BatchEvent,
    type BatchFile,
    ContentKey,
    type FlowContext,
    guessDocument,
    isHiddenPath,
    listRecords,
    MemoryState,
    openOwnRecord,
    planBatch,
    publishKey,
    type SavedState,
    sendPrepared,
    writeBatch,
} from '../src/index.js';
import { Town } from './support/localnet.js';
import { type Trader, traderOf } from './support/market.js';
import { assertCode } from './support/refusals.js';
import { packageFolder } from './support/vectors.js';

const OBSERVATION = readFileSync(new URL('../../fixtures/fhir/Observation-blood-pressure.json', packageFolder));

let town: Town;
let clinic: Trader;
let patient: Trader;
let key: ContentKey;

before(async () => {
    town = await Town.found();
    clinic = traderOf(town, await town.person('clinic'));
    patient = traderOf(town, await town.person('patient'));
    await sendPrepared(patient.context, await publishKey(patient.context, patient.actor));
    key = await ContentKey.derive(town.deployment, clinic.wallet.signMessage);
});

after(async () => await town?.close());

/** Documents of the patient that no other test writes. */
function folder(name: string, count: number, owner = patient.wallet.address): BatchFile[] {
    return Array.from({ length: count }, (_, index) => ({
        path: `${name}/${index}.txt`,
        plain: new Blob([`document ${index} of ${name}`]),
        owner,
    }));
}

const plan = async (context: FlowContext, files: readonly BatchFile[]) =>
    await planBatch(context, clinic.actor, key, files, [town.storeUrl]);

/** Writes a folder as the next run of the app would do it. */
async function run(context: FlowContext, files: readonly BatchFile[], onEvent?: (event: BatchEvent) => void) {
    return await writeBatch(context, clinic.actor, await plan(context, files), [town.storeUrl], onEvent);
}

/** What the patient has of a folder, each document once or as often as it was written. */
async function received(name: string): Promise<string[]> {
    const { context } = patient;
    const { accounts } = await listRecords(context, { owner: patient.wallet.address, creator: clinic.wallet.address });
    const texts: string[] = [];
    for (const { address } of accounts) {
        texts.push(await (await openOwnRecord(context, patient.actor.keys, address)).document.text());
    }
    return texts.filter((text) => text.endsWith(` of ${name}`)).sort();
}

const expected = (name: string, count: number) =>
    Array.from({ length: count }, (_, index) => `document ${index} of ${name}`).sort();

/** State that fails once, at the change that a test names by its number, before or after it was kept. */
class FailingState implements SavedState {
    #changes = 0;

    constructor(
        private readonly kept: MemoryState,
        private readonly fails: { at: number; afterwards: boolean },
    ) {}

    read = (name: string) => this.kept.read(name);
    names = (first: string) => this.kept.names(first);

    async update(name: string, change: (present: string | undefined) => string | undefined) {
        const isNow = name.startsWith('imports/') && ++this.#changes === this.fails.at;
        if (isNow && !this.fails.afterwards) throw new Error('the page was closed');
        const text = await this.kept.update(name, change);
        if (isNow) throw new Error('the page was closed');
        return text;
    }
}

test('a folder becomes records that both clients open, and what can not be written stops nothing', async () => {
    const doctor = (await town.person('doctor')).address;
    const files = [
        { path: 'a/pressure.json', plain: new Blob([OBSERVATION]), owner: patient.wallet.address },
        { path: 'a/nothing.txt', plain: new Blob([]), owner: patient.wallet.address },
        // The doctor has no key.
        ...folder('no key', 1, doctor),
        ...folder('whole', 3),
    ];
    const first = await plan(clinic.context, files);
    assert.deepEqual([first.toWrite.length, first.before.length], [5, 0]);
    assert.deepEqual(
        first.skipped.map(({ file, reason }) => [file.path, reason]),
        [['a/nothing.txt', 'empty']],
    );
    const before = await town.lamports(clinic.wallet.address);
    const events: BatchEvent[] = [];
    const tally = await writeBatch(clinic.context, clinic.actor, first, [town.storeUrl], (one) => events.push(one));
    assert.deepEqual(tally, { written: 4, before: 0, failed: 1 });
    const spent = before - (await town.lamports(clinic.wallet.address));
    const each = (first.cost.rent + first.cost.fee) / 5n;
    assert.equal(spent, each * 4n);
    const failed = events.find((one) => one.event === 'failed');
    assert.ok(failed?.event === 'failed' && failed.document.owner === doctor);
    await assertCode(Promise.reject(failed.error), 'no_key');
    const written = events.find((one) => one.event === 'written' && one.document.path === 'a/pressure.json');
    assert.ok(written?.event === 'written' && written.isNew);
    await (await town.person('patient')).does('record', 'check', written.record, '--to', 'checked.json');
    assert.deepEqual(readFileSync(join(town.folder, 'checked.json')), OBSERVATION);
    assert.deepEqual(await received('whole'), expected('whole', 3));

    const again = await plan(clinic.context, files);
    assert.deepEqual([again.toWrite.length, again.before.length], [1, 4]);
    const changed = [{ ...(files[3] as BatchFile), plain: new Blob(['document 0 of another']) }];
    const corrected = await plan(clinic.context, changed);
    assert.deepEqual([corrected.toWrite.length, corrected.corrected.length], [1, 1]);
});

test('a run that ends anywhere is finished by the next one, and writes nothing twice', async () => {
    // Two changes for each document: before it is sent, and once it has landed.
    for (const afterwards of [false, true]) {
        for (const at of [1, 2, 3, 4]) {
            const name = `cut ${at} ${afterwards}`;
            const [files, kept] = [folder(name, 2), new MemoryState()];
            const failing = new FailingState(kept, { at, afterwards });
            const [one, other] = files as [BatchFile, BatchFile];
            const cut = async () => {
                await run({ ...clinic.context, saved: failing }, [one]);
                await run({ ...clinic.context, saved: failing }, [other]);
            };
            await assert.rejects(cut(), /the page was closed/);
            const tally = await run({ ...clinic.context, saved: kept }, files);
            assert.equal(tally.failed, 0, name);
            assert.deepEqual(await received(name), expected(name, 2), name);
            assert.deepEqual((await plan({ ...clinic.context, saved: kept }, files)).toWrite, [], name);
        }
    }
});

test('a run that is cancelled after any document goes on with the rest', async () => {
    for (const after of [1, 3, 5]) {
        const name = `cancelled ${after}`;
        const [files, saved, controller] = [folder(name, 6), new MemoryState(), new AbortController()];
        let written = 0;
        const cancelled = run({ ...clinic.context, saved, signal: controller.signal }, files, ({ event }) => {
            if (event === 'written' && ++written === after) controller.abort(new Error('cancelled'));
        });
        await assert.rejects(cancelled);
        await run({ ...clinic.context, saved }, files);
        assert.deepEqual(await received(name), expected(name, 6), name);
    }
});

test('two tabs that write the same folder write it once', async () => {
    const files = folder('twice', 4);
    const tallies = await Promise.all([run(clinic.context, files), run(clinic.context, files)]);
    assert.deepEqual(
        tallies.map(({ before, written }) => [written, before]),
        [
            [4, 0],
            [0, 4],
        ],
    );
    assert.deepEqual(await received('twice'), expected('twice', 4));
});

test('what can not land any more is written anew', async () => {
    const [files, saved] = [folder('expired', 1), new MemoryState()];
    const failing = new FailingState(saved, { at: 1, afterwards: true });
    await assert.rejects(run({ ...clinic.context, saved: failing }, files));
    const [name = ''] = await saved.names('imports');
    // As if the page had been closed for an hour: no block can have it.
    await saved.update(name, (text) => text?.replace(/("lastValidBlockHeight": )"\d+"/, '$1"0"'));
    const dead = JSON.parse((await saved.read(name)) ?? '').attempts[0];
    await saved.update(name, (text) => text?.replace(dead.signed.wire, ''));
    await run({ ...clinic.context, saved }, files);
    assert.deepEqual(await received('expired'), expected('expired', 1));
});

test('a store that is away ends the run, and a key that is not the owner’s is refused before anything is encrypted', async () => {
    const files = folder('away', 2);
    let asked = 0;
    const away: typeof fetch = async () => {
        asked += 1;
        throw new TypeError('fetch failed');
    };
    const context = { ...clinic.context, storeOptions: { fetch: away } };
    await assert.rejects(run(context, files), TypeError);
    assert.ok(asked > 0);
    assert.deepEqual(await received('away'), []);
    await run(clinic.context, files);
    assert.deepEqual(await received('away'), expected('away', 2));

    // A node that shows the doctor's key as the patient's.
    asked = 0;
    const lying = { ...context, ledger: await ledgerThatLies() };
    const events: BatchEvent[] = [];
    const planned = await plan(clinic.context, folder('lie', 2));
    await writeBatch(lying, clinic.actor, planned, [town.storeUrl], (one) => events.push(one));
    const failed = events.filter((one) => one.event === 'failed');
    assert.equal(failed.length, 2);
    for (const { error } of failed) await assertCode(Promise.reject(error), 'not_the_wallets');
    assert.equal(asked, 0);
    assert.ok(!events.some(({ event }) => event === 'written'));
});

/** The ledger as a node shows it that puts another key in the place of everybody's. */
async function ledgerThatLies(): Promise<FlowContext['ledger']> {
    const ledger = Object.create(clinic.context.ledger) as FlowContext['ledger'];
    const find = ledger.find.bind(clinic.context.ledger);
    ledger.find = (async (kind: 'user', address: Address) => {
        const found = await find(kind, address);
        if (kind !== 'user' || !found.state) return found;
        const encryptionKey = Uint8Array.from(found.state.encryptionKey);
        const [other] = (await listRecords(clinic.context, { creator: clinic.wallet.address })).accounts;
        encryptionKey.set(other?.state.capsule.ephemeral ?? []);
        return { ...found, state: { ...found.state, encryptionKey } };
    }) as typeof ledger.find;
    return ledger;
}

test('a journal that is damaged is told, and tells nobody which documents were written', async () => {
    const [files, saved] = [folder('secret name', 1), new MemoryState()];
    await run({ ...clinic.context, saved }, files);
    const [name = ''] = await saved.names('imports');
    const text = (await saved.read(name)) ?? '';
    assert.ok(!`${name}${text}`.includes('secret'));
    await saved.update(name, () => text.replace('"version": 1', '"version": 2'));
    await assertCode(run({ ...clinic.context, saved }, files), 'unknown_version');
    for (const broken of ['{', 'null', '{"version":1,"written":[{}],"attempts":[]}']) {
        await saved.update(name, () => broken);
        await assertCode(run({ ...clinic.context, saved }, files), 'damaged');
    }
});

test('documents are told by their bytes', async () => {
    const guess = async (text: string | Uint8Array<ArrayBuffer>) => await guessDocument(new Blob([text]));
    assert.deepEqual(await guess(Uint8Array.from(OBSERVATION)), {
        mediaType: 'application/fhir+json',
        kind: 'fhir:Observation/85354-9',
    });
    for (const [text, mediaType] of [
        ['%PDF-1.7', 'application/pdf'],
        [Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), 'image/png'],
        [Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), 'image/jpeg'],
        ['{"a": 1}', 'application/json'],
        ['{"a": ', 'text/plain'],
        ['<html><script>', 'text/plain'],
        ['Grüße', 'text/plain'],
        [Uint8Array.of(0xff, 0xfe, 0x41), 'application/octet-stream'],
        [Uint8Array.of(0x41, 0), 'application/octet-stream'],
        ['', 'application/octet-stream'],
    ] as const) {
        assert.deepEqual(await guess(text), { mediaType, kind: 'document' }, String(text));
    }
    const long = JSON.stringify({ resourceType: 'Basic', code: { coding: [{ code: 'x'.repeat(1_000) }] } });
    assert.equal((await guess(long)).kind, 'fhir:Basic');
    assert.equal((await guess(`{"resourceType":"${'x'.repeat(100)}"}`)).kind, 'document');
    assert.deepEqual(['a/.git/b', '.DS_Store', 'a/b.txt'].map(isHiddenPath), [true, true, false]);
});
