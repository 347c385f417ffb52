// A person whose connection comes and goes: what was opened before can be read, and by nobody else.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { GoBetween } from './support/go-between.js';
import { patient } from './support/patient.js';
import { Person } from './support/person.js';
import { stageInTown } from './support/stage.js';
import { fixture } from './support/town.js';

const OBSERVATION = fixture('Observation-blood-pressure.json');
const PASSPHRASE = 'kettle orbit maple nine';
const ANOTHER = 'saddle comet birch four';

let node!: GoBetween;
const { browser, site, town } = await stageInTown(async ({ networks, rpcUrl }) => {
    node = await GoBetween.before(rpcUrl);
    return networks.map((network) => ({ ...network, nodes: [node.url] }));
});

/** A person with an account, a published key and a record that was opened. */
async function reader(story: string, size: 'phone' | 'desktop', locale = 'en-GB'): Promise<Person> {
    const person = await Person.at(browser, site.url, story, size, locale);
    const says = locale.startsWith('de') ? GERMAN : ENGLISH;
    await person.taps(says.create);
    await person.fills('Passphrase', PASSPHRASE);
    await person.taps(says.createMine);
    await person.page.getByRole('heading', { name: says.records, level: 1 }).waitFor();
    const [address = ''] = await person.reads('.own-address');
    await person.page.getByText(says.noMoney).waitFor();
    await town.fund(address);
    await person.taps(says.again);
    await person.taps(says.publish);
    await person.page.getByText(says.none).waitFor();
    await town.does('clinic', 'record', 'create', OBSERVATION, '--owner', address, '--store', town.storeUrl);
    await person.taps(says.again);
    await person.taps(says.measurement);
    await person.page.getByText('107 mmHg').waitFor();
    await person.page.getByText(says.kept).waitFor();
    await person.look();
    return person;
}

const ENGLISH = {
    create: 'Create an account',
    createMine: 'Create my account',
    records: 'Your records',
    noMoney: 'your account has less',
    again: 'Look again',
    publish: 'Publish my key',
    none: 'No records yet',
    measurement: 'Measurement',
    kept: 'Kept on this device',
    welcomeBack: 'Welcome back',
    unlock: 'Unlock',
    before: 'What you opened before',
    back: 'Records',
    shownAs: 'You see this record as it was checked on',
};
const GERMAN: typeof ENGLISH = {
    create: 'Konto anlegen',
    createMine: 'Mein Konto anlegen',
    records: 'Ihre Befunde',
    noMoney: 'hat weniger',
    again: 'Noch einmal suchen',
    publish: 'Meinen Schlüssel veröffentlichen',
    none: 'Noch keine Befunde',
    measurement: 'Messwert',
    kept: 'Verschlüsselt auf diesem Gerät',
    welcomeBack: 'Willkommen zurück',
    unlock: 'Entsperren',
    before: 'Was Sie früher geöffnet haben',
    back: 'Befunde',
    shownAs: 'Sie sehen diesen Befund so',
};

/** Cuts the device off, or connects it again. */
function isConnected(is: boolean): void {
    for (const way of [node, site]) way.isAway = !is;
}

async function unlocks(person: Person, says: typeof ENGLISH): Promise<void> {
    await person.page.getByRole('heading', { name: says.welcomeBack, level: 1 }).waitFor();
    await person.fills('Passphrase', PASSPHRASE);
    await person.taps(says.unlock);
    await person.page.getByRole('heading', { name: says.records, level: 1 }).waitFor();
}

for (const [size, locale, says] of [
    ['phone', 'de-AT', GERMAN],
    ['desktop', 'en-GB', ENGLISH],
] as const) {
    test(`without a connection, the records that were opened before can be read (${size})`, async () => {
        isConnected(true);
        const person = await reader('offline-record', size, locale);
        await person.page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
        isConnected(false);
        await person.page.reload();
        await unlocks(person, says);
        await person.page.getByRole('heading', { name: says.before }).waitFor();
        await person.look();
        await person.taps(says.measurement);
        await person.page.getByText('107 mmHg').waitFor();
        await person.page.getByText(says.shownAs).waitFor();
        await person.look();
        assert.equal(await person.page.getByRole('button', { name: /0[.,]\d+ SOL/ }).count(), 0);
        isConnected(true);
        await person.taps(says.back);
        await person.page.getByRole('link', { name: says.measurement }).waitFor();
        assert.equal(await person.page.getByRole('heading', { name: says.before }).count(), 0);
        await person.taps(says.measurement);
        await person.page.getByRole('button', { name: /0[.,]\d+ SOL/ }).waitFor();
        await person.leavesComplaining(/ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_FAILED/);
    });
}

test('what is kept can be read by no other account and by nobody who reads the disk, and goes when the person says so', async () => {
    isConnected(true);
    const person = await reader('kept', 'phone');
    const onDisk = await readsTheDisk(person.page);
    assert.equal(onDisk.documents, 1);
    for (const trace of ['107', 'mmHg', 'Observation', 'blood']) assert.ok(!onDisk.text.includes(trace), trace);

    // Somebody else with this device.
    await person.taps('Settings');
    await person.taps('Lock now');
    await person.sees('Welcome back');
    await person.page.goto(`${site.url}#/create`);
    await person.fills('Passphrase', ANOTHER);
    await person.taps('Create my account');
    await person.sees('Your records');
    node.isAway = true;
    await person.taps('Look again');
    assert.match(await person.isTold(), /The network does not answer/);
    assert.equal(await person.page.getByText('What you opened before').count(), 0);
    await person.taps('Settings');
    await person.page.getByText('None. Documents that you open').waitFor();
    node.isAway = false;

    await person.page.goto(site.url);
    await person.sees('Welcome back');
    await person.page.getByLabel('Account', { exact: true }).selectOption({ index: 1 });
    await person.fills('Passphrase', PASSPHRASE);
    await person.taps('Unlock');
    await person.sees('Your records');
    await person.taps('Settings');
    await person.page.getByText(/^One document, \d+(\.\d)? kB/).waitFor();
    await person.look();
    await person.taps('Remove them from this device');
    await person.page.getByText('Removed from this device').waitFor();
    assert.deepEqual(await readsTheDisk(person.page), { documents: 0, text: '' });
    await person.leavesComplaining(/ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_FAILED/);
});

/** The files of the store's documents. */
function blobs(): string[] {
    return readdirSync(join(town.folder, 'localnet/store/blobs'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
}

test('a document that its store damaged is not shown, and the person is told whom to ask', async () => {
    isConnected(true);
    const { person, address } = await patient(browser, site.url, town, 'damaged', 'phone');
    const before = new Set(blobs());
    const flags = ['--owner', address, '--store', town.storeUrl];
    const written = await town.does('clinic', 'record', 'create', OBSERVATION, ...flags);
    const blob = blobs().find((file) => !before.has(file)) ?? '';
    const bytes = readFileSync(blob);
    const damaged = Buffer.from(bytes);
    damaged[damaged.length - 20] = (damaged.at(-20) ?? 0) ^ 1;
    writeFileSync(blob, damaged);
    await person.page.goto(`${site.url}#/record/${written.record?.address}`);
    assert.match(await person.isTold(), /The place where this document is kept does not answer, or does not have it/);
    await person.look();
    assert.equal(await person.page.getByText('107 mmHg').count(), 0);
    assert.equal(await person.page.getByRole('button', { name: /SOL/ }).count(), 0);
    writeFileSync(blob, bytes);
    await person.taps('Records');
    await person.taps('Measurement');
    await person.page.getByText('107 mmHg').waitFor();
    await person.leaves();
});

/** The texts in the browser's files. */
async function readsTheDisk(page: Page): Promise<{ documents: number; text: string }> {
    return await page.evaluate(async () => {
        const database = await new Promise<IDBDatabase>((resolve, reject) => {
            const request = indexedDB.open('generion-offline');
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
        });
        const all = async (store: string) =>
            await new Promise<unknown[]>((resolve) => {
                const request = database.transaction(store).objectStore(store).getAll();
                request.onsuccess = () => resolve(request.result);
            });
        const [cards, documents] = [await all('cards'), (await all('documents')) as Uint8Array[]];
        database.close();
        const decoder = new TextDecoder('latin1');
        const texts = cards.map((card) => {
            const { card: sealed, ...rest } = card as { card: Uint8Array };
            return JSON.stringify(rest) + decoder.decode(sealed);
        });
        return {
            documents: documents.length,
            text: [...texts, ...documents.map((one) => decoder.decode(one))].join(''),
        };
    });
}
