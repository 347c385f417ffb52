// A record shown to a doctor by QR code or link, on a real ledger: the doctor has no account.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { getsARecord, patient } from './support/patient.js';
import { Person, startBrowser } from './support/person.js';
import { scan } from './support/qr.js';
import { type Site, startSite } from './support/site.js';
import { Town } from './support/town.js';

const STAND_IN = '../../../ts/dist/test/support/link-store.js';

let town: Town;
let browser: Browser;
let site: Site;
let store: { url: string; stop(): void; ahead: number; files: Map<string, unknown> };
before(async () => {
    const { LinkStore } = await import(STAND_IN);
    [town, browser, store] = await Promise.all([Town.found(), startBrowser(), LinkStore.start()]);
    const [network] = town.networks as object[];
    site = await startSite([{ ...network, stores: [store.url] }]);
});
after(async () => {
    await browser?.close();
    site?.stop();
    store?.stop();
    await town?.close();
});

const code = (person: Person) => person.page.getByRole('img', { name: 'QR code of the link' });

for (const size of ['phone', 'desktop'] as const) {
    test(`a record is shown by QR code in at most 4 steps, read without an account in 1, and ended in 3 (${size})`, async () => {
        const { address, person } = await patient(browser, site.url, town, 'link', size);
        const record = await getsARecord(person, address, town);

        await person.page.goto(`${site.url}#/home`);
        await person.sees('Your records');
        const before = person.steps;
        await person.taps('Measurement');
        await person.taps('Make a QR code');
        await person.sees('Show it to a doctor');
        await person.chooses('How long can it be opened?', 'hour');
        await person.taps('Show the QR code');
        await code(person).waitFor();
        assert.ok(person.steps - before <= 4, `${person.steps - before} steps`);
        await person.page.getByText(/^It can be opened until .*\d:\d\d [AP]M\.$/).waitFor();
        await person.look();

        // The code holds the link, which is beside it, and nothing of the record.
        const link = await scan(browser, code(person));
        assert.equal(link, await person.page.getByLabel('Or send this link to the doctor').inputValue());
        assert.ok(link.startsWith(`${site.url}#shlink:/`), link);
        const payload = JSON.parse(Buffer.from(link.split('#shlink:/')[1] ?? '', 'base64url').toString());
        assert.deepEqual(Object.keys(payload).sort(), ['exp', 'flag', 'key', 'label', 'url']);
        assert.match(payload.label, /^Measurement, until \w+ \d+, \d{4} at \d+:\d\d\s[AP]M$/);
        assert.ok(payload.label.length <= 80 && payload.url.length <= 128 && payload.key.length === 43);
        const hour = payload.exp - Date.now() / 1000;
        assert.ok(hour > 3_500 && hour <= 3_600, `${hour}`);

        // Scanning it opens it: that is the doctor's one step.
        const asked: string[] = [];
        const doctor = await Person.at(browser, link, 'link-doctor', size);
        doctor.page.on('request', (request) => asked.push(request.url()));
        await doctor.sees('A health record for you');
        await doctor.page.getByText('107 mmHg').waitFor();
        await doctor.page
            .getByText(/^This link can be opened until .*\d:\d\d [AP]M\. Save what you need by then\.$/)
            .waitFor();
        await doctor.page.getByText(payload.label).waitFor();
        await doctor.look();
        assert.ok(asked.every((url) => !url.includes('shlink')));

        await person.page.goto(`${site.url}#/home`);
        await person.sees('Your records');
        const ending = person.steps;
        await person.taps('Measurement');
        await person.taps('Your QR codes and links');
        await person.taps(`End “${payload.label}”`);
        await person.page.getByText('The code and the link open nothing any more.').waitFor();
        assert.ok(person.steps - ending <= 3, `${person.steps - ending} steps`);
        await person.page.getByText('There are none at present.').waitFor();
        await person.look();
        assert.equal(store.files.size, 0);

        await doctor.page.reload();
        assert.match(await doctor.isTold(), /This link opens nothing any more/);
        await doctor.page.getByText('Ask the person who gave you the link for a new one.').waitFor();
        await doctor.look();
        assert.ok(record.length > 0);
        await doctor.leavesComplaining(/404/);
        await person.leaves();
    });
}
