// A person's own documents, deleting, and history.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { publishesKey, somebody } from './support/accounts.js';
import { startBrowser } from './support/person.js';
import { type Site, startSite } from './support/site.js';
import { Town } from './support/town.js';

let town: Town;
let browser: Browser;
let site: Site;
let folder: string;
before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'generion-own-'));
    [town, browser] = await Promise.all([Town.found(), startBrowser()]);
    site = await startSite(town.networks);
});
after(async () => {
    await browser?.close();
    site?.stop();
    await town?.close();
    rmSync(folder, { recursive: true, force: true });
});

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
