// Accounts of a device, in a browser: making one with a backup, unlocking, restoring.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Person, WINDOWS } from './support/person.js';
import { stage } from './support/stage.js';

const PASSPHRASE = 'kettle orbit maple nine';

const { browser, site } = await stage();

/** Makes an account with a backup, and returns its address and words. */
async function makesAnAccount(person: Person): Promise<{ address: string; words: string[] }> {
    await person.sees('Your health records, in your hands');
    await person.taps('Create an account');
    await person.sees('Choose a passphrase');
    await person.fills('Passphrase', PASSPHRASE);
    await person.taps('Create my account');
    await person.sees('Your records');
    const [address = ''] = await person.reads('.card .address');
    await person.taps('Back up now');
    await person.sees('Write these 12 words down');
    const words = await person.reads('.words li');
    await person.taps('I wrote them down');
    await person.sees('Check your backup');
    await typesWords(person, words);
    await person.taps('Check');
    await person.sees('Your records');
    return { address, words };
}

/** Fills the fields that are asked for with the words at their places. */
async function typesWords(person: Person, words: readonly string[]): Promise<void> {
    for (const label of await person.reads('form label')) {
        const position = Number(label.match(/\d+/)?.[0]);
        await person.fills(label, words[position - 1] ?? '');
    }
}

for (const size of Object.keys(WINDOWS) as (keyof typeof WINDOWS)[]) {
    test(`a first visit leads to an account with a backup in at most 8 steps (${size})`, async () => {
        const person = await Person.at(browser, site.url, 'first-visit', size);
        const { address, words } = await makesAnAccount(person);
        assert.ok(person.steps <= 8, `${person.steps} steps`);
        assert.match(address, /^[1-9A-HJ-NP-Za-km-z]{32,44}$/);
        assert.equal(words.length, 12);
        assert.equal(await person.page.getByText('Your account has no backup').count(), 0);
        await person.leaves();
    });
}

test('a locked account opens with its passphrase alone, and a wrong one leads to restoring, not to a new account', async () => {
    const person = await Person.at(browser, site.url, 'unlocking', 'phone');
    const { address, words } = await makesAnAccount(person);
    await person.taps('Settings');
    await person.sees('Settings');
    await person.taps('Lock now');
    await person.sees('Welcome back');
    await person.fills('Passphrase', 'not the passphrase');
    await person.taps('Unlock');
    await person.page.getByText('This is not the passphrase of this account').waitFor();
    await person.look();
    assert.equal(await person.page.getByText('Create an account').count(), 0);
    await person.fills('Passphrase', PASSPHRASE);
    await person.taps('Unlock');
    await person.sees('Your records');
    assert.deepEqual(await person.reads('.card .address'), [address]);
    // A new visit of the same device asks for the passphrase again.
    await person.page.reload();
    await person.sees('Welcome back');
    await person.taps('Restore from the 12 words');
    await person.sees('Restore your account');
    await person.fills('The 12 words', words.join(' '));
    await person.fills('A passphrase for this device', 'another passphrase');
    await person.taps('Restore');
    await person.sees('Your records');
    assert.deepEqual(await person.reads('.card .address'), [address]);
    await person.leaves();
});

test('an account file that was saved restores the account on another device', async () => {
    const person = await Person.at(browser, site.url, 'account-file', 'phone');
    const { address } = await makesAnAccount(person);
    await person.taps('Settings');
    await person.sees('Settings');
    const download = person.page.waitForEvent('download');
    await person.taps('Save the account file');
    const file = await (await download).path();
    const other = await Person.at(browser, site.url, 'account-file-restored', 'phone');
    await other.taps('I have an account already');
    await other.page.getByLabel('Or an account file').setInputFiles(file);
    await other.fills('The passphrase of the file', 'not the passphrase');
    await other.taps('Restore');
    assert.match(await other.isTold(), /This is not the passphrase of this file/);
    await other.fills('The passphrase of the file', PASSPHRASE);
    await other.taps('Restore');
    await other.sees('Your records');
    assert.deepEqual(await other.reads('.own-address'), [address]);
    await other.leaves();
    await person.leaves();
});

test('what is typed wrongly is told beside its field, and nothing is made of it', async () => {
    const person = await Person.at(browser, site.url, 'mistakes', 'phone');
    await person.taps('Create an account');
    await person.fills('Passphrase', 'short');
    await person.taps('Create my account');
    await person.page.getByText('Enter at least 10 characters').waitFor();
    await person.look();
    for (const guessable of ['Generion2026', 'password123456', 'hallo hallo hallo']) {
        await person.fills('Passphrase', guessable);
        await person.taps('Create my account');
        await person.page.getByText('This passphrase is easy to guess').waitFor();
    }
    await person.look();
    await person.page.goto(`${site.url}#/restore`);
    await person.fills('The 12 words', 'only three words');
    await person.fills('A passphrase for this device', PASSPHRASE);
    await person.taps('Restore');
    assert.match(await person.isTold(), /An account has 12 words, and these are 3/);
    await person.look();
    await person.page.goto(`${site.url}#/home`);
    await person.sees('Your health records, in your hands');
    await person.leaves();
});

test('a backup is not confirmed by wrong words', async () => {
    const person = await Person.at(browser, site.url, 'wrong-words', 'phone');
    await person.taps('Create an account');
    await person.fills('Passphrase', PASSPHRASE);
    await person.taps('Create my account');
    await person.taps('Back up now');
    await person.sees('Write these 12 words down');
    await person.taps('I wrote them down');
    await typesWords(person, Array<string>(12).fill('zoo'));
    await person.taps('Check');
    assert.match(await person.isTold(), /not the one at its place/);
    await person.page.goto(`${site.url}#/home`);
    await person.page.getByText('Your account has no backup').waitFor();
    await person.leaves();
});

test('nothing secret is kept in the clear on the device, and only the network that was chosen is asked', async () => {
    const person = await Person.at(browser, site.url, 'traces', 'phone');
    const requests: { url: string; body: string }[] = [];
    person.page.on('request', (request) => requests.push({ url: request.url(), body: request.postData() ?? '' }));
    const { words } = await makesAnAccount(person);
    const kept = await person.page.evaluate(async () => {
        const all: unknown[] = [{ ...localStorage }, { ...sessionStorage }, location.href, document.title];
        for (const { name } of await indexedDB.databases()) {
            const database = await new Promise<IDBDatabase>((resolve, reject) => {
                const request = indexedDB.open(name ?? '');
                request.onsuccess = () => resolve(request.result);
                request.onerror = () => reject(request.error);
            });
            for (const store of database.objectStoreNames) {
                const request = database.transaction(store).objectStore(store).getAll();
                all.push(await new Promise((resolve) => (request.onsuccess = () => resolve(request.result))));
            }
            database.close();
        }
        return JSON.stringify(all);
    });
    assert.match(kept, /BEGIN AGE ENCRYPTED FILE/);
    // Short words stand by chance within other words.
    const secrets = [PASSPHRASE, ...words.filter((word) => word.length > 5)];
    const sent = JSON.stringify(requests);
    for (const secret of secrets) assert.ok(!kept.includes(secret) && !sent.includes(secret), secret);
    const foreign = requests.filter(({ url }) => !url.startsWith(site.url) && !url.startsWith('blob:'));
    // The node of the networks.json that the app comes with.
    assert.deepEqual(new Set(foreign.map(({ url }) => url)), new Set(['http://127.0.0.1:8899/']));
    await person.leaves();
});

test('the app speaks German to a browser that does, and changes its language at once', async () => {
    const person = await Person.at(browser, site.url, 'deutsch', 'phone', 'de-AT');
    await person.sees('Ihre Gesundheitsdaten, in Ihrer Hand');
    await person.taps('Einstellungen');
    await person.sees('Einstellungen');
    await person.page.getByLabel('Sprache').selectOption('en');
    await person.sees('Settings');
    assert.equal(await person.page.evaluate(() => document.documentElement.lang), 'en');
    await person.page.reload();
    await person.sees('Settings');
    await person.leaves();
});
