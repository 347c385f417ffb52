// Screens about a device: sample records, an account that leaves it, and lists that are longer than a screen.

import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makesAnAccount, publishesKey, somebody } from './support/accounts.js';
import { Person } from './support/person.js';
import { stageInTown } from './support/stage.js';
import { fixture } from './support/town.js';

const PASSPHRASE = 'kettle orbit maple nine';
const { browser, site, town } = await stageInTown();

for (const [size, locale, said] of [
    ['phone', 'en-GB', { link: 'Look at sample records', title: 'Sample records', banner: 'nothing here is real' }],
    ['desktop', 'de-AT', { link: 'Beispiele ansehen', title: 'Beispielbefunde', banner: 'Nichts hier ist echt' }],
] as const) {
    test(`sample records are read without an account, and no screen of them looks real (${size}, ${locale})`, async () => {
        const person = await Person.at(browser, site.url, 'sample', size, locale);
        if (size === 'desktop') await person.page.emulateMedia({ colorScheme: 'dark' });
        const asked: string[] = [];
        person.page.on('request', (request) => asked.push(request.url()));
        await person.taps(said.link);
        await person.sees(said.title);
        await person.page.getByText(said.banner).waitFor();
        await person.page.getByRole('listitem').getByRole('link').first().click();
        await person.page.getByText('107 mmHg').waitFor();
        await person.page.getByText(said.banner).waitFor();
        await person.look();
        // Nothing of it comes from a node or a store, and nothing of it stays.
        assert.deepEqual(
            asked.filter((url) => !url.startsWith(site.url)),
            [],
        );
        if (locale === 'en-GB') {
            await person.taps('Leave the sample');
            await person.taps('Create an account');
            await makesAnAccount(person);
            assert.equal(await person.page.getByText('Sample').count(), 0);
        }
        await person.leaves();
    });
}

for (const size of ['phone', 'desktop'] as const) {
    test(`an account is removed from a device: what is lost and what stays is said before (${size})`, async () => {
        const { person, address } = await somebody(town, browser, site.url, 'remove-account', size);
        await publishesKey(person);
        const flags = ['--owner', address, '--store', town.storeUrl];
        const written = await town.does('clinic', 'record', 'create', fixture('Observation-bmi.json'), ...flags);
        const record = String(written.record?.address);
        await person.page.goto(`${site.url}#/record/${record}`);
        await person.page.getByText('Kept on this device, encrypted').waitFor();
        await person.taps('Settings');
        await person.taps('Remove this account from this device');
        await person.page.getByText('You have not written down your 12 words').waitFor();
        await person.page.getByText('Your money at your address').waitFor();
        await person.sees('Remove this account from this device');
        await person.fills('Passphrase', 'kettle orbit maple ten');
        await person.taps('Remove the account');
        await person.page.getByText('This is not the passphrase of this account. Nothing was removed.').waitFor();
        await person.look();
        await person.fills('Passphrase', PASSPHRASE);
        await person.taps('Remove the account');
        await person.page.getByText('The account is not on this device any more').waitFor();
        await person.look();
        // Not a row of the account is left, and no document that was kept for it.
        const left = await person.page.evaluate(async () => {
            const count = async (name: string, store: string) => {
                const opening = indexedDB.open(name);
                await new Promise((resolve) => opening.addEventListener('success', resolve));
                const asking = opening.result.transaction(store).objectStore(store).count();
                await new Promise((resolve) => asking.addEventListener('success', resolve));
                opening.result.close();
                return asking.result;
            };
            return [
                await count('generion', 'accounts'),
                await count('generion-offline', 'cards'),
                await count('generion-offline', 'documents'),
            ];
        });
        assert.deepEqual(left, [0, 0, 0]);
        await person.taps('Go to the start');
        await person.page.getByRole('heading', { name: 'Your health records, in your hands', level: 1 }).waitFor();
        await person.page.reload();
        await person.page.getByRole('heading', { name: 'Your health records, in your hands', level: 1 }).waitFor();
        // The record is where it was.
        const shown = await town.does('clinic', 'record', 'show', record);
        assert.equal(String(shown.owner), address);
        await person.leaves();
    });
}

test('a locked device removes no account, and other tabs lock when one does', async () => {
    const { person } = await somebody(town, browser, site.url, 'remove-account-tabs', 'phone');
    const other = await person.opensAnotherTab(site.url);
    await other.page.getByRole('heading', { name: 'Welcome back', level: 1 }).waitFor();
    await other.page.goto(`${site.url}#/remove-account`);
    await other.page.getByRole('heading', { name: 'Welcome back', level: 1 }).waitFor();
    await person.taps('Settings');
    await person.taps('Remove this account from this device');
    await person.fills('Passphrase', PASSPHRASE);
    await person.taps('Remove the account');
    await person.page.getByText('The account is not on this device any more').waitFor();
    await other.page.getByRole('heading', { name: 'Your health records, in your hands', level: 1 }).waitFor();
    await person.leaves();
});

test('a long list shows 20 records, and the others on demand, where the keyboard goes on', async () => {
    const { person, address } = await somebody(town, browser, site.url, 'long-list', 'phone');
    await publishesKey(person);
    const folder = join(town.folder, 'many');
    mkdirSync(folder);
    for (let number = 1; number <= 22; number += 1) {
        copyFileSync(fixture('Observation-heart-rate.json'), join(folder, `${String(number).padStart(2, '0')}.json`));
    }
    await town.does('clinic', 'record', 'import', folder, '--owner', address, '--store', town.storeUrl);
    await person.taps('Look again');
    await person.taps('Show 2 more of 2');
    await person.page.getByRole('link', { name: 'Measurement' }).nth(21).waitFor();
    const focused = () =>
        person.page.evaluate(() =>
            [...document.querySelectorAll('main li a')].indexOf(document.activeElement as Element),
        );
    assert.equal(await focused(), 20);
    await person.look();
    await person.leaves();
});
