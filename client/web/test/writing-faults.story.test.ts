// Writing where there is no room, at the store or on the device, and where the device's clock is wrong.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listShell } from '../build/service-worker.js';
import { publishesKey, somebody } from './support/accounts.js';
import type { Person } from './support/person.js';
import { BUILD } from './support/site.js';
import { stageInTown } from './support/stage.js';

const DIARY = { name: 'diary.txt', mimeType: 'text/plain', buffer: Buffer.from('My diary: slept well') };

const { browser, site, town } = await stageInTown();
const folder = mkdtempSync(join(town.folder, 'builds-'));

/** Makes a build of the app whose worker runs a script before its own. Returns its folder. */
function buildWith(name: string, script: string): string {
    const build = join(folder, name);
    cpSync(BUILD, build, { recursive: true });
    const assets = join(build, 'assets');
    const worker = join(assets, readdirSync(assets).find((file) => /^worker-.*\.js$/.test(file)) ?? '');
    writeFileSync(worker, `${script}${readFileSync(worker, 'utf8')}`);
    listShell(build);
    return build;
}

/** A device that has room until it is told otherwise: what Chromium can be told reaches an open database too late for a test. */
const FULL_DEVICE = `{
    let isFull = false;
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (...row) {
        if (isFull) throw new DOMException('no room', 'QuotaExceededError');
        return put.apply(this, row);
    };
    const channel = new BroadcastChannel('device');
    channel.onmessage = ({ data }) => {
        isFull = data;
        channel.postMessage('noted');
    };
}
`;

/** Runs in the page: fills the device, or makes room. */
async function fills(isFull: boolean): Promise<void> {
    const channel = new BroadcastChannel('device');
    const noted = new Promise((resolve) => {
        channel.onmessage = resolve;
    });
    channel.postMessage(isFull);
    await noted;
    channel.close();
}

/** Chooses a document of one's own, and agrees to write it. */
async function writes(person: Person): Promise<void> {
    await person.page.getByLabel('Choose documents', { exact: true }).setInputFiles(DIARY);
    await person.page.getByRole('button', { name: /^Write 1 document for/ }).click();
}

/** Somebody who is about to add a document. */
async function writer(story: string): Promise<Person> {
    const { person } = await somebody(town, browser, site.url, story, 'phone');
    await publishesKey(person);
    await person.taps('Add a document of your own');
    return person;
}

/** The records that the timeline shows. */
async function timeline(person: Person): Promise<number> {
    await person.page.goto(`${site.url}#/home`);
    await person.page.getByText('Written by you').first().waitFor();
    return await person.page.getByText('Written by you').count();
}

test('a full store and a full device are told, and what could not be written is written once there is room', async () => {
    site.folder = buildWith('full', FULL_DEVICE);
    const person = await writer('no-room-to-write');
    const full = { code: 'storage_full', message: 'the store has no space left' };
    await person.page.context().route(`${town.storeUrl}/**`, async (route) => {
        if (route.request().method() !== 'PUT') return await route.continue();
        const headers = { 'access-control-allow-origin': '*', 'content-type': 'application/json' };
        await route.fulfill({ status: 507, headers, body: JSON.stringify(full) });
    });
    await writes(person);
    assert.match(await person.isTold(), /The store has no room for this. Ask whoever runs it/);
    await person.look();
    await person.page.context().unroute(`${town.storeUrl}/**`);

    await person.page.evaluate(fills, true);
    await person.taps('Go on with the rest');
    await person.page.getByText('There is no room left on this device').waitFor();
    await person.look();
    await person.page.evaluate(fills, false);
    await person.taps('Go on with the rest');
    await person.page.getByText('1 document is written.').waitFor();
    assert.equal(await timeline(person), 1);
    await person.leavesComplaining(/507/);
});

test('a device whose clock is a day behind is told so, and nothing is written', async () => {
    // The worker has the clock that counts: it signs requests to stores.
    site.folder = buildWith('late', 'Date.now=((now)=>()=>now()-86_400_000)(Date.now);');
    const person = await writer('clock-off');
    await writes(person);
    assert.match(await person.isTold(), /the clock of this device is wrong/);
    await person.look();
    await person.page.goto(`${site.url}#/home`);
    await person.page.getByText('No records yet').waitFor();
    await person.leavesComplaining(/401/);
});
