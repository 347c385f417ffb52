// A person's own documents, deleting, and history.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { publishesKey, somebody } from './support/accounts.js';
import { stageInTown } from './support/stage.js';
import { fixture } from './support/town.js';

const { browser, site, town } = await stageInTown();
const folder = mkdtempSync(join(town.folder, 'files-'));

for (const size of ['phone', 'desktop'] as const) {
    test(`an own document is added, read, and deleted for good with its document, after a warning (${size})`, async () => {
        const { person } = await somebody(town, browser, site.url, 'own-document', size);
        await publishesKey(person);
        const file = join(folder, 'diary.txt');
        writeFileSync(file, `My diary: slept well (${size})`);
        await person.taps('Add a document of your own');
        await person.sees('Add a document of your own');
        const uploads: string[] = [];
        person.page.context().on('request', (request) => {
            if (request.method() === 'PUT' && request.url().startsWith(town.storeUrl)) uploads.push(request.url());
        });
        await person.page.getByLabel('Choose documents', { exact: true }).setInputFiles(file);
        const write = person.page.getByRole('button', { name: /^Write 1 document for/ });
        await write.waitFor();
        await person.look();
        await write.click();
        await person.page.getByText('1 document is written.').waitFor();
        assert.equal(uploads.length, 1);
        assert.equal((await fetch(uploads[0] ?? '', { method: 'HEAD' })).status, 200);

        await person.page.goto(`${site.url}#/home`);
        await person.page.getByText('Written by you').waitFor();
        await person.look();
        await person.page
            .getByRole('link', { name: /^Document/i })
            .first()
            .click();
        await person.page.getByText(`My diary: slept well (${size})`).waitFor();
        await person.taps('What happened to this record');
        await person.sees('What happened');
        await person.page.getByText('Record written').waitFor();
        await person.page.getByText('One computer of the network shows this list.').waitFor();
        await person.look();
        await person.taps('Back');
        await person.page.getByText(`My diary: slept well (${size})`).waitFor();

        await person.taps('Delete it');
        await person.page.getByText('Nobody can bring it back, and you neither.').waitFor();
        await person.look();
        await person.taps('Keep it');
        await person.taps('Delete it');
        await person.page.getByRole('button', { name: /^Delete it for good for 0\.\d+ SOL$/ }).click();
        await person.page.getByText('The record is deleted, and its document is erased.').waitFor();
        await person.look();
        assert.equal((await fetch(uploads[0] ?? '', { method: 'HEAD' })).status, 410);
        await person.page.goto(`${site.url}#/home`);
        await person.page.getByText('No records yet').waitFor();
        await person.leaves();
    });
}

test('what could be proven of a record without showing it is said in plain words, in both languages', async () => {
    const { person } = await somebody(town, browser, site.url, 'facts', 'phone');
    await publishesKey(person);
    await person.taps('Add a document of your own');
    const choice = person.page.getByLabel('Choose documents', { exact: true });
    await choice.setInputFiles(fixture('Observation-blood-pressure.json'));
    await person.page.getByRole('button', { name: /^Write 1 document for/ }).click();
    await person.page.getByText('1 document is written.').waitFor();
    await person.taps('Records');
    await person.page.getByRole('link', { name: 'Measurement' }).click();
    await person.unfolds('What you can prove without showing the record');
    await person.page.getByText('Systolic blood pressure (LOINC 8480-6): 107 mmHg').waitFor();
    await person.look();
    const here = person.page.url();
    await person.taps('Settings');
    await person.page.getByLabel('Language').selectOption('de');
    await person.page.goto(here);
    await person.unfolds('Was Sie beweisen können, ohne den Befund zu zeigen');
    await person.page.getByText('Systolic blood pressure (LOINC 8480-6): 107 mmHg').waitFor();
    await person.page.getByText('für immer öffentlich').waitFor();
    await person.look();
    await person.leaves();
});

test('an upload says how far it is, and a store that goes away in the middle of it loses nothing', async () => {
    const { person } = await somebody(town, browser, site.url, 'own-large', 'phone');
    await publishesKey(person);
    const file = join(folder, 'scan.bin');
    const content = Buffer.alloc(8_000_000, 'not a document ');
    writeFileSync(file, content);
    await person.taps('Add a document of your own');
    await person.page.getByLabel('Choose documents', { exact: true }).setInputFiles(file);
    const write = person.page.getByRole('button', { name: /^Write 1 document for/ });
    await write.waitFor();
    const store = `${town.storeUrl}/**`;
    const { page } = person;
    const context = page.context();
    await context.route(store, (route) => (route.request().method() === 'PUT' ? route.abort() : route.continue()));
    await write.click();
    assert.match(await person.isTold(), /The store does not answer\. Nothing was lost/);
    await person.look();
    await context.unroute(store);
    // The screen during the second upload.
    await page.evaluate(() => {
        const scope = window as unknown as { told: Set<string> };
        scope.told = new Set();
        new MutationObserver(() => {
            for (const { textContent } of document.querySelectorAll('section p')) scope.told.add(textContent ?? '');
        }).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    await person.page.getByRole('button', { name: /^(Go on with the rest|Write 1 document for .*)$/ }).click();
    await page.getByText('1 document is written.').waitFor();
    const told = await page.evaluate(() => [...(window as unknown as { told: Set<string> }).told]);
    assert.ok(
        told.some((one) => /^Sending to the store: .* \/ 8 MB$/.test(one)),
        told.join('; '),
    );
    await page.goto(`${site.url}#/home`);
    await page
        .getByRole('link', { name: /^Document/i })
        .first()
        .click();
    const saving = page.getByRole('link', { name: 'Save the document' });
    await saving.waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), saving.click()]);
    const saved = join(folder, 'saved.bin');
    await download.saveAs(saved);
    assert.ok(readFileSync(saved).equals(content));
    await person.leavesComplaining(/ERR_FAILED/);
});
